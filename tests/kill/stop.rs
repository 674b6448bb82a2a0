//! `stop` against sends that are running: how soon nothing leaves any more, and that nobody is written to twice by what
//! comes after, whatever text it is.

use std::process::{Child, Output};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rundbrief::ledger::DeliveryState;

use crate::project::Project;
use crate::sending::{
    POST, Sent, addresses, config, is_being_prepared, list, members, rundbrief, send, sending_to, start, totals, until,
    wait,
};
use crate::smtp_server::{Answer, Script, Server, Stage};

/// The promise: from the start of `stop` to the last mail that is accepted.
const PROMISED: Duration = Duration::from_secs(3);

/// When the last mail came whole, as the server saw it.
#[derive(Clone, Default)]
struct Last(Arc<Mutex<Option<Instant>>>);

impl Last {
    /// A server that takes this long for each mail, and remembers when.
    fn watching(&self, late: Duration) -> Script {
        let last = self.clone();
        Script::new().without_contents().on(Stage::End, move |_| {
            *last.0.lock().expect("no handler has panicked") = Some(Instant::now() + late);
            Answer::normal().late(late)
        })
    }

    fn since(&self, began: Instant) -> Duration {
        let last = self.0.lock().expect("no handler has panicked").expect("a mail has come");
        last.saturating_duration_since(began)
    }
}

fn stop(project: &Project) -> Sent {
    Sent::of(rundbrief(project, &["stop", POST]).output().expect("it runs"))
}

fn spawn(project: &Project, word: &str) -> Child {
    rundbrief(project, &["send", POST, "--yes", word]).spawn().expect("it starts")
}

fn edit(project: &Project) {
    let post = project.read(POST);
    project.write(POST, post.replace("drei", "vier"));
}

#[track_caller]
fn each_once(server: &Server, members: &[String]) {
    for address in members {
        assert_eq!(server.accepted_for(address), 1, "{address}");
    }
    assert_eq!(server.accepted_count(), members.len());
}

/// Stops and waits for the senders. Says how long the last mail came after the start of the stop.
#[track_caller]
fn stopped_in_time(project: &Project, senders: Vec<Child>, last: &Last) -> Duration {
    let began = Instant::now();
    let said = stop(project).code(0).says("Stopped.");
    let took = began.elapsed();
    for sender in senders {
        let sent = wait(sender).code(75);
        // One that had only begun to prepare itself sends nothing at all.
        let says = ["Stopped. `rundbrief send kurz` goes on", "kurz was stopped while this send was being prepared"];
        assert!(says.iter().any(|text| sent.said.contains(text)), "{}", sent.said);
    }
    let after = last.since(began);
    println!("the last mail came {after:?} after the start of the stop, which took {took:?}");
    assert!(after < PROMISED, "{after:?}");
    assert!(took < Duration::from_secs(8) && began.elapsed() < Duration::from_secs(8), "{took:?}");
    let left = totals(project);
    assert_eq!((left.uncertain, left.in_flight, left.claimed, left.failed), (0, 0, 0, 0), "{left:?}");
    assert!(left.pending > 0, "it was stopped in the middle: {left:?}");
    assert!(said.said.contains(&format!(" it, {} wait.", left.pending)), "{left:?} {}", said.said);
    after
}

#[test]
fn a_send_that_is_stopped_ends_within_three_seconds_and_goes_on_later() {
    for (number, late) in [(6_000, 0), (4_000, 10)] {
        let last = Last::default();
        let server = Server::start(last.watching(Duration::from_millis(late)));
        let members = members(number);
        let project = sending_to(server.port(), &members);
        let child = start(&project);
        until("mails go out", || server.accepted_count() > 200);
        stopped_in_time(&project, vec![child], &last);
        let before = server.accepted_count();
        assert_eq!(totals(&project).sent as usize, before, "what was accepted is known");
        if number == 4_000 {
            // The other half is not waited for in this test.
            continue;
        }
        stop(&project).code(0).says("Stopped.");
        send(&project).code(0);
        each_once(&server, &members);
    }
}

#[test]
fn a_send_that_is_being_prepared_sends_nothing_once_it_is_stopped() {
    let server = Server::start(Script::new().without_contents());
    let members = members(60_000);
    let project = sending_to(server.port(), &members);
    let child = start(&project);
    until("its recipients are being written down", || is_being_prepared(&project));
    stop(&project).code(0).says("kurz has not been sent; cron will not begin it until `rundbrief send kurz`");
    wait(child).code(75).says("kurz was stopped while this send was being prepared; nothing was sent by it");
    assert_eq!(server.connections(), 0);
    assert_eq!(rundbrief(&project, &["status", POST]).output().expect("it runs").status.code(), Some(66));
}

#[test]
fn several_sends_at_once_all_stop() {
    let last = Last::default();
    let server = Server::start(last.watching(Duration::from_millis(10)));
    let members = members(2_000);
    let project = sending_to(server.port(), &members);
    let write = |connections: usize| {
        let config = config(server.port()).replace("connections = 4", &format!("connections = {connections}"));
        project.write("config.toml", config);
    };
    write(2);
    let first = start(&project);
    until("mails go out", || server.accepted_count() > 50);
    write(6);
    let others = [start(&project), start(&project)];
    until("all send", || server.most_at_once() > 4);
    stopped_in_time(&project, [first].into_iter().chain(others).collect(), &last);
    let sends = [start(&project), start(&project)].map(wait);
    assert!(sends.iter().all(|sent| matches!(sent.status.code(), Some(0 | 75))), "{sends:?}");
    send(&project).code(0);
    each_once(&server, &members);
}

#[test]
fn a_send_that_waits_for_its_minute_stops() {
    let last = Last::default();
    let server = Server::start(last.watching(Duration::ZERO));
    let members = members(60);
    let project = sending_to(server.port(), &members);
    project.write("config.toml", config(server.port()).replace("per_minute = 0", "per_minute = 12"));
    let child = start(&project);
    until("the first has gone out", || server.accepted_count() > 0);
    stopped_in_time(&project, vec![child], &last);
    assert!(server.accepted_count() < 10);
}

#[test]
fn a_send_that_waits_for_its_server_stops() {
    let server = Server::start(Script::new());
    let port = server.port();
    drop(server);
    let project = sending_to(port, &members(50));
    let child = start(&project);
    until("it is released", || project.has_record() && released(&project));
    let began = Instant::now();
    stop(&project).code(0).says("Stopped. 0 have it, 50 wait.");
    wait(child).code(75);
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    assert_eq!(totals(&project).pending, 50);
}

fn released(project: &Project) -> bool {
    rundbrief(project, &["status", POST]).output().expect("it runs").status.code() == Some(75)
}

#[test]
fn a_mail_whose_answer_does_not_come_is_said_and_not_waited_for() {
    let server = Server::start(Script::new().without_contents().on(Stage::End, |seen| match seen.mail {
        ..=20 => Answer::normal(),
        _ => Answer::hang(),
    }));
    let project = sending_to(server.port(), &members(100));
    let mut child = start(&project);
    until("every connection waits for an answer", || server.accepted_count() == 20 && server.contents() == 24);
    let began = Instant::now();
    let said = stop(&project).code(0).says("4 that were handed over wait for an answer of the mail server");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(said.said.contains("20 have it, 80 wait"), "{}", said.said);
    // Nobody can begin a new text meanwhile.
    edit(&project);
    wait(spawn(&project, "--rest-with-new-text")).code(75).says("the earlier text of this post is still being sent");
    assert_eq!(server.contents(), 24, "nothing more has left");
    child.kill().expect("SIGKILL");
    child.wait().expect("it has ended");
    project.let_leases_end();
    let server_of_the_rest = Server::start(Script::new().without_contents());
    project.write("config.toml", config(server_of_the_rest.port()));
    wait(spawn(&project, "--rest-with-new-text")).code(76).says("4 may or may not have arrived");
    assert_eq!(server_of_the_rest.accepted_count(), 76, "those who may have the earlier text do not get the new one");
}

#[test]
fn a_sender_that_was_killed_holds_up_neither_the_stop_nor_the_new_text() {
    let server = Server::start(Last::default().watching(Duration::from_millis(20)));
    let members = members(200);
    let project = sending_to(server.port(), &members);
    let mut child = start(&project);
    until("mails go out", || server.accepted_count() > 20);
    child.kill().expect("SIGKILL");
    child.wait().expect("it has ended");
    let began = Instant::now();
    stop(&project).code(0).says("Stopped.");
    // On a server only the end of its lease tells that it is gone: what it had marked is waited for until then.
    let limit = if project.is_on_a_server() { 20 } else { 5 };
    assert!(began.elapsed() < Duration::from_secs(limit), "{:?}", began.elapsed());
    project.let_leases_end();
    edit(&project);
    let sent = wait(spawn(&project, "--rest-with-new-text"));
    assert!(matches!(sent.status.code(), Some(0 | 76)), "{:?} {}", sent.status, sent.said);
    let doubtful = of_all_texts(&project, "uncertain");
    for address in &members {
        let times = server.accepted_for(address);
        assert!(times == 1 || (times == 0 && doubtful > 0), "{address}: {times}");
    }
    assert!(server.accepted_count() + doubtful >= members.len());
}

#[test]
fn a_new_text_whose_preparation_is_killed_leaves_the_stopped_send_as_it_was() {
    let server = Server::start(Last::default().watching(Duration::from_millis(5)));
    let members = members(20_000);
    let project = sending_to(server.port(), &members);
    let child = start(&project);
    until("mails go out", || server.accepted_count() > 20);
    stop(&project).code(0);
    wait(child).code(75);
    let before = totals(&project);
    edit(&project);
    let mut child = spawn(&project, "--rest-with-new-text");
    until("its recipients are being written down", || is_being_prepared(&project));
    child.kill().expect("SIGKILL");
    child.wait().expect("it has ended");
    assert_eq!(totals(&project), before);
    let status = crate::sending::status(&project);
    assert_eq!((status["state"].as_str(), status["revisions"].as_array().map(Vec::len)), (Some("stopped"), Some(1)));
    wait(start(&project)).code(64).says("kurz was stopped, and the post was edited since");
    assert_eq!(server.accepted_count() as u64, before.sent);

    // All but 100 leave the list, so that the rest is soon done.
    let left = &members[19_900..];
    project.write("newsletters/lists/members.csv", list(left));
    wait(spawn(&project, "--rest-with-new-text")).code(0).says("get nothing any more");
    let new = left.iter().filter(|address| server.accepted_for(address) == 1).count();
    assert_eq!(new, left.len());
    assert!(server.accepted_count() as u64 <= before.sent + 100);
}

/// A count of the post over all its texts.
fn of_all_texts(project: &Project, state: &str) -> usize {
    crate::sending::status(project)["totals"][state].as_u64().expect("a number") as usize
}

/// Whatever goes on with a stopped and edited post at once, each member has one of the two texts.
#[test]
fn old_and_new_text_at_once_write_to_each_member_once() {
    const WORDS: [&str; 4] = ["--rest-unchanged", "--rest-with-new-text", "--rest-unchanged", "--rest-with-new-text"];
    let mut texts = 0;
    for round in 0..12 {
        let server = Server::start(
            Script::new().without_contents().at(Stage::End, Answer::normal().late(Duration::from_millis(3))),
        );
        let members = members(160);
        let project = sending_to(server.port(), &members);
        let child = start(&project);
        until("mails go out", || server.accepted_count() > 10);
        stop(&project).code(0);
        let _ = wait(child);
        edit(&project);
        let shift = round % WORDS.len();
        let sends: Vec<Child> = (0..WORDS.len())
            .map(|number| {
                std::thread::sleep(Duration::from_millis(40 * (round as u64 / 4)));
                spawn(&project, WORDS[(number + shift) % WORDS.len()])
            })
            .collect();
        for sent in sends.into_iter().map(wait) {
            assert!(matches!(sent.status.code(), Some(0 | 75)), "{:?} {}", sent.status, sent.said);
            assert!(!sent.said.contains("panicked"), "{}", sent.said);
        }
        let rest: Output = rundbrief(&project, &["send", POST, "--yes"]).output().expect("it runs");
        assert_eq!(rest.status.code(), Some(0), "{}", Sent::of(rest).said);
        each_once(&server, &members);
        assert_eq!(of_all_texts(&project, "sent"), members.len());
        assert_eq!(addresses(&project, DeliveryState::Uncertain).len(), 0);
        texts += crate::sending::status(&project)["revisions"].as_array().expect("a list").len();
    }
    println!("{texts} texts in 12 rounds");
    assert!(texts > 12, "the new text was never sent: {texts}");
}
