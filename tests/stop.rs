//! `stop`, and the two ways to go on after an edit, as somebody meets them at the terminal.

#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::fs;

use project::{LIST, POST, Project};
use serde_json::{Value, json};
use smtp_server::{Answer, Script, Server, Stage};

/// A day later.
const LATER: &str = "1795507200";

fn config(server: &Server) -> String {
    project::config().replace("transport = \"outbox\"", "transport = \"smtp\"")
        + &format!(
            "\n[email.smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nconnections = 1\nper_minute = 0\n\
             \n[lists.board]\nfile = \"board.csv\"\n",
            server.port()
        )
}

fn post() -> String {
    POST.replace("tags:", "lists: [board, members]\ntags:")
}

/// A post that is to go by mail to Dora and Emil of the board and to two members, and into the feed.
fn project(server: &Server) -> Project {
    let project = Project::new();
    project.write("config.toml", config(server));
    project.write("board.csv", "Vorname;Nachname;E-Mail\nDora;Vorstand;dora@example.org\nEmil;Amt;emil@example.org\n");
    project.write("newsletters/kurz.md", post());
    project
}

/// The same, when the feed and the board's mails have gone out and the two members' wait; then it was stopped.
fn stopped(server: &Server) -> Project {
    let project = project(server);
    for chosen in [&["--channel", "feed"][..], &["--channel", "email", "--list", "board"]] {
        let arguments: Vec<&str> = ["send", "kurz", "--yes"].into_iter().chain(chosen.iter().copied()).collect();
        project.run(&arguments);
    }
    project.run(&["stop", "kurz"]).code(0);
    project
}

fn edit(project: &Project) {
    project.write("newsletters/kurz.md", post().replace("drei", "vier"));
}

/// What was printed, without what differs from run to run.
fn plain(text: &str, server: &Server) -> String {
    text.replace(&format!(":{}", server.port()), ":PORT")
}

#[track_caller]
fn each_once(server: &Server, addresses: &[&str]) {
    for address in addresses {
        assert_eq!(server.accepted_for(address), 1, "{address}");
    }
    assert_eq!(server.accepted_count(), addresses.len());
}

/// The text that an address got.
fn got(server: &Server, address: &str) -> &'static str {
    let mails = server.accepted();
    let mail = mails.iter().find(|mail| mail.to.iter().any(|to| to == address)).expect("was written to");
    match String::from_utf8_lossy(&mail.bytes).contains("vier Beschl") {
        true => "new",
        false => "earlier",
    }
}

#[test]
fn a_stop_says_how_it_stands_and_how_to_go_on() {
    let server = Server::start(Script::new());
    let project = stopped(&server);
    let first = project.run(&["stop", "newsletters/kurz.md"]).code(0);
    insta::assert_snapshot!(first.stdout());
    let document = project.run(&["--format", "json", "stop", "kurz"]).code(0).json();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).expect("is JSON"));
    let status = project.run(&["status", "kurz"]).code(75);
    insta::assert_snapshot!(status.stdout());
    assert!(project.run(&["status"]).stdout().contains("2 accepted · 2 waiting · stopped"));
    project.run(&["explain", "anna@example.org"]).code(0).says("waits; the send was stopped (rundbrief send kurz)");
    assert_eq!(server.accepted_count(), 2);
}

#[test]
fn a_stopped_send_goes_on_when_a_person_sends_again() {
    let server = Server::start(Script::new());
    let project = stopped(&server);
    project.run(&["send", "kurz"]).code(64).says("nobody can be asked here");
    project.run(&["send", "kurz", "--dry-run"]).code(0).says("2 members");
    let ran = project.run(&["send", "kurz", "--yes"]).code(0).says("2 accepted by 127.0.0.1");
    assert!(!ran.stdout().contains("stopped"), "{}", ran.stdout());
    each_once(&server, &["dora@example.org", "emil@example.org", "anna@example.org", "ben@example.org"]);
    project.run(&["status", "kurz"]).code(0).says("Nothing is left to send.");
    project.run(&["stop", "kurz"]).code(0).says("Nothing of kurz is left to stop: 4 have it.");
    project.run(&["send", "kurz", "--yes"]).code(0).says("Everything of this post was sent before.");
}

#[test]
fn an_edited_post_waits_for_a_word_about_the_rest() {
    let server = Server::start(Script::new());
    let project = stopped(&server);
    edit(&project);
    for arguments in [&["send", "kurz", "--yes"][..], &["send", "kurz", "--dry-run"]] {
        let ran = project.run(arguments).code(64);
        let said = ran.stderr();
        let refusal = &said[said.find("error: ").expect("an error")..];
        insta::allow_duplicates! { insta::assert_snapshot!("an_edited_post_waits", refusal); }
    }
    let error = project.run(&["--format", "json", "send", "kurz", "--yes"]).code(64).json();
    assert_eq!(error["errors"][0]["rule"], "usage");
    assert_eq!(server.accepted_count(), 2, "nobody was written to");
    project.write("newsletters/kurz.md", post());
    project.run(&["send", "kurz", "--yes"]).code(0).says("2 accepted");
}

#[test]
fn the_rest_get_what_the_others_have() {
    let server = Server::start(Script::new());
    let project = stopped(&server);
    edit(&project);
    let dry = project.run(&["send", "kurz", "--rest-unchanged", "--dry-run"]).code(0);
    let ran = project.run(&["send", "kurz", "--rest-unchanged", "--yes"]).code(0);
    insta::assert_snapshot!(plain(&ran.stdout(), &server));
    assert!(dry.stdout().contains("2 members"), "{}", dry.stdout());
    each_once(&server, &["dora@example.org", "emil@example.org", "anna@example.org", "ben@example.org"]);
    assert_eq!(got(&server, "anna@example.org"), "earlier");
    project.run(&["send", "kurz", "--yes"]).code(0).says("Everything of this post was sent before.");
}

#[test]
fn the_rest_get_the_new_text() {
    let server = Server::start(Script::new());
    let project = stopped(&server);
    edit(&project);
    // Ben has left the list, Cora has joined it.
    project.write("newsletters/lists/members.csv", LIST.replace("Herr;Ben;Beispiel;ben@", "Frau;Cora;Neu;cora@"));
    let dry = project.run_at(LATER, &["send", "kurz", "--rest-with-new-text", "--dry-run", "--messages"]).code(0);
    assert_eq!(project.files("out/kurz/messages").len(), 2);
    let ran = project.run_at(LATER, &["send", "kurz", "--rest-with-new-text", "--yes"]).code(0);
    insta::assert_snapshot!(plain(&ran.stdout(), &server));
    let plan = |text: &str| text.split("\n\n").take(2).collect::<Vec<_>>().join("\n\n");
    assert_eq!(plan(&dry.stdout()), plan(&ran.stdout()), "the dry run showed the same plan");
    each_once(&server, &["dora@example.org", "emil@example.org", "anna@example.org", "cora@example.org"]);
    assert_eq!(["dora@example.org", "anna@example.org"].map(|address| got(&server, address)), ["earlier", "new"]);
    let messages: Vec<String> = server.accepted().iter().map(|mail| message_id(&mail.bytes)).collect();
    assert!(messages[..2].iter().all(|id| id.contains(".r1@")) && messages[2..].iter().all(|id| id.contains(".r2@")));

    insta::assert_snapshot!("status_of_two_texts", project.run_at(LATER, &["status", "kurz"]).code(0).stdout());
    let status = project.run(&["--format", "json", "status", "kurz"]).code(0).json();
    assert_eq!((&status["totals"]["sent"], &status["channels"]["email"]["sent"]), (&json!(5), &json!(4)));
    let sent = |number: usize| status["revisions"][number]["channels"]["email"]["sent"].clone();
    assert_eq!((sent(0), sent(1), &status["revisions"][0]["revision"]), (json!(2), json!(2), &json!(2)));
    let explained = project.run(&["explain", "dora@example.org"]).code(0).stdout();
    assert!(explained.contains("of 2 texts of this post, the one with the release code"), "{explained}");
    let of = |address: &str| project.run(&["--format", "json", "explain", address]).code(0).json()["posts"][0].clone();
    assert_eq!((&of("dora@example.org")["revision"], &of("anna@example.org")["revision"]), (&json!(1), &json!(2)));
    assert!(of("dora@example.org")["message_id"].as_str().expect("one").contains(".r1@"));
    assert_eq!(of("ben@example.org")["state"], "not_released");

    // Everything is done; who joins later is new to the newest text alone.
    project.run_at(LATER, &["send", "kurz", "--yes"]).code(0).says("Everything of this post was sent before.");
    project.write("newsletters/lists/members.csv", LIST);
    project.run_at(LATER, &["send", "kurz", "--yes"]).code(0).says("  email     1 member\n");
    assert_eq!((got(&server, "ben@example.org"), server.accepted_count()), ("new", 5));
}

fn message_id(content: &[u8]) -> String {
    let text = String::from_utf8_lossy(content);
    let line = text.lines().find(|line| line.to_ascii_lowercase().starts_with("message-id:")).expect("has one");
    line.to_owned()
}

#[test]
fn what_is_answered_as_json_tells_what_is_replaced() {
    let server = Server::start(Script::new());
    let project = stopped(&server);
    edit(&project);
    let answer = project.run(&["--format", "json", "send", "kurz", "--rest-with-new-text", "--yes"]).code(0).json();
    let replaces = &answer["replaces"];
    assert_eq!((&replaces["have"], &replaces["waiting"], &replaces["dropped"]), (&json!(2), &json!(2), &json!(0)));
    assert_ne!(replaces["code"], answer["code"]);
    assert_eq!(answer["plan"]["channels"]["feed"]["targets"], 0, "the feed has its text");
    assert_eq!(answer["totals"]["sent"], 5);
    let again = project.run(&["--format", "json", "send", "kurz", "--yes"]).code(0).json();
    assert_eq!((&again["replaces"], &again["totals"]), (&Value::Null, &answer["totals"]));
}

#[test]
fn a_second_new_text_goes_to_those_who_have_neither() {
    let server = Server::start(Script::new());
    let project = project(&server);
    let post = || post().replace("tags:", "channels: [email, feed]\ntags:");
    project.write("newsletters/kurz.md", post());
    project.run(&["send", "kurz", "--yes", "--list", "board"]).code(0);
    project.run(&["send", "kurz", "--yes", "--channel", "feed"]).code(0);
    project.run(&["stop", "kurz"]).code(0);
    project.write("newsletters/kurz.md", post().replace("drei", "vier"));
    let only_anna = LIST.lines().take(2).collect::<Vec<_>>().join("\n");
    project.write("newsletters/lists/members.csv", only_anna);
    project.run(&["send", "kurz", "--rest-with-new-text", "--yes"]).code(0).says("1 of the 2 who wait gets nothing");
    project.write("newsletters/lists/members.csv", LIST);
    project.write("newsletters/kurz.md", post().replace("drei", "fünf"));
    // It was not stopped, so without a word the newcomer would get what was released last.
    project.run(&["send", "kurz", "--dry-run"]).code(0).says("with --rest-with-new-text");
    let ran = project.run(&["send", "kurz", "--rest-with-new-text", "--yes"]).code(0);
    insta::assert_snapshot!(plain(&ran.stdout(), &server));
    each_once(&server, &["dora@example.org", "emil@example.org", "anna@example.org", "ben@example.org"]);
    assert!(project.run(&["status", "kurz"]).code(0).stdout().matches("1 accepted").count() == 2);
    project.write("newsletters/kurz.md", post());
    let ran = project.run(&["send", "kurz", "--rest-with-new-text", "--yes"]).code(0);
    ran.says("Everybody on the lists has this post; nothing was sent.");
    assert_eq!(
        project.run(&["--format", "json", "status", "kurz"]).json()["revisions"].as_array().expect("a list").len(),
        3
    );
}

#[test]
fn a_post_that_cannot_be_read_any_more_goes_on_only_as_it_was() {
    let server = Server::start(Script::new());
    let project = stopped(&server);
    project.write("newsletters/kurz.md", "---\ntitle: Kaputt\n");
    let ran = project.run(&["send", "kurz", "--yes"]).code(65);
    ran.says("It was stopped; `rundbrief send kurz --rest-unchanged` goes on with what was released before.");
    project.run(&["send", "kurz", "--rest-with-new-text", "--yes"]).code(65);
    assert_eq!(server.accepted_count(), 2);
    project.run(&["send", "kurz", "--rest-unchanged", "--yes"]).code(0).says("2 accepted");
    each_once(&server, &["dora@example.org", "emil@example.org", "anna@example.org", "ben@example.org"]);
}

#[test]
fn a_post_that_was_not_sent_is_kept_from_cron_and_sent_by_a_person() {
    let server = Server::start(Script::new());
    let project = project(&server);
    let ran = project.run(&["stop", "kurz"]).code(0);
    insta::assert_snapshot!(ran.stdout());
    project.run(&["status", "kurz"]).code(66);
    project.run(&["send", "kurz", "--yes"]).code(0).says("4 accepted");
    project.run(&["stop", "kurz"]).code(0).says("Nothing of kurz is left to stop: 4 have it.");
}

#[test]
fn a_trial_does_not_stand_for_the_send_that_is_to_come() {
    let server = Server::start(Script::new());
    let project = Project::new();
    project.run(&["send", "kurz"]).code(0);
    project.run(&["stop", "kurz"]).code(0).says("Nothing of kurz is left to stop: 2 are written.");
    project.write("config.toml", config(&server));
    project.run(&["stop", "kurz"]).code(0).says("kurz has not been sent; cron will not begin it");
}

#[test]
fn a_post_that_nobody_knows_is_missing() {
    let project = Project::new();
    project.run(&["stop", "andere"]).code(66).says("andere was never sent");
    assert!(!project.has_record(), "nothing was made");
    project.run(&["send", "kurz", "--channel", "feed"]).code(0);
    project.run(&["stop", "kruz"]).code(66).says("did you mean `kurz`?");
    project.run(&["stop"]).code(64);
    fs::remove_file(project.path("newsletters/kurz.md")).expect("is removed");
    project.run(&["stop", "kurz"]).code(0).says("Stopped.");
}

#[test]
fn a_word_about_the_rest_needs_a_rest() {
    let server = Server::start(Script::new());
    let project = project(&server);
    for word in ["--rest-unchanged", "--rest-with-new-text"] {
        project.run(&["send", "kurz", word, "--yes"]).code(64).says("kurz was not sent yet, so there is no rest");
        project.run(&["send", "kurz", word, "--dry-run"]).code(64).says("kurz was not sent yet, so there is no rest");
        project.run(&["send", "kurz", word, "--test", "a@example.net"]).code(64).says("cannot be used with");
    }
    project.run(&["send", "kurz", "--rest-unchanged", "--rest-with-new-text"]).code(64).says("cannot be used with");
    project.run(&["send", "kurz", "--rest-with-new-text", "--list", "board"]).code(64).says("cannot be used with");
    let project = stopped(&server);
    let ran = project.run(&["send", "kurz", "--rest-with-new-text", "--yes"]).code(0).says("2 accepted");
    ran.says("The post is as it was released: there is no new text");
}

#[test]
fn texts_that_are_posted_by_hand_go_with_the_newest_unless_they_were_posted() {
    let server = Server::start(Script::new());
    let project = stopped(&server);
    project.run(&["posted", "kurz", "mastodon", "https://example.social/1"]).code(0);
    edit(&project);
    let ran = project.run(&["send", "kurz", "--rest-with-new-text", "--yes"]).code(0);
    ran.says("The earlier text stays: feed, mastodon.").says("To post by hand: bluesky, linkedin, plain, x");
    let status = project.run(&["status", "kurz"]).code(0);
    status.says("https://example.social/1").says("To post by hand: bluesky, linkedin, plain, x");
    project.run(&["posted", "kurz", "bluesky", "https://example.social/2"]).code(0).says("Noted: kurz is on bluesky");
    let again = project.run(&["posted", "kurz", "mastodon", "https://example.social/3"]).code(0);
    again.says("Before, it said https://example.social/1");
    project.run(&["posted", "kurz", "mastadon", "https://example.social/3"]).code(64).says("did you mean `mastodon`?");
    project.run(&["posted", "kurz", "feed", "https://example.social/3"]).code(64).says("not posted by hand");
}

/// Dora's answer is lost.
fn forgetful() -> Server {
    Server::start(Script::new().on(Stage::End, |seen| match (seen.recipient(), seen.mail) {
        ("dora@example.org", ..=2) => Answer::close(),
        _ => Answer::normal(),
    }))
}

#[test]
fn what_is_in_doubt_of_the_earlier_text_is_named_and_decided_after_the_new_one() {
    for decision in ["--send-again", "--count-as-sent"] {
        let server = forgetful();
        let project = stopped(&server);
        edit(&project);
        let ran = project.run(&["send", "kurz", "--rest-with-new-text", "--yes"]).code(76);
        ran.says("1 may or may not have arrived").says("dora@example.org");
        project.run(&["status", "kurz"]).code(76).says("dora@example.org");
        project.run(&["send", "kurz", "--yes"]).code(76);
        assert_eq!(server.accepted_for("dora@example.org"), 0, "nobody guesses");
        project.run(&["resolve", "kurz", decision, "anna@example.org"]).code(64).says("it was accepted");
        let ran = project.run(&["resolve", "kurz", decision, "dora@example.org"]).code(0);
        insta::assert_snapshot!(format!("resolved{decision}"), ran.stdout());
        project.run(&["send", "kurz", "--yes"]).code(0);
        let again = usize::from(decision == "--send-again");
        assert_eq!(
            (server.accepted_for("dora@example.org"), server.accepted_count()),
            (again, 3 + again),
            "{decision}"
        );
        if again == 1 {
            assert_eq!(got(&server, "dora@example.org"), "new");
        }
        project.run(&["status", "kurz"]).code(0).says("Nothing is left to send.");
    }
}

#[test]
fn a_trial_can_be_stopped_and_go_on_with_a_new_text() {
    let project = Project::new();
    project.run(&["send", "kurz", "--channel", "feed"]).code(0);
    project.run(&["stop", "kurz"]).code(0).says("Stopped. 0 are written, 2 wait.");
    project.write("newsletters/kurz.md", POST.replace("drei", "vier"));
    project.run(&["send", "kurz"]).code(64).says("kurz was stopped, and the post was edited since");
    project.run(&["send", "kurz", "--rest-with-new-text"]).code(0).says("7 files written");
    let mails = project.files("out/outbox/kurz/email");
    assert!(mails.len() == 2 && mails.iter().all(|name| name.ends_with("-r2.eml")), "{mails:?}");
    project.run(&["status", "kurz"]).code(0).says("only tried");
    fs::remove_dir_all(project.path("out/outbox/kurz")).expect("is removed");
    project.run(&["send", "kurz"]).code(0).says("files written");
    let status = project.run(&["--format", "json", "status", "kurz"]).code(0).json();
    assert_eq!(status["revisions"].as_array().expect("a list").len(), 1, "it was tried anew");
}
