//! `init` as a person meets it: questions at a terminal, a password that is not shown, Ctrl-C.
#![cfg(unix)]

#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;
#[path = "support/terminal.rs"]
mod terminal;

use std::os::unix::fs::PermissionsExt;

use project::Project;
use smtp_server::{Script, Server};
use terminal::Terminal;

/// A server of one's own that wants this login.
fn server() -> Server {
    Server::start(Script::new().password("newsletter", "richtig und lang"))
}

/// The answers up to the mail server's password.
fn up_to_the_password(terminal: &mut Terminal, server: &Server) {
    terminal.answer("Organisation: ", "Verband Muster e.V.");
    terminal.answer("Web address: ", "www.verband-muster.de");
    terminal.answer("Language of the newsletter [de]: ", "");
    terminal.answer("| ", "Verband Muster e.V.");
    terminal.answer("| ", "Weg 1, 10115 Berlin");
    terminal.answer("| ", "");
    terminal.answer("Privacy page [none]: ", "verband-muster.de/datenschutz");
    terminal.answer("Logo [none]: ", "");
    terminal.answer("Sender: ", "newsletter@verband-muster");
    terminal.answer("Sender: ", "?");
    terminal.answer("Sender: ", "newsletter@verband-muster.de");
    terminal.answer("Answers go to [none]: ", "kontakt@verband-muster.de");
    terminal.answer("Unsubscribe at [newsletter@verband-muster.de]: ", "");
    terminal.answer("Number or name: ", "realy");
    terminal.answer("Number or name: ", "7");
    terminal.answer("Its name [localhost]: ", "127.0.0.1");
    terminal.answer("Security [none]: ", "");
    terminal.answer("Port [25]: ", &server.port().to_string());
    terminal.answer("Account [none]: ", "newsletter");
    terminal.until("Password (is not shown): ");
}

/// What was seen, without what is a matter of chance.
fn plain(terminal: &Terminal, project: &Project, server: &Server) -> String {
    let config = std::fs::read_to_string(project.path("config.toml")).unwrap_or_default();
    let id = config.lines().find_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"')).unwrap_or("no id");
    terminal.seen.replace(&server.port().to_string(), "PORT").replace(id, "0123456789ab")
}

#[test]
fn a_first_use_in_an_empty_folder() {
    let (server, project) = (server(), Project::with_record_in_a_file());
    project.write("mitglieder.csv", "Anrede;Vorname;Nachname;E-Mail;Newsletter\nFrau;Anna;Muster;anna@verband-muster.de;ja\nHerr;Ben;Beispiel;ben@verband-muster.de;nein\n;Cora;Neu;cora@;ja\n");
    let mut terminal = Terminal::start(&project, &["init"]);
    up_to_the_password(&mut terminal, &server);
    assert!(!terminal.shows_letters(), "a password is not shown while it is typed");
    terminal.press("falsch geschrieben\n");
    terminal.answer("[new]: ", "mitglieder.xls");
    terminal.answer("[new]: ", "mitglieder.csv");
    terminal.answer("The members' language [de]: ", "");
    terminal.answer("Why they may be written to [membership]: ", "");
    terminal.answer("Write only to those? [y]: ", "");
    terminal.answer("Your own address: ", "ich@verband-muster.de");
    terminal.answer("Tell this address what became of each send? [y]: ", "");
    terminal.until("Write this? [y]: ");
    assert_eq!(project.files(""), ["mitglieder.csv"], "nothing is written before that");
    terminal.press("\n");
    terminal.until("Password again (Enter leaves it as it is): ");
    terminal.press("richtig und lang\n");
    terminal.until("Everything is set up.");
    assert_eq!(terminal.end(), Some(69), "{}", terminal.seen);
    assert!(!terminal.seen.contains("richtig") && !terminal.seen.contains("falsch"), "{}", terminal.seen);
    insta::assert_snapshot!(plain(&terminal, &project, &server));

    let mode = |name: &str| std::fs::metadata(project.path(name)).expect("is there").permissions().mode() & 0o777;
    assert_eq!([mode("smtp.password"), mode("rundbrief.key"), mode("config.toml")], [0o600, 0o600, 0o644]);
    assert_eq!(project.read("smtp.password"), "richtig und lang\n");
    assert_eq!(server.accepted_for("ich@verband-muster.de"), 1);
    assert_eq!(server.accepted_count(), 1, "nobody else was written to");

    // Gone through again, with every answer as it is, nothing changes.
    let before = project.read("config.toml");
    let mut again = Terminal::start(&project, &["init"]);
    again.answer("Go through the answers again? [n]: ", "");
    assert_eq!(again.end(), Some(69), "{}", again.seen);
    assert!(again.seen.contains("Nothing changes in config.toml."), "{}", again.seen);
    let mut again = Terminal::start(&project, &["init", "--config", "config.toml"]);
    again.answer("Go through the answers again? [n]: ", "y");
    for question in [
        "Organisation [Verband Muster e.V.]: ",
        "Web address [https://www.verband-muster.de]: ",
        "Language of the newsletter [de]: ",
        "| ",
        "Privacy page [https://verband-muster.de/datenschutz]: ",
        "Logo [none]: ",
        "Sender [\"Verband Muster e.V.\" <newsletter@verband-muster.de>]: ",
        "Answers go to [kontakt@verband-muster.de]: ",
        "Unsubscribe at [newsletter@verband-muster.de]: ",
        "Number or name [relay]: ",
        "Its name [127.0.0.1]: ",
        "Security [none]: ",
        "Port [",
        "Account [newsletter]: ",
        "Password (Enter keeps the one in smtp.password): ",
        "[mitglieder.csv]: ",
        "The members' language [de]: ",
        "Why they may be written to [membership]: ",
        "Your own address [ich@verband-muster.de]: ",
    ] {
        again.answer(question, "");
    }
    assert_eq!(again.end(), Some(69), "{}", again.seen);
    assert_eq!(project.read("config.toml"), before);
    assert_eq!(project.read("smtp.password"), "richtig und lang\n");
}

#[test]
fn ctrl_c_leaves_nothing_behind_and_a_terminal_that_shows_letters() {
    let (server, project) = (server(), Project::with_record_in_a_file());
    let mut terminal = Terminal::start(&project, &["init"]);
    up_to_the_password(&mut terminal, &server);
    assert!(!terminal.shows_letters());
    terminal.press("halb\u{3}");
    terminal.until("Nothing was written.");
    assert_eq!(terminal.end(), Some(64), "{}", terminal.seen);
    assert!(terminal.seen.contains("error: stopped"), "{}", terminal.seen);
    assert!(terminal.shows_letters(), "the terminal is as it was before");
    assert_eq!(project.files(""), Vec::<String>::new());

    let mut terminal = Terminal::start(&project, &["init"]);
    terminal.until("Organisation: ");
    terminal.press("\u{4}");
    assert_eq!(terminal.end(), Some(64), "{}", terminal.seen);
    assert!(terminal.seen.contains("the answers ended before the questions"), "{}", terminal.seen);
    assert_eq!(project.files(""), Vec::<String>::new());
}

#[test]
fn a_wrong_answer_is_asked_for_again_but_not_for_ever() {
    let project = Project::with_record_in_a_file();
    let mut terminal = Terminal::start(&project, &["init", "--name", "Verband Muster e.V."]);
    for _ in 0..5 {
        terminal.answer("Web address: ", "verband muster");
    }
    assert_eq!(terminal.end(), Some(64), "{}", terminal.seen);
    assert!(terminal.seen.contains("Web address: no answer that can be used, 5 times"), "{}", terminal.seen);
    assert!(!terminal.seen.contains("Organisation"), "what is given is not asked for: {}", terminal.seen);
    assert_eq!(project.files(""), Vec::<String>::new());
}

#[test]
fn microsoft_365_is_asked_for_an_app_registration() {
    let project = Project::with_record_in_a_file();
    let arguments = [
        "init",
        "--name=Verband Muster",
        "--url=verband-muster.de",
        "--lang=de",
        "--imprint=Weg 1, 10115 Berlin",
        "--from=newsletter@verband-muster.de",
        "--unsubscribe=abmelden@verband-muster.de",
        "--provider=microsoft365",
        "--new-list",
        "--test-to=ich@verband-muster.de",
        "--no-login",
        "--yes",
    ];
    let mut terminal = Terminal::start(&project, &arguments);
    for question in ["Privacy page", "Logo", "Answers go to", "Account [newsletter@verband-muster.de]: "] {
        terminal.answer(question, "");
    }
    terminal.answer("Log in by an app registration, not by a password? [y]: ", "?");
    terminal.answer("Log in by an app registration, not by a password? [y]: ", "");
    terminal.answer("Directory (tenant) ID: ", "verband-muster.onmicrosoft.com");
    terminal.answer("Application (client) ID: ", "6731de76-14a6-49ae-97bc-6eba6914391e");
    terminal.until("Client secret (is not shown): ");
    assert!(!terminal.shows_letters());
    terminal.press("sehr~geheim\n");
    for question in ["The members' language", "Why they"] {
        terminal.answer(question, "");
    }
    assert_eq!(terminal.end(), Some(0), "{}", terminal.seen);
    assert!(terminal.seen.contains("SMTP.SendAsApp") && !terminal.seen.contains("geheim"), "{}", terminal.seen);
    let config = project.read("config.toml");
    assert!(config.contains("client_secret = \"file:smtp.secret\""), "{config}");
    assert_eq!(project.read("smtp.secret"), "sehr~geheim\n");
    let mode = std::fs::metadata(project.path("smtp.secret")).expect("is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_secret_that_others_can_read_can_be_closed() {
    let (server, project) = (server(), Project::with_record_in_a_file());
    let port = server.port().to_string();
    project.write("geheim", "richtig und lang\n");
    std::fs::set_permissions(project.path("geheim"), std::fs::Permissions::from_mode(0o644)).expect("is set");
    let arguments = [
        "init",
        "--name=Verband Muster",
        "--url=verband-muster.de",
        "--imprint=Weg 1, 10115 Berlin",
        "--from=newsletter@verband-muster.de",
        "--provider=relay",
        "--host=127.0.0.1",
        "--port",
        &port,
        "--username=newsletter",
        "--password-file=geheim",
        "--new-list",
        "--test-to=ich@verband-muster.de",
        "--yes",
    ];
    let mut terminal = Terminal::start(&project, &arguments);
    for question in [
        "Language",
        "Privacy page",
        "Logo",
        "Answers go to",
        "Unsubscribe at",
        "Security",
        "The members' language",
        "Why they",
    ] {
        terminal.answer(question, "");
    }
    terminal.answer("Others on this computer can read the secret in geheim.", "");
    assert_eq!(terminal.end(), Some(0), "{}", terminal.seen);
    let mode = std::fs::metadata(project.path("geheim")).expect("is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!project.path("smtp.password").exists() && server.accepted_count() == 1);
}
