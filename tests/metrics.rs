//! `[metrics]`: the figures of a send, read while it goes on.

#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use project::Project;
use sending::{POST, Sent, members, rundbrief, sending_to, start, status, until, wait};
use smtp_server::{Answer, Script, Server, Stage};

/// An address that nobody listens at.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port")
}

fn offering_at(project: &Project, address: SocketAddr) {
    let config = project.read("config.toml");
    project.write("config.toml", format!("{config}\n[metrics]\nlisten = \"{address}\"\n"));
}

/// What is read there at this moment, if anything is.
fn read(address: SocketAddr) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").ok()?;
    let mut said = String::new();
    stream.read_to_string(&mut said).ok()?;
    said.starts_with("HTTP/1.1 200").then(|| said.split_once("\r\n\r\n").expect("a body").1.to_owned())
}

/// Reads again and again until it is told to end; gives back everything that was read.
struct Reader {
    ends: Arc<AtomicBool>,
    reading: thread::JoinHandle<Vec<String>>,
}

impl Reader {
    fn at(address: SocketAddr) -> Reader {
        let ends = Arc::new(AtomicBool::new(false));
        let told = ends.clone();
        let reading = thread::spawn(move || {
            let mut all = Vec::new();
            while !told.load(Ordering::Relaxed) {
                all.extend(read(address));
                thread::sleep(Duration::from_millis(100));
            }
            all
        });
        Reader { ends, reading }
    }

    fn end(self) -> Vec<String> {
        self.ends.store(true, Ordering::Relaxed);
        self.reading.join().expect("reads to the end")
    }
}

/// The value of a series.
#[track_caller]
fn figure(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{series} is not in\n{text}")).parse().expect("a number")
}

/// Refuses, puts off and forgets some, and repeats the address whenever it can. At its end it takes its time.
fn moody() -> Server {
    let late = Duration::from_secs(4);
    let number = |address: &str| -> u32 {
        let digits: String = address.chars().skip(1).take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    };
    let rcpt = move |seen: &smtp_server::Seen<'_>| match number(seen.recipient()) % 10 {
        1 => Answer::reply(&format!("550 5.1.1 <{}> is unknown here", seen.recipient())),
        2 => Answer::reply(&format!("451 4.2.0 {} is busy", seen.recipient())),
        _ => Answer::normal(),
    };
    let end = move |seen: &smtp_server::Seen<'_>| match number(seen.recipient()) {
        33 => Answer::close().taken(),
        _ => Answer::normal(),
    };
    Server::start(Script::new().on(Stage::Rcpt, rcpt).on(Stage::End, end).at(Stage::Quit, Answer::normal().late(late)))
}

#[test]
fn the_figures_of_a_send_agree_with_its_status_and_are_about_nobody() {
    let server = moody();
    let members = members(40);
    let project = sending_to(server.port(), &members);
    let address = free();
    offering_at(&project, address);
    let reader = Reader::at(address);
    wait(start(&project)).code(76);
    let all = reader.end();
    let last = all.last().expect("the figures were read");

    let told = status(&project);
    let totals = &told["channels"]["email"];
    for state in ["pending", "claimed", "in_flight", "sent", "deferred", "failed", "uncertain"] {
        let series = format!("rundbrief_deliveries{{post=\"kurz\",channel=\"email\",state=\"{state}\"}}");
        assert_eq!(figure(last, &series) as u64, totals[state].as_u64().expect("is there"), "{state}\n{last}");
    }
    assert_eq!(totals["sent"], 31, "{told}");
    for outcome in ["sent", "deferred", "failed", "uncertain"] {
        let series = format!("rundbrief_outcomes_total{{channel=\"email\",outcome=\"{outcome}\"}}");
        assert_eq!(figure(last, &series) as u64, totals[outcome].as_u64().expect("is there"), "{outcome}\n{last}");
    }
    let stage = |name: &str| {
        let seconds = |of: &str| {
            figure(last, &format!("rundbrief_stage_duration_seconds_{of}{{channel=\"email\",stage=\"{name}\"}}"))
        };
        (seconds("count") as u64, seconds("sum"))
    };
    assert_eq!(stage("connect").0, server.connections() as u64);
    assert_eq!(stage("envelope").0, 40);
    assert_eq!(stage("content").0, 32, "what was accepted, and what was not answered");
    assert!(["connect", "envelope", "content"].iter().all(|name| stage(name).1 > 0.0), "{last}");
    // In a database outcomes are noted with the next marks.
    let settles = project::kept::is_in_a_file().then_some("settle");
    for step in ["claim", "mark"].into_iter().chain(settles) {
        assert!(figure(last, &format!("rundbrief_record_duration_seconds_count{{step=\"{step}\"}}")) > 0.0, "{step}");
    }
    // The one that was cut is not open any more; nobody has said goodbye to the others yet.
    assert!((1.0..=4.0).contains(&figure(last, "rundbrief_connections_open{channel=\"email\"}")), "{last}");
    assert_eq!(figure(last, "rundbrief_pace_waited_seconds_total{channel=\"email\"}"), 0.0);
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/watching.md")).expect("is there");
    for name in last.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()) {
        assert!(page.contains(&format!("| `{name}` |")), "docs/watching.md does not tell of {name}");
    }
    for text in &all {
        let said = members.iter().flat_map(|address| address.split('@')).find(|part| text.contains(part));
        assert_eq!((said, text.contains('@'), text.contains("Kurz berichtet")), (None, false, false), "{text}");
    }
}

#[test]
fn the_pace_and_what_is_tried_again_are_counted() {
    let server = Server::start(
        Script::new()
            .on(Stage::Rcpt, |seen| match seen.mail {
                1 => Answer::reply("451 4.2.0 busy"),
                _ => Answer::normal(),
            })
            .at(Stage::Quit, Answer::normal().late(Duration::from_secs(2))),
    );
    let project = sending_to(server.port(), &members(4));
    project.write("config.toml", project.read("config.toml").replace("per_minute = 0", "per_minute = 60"));
    let address = free();
    offering_at(&project, address);
    let paced = |text: &str| figure(text, "rundbrief_pace_waited_seconds_total{channel=\"email\"}");
    let retries = |text: &str| figure(text, "rundbrief_retries_total{channel=\"email\"}");
    let reader = Reader::at(address);
    wait(start(&project)).code(75);
    let first = reader.end().pop().expect("the figures were read");
    // Four connections are free at once, and their mails leave after 0, 1, 2 and 3 seconds.
    assert!((3.0..=7.0).contains(&paced(&first)) && retries(&first) == 0.0, "{first}");
    let reader = Reader::at(address);
    wait(start(&project)).code(0);
    let second = reader.end().pop().expect("the figures were read");
    assert!(paced(&second) < 1.5 && retries(&second) == 1.0, "{second}");
}

#[test]
fn an_address_that_another_program_has_is_refused_before_anything_is_sent() {
    let server = Server::start(Script::new());
    let project = sending_to(server.port(), &members(3));
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    offering_at(&project, taken.local_addr().expect("an address"));
    let sent = wait(start(&project)).code(78).says("another program has that port").says("nothing was sent");
    assert!(sent.said.contains("= help: write another port into [metrics] listen"), "{}", sent.said);
    let run = rundbrief(&project, &["--format", "json", "run"]).output().expect("it runs");
    let told: serde_json::Value = serde_json::from_slice(&run.stdout).expect("is JSON");
    assert_eq!((run.status.code(), &told["errors"][0]["rule"]), (Some(78), &"metrics-listen".into()));
    assert_eq!((server.connections(), project.path("rundbrief.db").exists()), (0, false));
    // What reaches nobody needs no figures.
    Sent::of(rundbrief(&project, &["send", POST, "--dry-run", "--offline"]).output().expect("it runs")).code(0);
    drop(taken);
    wait(start(&project)).code(0);
}

#[test]
fn two_sends_at_once_with_one_address_share_nothing_and_neither_fails() {
    let slow = Server::start(Script::new().at(Stage::Quit, Answer::normal().late(Duration::from_secs(4))));
    let quick = Server::start(Script::new());
    let (one, two) = (sending_to(slow.port(), &members(2)), sending_to(quick.port(), &members(3)));
    let address = free();
    offering_at(&one, address);
    offering_at(&two, address);
    let first = start(&one);
    until("the first send offers its figures", || read(address).is_some());
    let output = rundbrief(&two, &["-v", "send", POST, "--yes", "--offline"]).output().expect("it runs");
    Sent::of(output).code(0).says("another rundbrief offers its figures");
    assert_eq!(quick.accepted_count(), 3);
    wait(first).code(0);
    assert!(read(address).is_none(), "it ends with the process");
}

#[test]
fn readers_that_say_nothing_do_not_hold_up_a_send() {
    let server = Server::start(Script::new());
    let project = sending_to(server.port(), &members(500));
    let address = free();
    offering_at(&project, address);
    let child = start(&project);
    until("the figures are offered", || TcpStream::connect(address).is_ok());
    let silent: Vec<TcpStream> = (0..20).filter_map(|_| TcpStream::connect(address).ok()).collect();
    wait(child).code(0);
    assert_eq!((server.accepted_count(), silent.is_empty()), (500, false));
    let counts: BTreeMap<String, usize> = server.accepted().iter().fold(BTreeMap::new(), |mut counts, mail| {
        *counts.entry(mail.to[0].clone()).or_default() += 1;
        counts
    });
    assert!(counts.values().all(|count| *count == 1), "each once");
}
