//! How many recipients a second go through the record in PostgreSQL: claimed, marked, started, answered and settled, by
//! one, two and four workers. `RUNDBRIEF_POSTGRES` is the address of a database; without it nothing is measured.

use std::time::Instant;

use rundbrief::ledger::{
    DeliveryState, Form, Ledger, Mode, NewRelease, Part, PostgresLedger, Purpose, Roll, Settled, Wanted, Work,
};
use rundbrief::plan::{Recipient, Target};

const MEMBERS: u32 = 20_000;
const CLAIM: u32 = 500;
/// What a worker marks and settles at a time.
const BATCH: usize = 50;
const ROUNDS: u32 = 3;
const NOW: i64 = 1_795_420_800_000;

fn main() {
    let Ok(base) = std::env::var("RUNDBRIEF_POSTGRES") else {
        eprintln!("RUNDBRIEF_POSTGRES names no database: nothing is measured");
        return;
    };
    let runtime = tokio::runtime::Runtime::new().expect("starts");
    let joint = if base.contains('?') { '&' } else { '?' };
    println!("workers  frozen/s  delivered/s (each round)");
    for workers in [1, 2, 4] {
        let (mut frozen, mut delivered) = (0.0, Vec::new());
        for round in 0..ROUNDS {
            let url = format!("{base}{joint}schema=bench_{}_{workers}_{round}", std::process::id());
            let (a, b) = runtime.block_on(round_of(url, workers));
            frozen = a;
            delivered.push(format!("{b:.0}"));
        }
        println!("{workers:7}  {frozen:8.0}  {}", delivered.join(" "));
    }
}

/// Recipients a second while they are frozen, and while they are delivered.
async fn round_of(url: String, workers: u32) -> (f64, f64) {
    let ledger = PostgresLedger::open(&url).await.expect("opens");
    let part = Part { channel: "email".into(), list: "members".into(), form: Form::Mail, body: (*b"mail").into() };
    let new = NewRelease {
        slug: "bench".to_owned(),
        mode: Mode::Real,
        purpose: Purpose::Publication,
        code: [0; 32],
        parts: vec![part],
        created_at: NOW,
        key: String::new(),
    };
    let members: Vec<_> = (0..MEMBERS).map(member).collect();
    let began = Instant::now();
    let id = ledger.begin(&new).await.expect("begins").id;
    for chunk in members.chunks(500) {
        ledger.add(id, 1, chunk).await.expect("adds");
    }
    ledger.seal(id, 1, [0; 32]).await.expect("seals");
    let frozen = f64::from(MEMBERS) / began.elapsed().as_secs_f64();
    let began = Instant::now();
    let tasks: Vec<_> = (0..workers).map(|_| work(&url, id)).collect();
    futures_util::future::join_all(tasks).await;
    (frozen, f64::from(MEMBERS) / began.elapsed().as_secs_f64())
}

fn member(number: u32) -> Recipient {
    let mut target = [7; 16];
    // Spread as digests are.
    target[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
    Recipient {
        target: Target(target),
        address: format!("member{number}@example.org"),
        name: format!("Member {number}"),
        slots: vec![format!("Dear member {number}"), "https://example.org/unsubscribe?t=0123456789abcdef".to_owned()],
        part: 0,
    }
}

async fn work(url: &str, release: i64) {
    let ledger = PostgresLedger::open(url).await.expect("opens");
    let worker = ledger.join(NOW).await.expect("joins");
    loop {
        let wanted = Wanted { limit: CLAIM, untried: true };
        let claimed = ledger.claim(&worker, release, &[0], wanted, NOW).await.expect("claims");
        if claimed.is_empty() {
            break;
        }
        let keys: Vec<_> = claimed.iter().map(|delivery| delivery.key()).collect();
        for batch in keys.chunks(BATCH) {
            let ready = ledger.mark(&worker, release, batch, NOW).await.expect("marks").ready;
            let mut outcomes = Vec::with_capacity(ready.len());
            for key in ready {
                ledger.start(&worker, release, key).expect("is noted");
                let detail = "250 2.0.0 Ok: queued as 4XyZ1234".to_owned();
                let sent = Settled { key, state: DeliveryState::Sent, due_at: 0, hold_until: 0, detail, at: NOW };
                ledger.answer(&worker, release, &sent).expect("is noted");
                outcomes.push(sent);
            }
            ledger.settle(&worker, release, &outcomes).await.expect("settles");
        }
    }
    ledger.leave(worker, NOW, &|_| DeliveryState::Uncertain).await.expect("leaves");
}
