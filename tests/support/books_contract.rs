//! What every ledger must do for people: what is looked up, decided, kept from and deleted. As in `work_contract`, `open`
//! opens the same empty record again and again.

use rundbrief::ledger::{
    Aside, Books, ByHand, Decided, DeliveryKey, DeliveryState, Event, EventKind, Mode, Moments, ReleaseState, Settled,
    Uses, Work,
};
use rundbrief::plan::Target;

use super::contract::recipient;
use super::work_contract::{NOW, key, keys, sealed, sealed_as, settled, totals, up_to};

/// Only a person decides about what may or may not have arrived; a late answer of the same worker does too.
pub async fn an_uncertain_delivery_waits_for_a_person<L: Work + Books>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let id = sealed(&ledger, "tagung", 3).await;
    let worker = ledger.join(NOW).await.expect("joins");
    ledger.claim(&worker, id, &[0], up_to(3), NOW).await.expect("claims");
    ledger.mark(&worker, id, &[key(1), key(2), key(3)], NOW).await.expect("marks");
    let uncertain = [1, 2, 3].map(|number| settled(number, DeliveryState::Uncertain));
    ledger.settle(&worker, id, &uncertain).await.expect("settles");
    ledger.close(id).await.expect("looks");
    assert_eq!(ledger.release_state(id).await.expect("reads"), ReleaseState::Open, "nobody has decided yet");
    ledger.settle(&worker, id, &[settled(3, DeliveryState::Failed)]).await.expect("does nothing");
    assert_eq!(totals(&ledger, id).await.uncertain, 3);
    ledger.settle(&worker, id, &[settled(3, DeliveryState::Sent)]).await.expect("a late answer");

    let named = ledger.standings(id, DeliveryState::Uncertain, None, 10).await.expect("lists");
    let addresses: Vec<&str> = named.iter().map(|standing| standing.address.as_str()).collect();
    assert_eq!(addresses, ["m1@example.org", "m2@example.org"]);
    assert_eq!(ledger.resolve(id, Some(&[key(1)]), Decided::CountAsSent, NOW).await.expect("decides"), 1);
    assert_eq!(ledger.resolve(id, None, Decided::SendAgain, NOW).await.expect("decides"), 1);
    assert_eq!(ledger.resolve(id, None, Decided::SendAgain, NOW).await.expect("nothing is left"), 0);
    let counts = totals(&ledger, id).await;
    assert_eq!((counts.sent, counts.pending, counts.uncertain), (2, 1, 0));
}

/// What a person did by hand is settled once, and its receipt can be replaced; a release ends when nothing is open.
pub async fn what_was_done_by_hand_is_settled<L: Work + Books>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let id = sealed(&ledger, "tagung", 0).await;
    let (feed, text) = ([1, 2].map(|part| DeliveryKey { part, target: Target::CHANNEL })).into();
    let noted = ledger.settle_by_hand(id, text, "https://x.example/1", NOW).await.expect("notes");
    assert_eq!(noted, ByHand::Done);
    let noted = ledger.settle_by_hand(id, text, "https://x.example/2", NOW + 5).await.expect("notes again");
    assert_eq!(noted, ByHand::Replaced("https://x.example/1".to_owned()));
    let sent = ledger.standings(id, DeliveryState::Sent, None, 9).await.expect("lists");
    assert_eq!((sent.len(), sent[0].key, sent[0].detail.as_str()), (1, text, "https://x.example/2"));
    assert_eq!(ledger.moments(id).await.expect("reads"), Moments::default(), "nothing was handed over");
    let outline = ledger.outline(id).await.expect("reads");
    let names: Vec<_> = outline.iter().map(|part| (part.channel.as_str(), part.list.as_str())).collect();
    assert_eq!(names, [("email", "members"), ("feed", ""), ("x", "")]);
    assert!(outline.iter().all(|part| part.body.is_empty()));

    let worker = ledger.join(NOW).await.expect("joins");
    assert_eq!(ledger.workers(NOW).await.expect("counts"), 1);
    ledger.claim(&worker, id, &[1], up_to(1), NOW).await.expect("claims");
    assert_eq!(ledger.settle_by_hand(id, feed, "x", NOW).await.expect("asks"), ByHand::Elsewhere);
    ledger.give_back(&worker, id, &[(feed, 0)]).await.expect("gives back");
    ledger.settle_by_hand(id, feed, "x", NOW).await.expect("notes");
    ledger.close(id).await.expect("closes");
    assert_eq!(ledger.release_state(id).await.expect("reads"), ReleaseState::Settled);
}

/// Suppressions: once, with their reason, and taken back.
pub async fn a_suppressed_target_is_remembered_until_taken_back<L: Work + Books>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let targets = [1, 2].map(|number| recipient(number).target);
    assert_eq!(ledger.suppress(&targets, "asked by mail", NOW).await.expect("suppresses"), 2);
    assert_eq!(ledger.suppress(&targets[..1], "again", NOW + 1).await.expect("suppresses"), 0);
    let known = ledger.suppression(targets[0]).await.expect("reads").expect("is there");
    assert_eq!((known.reason.as_str(), known.created_at), ("asked by mail", NOW));
    assert_eq!(ledger.suppressed(&[targets[0], Target([9; 16])]).await.expect("looks"), [targets[0]]);
    assert!(ledger.unsuppress(targets[0]).await.expect("takes back"));
    assert!(!ledger.unsuppress(targets[0]).await.expect("was taken back"));
    assert_eq!(ledger.suppression(targets[0]).await.expect("reads"), None);
}

/// A member who refuses since the release gets nothing of what still waits, on that list alone.
pub async fn who_refuses_since_the_release_is_taken_out<L: Work + Books>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let id = sealed(&ledger, "tagung", 3).await;
    let worker = ledger.join(NOW).await.expect("joins");
    ledger.claim(&worker, id, &[0], up_to(1), NOW).await.expect("claims");
    ledger.refuse(id, 0, &[key(1).target, key(2).target]).await.expect("notes");
    ledger.refuse(id, 1, &[key(3).target]).await.expect("notes for another part");
    assert_eq!(ledger.withdraw_refused(id, "not wanted any more", NOW).await.expect("takes out"), 1);
    ledger.discard(id, 2).await.expect("nobody new");
    let passage = &ledger.history(key(2).target).await.expect("reads")[0];
    assert_eq!(
        (passage.standing.state, passage.standing.detail.as_str()),
        (DeliveryState::Failed, "not wanted any more")
    );
    assert_eq!((passage.part.channel.as_str(), passage.part.list.as_str()), ("email", "members"));
    assert_eq!(totals(&ledger, id).await.pending, 1);
}

/// A month after a release is settled its members' data go; who got it is still known, and nobody gets it again.
pub async fn members_data_are_deleted_and_nobody_is_written_to_again<L: Work + Books>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let id = sealed(&ledger, "tagung", 2).await;
    let worker = ledger.join(NOW).await.expect("joins");
    let claimed = ledger.claim(&worker, id, &[0, 1, 2], up_to(9), NOW).await.expect("claims");
    let ready = ledger.mark(&worker, id, &keys(&claimed), NOW).await.expect("marks").ready;
    let sent = |key: &DeliveryKey| Settled { key: *key, ..settled(1, DeliveryState::Sent) };
    ledger.settle(&worker, id, &ready[1..].iter().map(sent).collect::<Vec<_>>()).await.expect("settles");
    ledger.close(id).await.expect("looks");
    assert_eq!(ledger.forget_recipients(i64::MAX).await.expect("looks"), 0, "one is still on its way");
    ledger.settle(&worker, id, &ready[..1].iter().map(sent).collect::<Vec<_>>()).await.expect("settles");
    ledger.close(id).await.expect("closes");
    assert_eq!(ledger.forget_recipients(NOW).await.expect("looks"), 0, "not before its time");
    assert_eq!(ledger.forget_recipients(NOW + 1).await.expect("deletes"), 2);
    assert_eq!(ledger.forget_recipients(NOW + 1).await.expect("looks"), 0);

    let targets = [1, 2, 3].map(|number| recipient(number).target);
    let mut known = ledger.known(id, &targets).await.expect("looks");
    known.sort();
    assert_eq!(known, targets[..2]);
    let passage = &ledger.history(targets[0]).await.expect("reads")[0];
    assert_eq!((passage.standing.state, passage.standing.address.as_str()), (DeliveryState::Sent, "(address deleted)"));
    ledger.add(id, 2, &[recipient(3)]).await.expect("adds");
    ledger.seal(id, 2, [0; 32]).await.expect("seals");
    assert_eq!(keys(&ledger.claim(&worker, id, &[0], up_to(9), NOW).await.expect("claims")), [key(3)]);
}

/// Facts about the record are noted once, unless they are set anew.
pub async fn facts_are_kept<L: Books>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    assert_eq!(ledger.fact("key").await.expect("reads"), None);
    assert_eq!(ledger.note_fact("key", "a").await.expect("notes"), "a");
    assert_eq!(ledger.note_fact("key", "b").await.expect("keeps"), "a");
    ledger.set_fact("key", "c").await.expect("sets");
    assert_eq!(ledger.fact("key").await.expect("reads").as_deref(), Some("c"));
}

/// What is marked or settled of a real release counts, and nothing else; so an older state of the record is told from a newer one.
pub async fn whatever_is_done_for_a_real_release_is_a_use<L: Work + Books>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    assert_eq!(ledger.uses().await.expect("reads"), Uses::default());
    let (real, trial) = (sealed(&ledger, "tagung", 3).await, sealed_as(&ledger, "tagung", 3, Mode::Trial).await);
    let worker = ledger.join(NOW).await.expect("joins");
    ledger.claim(&worker, trial, &[0], up_to(3), NOW).await.expect("claims");
    ledger.claim(&worker, real, &[0], up_to(3), NOW).await.expect("claims");
    assert_eq!(ledger.mark(&worker, trial, &[key(1)], NOW).await.expect("marks").ready.len(), 1);
    assert_eq!(ledger.uses().await.expect("reads"), Uses::default(), "a trial and a claim are none");
    ledger.mark(&worker, real, &[key(1), key(2)], NOW).await.expect("marks");
    assert_eq!(ledger.uses().await.expect("reads"), Uses { count: 1, at: Some(NOW) });
    ledger.mark(&worker, real, &[key(1)], NOW + 1).await.expect("marks nothing");
    assert_eq!(open().await.uses().await.expect("reads"), Uses { count: 1, at: Some(NOW) });
    let later = Settled { at: NOW + 2, ..settled(1, DeliveryState::Sent) };
    ledger.settle(&worker, real, &[later]).await.expect("settles");
    ledger.settle(&worker, trial, &[settled(1, DeliveryState::Sent)]).await.expect("settles");
    assert_eq!(ledger.uses().await.expect("reads"), Uses { count: 2, at: Some(NOW + 2) });
    ledger.mark(&worker, real, &[key(3)], NOW + 3).await.expect("marks");
    assert_eq!(ledger.uses().await.expect("reads"), Uses { count: 3, at: Some(NOW + 3) });
}

/// What happened to a post is read in the order of time, whatever order it was noted in, and stays with its post.
pub async fn what_happened_is_kept<L: Work + Books>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let event =
        |slug: &str, kind, at| Event { slug: slug.to_owned(), release: None, kind, detail: format!("at {at}"), at };
    for (at, kind) in [5, 3, 4, 1, 2].into_iter().zip(EventKind::ALL) {
        ledger.note(&event("tagung", kind, at)).await.expect("notes");
    }
    ledger.note(&event("andere", EventKind::Told, 9)).await.expect("notes");
    let told = ledger.events("tagung").await.expect("reads");
    assert_eq!(told.iter().map(|event| event.at).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(told[4], event("tagung", EventKind::ALL[0], 5));
}

/// What a report asks for: every delivery once, who decided in place of a server, who gave the content free.
pub async fn a_report_finds_what_it_asks_for<L: Work + Books>(open: impl AsyncFn() -> L) {
    let ledger = open().await;
    let id = sealed(&ledger, "tagung", 3).await;
    let (first, all) = (ledger.deliveries(id, None, 2).await.expect("reads"), sent_and_open(&ledger, id).await);
    let rest = ledger.deliveries(id, Some(first[1].key), 9).await.expect("reads");
    let keys: Vec<_> = first.iter().chain(&rest).map(|standing| standing.key).collect();
    assert_eq!((keys.len(), keys.is_sorted()), (all, true));

    assert_eq!(ledger.asides(id).await.expect("counts"), []);
    let worker = ledger.join(NOW).await.expect("joins");
    let claimed = ledger.claim(&worker, id, &[0], up_to(1), NOW).await.expect("claims");
    let ready = ledger.mark(&worker, id, &self::keys(&claimed), NOW).await.expect("marks").ready;
    let lost = Settled { key: ready[0], ..settled(1, DeliveryState::Uncertain) };
    ledger.settle(&worker, id, &[lost]).await.expect("settles");
    ledger.resolve(id, None, Decided::CountAsSent, NOW).await.expect("decides");
    assert_eq!(ledger.asides(id).await.expect("counts"), [(0, Aside { counted: 1, taken_out: 0 })]);
}

async fn sent_and_open<L: Books>(ledger: &L, release: i64) -> usize {
    let totals = ledger.totals(release).await.expect("counts");
    usize::try_from(totals.iter().map(|(_, totals)| totals.all()).sum::<u64>()).expect("few")
}
