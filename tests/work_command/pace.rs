//! One pace for all workers, measured where the mails arrive.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::postgres::address;
use super::scene::{Office, Worker};
use super::sending::{members, until};
use super::smtp_server::{Answer, Script, Stage};

/// When mails began, and for whom.
type Times = Arc<Mutex<Vec<(Instant, String)>>>;

/// Notes when a recipient was named; `answer` says what is answered.
fn timed(answer: impl Fn(usize, &str) -> Answer + Send + Sync + 'static) -> (Script, Times) {
    let times = Times::default();
    let noted = times.clone();
    let script = Script::new().on(Stage::Rcpt, move |seen| {
        let mut times = noted.lock().expect("nobody panics");
        times.push((Instant::now(), seen.recipient().to_owned()));
        answer(times.len(), seen.recipient())
    });
    (script, times)
}

/// The most that began within a time.
fn most_within(times: &Times, window: Duration, after: Option<Instant>) -> usize {
    let times = times.lock().expect("nobody panics");
    let times: Vec<Instant> =
        times.iter().map(|(at, _)| *at).filter(|at| after.is_none_or(|after| *at > after)).collect();
    times.iter().map(|from| times.iter().filter(|at| *at >= from && **at - *from < window).count()).max().unwrap_or(0)
}

fn three(office: &Office) -> [Worker; 3] {
    [(); 3].map(|()| Worker::start(office.machine(), &["--connections", "2"]))
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn three_workers_keep_one_pace() {
    let (script, times) = timed(|_, _| Answer::normal());
    let office = Office::with(address("pace"), &members(150), script);
    office.configure(|config| {
        config.replace("per_minute = 0", "per_minute = 600").replace("connections = 4", "connections = 6")
    });
    office.begin();
    let workers = three(&office);
    office.all_have_it(150);
    // One every 100 ms; one that is late on a busy computer may be close to the next.
    for seconds in [1, 3, 10] {
        let most = most_within(&times, Duration::from_secs(seconds), None);
        assert!(most <= 10 * seconds as usize + 3, "{most} within {seconds} s");
    }
    let said: Vec<String> = workers.into_iter().map(Worker::end).collect();
    let worked = said.iter().filter(|said| said.contains("accepted by")).count();
    assert!(worked >= 2, "they share the work: {said:?}");
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_server_that_is_too_busy_for_one_is_spared_by_all() {
    let busy = Arc::new(Mutex::new(None));
    let said = busy.clone();
    let (script, times) = timed(move |number, _| {
        if number == 60 {
            *said.lock().expect("nobody panics") = Some(Instant::now());
            return Answer::reply("421 4.7.0 too much for us").and_close();
        }
        Answer::normal()
    });
    let office = Office::with(address("busy"), &members(3_000), script.without_contents());
    office.configure(|config| {
        config.replace("per_minute = 0", "per_minute = 6000").replace("connections = 4", "connections = 6")
    });
    office.begin();
    let workers = three(&office);
    until("it is too busy", || busy.lock().expect("nobody panics").is_some());
    let since = busy.lock().expect("nobody panics").expect("it was");
    // What each had claimed by then had its place in the row.
    sleep(Duration::from_secs(25));
    let most = most_within(&times, Duration::from_secs(5), Some(since + Duration::from_secs(17)));
    assert!(most <= 53, "{most} within 5 s, and 10 a second are asked for");
    assert!(most >= 20, "{most}: they go on");
    for worker in workers {
        worker.end();
    }
    office.nobody_twice();
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_domain_that_is_too_busy_for_one_is_spared_by_the_next() {
    let told = AtomicBool::new(false);
    let (script, times) =
        timed(move |_, to| match to.ends_with("@slow.example") && !told.swap(true, Ordering::SeqCst) {
            true => Answer::reply("450 4.7.1 greylisted, try again later"),
            false => Answer::normal(),
        });
    let mut people = members(60);
    people.extend((1..=40).map(|number| format!("s{number}@slow.example")));
    let office = Office::with(address("domain"), &people, script);
    // A few at a time, so that the first does not have everything in hand when it is told.
    office.configure(|config| config.replace("per_minute = 0", "per_minute = 120"));
    office.begin();
    let slow = |times: &Times| {
        let times = times.lock().expect("nobody panics");
        times.iter().filter(|(_, to)| to.ends_with("@slow.example")).map(|(at, _)| *at).collect::<Vec<_>>()
    };
    let first = office.worker();
    until("one is told", || slow(&times).len() == 1);
    first.end();
    let before = slow(&times).len();
    let second = office.worker();
    until("the domain has more", || slow(&times).len() >= before + 8);
    let all = slow(&times);
    let after = &all[before..];
    let took = after[7] - after[0];
    assert!(took > Duration::from_millis(6_500), "one a second at most: {took:?} for seven");
    second.end();
}
