//! A database that crashes in the middle and comes back.

use std::sync::Arc;
use std::time::Duration;

use rundbrief::ledger::{DeliveryState, Recovered, Work};

use crate::postgres::{Server, open};
use crate::work_contract::{NOW, key, keys, sealed, settled, totals, up_to};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL's programs"]
async fn a_database_that_crashes_is_waited_for_and_every_answer_is_kept() {
    let server = Arc::new(Server::start());
    let address = server.address();
    let ledger = open(&address).await;
    let id = sealed(&ledger, "tagung", 6).await;
    let worker = ledger.join(NOW).await.expect("joins");
    ledger.claim(&worker, id, &[0], up_to(4), NOW).await.expect("claims");
    ledger.mark(&worker, id, &[key(1), key(2), key(3)], NOW).await.expect("marks");
    ledger.start(&worker, id, key(1)).expect("is noted");
    server.kill();
    ledger.start(&worker, id, key(2)).expect("is noted without the database");
    ledger.answer(&worker, id, &settled(1, DeliveryState::Sent)).expect("is noted without the database");
    ledger.answer(&worker, id, &settled(2, DeliveryState::Sent)).expect("is noted without the database");

    let outcomes = [settled(1, DeliveryState::Sent)];
    let settling = ledger.settle(&worker, id, &outcomes);
    let (settled, ()) = tokio::join!(settling, async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let server = Arc::clone(&server);
        tokio::task::spawn_blocking(move || server.go()).await.expect("starts");
    });
    settled.expect("waits for the database");
    assert!(ledger.beat(&worker, NOW).await.expect("shows life"));
    let claimed = ledger.claim(&worker, id, &[0], up_to(9), NOW).await.expect("claims");
    assert_eq!(keys(&claimed), [key(5), key(6)], "what was marked is still marked");
    let recovered = ledger.leave(worker, NOW, &|_| DeliveryState::Uncertain).await.expect("leaves");
    assert_eq!(recovered, Recovered { pending: 4, settled: 1, uncertain: 0 });
    assert_eq!(totals(&ledger, id).await.sent, 2);
}
