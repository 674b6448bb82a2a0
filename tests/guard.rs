//! A sending record that is not what it seems: restored from a backup, copied, moved, ahead of the clock. Whatever it is,
//! nobody is written to twice.

#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;

#[path = "guard/clock.rs"]
mod clock;
#[path = "guard/copied.rs"]
mod copied;
#[path = "guard/restored.rs"]
mod restored;
#[path = "guard/said.rs"]
mod said;

use std::fs;
use std::path::Path;

use project::Project;
use sending::{POST, Sent, rundbrief};
use smtp_server::Server;

/// A second post, for a send after the backup.
const LATER: &str = "newsletters/spaeter.md";

/// A project with two posts for these members.
fn project_to(server: &Server, members: &[String]) -> Project {
    let project = sending::sending_to(server.port(), members);
    project.write(LATER, project.read(POST).replace("Kurz berichtet", "Später berichtet"));
    project
}

/// Sends a post to the end, as a user with a home does.
fn send(project: &Project, post: &str, more: &[&str]) -> Sent {
    let arguments = [&["send", post, "--yes", "--offline"], more].concat();
    let mut command = rundbrief(project, &arguments);
    Sent::of(command.env("XDG_STATE_HOME", project.path("state")).output().expect("it runs"))
}

/// The same without a home, as from some crontabs.
fn send_homeless(project: &Project, post: &str) -> Sent {
    Sent::of(rundbrief(project, &["send", post, "--yes", "--offline"]).output().expect("it runs"))
}

/// What `doctor` says beforehand.
fn doctor(project: &Project) -> Sent {
    let mut command = rundbrief(project, &["doctor", "--offline"]);
    Sent::of(command.env("XDG_STATE_HOME", project.path("state")).output().expect("it runs"))
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("is made");
    for entry in fs::read_dir(from).expect("is there") {
        let (from, name) = entry.map(|entry| (entry.path(), entry.file_name())).expect("is readable");
        if from.is_dir() {
            copy(&from, &to.join(name));
        } else {
            fs::copy(&from, to.join(name)).expect("is copied");
        }
    }
}

/// The server has this many mails, and none for the same member and post twice.
#[track_caller]
fn nobody_twice(server: &Server, mails: usize) {
    let accepted = server.accepted();
    assert_eq!(accepted.len(), mails);
    let mut seen = std::collections::BTreeSet::new();
    for mail in accepted {
        let text = String::from_utf8_lossy(&mail.bytes).into_owned();
        let subject = text.lines().find(|line| line.starts_with("Subject:")).expect("a subject").to_owned();
        assert!(seen.insert((mail.to.clone(), subject.clone())), "{:?} has {subject} twice", mail.to);
    }
}
