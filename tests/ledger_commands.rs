//! `ledger id` and `ledger migrate`, as somebody runs them.

#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use project::Project;
use sending::{POST, members};
use smtp_server::{Script, Server};

/// A project whose members have the post.
fn sent(server: &Server) -> Project {
    let project = sending::sending_to(server.port(), &members(3));
    project.run(&["send", POST, "--yes"]).code(0);
    project
}

fn configure(project: &Project, id: &str) {
    let config = project.read("config.toml");
    project.write("config.toml", config.replace("[ledger]", &format!("[ledger]\nid = {id}")));
}

#[test]
fn without_a_record_there_is_nothing_to_name() {
    let project = Project::new();
    for command in ["id", "migrate"] {
        project
            .run(&["ledger", command])
            .code(66)
            .says(&format!("sending record not found: {}", project.record_name()));
    }
    assert!(!project.has_record(), "looking makes none");
    project.run(&["ledger"]).code(64);
}

#[test]
fn a_record_gets_a_name_once_and_the_line_that_is_shown_works() {
    let server = Server::start(Script::new());
    let project = sent(&server);
    let shown = project.run(&["--format", "json", "ledger", "id"]).code(0).json();
    let id = shown["id"].as_str().expect("a name").to_owned();
    assert_eq!((&shown["configured"], &shown["record"]), (&serde_json::Value::Null, &project.record_name().into()));
    let ran = project.run(&["ledger", "id"]).code(0);
    assert_eq!(
        ran.stdout(),
        format!(
            "The sending record {} is {id}.\n\
             To have sends refuse every other one, write into config.toml:\n\n[ledger]\nid = \"{id}\"\n",
            project.record_name()
        )
    );
    configure(&project, &shown["line"].as_str().expect("a line")["id = ".len()..]);
    project.run(&["ledger", "id"]).code(0).says("as config.toml asks for");
    project.run(&["send", POST, "--yes"]).code(0).says("sent before");
    project.lose_record();
    project.run(&["send", POST, "--yes"]).code(78).says(&format!("is empty, not {id} as in [ledger] id"));
    assert_eq!(server.accepted_count(), 3);
}

#[test]
fn a_record_that_may_be_the_wrong_one_is_not_given_the_name_that_is_asked_for() {
    let server = Server::start(Script::new());
    let project = sent(&server);
    configure(&project, "\"verband-1\"");
    project.run(&["ledger", "id"]).code(0).says("has no name, but config.toml asks for verband-1");
    assert!(project.run(&["--format", "json", "ledger", "id"]).code(0).json()["id"].is_null());
    project.run(&["send", POST, "--yes"]).code(78).says("is empty, not verband-1");
    project.run(&["send", POST, "--yes", "--new-ledger"]).code(0);
    project.write("config.toml", project.read("config.toml").replace("verband-1", "verband-2"));
    project.run(&["ledger", "id"]).code(0).says("is verband-1, but config.toml asks for verband-2");
    project.run(&["send", POST, "--yes"]).code(78).says("is another one, not verband-2");
    assert_eq!(server.accepted_count(), 3);
}

#[test]
fn a_record_is_up_to_date_or_of_a_newer_version() {
    let server = Server::start(Script::new());
    let project = sent(&server);
    let ran = project
        .run(&["ledger", "migrate"])
        .code(0)
        .says(&format!("The sending record {} is up to date: version ", project.record_name()));
    assert_eq!(ran.stderr(), "");
    let answer = project.run(&["--format", "json", "ledger", "migrate"]).code(0).json();
    assert!(answer["copy"].is_null() && answer["from"] == answer["to"], "{answer}");
    project.make_newer();
    let ran = project.run(&["ledger", "migrate"]).code(74).says("it was written by a newer version of rundbrief");
    ran.says("install the version that wrote it");
}

#[test]
fn an_older_record_is_brought_up_to_date_with_a_copy_beside_it() {
    if project::kept::is_on_a_server("the copy lies beside the file") {
        return;
    }
    let project = Project::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = "0001_initial.sql";
    let migrations = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ledger/migrations/sqlite");
    std::fs::copy(migrations.join(name), folder.path().join(name)).expect("is copied");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let url = format!("sqlite:{}?mode=rwc", project.path("rundbrief.db").display());
        let pool = sqlx::SqlitePool::connect(&url).await.expect("connects");
        let migrator = sqlx::migrate::Migrator::new(folder.path()).await.expect("reads");
        migrator.run(&pool).await.expect("makes the tables");
        pool.close().await;
    });
    let ran = project
        .run(&["ledger", "migrate"])
        .code(0)
        .says("The sending record rundbrief.db was version 1 and is version ");
    ran.says("a copy of how it was is kept for a month: rundbrief.db.before-");
    assert_eq!(project.files("").iter().filter(|name| name.starts_with("rundbrief.db.before-")).count(), 1);
    project.run(&["ledger", "migrate"]).code(0).says("is up to date");
}
