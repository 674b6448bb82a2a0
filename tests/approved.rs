//! Sends that wait for an approval: `[approval] required`, `send --approve`. Whatever is refused reaches nobody.

#[path = "support/approving.rs"]
mod approving;
#[path = "support/mailing.rs"]
mod mailing;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::process::{Command, Output};

use approving::{FILE, MEMBERS, approval, approve, edited, joined, project, said, to};
use project::{POST, Project};
use smtp_server::{Answer, Script, Server, Stage};

/// With a login name, which other runs have not.
fn as_user(project: &Project, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rundbrief"));
    command.current_dir(project.path("")).env_clear().env("XDG_CACHE_HOME", project.path("cache"));
    command.env("USER", "kim").env("SOURCE_DATE_EPOCH", "1795420800").args(arguments).output().expect("it runs")
}

#[test]
fn nothing_is_sent_before_somebody_approves() {
    let server = Server::start(Script::new());
    let project = project(&server, 20);
    let refused = project.run(&["send", "kurz", "--yes"]).code(65);
    insta::assert_snapshot!("never", said(&refused, &server));
    let json = project.run(&["--format", "json", "send", "kurz", "--yes"]).code(65).json();
    assert_eq!((&json["errors"][0]["rule"], &json["changes"]), (&"not-approved".into(), &serde_json::Value::Null));
    project.run(&["send", "kurz", "--dry-run"]).code(0).says("  needs an approval: kurz is not approved yet\n");
    assert_eq!(server.connections(), 0);

    insta::assert_snapshot!("approve", said(&approve(&project), &server));
    project
        .run(&["send", "kurz", "--dry-run"])
        .code(0)
        .says("  approved by Dr. Erika Weber on 23 November 2026, 09:00\n");
    assert_eq!(server.connections(), 0, "neither reaches anybody");
    let sent = project.run(&["send", "kurz", "--yes"]).code(0);
    insta::assert_snapshot!("sent", said(&sent, &server));
    assert_eq!(to(&server), ["anna@example.org", "ben@example.org"]);
    project.run(&["send", "kurz", "--yes"]).code(0).says("Everything of this post was sent before.");
    project.run(&["approve", "kurz", "--by", "Kim"]).code(0).says("kurz was sent already").says("nothing to approve");
}

#[test]
fn a_text_that_changed_is_shown_word_by_word_and_editing_back_makes_it_valid() {
    let server = Server::start(Script::new());
    let project = project(&server, 20);
    approve(&project);
    project.write(FILE, edited());
    let refused = project.run(&["send", "kurz", "--yes"]).code(65);
    insta::assert_snapshot!("text_changed", said(&refused, &server));
    let json = project.run(&["--format", "json", "send", "kurz", "--yes"]).code(65).json();
    let texts = json["changes"]["texts"].as_array().expect("texts");
    assert!(
        texts
            .iter()
            .any(|text| text["what"] == "text" && text["lines"][1].as_str().is_some_and(|line| line.contains("vier")))
    );
    assert_eq!(server.connections(), 0);
    assert!(!project.path("public/feed.xml").exists());

    project.write(FILE, POST);
    project.run(&["send", "kurz", "--yes"]).code(0).says("2 accepted");
    assert_eq!(to(&server).len(), 2);
}

#[test]
fn too_many_people_are_named_and_a_few_may_change() {
    let server = Server::start(Script::new());
    let project = project(&server, 3);
    approve(&project);
    let without_ben: String = joined(25).replace("Herr;Ben;Beispiel;ben@example.org\n", "");
    project.write(MEMBERS, without_ben);
    let refused = project.run(&["send", "kurz", "--yes"]).code(65);
    insta::assert_snapshot!("people_changed", said(&refused, &server));
    let json = project.run(&["--format", "json", "send", "kurz", "--yes"]).code(65).json();
    assert_eq!(json["changes"]["added"]["count"], 25);
    assert_eq!(json["changes"]["added"]["names"].as_array().expect("names").len(), 20);
    assert_eq!(json["changes"]["gone"]["names"], serde_json::json!(["Ben Beispiel"]));
    assert_eq!(server.connections(), 0);
    let logged = project.run(&["-vv", "send", "kurz", "--yes"]).code(65).stderr();
    let logs: String = logged.lines().filter(|line| line.contains("INFO") || line.contains("DEBUG")).collect();
    assert!(!logs.contains("Ben") && !logs.contains("@example.org"), "no member in the logs: {logs}");

    project.write(MEMBERS, joined(3));
    project.run(&["send", "kurz", "--yes"]).code(0).says("5 accepted");
}

#[test]
fn what_was_taken_back_is_not_sent() {
    let server = Server::start(Script::new());
    let project = project(&server, 20);
    project.run(&["approve", "kurz", "--revoke"]).code(0).says("Nothing of kurz is approved.");
    approve(&project);
    project.run(&["approve", "kurz", "--revoke"]).code(0).says("Taken back: kurz is not approved any more.");
    let refused = project.run(&["send", "kurz", "--yes"]).code(65);
    insta::assert_snapshot!("taken_back", said(&refused, &server));
    assert_eq!(server.connections(), 0);
    approve(&project);
    project.run(&["send", "kurz", "--yes"]).code(0);
    let late = project.run(&["--format", "json", "approve", "kurz", "--revoke"]).code(0).json();
    assert_eq!(late, serde_json::json!({ "slug": "kurz", "revoked": true, "release": "sent" }));
    project.run(&["send", "kurz", "--yes"]).code(0).says("sent before");
}

/// A server that asks Ben to come again once.
fn busy_for_ben() -> Server {
    Server::start(Script::new().on(Stage::Rcpt, |seen| match (seen.recipient(), seen.mail) {
        ("ben@example.org", 1 | 2) => Answer::reply("451 4.3.0 try again later"),
        _ => Answer::normal(),
    }))
}

#[test]
fn the_rest_of_a_release_goes_on_and_who_joined_needs_an_approval() {
    let server = busy_for_ben();
    let project = project(&server, 1);
    approve(&project);
    project.run(&["send", "kurz", "--yes"]).code(75).says("1 accepted");
    project.write(MEMBERS, joined(2));
    let rest = project.run(&["send", "kurz", "--yes"]).code(0);
    insta::assert_snapshot!("rest_goes_on", said(&rest, &server));
    assert_eq!(to(&server), ["anna@example.org", "ben@example.org"], "each once, and nobody else");
    let refused = project.run(&["send", "kurz", "--yes"]).code(65);
    insta::assert_snapshot!("who_joined", said(&refused, &server));
    assert_eq!(to(&server).len(), 2);
    let approved = project.run(&["approve", "kurz", "--by", "Kim"]).code(0);
    insta::assert_snapshot!("approve_who_joined", said(&approved, &server));
    project.run(&["send", "kurz", "--yes"]).code(0).says("2 accepted");
    assert_eq!(to(&server), ["anna@example.org", "ben@example.org", "neu1@example.org", "neu2@example.org"]);
}

#[test]
fn who_joins_again_and_again_is_counted_from_the_approval_on() {
    let server = Server::start(Script::new());
    let project = project(&server, 3);
    approve(&project);
    project.write(MEMBERS, joined(2));
    project.run(&["send", "kurz", "--yes"]).code(0).says("4 accepted");
    project.write(MEMBERS, joined(3));
    project.run(&["send", "kurz", "--yes"]).code(0).says("1 accepted");
    project.write(MEMBERS, joined(4));
    project.run(&["send", "kurz", "--yes"]).code(65).says("4 people were added");
    project.write(FILE, edited());
    let refused = project.run(&["send", "kurz", "--yes"]).code(65);
    insta::assert_snapshot!("who_joined_after_an_edit", said(&refused, &server));
    assert_eq!(to(&server).len(), 5);
}

#[test]
fn what_was_released_is_approved_for_those_who_join_after_an_edit() {
    let server = Server::start(Script::new());
    let project = project(&server, 0);
    let code = project.run(&["--format", "json", "approve", "kurz", "--by", "Kim"]).code(0).json()["code"].clone();
    let code = code.as_str().expect("a code");
    project.run(&["send", "kurz", "--yes"]).code(0);
    project.write(FILE, edited());
    project.write(MEMBERS, joined(1));
    let edit = project.run(&["approve", "kurz", "--by", "Vera Vorstand"]).code(0);
    insta::assert_snapshot!("approve_the_edit_of_a_release", said(&edit, &server));
    let refused = project.run(&["send", "kurz", "--yes"]).code(65);
    insta::assert_snapshot!("the_edit_is_approved_and_not_what_was_released", said(&refused, &server));
    assert_eq!(to(&server).len(), 2);
    project.run(&["send", "kurz", "--yes", "--approve", code]).code(0).says("1 accepted");
    assert_eq!(to(&server), ["anna@example.org", "ben@example.org", "neu1@example.org"]);
    let mails = server.accepted();
    let last = String::from_utf8_lossy(&mails[2].bytes).into_owned();
    assert!(last.contains("drei Beschl") && !last.contains("vier Beschl"), "what was released: {last}");
    project
        .run(&["approve", "kurz", "--show"])
        .code(0)
        .says("with send --approve")
        .says("+ … hat am Freitag getagt. Er hat vier");
}

#[test]
fn who_must_not_be_written_to_since_counts_as_gone() {
    let server = Server::start(Script::new());
    let project = project(&server, 0);
    approve(&project);
    project.run(&["members", "suppress", "ben@example.org"]).code(0);
    project.run(&["send", "kurz", "--yes"]).code(65).says("1 person is gone").says("Gone: Ben Beispiel");
    project.run(&["members", "unsuppress", "ben@example.org"]).code(0);
    project.run(&["send", "kurz", "--yes"]).code(0).says("2 accepted");
}

#[test]
fn a_picture_that_changed_is_no_text_but_another_content() {
    let server = Server::start(Script::new());
    let project = project(&server, 0);
    approve(&project);
    let config = project.read("config.toml");
    project.write("config.toml", config.replace("accent = \"#1c5d8c\"", "accent = \"#1c5d8d\""));
    let refused = project.run(&["send", "kurz", "--yes"]).code(65);
    refused.says("No text reads differently: a picture, the design or the configuration has changed.");
    project.write(
        "config.toml",
        config.replace("reply_to = \"kontakt@example.org\"", "reply_to = \"presse@example.org\""),
    );
    project.run(&["send", "kurz", "--yes"]).code(65).says("Sender of the mail:\n  - kontakt@example.org\n  + presse@");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_release_from_before_approvals_were_required_goes_on() {
    let server = busy_for_ben();
    let project = project(&server, 20);
    let required = project.read("config.toml");
    project.write("config.toml", required.replace("required = true", "required = false"));
    project.run(&["send", "kurz", "--yes"]).code(75);
    project.write("config.toml", required);
    project.run(&["send", "kurz", "--yes"]).code(0).says("1 accepted");
    project.write(FILE, edited());
    project.run(&["send", "kurz", "--yes"]).code(0).says("sent before");
    assert_eq!(to(&server).len(), 2);
}

#[test]
fn a_person_who_has_the_code_approves_and_sends_in_one_step() {
    let server = Server::start(Script::new());
    let project = project(&server, 20);
    let code = project.run(&["--format", "json", "send", "kurz", "--dry-run"]).code(0).json()["code"].clone();
    let code = code.as_str().expect("a code").to_owned();
    project.run(&["send", "kurz", "--yes", "--approve", "K7QF"]).code(64).says("`K7QF` is not a release code");
    project
        .run(&["send", "kurz", "--yes", "--approve", "K7QF-3M2X"])
        .code(65)
        .says(&format!("has the release code {code}"));
    project.write(FILE, edited());
    let refused = project.run(&["send", "kurz", "--yes", "--approve", &code]).code(65);
    insta::assert_snapshot!("another_code", said(&refused, &server));
    assert_eq!((server.connections(), project.path("public/feed.xml").exists()), (0, false));
    project.run(&["approve", "kurz", "--show"]).code(0).says("Nobody has approved kurz.");

    project.write(FILE, POST);
    let typed = code.to_lowercase().replace('-', "").replace('0', "o");
    let sent = as_user(&project, &["send", "kurz", "--yes", "--offline", "--approve", &typed]);
    let text = String::from_utf8(sent.stdout).expect("UTF-8");
    assert!(sent.status.success() && text.contains("  approved by kim with this command\n"), "{text}");
    assert_eq!(to(&server).len(), 2);
    let shown = project.run(&["--format", "json", "approve", "kurz", "--show"]).code(0).json();
    let one = &shown["approvals"][0];
    assert_eq!(
        (&one["by"], &one["note"], &one["people"], &one["state"]),
        (&"kim".into(), &"with send --approve".into(), &2.into(), &"valid".into())
    );
    project.run(&["send", "kurz", "--yes", "--approve", &code]).code(0).says("sent before");
    let shown = project.run(&["--format", "json", "approve", "kurz", "--show"]).code(0).json();
    assert_eq!(shown["approvals"].as_array().expect("approvals").len(), 1, "nothing new was approved");
}

#[test]
fn without_a_rule_a_code_checks_that_nothing_has_changed() {
    let server = Server::start(Script::new());
    let project = project(&server, 20);
    let config = project.read("config.toml").replace("required = true", "required = false");
    project.write("config.toml", config);
    project.run(&["send", "kurz", "--yes", "--approve", "K7QF-3M2X"]).code(65).says("not K7QF-3M2X");
    assert_eq!(server.connections(), 0);
    project.run(&["send", "kurz", "--yes"]).code(0).says("2 accepted");
    project.write(MEMBERS, joined(1));
    project.write(FILE, edited());
    project.run(&["send", "kurz", "--yes", "--approve", "K7QF-3M2X"]).code(65);
    assert_eq!(to(&server).len(), 2);
}

#[test]
fn a_code_is_not_given_for_a_post_that_cannot_be_read() {
    let server = busy_for_ben();
    let project = project(&server, 20);
    let code = project.run(&["--format", "json", "approve", "kurz", "--by", "Kim"]).code(0).json()["code"].clone();
    project.run(&["send", "kurz", "--yes"]).code(75);
    project.write(FILE, "---\ntitle: Kaputt\n");
    project.run(&["send", "kurz", "--yes", "--approve", code.as_str().expect("a code")]).code(65);
    assert_eq!(to(&server).len(), 1);
    project.run(&["send", "kurz", "--yes"]).code(0).says("what was released of the post before goes on");
    assert_eq!(to(&server).len(), 2);
}

#[test]
fn a_trial_needs_no_approval() {
    let project = Project::new();
    project.write("config.toml", project::config() + &approval(0));
    project.run(&["send", "kurz", "--approve", "K7QF-3M2X"]).code(65);
    project.run(&["send", "kurz"]).code(0).says("files written");
    project.run(&["approve", "kurz", "--show"]).code(0).says("Nobody");
}

#[test]
fn one_list_of_several_is_sent_with_the_approval_of_all() {
    let server = Server::start(Script::new());
    let project = project(&server, 0);
    project.write("config.toml", project.read("config.toml") + "\n[lists.board]\nfile = \"board.csv\"\n");
    project.write("board.csv", "Vorname;Nachname;E-Mail\nDora;Vorstand;dora@example.org\n");
    approve(&project).says("for 3 people");
    project.run(&["send", "kurz", "--yes", "--list", "board"]).code(0).says("1 accepted");
    project.run(&["send", "kurz", "--yes"]).code(0).says("2 accepted");
    assert_eq!(to(&server).len(), 3);
}
