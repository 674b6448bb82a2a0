//! What an hour, a day and a domain allow: all of it is used for mails, nothing waits for ever, and whoever waits is told.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::thread::sleep;
use std::time::{Duration, Instant};

use project::Project;
use sending::{members, rundbrief, send, sending_to, signal, start, status, until, wait};
use smtp_server::{Answer, Script, Server, Stage};

/// 23 November 2026, 09:00 in Berlin.
const NINE: u64 = 1_795_420_800;

/// With limits in `[email.smtp]` in place of the one of a minute.
fn limit(project: &Project, server: &Server, limits: &str) {
    project.write("config.toml", sending::config(server.port()).replace("per_minute = 0\n", limits));
}

#[test]
fn a_mail_server_that_is_away_uses_up_nothing_of_the_day() {
    let limits = "per_minute = 0\nper_day = 20\n";
    let away = Server::start(Script::new());
    let project = sending_to(away.port(), &members(20));
    limit(&project, &away, limits);
    drop(away);
    send(&project).code(75);
    let back = Server::start(Script::new());
    limit(&project, &back, limits);
    send(&project).code(0).says("20 accepted");
}

#[test]
fn what_a_send_has_in_hand_when_it_is_stopped_is_there_for_the_next() {
    let slow = Script::new().on(Stage::End, |_| Answer::normal().late(Duration::from_millis(100)));
    let server = Server::start(slow);
    let project = sending_to(server.port(), &members(60));
    limit(&project, &server, "per_minute = 0\nper_hour = 60\n");
    let first = start(&project);
    until("some have gone out", || server.accepted_count() >= 5);
    rundbrief(&project, &["stop", sending::POST]).output().expect("it runs");
    wait(first).code(75);
    assert!(server.accepted_count() < 60);
    send(&project).code(0);
    assert_eq!(server.accepted_count(), 60);
}

#[test]
fn a_send_that_waits_for_the_hour_says_so_once_and_so_does_status() {
    let server = Server::start(Script::new());
    let project = sending_to(server.port(), &members(5));
    limit(&project, &server, "per_minute = 0\nper_hour = 3\n");
    let waiting = start(&project);
    until("three have gone out", || server.accepted_count() == 3);
    sleep(Duration::from_secs(3));
    let shown = rundbrief(&project, &["status", sending::POST]).output().expect("it runs");
    let shown = String::from_utf8(shown.stdout).expect("UTF-8");
    let used_up = status(&project)["used_up"].clone();
    signal("TERM", waiting.id());
    let said = wait(waiting).code(75).said;
    assert_eq!(said.matches("waiting for the limit of the hour (`per_hour`) until ").count(), 1, "{said}");
    assert!(shown.contains("The limit of the hour (`per_hour`) is used up: nothing more leaves before "), "{shown}");
    assert_eq!(used_up["limit"], "per_hour");
    assert!(used_up["until"].as_str().is_some_and(|until| until.ends_with('Z')), "{used_up}");
    assert_eq!(server.accepted_count(), 3);
}

#[test]
fn a_run_ends_when_all_that_a_domain_refused_for_now_has_been_tried_again() {
    let server = Server::start(Script::new().on(Stage::Rcpt, |seen| match seen.mail {
        1..=20 => Answer::reply("451 4.3.0 try again later"),
        _ => Answer::normal(),
    }));
    let members: Vec<String> = (1..=20).map(|number| format!("m{number}@slow.example.org")).collect();
    let project = sending_to(server.port(), &members);
    project.run_at(&NINE.to_string(), &["send", sending::POST, "--yes"]).code(75);
    limit(&project, &server, "per_minute = 0\nper_domain = { \"slow.example.org\" = 60 }\n");
    let began = Instant::now();
    project.run_at(&(NINE + 600).to_string(), &["run"]).code(0).says("20 accepted");
    assert_eq!(server.accepted_count(), 20);
    assert!(began.elapsed() >= Duration::from_secs(19), "{:?}", began.elapsed());
}
