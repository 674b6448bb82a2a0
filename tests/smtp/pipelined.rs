//! Several commands in one write (RFC 2920), against a server that says exactly these lines at exactly this point.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rundbrief::channel::smtp::Timeouts;
use rundbrief::config::Security;

use super::peer::{CLOSE, DOT, Peer, RESET, Step, TAKEN};
use super::smtp_channel::{deliver, patient, relay, settings, spoken};
use super::smtp_server::{Answer, Script, Seen, Server, Stage};

/// Two mails, the first to anna, the second to ben: how they ended.
async fn two(steps: Vec<Step>) -> (String, String, Vec<String>) {
    let peer = Peer::start(vec![steps]).await;
    let mut session = peer.session();
    let first = spoken(&deliver(&mut session, "anna@example.org").await);
    let second = spoken(&deliver(&mut session, "ben@example.org").await);
    (first, second, peer.heard().into_iter().map(|(_, line)| line).collect())
}

#[tokio::test]
async fn three_commands_are_there_before_the_first_is_answered() {
    let (first, second, _) = two(vec![TAKEN, DOT, TAKEN, DOT]).await;
    assert_eq!((first.as_str(), second.as_str()), ("sent", "sent"));
}

#[tokio::test]
async fn answers_may_come_in_pieces() {
    let pieces: &[&str] = &["25", "0-fi", "ne\r\n250 fine\r", "\n250 fine\r\n3", "54 go", " on\r\n"];
    let (first, second, _) = two(vec![(TAKEN.0, pieces), DOT, TAKEN, DOT]).await;
    assert_eq!((first.as_str(), second.as_str()), ("sent", "sent"));
}

#[tokio::test]
async fn a_server_that_takes_a_mail_for_nobody_is_believed_to_have_sent_it_to_nobody() {
    let refused: Step = (TAKEN.0, &["250 fine\r\n550 5.1.1 no such user\r\n354 go on\r\n"]);
    let (first, second, heard) = two(vec![refused, (&["."], &["250 none\r\n"]), RESET, TAKEN, DOT]).await;
    assert_eq!((first.as_str(), second.as_str()), ("rejected", "sent"), "{heard:?}");
}

/// The answers to MAIL, RCPT and DATA in one packet, what becomes of the mail, whether the client then sends a lone dot, which
/// is refused, and how the next mail goes.
struct Case {
    says: &'static str,
    outcome: &'static str,
    dot: Dot,
    next: Next,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dot {
    Alone,
    None,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Over the same connection, at once.
    Kept,
    /// Over the same connection, after RSET.
    Reset,
    /// Over another one, which this server does not take.
    Left,
    /// The same, since the server closes this one.
    Lost,
}

fn case(says: &'static str, outcome: &'static str, dot: Dot, next: Next) -> Case {
    Case { says, outcome, dot, next }
}

#[tokio::test]
async fn each_answer_belongs_to_its_command() {
    use {
        Dot::{Alone, None},
        Next::{Kept, Left, Lost, Reset},
    };
    let slow = "untried, slow the relay";
    for Case { says, outcome, dot, next } in [
        // The sender was refused.
        case("451 4.3.0 not now|503 MAIL first|503 RCPT first", slow, None, Kept),
        case("451 4.3.0 not now|503 MAIL first|354 go on", slow, Alone, Kept),
        case("451 4.3.0 not now|250 fine|503 RCPT first", slow, None, Left),
        case("451 4.3.0 not now|250 fine|354 go on", slow, None, Left),
        case("451 4.3.0 not now|503 MAIL first|250 what?", slow, None, Left),
        case("550 5.1.8 bad sender|503 MAIL first|503 RCPT first", "stop: refused", None, Left),
        case("530 5.7.0 log in|503 MAIL first|354 go on", "stop: credentials", None, Left),
        case("354 what?|250 fine|250 fine", "untried", None, Left),
        // The recipient was refused.
        case("250 fine|550 5.1.1 no such user|503 RCPT first", "rejected", None, Reset),
        case("250 fine|550 5.1.1 no such user|354 go on", "rejected", Alone, Reset),
        case("250 fine|550 5.1.1 no such user|250 what?", "rejected", None, Left),
        case("250 fine|450 4.2.0 greylisted|554 no valid recipients", "deferred, slow the domain", None, Reset),
        case("250 fine|450 4.2.0 greylisted|354 go on", "deferred, slow the domain", Alone, Reset),
        case("250 fine|530 5.7.57 log in|354 go on", "stop: credentials", None, Left),
        case("250 fine|354 what?|250 fine", "untried", None, Left),
        // The content was refused.
        case("250 fine|250 fine|451 4.3.0 not now", "deferred", None, Reset),
        case("250 fine|250 fine|554 5.5.1 no", "rejected", None, Reset),
        case("250 fine|250 fine|250 what?", "untried", None, Left),
        // The server closes, at any place.
        case("421 4.3.2 closing", slow, None, Left),
        case("250 fine|421 4.3.2 closing", slow, None, Left),
        case("250 fine|250 fine|421 4.3.2 closing", slow, None, Left),
        case("451 4.3.0 not now|421 4.3.2 closing", slow, None, Left),
        case("451 4.3.0 not now|503 MAIL first|421 4.3.2 closing", slow, None, Left),
        case("250 fine|550 5.1.1 no such user|421 4.3.2 closing", "rejected", None, Left),
        // The connection is lost, at any place.
        case("", "untried", None, Lost),
        case("250 fine", "untried", None, Lost),
        case("250 fine|250 fine", "untried", None, Lost),
        case("451 4.3.0 not now", slow, None, Lost),
        case("250 fine|550 5.1.1 no such user", "rejected", None, Lost),
        case("250 fine|550 5.1.1 no such user|354 go on", "rejected", Alone, Lost),
        // It says more than it was asked for: that is no answer to the content.
        case("250 fine|250 fine|354 go on|250 2.0.0 queued", "untried", None, Left),
        case("250 fine|250 fine|354 go on|421 4.4.2 closing", "untried", None, Left),
    ] {
        let lines: String = says.split_terminator('|').map(|line| format!("{line}\r\n")).collect();
        let answers: &'static [&'static str] = Vec::leak(vec![&*lines.leak()]);
        let mut steps = vec![(TAKEN.0, answers)];
        if dot == Alone {
            steps.push((&["."], if next == Lost { &[] } else { &["554 none\r\n"] }));
        }
        match next {
            Kept => steps.extend([TAKEN, DOT]),
            Reset => steps.extend([RESET, TAKEN, DOT]),
            Left => {}
            Lost => steps.push(CLOSE),
        }
        let (first, second, heard) = two(steps).await;
        let said = |line: &str| heard.iter().filter(|heard| heard.starts_with(line)).count();
        let (next, mails) = match next {
            Kept | Reset => ("sent", 2),
            Left | Lost => ("untried", 1),
        };
        let dots = usize::from(dot == Alone) + mails - 1;
        let expected = (outcome, next, mails, dots);
        assert_eq!((first.as_str(), second.as_str(), said("MAIL"), said(".")), expected, "{says}: {heard:?}");
    }
}

#[tokio::test]
async fn nothing_is_given_at_once_to_a_server_that_does_not_offer_it_in_its_last_answer_to_ehlo() {
    for (name, last, outcome) in [
        ("not offered", "250-scripted.example\n250 8BITMIME", "sent"),
        ("offered by a name that only begins so", "250-scripted.example\n250 PIPELINING-LATER", "sent"),
        ("refused", "503 5.5.1 once is enough", "sent"),
        ("closing", "421 4.3.2 closing", "untried, slow the relay"),
    ] {
        let heard = AtomicUsize::new(0);
        let server =
            Server::start(Script::new().on(Stage::Ehlo, move |_| match heard.fetch_add(1, Ordering::Relaxed) {
                0 => Answer::normal(),
                _ => Answer::reply(last),
            }));
        let mut session = relay(&settings(&server, Security::None), patient()).session();
        assert_eq!(spoken(&deliver(&mut session, "anna@example.org").await), outcome, "{name}");
        assert!(server.pipelined().is_empty(), "{name}: {:?}", server.lines());
    }
}

#[tokio::test]
async fn a_server_that_loses_what_it_offered_to_take_gets_one_command_after_the_other() {
    for stage in [Stage::Rcpt, Stage::Data] {
        let lost = move |seen: &Seen<'_>| if seen.connection == 1 { Answer::hang() } else { Answer::normal() };
        let server = Server::start(Script::new().on(stage, lost));
        let short = Duration::from_millis(200);
        let limits = Timeouts { recipient: short, data: short, ..patient() };
        let mut session = relay(&settings(&server, Security::None), limits).session();
        let mut outcomes = Vec::new();
        for to in ["anna@example.org", "anna@example.org", "ben@example.org"] {
            outcomes.push(spoken(&deliver(&mut session, to).await));
        }
        assert_eq!(outcomes, ["untried", "sent", "sent"], "{stage:?}");
        assert_eq!((server.connections(), server.pipelined()), (2, BTreeSet::from([1])), "{stage:?}");
    }
}

#[tokio::test]
async fn an_announced_end_behind_an_answer_is_no_answer_to_the_next_mail() {
    let server = Server::start(Script::new().on(Stage::End, |seen| match seen.connection {
        1 => Answer::raw("250 2.0.0 taken\r\n421 4.4.2 that is enough\r\n"),
        _ => Answer::normal(),
    }));
    let mut session = relay(&settings(&server, Security::None), patient()).session();
    for to in ["anna@example.org", "ben@example.org"] {
        assert_eq!(spoken(&deliver(&mut session, to).await), "sent");
    }
    assert_eq!((server.connections(), server.accepted_count()), (2, 2));
}
