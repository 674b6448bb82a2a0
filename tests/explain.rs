//! `explain ADDRESS`: what a member got or did not get, and why.

#[path = "support/mailing.rs"]
mod mailing;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use project::{POST, Project};
use rundbrief::ledger::Books;
use rundbrief::members::address::Address;
use rundbrief::project::{Project as Opened, site_key};
use serde_json::{Value, json};
use smtp_server::{Script, Server};

fn sent(server: &Server) -> Project {
    let project = mailing::project(server);
    project.run(&["send", "kurz", "--yes"]).code(76);
    project
}

/// The lines about the only post.
fn lines(project: &Project, address: &str) -> Vec<String> {
    let said = project.run(&["explain", address]).code(0).stdout();
    let lines = said.lines().skip_while(|line| !line.starts_with("released")).skip(1);
    lines.map(|line| line.trim().to_owned()).collect()
}

fn post(project: &Project, address: &str) -> Value {
    project.run(&["--format", "json", "explain", address]).code(0).json()["posts"][0].clone()
}

/// Keeps an address from being written to, as an unsubscribe does.
fn suppress(project: &Project, address: &str) {
    let opened = Opened::open(Some(&project.path("config.toml")), &project.path("")).expect("opens");
    let key = site_key(&opened, |_| None).expect("has a key");
    let target = key.target(&Address::parse(address).expect("an address"));
    project.on_books(async |ledger| {
        ledger.suppress(&[target], "asked by mail", 1_795_420_800_000).await.expect("suppresses");
    });
}

#[test]
fn a_mail_that_was_accepted_is_told_with_the_servers_reply_and_its_message_id() {
    let server = mailing::moody();
    let project = sent(&server);
    let said = project.run(&["explain", "Anna <ANNA@example.org>"]).code(0).stdout();
    let mail = String::from_utf8(server.accepted()[0].bytes.clone()).expect("UTF-8");
    let id = mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).expect("has one").trim();
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "ANNA@example.org",
            "",
            "Kurz berichtet (kurz)",
            "released 23 November 2026, 09:00",
            "  accepted by the mail server on 23 November 2026, 09:00",
            &format!("  250 2.0.0 Ok: queued as {}", server.accepted()[0].mail),
            "  as a member of the list “members”",
            &format!("  Message-ID {id}"),
        ]
    );
    let told = post(&project, "anna@example.org");
    assert_eq!((&told["state"], &told["list"], &told["message_id"]), (&json!("sent"), &json!("members"), &json!(id)));
    assert!(told["at"].as_str().expect("a time").starts_with("2026-11-23T08:00:0"), "{told}");
}

#[test]
fn every_other_end_is_told_with_its_reason_and_what_to_do() {
    let server = mailing::moody();
    let project = sent(&server);
    let refused = lines(&project, "ben@example.org");
    assert_eq!(refused[..2], ["refused on 23 November 2026, 09:00", "550 5.1.1 no such user"]);
    let again = lines(&project, "dora@example.org");
    assert!(again[0].starts_with("refused for now and tried again from 09:0"), "{again:?}");
    assert!(again[0].ends_with(" on: rundbrief send kurz") && again[1] == "452 4.2.2 mailbox full", "{again:?}");
    let doubt = lines(&project, "cora@example.org");
    assert_eq!(doubt[0], "may or may not have arrived, since 23 November 2026, 09:00");
    assert_eq!(doubt[2], "it did not: rundbrief resolve kurz --send-again cora@example.org");
    assert_eq!(doubt[3], "it did:     rundbrief resolve kurz --count-as-sent cora@example.org");

    project.run(&["resolve", "kurz", "--count-as-sent"]).code(0);
    assert_eq!(lines(&project, "cora@example.org")[0], "counted as sent by a person on 23 November 2026, 09:00");
    for (address, state) in [("ben", "failed"), ("dora", "deferred"), ("cora", "sent"), ("anna", "sent")] {
        assert_eq!(post(&project, &format!("{address}@example.org"))["state"], state);
    }
}

#[test]
fn who_got_nothing_is_told_why_as_far_as_the_lists_say() {
    let server = mailing::moody();
    let project = sent(&server);
    let with = |row: &str| project.write("newsletters/lists/members.csv", format!("{}{row}", mailing::LIST));
    let cases = [
        ("emil@example.org", "not sent: row 6 of the list “members” says “nein” in the column “Newsletter”"),
        ("frida@example.org", "not sent: row 7 of the list “members” cannot be used: "),
        ("gerd@example.org", "not sent: the address is not on the list “members”"),
    ];
    for (address, says) in cases {
        let told = lines(&project, address);
        assert!(told.len() == 1 && told[0].starts_with(says), "{address}: {told:?}");
    }
    with("Herr;Gerd;Neu;gerd@example.org;ja\n");
    let told = lines(&project, "gerd@example.org");
    assert!(told[0].contains("row 8 of the list “members” is there since the release"), "{told:?}");
    assert!(told[0].ends_with("`rundbrief send kurz` writes to it"), "{told:?}");
    let told = post(&project, "gerd@example.org");
    assert_eq!((&told["state"], &told["message_id"]), (&json!("not_released"), &Value::Null));
    assert_eq!((&told["reasons"][0]["kind"], &told["reasons"][0]["row"]), (&json!("joined_since"), &json!(8)));

    with("Herr;Gerd;Neu;gerd@example.org;ja\nHerr;Gerd;Alt;gerd@example.org;nein\n");
    let told = lines(&project, "gerd@example.org");
    assert_eq!(told, ["not sent: row 9 of the list “members” says “nein” in the column “Newsletter”"], "that counts");

    std::fs::remove_file(project.path("newsletters/lists/members.csv")).expect("is removed");
    let told = lines(&project, "gerd@example.org");
    assert!(told[0].contains("the list “members” (newsletters/lists/members.csv) cannot be read"), "{told:?}");
}

#[test]
fn a_value_that_the_mail_needs_and_the_row_lacks_is_named() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    project.write("config.toml", mailing::config(&server).replace("[site]\n", "[site]\ntemplates = \"eigene\"\n"));
    project.write("eigene/subject.txt.j2", "Post aus {{ member.city }}");
    let list = "Nachname;E-Mail;Ort;Newsletter\nMuster;anna@example.org;Ulm;ja\nBeispiel;ben@example.org;;ja\n";
    project.write("newsletters/lists/members.csv", list);
    project.run(&["send", "kurz", "--yes"]).code(0).says("with an empty “city”");
    let told = lines(&project, "ben@example.org");
    assert_eq!(told, ["not sent: row 3 of the list “members” has no “city”, which the mail needs"]);
}

#[test]
fn an_address_that_must_not_be_written_to_is_said_first() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    project.run(&["send", "kurz", "--yes", "--channel", "feed"]).code(0);
    suppress(&project, "dora@example.org");
    project.run(&["send", "kurz", "--yes"]).code(69);
    let said = project.run(&["explain", "dora@example.org"]).code(0).stdout();
    let second = said.lines().nth(1);
    assert_eq!(second, Some("must not be written to, since 23 November 2026, 09:00: asked by mail"));
    let told = lines(&project, "dora@example.org");
    assert_eq!(
        told[..2],
        ["taken out of the send on 23 November 2026, 09:00", "must not be written to; asked for after the release"]
    );
    assert_eq!(server.accepted_for("dora@example.org"), 0);

    project.write("newsletters/neu.md", POST.replace("Kurz", "Neu"));
    project.run_at("1795507200", &["send", "neu", "--yes"]).code(0).says("skipped: 1 who must not be written to");
    let answer = project.run(&["--format", "json", "explain", "dora@example.org"]).code(0).json();
    assert_eq!(answer["suppressed"], json!({"since": "2026-11-23T08:00:00Z", "reason": "asked by mail"}));
    let first = &answer["posts"][0];
    assert_eq!((&first["slug"], &first["state"]), (&json!("neu"), &json!("not_released")), "the newest first");
    assert_eq!(first["reasons"].as_array().map(Vec::len), Some(1));
    assert_eq!(first["reasons"][0]["text"], "not sent: the address must not be written to");
}

#[test]
fn a_member_of_two_lists_is_told_which_one_it_was() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    let config = mailing::config(&server) + "\n[lists.board]\nfile = \"board.csv\"\n";
    project.write("config.toml", config);
    project
        .write("board.csv", "Vorname;Nachname;E-Mail\nAnna;Muster;anna@example.org\nOtto;Vorstand;otto@example.org\n");
    project.write("newsletters/kurz.md", POST.replace("tags:", "lists: [members, board]\ntags:"));
    project.run(&["send", "kurz", "--yes"]).code(0);
    assert!(lines(&project, "anna@example.org").contains(&"as a member of the list “members”".to_owned()));
    assert!(lines(&project, "otto@example.org").contains(&"as a member of the list “board”".to_owned()));
    let told = lines(&project, "nobody@example.org");
    assert_eq!(told, ["not sent: the address is on none of the lists members, board"]);
}

#[test]
fn a_post_that_was_only_tried_is_said_to_be() {
    let project = Project::new();
    project.run(&["explain", "anna@example.org"]).code(0).says("Nothing was sent yet, to nobody.");
    project.run(&["explain", "anna"]).code(64).says("anna: “anna” has no @");
    project.run(&["send", "kurz"]).code(0);
    let said = project.run(&["explain", "anna@example.org"]).code(0).stdout();
    assert!(said.contains("released 23 November 2026, 09:00, only tried\n  written on 23 November"), "{said}");
    let server = Server::start(Script::new());
    let real = mailing::config(&server).replace("where = { Newsletter = \"ja\" }\n", "");
    project.write("config.toml", real);
    let said = project.run(&["explain", "anna@example.org"]).code(0).stdout();
    assert!(said.contains("only tried"), "{said}");
    project.run(&["send", "kurz", "--yes"]).code(0);
    let said = project.run(&["explain", "anna@example.org"]).code(0).stdout();
    assert!(said.contains("accepted by") && !said.contains("only tried"), "{said}");
}
