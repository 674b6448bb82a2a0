//! The next mail's commands behind the content of this one (RFC 2920): when they are said, what the answers mean, and what
//! happens when that mail does not come.

use std::time::Duration;

use rundbrief::channel::Channel;
use rundbrief::channel::smtp::{MAILS_PER_CONNECTION, SmtpSession};
use rundbrief::config::Security;

use super::peer::{CLOSE, DOT, Peer, RESET, Step, TAKEN};
use super::secure::trusting;
use super::smtp_channel::{Door, MAIL, deliver_before, large, patient, relay, settings, spoken};
use super::smtp_server::{Answer, Certificate, Script, Server, Stage};

/// The content of one mail and the commands of the next.
const AHEAD: &[&str] = &[".", "MAIL", "RCPT", "DATA"];
const TAKEN_AHEAD: Step = (AHEAD, &["250 taken\r\n250 fine\r\n250 fine\r\n354 go on\r\n"]);

async fn deliver(session: &mut SmtpSession, to: &str, next: Option<&str>) -> String {
    spoken(&deliver_before(session, to, MAIL, next, &Door::open()).await)
}

/// Mails to anna, ben and carl, each of the first two known to be followed by the next.
async fn three(session: &mut SmtpSession) -> [String; 3] {
    [
        deliver(session, "anna@example.org", Some("ben@example.org")).await,
        deliver(session, "ben@example.org", Some("carl@example.org")).await,
        deliver(session, "carl@example.org", None).await,
    ]
}

#[tokio::test]
async fn a_mail_waits_once_for_a_server_that_takes_several_commands_at_once() {
    let peer = Peer::start(vec![vec![TAKEN, TAKEN_AHEAD, TAKEN_AHEAD, DOT, (&["QUIT"], &["221 bye\r\n"])]]).await;
    let mut session = peer.session();
    assert_eq!(three(&mut session).await, ["sent", "sent", "sent"]);
    session.close().await;
    assert_eq!((peer.times("MAIL"), peer.times("QUIT")), (3, 1));
}

/// What is said to the content of the first mail and to the commands of the second, and what becomes of the three.
struct Case {
    says: &'static str,
    outcomes: [&'static str; 3],
    /// How the connection goes on.
    then: &'static [Step],
    /// What another connection is for.
    another: &'static [Step],
}

fn case(says: &'static str, outcomes: [&'static str; 3], then: &'static [Step], another: &'static [Step]) -> Case {
    Case { says, outcomes, then, another }
}

/// The answers to the first mail and the second come from a server that has taken a mail so before (`known`), or not.
async fn hold(cases: impl IntoIterator<Item = Case>, known: bool) {
    for Case { says, outcomes, then, another } in cases {
        let lines: String = says.split_terminator('|').map(|line| format!("{line}\r\n")).collect();
        let answers: &'static [&'static str] = Vec::leak(vec![&*lines.leak()]);
        let mut first = if known { vec![TAKEN, TAKEN_AHEAD] } else { vec![TAKEN] };
        first.push((AHEAD, answers));
        first.extend(then);
        let mut connections = vec![first];
        if !another.is_empty() {
            connections.push(another.to_vec());
        }
        let peer = Peer::start(connections).await;
        let mut session = peer.session();
        if known {
            assert_eq!(deliver(&mut session, "zoe@example.org", Some("anna@example.org")).await, "sent");
        }
        assert_eq!(three(&mut session).await, outcomes, "{says}: {:#?}", peer.heard());
    }
}

const ONE_AFTER_THE_OTHER: &[Step] = &[TAKEN, DOT, TAKEN, DOT];

#[tokio::test]
async fn nothing_that_may_be_about_the_place_is_a_verdict_on_a_mail() {
    let again = ["sent"; 3];
    let cases = [
        case("250 taken|554 5.5.0 synchronization error", again, &[CLOSE], ONE_AFTER_THE_OTHER),
        case("250 taken|503 5.5.1 not now|503 no|503 no", again, &[], ONE_AFTER_THE_OTHER),
        case("250 taken|451 4.3.0 not now|503 no|503 no", again, &[], ONE_AFTER_THE_OTHER),
        case("250 taken|354 what?|250 fine|250 fine", again, &[], ONE_AFTER_THE_OTHER),
        case("250 taken", again, &[CLOSE], ONE_AFTER_THE_OTHER),
        case("250 taken|250 fine", again, &[CLOSE], ONE_AFTER_THE_OTHER),
        case("250 taken|250 fine|250 fine", again, &[CLOSE], ONE_AFTER_THE_OTHER),
        // It may have refused the mail, or ended the connection, for what came behind it: once.
        case("554 5.5.0 in step!|250 fine|250 fine|354 go on", ["deferred", "sent", "sent"], &[], ONE_AFTER_THE_OTHER),
        case("", ["uncertain", "sent", "sent"], &[CLOSE], ONE_AFTER_THE_OTHER),
        case(
            "554 5.7.1 no|250 fine|250 fine|354 go on",
            ["rejected by policy 5.7.1", "sent", "sent"],
            &[TAKEN_AHEAD, DOT],
            &[],
        ),
        // It is about to close, as it says: that is nothing about the next mail, and nothing about the place.
        case("250 taken|421 4.7.0 enough", again, &[], &[TAKEN, TAKEN_AHEAD, DOT]),
        case("421 4.3.2 closing", ["deferred, slow the relay", "sent", "sent"], &[], &[TAKEN, TAKEN_AHEAD, DOT]),
        case("451 4.3.0 later|250 fine|250 fine|354 go on", ["deferred", "sent", "sent"], &[TAKEN_AHEAD, DOT], &[]),
    ];
    hold(cases, false).await;
}

#[tokio::test]
async fn each_answer_belongs_to_its_mail() {
    let slow = "untried, slow the relay";
    let anew: &[Step] = &[TAKEN, TAKEN_AHEAD, DOT];
    let rejected = ["sent", "rejected", "sent"];
    let cases = [
        // A server that has liked it closes for another reason.
        case("250 taken", ["sent"; 3], &[CLOSE], anew),
        case("250 taken|421 4.7.0 enough", ["sent"; 3], &[], anew),
        case("250 taken|554 5.5.1 what?", ["sent"; 3], &[CLOSE], anew),
        // The first is refused, the second is not.
        case("451 4.3.0 later|250 fine|250 fine|354 go on", ["deferred", "sent", "sent"], &[TAKEN_AHEAD, DOT], &[]),
        case(
            "554 5.7.1 no|250 fine|250 fine|354 go on",
            ["rejected by policy 5.7.1", "sent", "sent"],
            &[TAKEN_AHEAD, DOT],
            &[],
        ),
        case("421 4.3.2 closing", ["deferred, slow the relay", "sent", "sent"], &[], anew),
        case("", ["uncertain", "sent", "sent"], &[CLOSE], anew),
        // The second is refused, at any place.
        case("250 taken|451 4.3.0 not now|503 no|503 no", ["sent", slow, "sent"], &[TAKEN, DOT], &[]),
        case("250 taken|250 fine|550 5.1.1 no such user|503 no", rejected, &[RESET, TAKEN, DOT], &[]),
        case(
            "250 taken|250 fine|550 5.1.1 no such user|354 go on",
            rejected,
            &[(&["."], &["554 none\r\n"]), RESET, TAKEN, DOT],
            &[],
        ),
        case(
            "250 taken|250 fine|450 4.2.0 greylisted|503 no",
            ["sent", "deferred, slow the domain", "sent"],
            &[RESET, TAKEN, DOT],
            &[],
        ),
        case("250 taken|250 fine|250 fine|451 4.3.0 no", ["sent", "deferred", "sent"], &[RESET, TAKEN, DOT], &[]),
        // It says more than it was asked for.
        case("250 taken|250 what?|250 fine|250 fine|354 go on", ["sent", "untried", "sent"], &[], &[TAKEN, DOT]),
        case("250 taken|250 fine|250 fine|354 go on|250 queued", ["sent", "untried", "sent"], &[], &[TAKEN, DOT]),
    ];
    hold(cases, true).await;
}

#[tokio::test]
async fn a_server_that_liked_it_may_close_after_so_many_mails_and_is_told_ahead_again() {
    let first = vec![TAKEN, TAKEN_AHEAD, (AHEAD, &["250 taken\r\n"] as &[_]), CLOSE];
    let peer = Peer::start(vec![first, vec![TAKEN, TAKEN_AHEAD, DOT]]).await;
    let mut session = peer.session();
    for (to, next) in [("anna", Some("ben")), ("ben", Some("carl")), ("carl", Some("dora")), ("dora", None)] {
        let next = next.map(|name| format!("{name}@example.org"));
        let outcome = deliver(&mut session, &format!("{to}@example.org"), next.as_deref()).await;
        assert_eq!(outcome, "sent", "{to}: {:#?}", peer.heard());
    }
}

#[tokio::test]
async fn a_server_that_waits_for_a_mail_gets_no_other_and_no_goodbye() {
    let waiting = || vec![TAKEN, TAKEN_AHEAD];
    let peer = Peer::start(vec![waiting(), vec![TAKEN, DOT]]).await;
    let mut session = peer.session();
    assert_eq!(deliver(&mut session, "anna@example.org", Some("ben@example.org")).await, "sent");
    assert_eq!(deliver(&mut session, "carl@example.org", None).await, "sent");
    let last = peer.heard().into_iter().rfind(|(connection, _)| *connection == 0);
    assert_eq!(last.expect("a line").1, "DATA", "it is left as it is");

    let peer = Peer::start(vec![waiting()]).await;
    let mut session = peer.session();
    assert_eq!(deliver(&mut session, "anna@example.org", Some("ben@example.org")).await, "sent");
    session.close().await;
    assert_eq!(peer.times("QUIT"), 0);

    // The send was stopped meanwhile.
    let peer = Peer::start(vec![waiting()]).await;
    let mut session = peer.session();
    assert_eq!(deliver(&mut session, "anna@example.org", Some("ben@example.org")).await, "sent");
    let stopped = deliver_before(&mut session, "ben@example.org", MAIL, None, &Door::closed()).await;
    assert_eq!(spoken(&stopped), "withheld");
    session.close().await;
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!((peer.times("."), peer.times("QUIT"), peer.times("Subject")), (1, 0, 1), "{:#?}", peer.heard());
}

#[tokio::test]
async fn a_content_that_is_not_taken_whole_is_followed_by_nothing() {
    let late = Script::new().at(Stage::Content, Answer::reply("552 5.3.4 too large").and_close());
    let server = Server::start(late);
    let mut session = relay(&settings(&server, Security::None), patient()).session();
    let outcome =
        deliver_before(&mut session, "anna@example.org", &large(), Some("ben@example.org"), &Door::open()).await;
    assert_eq!(spoken(&outcome), "rejected");
    assert_eq!(deliver(&mut session, "ben@example.org", None).await, "rejected");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_connection_is_renewed_after_its_last_mail_and_nothing_is_said_on_it_ahead() {
    let server = Server::start(Script::new());
    let mut session = relay(&settings(&server, Security::None), patient()).session();
    let address = |number: usize| format!("m{number}@example.org");
    for number in 0..=MAILS_PER_CONNECTION {
        assert_eq!(deliver(&mut session, &address(number), Some(&address(number + 1))).await, "sent");
    }
    assert_eq!(server.accepted_count(), MAILS_PER_CONNECTION + 1);
    let lines = server.lines();
    let mails = lines.iter().filter(|(connection, line)| *connection == 1 && line.starts_with("MAIL"));
    assert_eq!((mails.count(), server.connections()), (MAILS_PER_CONNECTION, 2));
    assert!(server.told_ahead().contains(&1), "{:?}", server.told_ahead());
}

#[tokio::test]
async fn under_tls_each_mail_arrives_once_and_whole_and_the_next_ones_commands_follow_it() {
    let late = Answer::normal().late(Duration::from_millis(50));
    let server = Server::start(Script::new().starttls(Certificate::good()).at(Stage::End, late));
    let (settings, _authority) = trusting(&server, Security::StartTls);
    let mut session = relay(&settings, patient()).session();
    for number in 0..20 {
        let next = format!("m{}@example.org", number + 1);
        assert_eq!(deliver(&mut session, &format!("m{number}@example.org"), Some(&next)).await, "sent");
    }
    assert_eq!((server.accepted_count(), server.connections()), (20, 1));
    assert!(server.told_ahead().contains(&1));
    assert!(server.accepted().iter().all(|mail| mail.bytes == MAIL));
}
