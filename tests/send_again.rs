//! A post that was sent before is sent again, after its list, its text or the configuration has changed.

#[path = "support/project.rs"]
mod project;

use std::fs;

use project::{LIST, POST, Project};
use serde_json::Value;

const OUTBOX: &str = "out/outbox/kurz";

/// Two lists, and a post that was released to both while only the feed has gone out.
fn two_lists() -> Project {
    let project = Project::new();
    project.write("config.toml", project::config() + "\n[lists.board]\nfile = \"board.csv\"\n");
    project.write("board.csv", "Vorname;Nachname;E-Mail\nDora;Vorstand;dora@example.org\n");
    project.write("newsletters/kurz.md", POST.replace("tags:", "lists: [members, board]\ntags:"));
    project.run(&["send", "newsletters/kurz.md", "--channel", "feed"]).code(0).says("1 file written");
    project
}

fn joined(project: &Project) {
    project.write("newsletters/lists/members.csv", format!("{LIST}Frau;Cora;Neu;cora@example.org\n"));
}

fn mails(project: &Project) -> Vec<String> {
    project.files(&format!("{OUTBOX}/email"))
}

#[test]
fn a_dry_run_after_a_send_is_what_the_next_send_does() {
    let project = two_lists();
    project
        .write("newsletters/kurz.md", POST.replace("tags:", "lists: [members, board]\ntags:").replace("drei", "vier"));
    joined(&project);
    let dry = ["--format", "json", "send", "newsletters/kurz.md", "--dry-run", "--messages"];
    let dry = project.run(&dry).code(0).json();
    let sent = project.run(&["--format", "json", "send", "newsletters/kurz.md"]).code(0).json();
    for name in ["slug", "code", "changed", "plan"] {
        assert_eq!(dry[name], sent[name], "{name}");
    }
    assert_eq!(sent["plan"]["code"], sent["code"], "what was released, not what the files say now");
    assert_eq!(mails(&project).len(), 4);
    assert_eq!(project.files("out/kurz/messages"), mails(&project), "the rest of the last run, and who joined");
    for mail in mails(&project) {
        let written = project.read(&format!("{OUTBOX}/email/{mail}"));
        assert_eq!(written, project.read(&format!("out/kurz/messages/{mail}")), "{mail}");
    }
}

#[test]
fn only_the_chosen_list_is_written_to_even_when_others_wait() {
    let project = two_lists();
    let dry = project.run(&["--format", "json", "send", "newsletters/kurz.md", "--list", "board", "--dry-run"]);
    assert_eq!(dry.code(0).json()["plan"]["channels"]["email"]["targets"], 1);
    project
        .run(&["send", "newsletters/kurz.md", "--list", "board", "--channel", "email"])
        .code(0)
        .says("1 file written");
    assert!(project.read(&format!("{OUTBOX}/email/{}", mails(&project)[0])).contains("dora@example.org"));
    project.run(&["send", "newsletters/kurz.md", "--channel", "email"]).code(0).says("2 files written");
}

#[test]
fn how_many_have_it_and_how_many_are_left_can_be_told_apart() {
    let project = Project::new();
    project.run(&["send", "newsletters/kurz.md"]).code(0);
    joined(&project);
    let ran = project.run(&["send", "newsletters/kurz.md"]).code(0);
    ran.says("  email     1 member\n").says("            2 have it already\n");
    let project = two_lists();
    let ran = project.run(&["send", "newsletters/kurz.md"]).code(0).says("  email     3 members\n");
    assert!(!ran.stdout().contains("have it already"), "{}", ran.stdout());
}

#[test]
fn a_list_that_the_post_took_later_is_said_and_not_written_to() {
    let project = two_lists();
    project.write("config.toml", project.read("config.toml") + "\n[lists.press]\nfile = \"press.csv\"\n");
    project.write("press.csv", "E-Mail\npress@example.org\n");
    project.write("newsletters/kurz.md", POST.replace("tags:", "lists: [members, board, press]\ntags:"));
    let ran = project.run(&["send", "newsletters/kurz.md"]).code(0).says("3 members");
    ran.says("The list `press` was added after the release; its members do not get this send.");
    assert_eq!(mails(&project).len(), 3);
    project.run(&["send", "newsletters/kurz.md", "--list", "press"]).code(64).says("this post has: members, board");
}

#[test]
fn a_list_that_the_post_left_is_said_and_those_who_were_released_get_it() {
    let project = two_lists();
    project.write("config.toml", project::config());
    project.write("newsletters/kurz.md", POST);
    let ran = project.run(&["send", "newsletters/kurz.md"]).code(0);
    ran.says("The list `board` is not in the configuration any more; nobody is added from it.").says("3 members");
    assert_eq!(mails(&project).len(), 3);
}

#[test]
fn a_list_that_cannot_be_read_any_more_does_not_keep_the_rest_from_being_sent() {
    let project = two_lists();
    fs::remove_file(project.path("board.csv")).expect("is removed");
    let dry = project.run(&["--format", "json", "send", "newsletters/kurz.md", "--dry-run"]).code(0).json();
    assert_eq!(dry["plan"]["channels"]["email"]["targets"], 3);
    assert_eq!(mails(&project).len(), 0);
    let sent = project.run(&["--format", "json", "send", "newsletters/kurz.md"]).code(0).says("board.csv").json();
    assert_eq!((&sent["plan"], &sent["code"]), (&dry["plan"], &dry["code"]));
    assert_eq!(mails(&project).len(), 3);
    project.run(&["send", "newsletters/kurz.md"]).code(66).says("member list not found");
}

#[test]
fn who_was_released_and_left_the_list_since_still_gets_it() {
    let project = two_lists();
    project.write("newsletters/lists/members.csv", LIST.lines().take(2).collect::<Vec<_>>().join("\n"));
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("3 members");
    assert_eq!(mails(&project).len(), 3);
}

#[test]
fn a_feed_or_network_that_is_gone_from_the_configuration_keeps_what_was_released() {
    let project = Project::new();
    project.run(&["send", "newsletters/kurz.md", "--channel", "email"]).code(0);
    let config = project::config();
    let feed = config.find("[feed]").expect("a feed")..config.find("[lists").expect("a list");
    project.write("config.toml", config.replace(&config[feed], "[channels.toot]\nkind = \"mastodon\"\n"));
    project.run(&["send", "newsletters/kurz.md", "--channel", "mastodon"]).code(0).says("1 file written");
    project.run(&["send", "newsletters/kurz.md", "--channel", "toot"]).code(64).says("this post has: email");
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("5 files written");
    assert!(project.path(&format!("{OUTBOX}/feed/kurz.xml")).exists() && !project.path("public").exists());
}

#[test]
fn a_post_with_errors_still_refuses_a_channel_that_it_does_not_have() {
    let project = two_lists();
    project.write("newsletters/kurz.md", "---\ntitle: Kaputt\n");
    project.run(&["send", "newsletters/kurz.md", "--channel", "mastadon"]).code(64).says("did you mean `mastodon`?");
    let names = |answer: &Value| answer.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    let rest = project.run(&["--format", "json", "send", "newsletters/kurz.md"]).code(0).json();
    project.write("newsletters/kurz.md", POST);
    let again = project.run(&["--format", "json", "send", "newsletters/kurz.md"]).code(0).json();
    assert_eq!(names(&rest), names(&again), "the same names, however it went");
}
