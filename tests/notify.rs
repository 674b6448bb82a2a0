//! `[notify]`: what the people who run it are told by mail, and what happens when they cannot be.

#[path = "support/mailing.rs"]
mod mailing;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use project::Project;
use rundbrief::ledger::{Books, Event, EventKind};
use smtp_server::{Accepted, Answer, Script, Server, Stage};

const TO: &str = "redaktion@example.org";

fn project(server: &Server) -> Project {
    let project = mailing::project(server);
    let config = project.read("config.toml") + &format!("\n[notify]\nto = \"Redaktion Ä <{TO}>\"\n");
    project.write("config.toml", config);
    project
}

/// The notifications among the mails that a server took.
fn letters(server: &Server) -> Vec<Accepted> {
    server.accepted().into_iter().filter(|mail| mail.to == [TO]).collect()
}

/// Head and text of a notification, the text decoded.
fn read(mail: &Accepted) -> (String, String) {
    let text = String::from_utf8(mail.bytes.clone()).expect("UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let body = quoted_printable::decode(body, quoted_printable::ParseMode::Strict).expect("quoted-printable");
    (head.to_owned(), String::from_utf8(body).expect("UTF-8").replace('\u{a0}', " "))
}

fn events(project: &Project, kind: EventKind) -> Vec<Event> {
    project.on_books(async |ledger| {
        let mut events = ledger.events("kurz").await.expect("reads");
        events.retain(|event| event.kind == kind);
        events
    })
}

#[test]
fn after_a_send_they_know_how_it_went_and_what_to_do() {
    let server = mailing::moody();
    let project = project(&server);
    project.run(&["send", "kurz", "--yes"]).code(76);
    let letters = letters(&server);
    assert_eq!(letters.len(), 1);
    let (head, text) = read(&letters[0]);
    assert!(head.contains("To: =?utf-8?b?") && head.contains("\r\nAuto-Submitted: auto-generated\r\n"), "{head}");
    assert!(!head.contains("List-") && head.contains("\r\nMessage-ID: <notice."), "{head}");
    assert_eq!(letters[0].from, "newsletter@example.org");
    for line in [
        "Kurz berichtet (kurz)",
        "1 angenommen von 127.0.0.1",
        "1 abgelehnt",
        "1 ungewiss",
        "1 zurückgestellt",
        "  ben@example.org: 550 5.1.1 no such user",
        "  rundbrief resolve kurz --send-again",
        "  rundbrief resolve kurz --count-as-sent",
        "  rundbrief send kurz",
        "  rundbrief posted kurz mastodon https://…",
        "  rundbrief report kurz --out kurz-report.html",
    ] {
        assert!(text.lines().any(|one| one.trim_end() == line), "{line:?} is not in\n{text}");
    }
    assert!(events(&project, EventKind::Told)[0].detail.starts_with("redaktion@example.org told: 250"));
}

#[test]
fn the_commands_name_the_configuration_where_it_was_named() {
    let server = Server::start(Script::new());
    let project = project(&server);
    std::fs::create_dir(project.path("my conf")).expect("is made");
    std::fs::rename(project.path("config.toml"), project.path("my conf/a.toml")).expect("is moved");
    std::fs::rename(project.path("newsletters"), project.path("my conf/newsletters")).expect("is moved");
    project.run(&["--config", "my conf/a.toml", "send", "my conf/newsletters/kurz.md", "--yes"]).code(0);
    let (_, text) = read(&letters(&server)[0]);
    assert!(text.contains("  rundbrief --config 'my conf/a.toml' report kurz --out"), "{text}");
    assert!(text.contains("  rundbrief --config 'my conf/a.toml' build 'my conf/newsletters/kurz.md'"), "{text}");
}

#[test]
fn a_send_that_did_nothing_and_a_trial_tell_nobody() {
    let server = Server::start(Script::new());
    let project = project(&server);
    project.run(&["send", "kurz", "--dry-run"]).code(0);
    assert_eq!(letters(&server).len(), 0);
    project.run(&["send", "kurz", "--yes"]).code(0);
    project.run(&["send", "kurz", "--yes"]).code(0).says("sent before");
    assert_eq!(letters(&server).len(), 1);

    let trial = Project::new();
    trial.write("config.toml", trial.read("config.toml") + &format!("\n[notify]\nto = \"{TO}\"\n"));
    trial.run(&["send", "kurz", "--yes"]).code(0);
    assert!(trial.files("out/outbox").iter().all(|file| !file.contains("notif")), "{:?}", trial.files("out/outbox"));
    assert_eq!(events(&trial, EventKind::Told), []);
}

#[test]
fn who_cannot_be_told_does_not_change_how_the_send_ended() {
    for answer in ["550 5.1.1 no such user", "451 4.3.0 later"] {
        let server = Server::start(Script::new().on(Stage::Rcpt, move |seen| match seen.recipient() {
            TO => Answer::reply(answer),
            _ => Answer::normal(),
        }));
        let project = project(&server);
        let ran = project.run(&["send", "kurz", "--yes"]).code(0);
        assert!(ran.stderr().contains("warning: nobody was told by mail: redaktion@example.org: "), "{}", ran.stderr());
        let told = events(&project, EventKind::Told);
        assert_eq!(told[0].detail, format!("redaktion@example.org could not be told: {answer}"));
        project.run(&["status", "kurz"]).code(0);
    }
}

#[test]
fn a_server_that_ends_in_the_middle_of_it_does_not_either() {
    let server = Server::start(Script::new().on(Stage::End, |seen| match seen.recipient() {
        TO => Answer::close(),
        _ => Answer::normal(),
    }));
    let project = project(&server);
    project.run(&["--format", "json", "send", "kurz", "--yes"]).code(0).json();
    assert!(events(&project, EventKind::Told)[0].detail.contains("could not be told"));
}

#[test]
fn a_send_that_cannot_begin_is_told_once_for_each_reason() {
    let server = Server::start(Script::new());
    let project = project(&server);
    project.run(&["send", "kurz", "--yes", "--channel", "feed"]).code(0);
    let told = letters(&server).len();
    project.write("newsletters/neu.md", "---\nlang: de\n---\nOhne Titel.\n");
    for _ in 0..3 {
        project.run(&["send", "neu", "--yes"]).code(65);
    }
    let after = letters(&server);
    assert_eq!(after.len(), told + 1, "the same reason is told once");
    let (head, text) = read(&after[told]);
    assert!(head.contains("Subject: Nicht gesendet: neu\r\n"), "{head}");
    assert!(text.contains("Niemand hat in diesem Lauf eine E-Mail bekommen.") && text.contains("title"), "{text}");
    assert!(text.trim_end().ends_with("\n  rundbrief status"), "{text}");
    project.write("newsletters/neu.md", "---\ntitle: Neu\n---\nOhne Sprache.\n");
    project.run(&["send", "neu", "--yes"]).code(65);
    assert_eq!(letters(&server).len(), told + 2, "another reason is news");
    project.run(&["send", "neu", "--dry-run"]).code(65);
    project.run(&["send", "neu"]).code(64);
    assert_eq!(letters(&server).len(), told + 2, "who sits at it sees it");
}

#[test]
fn a_record_that_refuses_is_told_too() {
    let server = Server::start(Script::new());
    let project = project(&server);
    let config = project.read("config.toml").replace("[ledger]", "[ledger]\nid = \"verband-1\"");
    project.write("config.toml", config);
    project.run(&["send", "kurz", "--yes"]).code(78).says("is empty, not verband-1");
    let letters = letters(&server);
    assert_eq!((letters.len(), server.accepted().len()), (1, 1));
    assert!(read(&letters[0]).1.contains("is empty, not verband-1"));
}
