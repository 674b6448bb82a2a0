//! `run` as a timer starts it: what is due goes out once, what is not stays, and everything is said once.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use project::{Project, Ran};
use sending::{POST, members, sending_to, totals};
use smtp_server::{Answer, Script, Server, Stage};

/// A post that is to be sent between these two times, in Berlin.
fn scheduled(more: &str) -> String {
    project::POST
        .replace("link: https://www.example.org/kurz\n", "")
        .replace("tags:", &format!("channels: [email]\n{more}tags:"))
}

const WINDOW: &str = "send_at: 2026-11-24 09:00\nnot_after: 2026-11-24 18:00\n";

/// A project with a scheduled post and so many members.
fn project(server: &Server, number: usize) -> Project {
    let project = sending_to(server.port(), &members(number));
    project.write(POST, scheduled(WINDOW));
    project
}

/// Seconds since 1970 of a time in Berlin.
fn at(local: &str) -> String {
    let local: DateTime = local.parse().expect("a time");
    let zone = TimeZone::get("Europe/Berlin").expect("is bundled");
    local.to_zoned(zone).expect("exists").timestamp().as_second().to_string()
}

fn run_at(project: &Project, local: &str) -> Ran {
    project.run_at(&at(local), &["run"])
}

/// Nothing on either stream but the remark about the time.
#[track_caller]
fn is_silent(ran: Ran, code: i32) {
    let ran = ran.code(code);
    let said = ran.stdout() + &ran.stderr();
    assert!(said.is_empty(), "{said}");
}

#[test]
fn a_post_goes_out_once_when_its_time_has_come() {
    let server = Server::start(Script::new());
    let project = project(&server, 3);
    is_silent(run_at(&project, "2026-11-24 08:59"), 0);
    assert_eq!(server.accepted_count(), 0);
    let first = run_at(&project, "2026-11-24 09:00").code(0);
    assert_eq!((first.stdout().as_str(), first.stderr().as_str()), ("kurz: 3 accepted by 127.0.0.1\n", ""));
    is_silent(run_at(&project, "2026-11-24 09:05"), 0);
    is_silent(run_at(&project, "2026-11-25 09:05"), 0);
    assert_eq!(server.accepted_count(), 3);
}

#[test]
fn drafts_and_posts_without_a_time_are_not_its_business() {
    let server = Server::start(Script::new());
    let project = project(&server, 3);
    project.write(POST, scheduled("draft: true\n").replace("draft", &format!("{WINDOW}draft")));
    project.write("newsletters/von-hand.md", scheduled(""));
    is_silent(run_at(&project, "2026-11-24 09:05"), 0);
    assert_eq!(server.connections(), 0);
    assert!(!project.has_record(), "nothing to do leaves no record");
}

#[test]
fn a_timer_never_sends_as_the_example_organisation() {
    let project = Project::empty();
    project.write(POST, scheduled(WINDOW));
    let ran = run_at(&project, "2026-11-24 09:05").code(78);
    assert!(
        ran.stderr().contains("there is no config.toml here") && ran.stderr().contains("--config"),
        "{}",
        ran.stderr()
    );
    assert!(project.files("out").is_empty());
}

#[test]
fn a_post_whose_time_is_over_is_said_once_and_not_sent() {
    let server = Server::start(Script::new());
    let project = project(&server, 3);
    let late = run_at(&project, "2026-11-24 18:01").code(65);
    insta::assert_snapshot!(late.stdout() + &late.stderr(), @r"
    kurz: not sent: its time until 24 November 2026, 18:00 is over, and nothing was sent
    error: its time until 24 November 2026, 18:00 is over, and nothing was sent
      --> newsletters/kurz.md
      = help: to send all the same: rundbrief send kurz; or write a later send_at and not_after into the post
    ");
    is_silent(run_at(&project, "2026-11-24 18:06"), 0);
    assert_eq!(server.connections(), 0);
    // A later time in the post makes it due again.
    project.write(POST, scheduled("send_at: 2026-11-25 09:00\n"));
    run_at(&project, "2026-11-25 09:00").code(0);
    assert_eq!(server.accepted_count(), 3);
}

#[test]
fn what_cannot_be_done_in_its_time_is_not_begun() {
    let server = Server::start(Script::new());
    let project = project(&server, 100);
    project.write("config.toml", sending::config(server.port()).replace("per_minute = 0", "per_minute = 1"));
    let ran = run_at(&project, "2026-11-24 17:00").code(65);
    insta::assert_snapshot!(ran.stdout() + &ran.stderr(), @r"
    kurz: not sent: 100 mails take at least 1 h 39 min at the pace of the mail server, but must be sent by 24 November, 18:00 (not_after)
    error: 100 mails take at least 1 h 39 min at the pace of the mail server, but must be sent by 24 November, 18:00 (not_after)
      --> newsletters/kurz.md
      = help: write a later not_after into the post, or send it earlier; a faster pace is set by per_minute and per_hour in [email.smtp]
    ");
    is_silent(run_at(&project, "2026-11-24 17:01"), 0);
    assert_eq!(server.connections(), 0);
    // By then the reason is known.
    let late = run_at(&project, "2026-11-24 18:01").code(65).stdout();
    assert!(late.contains("nothing was sent (100 mails take at least"), "{late}");
}

#[test]
fn a_server_that_is_down_for_the_whole_time_is_said_once_and_named_at_the_end() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("has one").port();
    let project = sending_to(free, &members(3));
    project.write(POST, scheduled(WINDOW));
    let down = run_at(&project, "2026-11-24 09:00").code(75);
    assert!(down.stdout().starts_with("kurz: not sent: email: 127.0.0.1:"), "{}", down.stdout());
    is_silent(run_at(&project, "2026-11-24 12:00"), 0);
    let over = run_at(&project, "2026-11-24 18:01").code(65).stdout();
    assert!(
        over.starts_with("kurz: not sent: its time until 24 November 2026, 18:00 is over, and 3 were not tried ("),
        "{over}"
    );
    assert!(over.contains("127.0.0.1:"), "why: {over}");
    is_silent(run_at(&project, "2026-11-24 18:06"), 0);
    assert_eq!(totals(&project).pending, 3);
    // A person may still want it.
    let server = Server::start(Script::new());
    project.write("config.toml", sending::config(server.port()));
    project.run_at(&at("2026-11-24 19:00"), &["send", "kurz", "--yes"]).code(0);
    assert_eq!(server.accepted_count(), 3);
}

#[test]
fn what_is_refused_for_now_is_tried_when_it_is_due_also_after_the_time_of_first_attempts() {
    let busy = |line: &str| line.contains("<m1@").then(|| Answer::reply("450 4.2.0 greylisted"));
    let server =
        Server::start(Script::new().on(Stage::Rcpt, move |asked| busy(asked.line).unwrap_or(Answer::normal())));
    let project = project(&server, 3);
    let first = run_at(&project, "2026-11-24 17:58").code(75).stdout();
    assert!(first.starts_with("kurz: 2 accepted by 127.0.0.1 · 1 to be tried again from 18:"), "{first}");
    is_silent(run_at(&project, "2026-11-24 17:59"), 75);
    let asked = server.count("RCPT");
    let again = run_at(&project, "2026-11-24 18:30").code(75).stdout();
    assert!(again.starts_with("kurz: 0 accepted by 127.0.0.1 · 1 to be tried again from"), "{again}");
    assert_eq!(server.count("RCPT"), asked + 1);
}

#[test]
fn a_post_with_errors_keeps_no_other_from_being_sent() {
    let server = Server::start(Script::new());
    let project = project(&server, 3);
    project.write("newsletters/a-kaputt.md", scheduled(WINDOW).replace("lang: de", "lang: deutsch und englisch"));
    project
        .write("newsletters/b-bild.md", scheduled(WINDOW).replace("tags:", "image: { src: fehlt.jpg, alt: x }\ntags:"));
    let ran = run_at(&project, "2026-11-24 09:00").code(65);
    let said = ran.stdout();
    assert!(said.contains("a-kaputt: not sent: ") && said.contains("b-bild: not sent: "), "{said}");
    assert!(said.contains("kurz: 3 accepted by 127.0.0.1\n"), "{said}");
    assert!(ran.stderr().contains("a-kaputt.md:3") && ran.stderr().contains("fehlt.jpg"), "{}", ran.stderr());
    is_silent(run_at(&project, "2026-11-24 09:05"), 0);
}

/// A text as Windows programs save it.
fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_as_a_post_is_said_once_too() {
    let server = Server::start(Script::new());
    let project = project(&server, 3);
    let link = |name: &str, to: &str| {
        std::os::unix::fs::symlink(to, project.path(&format!("newsletters/{name}"))).expect("is made");
    };
    let post = scheduled(WINDOW);
    project.write("newsletters/Weihnachtsgruß 2026.md", &post);
    project.write("newsletters/gro\u{308}ße.md", &post);
    project.write("newsletters/notepad.md", utf_16(&format!("\u{FEFF}{post}")));
    project.write("newsletters/ohne-bom.md", utf_16(&post));
    project.write("newsletters/ohne-anfang.md", post.replacen("---\n", "", 1));
    link("kreis.md", "kreis.md");
    let ran = run_at(&project, "2026-11-24 08:00").code(74);
    insta::assert_snapshot!("unreadable", ran.stdout() + &ran.stderr());
    let planned = project.run_at(&at("2026-11-24 08:05"), &["status"]).code(0).stdout();
    insta::assert_snapshot!("unreadable_in_status", planned);
    is_silent(run_at(&project, "2026-11-24 08:05"), 0);
    run_at(&project, "2026-11-24 09:00").code(0).says("kurz: 3 accepted");
    is_silent(run_at(&project, "2026-11-24 09:05"), 0);
}

#[cfg(unix)]
#[test]
fn drafts_and_files_that_are_no_posts_are_not_said() {
    let server = Server::start(Script::new());
    let project = project(&server, 3);
    let draft = scheduled(&format!("{WINDOW}draft: true\n"));
    project.write("newsletters/Mein Entwurf.md", &draft);
    project.write("newsletters/entwurf-16.md", utf_16(&draft));
    project.write("newsletters/Zum Merken.md", format!("# Eine Zeit im Kopf\n\n```\n{WINDOW}```\n"));
    project.write("newsletters/Notiz.md", "Morgen anrufen.\n");
    project.write("newsletters/von hand.md", scheduled(""));
    project.write("newsletters/.kurz.md.swp", scheduled(WINDOW));
    project.write("newsletters/._kurz.md", scheduled(WINDOW));
    std::os::unix::fs::symlink("anna@laptop.4711", project.path("newsletters/.#kurz.md")).expect("is made");
    std::fs::create_dir(project.path("newsletters/bilder.md")).expect("is made");
    is_silent(run_at(&project, "2026-11-24 08:00"), 0);
    assert!(!project.has_record(), "nothing to do leaves no record");
    let planned = project.run_at(&at("2026-11-24 08:05"), &["status"]).code(0).stdout();
    assert_eq!(planned, "Nothing was sent yet.\n\nPlanned:\n  24 November 2026, 09:00  kurz: Kurz berichtet\n");
}

#[test]
fn what_a_person_began_is_not_begun_for_more_people_by_a_timer() {
    let server = Server::start(Script::new());
    let project = project(&server, 3);
    project.run_at(&at("2026-11-24 08:00"), &["send", "kurz", "--yes"]).code(0);
    project.write("newsletters/lists/members.csv", sending::list(&members(5)));
    is_silent(run_at(&project, "2026-11-24 09:00"), 0);
    assert_eq!(server.accepted_count(), 3, "who joined since is for a person to add");
}

#[test]
fn who_refuses_on_the_list_since_is_not_tried_again() {
    let busy = |line: &str| line.contains("<m1@").then(|| Answer::reply("450 4.2.0 greylisted"));
    let server =
        Server::start(Script::new().on(Stage::Rcpt, move |asked| busy(asked.line).unwrap_or(Answer::normal())));
    let project = project(&server, 2);
    let with = "where = { Newsletter = \"ja\" }\nbasis = ";
    project.write("config.toml", sending::config(server.port()).replace("basis = ", with));
    let row = |newsletter: &str| {
        format!("Vorname;E-Mail;Newsletter\nA;m1@d1.example.org;{newsletter}\nB;m2@d2.example.org;ja\n")
    };
    project.write("newsletters/lists/members.csv", row("ja"));
    run_at(&project, "2026-11-24 09:00").code(75);
    project.write("newsletters/lists/members.csv", row("nein"));
    let asked = server.count("RCPT");
    run_at(&project, "2026-11-24 09:30");
    assert_eq!(server.count("RCPT"), asked, "no means no");
    assert_eq!((totals(&project).sent, totals(&project).failed), (1, 1));
}

#[test]
fn a_trial_runs_too_and_writes_files() {
    let project = Project::new();
    project.write(POST, scheduled(WINDOW));
    assert_eq!(run_at(&project, "2026-11-24 09:00").code(0).stdout(), "kurz: 2 files written into the outbox\n");
    is_silent(run_at(&project, "2026-11-24 09:05"), 0);
}

#[test]
fn tools_get_one_document() {
    let server = Server::start(Script::new());
    let project = project(&server, 2);
    let ran = project.run_at(&at("2026-11-24 09:00"), &["--format", "json", "run"]).code(0);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout()).expect("one document");
    assert_eq!(document["posts"][0]["slug"], "kurz");
    assert_eq!(document["posts"][0]["text"], "kurz: 2 accepted by 127.0.0.1");
    let ran = project.run_at(&at("2026-11-24 09:05"), &["--format", "json", "run"]).code(0);
    assert_eq!(ran.stdout().trim(), "{\n  \"posts\": []\n}");
}

#[test]
fn who_is_to_be_told_hears_once_that_a_post_was_not_sent() {
    let server = Server::start(Script::new());
    let project = project(&server, 3);
    project.write("config.toml", sending::config(server.port()) + "\n[notify]\nto = \"redaktion@example.org\"\n");
    run_at(&project, "2026-11-24 18:01").code(65);
    is_silent(run_at(&project, "2026-11-24 18:06"), 0);
    assert_eq!((server.accepted_count(), server.accepted_for("redaktion@example.org")), (1, 1));
    let mail = String::from_utf8_lossy(&server.accepted()[0].bytes).replace("=\r\n", "");
    assert!(mail.contains("its time until 24 November 2026, 18:00 is over"), "{mail}");
    assert!(mail.contains("Auto-Submitted: auto-generated"), "{mail}");
    assert!(mail.contains("\r\n  rundbrief status\r\n"), "what was never sent stands among what is planned: {mail}");
}

#[test]
fn what_nobody_has_approved_waits_until_somebody_does() {
    let server = Server::start(Script::new());
    let project = project(&server, 3);
    project.write("config.toml", sending::config(server.port()) + "\n[approval]\nrequired = true\n");
    let refused = run_at(&project, "2026-11-24 09:00").code(65);
    assert!(refused.stdout().starts_with("kurz: not sent: "), "{}", refused.stdout());
    assert!(!refused.stderr().contains("@d1.example.org"), "a timer's mail names nobody: {}", refused.stderr());
    is_silent(run_at(&project, "2026-11-24 09:05"), 0);
    project.run_at(&at("2026-11-24 09:07"), &["approve", "kurz", "--by", "Dr. Erika Weber"]).code(0);
    assert_eq!(run_at(&project, "2026-11-24 09:10").code(0).stdout(), "kurz: 3 accepted by 127.0.0.1\n");
    assert_eq!(server.accepted_count(), 3);
}

#[test]
fn what_a_person_stopped_is_left_alone_until_a_person_goes_on() {
    let server = Server::start(Script::new());
    let project = project(&server, 3);
    project.run_at(&at("2026-11-24 08:00"), &["stop", "kurz"]).code(0);
    is_silent(run_at(&project, "2026-11-24 09:00"), 0);
    is_silent(run_at(&project, "2026-11-24 18:30"), 0);
    assert_eq!(server.connections(), 0, "stopped before it was begun");
    project.run_at(&at("2026-11-24 19:00"), &["send", "kurz", "--yes"]).code(0);
    assert_eq!(server.accepted_count(), 3);

    let busy = |line: &str| line.contains("<m1@").then(|| Answer::reply("450 4.2.0 greylisted"));
    let server =
        Server::start(Script::new().on(Stage::Rcpt, move |asked| busy(asked.line).unwrap_or(Answer::normal())));
    let project = self::project(&server, 3);
    run_at(&project, "2026-11-24 09:00").code(75);
    project.run_at(&at("2026-11-24 09:01"), &["stop", "kurz"]).code(0);
    let asked = server.count("RCPT");
    run_at(&project, "2026-11-24 12:00");
    assert_eq!(server.count("RCPT"), asked, "stopped in the middle");
}
