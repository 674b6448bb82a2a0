//! What every ledger must do for workers, whatever database is behind it. `open` opens the same empty record again and
//! again: each is a process of its own, and dropping it is that process's end.

use rundbrief::ledger::{
    Books, Delivery, DeliveryKey, DeliveryState, LEASE, LostDelivery, Mode, Pacing, Recovered, ReleaseState, Settled,
    Totals, Waiting, Wanted, Work,
};

use super::contract::{recipient, release};

pub const NOW: i64 = 1_795_420_800_000;

/// A release with `members` members on part 0, and one delivery each on parts 1 and 2.
pub async fn sealed(ledger: &impl Work, slug: &str, members: u8) -> i64 {
    sealed_as(ledger, slug, members, Mode::Real).await
}

pub async fn sealed_as(ledger: &impl Work, slug: &str, members: u8, mode: Mode) -> i64 {
    let begun = ledger.begin(&release(slug, mode)).await.expect("begins");
    let members: Vec<_> = (1..=members).map(recipient).collect();
    ledger.add(begun.id, 1, &members).await.expect("adds");
    ledger.seal(begun.id, 1, [0; 32]).await.expect("seals");
    begun.id
}

fn never(lost: LostDelivery<'_>) -> DeliveryState {
    assert_eq!((lost.mode, lost.channel, lost.marked_at), (Mode::Real, "email", NOW));
    DeliveryState::Uncertain
}

fn always(_: LostDelivery<'_>) -> DeliveryState {
    DeliveryState::Pending
}

/// Whatever is due, up to so many.
pub fn up_to(limit: u32) -> Wanted {
    Wanted { limit, untried: true }
}

pub fn keys(deliveries: &[Delivery]) -> Vec<DeliveryKey> {
    deliveries.iter().map(Delivery::key).collect()
}

pub fn key(number: u8) -> DeliveryKey {
    DeliveryKey { part: 0, target: recipient(number).target }
}

pub fn settled(number: u8, state: DeliveryState) -> Settled {
    let (due_at, hold_until) = if state == DeliveryState::Deferred { (NOW + 300_000, 0) } else { (0, 0) };
    Settled { key: key(number), state, due_at, hold_until, detail: format!("reply {number}"), at: NOW }
}

pub async fn totals(ledger: &impl Work, release: i64) -> Totals {
    ledger.totals(release).await.expect("counts")[0].1
}

/// Two workers never get the same delivery, and together they get all, with the recipient whole.
pub async fn each_delivery_is_claimed_by_one_worker<L: Work>(open: impl AsyncFn() -> L) {
    let (first, second) = (open().await, open().await);
    let id = sealed(&first, "tagung", 9).await;
    let (one, two) = (first.join(NOW).await.expect("joins"), second.join(NOW).await.expect("joins"));
    let a = first.claim(&one, id, &[0], up_to(4), NOW).await.expect("claims");
    let b = second.claim(&two, id, &[0, 1], up_to(100), NOW).await.expect("claims");
    assert_eq!((a.len(), b.len()), (4, 6));
    assert_eq!(a[0].recipient.as_ref(), Some(&recipient(1)));
    assert_eq!(b.last().map(|delivery| (delivery.part, delivery.recipient.as_ref())), Some((1, None)));
    let mut all = [keys(&a), keys(&b)].concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 10);
    assert_eq!(first.claim(&one, id, &[0, 1], up_to(100), NOW).await.expect("claims"), []);
    let left = first.waiting(&one, id, &[0, 1, 2]).await.expect("looks");
    assert_eq!(left, Waiting { next_pending: Some(0), next_deferred: None, elsewhere: 6 }, "part 2 waits");
}

/// Nothing is marked that is not claimed by the worker, of a stopped release, or for a suppressed member.
pub async fn only_what_may_leave_is_marked<L: Work + Books>(open: impl AsyncFn() -> L) {
    let (first, second) = (open().await, open().await);
    let id = sealed(&first, "tagung", 4).await;
    let (one, two) = (first.join(NOW).await.expect("joins"), second.join(NOW).await.expect("joins"));
    first.claim(&one, id, &[0], up_to(3), NOW).await.expect("claims");
    first.suppress(&[recipient(2).target], "asked by mail", NOW).await.expect("suppresses");

    let foreign = second.mark(&two, id, &[key(1)], NOW).await.expect("asks");
    assert_eq!((foreign.ready, foreign.withdrawn), (vec![], vec![]), "claimed by another");
    let unclaimed = first.mark(&one, id, &[key(4)], NOW).await.expect("asks");
    assert_eq!(unclaimed.ready, []);
    let marked = first.mark(&one, id, &[key(1), key(2)], NOW).await.expect("marks");
    assert_eq!((marked.ready, marked.withdrawn), (vec![key(1)], vec![key(2)]));
    assert_eq!(first.mark(&one, id, &[key(1)], NOW).await.expect("asks").ready, [], "only once");

    first.set_state(id, ReleaseState::Stopped).await.expect("stops");
    assert_eq!(first.mark(&one, id, &[key(3)], NOW).await.expect("asks").ready, [], "stopped");
    first.set_state(id, ReleaseState::Open).await.expect("goes on");
    assert_eq!(first.mark(&one, id, &[key(3)], NOW).await.expect("marks").ready, [key(3)]);
    let counts = totals(&first, id).await;
    assert_eq!((counts.in_flight, counts.failed, counts.pending), (2, 1, 1));
}

/// What a worker leaves behind: what was answered is settled, what was not started waits as if never tried, the rest
/// becomes what the channel's rule says.
pub async fn a_worker_that_is_gone_is_cleared_up_after<L: Work + Books>(open: impl AsyncFn() -> L) {
    let dying = open().await;
    let id = sealed(&dying, "tagung", 6).await;
    let worker = dying.join(NOW).await.expect("joins");
    dying.claim(&worker, id, &[0], up_to(5), NOW).await.expect("claims");
    dying.mark(&worker, id, &[key(1), key(2), key(3), key(4)], NOW).await.expect("marks");
    for number in [1, 2, 3] {
        dying.start(&worker, id, key(number)).expect("is noted");
    }
    dying.answer(&worker, id, &settled(1, DeliveryState::Sent)).expect("is noted");
    dying.answer(&worker, id, &settled(2, DeliveryState::Deferred)).expect("is noted");
    dying.note_answers(&worker).expect("is noted");
    drop(dying);

    let ledger = open().await;
    let own = ledger.join(NOW).await.expect("joins");
    let later = NOW + LEASE + 1;
    let recovered = ledger.recover(&own, later, &never).await.expect("recovers");
    assert_eq!(recovered, Recovered { pending: 2, settled: 2, uncertain: 1 });
    assert_eq!(ledger.recover(&own, later, &never).await.expect("again"), Recovered::default());
    let counts = totals(&ledger, id).await;
    assert_eq!((counts.sent, counts.deferred, counts.uncertain, counts.pending), (1, 1, 1, 3));
    let history = ledger.history(key(1).target).await.expect("reads");
    assert_eq!((history[0].standing.detail.as_str(), history[0].standing.settled_at), ("reply 1", Some(NOW)));
    let unstarted = ledger.history(key(4).target).await.expect("reads");
    assert_eq!((unstarted[0].standing.attempts, unstarted[0].standing.first_at), (0, None), "as if never tried");
    let again = ledger.claim(&own, id, &[0], up_to(100), NOW).await.expect("claims");
    assert_eq!(
        keys(&again),
        [key(4), key(5), key(6)],
        "the deferred one is not due, the uncertain one is never claimed"
    );
}

/// Where doing it again is harmless, what was lost waits again.
pub async fn what_can_be_repeated_is_not_uncertain<L: Work>(open: impl AsyncFn() -> L) {
    let dying = open().await;
    let id = sealed(&dying, "tagung", 1).await;
    let worker = dying.join(NOW).await.expect("joins");
    dying.claim(&worker, id, &[0], up_to(5), NOW).await.expect("claims");
    dying.mark(&worker, id, &[key(1)], NOW).await.expect("marks");
    dying.start(&worker, id, key(1)).expect("is noted");
    drop(dying);
    let ledger = open().await;
    let own = ledger.join(NOW).await.expect("joins");
    let recovered = ledger.recover(&own, NOW + LEASE + 1, &always).await.expect("recovers");
    assert_eq!(recovered, Recovered { pending: 1, settled: 0, uncertain: 0 });
    let again = ledger.claim(&own, id, &[0], up_to(5), NOW).await.expect("claims");
    assert_eq!(again[0].attempts, 1, "the try counts");
}

/// An earlier attempt's notes say nothing about a later one.
pub async fn the_notes_of_an_earlier_attempt_do_not_settle_a_later_one<L: Work>(open: impl AsyncFn() -> L) {
    let dying = open().await;
    let id = sealed(&dying, "tagung", 1).await;
    let worker = dying.join(NOW).await.expect("joins");
    dying.claim(&worker, id, &[0], up_to(5), NOW).await.expect("claims");
    dying.mark(&worker, id, &[key(1)], NOW).await.expect("marks");
    dying.start(&worker, id, key(1)).expect("is noted");
    let deferred = Settled { due_at: NOW, ..settled(1, DeliveryState::Deferred) };
    dying.answer(&worker, id, &deferred).expect("is noted");
    dying.note_answers(&worker).expect("is noted");
    dying.settle(&worker, id, &[deferred]).await.expect("settles");
    dying.claim(&worker, id, &[0], up_to(5), NOW).await.expect("claims again");
    dying.mark(&worker, id, &[key(1)], NOW).await.expect("marks again");
    drop(dying);
    let ledger = open().await;
    let own = ledger.join(NOW).await.expect("joins");
    let recovered = ledger.recover(&own, NOW + LEASE + 1, &never).await.expect("recovers");
    assert_eq!(recovered, Recovered { pending: 1, settled: 0, uncertain: 0 }, "the second was never started");
    assert_eq!(totals(&ledger, id).await.deferred, 1, "it was refused once, and that is remembered");
}

/// A worker that shows no life loses what it only claimed, and can mark none of it any more.
pub async fn claims_of_a_worker_that_stands_still_go_to_others<L: Work>(open: impl AsyncFn() -> L) {
    let (still, lively) = (open().await, open().await);
    let id = sealed(&still, "tagung", 2).await;
    let one = still.join(NOW).await.expect("joins");
    let two = lively.join(NOW).await.expect("joins");
    still.claim(&one, id, &[0], up_to(2), NOW).await.expect("claims");
    lively.recover(&two, NOW + LEASE - 1, &never).await.expect("looks");
    assert_eq!(lively.claim(&two, id, &[0], up_to(2), NOW).await.expect("claims"), [], "not yet");
    let recovered = lively.recover(&two, NOW + LEASE + 1, &never).await.expect("recovers");
    assert_eq!(recovered, Recovered { pending: 2, settled: 0, uncertain: 0 });
    assert_eq!(lively.claim(&two, id, &[0], up_to(2), NOW).await.expect("claims").len(), 2);
    assert_eq!(still.mark(&one, id, &[key(1), key(2)], NOW).await.expect("asks").ready, []);
}

/// What leaves in order gives back what it did not start, and the attempt that did not happen is not counted.
pub async fn what_is_given_back_was_not_tried<L: Work + Books>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let id = sealed(&ledger, "tagung", 3).await;
    let worker = ledger.join(NOW).await.expect("joins");
    ledger.claim(&worker, id, &[0], up_to(3), NOW).await.expect("claims");
    ledger.mark(&worker, id, &[key(1), key(2)], NOW).await.expect("marks");
    ledger.give_back(&worker, id, &[(key(2), 0)]).await.expect("does nothing: it is marked");
    ledger.start(&worker, id, key(2)).expect("is noted");
    ledger.take_back(&worker, id, &[key(1), key(2)], false).await.expect("takes back what was not started");
    ledger.give_back(&worker, id, &[(key(3), NOW + 60_000)]).await.expect("gives back until later");
    let left = ledger.waiting(&worker, id, &[0]).await.expect("looks");
    assert_eq!(left, Waiting { next_pending: Some(0), next_deferred: None, elsewhere: 0 });
    let again = ledger.claim(&worker, id, &[0], up_to(3), NOW).await.expect("claims");
    assert_eq!((keys(&again), again[0].attempts, again[0].first_at), (vec![key(1)], 0, None));
    assert_eq!(ledger.claim(&worker, id, &[0], up_to(3), NOW + 60_000).await.expect("claims")[0].due_at, NOW + 60_000);
    let recovered = ledger.leave(worker, NOW, &always).await.expect("leaves");
    assert_eq!(recovered, Recovered { pending: 3, settled: 0, uncertain: 0 });
    assert!(ledger.start(&worker, id, key(2)).is_err(), "nothing is started after leaving");
    assert_eq!(ledger.workers(NOW).await.expect("counts"), 0);
}

/// What was taken from a worker that stood still comes to it once, and its own mark is never given back for it.
pub async fn a_claim_that_was_lost_and_made_again_is_one<L: Work>(open: impl AsyncFn() -> L) {
    let (still, lively) = (open().await, open().await);
    let id = sealed(&still, "tagung", 1).await;
    let one = still.join(NOW).await.expect("joins");
    let two = lively.join(NOW).await.expect("joins");
    still.claim(&one, id, &[0], up_to(1), NOW).await.expect("claims");
    lively.recover(&two, NOW + LEASE + 1, &never).await.expect("recovers");
    still.claim(&one, id, &[0], up_to(1), NOW).await.expect("claims again");
    assert_eq!(still.mark(&one, id, &[key(1)], NOW).await.expect("marks").ready, [key(1)]);
    still.start(&one, id, key(1)).expect("is noted");
    assert_eq!(still.mark(&one, id, &[key(1)], NOW).await.expect("asks").ready, []);
    still.give_back(&one, id, &[(key(1), 0)]).await.expect("does nothing");
    assert_eq!(lively.claim(&two, id, &[0], up_to(1), NOW).await.expect("claims"), [], "it is on its way");
}

/// What was refused for now comes back when it is due; a person makes it due now, but for what the other side asked.
pub async fn refused_deliveries_are_due_later_or_when_a_person_says_so<L: Work>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let id = sealed(&ledger, "tagung", 2).await;
    let worker = ledger.join(NOW).await.expect("joins");
    ledger.claim(&worker, id, &[0], up_to(2), NOW).await.expect("claims");
    ledger.mark(&worker, id, &[key(1), key(2)], NOW).await.expect("marks");
    let asked = Settled { hold_until: NOW + 300_000, ..settled(2, DeliveryState::Deferred) };
    ledger.settle(&worker, id, &[settled(1, DeliveryState::Deferred), asked]).await.expect("settles");
    assert_eq!(ledger.claim(&worker, id, &[0], up_to(9), NOW + 299_999).await.expect("claims"), []);
    ledger.hasten(id, &[0], NOW).await.expect("hastens");
    let due = ledger.claim(&worker, id, &[0], up_to(9), NOW).await.expect("claims");
    assert_eq!((keys(&due), due[0].attempts, due[0].first_at, due[0].deferred), (vec![key(1)], 1, Some(NOW), true));
    let waiting = ledger.waiting(&worker, id, &[0]).await.expect("looks");
    assert_eq!(waiting, Waiting { next_pending: None, next_deferred: Some(NOW + 300_000), elsewhere: 0 });
    ledger.mark(&worker, id, &[key(1)], NOW).await.expect("marks");
    ledger.take_back(&worker, id, &[key(1)], false).await.expect("takes back");
    let waiting = ledger.waiting(&worker, id, &[0]).await.expect("looks");
    assert_eq!(waiting.next_deferred, Some(NOW), "due as it was, not in 1970");
    assert_eq!(ledger.claim(&worker, id, &[0], up_to(9), NOW + 300_000).await.expect("claims").len(), 2);
    ledger.mark(&worker, id, &[key(1), key(2)], NOW).await.expect("marks");
    ledger.leave(worker, NOW, &always).await.expect("leaves without a start");
    let next = ledger.join(NOW).await.expect("joins");
    let waiting = ledger.waiting(&next, id, &[0]).await.expect("looks");
    assert_eq!(waiting.next_deferred, Some(NOW), "a crash does not change it either");
    ledger.hasten(id, &[0], NOW).await.expect("hastens");
    let due = ledger.claim(&next, id, &[0], up_to(9), NOW).await.expect("claims");
    assert_eq!(keys(&due), [key(1)], "nor what the other side asked for");
}

/// What every fifth domain refuses is tried again once it is mended, not lost.
pub async fn failed_deliveries_can_be_opened_again<L: Work>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let id = sealed(&ledger, "tagung", 1).await;
    let worker = ledger.join(NOW).await.expect("joins");
    ledger.claim(&worker, id, &[0], up_to(1), NOW).await.expect("claims");
    ledger.mark(&worker, id, &[key(1)], NOW).await.expect("marks");
    ledger.settle(&worker, id, &[settled(1, DeliveryState::Failed)]).await.expect("settles");
    for part in [1, 2] {
        let claimed = ledger.claim(&worker, id, &[part], up_to(1), NOW).await.expect("claims");
        let ready = ledger.mark(&worker, id, &keys(&claimed), NOW).await.expect("marks").ready;
        let sent = Settled { key: ready[0], ..settled(1, DeliveryState::Sent) };
        ledger.settle(&worker, id, &[sent]).await.expect("settles");
    }
    ledger.close(id).await.expect("closes: nothing is open");
    ledger.reopen(id, &[key(1)], NOW + 5).await.expect("opens");
    assert_eq!(ledger.release_state(id).await.expect("reads"), ReleaseState::Open, "the release with it");
    assert_eq!(keys(&ledger.claim(&worker, id, &[0], up_to(1), NOW + 5).await.expect("claims")), [key(1)]);
}

/// After a clock that was an hour ahead, nothing waits for the hour to pass, and nothing comes sooner than it was meant to.
pub async fn a_clock_that_was_ahead_holds_nothing_up<L: Work + Pacing + Books>(open: impl AsyncFn() -> L) {
    let (ledger, minute) = (open().await, 60_000);
    let ahead = NOW + 60 * minute;
    let id = sealed(&ledger, "tagung", 4).await;
    assert_eq!(ledger.rewind(NOW).await.expect("looks"), 0, "it was never used");
    let worker = ledger.join(ahead).await.expect("joins");
    ledger.claim(&worker, id, &[0], up_to(3), ahead).await.expect("claims");
    ledger.mark(&worker, id, &[key(1), key(2)], ahead).await.expect("marks");
    let later = |number, wait, hold| Settled {
        due_at: ahead + wait,
        hold_until: if hold { ahead + wait } else { 0 },
        at: ahead,
        ..settled(number, DeliveryState::Deferred)
    };
    ledger.settle(&worker, id, &[later(1, 5 * minute, false), later(2, 20 * minute, true)]).await.expect("settles");
    ledger.give_back(&worker, id, &[(key(3), ahead + minute)]).await.expect("gives back until its place in a row");
    ledger.reserve("domain:gmx.de", minute, 2, i64::MAX, ahead).await.expect("reserves");
    ledger.leave(worker, ahead, &never).await.expect("leaves");

    assert_eq!(ledger.rewind(ahead + minute).await.expect("looks"), 0, "the clock is right");
    assert_eq!(ledger.rewind(NOW).await.expect("sets back"), 60 * minute);
    assert_eq!(ledger.rewind(NOW).await.expect("looks"), 0, "once");
    assert_eq!(ledger.uses().await.expect("reads").at, Some(NOW));
    let worker = ledger.join(NOW).await.expect("joins");
    let slots = ledger.reserve("domain:gmx.de", minute, 1, i64::MAX, NOW).await.expect("reserves");
    assert_eq!(slots.first, NOW + 2 * minute);
    assert_eq!(keys(&ledger.claim(&worker, id, &[0], up_to(9), NOW).await.expect("claims")), [key(4)]);
    assert_eq!(keys(&ledger.claim(&worker, id, &[0], up_to(9), NOW + minute).await.expect("claims")), [key(3)]);
    let due = ledger.claim(&worker, id, &[0], up_to(9), NOW + 5 * minute).await.expect("claims");
    assert_eq!((keys(&due), due[0].first_at), (vec![key(1)], Some(NOW)));
    ledger.hasten(id, &[0], NOW + 6 * minute).await.expect("hastens");
    assert_eq!(
        ledger.claim(&worker, id, &[0], up_to(9), NOW + 19 * minute).await.expect("claims"),
        [],
        "it was asked to wait"
    );
    assert_eq!(keys(&ledger.claim(&worker, id, &[0], up_to(9), NOW + 20 * minute).await.expect("claims")), [key(2)]);
}

/// A worker that stands still is not believed to live for an hour because its clock was an hour ahead.
pub async fn a_lease_from_a_clock_that_was_ahead_ends_as_soon_as_any<L: Work>(open: impl AsyncFn() -> L) {
    let (still, lively) = (open().await, open().await);
    let id = sealed(&still, "tagung", 1).await;
    let one = still.join(NOW + 3_600_000).await.expect("joins");
    let two = lively.join(NOW).await.expect("joins");
    still.claim(&one, id, &[0], up_to(1), NOW).await.expect("claims");
    lively.recover(&two, NOW, &never).await.expect("looks");
    assert_eq!(lively.claim(&two, id, &[0], up_to(1), NOW).await.expect("claims"), [], "not yet");
    lively.recover(&two, NOW + LEASE + 1, &never).await.expect("recovers");
    assert_eq!(lively.claim(&two, id, &[0], up_to(1), NOW + LEASE + 1).await.expect("claims").len(), 1);
    assert_eq!(still.mark(&one, id, &[key(1)], NOW).await.expect("asks").ready, []);
}

/// Only so many have a place at once, and a process's end gives its place back.
pub async fn places_are_taken_by_one_at_a_time<L: Work>(open: impl AsyncFn() -> L) {
    let (first, second) = (open().await, open().await);
    let a = first.seat("mail", 2).await.expect("asks").expect("is free");
    let _b = second.seat("mail", 2).await.expect("asks").expect("is free");
    assert!(first.seat("mail", 2).await.expect("asks").is_none());
    assert!(second.seat("other", 1).await.expect("asks").is_some());
    drop(a);
    // Where a server keeps the places, giving one back takes a moment.
    for _ in 0..100 {
        if second.seat("mail", 2).await.expect("asks").is_some() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the place is not given back");
}
