//! `resolve`: a person decides about mails that may or may not have arrived.

#[path = "support/mailing.rs"]
mod mailing;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use project::Project;
use serde_json::json;
use smtp_server::{Answer, Script, Server, Stage};

/// The answer to the first mail of Anna and Cora is lost, whether or not it has arrived; Ben is refused.
fn forgetful() -> Server {
    let lost = AtomicUsize::new(0);
    let script = Script::new().on(Stage::Rcpt, |seen| match seen.recipient() {
        "ben@example.org" => Answer::reply("550 5.1.1 no such user"),
        _ => Answer::normal(),
    });
    Server::start(script.on(Stage::End, move |seen| {
        let loses = ["anna@example.org", "cora@example.org"].contains(&seen.recipient());
        if loses && lost.fetch_add(1, Ordering::Relaxed) < 2 { Answer::close() } else { Answer::normal() }
    }))
}

fn sent(server: &Server) -> Project {
    let project = mailing::project(server);
    project.run(&["send", "kurz", "--yes"]).code(76).says("2 may or may not have arrived");
    project
}

#[test]
fn what_is_sent_again_goes_out_with_the_next_send_and_once() {
    let server = forgetful();
    let project = sent(&server);
    project.run(&["send", "kurz", "--yes"]).code(76);
    assert_eq!(server.accepted_for("anna@example.org"), 0, "no send repeats by itself what is in doubt");
    let ran = project.run(&["resolve", "kurz", "--send-again"]).code(0);
    ran.says("2 are to be sent again. Now run: rundbrief send kurz");
    project.run(&["status", "kurz"]).code(75).says("2").says("Nobody is sending; `rundbrief send kurz` goes on.");
    project.run(&["send", "kurz", "--yes"]).code(0).says("2 accepted");
    for address in ["anna@example.org", "cora@example.org"] {
        assert_eq!(server.accepted_for(address), 1, "{address}");
    }
    project.run(&["resolve", "kurz", "--send-again"]).code(0).says("there is nothing to decide");
    project.run(&["send", "kurz", "--yes"]).code(0);
    assert_eq!(server.accepted_count(), 3);
}

#[test]
fn what_counts_as_sent_is_never_sent_again() {
    let server = forgetful();
    let project = sent(&server);
    let answer = project.run(&["--format", "json", "resolve", "kurz", "--count-as-sent"]).code(0).json();
    assert_eq!((&answer["count"], &answer["decided"]), (&json!(2), &json!("count-as-sent")));
    assert_eq!(answer["addresses"], json!(["anna@example.org", "cora@example.org"]));
    assert_eq!((&answer["totals"]["uncertain"], &answer["totals"]["sent"]), (&json!(0), &json!(4)));
    project.run(&["send", "kurz", "--yes"]).code(0);
    assert_eq!(server.accepted_for("anna@example.org") + server.accepted_for("cora@example.org"), 0);
    project.run(&["status", "kurz"]).code(69).says("ben@example.org").says("Nothing is left to send.");
}

#[test]
fn single_addresses_are_decided_about_however_they_are_written() {
    let server = forgetful();
    let project = sent(&server);
    let ran =
        project.run(&["resolve", "kurz", "--count-as-sent", "Anna <ANNA@example.org>", "anna@example.org"]).code(0);
    ran.says("1 counts as sent and is not written to again.").says("1 more may or may not have arrived");
    project.run(&["resolve", "kurz", "--send-again", "cora@example.org"]).code(0).says("1 is to be sent again.");
    project.run(&["send", "kurz", "--yes"]).code(0);
    assert_eq!((server.accepted_for("anna@example.org"), server.accepted_for("cora@example.org")), (0, 1));
}

#[test]
fn an_address_that_is_in_no_doubt_changes_nothing_and_is_named_with_the_reason() {
    let server = forgetful();
    let project = sent(&server);
    let named = ["cora@example.org", "ben@example.org", "dora@example.org", "anne@example.org", "anna"];
    let arguments: Vec<&str> = ["resolve", "kurz", "--send-again"].into_iter().chain(named).collect();
    let ran = project.run(&arguments).code(64);
    for says in [
        "ben@example.org: it was refused",
        "dora@example.org: it was accepted",
        "anne@example.org: it was not written to; did you mean anna@example.org?",
        "anna: “anna” has no @",
        "nothing was changed",
    ] {
        assert!(ran.stderr().contains(says), "{says}: {}", ran.stderr());
    }
    assert!(!ran.stderr().contains("cora"), "{}", ran.stderr());
    let answer = project.run(&["--format", "json", "status", "kurz"]).code(76).json();
    assert_eq!(answer["totals"]["uncertain"], 2);
}

#[test]
fn a_decision_during_a_send_is_warned_of_and_the_send_takes_it_up() {
    let script = Script::new().on(Stage::End, |seen| match seen.mail {
        1 => Answer::close(),
        _ => Answer::normal().late(Duration::from_millis(150)),
    });
    let server = Server::start(script);
    let project = mailing::project(&server);
    let rows: String = (0..60).map(|number| format!(";;m{number}@example.org;ja\n")).collect();
    project.write("newsletters/lists/members.csv", format!("Vorname;Nachname;E-Mail;Newsletter\n{rows}"));
    std::thread::scope(|scope| {
        let send = scope.spawn(|| project.run(&["send", "kurz", "--yes"]));
        let began = Instant::now();
        let status = || project.run(&["--format", "json", "status", "kurz"]);
        while !project.has_record() || !status().stdout().contains("\"uncertain\": 1") {
            assert!(began.elapsed() < Duration::from_secs(60) && !send.is_finished(), "nothing was in doubt");
        }
        let ran = project.run(&["resolve", "kurz", "--send-again"]).code(0).says("1 is to be sent again");
        assert!(ran.stderr().contains("something is being sent at this moment"), "{}", ran.stderr());
        send.join().expect("it ends").code(0);
    });
    assert_eq!(server.accepted_count(), 60, "each member once");
}

#[test]
fn one_decision_is_wanted_and_only_about_what_was_sent_for_real() {
    let server = forgetful();
    let project = sent(&server);
    project.run(&["resolve", "kurz"]).code(64).says("--send-again");
    project.run(&["resolve", "kurz", "--send-again", "--count-as-sent"]).code(64).says("cannot be used with");
    project.run(&["resolve", "lang", "--send-again"]).code(66).says("lang was never sent");
    let trial = Project::new();
    trial.run(&["send", "kurz"]).code(0);
    trial.run(&["resolve", "kurz", "--send-again"]).code(66).says("it was only tried");
}

#[test]
fn with_another_site_key_nobody_is_taken_for_somebody_else() {
    let server = forgetful();
    let project = sent(&server);
    project.write("rundbrief.key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    let ran = project.run(&["resolve", "kurz", "--send-again", "anna@example.org"]).code(64);
    ran.says("restore the key from a backup");
    project.run(&["explain", "anna@example.org"]).code(0).says("sent with another site key");
}
