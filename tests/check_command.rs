//! `check` as people run it, and what `send` and `run` refuse because of it.

#[path = "support/mailing.rs"]
mod mailing;
#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;
#[path = "support/web_server.rs"]
mod web_server;

use project::{LIST, POST, Project, config};
use smtp_server::{Script, Server};
use web_server::{Page, WebServer};

const FILE: &str = "newsletters/kurz.md";

/// A post with an error and a warning.
fn unfinished() -> String {
    POST.replace("drei Beschlüsse", "drei Beschlüsse zu [Thema] und und")
}

#[test]
fn a_clean_post_is_clean_and_an_unfinished_one_is_shown_with_its_places() {
    let project = Project::new();
    project.run(&["check"]).code(0).says("1 post: nothing to say");
    assert_eq!(project.run(&["--format", "json", "check", "kurz"]).code(0).json(), serde_json::json!([]));
    project.write(FILE, unfinished());
    let ran = project.run(&["check", "kurz"]).code(65);
    insta::assert_snapshot!("unfinished", ran.stdout());
    let found = project.run(&["--format", "json", "check"]).code(65).json();
    let keys = ["rule", "severity", "file", "line", "column", "message", "help"];
    for finding in found.as_array().expect("a list") {
        assert!(keys.iter().all(|key| !finding[*key].is_null()), "{finding}");
    }
    assert_eq!((&found[0]["line"], &found[0]["file"]), (&8.into(), &FILE.into()));
}

#[test]
fn a_warning_alone_ends_with_0_and_a_silenced_rule_says_nothing() {
    let project = Project::new();
    project.write(FILE, POST.replace("getagt", "getagt getagt"));
    project.run(&["check"]).code(0).says("double-word").says("1 post: 1 warning");
    project.write("config.toml", config() + "\n[check]\ndouble-word = \"off\"\n");
    project.run(&["check"]).code(0).says("nothing to say");
    project.write("config.toml", config() + "\n[check]\ndouble-word = \"error\"\n");
    project.run(&["check"]).code(65);
    project.run(&["send", "kurz"]).code(65).says("stands twice");
    project.write("config.toml", config() + "\n[check]\ndubble-word = \"off\"\n");
    project.run(&["check"]).code(78).says("did you mean `double-word`?");
    project.write("config.toml", config() + "\n[check]\ndouble-word = \"loud\"\n");
    project.run(&["check"]).code(78).says("config.toml:");
}

#[test]
fn every_post_is_looked_at_although_one_cannot_be_read_but_none_that_was_sent() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    project.run(&["send", "kurz", "--yes"]).code(0);
    project.run(&["check"]).code(0).says("every one is sent");
    project.write("newsletters/entwurf.md", unfinished().replace("lang: de", "lang: de\ndraft: true"));
    project.write("newsletters/kaputt.md", "---\ntitle: Kaputt\n");
    project.run(&["check"]).code(65).says("2 posts").says("entwurf.md:9").says("kaputt.md");
    project.run(&["check", "fehlt"]).code(66);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_opened_is_told_beside_the_findings_of_the_others() {
    let project = Project::new();
    let link = |name: &str, to: &str| {
        std::os::unix::fs::symlink(to, project.path(&format!("newsletters/{name}"))).expect("is made");
    };
    link(".#kurz.md", "anna@laptop.4711");
    project.write("newsletters/._kurz.md", b"\x00\x05\x16\x07");
    project.run(&["check"]).code(0).says("1 post: nothing to say");
    project.write(FILE, unfinished());
    link("fort.md", "nirgends.md");
    let ran = project.run(&["check"]).code(66).says("was to be filled in");
    ran.says("2 posts: 2 errors and 1 warning").says("error: post not found: newsletters/fort.md");
    link("kreis.md", "kreis.md");
    let ran = project.run(&["--format", "json", "check"]).code(74);
    let found = ran.json();
    let has = |rule: &str, file: &str| {
        found.as_array().expect("a list").iter().any(|one| one["rule"] == rule && one["file"] == file)
    };
    assert!(has("placeholder", FILE), "{found}");
    assert!(has("missing-file", "newsletters/fort.md") && has("input-output", "newsletters/kreis.md"), "{found}");
    project.run(&["check", "kurz", "fehlt"]).code(66).says("was to be filled in").says("fehlt.md");
}

#[test]
fn a_trial_and_a_send_refuse_what_has_an_error_unless_forced() {
    let project = Project::new();
    project.write(FILE, unfinished());
    project.run(&["send", "kurz"]).code(65).says("--force").says("was to be filled in");
    assert!(project.files("out").is_empty(), "a refused send writes nothing");
    project.run(&["send", "kurz", "--force"]).code(0).says("Nothing has left this computer.");

    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    project.write(
        "newsletters/lists/members.csv",
        LIST.replace("E-Mail", "E-Mail;Newsletter").replace(".org\n", ".org;ja\n"),
    );
    project.write(FILE, unfinished());
    project.run(&["send", "kurz", "--yes"]).code(65);
    assert_eq!(server.accepted_count(), 0);
    project.run(&["send", "kurz", "--yes", "--force"]).code(0);
    assert_eq!(server.accepted_count(), 2);
}

#[test]
fn a_timer_sends_nothing_that_has_an_error() {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    project.write(FILE, unfinished().replace("lang: de", "lang: de\nsend_at: 2026-11-23 08:55"));
    project.run(&["run"]).code(65).says("was to be filled in");
    assert_eq!(server.accepted_count(), 0);
}

#[test]
fn online_asks_every_link_once() {
    let website = WebServer::start(|asked| Page::status(if asked.path == "/weg" { 404 } else { 200 }));
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    let (gone, there) = (website.url("/weg"), website.url("/da"));
    let links = format!("\nMehr im [Bericht über die Tagung]({gone}) und in der [Rede der Vorsitzenden]({there}).\n");
    project.write(FILE, POST.replace("https://www.example.org/kurz", &there) + &links);
    project.run(&["check"]);
    assert!(website.asked().is_empty());
    project.run(&["check", "--online"]).says("dead-link").says("404");
    let paths: Vec<String> = website.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths.iter().filter(|path| *path == "/da").count(), 1);
}
