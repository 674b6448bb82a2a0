//! What is wrong in the configuration about a database, before anybody is asked; needs no server.

use crate::project::{Project, config};
use crate::sending::rundbrief;

/// What `status` says of a configuration with these lines below `[ledger]`.
#[track_caller]
fn said(lines: &str) -> String {
    let project = Project::empty();
    let config = config().replace("url = \"sqlite:rundbrief.db\"", lines);
    std::fs::write(project.path("config.toml"), config).expect("is written");
    let output = rundbrief(&project, &["-vv", "status"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.code() == Some(78) && !said.contains("hunter2"), "{:?}\n{said}", output.status);
    said.split_once("error: ").map(|(_, error)| error.to_owned()).unwrap_or(said)
}

#[test]
fn each_mistake_about_a_database_says_what_to_write() {
    let mistakes = [
        "url = \"postgres://anna:hunter2@db.example.org/verein\"",
        "url = \"postgres://db.example.org/verein?user=anna&password=hunter2\"",
        "url = \"postgres://anna@db.example.org/verein\"\npassword = \"hunter2\"",
        "url = \"sqlite:rundbrief.db\"\npassword = \"env:DATABASE_PASSWORD\"",
        "password = \"env:DATABASE_PASSWORD\"",
        "url = \"mysql://db.example.org/verein\"",
        "url = \"env:DATABASE_URL\"",
        "url = \"file:database.url\"",
        "url = \"postgres://anna@db.example.org/verein\"\npassword = \"env:DATABASE_PASSWORD\"",
        "url = \"postgres://anna@db.example.org:99999/verein\"",
        "url = \"postgres://anna@db.example.org/verein?schema=Brief-2\"",
        "url = \"postgres://anna@db.example.org/verein?sslmode=yes\"",
    ];
    let all: String = mistakes.iter().map(|lines| format!("{lines}\n\n{}\n\n", said(lines).trim())).collect();
    insta::assert_snapshot!(all);
}
