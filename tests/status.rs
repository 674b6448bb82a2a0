//! `status` and `posted`, as somebody runs them during and after a send.

#[path = "support/mailing.rs"]
mod mailing;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use project::Project;
use serde_json::{Value, json};
use smtp_server::{Answer, Script, Server, Stage};

/// A send of the moody server's mails.
fn sent(server: &Server) -> Project {
    let project = mailing::project(server);
    project.run(&["send", "kurz", "--yes"]).code(76);
    project
}

#[test]
fn what_needs_a_person_is_said_first_and_by_name() {
    let server = mailing::moody();
    let ran = sent(&server).run(&["status", "kurz"]).code(76);
    insta::assert_snapshot!(mailing::plain(&ran.stdout(), &server));
}

#[test]
fn json_has_the_totals_and_everybody_by_name() {
    let server = mailing::moody();
    let answer = sent(&server).run(&["--format", "json", "status", "newsletters/kurz.md"]).code(76).json();
    let email =
        json!({"pending": 0, "claimed": 0, "in_flight": 0, "sent": 1, "deferred": 1, "failed": 1, "uncertain": 1});
    assert_eq!(answer["channels"]["email"], email);
    assert_eq!(
        (&answer["totals"]["sent"], &answer["totals"]["pending"]),
        (&json!(2), &json!(5)),
        "the feed, five texts"
    );
    assert_eq!(answer["slug"], "kurz");
    assert_eq!((&answer["state"], &answer["trial"], &answer["workers"]), (&json!("waiting"), &json!(false), &json!(0)));
    let one = |name: &str, address: &str| {
        let entries = answer[name].as_array().expect("a list");
        assert_eq!(
            (entries.len(), &entries[0]["address"], &entries[0]["channel"]),
            (1, &json!(address), &json!("email"))
        );
        entries[0].clone()
    };
    assert!(one("uncertain", "cora@example.org")["since"].as_str().expect("a time").starts_with("2026-11-23T08:00:0"));
    assert_eq!(one("refused", "ben@example.org")["reason"], "550 5.1.1 no such user");
    assert!(one("deferred", "dora@example.org")["due"].as_str().expect("a time") > "2026-11-23T08:01");
    assert_eq!((&answer["refused_total"], &answer["deferred_total"]), (&json!(1), &json!(1)));
    assert_eq!(answer["by_hand"][0], json!({"channel": "bluesky", "url": null}));
}

#[test]
fn every_post_that_was_sent_is_one_line() {
    let server = mailing::moody();
    let project = sent(&server);
    project.write("newsletters/spaeter.md", project::POST.replace("Kurz berichtet", "Später berichtet"));
    project.run_at("1795507200", &["send", "spaeter", "--yes", "--channel", "feed"]).code(0);
    let ran = project.run(&["status"]).code(0);
    let lines: Vec<String> = ran.stdout().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("2026-11-24  spaeter: Später berichtet  "), "{lines:?}");
    assert!(lines[0].ends_with("4 waiting"), "{lines:?}");
    assert!(lines[1].starts_with("2026-11-23  kurz: Kurz berichtet       "), "{lines:?}");
    assert!(lines[1].ends_with("1 accepted · 1 tried again · 1 refused · 1 may not have arrived"), "{lines:?}");
    let answer = project.run(&["--format", "json", "status"]).code(0).json();
    assert_eq!(answer["posts"][1]["totals"]["uncertain"], 1);

    std::fs::remove_file(project.path("newsletters/kurz.md")).expect("is removed");
    project.run(&["status"]).code(0).says("2026-11-23  kurz  ");
    project.run(&["status", "kurz"]).code(76).says("cora@example.org");
}

#[test]
fn a_trial_is_shown_where_there_is_nothing_else_and_named_as_such() {
    let project = Project::new();
    project.run(&["status"]).code(0).says("Nothing was sent yet.");
    project.run(&["status", "kurz"]).code(66).says("kurz was never sent");
    assert!(!project.has_record(), "looking makes nothing");
    project.run(&["send", "kurz"]).code(0);
    project.run(&["status"]).code(0).says("Only tried so far").says("2 written");
    project.run(&["status", "kurz"]).code(0).says("only tried, nothing has left this computer");
    project.run(&["status", "kruz"]).code(66).says("did you mean `kurz`?");
    let answer = project.run(&["--format", "json", "status", "kruz"]).code(66).json();
    assert_eq!(
        (&answer["errors"][0]["rule"], &answer["errors"][0]["message"]),
        (&json!("never-sent"), &json!("kruz was never sent"))
    );
    project.run(&["posted", "kurz", "mastodon", "https://example.org/1"]).code(66).says("only tried");
}

#[test]
fn the_exit_code_says_how_it_stands() {
    let refusing = Server::start(Script::new().on(Stage::Rcpt, |seen| match seen.recipient() {
        "ben@example.org" => Answer::reply("550 5.1.1 no such user"),
        _ => Answer::normal(),
    }));
    let project = mailing::project(&refusing);
    project.run(&["send", "kurz", "--yes"]).code(69);
    project.run(&["status", "kurz"]).code(69).says("1 refused:").says("3");

    let busy = Server::start(Script::new().at(Stage::Rcpt, Answer::reply("452 4.2.2 mailbox full")));
    let project = mailing::project(&busy);
    project.run(&["send", "kurz", "--yes"]).code(75);
    let ran = project.run(&["status", "kurz"]).code(75).says("4 refused for now and tried again:");
    ran.says("Nobody is sending; `rundbrief send kurz` tries again.");

    let kind = Server::start(Script::new());
    let project = mailing::project(&kind);
    project.run(&["send", "kurz", "--yes"]).code(0);
    let ran = project.run(&["status", "kurz"]).code(0);
    insta::assert_snapshot!(mailing::plain(&ran.stdout(), &kind));
}

#[test]
fn of_very_many_the_first_are_named_and_all_are_counted() {
    let server = Server::start(Script::new().at(Stage::Rcpt, Answer::reply("550 5.1.1 no such user")));
    let project = mailing::project(&server);
    members(&project, 30);
    project.run(&["send", "kurz", "--yes"]).code(69);
    let ran = project.run(&["status", "kurz"]).code(69).says("30 refused:").says("and 10 more");
    assert_eq!(ran.stdout().matches("550 5.1.1 no such user").count(), 20);
    let answer = project.run(&["--format", "json", "status", "kurz"]).code(69).json();
    assert_eq!((answer["refused"].as_array().map(Vec::len), &answer["refused_total"]), (Some(30), &json!(30)));
}

/// Starts the binary and does not wait for it.
fn start(project: &Project, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_rundbrief"))
        .current_dir(project.path(""))
        .env_clear()
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// Waits until the server has this many mails; at most a minute.
fn wait_for(server: &Server, mails: usize) {
    let began = Instant::now();
    while server.accepted_count() < mails {
        assert!(began.elapsed() < Duration::from_secs(60), "no {mails} mails within a minute");
        sleep(Duration::from_millis(20));
    }
}

fn members(project: &Project, count: usize) {
    let rows: String = (0..count).map(|number| format!(";;m{number}@example.org;ja\n")).collect();
    project.write("newsletters/lists/members.csv", format!("Vorname;Nachname;E-Mail;Newsletter\n{rows}"));
}

#[test]
fn a_running_send_is_watched_from_elsewhere_until_it_ends() {
    let late = |_: &smtp_server::Seen<'_>| Answer::normal().late(Duration::from_millis(300));
    let server = Server::start(Script::new().on(Stage::End, late));
    let project = mailing::project(&server);
    members(&project, 24);
    let send = start(&project, &["send", "kurz", "--yes", "--offline"]);
    wait_for(&server, 2);
    let ran = project.run(&["status", "kurz"]).code(75).says("It is being sent now.");
    assert!(ran.stdout().contains("begun") && !ran.stdout().contains("ended"), "{}", ran.stdout());
    let answer = project.run(&["--format", "json", "status", "kurz"]).code(75).json();
    assert_eq!((&answer["state"], &answer["workers"]), (&json!("sending"), &json!(1)));
    let sum: u64 = answer["channels"]["email"].as_object().expect("counts").values().filter_map(Value::as_u64).sum();
    assert_eq!(sum, 24);
    let all = start(&project, &["status", "--watch"]);
    let watched = project.run(&["status", "kurz", "--watch"]).code(0);
    assert_eq!(send.wait_with_output().expect("it ends").status.code(), Some(0));
    let said = watched.stdout();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("  kurz: ") && line.contains("waiting")).collect();
    assert!(lines.len() >= 2, "a line whenever something changed:\n{said}");
    assert!(said.contains("  email        24\n") && said.ends_with("Nothing is left to send.\n"), "whole:\n{said}");
    let all = String::from_utf8(all.wait_with_output().expect("it ends").stdout).expect("UTF-8");
    assert!(all.lines().last().expect("a line").ends_with("24 accepted"), "{all}");
}

#[cfg(unix)]
#[test]
fn a_send_that_was_killed_is_told_from_one_that_goes_on() {
    let script = Script::new().on(Stage::Data, |seen| match seen.mail {
        3 => Answer::hang(),
        _ => Answer::normal(),
    });
    let server = Server::start(script);
    let project = mailing::project(&server);
    members(&project, 6);
    let mut send = start(&project, &["send", "kurz", "--yes", "--offline"]);
    wait_for(&server, 2);
    sleep(Duration::from_millis(300));
    project.run(&["status", "kurz"]).code(75).says("It is being sent now.");
    send.kill().expect("SIGKILL");
    send.wait().expect("it has ended");
    // On a server that is known when its lease is over.
    project.let_leases_end();
    let ran = project.run(&["status", "kurz"]).code(75).says("The last send did not end by itself");
    ran.says("`rundbrief send kurz` finds out what became of them and goes on.");
    project.run(&["status"]).code(0).says("broken off");
    let answer = project.run(&["--format", "json", "status", "kurz", "--watch"]).code(75).json();
    assert_eq!((&answer["state"], &answer["workers"]), (&json!("interrupted"), &json!(0)), "nothing to wait for");
}

#[test]
fn what_was_posted_by_hand_is_no_longer_open() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    let open = "To post by hand: bluesky, linkedin, mastodon, plain, x";
    project.run(&["send", "kurz", "--yes"]).code(0).says(open);
    project.run(&["status", "kurz"]).code(0).says(open).says("rundbrief posted kurz bluesky https://…");

    let toot = "https://social.example/@verband/1";
    project.run(&["posted", "kurz", "mastodon", toot]).code(0).says("Noted: kurz is on mastodon");
    project.run(&["posted", "kurz", "mastodon", toot]).code(0).says("noted before");
    let other = "https://social.example/@verband/2";
    project.run(&["posted", "kurz", "mastodon", other]).code(0).says(&format!("Before, it said {toot}"));
    let ran = project.run(&["status", "kurz"]).code(0).says("To post by hand: bluesky, linkedin, plain, x");
    ran.says(&format!("Posted by hand:\n  mastodon  {other}"));
    project.run(&["send", "kurz", "--yes"]).code(0).says("To post by hand: bluesky, linkedin, plain, x");

    for (arguments, says) in [
        (["mastadon", other], "did you mean `mastodon`?"),
        (["email", other], "email is not posted by hand"),
        (["feed", other], "`rundbrief send kurz` delivers it"),
        (["x", "social.example/1"], "is no address of a page"),
        (["x", "ftp://social.example/1"], "is no address of a page"),
    ] {
        project.run(&["posted", "kurz", arguments[0], arguments[1]]).code(64).says(says);
    }
    for channel in ["bluesky", "linkedin", "plain"] {
        project.run(&["posted", "kurz", channel, other]).code(0);
    }
    let answer = project.run(&["--format", "json", "posted", "kurz", "x", other]).code(0).json();
    assert_eq!(answer, json!({"slug": "kurz", "channel": "x", "url": other}));
    let ran = project.run(&["status", "kurz"]).code(0);
    assert!(!ran.stdout().contains("To post by hand"), "{}", ran.stdout());
    let ran = project.run(&["send", "kurz", "--yes"]).code(0);
    assert!(!ran.stdout().contains("To post by hand"), "{}", ran.stdout());
}

#[test]
fn what_is_going_to_be_sent_stands_below_what_was() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    let post = |slug: &str, send_at: &str, more: &str| {
        let head = format!("send_at: {send_at}\n{more}tags:");
        project.write(&format!("newsletters/{slug}.md"), project::POST.replace("tags:", &head));
    };
    project.run(&["status"]).code(0).says("Nothing was sent yet.\n");
    post("morgen", "2026-11-24 09:00", "");
    let ran = project.run(&["status"]).code(0);
    let line = "Nothing was sent yet.\n\nPlanned:\n  24 November 2026, 09:00  morgen: Kurz berichtet\n";
    assert_eq!(ran.stdout(), line);

    project.write("config.toml", mailing::config(&server) + "\n[approval]\nrequired = true\n");
    project.run(&["status"]).code(0).says("morgen: Kurz berichtet  not approved yet\n");
    project.write("config.toml", mailing::config(&server));
    project.run(&["send", "kurz", "--yes"]).code(0);
    post("jetzt", "2026-11-23 08:00", "lists: [members, fehlt]\n");
    post("vorbei", "2026-11-22 08:00", "not_after: 2026-11-22 09:00\n");
    post("lange-her", "2026-10-22 08:00", "");
    post("entwurf", "2026-11-24 09:00", "draft: true\n");
    post("halt", "2026-11-25 09:00", "");
    post("kaputt", "heute", "");
    project.run(&["run"]).code(65);
    project.run(&["stop", "halt"]).code(0);
    let ran = project.run(&["status"]).code(0);
    insta::assert_snapshot!("not_sent_yet", ran.stdout());
    let scheduled = project.run(&["--format", "json", "status"]).code(0).json()["scheduled"].clone();
    let states: Vec<&str> =
        scheduled.as_array().expect("a list").iter().filter_map(|one| one["state"].as_str()).collect();
    assert_eq!(states, ["unreadable", "missed", "due", "scheduled", "stopped"]);
    assert_eq!(scheduled[3]["send_at"], "2026-11-24T08:00:00Z");
    assert!(scheduled[3]["reason"].is_null(), "{scheduled}");
}
