//! Releasing by a second person: `approve`, `[approval] required`, `send --approve`. Whatever is refused reaches nobody.

#[path = "support/mailing.rs"]
mod mailing;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::fs;
use std::process::{Command, Output};

use project::{LIST, POST, Project};
use smtp_server::{Answer, Script, Server, Stage};

const FILE: &str = "newsletters/kurz.md";
const MEMBERS: &str = "newsletters/lists/members.csv";

/// A project that sends to the server, and only what is approved.
fn project(server: &Server, may_change: u64) -> Project {
    let project = Project::new();
    let config = mailing::config(server).replace("where = { Newsletter = \"ja\" }\n", "");
    project.write("config.toml", config + &approval(may_change));
    project
}

fn approval(may_change: u64) -> String {
    format!("\n[approval]\nrequired = true\nrecipients_may_change = {may_change}\n")
}

/// The post with another word.
fn edited() -> String {
    POST.replace("drei", "vier")
}

/// The list with so many more members, `Neu 1` and so on.
fn joined(number: usize) -> String {
    let new = (1..=number).map(|number| format!("Frau;Neu;Mitglied {number:02};neu{number}@example.org\n"));
    LIST.to_owned() + &new.collect::<String>()
}

fn to(server: &Server) -> Vec<String> {
    let mut to: Vec<String> = server.accepted().iter().flat_map(|mail| mail.to.clone()).collect();
    to.sort();
    to
}

fn approve(project: &Project) -> project::Ran {
    project.run(&["approve", "kurz", "--by", "Dr. Erika Weber", "--note", "as agreed on Friday"]).code(0)
}

/// With a login name, which other runs have not.
fn as_user(project: &Project, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rundbrief"));
    command.current_dir(project.path("")).env_clear().env("XDG_CACHE_HOME", project.path("cache"));
    command.env("USER", "kim").env("SOURCE_DATE_EPOCH", "1795420800").args(arguments).output().expect("it runs")
}

/// What was printed on both streams, the remark about the fixed clock aside.
fn said(ran: &project::Ran, server: &Server) -> String {
    let errors = ran.stderr();
    let errors = errors.lines().filter(|line| !line.starts_with("SOURCE_DATE_EPOCH")).collect::<Vec<_>>().join("\n");
    mailing::plain(&format!("{}---\n{errors}", ran.stdout()), server)
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
fn an_approval_needs_the_key_of_the_sending_record() {
    let server = Server::start(Script::new());
    let project = project(&server, 0);
    approve(&project);
    project.write("rundbrief.key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    project.run(&["approve", "kurz", "--by", "Kim"]).code(78).says("the site key is not the one");
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
    let sent = as_user(&project, &["send", "kurz", "--yes", "--approve", &typed]);
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
    assert!(!project.path("rundbrief.db").exists() && !project.path("rundbrief.key").exists(), "nothing was begun");
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
    use rundbrief::ledger::{Ledger, SqliteLedger};
    let (path, (held, holds)) = (project.path("rundbrief.db"), std::sync::mpsc::channel());
    let (until, wait) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let ledger = SqliteLedger::open(&path).await.expect("opens");
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
