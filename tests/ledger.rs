//! The ledger's contract on SQLite, and what only a file can go through.

#[path = "support/approval_contract.rs"]
mod approval_contract;
#[path = "support/books_contract.rs"]
mod books_contract;
#[path = "support/ledger_contract.rs"]
mod contract;
#[path = "support/pace_contract.rs"]
mod pace_contract;
#[path = "support/revision_contract.rs"]
mod revision_contract;
#[path = "support/work_contract.rs"]
mod work_contract;

use std::path::{Path, PathBuf};

use rundbrief::ledger::{DeliveryState, Ledger, LedgerError, Mode, Recovered, Roll, Scratch, SqliteLedger, Work};

macro_rules! on_sqlite {
    ($($name:ident),+ $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let ledger = SqliteLedger::open(&folder.path().join("rundbrief.db")).await.expect("opens");
            contract::$name(&ledger).await;
        }
    )+};
}

on_sqlite! {
    an_unsealed_release_reaches_nobody,
    a_sealed_release_has_one_delivery_for_each_recipient,
    deliveries_come_in_batches_and_only_once,
    a_release_closes_when_nothing_is_open,
    a_wave_adds_those_who_joined,
    a_trial_and_a_real_release_do_not_touch,
    a_refusal_counts_for_its_part_until_the_wave_is_sealed,
}

macro_rules! work_on_sqlite {
    ($contract:ident: $($name:ident),+ $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let path = folder.path().join("rundbrief.db");
            $contract::$name(async || SqliteLedger::open(&path).await.expect("opens")).await;
        }
    )+};
}

work_on_sqlite! { work_contract:
    each_delivery_is_claimed_by_one_worker,
    only_what_may_leave_is_marked,
    a_worker_that_is_gone_is_cleared_up_after,
    what_can_be_repeated_is_not_uncertain,
    the_notes_of_an_earlier_attempt_do_not_settle_a_later_one,
    claims_of_a_worker_that_stands_still_go_to_others,
    what_is_given_back_was_not_tried,
    refused_deliveries_are_due_later_or_when_a_person_says_so,
    failed_deliveries_can_be_opened_again,
    a_claim_that_was_lost_and_made_again_is_one,
    a_clock_that_was_ahead_holds_nothing_up,
    a_lease_from_a_clock_that_was_ahead_ends_as_soon_as_any,
    places_are_taken_by_one_at_a_time,
}

work_on_sqlite! { pace_contract:
    everybody_stands_in_one_row,
    what_is_slowed_down_is_known_to_all,
    the_row_does_not_run_away,
    only_near_places_are_taken,
    a_limit_holds_in_every_window,
    what_nobody_used_of_a_limit_is_there_again,
    a_limit_is_exact_with_several_at_once,
    a_limit_holds_over_a_clock_that_jumps_back,
}

work_on_sqlite! { revision_contract:
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

work_on_sqlite! { books_contract:
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

work_on_sqlite! { approval_contract:
    the_newest_approval_counts_until_it_is_taken_back,
    who_changed_since_an_approval_is_told,
    a_trial_is_not_compared,
    names_of_an_approval_are_deleted_with_the_recipients,
}

/// What a worker leaves behind when the machine ends with it.
async fn after_a_power_cut(damage: impl FnOnce(&Path)) -> Recovered {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rundbrief.db");
    let dying = SqliteLedger::open(&path).await.expect("opens");
    let id = work_contract::sealed(&dying, "tagung", 3).await;
    let worker = dying.join(0).await.expect("joins");
    let claimed = dying.claim(&worker, id, &[0], work_contract::up_to(3), 0).await.expect("claims");
    let keys = work_contract::keys(&claimed);
    dying.mark(&worker, id, &keys[..2], 0).await.expect("marks");
    dying.start(&worker, id, keys[0]).expect("is noted");
    dying.answer(&worker, id, &work_contract::settled(1, DeliveryState::Sent)).expect("is noted");
    dying.note_answers(&worker).expect("is noted");
    drop(dying);
    damage(&folder.path().join("rundbrief.db-workers"));
    let ledger = SqliteLedger::open(&path).await.expect("opens");
    let own = ledger.join(0).await.expect("joins");
    ledger.recover(&own, 0, &|_| DeliveryState::Uncertain).await.expect("recovers")
}

fn journals(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("is there").map(|entry| entry.expect("readable").path());
    entries.filter(|path| path.extension().is_some_and(|ending| ending != "lock")).collect()
}

#[tokio::test]
async fn without_a_power_cut_the_journal_is_believed() {
    let recovered = after_a_power_cut(|folder| assert_eq!(journals(folder).len(), 1)).await;
    assert_eq!(recovered, Recovered { pending: 2, settled: 1, uncertain: 0 });
}

#[tokio::test]
async fn after_a_power_cut_every_unanswered_mark_is_uncertain() {
    let everything = Recovered { pending: 1, settled: 0, uncertain: 2 };
    let another_boot = |folder: &Path| {
        for path in journals(folder) {
            let text = std::fs::read_to_string(&path).expect("is there");
            let boot = text.lines().next().and_then(|head| head.rsplit(' ').next()).expect("a head").to_owned();
            std::fs::write(&path, text.replace(&boot, "00000000-0000-0000-0000-000000000000")).expect("is written");
        }
    };
    assert_eq!(after_a_power_cut(another_boot).await, everything);
    let lost = |folder: &Path| {
        for path in journals(folder) {
            std::fs::remove_file(path).expect("is removed");
        }
    };
    assert_eq!(after_a_power_cut(lost).await, everything);
    let emptied = |folder: &Path| {
        for path in journals(folder) {
            std::fs::write(path, "").expect("is written");
        }
    };
    assert_eq!(after_a_power_cut(emptied).await, everything);
}

#[tokio::test]
async fn the_journal_of_a_worker_whose_lock_file_somebody_removed_is_not_believed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rundbrief.db");
    let living = SqliteLedger::open(&path).await.expect("opens");
    let id = work_contract::sealed(&living, "tagung", 2).await;
    let worker = living.join(0).await.expect("joins");
    let claimed = living.claim(&worker, id, &[0], work_contract::up_to(1), 0).await.expect("claims");
    living.mark(&worker, id, &work_contract::keys(&claimed), 0).await.expect("marks");
    let beside = std::fs::read_dir(folder.path().join("rundbrief.db-workers")).expect("is there");
    for entry in beside.map(|entry| entry.expect("readable").path()) {
        if entry.extension().is_some_and(|ending| ending == "lock") {
            std::fs::remove_file(entry).expect("is removed");
        }
    }
    let ledger = SqliteLedger::open(&path).await.expect("opens");
    let own = ledger.join(0).await.expect("joins");
    let recovered = ledger.recover(&own, 0, &|_| DeliveryState::Uncertain).await.expect("recovers");
    assert_eq!(recovered, Recovered { pending: 0, settled: 0, uncertain: 1 }, "it may be leaving right now");
}

#[tokio::test]
async fn the_number_of_a_forgotten_trial_is_not_given_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ledger = SqliteLedger::open(&folder.path().join("rundbrief.db")).await.expect("opens");
    let first = ledger.begin(&contract::release("tagung", Mode::Trial)).await.expect("begins");
    ledger.seal(first.id, 1, [0; 32]).await.expect("seals");
    ledger.forget_trial(first.id).await.expect("forgets");
    let second = ledger.begin(&contract::release("tagung", Mode::Real)).await.expect("begins");
    assert!(second.id > first.id, "{} after {}", second.id, first.id);
}

async fn open_error(path: &Path) -> LedgerError {
    SqliteLedger::open(path).await.expect_err("must not open")
}

#[tokio::test]
async fn a_wave_that_was_interrupted_is_swept_by_the_next_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rundbrief.db");
    let id = {
        let ledger = SqliteLedger::open(&path).await.expect("opens");
        let begun = ledger.begin(&contract::release("tagung", Mode::Trial)).await.expect("begins");
        ledger.add(begun.id, 1, &[contract::recipient(1)]).await.expect("adds");
        ledger.seal(begun.id, 1, [0; 32]).await.expect("seals");
        ledger.add(begun.id, 2, &[contract::recipient(2)]).await.expect("adds, and the process dies here");
        begun.id
    };
    let ledger = SqliteLedger::open(&path).await.expect("opens again");
    let new = ledger.add(id, 2, &[contract::recipient(3)]).await.expect("adds");
    assert_eq!(new, [contract::recipient(3).target]);
    ledger.seal(id, 2, [0; 32]).await.expect("seals");
    let targets: Vec<u8> =
        ledger.pending(id, 0, None, 10).await.expect("reads").iter().map(|delivery| delivery.target.0[0]).collect();
    assert_eq!(targets, [1, 3], "the member of the interrupted wave is not written to by accident");
}

#[tokio::test]
async fn two_processes_do_not_freeze_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rundbrief.db");
    let first = SqliteLedger::open(&path).await.expect("opens");
    let second = SqliteLedger::open(&path).await.expect("opens");
    let begun = first.begin(&contract::release("tagung", Mode::Trial)).await.expect("begins");
    let new = contract::release("tagung", Mode::Trial);
    let waiting = second.begin(&new);
    tokio::pin!(waiting);
    let early = tokio::time::timeout(std::time::Duration::from_millis(300), &mut waiting).await;
    assert!(early.is_err(), "the second one waits");
    first.seal(begun.id, 1, [0; 32]).await.expect("seals");
    let later = waiting.await.expect("goes on when the first has finished");
    assert_eq!(later.revision, 2);
}

#[tokio::test]
async fn records_opened_at_once_are_made_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rundbrief.db");
    let (first, second) = tokio::join!(SqliteLedger::open(&path), SqliteLedger::open(&path));
    let (first, second) = (first.expect("opens"), second.expect("opens too"));
    first.hold().await.expect("holds");
    let waiting = tokio::time::timeout(std::time::Duration::from_millis(300), second.hold()).await;
    assert!(waiting.is_err(), "only one adds recipients");
}

#[tokio::test]
async fn a_record_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rundbrief.db");
    SqliteLedger::open(&path).await.expect("opens").shut().await;
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await.expect("connects");
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)",
    )
    .execute(&pool)
    .await
    .expect("pretends to be newer");
    pool.close().await;
    assert!(matches!(open_error(&path).await, LedgerError::Newer));
}

/// A record as an older version wrote it, with a release.
async fn of_version(version: usize, path: &Path) {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ledger/migrations/sqlite");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut files: Vec<_> =
        std::fs::read_dir(migrations).expect("is there").map(|entry| entry.expect("readable")).collect();
    files.sort_by_key(|entry| entry.file_name());
    for entry in &files[..version] {
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("is copied");
    }
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}?mode=rwc", path.display())).await.expect("connects");
    let migrator = sqlx::migrate::Migrator::new(folder.path()).await.expect("reads");
    migrator.run(&pool).await.expect("makes the tables");
    let sql = "INSERT INTO release (slug, revision, mode, code, audience, state, waves, created_at) \
               VALUES ('tagung', 1, 1, zeroblob(32), zeroblob(32), 1, 1, 5)";
    sqlx::query(sql).execute(&pool).await.expect("is added");
    pool.close().await;
}

#[tokio::test]
async fn an_older_record_is_copied_before_it_is_brought_up_to_date() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rundbrief.db");
    of_version(3, &path).await;
    let before = std::fs::read(&path).expect("is there");
    let part = folder.path().join(format!("rundbrief.db.before-{}.part", newest()));
    std::fs::write(&part, "what an interrupted one left").expect("is written");
    let ledger = SqliteLedger::open(&path).await.expect("opens");
    let upgrade = ledger.upgraded().expect("did something").clone();
    let copy = folder.path().join(format!("rundbrief.db.before-{}", newest()));
    assert_eq!((upgrade.from, upgrade.to, &upgrade.copy), (3, newest(), &copy));
    assert!(!part.exists());
    assert!(ledger.release("tagung", Mode::Real).await.expect("reads").is_some());
    ledger.shut().await;
    let again = SqliteLedger::open(&path).await.expect("opens");
    assert_eq!(again.upgraded(), None);
    again.shut().await;

    std::fs::copy(&copy, &path).expect("is restored");
    assert_eq!(std::fs::read(&path).expect("is there").len(), before.len());
    let undone = SqliteLedger::open(&path).await.expect("opens");
    assert_eq!(undone.upgraded().map(|done| done.from), Some(3), "the copy is of the older version");
    assert_eq!(undone.forget_copies(0), 0, "not yet a month old");
    std::fs::write(folder.path().join("rundbrief.db.before-christmas"), "somebody's own").expect("is written");
    assert_eq!(undone.forget_copies(i64::MAX), 1);
    assert!(!copy.exists() && path.exists() && folder.path().join("rundbrief.db.before-christmas").exists());
}

fn newest() -> i64 {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ledger/migrations/sqlite");
    i64::try_from(std::fs::read_dir(migrations).expect("is there").count()).expect("a few")
}

#[tokio::test]
async fn a_new_record_and_an_older_one_that_two_open_at_once_are_made_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rundbrief.db");
    of_version(2, &path).await;
    let (first, second) = tokio::join!(SqliteLedger::open(&path), SqliteLedger::open(&path));
    let (first, second) = (first.expect("opens"), second.expect("opens too"));
    assert_eq!([&first, &second].iter().filter(|ledger| ledger.upgraded().is_some()).count(), 1);
    assert_eq!(first.identity().await.expect("reads"), second.identity().await.expect("reads"));
}

#[tokio::test]
async fn a_file_that_is_no_record_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rundbrief.db");
    let text = "this is my shopping list, not a database, and it is long enough to be looked at".repeat(50);
    std::fs::write(&path, &text).expect("is written");
    assert!(matches!(open_error(&path).await, LedgerError::Damaged(_)));
    assert_eq!(std::fs::read_to_string(&path).expect("is read"), text);
}

#[tokio::test]
async fn the_recipients_of_a_plan_are_the_same_in_memory_and_beyond() {
    let numbered = |number: u32| {
        let mut recipient = contract::recipient(1);
        recipient.target.0[..4].copy_from_slice(&number.to_be_bytes());
        recipient.address = format!("m{number}@example.org");
        recipient
    };
    for count in [1_200_u32, 21_300] {
        let scratch = Scratch::new();
        scratch.refuse(0, 0, &[numbered(7).target]).await.expect("notes");
        let all: Vec<_> = (0..count).map(numbered).collect();
        for chunk in all.chunks(500) {
            assert_eq!(scratch.add(0, 1, chunk).await.expect("adds").len(), chunk.len());
            assert_eq!(scratch.add(0, 1, &chunk[..3]).await.expect("adds"), [], "the same again is not new");
        }
        let refused = scratch.refused(0, 0, &[numbered(7).target, numbered(8).target]).await.expect("looks");
        assert_eq!(refused, [numbered(7).target]);

        let (mut read, mut after) = (Vec::new(), None);
        loop {
            let batch = scratch.recipients(0, after, 700).await.expect("reads");
            let Some(last) = batch.last() else { break };
            after = Some(last.target);
            read.extend(batch);
        }
        assert!(read == all, "{count} recipients come back in their order, {} did", read.len());
    }
}
