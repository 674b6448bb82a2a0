//! A database that goes away in the middle of a send, and how it comes back.

use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rundbrief::ledger::DeliveryState;

use crate::postgres::Server;
use crate::sending::{addresses, members, rundbrief, send, start, totals, until, wait};
use crate::{nobody_twice_nobody_lost, project_at, slow};

/// As many as may be on their way at once: the connections of the project, and what was answered but not settled yet.
const IN_HAND: usize = 4 * 50;

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn a_database_that_is_back_within_half_a_minute_only_delays_a_send() {
    // Crashed, and shut down for an update.
    let ways: [fn(&Server); 2] = [Server::kill, Server::stop];
    for away in ways {
        let (database, server, members) = (Server::start(), slow(20), members(600));
        let project = project_at(&database.address(), server.port(), &members);
        let child = start(&project);
        until("mails go out", || server.accepted_count() > 40);
        away(&database);
        sleep(Duration::from_secs(8));
        database.go();
        let sent = wait(child).code(0);
        let sent = sent.says("the database of the sending record does not answer; it is waited for");
        assert!(!sent.said.contains("error: ") && !sent.said.contains("sqlx"), "{}", sent.said);
        assert_eq!(nobody_twice_nobody_lost(&project, &server, &members).len(), 0);
        assert_eq!(server.accepted_count(), 600);
    }
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn a_database_that_stays_away_ends_a_send_with_what_to_do_and_the_next_one_finishes() {
    let (database, server, members) = (Server::start(), slow(20), members(600));
    let project = project_at(&database.address(), server.port(), &members);
    let child = start(&project);
    until("mails go out", || server.accepted_count() > 40);
    database.kill();
    let began = Instant::now();
    let sent = wait(child).code(74);
    assert!(began.elapsed() < Duration::from_secs(50), "{:?}", began.elapsed());
    let name = project.record_name();
    let sent = sent.says(&format!("error: sending record {name}: the database does not answer: "));
    let sent = sent.says("= help: what was recorded is kept; see that the database runs and can be reached from here");
    assert!(server.accepted_count() < 600, "it went on without its record: {}", sent.said);

    // Meanwhile every command says so at once, and nothing leaves.
    let before = server.accepted_count();
    let began = Instant::now();
    send(&project).code(74).says("the database does not answer");
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(server.accepted_count(), before);

    database.go();
    let marked = addresses(&project, DeliveryState::InFlight);
    assert!(marked.len() <= IN_HAND, "{}", marked.len());
    let last = send(&project);
    assert!(matches!(last.status.code(), Some(0 | 76)), "{:?} {}", last.status, last.said);
    let doubtful = nobody_twice_nobody_lost(&project, &server, &members);
    assert!(doubtful.is_subset(&marked), "{doubtful:?} {marked:?}");
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn a_database_that_takes_no_changes_any_more_is_said_and_the_next_send_finishes() {
    let (database, server, members) = (Server::start(), slow(20), members(600));
    let project = project_at(&database.address(), server.port(), &members);
    let child = start(&project);
    until("mails go out", || server.accepted_count() > 40);
    database.set("default_transaction_read_only = on");
    let sent = wait(child).code(74).says("it cannot be written to").says("it may be a copy of another one");
    assert!(server.accepted_count() < 600, "{}", sent.said);
    let before = server.accepted_count();
    send(&project).code(74).says("it cannot be written to");
    let status = rundbrief(&project, &["status", "kurz"]).output().expect("it runs");
    assert!(status.stdout.starts_with(b"Kurz berichtet"), "one can still look: {status:?}");
    assert_eq!(server.accepted_count(), before);

    let marked = addresses(&project, DeliveryState::InFlight);
    database.set("default_transaction_read_only = off");
    let last = send(&project);
    assert!(matches!(last.status.code(), Some(0 | 76)), "{:?} {}", last.status, last.said);
    let doubtful = nobody_twice_nobody_lost(&project, &server, &members);
    assert!(doubtful.is_subset(&marked), "{doubtful:?} {marked:?}");
}

/// A disk of a few megabytes, for a database's tables.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(megabytes: usize) -> SmallDisk {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let size = format!("size={megabytes}m,mode=777");
        as_root(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()));
        std::fs::create_dir(folder.path().join("tables")).expect("is made");
        SmallDisk(folder)
    }

    fn enlarge(&self, megabytes: usize) {
        let size = format!("remount,size={megabytes}m");
        as_root(Command::new("mount").args(["-o", &size]).arg(self.0.path()));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        as_root(Command::new("umount").arg("-l").arg(self.0.path()));
    }
}

fn as_root(command: &Command) {
    let id = Command::new("id").arg("-u").output().expect("runs").stdout;
    let mut all = if id == b"0\n" { Command::new("env") } else { Command::new("sudo") };
    let status = all.arg(command.get_program()).args(command.get_args()).status().expect("runs");
    assert!(status.success(), "{command:?}");
}

#[test]
#[ignore = "needs PostgreSQL's programs, and root for a disk that is soon full"]
fn a_database_whose_disk_is_full_is_said_and_what_was_recorded_is_kept() {
    let (server, members) = (slow(0), members(6_000));
    let disk = SmallDisk::mount(4);
    let database = Server::start();
    database.make_tablespace("small", &disk.0.path().join("tables"));
    database.sql("ALTER DATABASE postgres SET default_tablespace = small");
    let project = project_at(&database.address(), server.port(), &members);
    let mut full = 0;
    for megabytes in [4, 5, 6, 7, 8, 9] {
        disk.enlarge(megabytes);
        let sent = send(&project);
        match sent.status.code() {
            Some(74) => full += 1,
            Some(0 | 76) => break,
            _ => panic!("{:?} {}", sent.status, sent.said),
        }
        let sent = sent.says("the disk is full").says("free some space");
        println!("{megabytes} MB, {} accepted: {}", server.accepted_count(), sent.said);
    }
    assert!(full > 0, "there was room for everything");
    disk.enlarge(64);
    let last = send(&project);
    assert!(matches!(last.status.code(), Some(0 | 76)), "{:?} {}", last.status, last.said);
    nobody_twice_nobody_lost(&project, &server, &members);
    println!("{full} times full, {:?}", totals(&project));
}
