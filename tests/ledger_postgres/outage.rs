//! A database that crashes in the middle and comes back.

use std::sync::Arc;
use std::time::Duration;

use rundbrief::ledger::{Books, DeliveryState, Ledger, LedgerError, PostgresLedger, Recovered, Roll, Work};

use crate::contract;
use crate::cutting_proxy::Proxy;
use crate::postgres::{Server, address, open};
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

#[tokio::test]
#[ignore = "needs PostgreSQL's programs"]
async fn the_certificate_of_the_database_is_asked_for_when_the_address_says_so() {
    let server = Server::start();
    let address = server.address().replace("anna@127.0.0.1", "anna:s3cret@localhost");
    let plain = PostgresLedger::open(&format!("{address}&sslmode=require")).await.expect_err("is not encrypted");
    assert!(matches!(plain, LedgerError::Tls(_)), "{plain:?}");
    let certificate = server.encrypt();
    open(&format!("{address}&sslmode=require")).await;
    open(&format!("{address}&sslmode=verify-full&sslrootcert={}", certificate.display())).await;
    let unknown = PostgresLedger::open(&format!("{address}&sslmode=verify-full")).await.expect_err("is unknown");
    assert!(matches!(unknown, LedgerError::Tls(_)), "{unknown:?}");
    assert!(!format!("{unknown} {unknown:?}").contains("s3cret"));
}

/// Everything that a worker does, each time with the answer to the commit lost.
#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn what_was_done_although_the_answer_was_lost_is_found_and_not_done_twice() {
    let direct = address("commit");
    let server: u16 = direct
        .rsplit_once(':')
        .and_then(|(_, rest)| rest.split_once('/'))
        .and_then(|(port, _)| port.parse().ok())
        .expect("has a port");
    let proxy = Proxy::start(server).await;
    let ledger =
        open(&format!("{}&sslmode=disable", direct.replace(&format!(":{server}/"), &format!(":{}/", proxy.port))))
            .await;
    let begun = ledger.begin(&contract::release("tagung", rundbrief::ledger::Mode::Real)).await.expect("begins");
    let members: Vec<_> = (1..=4).map(contract::recipient).collect();
    ledger.add(begun.id, 1, &members).await.expect("adds");
    proxy.lose_the_next_commit();
    let unsure = ledger.add(begun.id, 1, &[contract::recipient(5)]).await;
    assert!(matches!(unsure, Err(LedgerError::Away(_))), "who is new would be said wrongly: {unsure:?}");
    proxy.lose_the_next_commit();
    ledger.seal(begun.id, 1, [3; 32]).await.expect("was sealed");
    assert!(proxy.has_lost_one());
    assert_eq!(totals(&ledger, begun.id).await.pending, 5);

    let id = begun.id;
    proxy.lose_the_next_commit();
    let worker = ledger.join(NOW).await.expect("joins");
    assert_eq!(ledger.workers(NOW).await.expect("counts"), 1, "once");
    ledger.suppress(&[contract::recipient(2).target], "asked by mail", NOW).await.expect("suppresses");
    proxy.lose_the_next_commit();
    let claimed = ledger.claim(&worker, id, &[0], up_to(3), NOW).await.expect("claims");
    assert_eq!(keys(&claimed), [key(1), key(2), key(3)]);
    assert_eq!(claimed[0].recipient.as_ref(), Some(&contract::recipient(1)));
    assert_eq!(totals(&ledger, id).await.claimed, 3, "and not three more");
    proxy.lose_the_next_commit();
    let mut marked = ledger.mark(&worker, id, &keys(&claimed), NOW).await.expect("marks");
    assert!(proxy.has_lost_one());
    marked.ready.sort();
    assert_eq!((marked.ready, marked.withdrawn), (vec![key(1), key(3)], vec![key(2)]));
    ledger.start(&worker, id, key(1)).expect("is noted");
    proxy.lose_the_next_commit();
    ledger.settle(&worker, id, &[settled(1, DeliveryState::Sent)]).await.expect("settles");
    assert!(ledger.mark(&worker, id, &[key(1), key(3)], NOW).await.expect("asks").ready.is_empty(), "only once");
    let standing = &ledger.history(key(1).target).await.expect("reads")[0].standing;
    assert_eq!((standing.state, standing.attempts), (DeliveryState::Sent, 1));
    proxy.lose_the_next_commit();
    let recovered = ledger.leave(worker, NOW, &|_| DeliveryState::Uncertain).await.expect("leaves");
    assert!(proxy.has_lost_one());
    assert_eq!(recovered.uncertain, 0);
    let counts = totals(&ledger, id).await;
    assert_eq!((counts.sent, counts.failed, counts.pending), (1, 1, 3));
}
