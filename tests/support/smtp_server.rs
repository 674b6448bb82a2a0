//! A mail server that does what a test tells it, on a port of its own, in a thread of its own.
//!
//! ```ignore
//! let server = Server::start(Script::new().on(Stage::Rcpt, |seen| match seen.mail {
//!     2 => Answer::reply("550 5.1.1 no such user"),
//!     _ => Answer::normal(),
//! }));
//! // … send something to server.host(), server.port() …
//! assert_eq!(server.accepted().len(), 1);
//! ```
//!
//! It takes pipelined commands, STARTTLS and TLS with a certificate of its own ([`Server::ca_pem`]), and logins. What it
//! answers is decided stage by stage; a callback may do anything, kill the sender for instance.

#![allow(dead_code, unused_imports, reason = "each test binary uses a part of this module")]

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use tokio::net::TcpListener;
use tokio::sync::oneshot;

#[path = "smtp_server/certificate.rs"]
mod certificate;
#[path = "smtp_server/link.rs"]
mod link;
#[path = "smtp_server/script.rs"]
mod script;
#[path = "smtp_server/talk.rs"]
mod talk;

pub use certificate::Certificate;
pub use script::{Answer, Script, Seen, Stage};

/// A running server; it ends when it is dropped.
pub struct Server {
    address: SocketAddr,
    ca_pem: String,
    record: Arc<Mutex<Record>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A mail that the server has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Counted from 1.
    pub connection: usize,
    /// Counted from 1 over all connections.
    pub mail: usize,
    pub from: String,
    pub to: Vec<String>,
    /// What stood after the address in MAIL, such as `BODY=8BITMIME`.
    pub parameters: String,
    /// With dots undoubled, without the final one; empty with [`Script::without_contents`].
    pub bytes: Vec<u8>,
}

#[derive(Debug, Default)]
struct Record {
    connections: usize,
    /// Connections that have said EHLO and have not ended.
    open: BTreeSet<usize>,
    most_open: usize,
    mails: usize,
    contents: usize,
    /// Connections on which a command had come before the one in front of it was answered.
    pipelined: BTreeSet<usize>,
    /// Connections on which the next mail's commands had come before the content in front of them was answered.
    told_ahead: BTreeSet<usize>,
    /// Contents that had nobody to go to.
    unaddressed: Vec<Vec<u8>>,
    lines: Vec<(usize, String)>,
    accepted: Vec<Accepted>,
}

impl Server {
    /// Starts on 127.0.0.1; it answers when this returns.
    pub fn start(script: Script) -> Server {
        let (ready, address) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let record = Arc::new(Mutex::new(Record::default()));
        let ca_pem = script.certificate.as_ref().map(|(_, certificate)| certificate.ca_pem.clone()).unwrap_or_default();
        let (script, notes) = (Arc::new(script), record.clone());
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
                ready.send(listener.local_addr().expect("an address")).expect("somebody waits");
                tokio::select! {
                    () = serve(listener, script, notes) => {}
                    _ = stopped => {}
                }
            });
        });
        let address = address.recv().expect("the server has started");
        Server { address, ca_pem, record, stop: Some(stop), thread: Some(thread) }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it is, as a configuration names it; its certificates are for this and for `localhost`.
    pub fn host(&self) -> String {
        self.address.ip().to_string()
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The certificate of the issuer of its certificate; empty without TLS.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The mails that it took, in order.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.record().accepted.clone()
    }

    /// How many mails it took for an address.
    pub fn accepted_for(&self, to: &str) -> usize {
        self.record().accepted.iter().filter(|mail| mail.to.iter().any(|address| address == to)).count()
    }

    pub fn accepted_count(&self) -> usize {
        self.record().accepted.len()
    }

    pub fn connections(&self) -> usize {
        self.record().connections
    }

    /// How many connections there were at once, at most. One counts from its EHLO on.
    pub fn most_at_once(&self) -> usize {
        self.record().most_open
    }

    /// How many times content began to arrive.
    pub fn contents(&self) -> usize {
        self.record().contents
    }

    /// The connections that gave several commands at once.
    pub fn pipelined(&self) -> BTreeSet<usize> {
        self.record().pipelined.clone()
    }

    /// The connections on which a mail was told of before the one in front of it was answered.
    pub fn told_ahead(&self) -> BTreeSet<usize> {
        self.record().told_ahead.clone()
    }

    /// What came as the content of a mail without a recipient, see [`Script::inviting_all`].
    pub fn unaddressed(&self) -> Vec<Vec<u8>> {
        self.record().unaddressed.clone()
    }

    /// Every command as it came, with its connection's number.
    pub fn lines(&self) -> Vec<(usize, String)> {
        self.record().lines.clone()
    }

    /// How many commands began with this word.
    pub fn count(&self, word: &str) -> usize {
        self.record().lines.iter().filter(|(_, line)| line.to_ascii_uppercase().starts_with(word)).count()
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().expect("no handler has panicked")
    }
}

impl Record {
    fn opened(&mut self, connection: usize) {
        self.open.insert(connection);
        self.most_open = self.most_open.max(self.open.len());
    }

    fn ended(&mut self, connection: usize) {
        self.open.remove(&connection);
    }
}

async fn serve(listener: TcpListener, script: Arc<Script>, record: Arc<Mutex<Record>>) {
    loop {
        let (socket, _) = listener.accept().await.expect("a connection");
        let connection = {
            let mut record = record.lock().expect("no handler has panicked");
            record.connections += 1;
            record.connections
        };
        let (script, record) = (script.clone(), record.clone());
        tokio::spawn(async move {
            talk::talk(socket, connection, script, record.clone()).await;
            record.lock().expect("no handler has panicked").ended(connection);
        });
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
