//! A record that was copied or moved with its folder.

use std::fs;

use rundbrief::ledger::Books;

use crate::project::Project;
use crate::project::kept::is_on_a_server;
use crate::sending::{POST, members};
use crate::smtp_server::{Script, Server};
use crate::{LATER, copy, doctor, nobody_twice, project_to, send};

/// Everything of a project that a send needs, in another place.
fn copy_of(project: &Project) -> Project {
    let other = Project::empty();
    copy(&project.path(""), &other.path(""));
    other
}

#[test]
fn a_copy_is_refused_while_the_record_is_still_there() {
    if is_on_a_server("a copied or moved folder names the same database") {
        return;
    }
    let server = Server::start(Script::new());
    let project = project_to(&server, &members(5));
    send(&project, POST, &[]).code(0);
    let other = copy_of(&project);
    let place = project.path("rundbrief.db").canonicalize().expect("is there");
    let said = format!("is a copy of {}, which is still there", place.display());
    doctor(&other).code(78).says(&said).says("send once with --new-ledger");
    send(&other, LATER, &[]).code(78).says(&said).says("send once with --new-ledger");
    doctor(&project).code(0);
    send(&project, LATER, &[]).code(0);
    send(&other, LATER, &[]).code(78).says(&said);
    nobody_twice(&server, 10);
    other.write("trial.toml", other.read("config.toml").replace("transport = \"smtp\"", "transport = \"outbox\""));
    other.run(&["--config", "trial.toml", "send", LATER]).code(0).says("Nothing has left this computer");
}

#[test]
fn a_copy_beside_the_record_is_refused_too() {
    if is_on_a_server("a copied or moved folder names the same database") {
        return;
    }
    let server = Server::start(Script::new());
    let project = project_to(&server, &members(5));
    send(&project, POST, &[]).code(0);
    fs::copy(project.path("rundbrief.db"), project.path("second.db")).expect("is copied");
    let config = project.read("config.toml");
    project.write("config.toml", config.replace("sqlite:rundbrief.db", "sqlite:second.db"));
    send(&project, LATER, &[]).code(78).says("is a copy of");
    nobody_twice(&server, 5);
}

#[test]
fn a_record_that_was_moved_goes_on_and_says_so_once() {
    if is_on_a_server("a copied or moved folder names the same database") {
        return;
    }
    let server = Server::start(Script::new());
    let project = project_to(&server, &members(5));
    send(&project, POST, &[]).code(0);
    let other = copy_of(&project);
    fs::remove_file(project.path("rundbrief.db")).expect("is removed");
    let sent = send(&other, POST, &[]).code(0).says("The sending record was moved here from").says("sent before");
    assert!(!sent.said.contains("error"), "{}", sent.said);
    let sent = send(&other, LATER, &[]).code(0);
    assert!(!sent.said.contains("moved"), "{}", sent.said);
    nobody_twice(&server, 10);
}

#[test]
fn a_place_that_another_record_has_now_is_no_copy() {
    if is_on_a_server("a copied or moved folder names the same database") {
        return;
    }
    let server = Server::start(Script::new());
    let project = project_to(&server, &members(5));
    send(&project, POST, &[]).code(0);
    let other = copy_of(&project);
    fs::write(project.path("rundbrief.db"), "a shopping list, long enough to be looked at ".repeat(50))
        .expect("is written");
    send(&other, POST, &[]).code(0).says("moved here from").says("sent before");
    nobody_twice(&server, 5);
}

#[test]
fn a_copy_of_a_record_of_no_real_send_may_be_used() {
    let server = Server::start(Script::new());
    let project = project_to(&server, &members(5));
    project.write("trial.toml", project.read("config.toml").replace("transport = \"smtp\"", "transport = \"outbox\""));
    project.run(&["--config", "trial.toml", "send", POST]).code(0);
    let other = copy_of(&project);
    send(&other, POST, &[]).code(0);
    nobody_twice(&server, 5);
}

#[test]
fn a_record_from_another_computer_is_refused_until_told() {
    if is_on_a_server("any computer may use a database") {
        return;
    }
    let known = fs::read_to_string("/etc/machine-id").is_ok_and(|id| id.trim().len() >= 32);
    if !known || fs::exists("/run/.containerenv").is_ok_and(|there| there) {
        eprintln!("left out: this computer has no /etc/machine-id that counts");
        return;
    }
    let server = Server::start(Script::new());
    let project = project_to(&server, &members(5));
    send(&project, POST, &[]).code(0);
    project.on_record(async |ledger, _| {
        let home = ledger.fact("home").await.expect("reads").expect("was noted");
        let mut home: serde_json::Value = serde_json::from_str(&home).expect("JSON");
        home["machine"] = "0123456789abcdef".into();
        ledger.set_fact("home", &home.to_string()).await.expect("sets");
    });
    for post in [POST, LATER] {
        send(&project, post, &[]).code(78).says("the sending record was used on another computer until now");
    }
    nobody_twice(&server, 5);
    send(&project, LATER, &["--new-ledger"]).code(0);
    send(&project, LATER, &[]).code(0).says("sent before");
    nobody_twice(&server, 10);
}
