//! A clock that jumps between two sends.

use crate::project::Project;
use crate::sending::{POST, config};
use crate::smtp_server::{Answer, Script, Server, Stage};
use crate::{LATER, nobody_twice};

/// 23 November 2026, 09:00 in Berlin.
const NINE: u64 = 1_795_420_800;
const HOUR: u64 = 3600;

/// Anna's and Ben's server takes nobody's mail the first time.
fn busy_at_first() -> Server {
    Server::start(Script::new().on(Stage::Rcpt, |seen| match seen.mail {
        1 | 2 => Answer::reply("451 4.3.0 try again later"),
        _ => Answer::normal(),
    }))
}

fn project(server: &Server, more: &str) -> Project {
    let project = Project::new();
    project.write("config.toml", config(server.port()).replace("per_minute = 0\n", more));
    let post = crate::project::POST.replace("tags:", "channels: [email]\ntags:");
    project.write(POST, &post);
    project.write(LATER, post.replace("Kurz berichtet", "Später berichtet"));
    project
}

fn send_at(project: &Project, at: u64, post: &str) -> crate::project::Ran {
    project.run_at(&at.to_string(), &["send", post, "--yes", "--offline"])
}

#[test]
fn a_clock_that_is_an_hour_behind_is_said_with_both_times_and_nobody_is_written_to_twice() {
    let server = busy_at_first();
    let project = project(&server, "per_minute = 600\n");
    send_at(&project, NINE + HOUR, POST).code(75).says("2 to be tried again from 10:0");
    let ran = send_at(&project, NINE, POST).code(0).says("2 accepted");
    let said = ran.stderr();
    assert!(said.contains("warning: this computer's clock shows 23 November 2026, 09:00:00 CET"), "{said}");
    assert!(said.contains("last used on 23 November 2026, 10:00:0"), "{said}");
    let ran = send_at(&project, NINE + 60, LATER).code(0);
    assert!(!ran.stderr().contains("clock"), "said once: {}", ran.stderr());
    nobody_twice(&server, 4);
}

#[test]
fn a_clock_that_is_right_again_is_not_worth_a_word() {
    let server = busy_at_first();
    let project = project(&server, "per_minute = 600\n");
    send_at(&project, NINE, POST).code(75);
    let ran = send_at(&project, NINE + HOUR, POST).code(0).says("2 accepted");
    assert!(!ran.stderr().contains("this computer's clock"), "{}", ran.stderr());
    let ran = send_at(&project, NINE + HOUR - 60, LATER).code(0);
    assert!(!ran.stderr().contains("this computer's clock"), "a minute is nothing: {}", ran.stderr());
    nobody_twice(&server, 4);
}

#[test]
fn a_timer_does_not_wait_for_a_clock_to_catch_up() {
    let server = busy_at_first();
    let project = project(&server, "per_minute = 600\n");
    send_at(&project, NINE + 10 * 24 * HOUR, POST).code(75);
    let run = |at: u64| project.run_at(&at.to_string(), &["run"]);
    run(NINE).code(75).says("this computer's clock shows");
    let ran = run(NINE + HOUR).code(0).says("2 accepted");
    assert!(!ran.stderr().contains("clock"), "said once: {}", ran.stderr());
    nobody_twice(&server, 2);
}

#[test]
fn a_slow_domain_does_not_wait_for_a_clock_to_catch_up() {
    let server = Server::start(Script::new());
    let project = project(&server, "per_minute = 0\nper_domain = { \"example.org\" = 600 }\n");
    send_at(&project, NINE + HOUR, POST).code(0).says("2 accepted");
    let began = std::time::Instant::now();
    send_at(&project, NINE, LATER).code(0).says("2 accepted").says("this computer's clock shows");
    assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
    nobody_twice(&server, 4);
}

#[test]
fn a_limit_of_an_hour_is_kept_over_the_jump() {
    let server = Server::start(Script::new());
    let project = project(&server, "per_minute = 0\nper_hour = 3\n");
    send_at(&project, NINE + HOUR / 2, POST).code(0).says("2 accepted");
    let mut child = crate::sending::rundbrief(&project, &["send", LATER, "--yes", "--offline"])
        .env("SOURCE_DATE_EPOCH", NINE.to_string())
        .spawn()
        .expect("it starts");
    crate::sending::until("the third mail goes out", || server.accepted_count() == 3);
    std::thread::sleep(std::time::Duration::from_secs(2));
    crate::sending::signal("TERM", child.id());
    child.wait().expect("it ends");
    nobody_twice(&server, 3);
}
