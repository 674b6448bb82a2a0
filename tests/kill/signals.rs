//! Ends that somebody asks for, and a sender that stands still.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rundbrief::ledger::{DeliveryState, LEASE};

use crate::project::Project;
use crate::sending::{
    POST, Sent, addresses, can_be_written_to, members, rundbrief, send, sending_to, signal, start, totals, until, wait,
};
use crate::smtp_server::{Answer, Script, Server, Stage};

/// A server that takes this long for each mail, so that a send lasts.
fn slow(milliseconds: u64) -> Script {
    Script::new().without_contents().at(Stage::End, Answer::normal().late(Duration::from_millis(milliseconds)))
}

#[track_caller]
fn each_once(server: &Server, members: &[String]) {
    for address in members {
        assert_eq!(server.accepted_for(address), 1, "{address}");
    }
    assert_eq!(server.accepted_count(), members.len());
}

#[track_caller]
fn ends_within(child: Child, limit: Duration) -> Sent {
    let began = Instant::now();
    let sent = wait(child);
    assert!(began.elapsed() < limit, "it took {:?}\n{}", began.elapsed(), sent.said);
    sent
}

#[test]
fn a_send_that_is_told_to_end_leaves_nothing_in_doubt_and_the_next_one_finishes() {
    // A closed terminal is a hang-up.
    for name in ["TERM", "INT", "HUP"] {
        let server = Server::start(slow(20));
        let members = members(300);
        let project = sending_to(server.port(), &members);
        let plain = rundbrief(&project, &["send", POST, "--yes", "--offline"]);
        // Also where the tests themselves run under nohup.
        let mut command = Command::new("env");
        command.arg("--default-signal=HUP").arg(plain.get_program()).args(plain.get_args());
        command.current_dir(project.path("")).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("it starts");
        until("mails go out", || server.accepted_count() > 20);
        signal(name, child.id());
        ends_within(child, Duration::from_secs(5)).code(75).says("Ended by you");
        let left = totals(&project);
        assert_eq!((left.uncertain, left.in_flight, left.claimed, left.failed), (0, 0, 0, 0), "SIG{name}: {left:?}");
        assert!(left.pending > 0 && left.sent as usize == server.accepted_count(), "SIG{name}: {left:?}");
        send(&project).code(0);
        each_once(&server, &members);
    }
}

#[test]
fn a_hang_up_that_is_to_be_ignored_is() {
    let server = Server::start(slow(20));
    let members = members(200);
    let project = sending_to(server.port(), &members);
    let plain = rundbrief(&project, &["send", POST, "--yes", "--offline"]);
    let mut command = Command::new("sh");
    // What nohup does.
    command.args(["-c", "trap '' HUP; exec \"$@\"", "sh"]).arg(plain.get_program()).args(plain.get_args());
    command.current_dir(project.path("")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    until("mails go out", || server.accepted_count() > 20);
    signal("HUP", child.id());
    wait(child).code(0);
    each_once(&server, &members);
}

#[test]
fn an_end_does_not_wait_for_a_server_that_does_not_even_want_the_content() {
    for stage in [Stage::Mail, Stage::Rcpt, Stage::Data] {
        let server = Server::start(Script::new().without_contents().on(stage, |seen| match seen.mail {
            ..=20 => Answer::normal(),
            _ => Answer::hang(),
        }));
        let members = members(100);
        let project = sending_to(server.port(), &members);
        let child = start(&project);
        until("every connection waits for an answer", || server.count("MAIL") >= 24);
        signal("TERM", child.id());
        ends_within(child, Duration::from_secs(3)).code(75);
        let left = totals(&project);
        assert_eq!((left.open() as usize, left.uncertain), (80, 0), "{stage:?}: {left:?}");
        assert_eq!((left.pending, server.accepted_count()), (80, 20), "{stage:?}: {left:?}");
    }
}

#[test]
fn a_second_signal_ends_at_once_and_names_what_was_not_answered() {
    let server = Server::start(Script::new().without_contents().on(Stage::End, |seen| match seen.mail {
        ..=20 => Answer::normal(),
        _ => Answer::hang(),
    }));
    let members = members(100);
    let project = sending_to(server.port(), &members);
    let child = start(&project);
    until("every connection waits for an answer", || server.accepted_count() == 20 && server.contents() == 24);
    signal("INT", child.id());
    sleep(Duration::from_millis(300));
    signal("INT", child.id());
    ends_within(child, Duration::from_secs(3)).code(76).says("may or may not have arrived");
    let begun = server.contents();
    let uncertain = addresses(&project, DeliveryState::Uncertain);
    let left = totals(&project);
    assert_eq!((uncertain.len(), left.sent as usize), (4, server.accepted_count()), "{left:?}");
    assert_eq!((left.open() as usize, left.failed), (members.len() - begun, 0), "{left:?}");
    let taken: Vec<_> = server.accepted().into_iter().map(|mail| mail.to[0].clone()).collect();
    assert!(uncertain.iter().all(|address| !taken.contains(address)));
}

#[test]
fn a_terminal_that_went_away_ends_no_send() {
    let server = Server::start(slow(300));
    let members = members(100);
    let project = sending_to(server.port(), &members);
    let mut child = start(&project);
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().expect("it ends").code(), Some(0), "progress that nobody reads is no reason to stop");
    each_once(&server, &members);
}

/// Stops a sender, but not in the middle of a write: SQLite's own lock would keep everybody out then.
fn stand_still(child: &Child, project: &Project) {
    until("it stands still outside a write", || {
        signal("STOP", child.id());
        let is_free = can_be_written_to(project);
        if !is_free {
            signal("CONT", child.id());
        }
        is_free
    });
}

/// Starts a sender that takes two of the four places.
fn on_half(project: &Project, work: impl FnOnce() -> Child) -> Child {
    let config = project.read("config.toml");
    project.write("config.toml", config.replace("connections = 4", "connections = 2"));
    let child = work();
    project.write("config.toml", config);
    child
}

#[test]
#[ignore = "takes longer than a lease; tests/all.sh runs it"]
fn a_sender_that_stands_still_longer_than_its_lease_repeats_nothing() {
    let server = Server::start(slow(20));
    let members = members(2_500);
    let project = sending_to(server.port(), &members);
    let still = on_half(&project, || {
        let still = start(&project);
        until("mails go out", || server.accepted_count() > 40);
        still
    });
    let other = start(&project);
    until("both send", || server.most_at_once() == 4);
    stand_still(&still, &project);
    let before = server.accepted_count();
    sleep(Duration::from_millis(LEASE as u64 + 7_000));
    let meanwhile = server.accepted_count() - before;
    signal("CONT", still.id());
    let (still, other) = (wait(still), wait(other));
    assert!(meanwhile > 200, "the other went on: {meanwhile}");
    for sent in [still, other] {
        assert!(matches!(sent.status.code(), Some(0 | 75)), "{:?} {}", sent.status, sent.said);
    }
    send(&project).code(0);
    assert_eq!(totals(&project).uncertain, 0);
    each_once(&server, &members);
}

#[test]
#[ignore = "takes longer than a lease; tests/all.sh runs it"]
fn a_sender_that_stood_still_alone_goes_on_by_itself() {
    let server = Server::start(slow(20));
    let members = members(400);
    let project = sending_to(server.port(), &members);
    let still = start(&project);
    until("mails go out", || server.accepted_count() > 40);
    stand_still(&still, &project);
    sleep(Duration::from_millis(LEASE as u64 + 1_000));
    signal("CONT", still.id());
    wait(still).code(0);
    each_once(&server, &members);
}

#[test]
#[ignore = "takes longer than a lease; tests/all.sh runs it"]
fn nobody_waits_for_ever_for_a_sender_that_stands_still() {
    let server = Server::start(slow(20));
    let members = members(400);
    let project = sending_to(server.port(), &members);
    let still = on_half(&project, || {
        let still = start(&project);
        until("mails go out", || server.accepted_count() > 10);
        still
    });
    stand_still(&still, &project);
    let beside = ends_within(start(&project), Duration::from_secs(60)).code(75);
    let left = totals(&project);
    assert_eq!(
        (left.pending, left.claimed, left.uncertain),
        (0, 0, 0),
        "it did what it could: {left:?} {}",
        beside.said
    );
    assert!(left.in_flight > 0 && left.sent > 300, "{left:?}");
    signal("CONT", still.id());
    wait(still).code(0);
    each_once(&server, &members);
}

#[test]
#[ignore = "takes longer than a lease; tests/all.sh runs it"]
fn a_sender_that_stands_still_with_all_connections_is_named() {
    let server = Server::start(slow(20));
    let members = members(400);
    let project = sending_to(server.port(), &members);
    let still = start(&project);
    until("mails go out", || server.accepted_count() > 10);
    stand_still(&still, &project);
    ends_within(start(&project), Duration::from_secs(60)).code(75).says("stands still");
    signal("CONT", still.id());
    let _ = wait(still);
    send(&project).code(0);
    each_once(&server, &members);
}

#[test]
#[ignore = "takes longer than a lease; tests/all.sh runs it"]
fn what_was_taken_from_a_sender_that_stood_still_comes_back_to_it_once() {
    // Slow enough that the last ones are claimed and not yet marked for some time.
    let server = Server::start(slow(700));
    let members = members(35);
    let project = sending_to(server.port(), &members);
    let still = on_half(&project, || {
        let still = start(&project);
        until("mails go out", || server.accepted_count() > 0);
        until("few are claimed and not marked", || (1..4).contains(&totals(&project).claimed));
        still
    });
    stand_still(&still, &project);
    sleep(Duration::from_millis(LEASE as u64 + 1_500));
    let config = project.read("config.toml");
    project.write("config.toml", config.replace("connections = 4", "connections = 2"));
    ends_within(start(&project), Duration::from_secs(60)).code(75);
    let left = totals(&project);
    assert!(left.claimed == 0 && left.pending > 0, "what it only claimed was taken from it: {left:?}");
    signal("CONT", still.id());
    wait(still).code(0);
    each_once(&server, &members);
}
