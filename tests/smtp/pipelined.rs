//! Several commands in one write (RFC 2920), against a server that says exactly these lines at exactly this point.

use std::sync::{Arc, Mutex};

use rundbrief::channel::smtp::SmtpSession;
use rundbrief::config::{PaceSettings, Security, SmtpSettings};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::smtp_channel::{deliver, patient, relay, spoken};

/// What the server waits for, and what it says then.
type Step = (&'static [&'static str], &'static [&'static str]);

const HELLO: Step = (&["EHLO"], &["250-scripted.example\r\n250-8BITMIME\r\n250 PIPELINING\r\n"]);
const SECOND: Step = (&["MAIL", "RCPT", "DATA"], &["250 fine\r\n250 fine\r\n354 go on\r\n"]);
const DOT: Step = (&["."], &["250 taken\r\n"]);

/// A server for one connection. Before it says anything it waits for all lines of a step; each of its pieces is a packet.
struct Peer {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Peer {
    async fn start(steps: Vec<Step>) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = heard.clone();
        let task = tokio::spawn(async move {
            let (socket, _) = listener.accept().await.expect("a connection");
            socket.set_nodelay(true).expect("is set");
            let mut socket = BufReader::new(socket);
            socket.write_all(b"220 scripted.example\r\n").await.expect("is written");
            for (waits, says) in [HELLO, HELLO].into_iter().chain(steps) {
                for word in waits {
                    let mut line = String::new();
                    while !line.starts_with(word) {
                        line.clear();
                        if socket.read_line(&mut line).await.unwrap_or(0) == 0 {
                            return;
                        }
                    }
                    notes.lock().expect("nobody panics").push(line.trim_end().to_owned());
                }
                for piece in says {
                    socket.write_all(piece.as_bytes()).await.expect("is written");
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
            }
        });
        Peer { port, heard, task }
    }

    fn session(&self) -> SmtpSession {
        let settings = SmtpSettings {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            security: Security::None,
            ca_file: None,
            login: None,
            connections: 1,
            pace: PaceSettings::default(),
        };
        relay(&settings, patient()).session()
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("nobody panics").clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Two mails, the first to anna, the second to ben: how they ended.
async fn two(steps: Vec<Step>) -> (String, String, Vec<String>) {
    let peer = Peer::start(steps).await;
    let mut session = peer.session();
    let first = spoken(&deliver(&mut session, "anna@example.org").await);
    let second = spoken(&deliver(&mut session, "ben@example.org").await);
    (first, second, peer.heard())
}

#[tokio::test]
async fn three_commands_are_there_before_the_first_is_answered() {
    let (first, second, _) = two(vec![SECOND, DOT, SECOND, DOT]).await;
    assert_eq!((first.as_str(), second.as_str()), ("sent", "sent"));
}

#[tokio::test]
async fn answers_may_come_in_pieces() {
    let pieces: &[&str] = &["25", "0-fi", "ne\r\n250 fine\r", "\n250 fine\r\n3", "54 go", " on\r\n"];
    let (first, second, _) = two(vec![(SECOND.0, pieces), DOT, SECOND, DOT]).await;
    assert_eq!((first.as_str(), second.as_str()), ("sent", "sent"));
}

#[tokio::test]
async fn a_server_that_waits_for_a_content_without_a_recipient_gets_a_lone_dot() {
    for end in ["554 no valid recipients\r\n", "250 what for?\r\n"] {
        let refused: Step = (SECOND.0, &["250 fine\r\n550 5.1.1 no such user\r\n354 go on\r\n"]);
        let alone: Step = (&["."], if end.starts_with('5') { &["554 none\r\n"] } else { &["250 none\r\n"] });
        let reset: Step = (&["RSET"], &["250 fine\r\n"]);
        let (first, second, heard) = two(vec![refused, alone, reset, SECOND, DOT]).await;
        assert_eq!((first.as_str(), second.as_str()), ("rejected", "sent"), "{end}: {heard:?}");
        assert_eq!(heard.iter().filter(|line| *line == ".").count(), 2, "{heard:?}");
    }
}

#[tokio::test]
async fn a_refused_sender_leaves_a_connection_that_is_in_step() {
    let refused: Step = (SECOND.0, &["451 4.3.0 not now\r\n", "503 MAIL first\r\n", "503 RCPT first\r\n"]);
    let (first, second, heard) = two(vec![refused, SECOND, DOT]).await;
    assert_eq!((first.as_str(), second.as_str()), ("untried, slow the relay", "sent"), "{heard:?}");
    let waits: Step = (SECOND.0, &["451 4.3.0 not now\r\n503 MAIL first\r\n354 go on\r\n"]);
    let (first, second, heard) = two(vec![waits, (&["."], &["554 none\r\n"]), SECOND, DOT]).await;
    assert_eq!((first.as_str(), second.as_str()), ("untried, slow the relay", "sent"), "{heard:?}");
}

#[tokio::test]
async fn each_answer_belongs_to_its_command() {
    for (says, outcome) in [
        ("250 fine\r\n421 4.3.2 closing\r\n421 4.3.2 closing\r\n", "untried, slow the relay"),
        ("250 fine\r\n250 fine\r\n451 4.3.0 not now\r\n", "deferred"),
        ("250 fine\r\n450 4.2.0 greylisted\r\n554 no valid recipients\r\n", "deferred, slow the domain"),
        ("550 5.1.8 bad sender\r\n503 MAIL first\r\n503 RCPT first\r\n", "stop: refused"),
        ("250 fine\r\n250 fine\r\n250 what?\r\n", "untried"),
    ] {
        let says: &'static [&'static str] = Vec::leak(vec![&*String::leak(says.to_owned())]);
        let peer = Peer::start(vec![(SECOND.0, says)]).await;
        assert_eq!(spoken(&deliver(&mut peer.session(), "anna@example.org").await), outcome, "{says:?}");
        assert!(!peer.heard().iter().any(|line| line == "."), "no content: {:?}", peer.heard());
    }
}

#[tokio::test]
async fn what_was_said_of_a_member_stands_when_the_connection_breaks_behind_it() {
    let peer = Peer::start(vec![(SECOND.0, &["250 fine\r\n550 5.1.1 no such user\r\n"])]).await;
    assert_eq!(spoken(&deliver(&mut peer.session(), "anna@example.org").await), "rejected");
}
