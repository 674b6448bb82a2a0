use super::*;
use crate::ledger::SqliteLedger;
use crate::plan::{Recipient, Target};

const NOW: i64 = 1_795_420_800_000;
const SECOND: i64 = 1_000;

/// A delivery to a domain with a limit, due at a time; refused for now before, if it is `deferred`.
fn delivery(number: u8, due_at: i64, deferred: bool) -> Delivery {
    let target = Target([number; 16]);
    let address = format!("m{number}@slow.example");
    let recipient = Recipient { target, address, name: String::new(), slots: Vec::new(), part: 0 };
    let first_at = deferred.then_some(NOW - 300 * SECOND);
    let attempts = i64::from(deferred);
    Delivery { part: 0, target, recipient: Some(recipient), attempts, first_at, due_at, deferred }
}

fn ten_a_minute() -> PaceSettings {
    PaceSettings { per_domain: [("slow.example".to_owned(), 10)].into(), ..PaceSettings::default() }
}

async fn ledger(folder: &tempfile::TempDir) -> SqliteLedger {
    SqliteLedger::open(&folder.path().join("rundbrief.db")).await.expect("opens")
}

/// What waits, as the ledger has it, and when each left.
struct Waiting {
    rows: Vec<Delivery>,
    left_at: Vec<i64>,
}

impl Waiting {
    /// One claim of what is due; what may leave leaves at its time.
    async fn claim<L: Pacing>(&mut self, pace: &Pace<'_, L>, now: i64) {
        self.rows.sort_by_key(|row| (row.due_at, row.target));
        let due = self.rows.iter().take_while(|row| row.due_at <= now).count().min(pace.claim_size() as usize);
        if due == 0 {
            return;
        }
        let claimed: Vec<_> = self.rows.drain(..due).collect();
        let admitted = pace.admit(claimed.clone(), now).await.expect("admits");
        assert_eq!(admitted.go.len() + admitted.back.len(), claimed.len());
        self.left_at.extend(admitted.go.iter().map(|(at, _)| *at));
        for (key, due_at) in admitted.back {
            let mut row = claimed.iter().find(|row| row.key() == key).expect("was claimed").clone();
            // As `give_back` does: one that was refused before is due as it was, unless told otherwise.
            row.due_at = if due_at == 0 && row.deferred { row.due_at } else { due_at };
            self.rows.push(row);
        }
    }

    /// Nobody left sooner than six seconds after another, and the last one within a place of when the limit allows it.
    fn assert_as_fast_as_the_limit_allows(mut self) {
        assert_eq!(self.rows.len(), 0, "all have left; so many are still there");
        self.left_at.sort_unstable();
        let apart = self.left_at.windows(2).map(|pair| pair[1] - pair[0]).min();
        assert!(apart >= Some(6 * SECOND), "{apart:?}");
        let last = self.left_at.last().expect("some left") - NOW;
        let places = i64::try_from(self.left_at.len()).expect("few");
        assert!(last <= places * 6 * SECOND, "the last one left after {} s", last / SECOND);
    }
}

fn deferred(count: u8) -> Waiting {
    Waiting { rows: (1..=count).map(|number| delivery(number, NOW, true)).collect(), left_at: Vec::new() }
}

#[tokio::test]
async fn what_a_domain_refused_for_now_leaves_as_fast_as_its_limit_allows() {
    let (folder, settings) = (tempfile::tempdir().expect("a temporary folder"), ten_a_minute());
    let ledger = ledger(&folder).await;
    let pace = Pace::new(&ledger, &settings, "mail.example");
    let mut waiting = deferred(120);
    for now in (NOW..NOW + 720 * SECOND).step_by(250) {
        waiting.claim(&pace, now).await;
    }
    waiting.assert_as_fast_as_the_limit_allows();
}

#[tokio::test]
async fn nor_does_it_starve_where_every_run_is_another_process() {
    let (folder, settings) = (tempfile::tempdir().expect("a temporary folder"), ten_a_minute());
    let ledger = ledger(&folder).await;
    let mut waiting = deferred(120);
    // Each begins in the middle of the row that the one before it made, some of its places in the past.
    for run in 0..6 {
        let pace = Pace::new(&ledger, &settings, "mail.example");
        let began = NOW + run * 120 * SECOND;
        for now in (began..began + 120 * SECOND).step_by(250) {
            waiting.claim(&pace, now).await;
        }
    }
    waiting.assert_as_fast_as_the_limit_allows();
}

#[tokio::test]
async fn two_processes_keep_one_row_for_a_domain() {
    let (folder, settings) = (tempfile::tempdir().expect("a temporary folder"), ten_a_minute());
    let ledger = ledger(&folder).await;
    let (one, other) = (Pace::new(&ledger, &settings, "mail.example"), Pace::new(&ledger, &settings, "mail.example"));
    let mut waiting = deferred(120);
    for now in (NOW..NOW + 720 * SECOND).step_by(250) {
        // What one has no place for is there for the other.
        waiting.claim(&one, now).await;
        waiting.rows.iter_mut().filter(|_| now < NOW + SECOND).for_each(|row| row.due_at = now);
        waiting.claim(&other, now).await;
    }
    waiting.assert_as_fast_as_the_limit_allows();
}

#[tokio::test]
async fn one_that_comes_rarely_finds_a_place_each_time() {
    let (folder, settings) = (tempfile::tempdir().expect("a temporary folder"), ten_a_minute());
    let ledger = ledger(&folder).await;
    let mut waiting = deferred(120);
    for run in 1..=8 {
        let pace = Pace::new(&ledger, &settings, "mail.example");
        waiting.claim(&pace, NOW + run * 300 * SECOND).await;
        assert_eq!(waiting.left_at.len() as i64, 2 * run, "two have a place within ten seconds");
    }
}
