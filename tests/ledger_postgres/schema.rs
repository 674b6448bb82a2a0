//! The tables: made once, brought up to date, refused when they are a later version's or somebody else's.

use rundbrief::ledger::{Ledger, LedgerError, Mode, PostgresLedger, Roll};

use crate::contract;
use crate::postgres::{address, beside, open};

async fn error(address: &str) -> LedgerError {
    PostgresLedger::open(address).await.expect_err("must not open")
}

async fn run(address: &str, text: &str) {
    let (pool, schema) = beside(address).await;
    let text = text.replace("{schema}", &schema);
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&pool).await.expect("runs");
    pool.close().await;
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn records_opened_at_once_are_made_once() {
    let address = address("at_once");
    let (first, second, third) =
        tokio::join!(PostgresLedger::open(&address), PostgresLedger::open(&address), PostgresLedger::open(&address));
    let (first, second) = (first.expect("opens"), second.expect("opens too"));
    third.expect("opens as well");
    assert_eq!(first.identity().await.expect("reads"), second.identity().await.expect("reads"));
    first.hold().await.expect("holds");
    let waiting = tokio::time::timeout(std::time::Duration::from_millis(300), second.hold()).await;
    assert!(waiting.is_err(), "only one adds recipients");
    drop(first);
    second.hold().await.expect("holds once the other is gone");
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn tables_of_a_newer_version_are_refused_and_those_of_somebody_else_left_alone() {
    let newer = address("newer");
    open(&newer).await.shut().await;
    run(&newer, "INSERT INTO {schema}.migration (version, applied_at) VALUES (9999, 0)").await;
    assert!(matches!(error(&newer).await, LedgerError::Newer));

    let foreign = address("foreign");
    run(&foreign, "CREATE SCHEMA {schema}; CREATE TABLE {schema}.release (title TEXT)").await;
    assert!(matches!(error(&foreign).await, LedgerError::Damaged(_)));

    let beside_others = address("others");
    run(&beside_others, "CREATE SCHEMA {schema}; CREATE TABLE {schema}.orders (id INT)").await;
    open(&beside_others).await;
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn a_record_whose_table_is_gone_is_damaged_and_one_that_only_reads_says_so() {
    let address = address("damaged");
    let ledger = open(&address).await;
    run(&address, "ALTER TABLE {schema}.delivery RENAME TO other").await;
    assert!(matches!(ledger.totals(1).await, Err(LedgerError::Damaged(_))));
    run(&address, "ALTER TABLE {schema}.other RENAME TO delivery").await;

    let (base, rest) = address.split_once('?').expect("has a schema");
    let only_reads = format!("{base}?options=-cdefault_transaction_read_only=on&{rest}");
    let reader = open(&only_reads).await;
    assert_eq!(reader.release("tagung", Mode::Real).await.expect("reads"), None);
    let refused = reader.begin(&contract::release("tagung", Mode::Real)).await.expect_err("cannot write");
    assert!(matches!(refused, LedgerError::ReadOnly), "{refused:?}");
    let said = refused.at(&reader.place()).to_string();
    assert!(!said.contains("file"), "{said}");
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn what_keeps_it_from_the_database_is_told_without_the_password() {
    let address = address("refused");
    let port = address.split(':').next_back().and_then(|rest| rest.split('/').next()).expect("has a port");
    let nobody = format!("postgres://anna:s3cret@127.0.0.1:{port}/nothing_of_that_name");
    let missing = error(&nobody).await;
    assert!(matches!(missing, LedgerError::NoDatabase | LedgerError::Login), "{missing:?}");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("binds").local_addr().expect("has one").port();
    let away = error(&format!("postgres://anna:s3cret@127.0.0.1:{closed}/x")).await;
    assert!(matches!(away, LedgerError::Away(_)), "{away:?}");
    for told in [missing, away] {
        assert!(!format!("{told} {told:?}").contains("s3cret"));
    }
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn a_preparation_that_lost_its_hold_seals_nothing() {
    let address = address("hold");
    let first = open(&address).await;
    let begun = first.begin(&contract::release("tagung", Mode::Real)).await.expect("begins");
    first.add(begun.id, 1, &[contract::recipient(1)]).await.expect("adds");
    // It stood still for so long that another one began.
    run(&address, "UPDATE {schema}.preparation SET expires_at = 0").await;
    let second = open(&address).await;
    let other = second.begin(&contract::release("tagung", Mode::Real)).await.expect("begins");
    assert_eq!(other.revision, 1, "what was interrupted left nothing behind");
    assert!(matches!(first.add(begun.id, 1, &[contract::recipient(2)]).await, Err(LedgerError::Busy)));
    assert!(matches!(first.seal(begun.id, 1, [0; 32]).await, Err(LedgerError::Busy)));
    first.discard(other.id, 1).await.expect("does nothing to what is not its own");
    second.add(other.id, 1, &[contract::recipient(3)]).await.expect("adds");
    second.seal(other.id, 1, [0; 32]).await.expect("seals");
    assert_eq!(second.pending(other.id, 0, None, 9).await.expect("reads").len(), 1);
}
