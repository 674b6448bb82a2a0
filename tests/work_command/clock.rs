//! A worker whose clock is wrong goes by the database's. The clock is faked by Debian's libfaketime.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use super::postgres::address;
use super::scene::{Office, Worker};
use super::sending::{members, until};
use super::smtp_server::{Answer, Script, Stage};

fn library() -> PathBuf {
    let found = std::fs::read_dir("/usr/lib").expect("is there").flatten().map(|entry| entry.path());
    let library = found.map(|folder| folder.join("faketime/libfaketime.so.1")).find(|library| library.is_file());
    library.expect("libfaketime is installed")
}

fn worker(office: &Office, ahead: &str) -> Worker {
    let library = library();
    let variables = [
        ("LD_PRELOAD", library.to_str().expect("is UTF-8")),
        ("FAKETIME", ahead),
        // The steady clock is that of the kernel on any computer.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];
    Worker::start_with(office.machine(), &[], &variables)
}

#[test]
#[ignore = "needs a PostgreSQL server and libfaketime"]
fn a_worker_whose_clock_is_an_hour_off_says_so_and_goes_by_the_database() {
    for (ahead, way) in [("+1h", "ahead of"), ("-1h", "behind")] {
        let script = Script::new().on(Stage::Rcpt, |seen| match seen.recipient().starts_with("m1@") {
            true => Answer::reply("452 4.2.2 mailbox full"),
            false => Answer::normal(),
        });
        let office = Office::with(address("clock"), &members(20), script);
        office.begin();
        let due = || {
            let sql = "SELECT (due_at - CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))::TEXT \
                       FROM {s}.delivery WHERE state = 4";
            office.sql(sql).map(|milliseconds| milliseconds.parse::<i64>().expect("is a number") / 1_000)
        };
        let first = worker(&office, ahead);
        first.says(&format!("minutes {way} the one of the sending record's database"));
        until("the mails", || office.mails("sent") == 19 && due().is_some());
        let wait = due().expect("it is tried again");
        assert!((120..700).contains(&wait), "{ahead}: about five minutes later, not {wait} s");
        let written = office.mail.accepted()[0].clone();
        let text = String::from_utf8_lossy(&written.bytes).into_owned();
        let date = text.lines().find_map(|line| line.strip_prefix("Date: ")).expect("has a date");
        let date = jiff::fmt::rfc2822::parse(date).expect("is one").timestamp();
        let apart = jiff::Timestamp::now().duration_since(date).abs();
        assert!(apart < jiff::SignedDuration::from_mins(3), "{ahead}: {apart}");
        sleep(Duration::from_secs(6));
        assert_eq!(office.mail.count("RCPT"), 20, "{ahead}: it is not tried before its time");
        first.end();

        // One that joins in later hastens nothing.
        office.sql("UPDATE {s}.delivery SET state = 0 WHERE target = (SELECT target FROM {s}.delivery WHERE state = 3 LIMIT 1)");
        let second = worker(&office, ahead);
        until("there was something to do", || office.mail.accepted_count() == 20);
        sleep(Duration::from_secs(3));
        let left = due().expect("it still waits");
        assert!((wait - 120..=wait).contains(&left), "{ahead}: {wait} s, then {left} s");
        assert_eq!(office.mail.count("RCPT"), 21, "{ahead}");
        let said = second.end();
        assert_eq!(said.matches("warning: this computer's clock").count(), 1, "{said}");
    }
}
