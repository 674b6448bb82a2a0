//! What every ledger must do for a post that goes on with a new text, and for one that is stopped. As in `work_contract`,
//! `open` opens the same empty record again and again.

use std::collections::BTreeMap;

use rundbrief::ledger::{
    Books, Decided, DeliveryKey, DeliveryState, Event, EventKind, LEASE, LedgerError, Mode, NewRelease, Purpose,
    Release, ReleaseState, Revisions, Totals, Work,
};
use rundbrief::plan::Target;

use super::contract::{recipient, release};
use super::work_contract::{NOW, key, sealed, settled, totals, up_to};

fn new_text() -> NewRelease {
    NewRelease { code: [8; 32], ..release("tagung", Mode::Real) }
}

fn targets(numbers: impl IntoIterator<Item = u8>) -> Vec<Target> {
    numbers.into_iter().map(|number| recipient(number).target).collect()
}

fn sorted(mut targets: Vec<Target>) -> Vec<Target> {
    targets.sort();
    targets
}

fn event(kind: EventKind, at: i64) -> Event {
    Event { slug: "tagung".to_owned(), release: None, kind, detail: String::new(), at }
}

/// A release of eight members: 1 sent, 2 refused for good, 3 in doubt, 4 refused for now, 5 to 8 wait. The feed is sent.
async fn half_sent<L: Work + Books>(ledger: &L) -> i64 {
    let id = sealed(ledger, "tagung", 8).await;
    let worker = ledger.join(NOW).await.expect("joins");
    ledger.claim(&worker, id, &[0], up_to(4), NOW).await.expect("claims");
    ledger.mark(&worker, id, &[1, 2, 3, 4].map(key), NOW).await.expect("marks");
    let outcomes = [DeliveryState::Sent, DeliveryState::Failed, DeliveryState::Uncertain, DeliveryState::Deferred];
    let outcomes: Vec<_> = (1..).zip(outcomes).map(|(number, state)| settled(number, state)).collect();
    ledger.settle(&worker, id, &outcomes).await.expect("settles");
    ledger.claim(&worker, id, &[1], up_to(1), NOW).await.expect("claims");
    let feed = DeliveryKey { part: 1, target: Target::CHANNEL };
    ledger.mark(&worker, id, &[feed], NOW).await.expect("marks");
    let sent = rundbrief::ledger::Settled { key: feed, ..settled(1, DeliveryState::Sent) };
    ledger.settle(&worker, id, &[sent]).await.expect("settles");
    ledger.leave(worker, NOW, &|_| DeliveryState::Uncertain).await.expect("leaves");
    ledger.set_state(id, ReleaseState::Stopped).await.expect("stops");
    id
}

/// A new text for these members.
async fn begun<L: Revisions>(ledger: &L, members: impl IntoIterator<Item = u8>) -> Release {
    let begun = ledger.begin(&new_text()).await.expect("begins");
    let members: Vec<_> = members.into_iter().map(recipient).collect();
    ledger.add(begun.id, 1, &members).await.expect("adds");
    begun
}

async fn sum<L: Revisions>(ledger: &L, release: i64) -> Totals {
    let mut sum = Totals::default();
    ledger.totals(release).await.expect("counts").iter().for_each(|(_, totals)| sum.merge(totals));
    sum
}

/// A new text goes to those who have nothing; the earlier one waits for nobody any more and keeps what it has.
pub async fn a_new_text_takes_the_place_of_what_waits<L: Work + Books + Revisions>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let old = half_sent(&ledger).await;
    assert_eq!(sorted(ledger.reached(old, &targets(1..=9)).await.expect("looks")), targets(1..=3));
    assert_eq!(sorted(ledger.waiting_for(old, &targets(3..=9)).await.expect("looks")), targets(4..=8));

    // 4 to 6 are still on the list, 7 and 8 are not, 9 has joined.
    let new = begun(&ledger, [4, 5, 6, 9]).await;
    assert_eq!(
        (new.revision, ledger.release("tagung", Mode::Real).await.expect("reads").expect("is there").id),
        (2, old)
    );
    ledger.seal(new.id, 1, [3; 32]).await.expect("seals");
    let newest = ledger.release("tagung", Mode::Real).await.expect("reads").expect("is there");
    assert_eq!((newest.id, newest.state, newest.code), (new.id, ReleaseState::Open, [8; 32]));
    assert_eq!(ledger.release_state(old).await.expect("reads"), ReleaseState::Settled);
    let counts = sum(&ledger, old).await;
    assert_eq!((counts.sent, counts.failed, counts.uncertain, counts.all()), (2, 1, 1, 4));
    let by_part = ledger.totals(new.id).await.expect("counts");
    let waiting: Vec<_> = by_part.iter().map(|(part, totals)| (*part, totals.pending)).collect();
    assert_eq!(waiting, [(0, 4), (2, 1)], "the feed has its text, what is posted by hand has none yet");

    // Who joins now is new; who has the earlier text is not.
    assert_eq!(sorted(ledger.known(new.id, &targets(1..=10)).await.expect("looks")), targets([1, 2, 3, 4, 5, 6, 9]));
    let recipients: Vec<_> = ledger.pending(new.id, 0, None, 9).await.expect("reads");
    assert_eq!(recipients.iter().map(|delivery| delivery.target).collect::<Vec<_>>(), targets([4, 5, 6, 9]));
    let all = ledger.revisions("tagung", Mode::Real).await.expect("lists");
    assert_eq!(all.iter().map(|release| (release.id, release.revision)).collect::<Vec<_>>(), [(new.id, 2), (old, 1)]);
    assert_eq!(ledger.releases().await.expect("lists").len(), 2);
    assert_eq!(ledger.revisions("tagung", Mode::Trial).await.expect("lists"), []);
}

/// While somebody has something of the earlier text in hand, or has reached one who is to get the new one, nothing changes.
pub async fn a_new_text_waits_for_what_is_in_hand<L: Work + Books + Revisions>(open: impl AsyncFn() -> L) {
    let (ledger, sender) = (open().await, open().await);
    let old = half_sent(&ledger).await;
    ledger.set_state(old, ReleaseState::Open).await.expect("goes on");
    let worker = sender.join(NOW).await.expect("joins");
    let new = begun(&ledger, [5, 6, 7, 8]).await;
    assert_eq!(ledger.held(old, NOW).await.expect("counts"), 0);
    sender.claim(&worker, old, &[0], up_to(2), NOW).await.expect("claims");
    assert_eq!(ledger.held(old, NOW).await.expect("counts"), 2);
    let before = sum(&ledger, old).await;
    for step in ["claimed", "leaving"] {
        let sealed = ledger.seal(new.id, 1, [3; 32]).await;
        assert!(matches!(sealed, Err(LedgerError::InHand)), "{step}: {sealed:?}");
        sender.mark(&worker, old, &[key(5)], NOW).await.expect("marks");
    }
    assert_eq!(sum(&ledger, old).await.open(), before.open());
    sender.settle(&worker, old, &[settled(5, DeliveryState::Sent)]).await.expect("settles");
    sender.give_back(&worker, old, &[(key(6), 0)]).await.expect("gives back");
    let sealed = ledger.seal(new.id, 1, [3; 32]).await;
    assert!(matches!(sealed, Err(LedgerError::InHand)), "one of them has it since: {sealed:?}");

    ledger.discard(new.id, 1).await.expect("discards");
    let still = ledger.release("tagung", Mode::Real).await.expect("reads").expect("is there");
    assert_eq!((still.id, still.state), (old, ReleaseState::Open));
    let new = begun(&ledger, [6, 7, 8]).await;
    assert_eq!(new.revision, 2, "a discarded text leaves no number behind");
    ledger.seal(new.id, 1, [3; 32]).await.expect("seals");
    assert_eq!(totals(&ledger, new.id).await.pending, 3);
}

/// A new text that was begun and not sealed changes nothing, also after the end of its process.
pub async fn a_new_text_that_was_not_sealed_changes_nothing<L: Work + Books + Revisions>(open: impl AsyncFn() -> L) {
    let dying = open().await;
    let old = half_sent(&dying).await;
    begun(&dying, [5, 6]).await;
    drop(dying);
    let ledger = open().await;
    ledger.hold().await.expect("holds");
    let still = ledger.release("tagung", Mode::Real).await.expect("reads").expect("is there");
    assert_eq!((still.id, still.state), (old, ReleaseState::Stopped));
    assert_eq!((totals(&ledger, old).await.pending, totals(&ledger, old).await.deferred), (4, 1));
    assert_eq!(begun(&ledger, [5]).await.revision, 2);
}

/// Nothing of an earlier text leaves any more, whoever still thinks that it may.
pub async fn what_was_replaced_is_never_opened_again<L: Work + Books + Revisions>(open: impl AsyncFn() -> L) {
    let (ledger, sender) = (open().await, open().await);
    let old = half_sent(&ledger).await;
    ledger.set_state(old, ReleaseState::Open).await.expect("goes on");
    // A sender that stood still: what it had claimed was taken from it, and then replaced.
    let worker = sender.join(NOW).await.expect("joins");
    sender.claim(&worker, old, &[0], up_to(1), NOW).await.expect("claims");
    let other = ledger.join(NOW + 100_000).await.expect("joins");
    ledger.recover(&other, NOW + 100_000, &|_| DeliveryState::Uncertain).await.expect("recovers");
    let new = begun(&ledger, [5, 6]).await;
    ledger.seal(new.id, 1, [3; 32]).await.expect("seals");

    for state in [ReleaseState::Open, ReleaseState::Stopped] {
        ledger.set_state(old, state).await.expect("does nothing");
        assert_eq!(ledger.release_state(old).await.expect("reads"), ReleaseState::Settled, "{state:?}");
    }
    let went_on = ledger.go_on(&event(EventKind::WentOn, NOW), Some(old), 0).await.expect("notes");
    assert!(went_on);
    sender.reopen(old, &[key(2)], NOW).await.expect("does nothing");
    sender.give_back(&worker, old, &[(key(5), 0)]).await.expect("does nothing");
    assert_eq!(sender.mark(&worker, old, &[key(5)], NOW).await.expect("asks").ready, []);
    let late = [settled(6, DeliveryState::Deferred), settled(7, DeliveryState::Failed)];
    sender.settle(&worker, old, &late).await.expect("does nothing");
    assert_eq!(sender.claim(&worker, old, &[0], up_to(9), NOW + 400_000).await.expect("claims"), []);
    assert_eq!(ledger.release_state(old).await.expect("reads"), ReleaseState::Settled);
    assert_eq!(sum(&ledger, old).await.all(), 4, "no row has come back");
}

/// A person decides about the earlier text too; who did not get it has nothing and is new to the newest.
pub async fn what_is_in_doubt_of_an_earlier_text_can_be_decided<L: Work + Books + Revisions>(
    open: impl AsyncFn() -> L,
) {
    let ledger = open().await;
    let old = half_sent(&ledger).await;
    let new = begun(&ledger, [5, 6]).await;
    ledger.seal(new.id, 1, [3; 32]).await.expect("seals");
    let forgotten = ledger.forget_recipients(i64::MAX).await.expect("looks");
    assert_eq!(forgotten, 0, "not as long as nobody has decided");
    assert_eq!(ledger.resolve(old, Some(&[key(3)]), Decided::SendAgain, NOW).await.expect("decides"), 1);
    assert_eq!(ledger.release_state(old).await.expect("reads"), ReleaseState::Settled, "nothing of it is sent");
    assert_eq!((sum(&ledger, old).await.uncertain, sum(&ledger, old).await.all()), (0, 3));
    assert_eq!(ledger.known(new.id, &targets([2, 3])).await.expect("looks"), targets([2]));
    assert_eq!(ledger.add(new.id, 2, &[recipient(3)]).await.expect("adds"), targets([3]));
    ledger.seal(new.id, 2, [3; 32]).await.expect("seals");
    assert_eq!(totals(&ledger, new.id).await.pending, 3);
    assert_eq!(
        ledger.forget_recipients(i64::MAX).await.expect("deletes"),
        7,
        "the address of who was left to the newest went at once"
    );
}

/// What counts as sent of an earlier text is not new to the newest.
pub async fn what_counts_as_sent_of_an_earlier_text_is_known<L: Work + Books + Revisions>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let old = half_sent(&ledger).await;
    let new = begun(&ledger, [5, 6]).await;
    ledger.seal(new.id, 1, [3; 32]).await.expect("seals");
    assert_eq!(ledger.resolve(old, None, Decided::CountAsSent, NOW).await.expect("decides"), 1);
    assert_eq!((sum(&ledger, old).await.sent, sum(&ledger, old).await.uncertain), (3, 0));
    assert_eq!(ledger.known(new.id, &targets([3])).await.expect("looks"), targets([3]));
}

/// The text can be changed again; whoever has either of the earlier ones keeps it.
pub async fn a_third_text_goes_to_those_who_have_none_of_the_two<L: Work + Books + Revisions>(
    open: impl AsyncFn() -> L,
) {
    let ledger = open().await;
    half_sent(&ledger).await;
    let second = begun(&ledger, [5, 6, 7]).await.id;
    ledger.seal(second, 1, [3; 32]).await.expect("seals");
    let worker = ledger.join(NOW).await.expect("joins");
    ledger.claim(&worker, second, &[0], up_to(2), NOW).await.expect("claims");
    ledger.mark(&worker, second, &[key(5), key(6)], NOW).await.expect("marks");
    ledger.settle(&worker, second, &[5, 6].map(|number| settled(number, DeliveryState::Sent))).await.expect("settles");
    let text = DeliveryKey { part: 2, target: Target::CHANNEL };
    ledger.settle_by_hand(second, text, "https://x.example/1", NOW).await.expect("notes");
    assert_eq!(sorted(ledger.reached(second, &targets(1..=9)).await.expect("looks")), targets([1, 2, 3, 5, 6]));

    let third = begun(&ledger, [7, 8, 9]).await;
    assert_eq!(third.revision, 3);
    ledger.seal(third.id, 1, [4; 32]).await.expect("seals");
    let parts = ledger.totals(third.id).await.expect("counts");
    let parts: Vec<_> = parts.iter().map(|(part, totals)| (*part, totals.pending)).collect();
    assert_eq!(parts, [(0, 3)], "one channel has its text from the first, one from the second");
    assert_eq!(sum(&ledger, second).await.open(), 0);
    let known = sorted(ledger.known(third.id, &targets(1..=10)).await.expect("looks"));
    assert_eq!(known, targets([1, 2, 3, 5, 6, 7, 8, 9]), "who was only ever asked to come later has nothing");
}

/// A stop that is noted while a send is prepared holds, for the first text and for a wave; going on is one step with it.
pub async fn a_stop_during_the_preparation_holds<L: Work + Books + Revisions>(open: impl AsyncFn() -> L) {
    let (ledger, person) = (open().await, open().await);
    let first = ledger.begin(&release("tagung", Mode::Real)).await.expect("begins");
    ledger.add(first.id, 1, &[recipient(1)]).await.expect("adds");
    person.note(&event(EventKind::Stopped, NOW)).await.expect("notes");
    ledger.seal(first.id, 1, [0; 32]).await.expect("seals");
    assert_eq!(ledger.release_state(first.id).await.expect("reads"), ReleaseState::Stopped);

    assert!(!ledger.go_on(&event(EventKind::WentOn, NOW), Some(first.id), 0).await.expect("asks"), "stopped since");
    assert_eq!(ledger.release_state(first.id).await.expect("reads"), ReleaseState::Stopped);
    assert_eq!(ledger.events("tagung").await.expect("reads").len(), 1, "nothing was noted");
    assert!(ledger.go_on(&event(EventKind::WentOn, NOW + 1), Some(first.id), 1).await.expect("goes on"));
    assert_eq!(ledger.release_state(first.id).await.expect("reads"), ReleaseState::Open);

    ledger.add(first.id, 2, &[recipient(2)]).await.expect("adds");
    person.note(&event(EventKind::Stopped, NOW + 2)).await.expect("notes");
    person.set_state(first.id, ReleaseState::Stopped).await.expect("stops");
    ledger.seal(first.id, 2, [0; 32]).await.expect("seals");
    assert_eq!(ledger.release_state(first.id).await.expect("reads"), ReleaseState::Stopped, "a wave opens nothing");
    let other = ledger.begin(&release("andere", Mode::Real)).await.expect("begins");
    ledger.seal(other.id, 1, [0; 32]).await.expect("seals");
    assert_eq!(ledger.release_state(other.id).await.expect("reads"), ReleaseState::Open, "another post is not stopped");
}

/// Only what living processes have in hand is held.
pub async fn what_a_dead_process_had_is_not_held<L: Work + Books + Revisions>(open: impl AsyncFn() -> L) {
    let dying = open().await;
    let id = sealed(&dying, "tagung", 3).await;
    let worker = dying.join(NOW).await.expect("joins");
    dying.claim(&worker, id, &[0], up_to(2), NOW).await.expect("claims");
    let ledger = open().await;
    assert_eq!(ledger.held(id, NOW).await.expect("counts"), 2);
    drop(dying);
    assert_eq!(ledger.held(id, NOW + LEASE + 1).await.expect("counts"), 0);
    assert_eq!(totals(&ledger, id).await.claimed, 2);
}

/// A trial is forgotten with all its texts.
pub async fn a_trial_is_forgotten_with_all_its_texts<L: Work + Books + Revisions>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    for code in [[9; 32], [8; 32]] {
        let new = NewRelease { code, ..release("tagung", Mode::Trial) };
        let begun = ledger.begin(&new).await.expect("begins");
        ledger.add(begun.id, 1, &[recipient(1)]).await.expect("adds");
        ledger.seal(begun.id, 1, [0; 32]).await.expect("seals");
    }
    let real = sealed(&ledger, "tagung", 1).await;
    let newest = ledger.release("tagung", Mode::Trial).await.expect("reads").expect("is there");
    assert_eq!(newest.revision, 2);
    ledger.forget_trial(newest.id).await.expect("forgets");
    assert_eq!(ledger.release("tagung", Mode::Trial).await.expect("reads"), None);
    assert_eq!(ledger.releases().await.expect("lists").iter().map(|release| release.id).collect::<Vec<_>>(), [real]);
}

/// A correction waits until what it corrects is out; then it serves every channel, and knows who received a mail.
pub async fn a_correction_follows_what_is_out<L: Work + Books + Revisions>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let old = half_sent(&ledger).await;
    let correction = || NewRelease { purpose: Purpose::Correction, ..new_text() };
    let had = async || {
        let last = ledger.last_mails(old, &targets(1..=9)).await.expect("looks");
        last.into_iter().map(|mail| (mail.target, mail.release)).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(had().await, targets([1, 3]).into_iter().map(|target| (target, old)).collect());
    let begun = ledger.begin(&correction()).await.expect("begins");
    assert!(begun.is_correction());
    let sealed = ledger.seal(begun.id, 1, [3; 32]).await;
    assert!(matches!(sealed, Err(LedgerError::InHand)), "members still wait: {sealed:?}");
    ledger.discard(begun.id, 1).await.expect("discards");

    let rest = self::begun(&ledger, []).await;
    ledger.seal(rest.id, 1, [3; 32]).await.expect("seals");
    let begun = ledger.begin(&correction()).await.expect("begins");
    ledger.add(begun.id, 1, &[recipient(1), recipient(3)]).await.expect("adds");
    ledger.seal(begun.id, 1, [3; 32]).await.expect("seals");
    let parts = ledger.totals(begun.id).await.expect("counts");
    let parts: Vec<_> = parts.iter().map(|(part, totals)| (*part, totals.pending)).collect();
    assert_eq!(parts, [(0, 2), (1, 1), (2, 1)], "every channel, and what was still to be posted");
    assert_eq!(sum(&ledger, rest.id).await.open(), 0);
    let newest = ledger.release("tagung", Mode::Real).await.expect("reads").expect("is there");
    assert!(newest.id == begun.id && newest.is_correction());
}
