//! `send` through a mail server, as a user meets it.

#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::fs;

use project::Project;
use smtp_server::{Answer, Script, Server, Stage};

const POST: &str = "newsletters/kurz.md";

/// A project whose mails go to this server, in the clear and as fast as it takes them.
fn project_to(server: &Server, more: &str) -> Project {
    let project = Project::new();
    let config = project::config().replace("transport = \"outbox\"", "transport = \"smtp\"");
    let smtp = format!(
        "\n[email.smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nper_minute = 0\n{more}",
        server.port()
    );
    project.write("config.toml", config + &smtp);
    project
}

#[test]
fn each_member_gets_one_mail_and_a_second_send_does_nothing() {
    let server = Server::start(Script::new());
    let project = project_to(&server, "");
    let ran = project.run(&["send", POST, "--yes"]).code(0).says("2 accepted by 127.0.0.1 · feed written");
    assert!(ran.stdout().contains("To post by hand: bluesky, linkedin"), "{}", ran.stdout());
    let again = project.run(&["send", POST, "--yes"]).code(0).says("Everything of this post was sent before.");
    assert!(again.stdout().contains("2 have it already"), "{}", again.stdout());
    let mut to: Vec<String> = server.accepted().iter().flat_map(|mail| mail.to.clone()).collect();
    to.sort();
    assert_eq!(to, ["anna@example.org", "ben@example.org"]);
    assert!(!project.path("out/outbox").exists(), "a real send leaves no trial behind");
}

#[test]
fn nobody_is_written_to_without_an_answer() {
    let server = Server::start(Script::new());
    let project = project_to(&server, "");
    project.run(&["send", POST]).code(64).says("--dry-run, then add --yes");
    assert_eq!((server.connections(), project.has_record()), (0, false));
    project.run(&["send", POST, "--dry-run"]).code(0).says("2 members");
    assert_eq!((server.connections(), project.has_record()), (0, false));
    assert!(!project.path("rundbrief.key").exists(), "looking makes no key");
}

#[test]
fn the_site_key_and_the_record_belong_together() {
    let server = Server::start(Script::new());
    let project = project_to(&server, "");
    project.run(&["send", POST, "--yes"]).code(0);
    let key = project.read("rundbrief.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(project.path("rundbrief.key")).expect("is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    fs::remove_file(project.path("rundbrief.key")).expect("is removed");
    project.run(&["send", POST, "--yes"]).code(78).says("restore the key from a backup");
    assert!(!project.path("rundbrief.key").exists(), "no new key takes its place");
    project.write("rundbrief.key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    project.run(&["send", POST, "--yes"]).code(78).says("the site key is not the one");
    project.write("rundbrief.key", key);
    project.run(&["send", POST, "--yes"]).code(0).says("sent before");
    assert_eq!(server.accepted().len(), 2);
}

#[test]
fn another_record_than_the_configured_one_is_refused_until_told() {
    let server = Server::start(Script::new());
    let project = project_to(&server, "");
    let config = project.read("config.toml").replace("[ledger]", "[ledger]\nid = \"verband-1\"");
    project.write("config.toml", config);
    project.run(&["send", POST, "--yes"]).code(78).says("is empty, not verband-1").says("--new-ledger");
    assert_eq!(server.connections(), 0);
    project.run(&["send", POST, "--yes", "--new-ledger"]).code(0);
    project.run(&["send", POST, "--yes"]).code(0).says("sent before");
    let other = project.read("config.toml").replace("verband-1", "verband-2");
    project.write("config.toml", other);
    project.run(&["send", POST, "--yes"]).code(78).says("another one, not verband-2");
}

#[test]
fn what_was_refused_for_now_is_sent_by_the_next_send() {
    let server = Server::start(Script::new().on(Stage::Rcpt, |seen| match seen.mail {
        1 | 2 => Answer::reply("451 4.3.0 try again later"),
        _ => Answer::normal(),
    }));
    let project = project_to(&server, "");
    let ran = project.run(&["send", POST, "--yes"]).code(75).says("2 to be tried again from 09:0");
    assert!(ran.stdout().contains("anna@example.org: 451 4.3.0 try again later"), "{}", ran.stdout());
    project.run(&["send", POST, "--yes"]).code(0).says("2 accepted by 127.0.0.1");
    assert_eq!(server.accepted().len(), 2);
}

#[test]
fn who_says_no_after_the_release_is_taken_out() {
    let server = Server::start(Script::new().on(Stage::Rcpt, |seen| match seen.mail {
        1 | 2 => Answer::reply("451 4.3.0 try again later"),
        _ => Answer::normal(),
    }));
    let project = project_to(&server, "");
    let config = project.read("config.toml");
    project.write("config.toml", config.replace("[lists.members]", "[lists.members]\nwhere = { Newsletter = \"ja\" }"));
    let list = "Vorname;Nachname;E-Mail;Newsletter\nAnna;Muster;anna@example.org;ja\nBen;Beispiel;ben@example.org;ja\n";
    project.write("newsletters/lists/members.csv", list);
    project.run(&["send", POST, "--yes"]).code(75);
    project.write("newsletters/lists/members.csv", list.replace("anna@example.org;ja", "anna@example.org;nein"));
    project.run(&["send", POST, "--yes"]).code(0).says("1 member on the list no longer want this mail");
    let to: Vec<String> = server.accepted().iter().flat_map(|mail| mail.to.clone()).collect();
    assert_eq!(to, ["ben@example.org"]);
}

#[test]
fn the_plan_says_how_long_it_takes() {
    let server = Server::start(Script::new());
    let project = project_to(&server, "");
    let mut list = String::from("E-Mail\n");
    (0..601).for_each(|number| list += &format!("m{number}@example.org\n"));
    project.write("newsletters/lists/members.csv", list);
    let config = project.read("config.toml").replace("per_minute = 0", "per_minute = 30");
    project.write("config.toml", config);
    let ran = project.run(&["send", POST, "--dry-run"]).code(0);
    assert!(
        ran.stdout().contains("601 members\n            takes about 20 min, done at about 09:20\n"),
        "{}",
        ran.stdout()
    );
}
