//! A record restored from a backup that is older than its last use.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::project::Project;
use crate::project::kept::is_on_a_server;
use crate::sending::{POST, Sent, members, rundbrief, signal, start, until, wait};
use crate::smtp_server::{Answer, Script, Server, Stage};
use crate::{LATER, copy, doctor, nobody_twice, project_to, send, send_homeless};

const RECORD: &str = "rundbrief.db";
const BACKUP: &str = "backup.db";

/// A project whose record was saved between two posts.
fn saved_between(server: &Server) -> Project {
    let project = project_to(server, &members(5));
    send(&project, POST, &[]).code(0);
    project.save_record(BACKUP);
    send(&project, LATER, &[]).code(0);
    nobody_twice(server, 10);
    project
}

fn restore(project: &Project) {
    project.restore_record(BACKUP);
}

#[test]
fn a_record_that_is_older_than_its_last_send_is_refused_and_says_what_to_do() {
    let server = Server::start(Script::new());
    let project = saved_between(&server);
    project.save_record("newer.db");
    doctor(&project).code(0);
    restore(&project);
    for _ in 0..2 {
        doctor(&project).code(78).says("the sending record is older than its last use").says("restore a newer backup");
    }
    for post in [LATER, POST] {
        let sent =
            send(&project, post, &[]).code(78).says("the sending record is older than its last use: it was used on");
        sent.says("restore a newer backup").says(&project.record_name());
    }
    nobody_twice(&server, 10);
    project.restore_record("newer.db");
    send(&project, LATER, &[]).code(0).says("sent before");
    nobody_twice(&server, 10);
}

#[test]
fn either_witness_is_enough() {
    if is_on_a_server("the witness beside the file") {
        return;
    }
    let server = Server::start(Script::new());
    let project = saved_between(&server);
    restore(&project);
    send_homeless(&project, LATER).code(78).says("older than its last use");
    fs::remove_dir_all(project.path("rundbrief.db-workers")).expect("is removed");
    send(&project, LATER, &[]).code(78).says("older than its last use");
    nobody_twice(&server, 10);
}

#[test]
fn a_whole_folder_that_was_restored_is_refused_too() {
    if is_on_a_server("the folder with the file and its witness") {
        return;
    }
    let server = Server::start(Script::new());
    let project = project_to(&server, &members(5));
    send(&project, POST, &[]).code(0);
    for name in [RECORD, "rundbrief.db-workers/witness"] {
        fs::copy(project.path(name), project.path(&format!("saved-{}", name.rsplit('/').next().expect("a name"))))
            .expect("is copied");
    }
    send(&project, LATER, &[]).code(0);
    fs::copy(project.path("saved-rundbrief.db"), project.path(RECORD)).expect("is restored");
    fs::copy(project.path("saved-witness"), project.path("rundbrief.db-workers/witness")).expect("is restored");
    send(&project, LATER, &[]).code(78).says("older than its last use");
    nobody_twice(&server, 10);
}

#[test]
fn a_person_who_knows_better_says_so_once() {
    let server = Server::start(Script::new());
    let project = saved_between(&server);
    restore(&project);
    let third = "newsletters/dritter.md";
    project.write(third, project.read(POST).replace("Kurz berichtet", "Zum dritten"));
    send(&project, third, &["--new-ledger"]).code(0).says("taken as it is from now on");
    send(&project, third, &[]).code(0).says("sent before");
    nobody_twice(&server, 15);
    restore(&project);
    send(&project, third, &[]).code(78).says("older than its last use");
    nobody_twice(&server, 15);
}

#[test]
fn looking_and_trying_are_never_refused() {
    let server = Server::start(Script::new());
    let project = saved_between(&server);
    restore(&project);
    project.write("trial.toml", project.read("config.toml").replace("transport = \"smtp\"", "transport = \"outbox\""));
    for (arguments, code) in [
        (&["status"][..], 0),
        (&["status", POST], 0),
        (&["explain", "m1@d1.example.org"], 0),
        (&["ledger", "id"], 0),
        (&["ledger", "migrate"], 0),
        (&["send", LATER, "--dry-run"], 0),
        (&["members", "suppress", "somebody@example.net"], 0),
        (&["--config", "trial.toml", "send", LATER], 0),
    ] {
        let mut command = rundbrief(&project, arguments);
        Sent::of(command.env("XDG_STATE_HOME", project.path("state")).output().expect("it runs")).code(code);
    }
    send(&project, LATER, &[]).code(78).says("older than its last use");
    nobody_twice(&server, 10);
}

#[test]
fn a_record_that_was_lost_is_not_begun_anew_without_a_word() {
    let server = Server::start(Script::new());
    let project = project_to(&server, &members(5));
    send(&project, POST, &[]).code(0);
    project.forget_record();
    send(&project, POST, &[]).code(78).says("this is not the sending record that was used here on");
    nobody_twice(&server, 5);
}

#[test]
fn a_backup_from_the_middle_of_a_send_is_refused_after_its_end() {
    let server = Server::start(Script::new().at(Stage::End, Answer::normal().late(Duration::from_millis(20))));
    let project = project_to(&server, &members(60));
    let mut send_with_home = rundbrief(&project, &["send", POST, "--yes", "--offline"]);
    let child = send_with_home.env("XDG_STATE_HOME", project.path("state")).spawn().expect("it starts");
    until("mails go out", || server.accepted_count() > 10);
    project.save_record_in_use(BACKUP);
    wait(child).code(0);
    assert_eq!(server.accepted_count(), 60);
    restore(&project);
    send(&project, POST, &[]).code(78).says("older than its last use");
    nobody_twice(&server, 60);
}

#[test]
fn a_send_that_begins_while_another_goes_on_is_never_taken_for_a_backup() {
    let server = Server::start(Script::new().at(Stage::End, Answer::normal().late(Duration::from_millis(20))));
    let project = project_to(&server, &members(300));
    let one = || {
        let mut command = rundbrief(&project, &["send", POST, "--yes", "--offline"]);
        command.env("XDG_STATE_HOME", project.path("state")).spawn().expect("it starts")
    };
    let mut going = vec![one()];
    until("mails go out", || server.accepted_count() > 10);
    for _ in 0..12 {
        sleep(Duration::from_millis(50));
        going.push(one());
    }
    going.into_iter().for_each(|child| drop(wait(child).code(0)));
    send(&project, POST, &[]).code(0).says("sent before");
    nobody_twice(&server, 300);
}

#[test]
fn a_send_that_was_killed_is_honest_whatever_became_of_the_witness() {
    if is_on_a_server("the witness beside the file") {
        return;
    }
    let server = Server::start(Script::new().at(Stage::End, Answer::normal().late(Duration::from_millis(20))));
    let project = project_to(&server, &members(60));
    let mut child = rundbrief(&project, &["send", POST, "--yes", "--offline"])
        .env("XDG_STATE_HOME", project.path("state"))
        .spawn()
        .expect("starts");
    until("mails go out", || server.accepted_count() > 10);
    signal("KILL", child.id());
    child.wait().expect("it ends");
    // What a power cut can leave of a file that was not synced.
    fs::write(project.path("rundbrief.db-workers/witness"), "").expect("is emptied");
    let sent = send(&project, POST, &[]);
    assert!(matches!(sent.status.code(), Some(0 | 76)), "{}", sent.said);
    nobody_twice(&server, server.accepted_count());
    let uncertain = crate::sending::totals(&project).uncertain as usize;
    assert!(server.accepted_count() >= 60 - uncertain && uncertain <= 4, "{uncertain}");
}

#[test]
fn a_record_that_was_put_beside_the_log_of_another_is_not_opened() {
    if is_on_a_server("the log beside the file") {
        return;
    }
    let server = Server::start(Script::new().at(Stage::End, Answer::normal().late(Duration::from_millis(20))));
    let project = project_to(&server, &members(60));
    send(&project, LATER, &[]).code(0);
    fs::copy(project.path(RECORD), project.path(BACKUP)).expect("is copied");
    let mut child = start(&project);
    until("mails go out", || server.accepted_count() > 70);
    signal("KILL", child.id());
    child.wait().expect("it ends");
    assert!(fs::metadata(project.path("rundbrief.db-wal")).is_ok_and(|log| log.len() > 0), "its log is left");
    let before = server.accepted_count();
    sleep(Duration::from_secs(11));
    restore(&project);
    let bytes = fs::read(project.path(RECORD)).expect("is read");
    for arguments in [&["send", POST, "--yes", "--offline"][..], &["status"]] {
        let sent = Sent::of(rundbrief(&project, arguments).output().expect("it runs")).code(74);
        sent.says("the log of another one, rundbrief.db-wal, lay beside it").says("delete rundbrief.db-wal");
    }
    assert_eq!(fs::read(project.path(RECORD)).expect("is read"), bytes, "nothing was changed");
    for log in ["rundbrief.db-wal", "rundbrief.db-shm"] {
        fs::remove_file(project.path(log)).expect("is removed");
    }
    send_homeless(&project, POST).code(78).says("older than its last use");
    assert_eq!(server.accepted_count(), before);
    nobody_twice(&server, before);
}

#[test]
fn a_log_that_belongs_to_its_record_is_taken_however_late() {
    if is_on_a_server("the log beside the file") {
        return;
    }
    let server = Server::start(Script::new().at(Stage::End, Answer::normal().late(Duration::from_millis(20))));
    let project = project_to(&server, &members(60));
    let mut child = start(&project);
    until("mails go out", || server.accepted_count() > 10);
    signal("KILL", child.id());
    child.wait().expect("it ends");
    // Both together elsewhere: a computer that was restored whole.
    let folder = project.path("elsewhere");
    fs::create_dir_all(&folder).expect("is made");
    for name in [RECORD, "rundbrief.db-wal"] {
        fs::copy(project.path(name), folder.join(name)).expect("is copied");
    }
    copy(&project.path("rundbrief.db-workers"), &folder.join("rundbrief.db-workers"));
    let moved = project.read("config.toml").replace("sqlite:rundbrief.db", "sqlite:elsewhere/rundbrief.db");
    for name in [RECORD, "rundbrief.db-wal", "rundbrief.db-shm"] {
        fs::remove_file(project.path(name)).expect("is removed");
    }
    project.write("config.toml", moved);
    let sent = send(&project, POST, &[]).says("The sending record was moved here from");
    assert!(matches!(sent.status.code(), Some(0 | 76)), "{}", sent.said);
    nobody_twice(&server, server.accepted_count());
}
