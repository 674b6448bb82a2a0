//! Faults of a mail server, met by the built binary: what becomes of each member's mail, and the exit code.
//!
//! Each row is a server that fails in one way, and what the record says after one send and after another. Five members,
//! four connections, unless the row says otherwise.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;

#[path = "faults/opening.rs"]
mod opening;
#[path = "faults/record.rs"]
mod record;
#[path = "faults/table.rs"]
mod table;

use std::sync::atomic::{AtomicUsize, Ordering};

use smtp_server::{Answer, Script, Seen, Stage};
use table::{Row, check, row};

/// The answer at a stage to `m1` alone, each time.
fn to_m1(stage: Stage, answer: Answer) -> Script {
    at(stage, usize::MAX, |seen| seen.recipient().starts_with("m1@"), answer)
}

/// The answer at a stage to `m1` alone, the first time.
fn to_m1_once(stage: Stage, answer: Answer) -> Script {
    at(stage, 1, |seen| seen.recipient().starts_with("m1@"), answer)
}

/// The answer the first times that a stage is reached.
fn at_first(stage: Stage, times: usize, answer: Answer) -> Script {
    at(stage, times, |_| true, answer)
}

fn at(stage: Stage, times: usize, whom: fn(&Seen<'_>) -> bool, answer: Answer) -> Script {
    let seen_so_far = AtomicUsize::new(0);
    Script::new().on(stage, move |seen| {
        let hit = whom(seen) && seen_so_far.fetch_add(1, Ordering::Relaxed) < times;
        if hit { answer.clone() } else { Answer::normal() }
    })
}

fn says(text: &str) -> Answer {
    Answer::reply(text)
}

#[test]
fn a_refused_member_is_that_member_alone() {
    let refused = |text: &'static str| row(text, to_m1(Stage::Rcpt, says(text)), 69, "sent 4, failed 1").then(0, "");
    check(vec![
        refused("550 5.1.1 no such user"),
        refused("550-5.1.1 no such user\n550 5.1.1 at all"),
        refused("550 5.7.1 blocked by a filter of this member"),
        refused("552 5.2.2 mailbox full"),
        row("DATA 554", to_m1(Stage::Data, says("554 5.5.1 no")), 69, "sent 4, failed 1").then(0, ""),
        row("the dot 554", to_m1(Stage::End, says("554 5.6.0 bad content")), 69, "sent 4, failed 1").then(0, ""),
        row("Latin-1", to_m1(Stage::Rcpt, Answer::raw(*b"550 Empf\xe4nger unbekannt\r\n")), 69, "sent 4, failed 1"),
        row(
            "refused, and RSET refused too",
            to_m1(Stage::Rcpt, says("550 5.1.1 no")).at(Stage::Rset, says("500 what?")),
            69,
            "sent 4, failed 1",
        ),
        row("an address that this server cannot write to", Script::new().without("SMTPUTF8"), 69, "sent 4, failed 1")
            .instead_of_m1("jürgen@d1.example.org")
            .says("SMTPUTF8"),
    ]);
}

/// All other tables are for servers that take several commands at once.
#[test]
fn a_server_that_takes_one_command_after_the_other_comes_to_the_same() {
    use Stage::{Content, Data, End, Mail, Rcpt};
    let plain = |script: Script| script.without("PIPELINING");
    check(vec![
        row("all is well", plain(Script::new()), 0, "sent 5"),
        row("MAIL 451", plain(at_first(Mail, 2, says("451 4.3.0 disk full"))), 0, "sent 5"),
        row("MAIL 530", plain(Script::new().at(Mail, says("530 5.7.0 log in"))), 77, "pending 5"),
        row("RCPT 550", plain(to_m1(Rcpt, says("550 5.1.1 no such user"))), 69, "sent 4, failed 1"),
        row("RCPT 450", plain(to_m1_once(Rcpt, says("450 4.2.0 busy"))), 75, "sent 4, deferred 1").then(0, "sent 5"),
        row("RCPT closed", plain(at_first(Rcpt, 2, Answer::close())), 0, "sent 5"),
        row("DATA 554", plain(to_m1(Data, says("554 5.5.1 no"))), 69, "sent 4, failed 1"),
        row("DATA 421", plain(at_first(Data, 2, says("421 4.3.2 closing").and_close())), 0, "sent 5"),
        row("closed in the content", plain(to_m1(Content, Answer::close())), 76, "sent 4, uncertain 1"),
        row("closed after the dot", plain(to_m1(End, Answer::close())), 76, "sent 4, uncertain 1"),
    ]);
}

#[test]
fn a_server_that_waits_for_the_content_of_a_refused_mail_gets_none() {
    for text in ["550 5.1.1 no such user", "450 4.2.0 busy"] {
        let (exit, left) = if text.starts_with('5') { (69, "sent 4, failed 1") } else { (75, "sent 4, deferred 1") };
        let (_, server) = row(text, to_m1(Stage::Rcpt, says(text)).inviting_all(), exit, left).one_by_one().play();
        assert_eq!((server.unaddressed(), server.accepted_count()), (vec![Vec::new()], 4), "{text}");
        assert_eq!(server.connections(), 1, "{text}: the connection is kept");
    }
}

#[test]
fn a_member_who_is_refused_for_now_gets_it_with_the_next_send() {
    let later = |name: &'static str, stage, text| {
        row(name, to_m1_once(stage, says(text)), 75, "sent 4, deferred 1").then(0, "sent 5").says("to be tried again")
    };
    check(vec![
        later("greylisting 450", Stage::Rcpt, "450 4.7.1 greylisted, try again in 300 s"),
        later("greylisting 451", Stage::Rcpt, "451 4.7.1 greylisted"),
        later("RCPT 450", Stage::Rcpt, "450 4.2.0 busy"),
        later("RCPT 451", Stage::Rcpt, "451 4.3.0 lookup failed"),
        later("RCPT 452 4.3.1", Stage::Rcpt, "452 4.3.1 no storage"),
        later("RCPT 452 4.2.2", Stage::Rcpt, "452 4.2.2 mailbox full"),
        later("RCPT 454", Stage::Rcpt, "454 4.3.0 temporary"),
        later("the hoster's own limit", Stage::Rcpt, "450 Mail send limit exceeded"),
        later("the provider's day", Stage::Rcpt, "550 5.4.5 Daily user sending limit exceeded"),
        later("DATA 451", Stage::Data, "451 4.3.0 not now"),
        later("the dot 451", Stage::End, "451 4.3.0 try later"),
        later("the dot 452", Stage::End, "452 4.3.1 no storage"),
        row("the dot 421", to_m1_once(Stage::End, says("421 4.3.2 not now").and_close()), 75, "sent 4, deferred 1")
            .then(0, "sent 5"),
        row("full for ever", to_m1(Stage::Rcpt, says("452 4.2.2 full")), 75, "sent 4, deferred 1")
            .then(75, "sent 4, deferred 1"),
    ]);
}

#[test]
fn a_connection_that_fails_before_the_content_is_nobodys_fault() {
    use Stage::{Answered, Data, Ehlo, Greeting, Mail, Quit, Rcpt};
    let all = |name: &'static str, stage, answer| row(name, at_first(stage, 2, answer), 0, "sent 5");
    check(vec![
        all("greeting 421", Greeting, says("421 4.3.2 busy").and_close()),
        all("greeting 554", Greeting, says("554 no service").and_close()),
        all("greeting closed", Greeting, Answer::close()),
        all("greeting garbage", Greeting, Answer::raw("HTTP/1.1 400 Bad Request\r\n\r\n").and_close()),
        all("EHLO 421", Ehlo, says("421 4.3.2 busy").and_close()),
        all("EHLO 550", Ehlo, says("550 5.7.1 go away")),
        all("EHLO reset", Ehlo, Answer::reset()),
        all("MAIL 421", Mail, says("421 4.7.0 closing").and_close()),
        all("MAIL 451", Mail, says("451 4.3.0 disk full")),
        all("MAIL 452", Mail, says("452 4.3.1 no storage")),
        all("MAIL the day's limit", Mail, says("550 5.4.5 Daily user sending limit exceeded")),
        all("MAIL closed", Mail, Answer::close()),
        all("MAIL garbage", Mail, Answer::raw("\u{1}\u{2}\r\n")),
        all("MAIL two answers", Mail, Answer::raw("250 ok\r\n250 ok\r\n")),
        all("MAIL 354", Mail, says("354 what?")),
        all("RCPT 421", Rcpt, says("421 4.3.2 shutting down").and_close()),
        all("RCPT closed", Rcpt, Answer::close()),
        all("RCPT half a line", Rcpt, Answer::raw("250 2.1").and_close()),
        all("DATA 421", Data, says("421 4.3.2 shutting down").and_close()),
        all("DATA reset", Data, Answer::reset()),
        all("DATA 250", Data, says("250 ok?")),
        all("QUIT closed", Quit, Answer::close()),
        row("closed after each mail", Script::new().at(Answered, Answer::close()), 0, "sent 5"),
        row("421 after each mail", Script::new().at(Answered, says("421 4.4.2 enough").and_close()), 0, "sent 5"),
        row("one member breaks every connection", to_m1(Rcpt, Answer::close()), 75, "sent 4, deferred 1"),
    ]);
}

#[test]
fn a_content_without_an_answer_is_in_doubt_and_not_tried_again() {
    use Stage::{Content, End};
    let doubt = |name: &'static str, stage, answer| {
        row(name, to_m1(stage, answer), 76, "sent 4, uncertain 1")
            .then(76, "sent 4, uncertain 1")
            .says("may or may not have arrived")
    };
    check(vec![
        doubt("closed in the content", Content, Answer::close()),
        doubt("reset in the content", Content, Answer::reset()),
        doubt("closed after the dot", End, Answer::close()),
        doubt("closed after the dot, but taken", End, Answer::close().taken()),
        doubt("reset after the dot", End, Answer::reset()),
        doubt("garbage after the dot", End, Answer::raw("queued\r\n")),
        doubt("half an answer to the dot", End, Answer::raw("250 2.0").and_close()),
        doubt("354 to the dot", End, says("354 more?")),
        doubt("an endless answer to the dot", End, Answer::raw(vec![b'2'; 100_000])).says("longer than 64 kB"),
    ]);
}

#[test]
fn what_is_about_the_sender_stops_the_send_and_refuses_nobody() {
    use Stage::{End, Mail, Rcpt};
    let stops = |name: &'static str, stage, text, exit| {
        row(name, Script::new().at(stage, says(text)), exit, "pending 5").then(exit, "pending 5").says(&text[..3])
    };
    let refuse_all = |stage| Script::new().at(stage, says("550 5.7.1 we do not like your content"));
    check(vec![
        stops("MAIL 530", Mail, "530 5.7.0 authentication required", 77),
        stops("MAIL 535", Mail, "535 5.7.3 not logged in", 77),
        stops("MAIL 550 5.7.1", Mail, "550 5.7.1 not your address", 77),
        stops("MAIL 553 5.7.1", Mail, "553 5.7.1 sender not owned by user", 77),
        stops("MAIL 550 5.7.60", Mail, "550 5.7.60 SendAsDenied", 77),
        stops("MAIL 553 5.1.8", Mail, "553 5.1.8 bad sender", 69),
        stops("RCPT 530", Rcpt, "530 5.7.57 Client not authenticated", 77),
        row("refused as sender after the dot", Script::new().at(End, says("554 5.2.252 SendAsDenied")), 77, "")
            .one_by_one()
            .leaves("pending 4, deferred 1")
            .then(77, "pending 3, deferred 2"),
        row("five domains in a row at RCPT", refuse_all(Rcpt), 75, "pending 5, deferred 5")
            .members(10)
            .one_by_one()
            .says("five domains in a row"),
        row("five domains in a row after the dot", refuse_all(End), 75, "pending 5, deferred 5")
            .members(10)
            .one_by_one(),
        row("four domains are no row", refuse_all(Rcpt), 69, "failed 4").members(4),
    ]);
}

#[test]
fn a_refusal_of_all_is_nobodys_own_over_many_connections_too() {
    let late = says("550 5.7.1 we do not like your content").late(std::time::Duration::from_millis(50));
    let many = row("twenty domains", Script::new().at(Stage::Rcpt, late), 75, "").members(20);
    let (project, server) = many.play();
    let left = sending::totals(&project);
    assert_eq!((left.failed, left.sent, server.accepted_count()), (0, 0, 0), "{left:?}");
    assert!((5..=8).contains(&left.deferred) && left.open() == 20, "{left:?}");
}

#[test]
fn the_first_of_the_list_does_not_hold_up_the_others_when_it_breaks_the_only_connection() {
    let first = std::sync::Mutex::new(String::new());
    let script = Script::new().on(Stage::Rcpt, move |seen| {
        let mut first = first.lock().expect("not poisoned");
        if first.is_empty() {
            first.push_str(seen.recipient());
        }
        if *first == seen.recipient() { Answer::close() } else { Answer::normal() }
    });
    check(vec![row("the first breaks it", script, 75, "sent 4, deferred 1").one_by_one()]);
}

const SOON_GIVEN_UP: &str = "[email.retry]\nfirst = \"1m\"\nmax = \"1m\"\ngive_up = \"2m\"\n";

/// Sends once more when the time of [`SOON_GIVEN_UP`] is over: the exit code and what it says.
fn send_at_last(project: &project::Project) -> (Option<i32>, String) {
    let soon = jiff::Timestamp::now().as_second() + 90;
    let mut command = sending::rundbrief(project, &["send", sending::POST, "--yes", "--offline"]);
    let ended = command.env("SOURCE_DATE_EPOCH", soon.to_string()).output().expect("it runs");
    (ended.status.code(), String::from_utf8_lossy(&ended.stdout).into_owned())
}

#[test]
fn what_is_refused_for_now_too_long_is_given_up_and_said() {
    let row: Row =
        row("greylisted for ever", to_m1(Stage::Rcpt, says("450 4.7.1 greylisted")), 75, "sent 4, deferred 1")
            .config(SOON_GIVEN_UP);
    let (project, server) = row.play();
    let (exit, said) = send_at_last(&project);
    assert_eq!(exit, Some(69), "{said}");
    assert!(said.contains("given up: 450 4.7.1"), "{said}");
    assert_eq!((sending::totals(&project).failed, server.accepted_count()), (1, 4));
}

#[test]
fn a_member_under_whom_every_connection_breaks_is_given_up_though_nobody_else_is_left() {
    let script = to_m1(Stage::Rcpt, Answer::close());
    let row: Row = row("one breaks every connection", script, 75, "sent 4, deferred 1").config(SOON_GIVEN_UP);
    let (project, server) = row.play();
    let (_, said) = send_at_last(&project);
    assert_eq!((sending::totals(&project).failed, server.accepted_count()), (1, 4), "{said}");
}
