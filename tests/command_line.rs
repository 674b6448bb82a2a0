//! The command line as a user meets it: help, mistakes, one JSON document whatever happens, logs apart.

#[path = "support/commands.rs"]
mod commands;
#[path = "support/project.rs"]
mod project;

use commands::commands;
use project::{Project, Ran};
use serde_json::Value;

/// The first error of a JSON answer.
fn error(ran: &Ran) -> Value {
    let answer = ran.json();
    assert_eq!(answer.as_object().expect("an object").len(), 1, "{answer}");
    answer["errors"][0].clone()
}

#[test]
fn every_error_is_one_json_document_with_the_same_names() {
    let project = Project::new();
    project.write("broken.toml", "[site\n");
    project.write("notadb.toml", project::config().replace("sqlite:rundbrief.db", "sqlite:newsletters"));
    project.write("blocked", "a file where a folder should be");
    project.write("blocked.toml", project::config().replace("out/outbox", "blocked"));
    let cases: [(&[&str], i32, &str); 9] = [
        (&["--format", "json", "send"], 64, "usage"),
        (&["--format=json", "sned", "x"], 64, "usage"),
        (&["send", "kurz", "--lists", "a", "--format", "json"], 64, "usage"),
        (&["--format", "json", "send", "kurz", "--list", "press"], 64, "usage"),
        (&["--format", "json", "send", "fehlt"], 66, "missing-file"),
        (&["--format", "json", "members", "check", "fehlt.csv"], 66, "missing-file"),
        (&["--format", "json", "--config", "broken.toml", "send", "kurz"], 78, "config-syntax"),
        (&["--format", "json", "--config", "notadb.toml", "send", "kurz"], 74, "sending-record"),
        (&["--format", "json", "--config", "blocked.toml", "send", "kurz"], 74, "input-output"),
    ];
    for (arguments, code, rule) in cases {
        let ran = project.run(arguments).code(code);
        let error = error(&ran);
        let names: Vec<&str> = error.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(names, ["column", "file", "help", "line", "message", "rule", "severity"], "{arguments:?}");
        assert_eq!(error["rule"], rule, "{arguments:?}: {error}");
        let message = error["message"].as_str().expect("a message");
        assert!(!message.is_empty() && !message.contains('\n') && !message.contains("\u{1b}["), "{message}");
        assert!(!ran.stderr().is_empty(), "people read standard error: {arguments:?}");
    }
    let missing = error(&project.run(&["--format", "json", "send", "fehlt"]).code(66));
    assert_eq!(missing["file"], "newsletters/fehlt.md");
    assert!(missing["help"].as_str().expect("a help").contains("rundbrief new"));
}

#[cfg(target_os = "linux")]
/// Runs the binary with this as its standard output; the exit code, and what it says on standard error.
fn run_into(project: &Project, arguments: &[&str], stdout: impl Into<std::process::Stdio>) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rundbrief"));
    command.current_dir(project.path("")).env_clear().env("SOURCE_DATE_EPOCH", "1795420800").args(arguments);
    let output = command.stdin(std::process::Stdio::null()).stdout(stdout).output().expect("it runs");
    (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_told_and_a_reader_that_has_enough_is_not() {
    let project = Project::new();
    project.run(&["send", "kurz"]).code(0);
    project.write("broken.toml", "[site\n");
    let cases: [(&[&str], i32); 12] = [
        (&["report", "kurz"], 74),
        (&["man"], 74),
        (&["--help"], 74),
        (&["members", "show", "members", "--format", "json"], 74),
        (&["status"], 74),
        (&["send", "kurz", "--dry-run"], 74),
        (&["build", "kurz"], 74),
        (&["check"], 74),
        (&["run"], 0),
        (&["--log-format", "json", "status"], 74),
        (&["--format", "json", "sned"], 74),
        (&["--format", "json", "--config", "broken.toml", "status"], 78),
    ];
    for (arguments, code) in cases {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("is there");
        let (ended, said) = run_into(&project, arguments, full);
        assert_eq!(ended, Some(code), "{arguments:?}: {said}");
        let told = said.matches("the answer could not be written: no space left on device").count();
        assert_eq!(told, usize::from(code != 0), "{arguments:?}: {said}");
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let (ended, said) = run_into(&project, arguments, writer);
        assert_eq!(ended == Some(0), !said.contains("error"), "{arguments:?}: {said}");
        assert!(!said.contains("could not be written") && ended != Some(74), "{arguments:?}: {said}");
    }
}

#[test]
fn logs_go_to_standard_error_and_never_between_the_results() {
    let project = Project::new();
    let ran = project.run(&["-vv", "--format", "json", "send", "kurz"]).code(0);
    assert_eq!(ran.json()["written"], 8);
    let said = ran.stderr();
    for part in ["config.toml", "newsletters/lists/members.csv", "email", "anna@example.org"] {
        assert_eq!(said.contains(part), part != "anna@example.org", "{part}: addresses are not for logs\n{said}");
    }
    assert!(!said.contains('\u{1b}'), "no colours where nobody sees them: {said}");
    assert_eq!(project.run(&["send", "kurz"]).code(0).stderr(), "", "nothing without being asked");
    assert_eq!(project.run(&["-q", "send", "kurz"]).code(0).stderr(), "");
    assert_eq!(project.files("out/outbox/kurz/email").len(), 2, "the work was done all the same");
    assert!(project.read("public/feed.xml").contains("Kurz berichtet"));
}

#[test]
fn a_sending_record_that_cannot_be_opened_is_said_in_plain_words() {
    let project = Project::new();
    project.write("config.toml", project::config().replace("sqlite:rundbrief.db", "sqlite:newsletters"));
    let ran = project.run(&["send", "kurz"]).code(74).says("sending record newsletters: it cannot be opened");
    assert!(!ran.stderr().contains("code: 14"), "{}", ran.stderr());
}

#[test]
fn mistakes_are_answered_with_what_was_meant() {
    let project = Project::new();
    for (arguments, meant) in [
        (&["sned", "kurz"][..], "'send'"),
        (&["send", "kurz", "--dryrun"], "'--dry-run'"),
        (&["send", "kurz", "--lists", "a"], "'--list'"),
        (&["members", "chek", "x.csv"], "'check'"),
        (&["send"], "<POST>"),
        (&["send", "kurz", "--messages"], "--dry-run"),
        (&["build", "kurz", "--format", "xml"], "human, json"),
    ] {
        project.run(arguments).code(64).says(meant);
    }
}

#[test]
fn help_is_for_people() {
    let project = Project::empty();
    let help = project.run(&["help"]).code(0).stdout();
    for code in ["64", "65", "66", "69", "74", "75", "76", "77", "78"] {
        assert!(help.contains(&format!("\n  {code}  ")), "exit code {code} is explained:\n{help}");
    }
    for command in commands(&project, &[]) {
        for help in [["help", &command], [&command, "--help"]] {
            let text = project.run(&help).code(0).stdout();
            assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
            for word in ["rendition", "settled", "claimed", "in_flight", "deferred", "ledger", "hash"] {
                assert!(
                    !text.to_lowercase().replace("--new-ledger", "").replace("rundbrief ledger", "").contains(word),
                    "{word} in {text}"
                );
            }
        }
    }
    let send = project.run(&["help", "send"]).code(0).stdout();
    let (own, everywhere) = send.split_once("Everywhere:").expect("global options stand apart");
    assert!(own.contains("--dry-run") && !own.contains("--config") && everywhere.contains("--config"), "{send}");
}
