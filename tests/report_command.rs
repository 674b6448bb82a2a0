//! `report`, as somebody runs it after a send, during one and long after.

#[path = "support/mailing.rs"]
mod mailing;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use project::Project;
use rundbrief::ledger::{Books, Event, EventKind, ReleaseState};
use serde_json::json;
use smtp_server::{Answer, Script, Server, Stage};

/// A send of the moody server's mails.
fn sent(server: &Server) -> Project {
    let project = mailing::project(server);
    project.run(&["send", "kurz", "--yes"]).code(76);
    project
}

/// Changes the record in a way that no command of this version can.
fn sql(project: &Project, statement: &str) {
    let of_a_server =
        |text: &str| text.replace("zeroblob(32)", "decode(repeat('00', 32), 'hex')").replace("x'00'", "'\\x00'");
    let statement = &if project.is_on_a_server() { of_a_server(statement) } else { statement.to_owned() };
    assert!(project.sql(statement) > 0, "{statement}");
}

#[test]
fn without_a_file_it_is_markdown_on_standard_output() {
    let server = mailing::moody();
    let project = sent(&server);
    project.run(&["posted", "kurz", "mastodon", "https://social.example/@verband/1"]).code(0);
    let said = project.run(&["report", "kurz"]).code(0).stdout();
    insta::assert_snapshot!(timeless(&mailing::plain(&said, &server)));
}

/// Without the minute of another try, which is a matter of chance, and the release code, which the mail's bytes make.
fn timeless(text: &str) -> String {
    let text = (0..10).fold(text.to_owned(), |text, minute| text.replace(&format!("09:0{minute}"), "09:0*"));
    let line = |line: &str| match line.split_once("Freigabecode: ") {
        Some((before, _)) => format!("{before}Freigabecode: CODE\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn json_is_one_document() {
    let server = mailing::moody();
    let project = sent(&server);
    let document = project.run(&["--format", "json", "report", "kurz", "--out", "a/b/kurz.HTML"]).code(0).json();
    assert_eq!((&document["slug"], &document["trial"]), (&json!("kurz"), &json!(false)));
    assert_eq!(document["file"], "a/b/kurz.HTML");
    let revision = &document["revisions"][0];
    assert_eq!(revision["refused"][0]["address"], "ben@example.org");
    assert_eq!(revision["refused"][0]["reason"], "550 5.1.1 no such user");
    assert_eq!(revision["uncertain"][0]["address"], "cora@example.org");
    assert_eq!(revision["deferred"][0]["address"], "dora@example.org");
    assert_eq!(revision["skipped"][0]["reasons"], json!({ "left_out:Newsletter": 1, "rejected": 1 }));
    assert_eq!(revision["servers"], json!(["127.0.0.1"]));
    assert_eq!(revision["lists"][0]["basis"], "membership");
    assert_eq!(revision["mails"][0]["subject"], "Kurz berichtet");
    assert_eq!(revision["mails"][0]["from"], "Verband Beispiel <newsletter@example.org>");
    let text = revision["mails"][0]["text"].as_str().expect("a text");
    assert!(text.contains("Der Vorstand hat am Freitag getagt.") && text.contains("‹Anrede›"), "{text}");
    assert!(project.read("a/b/kurz.HTML").contains("Der Vorstand hat am Freitag getagt."));
}

#[test]
fn a_table_has_everybody() {
    let server = mailing::moody();
    let project = sent(&server);
    project.run(&["report", "kurz", "--out", "kurz.csv"]).code(0).says("The report is in kurz.csv");
    let table = project.read("kurz.csv");
    assert!(table.starts_with("\u{feff}Fassung;Freigabecode;"), "{table}");
    assert_eq!(table.lines().count(), 1 + 4 + 1 + 5, "heading, mails, feed, texts: {table}");
    let row = |address: &str| {
        let row = table.lines().find(|line| line.contains(address)).unwrap_or_else(|| panic!("{address}: {table}"));
        row.split(';').map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row("anna@")[7], "Angenommen");
    assert!(row("anna@")[12].starts_with("250 2.0.0 Ok: queued as "), "{table}");
    assert_eq!((row("ben@")[7].as_str(), row("ben@")[12].as_str()), ("Abgelehnt", "550 5.1.1 no such user"));
    assert_eq!((row("cora@")[7].as_str(), row("dora@")[7].as_str()), ("Ungewiss", "Zurückgestellt"));
    assert_eq!(row("mastodon")[7], "Von Hand zu veröffentlichen");
}

#[test]
fn long_after_the_numbers_and_the_mail_are_still_there() {
    let server = mailing::moody();
    let project = sent(&server);
    project.run(&["resolve", "kurz", "--count-as-sent"]).code(0);
    std::fs::remove_file(project.path("newsletters/kurz.md")).expect("is removed");
    sql(&project, "DELETE FROM recipient");
    let said = project.run(&["report", "kurz"]).code(0).stdout();
    assert!(said.starts_with("# Versandbericht: Kurz berichtet\n"), "the mail's subject: {said}");
    assert!(said.contains("(Adresse gelöscht) | 550 5.1.1 no such user"), "{said}");
    assert!(said.contains("| Von Hand bestätigt |") && said.contains("Der Vorstand hat am Freitag getagt."), "{said}");
    project.run(&["report", "kurz", "--out", "kurz.csv"]).code(0);
    assert!(
        project.read("kurz.csv").contains(";(Adresse gelöscht);;Von Hand bestätigt;"),
        "{}",
        project.read("kurz.csv")
    );
}

#[test]
fn who_released_it_is_told() {
    let server = mailing::moody();
    let project = sent(&server);
    project.run(&["report", "kurz"]).code(0).says("ohne eingetragene Freigabe");
    let approve = "INSERT INTO approval (slug, code, audience, by_whom, note, texts, created_at) \
                   SELECT slug, code, audience, 'Dr. Ada Vorsitz', 'gern', '{}', 1795418000000 FROM release";
    sql(&project, approve);
    let said = project.run(&["report", "kurz"]).code(0).stdout();
    assert!(said.contains("von Dr. Ada Vorsitz am 23.\u{a0}November 2026, 08:13 Uhr („gern“)"), "{said}");
    sql(&project, "UPDATE approval SET revoked_at = 1");
    project.run(&["report", "kurz"]).code(0).says("ohne eingetragene Freigabe");
    sql(&project, "UPDATE approval SET revoked_at = NULL, code = x'00'");
    project.run(&["report", "kurz"]).code(0).says("ohne eingetragene Freigabe");
}

#[test]
fn revisions_are_told_apart() {
    let server = mailing::moody();
    let project = sent(&server);
    project.on_record(async |ledger, release| {
        ledger.set_state(release.id, ReleaseState::Stopped).await.expect("stops");
        let at = release.created_at + 60_000;
        for (kind, detail) in [(EventKind::Stopped, "anna"), (EventKind::WentOn, "new text")] {
            let (slug, detail) = ("kurz".to_owned(), detail.to_owned());
            ledger.note(&Event { slug, release: Some(release.id), kind, detail, at }).await.expect("notes");
        }
    });
    sql(
        &project,
        "INSERT INTO release (id, slug, revision, mode, code, audience, state, waves, created_at, key, purpose) SELECT 99, slug, \
         2, mode, zeroblob(32), audience, 3, 1, created_at + 90000, key, purpose FROM release WHERE mode = 1",
    );
    sql(
        &project,
        "INSERT INTO part (release, part, channel, list, digest, form) SELECT 99, part, channel, list, digest, form FROM part WHERE channel = 'email'",
    );
    sql(
        &project,
        "INSERT INTO delivery (release, part, target, state, attempts, due_at, settled_at, detail) SELECT 99, part, \
         target, 3, 1, 0, 1, '250 again' FROM delivery WHERE state = 4",
    );
    let said = project.run(&["report", "kurz"]).code(0).stdout();
    assert!(said.contains("## Fassung 1\n") && said.contains("## Fassung 2\n"), "{said}");
    assert!(said.contains("Freigabecode: 0000-0000") && said.contains("Angehalten von anna"), "{said}");
    assert!(said.contains("Fortgesetzt mit neuem Text"), "{said}");
    let first = &said[..said.find("## Fassung 2").expect("it is there")];
    assert!(first.contains("Diese Fassung wurde angehalten"), "{first}");
    project.run(&["report", "kurz", "--out", "kurz.csv"]).code(0);
    let table = project.read("kurz.csv");
    let second: Vec<&str> = table.lines().filter(|line| line.starts_with("2;")).collect();
    assert_eq!(second.len(), 1, "{table}");
    assert!(second[0].starts_with("2;0000-0000;email;members;") && second[0].ends_with(";250 again"), "{second:?}");
}

#[test]
fn a_running_send_is_said_to_run() {
    let late = |_: &smtp_server::Seen<'_>| Answer::normal().late(Duration::from_millis(300));
    let server = Server::start(Script::new().on(Stage::End, late));
    let project = mailing::project(&server);
    let rows: String = (0..20).map(|number| format!("m{number}@example.org;ja\n")).collect();
    project.write("newsletters/lists/members.csv", format!("E-Mail;Newsletter\n{rows}"));
    let mut send = Command::new(env!("CARGO_BIN_EXE_rundbrief"));
    send.current_dir(project.path("")).env_clear().args(["send", "kurz", "--yes", "--offline"]);
    let mut send = send.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let began = Instant::now();
    while server.accepted_count() < 2 {
        assert!(began.elapsed() < Duration::from_secs(60), "no mails within a minute");
        sleep(Duration::from_millis(20));
    }
    let ran = project.run(&["report", "kurz"]).code(0).says("Der Versand läuft noch.");
    assert!(ran.stdout().contains("- Ende: noch nicht"), "{}", ran.stdout());
    project.run(&["report", "kurz", "--out", "kurz.csv"]).code(0);
    let table = project.read("kurz.csv");
    assert_eq!(table.matches(";email;members;").count(), 20, "each once: {table}");
    assert!(send.wait().expect("it ends").success());
    project.run(&["report", "kurz"]).code(0).says("Der Versand ist abgeschlossen.");
}

#[test]
fn a_trial_is_said_to_be_one() {
    let project = Project::new();
    project.run(&["report", "kurz"]).code(66).says("kurz was never sent");
    assert!(!project.has_record(), "looking makes nothing");
    project.run(&["send", "kurz"]).code(0);
    let said = project.run(&["report", "kurz"]).code(0).stdout();
    assert!(said.contains("**Das war eine Probe.") && said.contains("| Geschrieben |"), "{said}");
    assert!(!said.contains("Angenommen"), "nobody accepted anything: {said}");
    // Begun anew, it does not remember what the first trial skipped.
    std::fs::remove_dir_all(project.path("out/outbox")).expect("is removed");
    project.run(&["send", "kurz"]).code(0);
    let said = project.run(&["report", "kurz"]).code(0).stdout();
    assert_eq!(said.matches("Als die Empfänger feststanden").count(), 1, "{said}");
}

#[test]
fn the_site_s_language_and_own_words_are_used() {
    let project = Project::new();
    let config =
        project.read("config.toml").replace("lang = \"de\"\ntimezone", "lang = \"en\"\ntemplates = \"own\"\ntimezone");
    project.write("config.toml", config);
    project.write("own/words.yaml", "en:\n  report.title: Our report\n");
    project.run(&["send", "kurz"]).code(0);
    let said = project.run(&["report", "kurz"]).code(0).stdout();
    assert!(said.starts_with("# Our report: Kurz berichtet\n") && said.contains("This was a trial."), "{said}");
    project.write("own/words.yaml", "en: [");
    project.run(&["report", "kurz"]).code(0).says("# Sending report: Kurz berichtet").says("own words are left out");
}

#[test]
fn nothing_but_a_report_is_overwritten() {
    let project = Project::new();
    project.run(&["send", "kurz"]).code(0);
    for out in ["newsletters/kurz.md", "newsletters/lists/members.csv"] {
        let before = project.read(out);
        project.run(&["report", "kurz", "--out", out]).code(64).says("is there and is no report");
        assert_eq!(project.read(out), before);
    }
    for out in ["r.html", "r.csv", "r.md"] {
        project.run(&["report", "kurz", "--out", out]).code(0);
        project.run(&["report", "kurz", "--out", out]).code(0).says(&format!("The report is in {out}"));
    }
    project.run(&["report", "kurz", "--out", "r.pdf"]).code(64).says("end it with .html for a page");
    project.run(&["report", "kurz", "--out", "r"]).code(64);
    std::fs::create_dir(project.path("folder.md")).expect("is made");
    project.run(&["report", "kurz", "--out", "folder.md"]).code(64).says("folder.md: this is a folder");
    let files: Vec<String> = project.files("").into_iter().filter(|name| name.ends_with(".part")).collect();
    assert_eq!(files, Vec::<String>::new(), "nothing half written is left");
}

#[test]
fn a_page_is_whole_and_loads_nothing_from_elsewhere() {
    let server = mailing::moody();
    let project = sent(&server);
    project.run(&["report", "kurz", "--out", "kurz.html"]).code(0);
    let page = project.read("kurz.html");
    assert!(page.contains("default-src 'none'") && page.ends_with("</html>\n"), "{page}");
    for loading in ["<script", "<link", "<iframe", "src=\"http", "url(http", "@import"] {
        assert!(!page.contains(loading), "{loading} is in\n{page}");
    }
    assert!(page.contains("<template shadowrootmode=\"open\">") && page.contains("‹Anrede›"), "{page}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(project.path("kurz.html")).expect("is there").permissions().mode();
        assert_eq!(mode & 0o600, 0o600, "{mode:o}");
    }
}
