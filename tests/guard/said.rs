//! What a person reads when the sending record is not what it seems.

use std::fs;

use crate::project::kept::is_on_a_server;
use crate::project::{self, Project, Ran};
use crate::sending::{POST, config};
use crate::smtp_server::{Answer, Script, Server, Stage};
use crate::{LATER, copy};

/// 23 November 2026, 09:00 in Berlin.
const NINE: u64 = 1_795_420_800;

fn send_at(project: &Project, hours: u64, post: &str) -> Ran {
    project.run_at(&(NINE + hours * 3600).to_string(), &["send", post, "--yes", "--offline"])
}

/// What stands on standard error, without the folder and with the second at which it was.
fn errors(ran: &Ran, folders: [&Project; 2]) -> String {
    let said = folders.iter().zip(["FOLDER", "OTHER"]).fold(ran.stderr(), |said, (project, name)| {
        let path = project.path("").canonicalize().expect("is there");
        said.replace(&path.display().to_string(), name)
    });
    (0..10).fold(said, |said, second| said.replace(&format!(":00:0{second} CET"), ":00:0* CET"))
}

#[test]
fn each_refusal_says_what_is_wrong_and_what_to_do() {
    if is_on_a_server("files that are copied, moved and put back") {
        return;
    }
    let server = Server::start(Script::new().on(Stage::Rcpt, |seen| match seen.mail {
        5 => Answer::reply("451 4.3.0 try again later"),
        _ => Answer::normal(),
    }));
    let (project, other) = (Project::new(), Project::empty());
    project.write("config.toml", config(server.port()));
    let post = project::POST.replace("tags:", "channels: [email]\ntags:");
    project.write(POST, &post);
    project.write(LATER, post.replace("Kurz", "Lang"));
    let said = |ran: Ran| errors(&ran, [&project, &other]);

    send_at(&project, 0, POST).code(0);
    copy(&project.path(""), &other.path(""));
    let mut all = String::from("A copy:\n") + &said(send_at(&other, 1, LATER).code(78));
    send_at(&project, 3, LATER).code(0);
    fs::copy(project.path("rundbrief.db"), project.path("newest.db")).expect("is copied");
    fs::copy(other.path("rundbrief.db"), project.path("rundbrief.db")).expect("is restored");
    all += "\nAn old backup:\n";
    all += &said(send_at(&project, 4, LATER).code(78));
    fs::remove_file(project.path("rundbrief.db")).expect("is removed");
    all += "\nLost:\n";
    all += &said(send_at(&project, 4, LATER).code(78));
    fs::copy(project.path("newest.db"), project.path("rundbrief.db")).expect("is restored");
    all += "\nThe clock is two hours behind:\n";
    all += &said(send_at(&project, 1, LATER).code(0));
    copy(&project.path(""), &other.path(""));
    fs::remove_file(project.path("rundbrief.db")).expect("is removed");
    all += "\nMoved:\n";
    all += &said(send_at(&other, 4, LATER).code(0));
    insta::assert_snapshot!(all);
    assert_eq!(server.accepted_count(), 4);
}
