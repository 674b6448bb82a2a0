//! Two sends at once, and a send that is killed: each member still has exactly one file.

#[path = "support/project.rs"]
mod project;

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use project::{POST, Project};

const MAILS: &str = "out/outbox/kurz/email";

fn list(members: usize) -> String {
    let row = |number: usize| format!("Vorname{number};Muster;m{number}@example.org\n");
    "Vorname;Nachname;E-Mail\n".to_owned() + &(0..members).map(row).collect::<String>()
}

fn project_with(members: usize) -> Project {
    let project = Project::new();
    project.write("newsletters/lists/members.csv", list(members));
    project
}

/// Starts a send and does not wait for it.
fn start(project: &Project) -> Child {
    Command::new(env!("CARGO_BIN_EXE_rundbrief"))
        .current_dir(project.path(""))
        .env_clear()
        .args(["send", "newsletters/kurz.md"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// Waits until `n` files lie in the mails' folder, hidden ones too; at most a minute.
fn wait_for_files(project: &Project, n: usize) {
    let started = Instant::now();
    while project.files(MAILS).len() < n {
        assert!(started.elapsed() < Duration::from_secs(60), "no {n} files within a minute");
        sleep(Duration::from_millis(2));
    }
}

/// The addresses that have a mail; fails on a member with two and on a file that is no delivery.
#[track_caller]
fn written_to(project: &Project) -> BTreeSet<String> {
    let mut addresses = BTreeSet::new();
    for file in project.files(MAILS) {
        assert!(file.ends_with(".eml"), "{file} is no delivery");
        let mail = project.read(&format!("{MAILS}/{file}"));
        assert!(mail.ends_with("--\r\n"), "{file} is whole");
        let to = mail.lines().find_map(|line| line.strip_prefix("To: ")).expect("a To header").to_owned();
        assert!(addresses.insert(to.clone()), "{to} has two files");
    }
    addresses
}

#[test]
fn sends_of_one_post_at_once_write_each_member_one_file() {
    let project = project_with(300);
    let sends: Vec<Child> = (0..4).map(|_| start(&project)).collect();
    for send in sends {
        let output = send.wait_with_output().expect("it ends");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""));
    }
    assert_eq!(written_to(&project).len(), 300);
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("Everything of this post was written before");
    assert_eq!(project.read("public/feed.xml").matches("<item>").count(), 1);
}

#[cfg(unix)]
#[test]
fn a_send_that_is_killed_again_and_again_loses_nobody_and_repeats_nobody() {
    let project = project_with(5_000);
    for files in [1, 1_500, 3_000] {
        let mut send = start(&project);
        wait_for_files(&project, files);
        send.kill().expect("SIGKILL");
        send.wait().expect("it has ended");
    }
    let ran = project.run(&["send", "newsletters/kurz.md"]).code(0);
    assert!(ran.stdout().contains("goes on where the last one ended"), "{}", ran.stdout());
    assert_eq!(written_to(&project).len(), 5_000);
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("0 files written");
}

#[cfg(unix)]
#[test]
fn what_a_killed_send_left_half_written_is_cleared_away() {
    let project = project_with(3);
    project.write(&format!("{MAILS}/.aBcDeF.part"), "Subject: hal");
    project.run(&["send", "newsletters/kurz.md"]).code(0);
    assert_eq!(written_to(&project).len(), 3);
    assert!(!project.path(&format!("{MAILS}/.aBcDeF.part")).exists());
}

#[test]
fn a_post_without_mail_is_finished_by_one_send_too() {
    let project = Project::new();
    project.write("newsletters/kurz.md", POST.replace("tags:", "channels: [feed]\ntags:"));
    project.run(&["send", "newsletters/kurz.md"]).code(0).says("1 file written");
    let again = project.run(&["--format", "json", "send", "newsletters/kurz.md"]).code(0).json();
    assert_eq!((&again["written"], &again["channels"]["feed"]["sent"]), (&0.into(), &1.into()));
}
