//! A database that keeps the program out, or has something else in it: each time the reason, what to do, and no password.

use crate::postgres::Server;
use crate::project::Project;
use crate::sending::{members, rundbrief, send};
use crate::{project_at, slow};

const PASSWORD: &str = "s3cr3t-Wort";

/// What every command says of a record that it cannot use, with all that the log has to say; never the password.
#[track_caller]
fn said(project: &Project, code: i32) -> String {
    let mut first = None;
    for arguments in
        [&["send", "kurz", "--yes", "--offline"][..], &["status"], &["run"], &["explain", "m1@d1.example.org"]]
    {
        let output = rundbrief(project, &[&["-vv"], arguments].concat()).output().expect("it runs");
        let all = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{all}");
        assert!(!all.contains(PASSWORD) && !all.contains("panicked"), "{arguments:?}\n{all}");
        let error = all.split_once("error: ").unwrap_or_else(|| panic!("no error in {all}")).1;
        let error = error.replace(&project.record_name(), "RECORD");
        let first = first.get_or_insert_with(|| error.clone());
        assert_eq!(*first, error, "{arguments:?}");
    }
    first.expect("something was said")
}

/// A project that sends, with its own lines about the record.
fn project(ledger: &str) -> Project {
    let members = members(3);
    let project = Project::with_record_at("postgres://nobody@127.0.0.1/none?schema=none");
    crate::sending::fill(&project, 9, &members);
    let config = project.read("config.toml").replace(&format!("url = \"{}\"", project.record_url()), ledger);
    project.write("config.toml", config);
    project
}

fn without_port(text: &str, server: &Server) -> String {
    text.replace(&server.port().to_string(), "PORT")
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn who_may_not_log_in_is_told_what_to_check_and_no_password_is_shown() {
    let server = Server::start();
    server.ask_for_password("brief", "another-word");
    let address = format!("postgres://brief@127.0.0.1:{}/postgres", server.port());
    let project = project(&format!("url = \"{address}\"\npassword = \"file:database.password\""));
    project.write("database.password", PASSWORD);
    insta::assert_snapshot!("wrong_password", without_port(&said(&project, 77), &server));
    project.write("database.password", "");
    insta::assert_snapshot!("empty_password", without_port(&said(&project, 78), &server));

    // The right one, and as a whole address that is a secret.
    project.write("database.password", "another-word");
    rundbrief(&project, &["ledger", "migrate"]);
    let mail = slow(0);
    let config = project.read("config.toml").replace("port = 9\n", &format!("port = {}\n", mail.port()));
    project.write("config.toml", &config);
    send(&project).code(0);
    let written = format!("url = \"{address}\"\npassword = \"file:database.password\"");
    assert!(config.contains(&written), "{config}");
    project.write("config.toml", config.replace(&written, "url = \"file:database.url\""));
    project.write("database.url", address.replace("brief@", "brief:another-word@"));
    send(&project).code(0).says("sent before");
    assert_eq!(mail.accepted_count(), 3);
    project.write("database.url", address.replace("brief@", &format!("brief:{PASSWORD}@")));
    insta::assert_snapshot!("wrong_password_in_a_secret_address", without_port(&said(&project, 77), &server));
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn what_is_missing_on_the_server_is_said() {
    let server = Server::start();
    let base = format!("postgres://anna@127.0.0.1:{}", server.port());
    let none = project(&format!("url = \"{base}/verein\""));
    insta::assert_snapshot!("no_such_database", without_port(&said(&none, 74), &server));

    server.sql("CREATE ROLE brief LOGIN");
    let rights = project(&format!("url = \"postgres://brief@127.0.0.1:{}/postgres\"", server.port()));
    let output = rundbrief(&rights, &["send", "kurz", "--yes", "--offline"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(74), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    insta::assert_snapshot!("no_rights", without_port(&said, &server));
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn another_programs_tables_and_a_newer_versions_are_left_alone() {
    let server = Server::start();
    server.sql("CREATE SCHEMA laden; CREATE TABLE laden.release (title TEXT); CREATE TABLE laden.orders (id INT)");
    let (mail, members) = (slow(0), members(3));
    let base = format!("postgres://anna@127.0.0.1:{}/postgres", server.port());
    let foreign = project_at(&format!("{base}?schema=laden"), mail.port(), &members);
    let sent = send(&foreign).code(74);
    let error = sent.said.split_once("error: ").expect("an error").1.to_owned();
    insta::assert_snapshot!("tables_of_another_program", without_port(&error, &server));
    assert_eq!(mail.accepted_count(), 0);
    server.sql("INSERT INTO laden.release (title) VALUES ('still here')");

    let newer = project_at(&format!("{base}?schema=neuer"), mail.port(), &members);
    send(&newer).code(0);
    newer.make_newer();
    insta::assert_snapshot!("newer_version", without_port(&said(&newer, 74), &server));
    assert_eq!(mail.accepted_count(), 3);
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn nothing_goes_to_another_computer_in_the_clear() {
    let server = Server::start();
    // The same computer by a name that does not say so: what is not known to be this one is taken for another.
    let project =
        project(&format!("url = \"postgres://anna:@127.1:{}/postgres\"", server.port()).replace("anna:@", "anna@"));
    insta::assert_snapshot!("no_encryption", without_port(&said(&project, 74), &server));
    let config = project.read("config.toml");
    project.write("config.toml", config.replace("/postgres\"", "/postgres?sslmode=disable\""));
    let output = rundbrief(&project, &["status"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn a_certificate_is_looked_for_beside_the_configuration() {
    let server = Server::start();
    let certificate = server.encrypt();
    let address = format!("postgres://anna@localhost:{}/postgres?sslmode=verify-full", server.port());
    let project = project(&format!("url = \"{address}&sslrootcert=database.pem\""));
    insta::assert_snapshot!("no_certificate", without_port(&said(&project, 78), &server));
    project.write("database.pem", std::fs::read(certificate).expect("is there"));
    let elsewhere = std::process::Command::new(env!("CARGO_BIN_EXE_rundbrief"))
        .current_dir("/")
        .env_clear()
        .arg("--config")
        .arg(project.path("config.toml"))
        .arg("status")
        .output()
        .expect("it runs");
    assert_eq!(elsewhere.status.code(), Some(0), "{elsewhere:?}");
    let config = project.read("config.toml");
    project.write("config.toml", config.replace("&sslrootcert=database.pem", ""));
    insta::assert_snapshot!("unknown_certificate", without_port(&said(&project, 74), &server));
}
