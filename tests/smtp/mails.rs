//! What goes over the wire: addresses, dots, letters beyond ASCII.

use rundbrief::channel::smtp::SmtpSession;
use rundbrief::channel::{Channel, Content, Envelope, Outcome, Outgoing, Times};
use rundbrief::config::Security;
use rundbrief::render::email::message::Message;

use crate::smtp_channel::{Door, MAIL, deliver, deliver_bytes, patient, relay, settings, spoken};
use crate::smtp_server::{Script, Server};

fn session(server: &Server) -> SmtpSession {
    relay(&settings(server, Security::None), patient()).session()
}

#[tokio::test]
async fn a_mail_arrives_as_it_is_with_every_dot() {
    let message = b"Subject: Punkte\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n\r\n.\r\n";
    let server = Server::start(Script::new());
    let outcome = deliver_bytes(&mut session(&server), "anna@example.org", message, &Door::open()).await;
    assert_eq!(outcome.expect("no error"), Outcome::Sent { receipt: "250 2.0.0 Ok: queued as 1".into() });
    let accepted = server.accepted().remove(0);
    assert_eq!(String::from_utf8_lossy(&accepted.bytes), String::from_utf8_lossy(message));
    assert_eq!((accepted.from.as_str(), accepted.to), ("bounce@example.org", vec!["anna@example.org".to_owned()]));
    assert_eq!(accepted.parameters, "");
}

#[tokio::test]
async fn a_line_end_that_servers_read_differently_is_refused_before_anything_is_said() {
    for bad in ["\r\n.\n", "a\nb\r\n", "\r\n.\r", "a\rb\r\n"] {
        let server = Server::start(Script::new());
        let message = format!("Subject: x\r\n\r\n{bad}");
        let outcome = deliver_bytes(&mut session(&server), "a@example.org", message.as_bytes(), &Door::open()).await;
        assert_eq!((spoken(&outcome).as_str(), server.connections()), ("rejected", 0), "{bad:?}");
    }
}

#[tokio::test]
async fn an_address_that_could_say_more_than_an_address_is_refused_before_anything_is_said() {
    let server = Server::start(Script::new());
    let mut session = session(&server);
    for to in [
        "a@example.org>\r\nRCPT TO:<b@example.org",
        "a@example.org\n",
        "a b@example.org",
        "<a@example.org>",
        "a\0@b.org",
        "",
    ] {
        assert_eq!(spoken(&deliver(&mut session, to).await), "rejected", "{to:?}");
    }
    let content = Content::Message {
        envelope: Envelope { from: "x@example.org> SIZE=1", to: "a@example.org" },
        message: Message::Whole(MAIL),
    };
    let outgoing = Outgoing {
        slug: "tagung",
        channel: "email",
        name: "4a",
        id: "",
        times: Times::default(),
        corrects: None,
        content,
        next: None,
    };
    assert_eq!(spoken(&session.deliver(&outgoing, &Door::open()).await), "stop: config");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn letters_beyond_ascii_go_only_where_the_server_takes_them() {
    let plain = Script::new;
    let cases = [
        ("plain", "anna@example.org", "Subject: x\r\n\r\ny\r\n", plain(), "sent", ""),
        ("domain", "anna@müller.example", "Subject: x\r\n\r\ny\r\n", plain().without("SMTPUTF8"), "sent", ""),
        ("local part", "jürgen@example.org", "Subject: x\r\n\r\ny\r\n", plain(), "sent", "SMTPUTF8"),
        (
            "local part, not taken",
            "jürgen@example.org",
            "Subject: x\r\n\r\ny\r\n",
            plain().without("SMTPUTF8"),
            "rejected",
            "",
        ),
        ("header", "anna@example.org", "To: jürgen\r\n\r\ny\r\n", plain(), "sent", "SMTPUTF8 BODY=8BITMIME"),
        (
            "header, not taken",
            "anna@example.org",
            "To: jürgen\r\n\r\ny\r\n",
            plain().without("SMTPUTF8"),
            "rejected",
            "",
        ),
        ("text", "anna@example.org", "Subject: x\r\n\r\nü\r\n", plain().without("SMTPUTF8"), "sent", "BODY=8BITMIME"),
        ("text, not taken", "anna@example.org", "Subject: x\r\n\r\nü\r\n", plain().without("8BITMIME"), "rejected", ""),
    ];
    for (name, to, message, script, outcome, parameters) in cases {
        let server = Server::start(script);
        let mut session = session(&server);
        let result = deliver_bytes(&mut session, to, message.as_bytes(), &Door::open()).await;
        assert_eq!(spoken(&result), outcome, "{name}: {result:?}");
        if let Some(accepted) = server.accepted().first() {
            assert_eq!(accepted.parameters, parameters, "{name}");
            assert_eq!(accepted.to[0], to.replace("müller", "xn--mller-kva"), "{name}");
        }
        assert_eq!(spoken(&deliver(&mut session, "ben@example.org").await), "sent", "{name}");
        assert_eq!(server.connections(), 1, "{name}: the connection is kept");
    }
}
