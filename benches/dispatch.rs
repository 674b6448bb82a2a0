//! How fast a release goes through a mail server: `benches/wire.py` runs this against `benches/sink.rs`.
//!
//! usage: dispatch PORT BYTES CONNECTIONS MAILS
//!
//! Freezes a release of personalised mails of the given size into a SQLite record in a temporary folder, then times the
//! dispatch alone: claims, durable marks, merge, SMTP, journal, outcomes. Prints mails a second.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Zoned;
use rundbrief::channel::smtp::SmtpRelay;
use rundbrief::channel::way::Way;
use rundbrief::config::{PaceSettings, RetrySettings, Security, Sender, SmtpSettings, Unsubscribe};
use rundbrief::dispatch::{Chosen, Clock, Composer, Dispatch, Phase, Ways};
use rundbrief::ledger::{Form, Ledger, Mode, NewRelease, Part, Purpose, Release, Roll, SqliteLedger};
use rundbrief::metrics::Metrics;
use rundbrief::plan::{Recipient, SiteKey, Target};
use rundbrief::render::email::message::{self, Compiled, Parts, compile};
use rundbrief::render::email::slot::{Slot, Slots};

const LINE: &str =
    "<p>Die Mitglieder haben \u{fc}ber Fachkr\u{e4}fte gesprochen, und dar\u{fc}ber, was daraus folgt.</p>\n";

fn sender() -> Sender {
    Sender {
        from: "Verband Beispiel <newsletter@example.org>".parse().expect("valid"),
        reply_to: None,
        list_id: None,
        unsubscribe: Unsubscribe { mailto: Some("abmelden@example.org".parse().expect("valid")), url: None },
        bounce_address: None,
    }
}

/// The bytes of a compiled mail whose message for a member has `bytes` bytes, to a line.
fn mail(bytes: usize) -> Vec<u8> {
    let mut lines = bytes / LINE.len();
    loop {
        let compiled = compiled(lines);
        if message_length(&compiled) <= bytes || lines == 0 {
            return compiled.to_bytes();
        }
        lines -= 1;
    }
}

fn compiled(lines: usize) -> Compiled {
    let mut slots = Slots::new("0123456789abcdef");
    slots.add(Slot { field: "salutation".to_owned(), default: None });
    let token = slots.token(0);
    let html = format!("<p>{token}</p>{}", LINE.repeat(lines));
    let text = format!("{token}\n");
    let parts = Parts {
        subject: "R\u{fc}ckblick",
        text: &text,
        html: &html,
        slots: &slots,
        pictures: &[],
        campaign: "tagung",
        list: "members",
    };
    compile(&parts, &sender()).expect("the mail compiles")
}

fn message_length(compiled: &Compiled) -> usize {
    let someone = recipient(12_345);
    let date = Zoned::now();
    let mut message = Vec::new();
    let recipient = message::Recipient {
        address: &someone.address,
        display_name: Some(&someone.name),
        values: &someone.slots,
        unsubscribe_url: None,
        unsubscribe_token: Some("3f2a91c07b44d5e6f7a8b9c0d1e2f3a4"),
        message_id: "<3f2a91c07b44d5e6f7a8b9c0d1e2f3a4.0123456789abcdef.r1@example.org>",
        date: &date,
    };
    compiled.merge(&recipient, &mut message).expect("the mail merges");
    message.len()
}

fn recipient(number: u32) -> Recipient {
    let mut target = [0; 16];
    // Spread as keyed digests are.
    target[..4].copy_from_slice(&number.wrapping_mul(0x9E37_79B1).to_be_bytes());
    Recipient {
        target: Target(target),
        address: format!("m{number}@example{}.org", number % 97),
        name: format!("Anna Muster{number}"),
        slots: vec![format!("Sehr geehrte Frau Muster{number}")],
        part: 0,
    }
}

/// Another one in each run, so that no two have a Message-ID in common.
fn of_this_run() -> [u8; 32] {
    let now = jiff::Timestamp::now().as_nanosecond().to_le_bytes();
    let mut code = [0; 32];
    code[..8].copy_from_slice(&now[..8]);
    code
}

async fn frozen(ledger: &SqliteLedger, body: Vec<u8>, mails: u32) -> Release {
    let part = Part { channel: "email".to_owned(), list: "members".to_owned(), form: Form::Mail, body: body.into() };
    let release = NewRelease {
        slug: "tagung".to_owned(),
        mode: Mode::Real,
        purpose: Purpose::Publication,
        code: of_this_run(),
        parts: vec![part],
        created_at: 0,
        key: String::new(),
    };
    let begun = ledger.begin(&release).await.expect("begins");
    let began = Instant::now();
    let all: Vec<u32> = (0..mails).collect();
    for chunk in all.chunks(500) {
        let chunk: Vec<Recipient> = chunk.iter().map(|number| recipient(*number)).collect();
        ledger.add(begun.id, 1, &chunk).await.expect("adds");
    }
    ledger.seal(begun.id, 1, [0; 32]).await.expect("seals");
    eprintln!("frozen: {:.0} rows a second", f64::from(mails) / began.elapsed().as_secs_f64());
    ledger.release("tagung", Mode::Real).await.expect("reads").expect("is there")
}

async fn run(port: u16, bytes: usize, connections: usize, mails: u32) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ledger = SqliteLedger::open(&folder.path().join("rundbrief.db")).await.expect("opens");
    let release = frozen(&ledger, mail(bytes), mails).await;
    let parts = ledger.parts(release.id).await.expect("reads");
    let settings = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        ca_file: None,
        login: None,
        connections,
        pace: PaceSettings::default(),
    };
    let relay = SmtpRelay::new(&settings, Path::new(""), |_| None).expect("a relay");
    let (sender, key, clock) = (sender(), SiteKey::new([7; 32]), Clock::starting(&Zoned::now()));
    let dispatch = Dispatch {
        ledger: &ledger,
        release: &release,
        parts: &parts,
        composer: Composer::new(&sender, &key, &release),
        corrects: std::collections::BTreeMap::new(),
        ways: Ways {
            mail: Way::Smtp(relay),
            connections,
            places: connections,
            relay: Some(("127.0.0.1", &settings.pace)),
            feed: None,
            texts: None,
            networks: std::collections::BTreeMap::new(),
        },
        retry: RetrySettings::default(),
        wish: rundbrief::dispatch::Wish::Now,
        only: None,
        clock: &clock,
        holds_on: None,
        random: || 0.5,
        signal: tokio::sync::watch::channel(Phase::Run).1,
        show: &|_| {},
        metrics: &Metrics::default(),
    };
    let began = Instant::now();
    let ran = dispatch.run(Chosen::default()).await.expect("runs");
    let took = began.elapsed();
    assert_eq!(ran.summary.sent, u64::from(mails), "{:?}", ran.failures);
    assert!(took < Duration::from_secs(3600));
    println!("{:.0}", f64::from(mails) / took.as_secs_f64());
}

fn main() {
    let numbers: Vec<u32> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let [port, bytes, connections, mails] = numbers[..] else {
        eprintln!("usage: dispatch PORT BYTES CONNECTIONS MAILS (benches/wire.py does it all)");
        return;
    };
    let port = u16::try_from(port).expect("a port");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run(port, bytes as usize, connections as usize, mails));
}
