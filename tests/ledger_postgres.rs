//! The ledger's contract on PostgreSQL, and what only a server can go through.
//!
//! Needs a server: `RUNDBRIEF_POSTGRES` is the address of a database in which each test makes a schema of its own.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/approval_contract.rs"]
mod approval_contract;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/books_contract.rs"]
mod books_contract;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/ledger_contract.rs"]
mod contract;
#[path = "support/cutting_proxy.rs"]
mod cutting_proxy;
#[path = "support/pace_contract.rs"]
mod pace_contract;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/postgres.rs"]
mod postgres;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/revision_contract.rs"]
mod revision_contract;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/work_contract.rs"]
mod work_contract;

#[path = "ledger_postgres/moved.rs"]
mod moved;
#[path = "ledger_postgres/outage.rs"]
mod outage;
#[path = "ledger_postgres/schema.rs"]
mod schema;
#[path = "ledger_postgres/workers.rs"]
mod workers;

use postgres::{address, open};

macro_rules! on_postgres {
    ($($name:ident),+ $(,)?) => {$(
        #[tokio::test]
        #[ignore = "needs a PostgreSQL server"]
        async fn $name() {
            contract::$name(&open(&address(stringify!($name))).await).await;
        }
    )+};
}

on_postgres! {
    an_unsealed_release_reaches_nobody,
    a_sealed_release_has_one_delivery_for_each_recipient,
    deliveries_come_in_batches_and_only_once,
    a_release_closes_when_nothing_is_open,
    a_wave_adds_those_who_joined,
    a_trial_and_a_real_release_do_not_touch,
    a_refusal_counts_for_its_part_until_the_wave_is_sealed,
}

macro_rules! work_on_postgres {
    ($contract:ident: $($name:ident),+ $(,)?) => {$(
        #[tokio::test]
        #[ignore = "needs a PostgreSQL server"]
        async fn $name() {
            let address = address(stringify!($name));
            $contract::$name(async || open(&address).await).await;
        }
    )+};
}

// What a journal on the disk tells of a dead process, nobody knows here: src/ledger/postgres/recover.rs.
work_on_postgres! { work_contract:
    each_delivery_is_claimed_by_one_worker,
    only_what_may_leave_is_marked,
    what_can_be_repeated_is_not_uncertain,
    claims_of_a_worker_that_stands_still_go_to_others,
    what_is_given_back_was_not_tried,
    refused_deliveries_are_due_later_or_when_a_person_says_so,
    failed_deliveries_can_be_opened_again,
    a_claim_that_was_lost_and_made_again_is_one,
    a_clock_that_was_ahead_holds_nothing_up,
    a_lease_from_a_clock_that_was_ahead_ends_as_soon_as_any,
    places_are_taken_by_one_at_a_time,
}

work_on_postgres! { pace_contract:
    everybody_stands_in_one_row,
    what_is_slowed_down_is_known_to_all,
    the_row_does_not_run_away,
    only_near_places_are_taken,
    a_limit_holds_in_every_window,
    what_nobody_used_of_a_limit_is_there_again,
    a_limit_is_exact_with_several_at_once,
    a_limit_holds_over_a_clock_that_jumps_back,
}

work_on_postgres! { revision_contract:
    a_new_text_takes_the_place_of_what_waits,
    a_new_text_waits_for_what_is_in_hand,
    a_new_text_that_was_not_sealed_changes_nothing,
    what_was_replaced_is_never_opened_again,
    what_is_in_doubt_of_an_earlier_text_can_be_decided,
    what_counts_as_sent_of_an_earlier_text_is_known,
    a_third_text_goes_to_those_who_have_none_of_the_two,
    a_correction_follows_what_is_out,
    a_stop_during_the_preparation_holds,
    what_a_dead_process_had_is_not_held,
    a_trial_is_forgotten_with_all_its_texts,
}

work_on_postgres! { books_contract:
    an_uncertain_delivery_waits_for_a_person,
    what_was_done_by_hand_is_settled,
    a_suppressed_target_is_remembered_until_taken_back,
    who_refuses_since_the_release_is_taken_out,
    facts_are_kept,
    whatever_is_done_for_a_real_release_is_a_use,
    what_happened_is_kept,
    a_report_finds_what_it_asks_for,
    members_data_are_deleted_and_nobody_is_written_to_again,
}

work_on_postgres! { approval_contract:
    the_newest_approval_counts_until_it_is_taken_back,
    who_changed_since_an_approval_is_told,
    a_trial_is_not_compared,
    names_of_an_approval_are_deleted_with_the_recipients,
}
