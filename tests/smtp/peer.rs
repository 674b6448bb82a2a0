//! A server that says exactly these lines at exactly this point, connection by connection.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rundbrief::channel::smtp::SmtpSession;
use rundbrief::config::{PaceSettings, Security, SmtpSettings};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::smtp_channel::{patient, relay};

/// What the server waits for, and what it says then.
pub type Step = (&'static [&'static str], &'static [&'static str]);

const HELLO: Step = (&["EHLO"], &["250-scripted.example\r\n250-8BITMIME\r\n250 PIPELINING\r\n"]);
const NEVER: Step = (&["what nobody says"], &[]);
/// A mail's commands, all taken.
pub const TAKEN: Step = (&["MAIL", "RCPT", "DATA"], &["250 fine\r\n250 fine\r\n354 go on\r\n"]);
pub const RESET: Step = (&["RSET"], &["250 fine\r\n"]);
pub const DOT: Step = (&["."], &["250 taken\r\n"]);
/// The server closes the connection.
pub const CLOSE: Step = (&[], &[]);

/// Takes one connection after the other, each with its own steps, and none after the last. Before it says anything it waits
/// for all lines of a step; each of its pieces is a packet.
pub struct Peer {
    port: u16,
    heard: Arc<Mutex<Vec<(usize, String)>>>,
    task: JoinHandle<()>,
}

impl Peer {
    pub async fn start(connections: Vec<Vec<Step>>) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = heard.clone();
        let task = tokio::spawn(async move {
            let mut talks = tokio::task::JoinSet::new();
            for (number, steps) in connections.into_iter().enumerate() {
                let (socket, _) = listener.accept().await.expect("a connection");
                talks.spawn(talk(socket, number, steps, notes.clone()));
            }
            drop(listener);
            talks.join_all().await;
        });
        Peer { port, heard, task }
    }

    pub fn session(&self) -> SmtpSession {
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

    /// Every line, also those of contents, with the number of its connection.
    pub fn heard(&self) -> Vec<(usize, String)> {
        self.heard.lock().expect("nobody panics").clone()
    }

    /// How many lines begin so.
    pub fn times(&self, beginning: &str) -> usize {
        self.heard().iter().filter(|(_, line)| line.starts_with(beginning)).count()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn talk(socket: TcpStream, number: usize, steps: Vec<Step>, heard: Arc<Mutex<Vec<(usize, String)>>>) {
    socket.set_nodelay(true).expect("is set");
    let mut socket = BufReader::new(socket);
    socket.write_all(b"220 scripted.example\r\n").await.expect("is written");
    // What comes after the last step is heard and not answered.
    for (waits, says) in [HELLO, HELLO].into_iter().chain(steps).chain([NEVER]) {
        if waits.is_empty() {
            return;
        }
        for word in waits {
            let mut line = String::new();
            while !line.starts_with(word) {
                line.clear();
                if socket.read_line(&mut line).await.unwrap_or(0) == 0 {
                    return;
                }
                heard.lock().expect("nobody panics").push((number, line.trim_end().to_owned()));
            }
        }
        for piece in says {
            if socket.write_all(piece.as_bytes()).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
