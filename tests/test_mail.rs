//! `send --test`: the mail as a test, to people who need not be on a list.

#[path = "support/mailing.rs"]
mod mailing;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use project::{LIST, POST, Project};
use serde_json::json;
use smtp_server::{Answer, Script, Server, Stage};

/// No sending record, no key, no file of a send.
#[track_caller]
fn left_no_trace(project: &Project) {
    for name in ["rundbrief.db", "rundbrief.key", "public/feed.xml", "out/outbox/kurz/email"] {
        assert!(!project.path(name).exists(), "{name}");
    }
}

#[test]
fn a_test_goes_to_the_named_addresses_alone_and_says_that_it_is_one() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    let ran =
        project.run(&["send", "kurz", "--test", "chef@example.com,Ich <ICH@example.com>,ich@example.com"]).code(0);
    let ran = ran.says("Test of the mail, as anna@example.org sees it");
    let said = ran.stdout();
    assert!(said.contains("  chef@example.com  accepted by 127.0.0.1: 250 2.0.0 Ok: queued as 1\n"), "{said}");
    assert!(said.contains("  ICH@example.com   accepted by 127.0.0.1: 250 2.0.0 Ok: queued as 2\n"), "{said}");
    left_no_trace(&project);

    let mails = server.accepted();
    let to: Vec<_> = mails.iter().map(|mail| mail.to[0].as_str()).collect();
    assert_eq!(to, ["chef@example.com", "ICH@example.com"]);
    let texts: Vec<String> = mails.iter().map(|mail| String::from_utf8(mail.bytes.clone()).expect("UTF-8")).collect();
    let code = project.run(&["--format", "json", "send", "kurz", "--dry-run"]).code(0).json()["code"].clone();
    let subject = format!("Subject: [Test {}] Kurz berichtet", code.as_str().expect("a code"));
    let ids: Vec<_> =
        texts.iter().map(|text| text.lines().find(|line| line.starts_with("Message-ID: <test."))).collect();
    assert!(ids[0].is_some() && ids[0] != ids[1], "{ids:?}");
    for text in &texts {
        assert!(text.contains(&subject) && text.contains("Sehr geehrte Frau Muster"), "{text}");
        assert!(!text.contains("anna@example.org"), "the member's address is not shown: {text}");
    }
}

#[test]
fn the_values_are_those_of_the_member_that_is_named() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    let config = mailing::config(&server) + "\n[lists.board]\nfile = \"board.csv\"\naddress = \"du\"\n";
    project.write("config.toml", config);
    project.write("board.csv", "Vorname;Nachname;E-Mail\nOtto;Vorstand;otto@example.org\n");
    project.write("newsletters/kurz.md", POST.replace("tags:", "lists: [members, board]\ntags:"));
    let test = |more: &[&str]| {
        let arguments = [&["--format", "json", "send", "kurz", "--test", "ich@example.com"], more].concat();
        project.run(&arguments).code(0).json()
    };
    let last = || String::from_utf8(server.accepted().last().expect("a mail").bytes.clone()).expect("UTF-8");
    let answer = test(&["--as", "BEN@example.org"]);
    assert_eq!((&answer["as"], &answer["list"]), (&json!("ben@example.org"), &json!("members")));
    assert!(last().contains("Sehr geehrter Herr Beispiel"), "{}", last());
    assert_eq!(test(&["--as", "otto@example.org"])["list"], "board");
    assert!(last().contains("Otto"), "{}", last());
    assert_eq!(test(&["--list", "board"])["as"], "otto@example.org");
    let answer = test(&[]);
    let accepted = json!([{"address": "ich@example.com", "outcome": "accepted", "reply": "250 2.0.0 Ok: queued as 4"}]);
    assert_eq!(answer["mails"], accepted);

    let nobody = project.run(&["send", "kurz", "--test", "ich@example.com", "--as", "emil@example.org"]).code(64);
    nobody.says("--as emil@example.org: this post is written to nobody of that address").says("members show");
    assert_eq!(server.accepted_count(), 4);
}

/// The body of a mail without the soft breaks and escapes of quoted-printable that matter here.
fn readable(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=3D", "=")
}

#[test]
fn no_link_in_a_test_unsubscribes_the_member_that_it_shows() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    let page = "unsubscribe = { mailto = \"abmelden@example.org\", url = \"https://verband.example/ab?m={token}\" }";
    let config = mailing::config(&server).replace("unsubscribe = { mailto = \"abmelden@example.org\" }", page);
    project.write("config.toml", config);
    project
        .write("newsletters/lists/members.csv", LIST.replace("E-Mail", "E-Mail;Newsletter").replace("org", "org;ja"));
    project.run(&["send", "kurz", "--yes", "--force"]).code(0);
    let real = readable(&String::from_utf8(server.accepted()[0].bytes.clone()).expect("UTF-8"));
    let tokens: Vec<String> = real.split("ab?m=").skip(1).map(|rest| rest.chars().take(32).collect()).collect();
    assert!(tokens.len() >= 3 && tokens.iter().all(|token| *token == tokens[0]), "header, text and HTML: {tokens:?}");
    assert!(tokens[0].chars().all(|c| c.is_ascii_hexdigit()), "{tokens:?}");

    let member = server.accepted()[0].to[0].clone();
    project.run(&["send", "kurz", "--test", "ich@example.com", "--as", &member]).code(0);
    let test = readable(&String::from_utf8(server.accepted().last().expect("a mail").bytes.clone()).expect("UTF-8"));
    assert!(test.contains("ab?m=test"), "{test}");
    assert!(!test.contains(&tokens[0]), "a tester's click would unsubscribe {member}: {test}");
    let links = test.split("ab?m=").skip(1).filter(|rest| !rest.starts_with("test")).count();
    assert_eq!(links, 0, "{test}");
}

#[test]
fn every_answer_is_told_and_the_worst_is_the_exit_code() {
    let server = mailing::moody();
    let project = mailing::project(&server);
    let test = |to: &str, code: i32| project.run(&["send", "kurz", "--test", to]).code(code);
    test("ben@example.org", 69).says("ben@example.org  refused: 550 5.1.1 no such user");
    test("dora@example.org,ben@example.org", 75).says("dora@example.org  refused for now: 452 4.2.2 mailbox full");
    let ran = test("cora@example.org,dora@example.org,anna@example.org", 76);
    ran.says("cora@example.org  may or may not have arrived").says("anna@example.org  accepted by");
    left_no_trace(&project);

    let closed = Server::start(Script::new().at(Stage::Mail, Answer::reply("535 5.7.8 who are you")));
    let project = mailing::project(&closed);
    let answer = project.run(&["--format", "json", "send", "kurz", "--test", "ich@example.com"]).code(77).json();
    assert_eq!((&answer["mails"], &answer["errors"][0]["rule"]), (&json!([]), &json!("channel")));
    let gone = Server::start(Script::new().at(Stage::Greeting, Answer::close()));
    let project = mailing::project(&gone);
    project.run(&["send", "kurz", "--test", "ich@example.com"]).code(75).says("not sent: ");
}

#[test]
fn with_the_outbox_a_test_is_a_file_and_no_trial() {
    let project = Project::new();
    let ran = project.run(&["send", "kurz", "--test", "a/b@example.com,ich@example.com"]).code(0);
    ran.says("Nothing has left this computer.").says("ich@example.com  written: ");
    assert_eq!(project.files("out/outbox/kurz"), ["test/a%2fb@example.com.eml", "test/ich@example.com.eml"]);
    left_no_trace(&project);
    project.run(&["status", "kurz"]).code(66);

    project.run(&["send", "kurz"]).code(0).says("8 files written");
    project.run(&["send", "kurz"]).code(0).says("0 files written");
    std::fs::remove_dir_all(project.path("out/outbox/kurz")).expect("is removed");
    project.run(&["send", "kurz", "--test", "ich@example.com"]).code(0);
    project.run(&["send", "kurz"]).code(0).says("files written");
    assert_eq!(
        project.files("out/outbox/kurz/email").len(),
        2,
        "a deleted trial begins anew, whatever was tested since"
    );
}

#[test]
fn without_members_the_mail_is_shown_for_an_invented_one() {
    let project = Project::new();
    project.write("newsletters/lists/members.csv", LIST.lines().next().expect("a heading"));
    project.run(&["send", "kurz", "--test", "ich@example.com"]).code(0).says("as an invented member sees it");
    std::fs::remove_file(project.path("newsletters/lists/members.csv")).expect("is removed");
    let ran = project.run(&["send", "kurz", "--test", "ich@example.com"]).code(0).says("as an invented member sees it");
    ran.says("member list not found");
    assert!(project.read("out/outbox/kurz/test/ich@example.com.eml").contains("Mustermann"));
}

#[test]
fn mistakes_are_told_before_anything_leaves() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    for (arguments, says) in [
        (&["--test", "ich@example.com,chef@"][..], "--test chef@: "),
        (&["--test", ""], "--test"),
        (&["--as", "anna@example.org"], "--test"),
        (&["--test", "ich@example.com", "--dry-run"], "cannot be used with"),
        (&["--test", "ich@example.com", "--list", "press"], "this post does not go there"),
    ] {
        project.run(&[&["send", "kurz"], arguments].concat()).code(64).says(says);
    }
    let nowhere = mailing::config(&server).replace("unsubscribe = { mailto = \"abmelden@example.org\" }\n", "");
    project.write("config.toml", nowhere);
    project.run(&["send", "kurz", "--test", "ich@example.com"]).code(78).says("no way to unsubscribe");
    assert_eq!(server.connections(), 0);
}
