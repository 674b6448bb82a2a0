//! How a worker ends, and what happens to one that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::postgres::address;
use super::scene::Office;
use super::sending::{self, POST, members, rundbrief, signal, until};
use super::smtp_server::{Answer, Script, Stage};

const SECOND: Duration = Duration::from_secs(1);

#[test]
#[ignore = "needs a PostgreSQL server"]
fn what_is_in_hand_is_finished_and_nothing_new_begins() {
    for name in ["TERM", "INT"] {
        let script = Script::new().at(Stage::End, Answer::normal().late(2 * SECOND));
        let office = Office::with(address("drain"), &members(40), script);
        office.begin();
        let mut worker = office.worker();
        until("contents", || office.mail.contents() >= 2);
        worker.signal(name);
        let begun = office.mail.contents();
        let (status, took) = worker.wait();
        assert_eq!(status.code(), Some(0), "{name}: {}", worker.said());
        assert!(took < 8 * SECOND, "{name}: {took:?}");
        let sent = office.mail.accepted_count();
        assert!((begun..=begun + 4).contains(&sent), "{name}: {begun} were in hand, {sent} were sent");
        assert_eq!((office.mails("sent"), office.mails("uncertain")), (sent as u64, 0), "{name}");
        let said = worker.said();
        assert!(said.contains("What is in hand is finished first; a second signal ends at once."), "{said}");
        assert!(said.contains(&format!("This worker has ended: {sent} accepted by 127.0.0.1.")), "{said}");
    }
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn an_end_in_the_office_ends_its_own_share_and_says_how_all_are_stopped() {
    let script = Script::new().at(Stage::End, Answer::normal().late(SECOND / 5));
    let office = Office::with(address("share"), &members(120), script);
    office.begin();
    let worker = office.worker();
    until("mails", || office.mail.accepted_count() >= 5);
    let sending = rundbrief(&office.project, &["send", POST, "--yes", "--offline"]).spawn().expect("it starts");
    sleep(SECOND);
    signal("TERM", sending.id());
    sending::wait(sending)
        .code(75)
        .says("Ended by you; other processes may go on with it. `rundbrief stop kurz` stops them");
    office.all_have_it(120);
    worker.end();
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_second_signal_waits_for_no_answer() {
    let script = Script::new().at(Stage::End, Answer::hang());
    let office = Office::with(address("second"), &members(10), script);
    office.begin();
    let mut worker = office.worker();
    until("contents", || office.mail.contents() == 4);
    sleep(SECOND);
    worker.signal("TERM");
    sleep(SECOND);
    worker.signal("TERM");
    let (status, took) = worker.wait();
    assert!(status.code() == Some(0) && took < 4 * SECOND, "{status} {took:?} {}", worker.said());
    assert_eq!(office.mails("uncertain"), 4);
    assert_eq!(office.mails("pending"), 6);
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn who_stood_still_for_longer_than_its_lease_sends_nothing_of_what_it_had() {
    let (held, free) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (count, released) = (held.clone(), free.clone());
    let script = Script::new().on(Stage::Data, move |_| match released.load(Ordering::SeqCst) {
        true => Answer::normal(),
        false => {
            count.fetch_add(1, Ordering::SeqCst);
            // The content is asked for while the worker stands still.
            Answer::normal().late(5 * SECOND)
        }
    });
    let office = Office::with(address("still"), &members(30), script);
    office.begin();
    let still = office.worker();
    until("its mails are held", || held.load(Ordering::SeqCst) >= 4);
    still.signal("STOP");
    free.store(true, Ordering::SeqCst);
    let other = office.worker();
    until("the others have their mail", || office.mail.accepted_count() >= 26);
    until("nobody waits", || office.mails("in_flight") + office.mails("claimed") == 0);
    assert!(office.mails("uncertain") <= 4, "no more than it had in hand");
    office.nobody_twice();
    let before = office.mail.accepted_count();
    still.signal("CONT");
    // It knows that it sent nothing, and says so.
    until("nothing is in doubt", || office.mails("uncertain") == 0);
    office.all_have_it(30);
    assert!(before >= 26);
    for worker in [still, other] {
        worker.end();
    }
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_stop_reaches_every_worker_and_a_person_has_it_go_on() {
    let script = Script::new().at(Stage::End, Answer::normal().late(SECOND / 4)).on(Stage::Rcpt, |_| Answer::normal());
    let office = Office::with(address("stop"), &members(400), script);
    office.begin();
    let workers = [office.worker(), office.worker()];
    until("mails", || office.mail.accepted_count() >= 8);
    let began = Instant::now();
    office.run(&["stop", POST]).code(0);
    assert!(began.elapsed() < 10 * SECOND, "{:?}", began.elapsed());
    let sent = office.mail.accepted_count();
    sleep(3 * SECOND);
    assert_eq!(office.mail.accepted_count(), sent, "nothing leaves any more");
    assert!(sent < 400);
    office.shut();
    office.begin();
    office.all_have_it(400);
    for worker in workers {
        worker.end();
    }
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn what_a_person_wants_sent_again_is_sent_by_a_worker() {
    let lost = AtomicBool::new(false);
    let script = Script::new().on(Stage::End, move |seen| {
        match seen.recipient().starts_with("m2@") && !lost.swap(true, Ordering::SeqCst) {
            true => Answer::close(),
            false => Answer::normal(),
        }
    });
    let office = Office::with(address("again"), &members(4), script);
    office.begin();
    let worker = office.worker();
    until("one is in doubt", || office.mails("uncertain") == 1 && office.mails("sent") == 3);
    sleep(5 * SECOND);
    assert_eq!(office.mail.accepted_count(), 3, "nobody decides that but a person");
    office.run(&["resolve", "kurz", "--send-again", "m2@d2.example.org"]);
    office.all_have_it(4);
    worker.end();
}
