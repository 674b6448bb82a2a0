//! Several workers on one record, and one that dies: nobody has its journal.

use std::collections::BTreeSet;

use rundbrief::ledger::{
    Books, Decided, DeliveryKey, DeliveryState, LEASE, Ledger, LedgerError, Mode, NewRelease, PostgresLedger,
    Recovered, Roll, Settled, Wanted, Work, Worker,
};
use rundbrief::plan::{Recipient, Target};

use crate::postgres::{address, open};
use crate::work_contract::{NOW, key, keys, sealed, settled, totals, up_to};
use crate::{contract, postgres};

fn uncertain(_: rundbrief::ledger::LostDelivery<'_>) -> DeliveryState {
    DeliveryState::Uncertain
}

fn sent(key: DeliveryKey) -> Settled {
    Settled { key, ..settled(1, DeliveryState::Sent) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a PostgreSQL server"]
async fn workers_that_claim_at_once_all_get_work_and_no_delivery_twice() {
    const MEMBERS: u32 = 3_000;
    let address = address("at_once");
    let ledger = open(&address).await;
    let begun = ledger.begin(&contract::release("tagung", Mode::Real)).await.expect("begins");
    let member = |number: u32| {
        let mut target = [7; 16];
        target[..4].copy_from_slice(&number.to_be_bytes());
        Recipient { target: Target(target), ..contract::recipient(1) }
    };
    let members: Vec<_> = (0..MEMBERS).map(member).collect();
    for chunk in members.chunks(500) {
        ledger.add(begun.id, 1, chunk).await.expect("adds");
    }
    ledger.seal(begun.id, 1, [0; 32]).await.expect("seals");
    let work = async |address: &str| {
        let ledger = postgres::open(address).await;
        let worker = ledger.join(NOW).await.expect("joins");
        let mut done = Vec::new();
        loop {
            let claimed = ledger.claim(&worker, begun.id, &[0], up_to(50), NOW).await.expect("claims");
            if claimed.is_empty() {
                break;
            }
            let ready = ledger.mark(&worker, begun.id, &keys(&claimed), NOW).await.expect("marks").ready;
            assert_eq!(ready.len(), claimed.len());
            ready.iter().for_each(|key| ledger.start(&worker, begun.id, *key).expect("is noted"));
            let outcomes: Vec<_> = ready.iter().map(|key| sent(*key)).collect();
            ledger.settle(&worker, begun.id, &outcomes).await.expect("settles");
            done.extend(ready);
        }
        ledger.leave(worker, NOW, &uncertain).await.expect("leaves");
        done
    };
    let shares = tokio::join!(work(&address), work(&address), work(&address));
    let shares = [shares.0, shares.1, shares.2];
    assert!(shares.iter().all(|share| share.len() > 100), "{:?}", shares.each_ref().map(Vec::len));
    let all: BTreeSet<_> = shares.iter().flatten().collect();
    let number = usize::try_from(MEMBERS).expect("fits");
    assert_eq!((all.len(), shares.iter().map(Vec::len).sum::<usize>()), (number, number));
    assert_eq!(totals(&ledger, begun.id).await.sent, u64::from(MEMBERS));
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn what_a_dead_worker_had_marked_is_in_doubt_and_the_rest_waits() {
    let address = address("dead");
    let dying = open(&address).await;
    let id = sealed(&dying, "tagung", 6).await;
    let worker = dying.join(NOW).await.expect("joins");
    dying.claim(&worker, id, &[0], up_to(5), NOW).await.expect("claims");
    dying.mark(&worker, id, &[key(1), key(2), key(3)], NOW).await.expect("marks");
    dying.start(&worker, id, key(1)).expect("is noted");
    let ledger = open(&address).await;
    let own = ledger.join(NOW).await.expect("joins");
    assert_eq!(ledger.recover(&own, NOW + LEASE - 1, &uncertain).await.expect("looks"), Recovered::default());
    let recovered = ledger.recover(&own, NOW + LEASE + 1, &uncertain).await.expect("recovers");
    assert_eq!(recovered, Recovered { pending: 2, settled: 0, uncertain: 3 });
    assert_eq!(ledger.recover(&own, NOW + LEASE + 1, &uncertain).await.expect("again"), Recovered::default());

    // It was not dead, only cut off.
    assert!(!dying.beat(&worker, NOW + LEASE + 2).await.expect("asks"), "it must send nothing more");
    assert_eq!(dying.claim(&worker, id, &[0], up_to(9), NOW).await.expect("asks"), []);
    assert_eq!(dying.mark(&worker, id, &[key(4)], NOW).await.expect("asks").ready, []);
    let late = [settled(1, DeliveryState::Deferred), settled(2, DeliveryState::Failed)];
    dying.settle(&worker, id, &late).await.expect("what it alone knows");
    let counts = totals(&ledger, id).await;
    assert_eq!((counts.deferred, counts.failed, counts.uncertain, counts.pending), (1, 1, 1, 3));
    let no_answer = settled(3, DeliveryState::Uncertain);
    dying.settle(&worker, id, &[no_answer]).await.expect("that nobody answered");
    dying.settle(&worker, id, &[settled(3, DeliveryState::Failed)]).await.expect("is of no use");
    assert_eq!(totals(&ledger, id).await, counts, "the server did not answer, that is known");
    dying.settle(&worker, id, &[settled(3, DeliveryState::Sent)]).await.expect("but it did");
    let counts = totals(&ledger, id).await;
    assert_eq!((counts.sent, counts.deferred, counts.failed, counts.uncertain), (1, 1, 1, 0));
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn who_leaves_settles_what_was_answered() {
    let ledger = open(&address("leaves")).await;
    let id = sealed(&ledger, "tagung", 5).await;
    let worker = ledger.join(NOW).await.expect("joins");
    ledger.claim(&worker, id, &[0], up_to(5), NOW).await.expect("claims");
    ledger.mark(&worker, id, &[key(1), key(2), key(3)], NOW).await.expect("marks");
    [1, 2].into_iter().for_each(|number| ledger.start(&worker, id, key(number)).expect("is noted"));
    let nul = Settled { detail: "250 ok \0 really".to_owned(), ..settled(1, DeliveryState::Sent) };
    ledger.answer(&worker, id, &nul).expect("is noted");
    let recovered = ledger.leave(worker, NOW, &uncertain).await.expect("leaves");
    assert_eq!(recovered, Recovered { pending: 3, settled: 1, uncertain: 1 });
    let counts = totals(&ledger, id).await;
    assert_eq!((counts.sent, counts.uncertain, counts.pending), (1, 1, 3));
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn after_its_lease_a_worker_marks_nothing_until_it_shows_life() {
    let ledger = open(&address("lease")).await;
    let id = sealed(&ledger, "tagung", 2).await;
    let worker = ledger.join(NOW).await.expect("joins");
    let wanted = Wanted { limit: 2, untried: true };
    ledger.claim(&worker, id, &[0], wanted, NOW).await.expect("claims");
    let late = NOW + LEASE;
    assert_eq!(ledger.mark(&worker, id, &[key(1)], late).await.expect("asks").ready, []);
    assert!(ledger.beat(&worker, late).await.expect("shows life"), "nobody had given it up");
    assert_eq!(ledger.mark(&worker, id, &[key(1)], late).await.expect("marks").ready, [key(1)]);
    let unmarked = ledger.start(&worker, id, key(2)).expect_err("was not marked");
    assert!(matches!(unmarked, LedgerError::Database(_)));
}

/// A worker with three mails on their way, which the others have given up; the record as they see it.
async fn cut_off(test: &str) -> (PostgresLedger, Worker, PostgresLedger, i64) {
    let address = address(test);
    let cut_off = open(&address).await;
    let id = sealed(&cut_off, "tagung", 3).await;
    let worker = cut_off.join(NOW).await.expect("joins");
    cut_off.claim(&worker, id, &[0], up_to(3), NOW).await.expect("claims");
    cut_off.mark(&worker, id, &[1, 2, 3].map(key), NOW).await.expect("marks");
    for number in [1, 2] {
        cut_off.start(&worker, id, key(number)).expect("is noted");
    }
    let ledger = open(&address).await;
    let own = ledger.join(NOW).await.expect("joins");
    let recovered = ledger.recover(&own, NOW + LEASE + 1, &uncertain).await.expect("recovers");
    assert_eq!(recovered, Recovered { pending: 0, settled: 0, uncertain: 3 });
    (cut_off, worker, ledger, id)
}

/// A later text leaves out who is in doubt, so nothing of that may wait any more behind its back.
#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn what_a_later_text_has_counted_on_stays_in_doubt_and_whatever_is_over_is_known() {
    let (cut_off, worker, ledger, id) = cut_off("counted_on").await;
    let new_text = NewRelease { code: [8; 32], ..contract::release("tagung", Mode::Real) };
    ledger.begin(&new_text).await.expect("begins");
    cut_off.settle(&worker, id, &[settled(1, DeliveryState::Deferred)]).await.expect("comes late");
    cut_off.take_back(&worker, id, &[key(3)], false).await.expect("comes late");
    let counts = totals(&ledger, id).await;
    assert_eq!((counts.pending, counts.deferred, counts.uncertain), (0, 0, 3));
    cut_off.settle(&worker, id, &[settled(2, DeliveryState::Failed)]).await.expect("comes late");
    let counts = totals(&ledger, id).await;
    assert_eq!((counts.failed, counts.uncertain), (1, 2));
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn what_is_to_be_sent_again_and_turns_out_to_be_sent_is() {
    let (cut_off, worker, ledger, id) = cut_off("sent_again").await;
    cut_off.take_back(&worker, id, &[key(3)], false).await.expect("it had not left");
    let standing = &ledger.history(key(3).target).await.expect("reads")[0].standing;
    assert_eq!((standing.attempts, standing.detail.as_str(), standing.settled_at), (0, "", None), "as if never tried");
    assert_eq!(ledger.resolve(id, None, Decided::SendAgain, NOW).await.expect("decides"), 2);
    let late = [settled(1, DeliveryState::Sent), settled(2, DeliveryState::Failed)];
    cut_off.settle(&worker, id, &late).await.expect("comes late");
    let counts = totals(&ledger, id).await;
    assert_eq!((counts.sent, counts.pending), (1, 2), "a person has decided about the other");
}
