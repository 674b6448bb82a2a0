//! Runs that overlap: two timers at once, a timer beside a send by hand, a timer that comes every second while a slow send
//! goes on. Each member is written to once.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::{ToSpan, Zoned};
use project::Project;
use sending::{POST, members, rundbrief, sending_to, start, totals, wait};
use smtp_server::{Script, Server};

const ROUNDS: usize = 20;

/// A post whose time came a minute ago, for two hours.
fn due_now(project: &Project) {
    let now = Zoned::now().with_time_zone(jiff::tz::TimeZone::get("Europe/Berlin").expect("is bundled"));
    let time = |zoned: Zoned| zoned.strftime("%Y-%m-%d %H:%M").to_string();
    let (from, to) = (time(&now - 1.minute()), time(&now + 2.hours()));
    let post = project::POST
        .replace("link: https://www.example.org/kurz\n", "")
        .replace("tags:", &format!("channels: [email]\nsend_at: {from}\nnot_after: {to}\ntags:"));
    project.write(POST, post);
}

fn run(project: &Project) -> Child {
    rundbrief(project, &["run"]).spawn().expect("it starts")
}

#[track_caller]
fn each_once(server: &Server, project: &Project, members: &[String]) {
    for address in members {
        assert_eq!(server.accepted_for(address), 1, "{address}");
    }
    assert_eq!(server.accepted_count(), members.len(), "nobody else is written to");
    let ended = totals(project);
    assert_eq!((ended.sent as usize, ended.all() as usize), (members.len(), members.len()), "{ended:?}");
}

#[test]
fn two_runs_at_once_write_to_each_member_once() {
    for round in 0..ROUNDS {
        let server = Server::start(Script::new());
        let members = members(60);
        let project = sending_to(server.port(), &members);
        due_now(&project);
        // Every other time with a send by hand between them, which shares the work.
        let mut all = vec![run(&project), run(&project)];
        if round % 2 == 1 {
            all.insert(1, start(&project));
        }
        let all: Vec<_> = all.into_iter().map(wait).collect();
        for ended in &all {
            assert!(matches!(ended.status.code(), Some(0)), "round {round}: {:?} {}", ended.status, ended.said);
        }
        let said: Vec<&str> = all.iter().map(|ended| ended.said.trim()).filter(|said| !said.is_empty()).collect();
        assert!(!said.is_empty(), "round {round}: somebody says what was done");
        each_once(&server, &project, &members);
    }
}

/// Three minutes at the most; `tests/all.sh` runs it.
#[test]
#[ignore = "takes more than a minute"]
fn a_run_every_second_for_a_minute_beside_a_slow_send_changes_nothing() {
    let server = Server::start(Script::new());
    let members = members(600);
    let project = sending_to(server.port(), &members);
    // Ten a second: the send takes a minute.
    project.write("config.toml", sending::config(server.port()).replace("per_minute = 0", "per_minute = 600"));
    due_now(&project);
    let began = Instant::now();
    let slow = run(&project);
    let mut timers = Vec::new();
    while began.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_secs(1));
        timers.push(run(&project));
    }
    let started = timers.len();
    for timer in timers {
        wait(timer).code(0);
    }
    let slow = wait(slow).code(0);
    assert!(slow.said.contains("600 accepted by 127.0.0.1"), "the first has it all: {}", slow.said);
    assert!(began.elapsed() > Duration::from_secs(55), "it kept its pace: {:?}", began.elapsed());
    assert!(started >= 50, "only {started} runs were started");
    each_once(&server, &project, &members);
}
