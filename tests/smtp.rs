//! The mail server channel against a server that does whatever the test tells it: faults, and what is made of them.

#[path = "support/smtp_channel.rs"]
mod smtp_channel;
#[path = "support/smtp_server.rs"]
mod smtp_server;
#[path = "support/token_server.rs"]
mod token_server;

#[path = "smtp/ahead.rs"]
mod ahead;
#[path = "smtp/login.rs"]
mod login;
#[path = "smtp/mails.rs"]
mod mails;
#[path = "smtp/peer.rs"]
mod peer;
#[path = "smtp/pipelined.rs"]
mod pipelined;
#[path = "smtp/secure.rs"]
mod secure;
#[path = "smtp/sendmail.rs"]
mod sendmail;

use std::time::Duration;

use rundbrief::channel::smtp::{MAILS_PER_CONNECTION, Timeouts};
use rundbrief::channel::{Channel, Repeat};
use rundbrief::config::Security;
use smtp_channel::{Door, MAIL, deliver, deliver_bytes, large, patient, relay, settings, spoken};
use smtp_server::{Answer, Script, Server, Stage};

/// A fault, what is to be made of it, and whether the next mail goes over the same connection.
struct Fault {
    name: &'static str,
    script: Script,
    outcome: &'static str,
    kept: bool,
}

const KEPT: bool = true;
const NEW: bool = false;

fn fault(name: &'static str, script: Script, outcome: &'static str, kept: bool) -> Fault {
    Fault { name, script, outcome, kept }
}

/// The first mail is answered like this at a stage; the next one is taken.
fn says(stage: Stage, answer: &'static str, outcome: &'static str, kept: bool) -> Fault {
    fault(answer, Script::new().at_mail(stage, 1, Answer::reply(answer)), outcome, kept)
}

fn does(name: &'static str, stage: Stage, answer: Answer, outcome: &'static str) -> Fault {
    fault(name, Script::new().at_mail(stage, 1, answer), outcome, NEW)
}

/// The first connection is answered like this at a stage before any mail.
fn opens(name: &'static str, stage: Stage, answer: Answer, outcome: &'static str) -> Fault {
    let script =
        Script::new().on(stage, move |seen| if seen.connection == 1 { answer.clone() } else { Answer::normal() });
    fault(name, script, outcome, NEW)
}

/// Each fault twice: at a server that takes several commands at once, and at one that does not.
async fn check(faults: Vec<Fault>) {
    let mut wrong = Vec::new();
    for (fault, script) in faults
        .iter()
        .flat_map(|fault| [(fault, fault.script.clone()), (fault, fault.script.clone().without("PIPELINING"))])
    {
        let server = Server::start(script);
        let mut session = relay(&settings(&server, Security::None), patient()).session();
        let outcome = spoken(&deliver(&mut session, "anna@example.org").await);
        let next = spoken(&deliver(&mut session, "ben@example.org").await);
        let kept = server.connections() == 1;
        if (outcome.as_str(), kept, next.as_str()) != (fault.outcome, fault.kept, "sent") {
            let name = fault.name;
            wrong.push(format!("{name}: {outcome}, kept: {kept}, the next one: {next}; not {}", fault.outcome));
        }
        let arrived = server.accepted_for("anna@example.org");
        if arrived != usize::from(outcome == "sent") && !outcome.starts_with("uncertain") {
            wrong.push(format!("{}: {outcome}, but it arrived {arrived} times", fault.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_connection_that_does_not_come_about_costs_no_try() {
    use Stage::{Ehlo, Greeting};
    check(vec![
        opens("greeting 554", Greeting, Answer::reply("554 no service").and_close(), "untried"),
        opens("greeting 421", Greeting, Answer::reply("421 4.3.2 busy").and_close(), "untried, slow the relay"),
        opens("greeting too many", Greeting, Answer::reply("554 too many connections"), "untried, slow the relay"),
        opens("greeting closed", Greeting, Answer::close(), "untried"),
        opens("greeting reset", Greeting, Answer::reset(), "untried"),
        opens("greeting garbled", Greeting, Answer::raw("HTTP/1.1 400 Bad Request\r\n\r\n").and_close(), "untried"),
        opens("greeting half", Greeting, Answer::raw("220 scrip").and_close(), "untried"),
        opens("greeting without an end", Greeting, Answer::raw(vec![b'2'; 100_000]), "untried"),
        opens(
            "EHLO of endless lines",
            Ehlo,
            Answer::raw(format!("250-{}\r\n", "x".repeat(900)).repeat(100)),
            "untried",
        ),
        opens("EHLO refused", Ehlo, Answer::reply("550 5.7.1 go away"), "untried"),
        opens("EHLO 421", Ehlo, Answer::reply("421 4.3.2 busy").and_close(), "untried, slow the relay"),
        opens("EHLO closed", Ehlo, Answer::close(), "untried"),
        opens("EHLO garbled", Ehlo, Answer::raw("25x?\r\n").and_close(), "untried"),
    ])
    .await;
}

#[tokio::test]
async fn a_refused_sender_is_about_the_send_and_not_about_the_member() {
    use Stage::Mail;
    check(vec![
        says(Mail, "421 4.7.0 closing", "untried, slow the relay", NEW),
        says(Mail, "450 4.7.1 try later", "untried, slow the relay", KEPT),
        says(Mail, "451 4.3.0 disk full", "untried, slow the relay", KEPT),
        says(Mail, "452 4.3.1 no storage", "untried, slow the relay", KEPT),
        says(Mail, "450 Mail send limit exceeded", "untried, slow the relay", KEPT),
        says(Mail, "550 5.4.5 Daily user sending limit exceeded", "untried, slow the relay", KEPT),
        says(Mail, "530 5.7.0 authentication required", "stop: credentials", NEW),
        says(Mail, "535 5.7.3 not logged in", "stop: credentials", NEW),
        says(Mail, "550 5.7.60 Client does not have permissions to send as this sender", "stop: credentials", NEW),
        says(Mail, "553 5.7.1 sender not owned by user", "stop: credentials", NEW),
        says(Mail, "550 5.7.30 Basic authentication is not supported", "stop: credentials", NEW),
        says(Mail, "550 5.1.8 bad sender", "stop: refused", NEW),
        says(Mail, "501 5.5.4 syntax", "stop: refused", NEW),
        says(Mail, "354 what?", "untried", NEW),
        does("MAIL closed", Mail, Answer::close(), "untried"),
        does("MAIL reset", Mail, Answer::reset(), "untried"),
        does("MAIL garbled", Mail, Answer::raw("\u{1}\u{2}\r\n"), "untried"),
        does("MAIL half a line", Mail, Answer::raw("250 2.1").and_close(), "untried"),
    ])
    .await;
}

#[tokio::test]
async fn a_refused_recipient_is_that_address_and_the_connection_stays() {
    use Stage::Rcpt;
    check(vec![
        says(Rcpt, "550 5.1.1 no such user", "rejected", KEPT),
        says(Rcpt, "550-5.1.1 no such user\n550 5.1.1 at all", "rejected", KEPT),
        says(Rcpt, "550 no such user", "rejected", KEPT),
        says(Rcpt, "550 5.7.1 blocked by policy", "rejected by policy 5.7.1", KEPT),
        says(Rcpt, "554 5.7.26 unauthenticated mail", "rejected by policy 5.7.26", KEPT),
        says(Rcpt, "552 5.2.2 mailbox full", "rejected", KEPT),
        says(Rcpt, "450 4.2.0 greylisted", "deferred, slow the domain", KEPT),
        says(Rcpt, "451 4.7.1 greylisted", "deferred, slow the domain", KEPT),
        says(Rcpt, "451 4.3.0 lookup failed", "deferred", KEPT),
        says(Rcpt, "452 4.2.2 mailbox full", "deferred", KEPT),
        says(Rcpt, "452 4.3.1 no storage", "deferred, slow the relay", KEPT),
        says(Rcpt, "454 4.3.0 temporary", "deferred, slow the relay", KEPT),
        says(Rcpt, "450 Mail send limit exceeded", "deferred, slow the relay", KEPT),
        says(Rcpt, "450 4.2.1 too many messages to this mailbox", "deferred, slow the relay", KEPT),
        says(Rcpt, "550 5.4.5 Daily user sending limit exceeded", "deferred, slow the relay", KEPT),
        says(Rcpt, "530 5.7.57 Client not authenticated to send mail", "stop: credentials", NEW),
        says(Rcpt, "421 4.3.2 shutting down", "untried, slow the relay", NEW),
        does("RCPT Latin-1", Rcpt, Answer::raw(*b"550 5.1.1 Empf\xe4nger unbekannt\r\n"), "rejected").keeps(),
        does("RCPT closed", Rcpt, Answer::close(), "untried"),
        does("RCPT reset", Rcpt, Answer::reset(), "untried"),
        does("RCPT garbled", Rcpt, Answer::raw("ok\r\n"), "untried"),
        does("RCPT two codes", Rcpt, Answer::raw("250-yes\r\n550 no\r\n"), "untried"),
        fault(
            "RCPT refused and RSET refused",
            Script::new()
                .at_mail(Stage::Rcpt, 1, Answer::reply("550 5.1.1 no"))
                .at(Stage::Rset, Answer::reply("500 what?")),
            "rejected",
            NEW,
        ),
        fault(
            "RCPT refused and RSET closed",
            Script::new().at_mail(Stage::Rcpt, 1, Answer::reply("550 5.1.1 no")).at(Stage::Rset, Answer::close()),
            "rejected",
            NEW,
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_fault_before_the_content_leaves_nothing_in_doubt() {
    use Stage::Data;
    check(vec![
        says(Data, "554 5.5.1 no", "rejected", KEPT),
        says(Data, "550 5.7.1 policy", "rejected by policy 5.7.1", KEPT),
        says(Data, "451 4.3.0 not now", "deferred", KEPT),
        says(Data, "452 4.3.1 no storage", "deferred, slow the relay", KEPT),
        says(Data, "421 4.3.2 shutting down", "untried, slow the relay", NEW),
        says(Data, "250 ok?", "untried", NEW),
        does("DATA closed", Data, Answer::close(), "untried"),
        does("DATA reset", Data, Answer::reset(), "untried"),
        does("DATA garbled", Data, Answer::raw("go\r\n"), "untried"),
        does("DATA half a line", Data, Answer::raw("354 go").and_close(), "untried"),
    ])
    .await;
}

#[tokio::test]
async fn an_answer_to_the_final_dot_is_believed_and_silence_is_not() {
    use Stage::End;
    check(vec![
        says(End, "250-2.0.0 queued\n250 2.0.0 as 4A", "sent", KEPT),
        says(End, "250 ", "sent", KEPT),
        says(End, "550 5.7.1 spam", "rejected by policy 5.7.1", KEPT),
        says(End, "554 5.6.0 bad content", "rejected", KEPT),
        says(End, "552 5.3.4 too big", "rejected", KEPT),
        says(End, "451 4.3.0 try later", "deferred", KEPT),
        says(End, "451 4.7.1 greylisted", "deferred", KEPT),
        says(End, "452 4.3.1 no storage", "deferred, slow the relay", KEPT),
        says(End, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", "deferred, slow the relay", KEPT),
        says(End, "421 4.3.2 not now", "deferred, slow the relay", NEW),
        says(End, "554 5.2.252 SendAsDenied; not allowed to send as", "stop: credentials", NEW),
        says(End, "354 more?", "uncertain", NEW),
        does("end closed", End, Answer::close(), "uncertain"),
        does("end closed, but taken", End, Answer::close().taken(), "uncertain"),
        does("end reset", End, Answer::reset(), "uncertain"),
        does("end garbled", End, Answer::raw("queued\r\n"), "uncertain"),
        does("end without an end", End, Answer::raw(vec![b'2'; 100_000]), "uncertain"),
        does("end half a line", End, Answer::raw("250 2.0").and_close(), "uncertain"),
        does("end 421 and closed", End, Answer::reply("421 4.4.2 late").and_close(), "deferred, slow the relay"),
    ])
    .await;
}

impl Fault {
    fn keeps(self) -> Fault {
        Fault { kept: KEPT, ..self }
    }
}

/// One limit short, the others long.
type Shorten = fn(&mut Timeouts, Duration);

#[tokio::test]
async fn a_server_that_goes_silent_is_left_after_its_time_at_every_stage() {
    let stages: [(&str, Stage, Shorten, &str); 6] = [
        ("greeting", Stage::Greeting, |limits, short| limits.greeting = short, "untried"),
        ("EHLO", Stage::Ehlo, |limits, short| limits.greeting = short, "untried"),
        ("MAIL", Stage::Mail, |limits, short| limits.mail = short, "untried"),
        ("RCPT", Stage::Rcpt, |limits, short| limits.recipient = short, "untried"),
        ("DATA", Stage::Data, |limits, short| limits.data = short, "untried"),
        ("the final dot", Stage::End, |limits, short| limits.end = short, "uncertain"),
    ];
    for (name, stage, shorten, expected) in stages {
        let server = Server::start(Script::new().on(stage, |seen| match seen.connection {
            1 => Answer::hang(),
            _ => Answer::normal(),
        }));
        let mut limits = patient();
        shorten(&mut limits, Duration::from_millis(200));
        let mut session = relay(&settings(&server, Security::None), limits).session();
        let outcome = spoken(&deliver(&mut session, "anna@example.org").await);
        assert_eq!((outcome.as_str(), server.accepted_count()), (expected, 0), "{name}");
    }
}

#[tokio::test]
async fn a_content_that_did_not_leave_whole_has_not_arrived() {
    let large = large();
    for (name, answer, expected) in [
        ("closed", Answer::close(), "deferred"),
        ("reset", Answer::reset(), "deferred"),
        ("not read any more", Answer::hang(), "deferred"),
        ("refused half way", Answer::reply("552 5.3.4 too big").and_hang(), "rejected"),
    ] {
        let server = Server::start(Script::new().at_mail(Stage::Content, 1, answer));
        let limits = Timeouts { block: Duration::from_millis(300), ..patient() };
        let mut session = relay(&settings(&server, Security::None), limits).session();
        let outcome = deliver_bytes(&mut session, "anna@example.org", &large, &Door::open()).await;
        assert_eq!((spoken(&outcome).as_str(), server.accepted_count()), (expected, 0), "{name}: {outcome:?}");
        assert_eq!(spoken(&deliver(&mut session, "ben@example.org").await), "sent", "{name}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_costs_no_try_and_is_named() {
    let server = Server::start(Script::new());
    let gone = settings(&server, Security::None);
    drop(server);
    let outcome = deliver(&mut relay(&gone, patient()).session(), "anna@example.org").await;
    let said = format!("{outcome:?}");
    assert!(spoken(&outcome) == "untried" && said.contains(&format!("127.0.0.1:{}", gone.port)), "{said}");
}

#[tokio::test]
async fn a_closed_gate_lets_no_content_out() {
    for script in [Script::new(), Script::new().without("PIPELINING")] {
        let server = Server::start(script);
        let mut session = relay(&settings(&server, Security::None), patient()).session();
        let closed = Door::closed();
        let outcome = deliver_bytes(&mut session, "anna@example.org", MAIL, &closed).await;
        assert_eq!((spoken(&outcome).as_str(), closed.asked.get(), server.count("DATA")), ("withheld", 1, 1));
        assert_eq!(spoken(&deliver(&mut session, "ben@example.org").await), "sent");
        assert_eq!((server.accepted_for("anna@example.org"), server.contents(), server.connections()), (0, 1, 2));
    }
}

#[tokio::test]
async fn the_gate_is_asked_only_when_the_server_waits_for_the_content() {
    for stage in [Stage::Mail, Stage::Rcpt, Stage::Data] {
        let server = Server::start(Script::new().at(stage, Answer::reply("450 4.2.0 no")));
        let mut session = relay(&settings(&server, Security::None), patient()).session();
        let door = Door::open();
        let _ = deliver_bytes(&mut session, "anna@example.org", MAIL, &door).await;
        assert_eq!(door.asked.get(), 0, "{stage:?}");
    }
}

#[tokio::test]
async fn a_connection_carries_many_mails_and_is_renewed_before_the_server_tires() {
    let server = Server::start(Script::new());
    let mut session = relay(&settings(&server, Security::None), patient()).session();
    for _ in 0..MAILS_PER_CONNECTION {
        assert_eq!(spoken(&deliver(&mut session, "anna@example.org").await), "sent");
    }
    assert_eq!((server.connections(), server.accepted_count()), (1, MAILS_PER_CONNECTION));
    assert_eq!(spoken(&deliver(&mut session, "anna@example.org").await), "sent");
    session.close().await;
    assert_eq!((server.connections(), server.count("QUIT"), session.repeat()), (2, 2, Repeat::Never));
}

#[tokio::test]
async fn a_connection_that_ended_between_two_mails_is_replaced_without_a_word() {
    for last in ["", "421 4.4.2 idle for too long"] {
        let server = Server::start(Script::new().on(Stage::Answered, move |seen| match seen.connection {
            1 if last.is_empty() => Answer::close(),
            1 => Answer::reply(last).late(Duration::from_millis(50)).and_close(),
            _ => Answer::normal(),
        }));
        let mut session = relay(&settings(&server, Security::None), patient()).session();
        assert_eq!(spoken(&deliver(&mut session, "anna@example.org").await), "sent");
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(spoken(&deliver(&mut session, "ben@example.org").await), "sent", "{last}");
        assert_eq!(server.connections(), 2);
    }
}
