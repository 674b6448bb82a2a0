//! A record that moves from a file into the database.

use std::path::{Path, PathBuf};

use rundbrief::ledger::{
    Approval, Approvals, Books, Carried, DeliveryState, Event, EventKind, LEASE, LedgerError, Limit, Mode, NewApproval,
    Pacing, Part, Passage, PostgresLedger, Release, Roll, SqliteLedger, Totals, Uses, Work,
};
use rundbrief::plan::Target;

use crate::contract::recipient;
use crate::postgres::{address, open};
use crate::work_contract::{NOW, key, keys, sealed, sealed_as, settled, up_to};

const SPENT: Limit<'static> = Limit { name: "relay:mail.example:day", window: 86_400_000, most: 10 };

/// A file with two posts, one of them under way, and everything that stands around them.
async fn file(folder: &Path) -> PathBuf {
    let path = folder.join("rundbrief.db");
    let ledger = SqliteLedger::open(&path).await.expect("opens");
    let id = sealed(&ledger, "tagung", 6).await;
    sealed_as(&ledger, "probe", 2, Mode::Trial).await;
    let worker = ledger.join(NOW).await.expect("joins");
    ledger.claim(&worker, id, &[0], up_to(4), NOW).await.expect("claims");
    ledger.suppress(&[recipient(4).target, Target([99; 16])], "asked by mail", NOW).await.expect("suppresses");
    ledger.mark(&worker, id, &[1, 2, 3, 4].map(key), NOW).await.expect("marks");
    let states = [DeliveryState::Sent, DeliveryState::Deferred, DeliveryState::Uncertain];
    let outcomes: Vec<_> = (1..).zip(states).map(|(number, state)| settled(number, state)).collect();
    ledger.settle(&worker, id, &outcomes).await.expect("settles");
    ledger.leave(worker, NOW, &|_| DeliveryState::Uncertain).await.expect("leaves");
    ledger.spend(&[SPENT], 4, NOW).await.expect("spends");
    let event = Event {
        slug: "tagung".to_owned(),
        release: Some(id),
        kind: EventKind::Sending,
        detail: "„ä“\0\n".to_owned(),
        at: NOW,
    };
    ledger.note(&event).await.expect("notes");
    ledger.note_present(&[recipient(1), recipient(2)]).await.expect("notes");
    let approval = NewApproval {
        slug: "tagung".to_owned(),
        code: [9; 32],
        audience: [1; 32],
        by: "Dr. Weber".to_owned(),
        note: String::new(),
        texts: "[]".to_owned(),
        at: NOW,
    };
    ledger.approve(&approval, None).await.expect("approves");
    ledger.set_fact("id", "verein").await.expect("notes");
    ledger.set_fact("home", "here").await.expect("notes");
    ledger.shut().await;
    path
}

/// Whatever anybody can ask a record.
#[derive(Debug, PartialEq)]
struct Told {
    releases: Vec<Release>,
    parts: Vec<Vec<Part>>,
    totals: Vec<Vec<(i64, Totals)>>,
    histories: Vec<Vec<Passage>>,
    suppressed: Vec<Target>,
    events: Vec<Event>,
    approvals: Vec<Approval>,
    uses: Uses,
    facts: [Option<String>; 2],
}

async fn told(ledger: &(impl Work + Approvals)) -> Told {
    let releases = ledger.releases().await.expect("reads");
    let (mut parts, mut totals, mut histories) = (Vec::new(), Vec::new(), Vec::new());
    for release in &releases {
        parts.push(ledger.parts(release.id).await.expect("reads"));
        totals.push(ledger.totals(release.id).await.expect("reads"));
    }
    let targets: Vec<Target> = (1..=6).map(|number| recipient(number).target).chain([Target([99; 16])]).collect();
    for target in &targets {
        histories.push(ledger.history(*target).await.expect("reads"));
    }
    let mut events = ledger.events("tagung").await.expect("reads");
    // A database on a server knows no NUL.
    events.iter_mut().for_each(|event| event.detail = event.detail.replace('\0', "\u{FFFD}"));
    Told {
        releases,
        parts,
        totals,
        histories,
        suppressed: ledger.suppressed(&targets).await.expect("reads"),
        events,
        approvals: ledger.approvals("tagung").await.expect("reads"),
        uses: ledger.uses().await.expect("reads"),
        facts: [ledger.fact("id").await.expect("reads"), ledger.fact("self").await.expect("reads")],
    }
}

const ALL: Carried = Carried { releases: 2, deliveries: 12, suppressions: 2 };

async fn moved(to: &PostgresLedger, path: &Path) -> Result<Carried, LedgerError> {
    let from = SqliteLedger::open(path).await?;
    let moved = to.take_along(&from).await;
    from.shut().await;
    moved
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn a_record_moves_with_everything_in_it_and_goes_on_there() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = file(folder.path()).await;
    let from = SqliteLedger::open(&path).await.expect("opens");
    let before = told(&from).await;
    let (address, elsewhere) = (address("moved"), SqliteLedger::open(&path).await.expect("opens"));
    let to = open(&address).await;
    assert_eq!(to.take_along(&from).await.expect("moves"), ALL);
    assert_eq!(told(&to).await, before);
    assert_eq!(to.fact("home").await.expect("reads"), None, "where the file lay");

    // What waits goes on: two that were never tried, and later the one that was put off.
    let id = before.releases.iter().find(|release| release.slug == "tagung").expect("is there").id;
    let worker = to.join(NOW).await.expect("joins");
    let claimed = to.claim(&worker, id, &[0], up_to(9), NOW).await.expect("claims");
    assert_eq!(keys(&claimed), [5, 6].map(key));
    assert_eq!(claimed[0].recipient.as_ref(), Some(&recipient(5)));
    let later = to.claim(&worker, id, &[0], up_to(9), NOW + 300_000).await.expect("claims");
    assert_eq!((keys(&later), later[0].attempts, later[0].first_at), (vec![key(2)], 1, Some(NOW)));
    assert_eq!(to.spend(&[SPENT], 9, NOW).await.expect("spends").granted, 6, "the limit of the day counts on");
    let next = sealed(&to, "danach", 1).await;
    assert!(before.releases.iter().all(|release| release.id < next), "{next}");

    // Whoever has the file open still, and whoever opens it.
    let refused =
        elsewhere.suppress(&[Target([7; 16])], "asked by mail", NOW).await.expect_err("takes nothing any more");
    assert!(refused.to_string().contains("it was moved to postgres://"), "{refused}");
    assert!(elsewhere.join(NOW).await.is_err(), "nobody sends with it");
    elsewhere.shut().await;
    from.shut().await;
    match SqliteLedger::open(&path).await {
        Err(LedgerError::Moved(place)) => assert_eq!(place, to.place()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn a_record_does_not_move_to_where_one_is_nor_while_somebody_works_with_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = file(folder.path()).await;
    let to = open(&address("at_work")).await;

    let working = SqliteLedger::open(&path).await.expect("opens");
    let worker = working.join(NOW).await.expect("joins");
    assert!(matches!(moved(&to, &path).await, Err(LedgerError::AtWork)));
    // What one that died had in hand, only its journal knows.
    working.claim(&worker, 1, &[0], up_to(1), NOW).await.expect("claims");
    drop(working);
    assert!(matches!(moved(&to, &path).await, Err(LedgerError::AtWork)));
    let other = SqliteLedger::open(&path).await.expect("opens");
    let own = other.join(NOW + LEASE).await.expect("joins");
    other.recover(&own, NOW + LEASE, &|_| DeliveryState::Uncertain).await.expect("recovers");
    other.leave(own, NOW + LEASE, &|_| DeliveryState::Uncertain).await.expect("leaves");
    other.shut().await;
    assert_eq!(to.releases().await.expect("reads"), [], "nothing was changed");
    assert_eq!(moved(&to, &path).await.expect("moves"), ALL);

    let second = tempfile::tempdir().expect("a temporary folder");
    let path = file(second.path()).await;
    assert!(matches!(moved(&to, &path).await, Err(LedgerError::Occupied)));
    SqliteLedger::open(&path).await.expect("is as it was").shut().await;
}

/// The program can be killed when everything has arrived and the file does not know it yet.
#[tokio::test]
#[ignore = "needs a PostgreSQL server"]
async fn a_move_that_was_not_concluded_is_by_the_next_try_unless_something_happened_since() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = file(folder.path()).await;
    let as_it_was = [folder.path().join("first.db"), folder.path().join("second.db")];
    for copy in &as_it_was {
        std::fs::copy(&path, copy).expect("is copied");
    }
    let to = open(&address("again")).await;
    assert_eq!(moved(&to, &path).await.expect("moves"), ALL);
    assert_eq!(moved(&to, &as_it_was[0]).await.expect("is the same"), ALL);
    assert!(matches!(SqliteLedger::open(&as_it_was[0]).await, Err(LedgerError::Moved(_))));

    let since = SqliteLedger::open(&as_it_was[1]).await.expect("opens");
    since.suppress(&[Target([7; 16])], "asked by mail", NOW).await.expect("suppresses");
    since.shut().await;
    assert!(matches!(moved(&to, &as_it_was[1]).await, Err(LedgerError::Occupied)));
}
