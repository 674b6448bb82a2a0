//! `approve`: giving a post free, showing who did, taking it back.

#[path = "support/approving.rs"]
mod approving;
#[path = "support/mailing.rs"]
mod mailing;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::fs;
use std::process::Command;

use approving::{FILE, MEMBERS, approve, edited, joined, project, said};
use project::{POST, Project};
use smtp_server::{Script, Server};

#[test]
fn an_approval_of_the_edit_shows_what_changed_since_the_last_one() {
    let server = Server::start(Script::new());
    let project = project(&server, 20);
    approve(&project);
    project.write(FILE, edited());
    let again = project.run(&["approve", "kurz", "--by", "Kim"]).code(0);
    insta::assert_snapshot!("approve_again", said(&again, &server));
    project.write(FILE, POST);
    project.run(&["send", "kurz", "--yes"]).code(65).says("since it was approved by Kim");
    project.write(FILE, edited());
    project.run(&["send", "kurz", "--yes"]).code(0);
}

#[test]
fn every_approval_is_shown_with_what_it_is_worth() {
    let server = Server::start(Script::new());
    let project = project(&server, 2);
    project.run(&["approve", "kurz", "--show"]).code(0).says("Nobody has approved kurz.");
    project.run(&["approve", "fehlt", "--show"]).code(66);
    project.run_at("1795334400", &["approve", "kurz", "--by", "Kim"]).code(0);
    project.run_at("1795334460", &["approve", "kurz", "--revoke"]).code(0);
    project.run_at("1795338000", &["approve", "kurz", "--by", "Vera Vorstand"]).code(0);
    approve(&project);
    insta::assert_snapshot!("show_valid", said(&project.run(&["approve", "kurz", "--show"]).code(0), &server));
    project.write(FILE, edited());
    project.write(MEMBERS, joined(3));
    insta::assert_snapshot!("show_outdated", said(&project.run(&["approve", "kurz", "--show"]).code(0), &server));
    let json = project.run(&["--format", "json", "approve", "kurz", "--show"]).code(0).json();
    let states: Vec<_> = json["approvals"].as_array().expect("approvals").iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["outdated", "replaced", "revoked"]);
    assert_eq!((&json["valid"], &json["changes"]["added"]["count"]), (&false.into(), &3.into()));
    project.write(FILE, "---\ntitle: Kaputt\n");
    project.run(&["approve", "kurz", "--show"]).code(0).says("cannot be compared: the post or a list has errors now");
    fs::remove_file(project.path(FILE)).expect("is removed");
    project.run(&["approve", "kurz", "--show"]).code(0).says("Vera Vorstand");
}

#[test]
fn an_approval_needs_the_key_of_the_sending_record() {
    let server = Server::start(Script::new());
    let project = project(&server, 0);
    approve(&project);
    project.write("rundbrief.key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    project.run(&["approve", "kurz", "--by", "Kim"]).code(78).says("the site key is not the one");
}

#[test]
fn what_cannot_be_approved_is_said() {
    let server = Server::start(Script::new());
    let project = project(&server, 20);
    project.run(&["approve", "kurz"]).code(64).says("nobody says who approves this").says("--by");
    project.run(&["approve", "kurz", "--by", " "]).code(64).says("nobody says who");
    project.run(&["approve", "kurz", "--by", "Eve\nBcc: x"]).code(64).says("in one line");
    project.run(&["approve", "kurz", "--show", "--by", "Kim"]).code(64);
    project.run(&["approve", "fehlt", "--by", "Kim"]).code(66).says("post not found");
    project.write("newsletters/kaputt.md", "---\ntitle: Kaputt\n---\nText\n");
    project.run(&["approve", "kaputt", "--by", "Kim"]).code(65).says("kaputt.md");
    fs::rename(project.path(MEMBERS), project.path("weg.csv")).expect("is moved");
    project.run(&["approve", "kurz", "--by", "Kim"]).code(66).says("members.csv");
    project.write(MEMBERS, "Name;Ort\nAnna;Bonn\n");
    project.run(&["approve", "kurz", "--by", "Kim"]).code(65).says("members.csv");
    assert!(!project.has_record() && !project.path("rundbrief.key").exists(), "nothing was begun");
}

#[test]
fn a_digest_is_approved_with_the_posts_in_it() {
    let server = Server::start(Script::new());
    let project = project(&server, 20);
    project.write(
        "newsletters/rundblick.md",
        "---\ntitle: Rundblick\nlang: de\ndate: 2026-11-21\nposts: [kurz]\n---\nDas war der Monat.\n",
    );
    project.run(&["approve", "rundblick", "--by", "Kim"]).code(0);
    project.write(FILE, POST.replace("Der Vorstand hat am Freitag", "Der Vorstand hat am Montag"));
    project.run(&["send", "rundblick", "--yes"]).code(65).says("Montag").says("- ");
    project.write(FILE, POST);
    project.run(&["send", "rundblick", "--yes"]).code(0).says("2 accepted");
}

#[test]
fn approvals_at_once_are_noted_one_after_the_other() {
    let server = Server::start(Script::new());
    let project = project(&server, 20);
    let children: Vec<_> = (0..4)
        .map(|number| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_rundbrief"));
            command.current_dir(project.path("")).env_clear().env("XDG_CACHE_HOME", project.path("cache"));
            command.args(["-q", "approve", "kurz", "--by", &format!("Person {number}")]);
            command.stdout(std::process::Stdio::null()).spawn().expect("starts")
        })
        .collect();
    assert!(children.into_iter().all(|mut child| child.wait().expect("ends").success()));
    let shown = project.run(&["--format", "json", "approve", "kurz", "--show"]).code(0).json();
    let states: Vec<_> = shown["approvals"].as_array().expect("approvals").iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["valid", "replaced", "replaced", "replaced"]);
    project.run(&["send", "kurz", "--yes"]).code(0).says("2 accepted");
}

/// Holds the sending record as a send does while it freezes, until the sender is dropped.
fn freezing(project: &Project) -> (std::sync::mpsc::Sender<()>, std::thread::JoinHandle<()>) {
    use rundbrief::ledger::{Ledger, Record};
    let (place, (held, holds)) = (project.record_place(), std::sync::mpsc::channel());
    let (until, wait) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let ledger = Record::open(&place).await.expect("opens");
            ledger.hold().await.expect("holds");
            held.send(()).expect("somebody waits");
            let _ = wait.recv();
            ledger.shut().await;
        });
    });
    holds.recv().expect("it holds");
    (until, thread)
}

#[test]
fn approving_and_taking_back_wait_for_a_send_that_is_being_prepared() {
    let server = Server::start(Script::new());
    let project = project(&server, 20);
    approve(&project);
    for arguments in [["approve", "kurz", "--revoke", "-q"], ["approve", "kurz", "--by", "Kim"]] {
        let (until, thread) = freezing(&project);
        let mut command = Command::new(env!("CARGO_BIN_EXE_rundbrief"));
        command.current_dir(project.path("")).env_clear().env("XDG_CACHE_HOME", project.path("cache"));
        let mut child = command.args(arguments).stdout(std::process::Stdio::null()).spawn().expect("starts");
        std::thread::sleep(std::time::Duration::from_millis(400));
        assert!(child.try_wait().expect("is known").is_none(), "{arguments:?} waits");
        drop(until);
        thread.join().expect("lets go");
        assert!(child.wait().expect("ends").success());
    }
    let shown = project.run(&["--format", "json", "approve", "kurz", "--show"]).code(0).json();
    assert_eq!((&shown["approvals"][0]["by"], &shown["valid"]), (&"Kim".into(), &true.into()));
}

#[test]
fn what_an_approval_is_good_for_is_said_where_nothing_asks_for_it() {
    let server = Server::start(Script::new());
    let project = project(&server, 20);
    let config = project.read("config.toml");
    project.write("config.toml", config.replace("required = true", "required = false"));
    approve(&project).says("`[approval] required = true` keeps back what is not approved");
    project.write("config.toml", project::config());
    approve(&project).says("Mails are only written as files now, which needs no approval");
}

#[test]
fn the_code_of_a_test_mail_and_of_a_build_is_the_one_that_is_approved() {
    let server = Server::start(Script::new());
    let project = project(&server, 20);
    let code = |arguments: &[&str]| {
        let answer = project.run(&[&["--format", "json"], arguments].concat()).code(0).json();
        answer["code"].as_str().expect("a code").to_owned()
    };
    let approved = code(&["approve", "kurz", "--by", "Kim"]);
    assert_eq!(code(&["build", "kurz"]), approved);
    assert_eq!(code(&["send", "kurz", "--test", "ich@example.com"]), approved);
    let mail = String::from_utf8(server.accepted()[0].bytes.clone()).expect("UTF-8");
    assert!(mail.contains(&format!("Subject: [Test {approved}]")), "{mail}");
}
