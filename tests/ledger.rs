//! The ledger's contract on SQLite, and what only a file can go through.

#[path = "support/ledger_contract.rs"]
mod contract;

use std::path::Path;

use rundbrief::ledger::{Ledger, LedgerError, Mode, Roll, Scratch, SqliteLedger};

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
