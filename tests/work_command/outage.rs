//! A database that is not there, goes away, or takes no changes.

use std::thread::sleep;
use std::time::Duration;

use super::postgres::{Server, address};
use super::scene::{Office, Worker, private};
use super::sending::{members, until};
use super::smtp_server::{Answer, Script, Stage};

const SECOND: Duration = Duration::from_secs(1);
const AWAY: &str = "the database does not answer";
const BACK: &str = "The database answers again.";

/// An office with a server of its own; each mail takes a moment.
fn office(members_: usize) -> (Server, Office) {
    let server = Server::start();
    let script = Script::new().at(Stage::End, Answer::normal().late(SECOND / 5));
    let office = Office::with(server.address(), &members(members_), script);
    office.begin();
    (server, office)
}

#[track_caller]
fn said_once(worker: Worker) {
    let said = worker.end();
    let times = |text: &str| said.matches(text).count();
    assert_eq!((times(AWAY), times(BACK), times("error: ")), (1, 1, 1), "{said}");
    assert!(said.contains("= help: this worker waits for it and goes on by itself"), "{said}");
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn a_database_that_is_away_when_a_worker_starts_is_waited_for() {
    let (server, office) = office(5);
    server.kill();
    let worker = office.worker();
    worker.says(AWAY);
    sleep(5 * SECOND);
    server.go();
    office.all_have_it(5);
    said_once(worker);
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn a_database_that_goes_away_for_a_while_is_waited_for_and_nobody_is_written_to_twice() {
    for away in [6, 40] {
        let (server, office) = office(200);
        let workers = [office.worker(), office.worker()];
        until("mails", || office.mail.accepted_count() >= 20);
        server.kill();
        sleep(away * SECOND);
        server.go();
        until("the rest", || office.mails("sent") + office.mails("uncertain") == 200);
        office.nobody_twice();
        assert_eq!(office.mails("uncertain"), 0, "everybody lived: what was answered is known");
        assert_eq!(office.mail.accepted_count(), 200);
        workers.into_iter().for_each(said_once);
    }
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn a_database_that_comes_back_and_takes_no_changes_is_waited_for() {
    let (_server, office) = office(100);
    let worker = office.worker();
    until("mails", || office.mail.accepted_count() >= 10);
    office.sql("ALTER SYSTEM SET default_transaction_read_only = on");
    office.sql("SELECT pg_reload_conf()::TEXT");
    worker.says("it cannot be written to");
    sleep(20 * SECOND);
    assert_eq!(worker.times_said("it cannot be written to"), 1, "{}", worker.said());
    assert_eq!(worker.times_said("error: "), 1, "{}", worker.said());
    office.sql("ALTER SYSTEM SET default_transaction_read_only = off");
    office.sql("SELECT pg_reload_conf()::TEXT");
    office.all_have_it(100);
    let said = worker.end();
    assert_eq!(said.matches("The database can be used again.").count(), 1, "{said}");
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn a_worker_ends_within_seconds_although_the_database_is_away() {
    let (server, office) = office(100);
    let mut worker = office.worker();
    until("mails", || office.mail.accepted_count() >= 10);
    server.kill();
    sleep(SECOND);
    worker.signal("TERM");
    sleep(SECOND);
    worker.signal("TERM");
    let (status, took) = worker.wait();
    assert!(status.code() == Some(0) && took < 6 * SECOND, "{status} {took:?} {}", worker.said());
    assert!(worker.said().contains("The sending record did not answer in time"), "{}", worker.said());
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_record_that_cannot_be_read_any_more_ends_a_worker_when_it_has_done_what_it_began() {
    let script = Script::new().at(Stage::End, Answer::normal().late(SECOND / 5));
    let office = Office::with(address("unreadable"), &members(100), script);
    office.begin();
    let mut worker = office.worker();
    until("mails", || office.mail.accepted_count() >= 5);
    let odd = "INSERT INTO {s}.release (slug, revision, mode, code, audience, state, waves, created_at, key, purpose) \
               SELECT 'odd', 1, mode, code, audience, 9, 0, 0, key, purpose FROM {s}.release";
    office.sql(odd);
    worker.says("What is in hand is finished first");
    assert!(office.mail.accepted_count() < 100, "before the end");
    let (status, _) = worker.wait();
    assert_eq!(status.code(), Some(74), "{}", worker.said());
    assert!(worker.said().contains("a release has the unknown state 9"), "{}", worker.said());
    office.sql("DELETE FROM {s}.release WHERE slug = 'odd'");
    assert_eq!((office.mail.accepted_count(), office.mails("sent"), office.mails("uncertain")), (100, 100, 0));
    office.nobody_twice();
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_worker_that_is_there_before_the_first_send_makes_no_record_and_waits_for_it() {
    let office = Office::new("first", 3);
    office.project.write("rundbrief.key", "ERER".repeat(10) + "ERE=\n");
    private(&office.project, "rundbrief.key");
    let worker = office.worker();
    worker.says("there is no sending record yet");
    sleep(3 * SECOND);
    assert!(!office.project.has_record());
    office.begin();
    office.all_have_it(3);
    let said = worker.end();
    assert_eq!(
        (said.matches("error: ").count(), said.matches("The sending record is there.").count()),
        (1, 1),
        "{said}"
    );
    assert!(said.contains("= help: this worker waits for it"), "{said}");
}

#[test]
#[ignore = "needs PostgreSQL's programs"]
fn what_was_refused_for_all_while_the_database_was_away_is_tried_again() {
    let server = Server::start();
    let refused = Answer::reply("554 5.7.1 message refused by policy").late(3 * SECOND);
    let office = Office::with(server.address(), &members(30), Script::new().at(Stage::End, refused));
    office.configure(|config| config.replace("connections = 4", "connections = 7"));
    office.begin();
    let worker = office.worker();
    until("seven in hand", || office.mail.contents() == 7);
    server.kill();
    // Longer than a question waits: the worker ends its share, and settles what it knows when it leaves.
    sleep(40 * SECOND);
    server.go();
    until("all are to be tried again", || office.mails("deferred") >= 7);
    assert_eq!((office.mails("failed"), office.mails("uncertain"), office.mail.accepted_count()), (0, 0, 0));
    worker.end();
}
