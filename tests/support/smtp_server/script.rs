//! What the server does at each stage.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::certificate::Certificate;

/// Where in a conversation. The handler is called before the answer goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    Greeting,
    Ehlo,
    StartTls,
    /// Each line of a login.
    Auth,
    Mail,
    Rcpt,
    Data,
    /// The first bytes of a content have come; the rest has not been read.
    Content,
    /// The final dot has come.
    End,
    /// The answer to the final dot has gone out; nothing is answered here.
    Answered,
    Rset,
    Quit,
}

/// What a handler knows.
#[derive(Debug)]
pub struct Seen<'a> {
    pub stage: Stage,
    /// Counted from 1.
    pub connection: usize,
    /// MAIL commands so far over all connections, this one included.
    pub mail: usize,
    /// MAIL commands so far over this connection.
    pub mail_of_connection: usize,
    /// The command, or the answer within a login.
    pub line: &'a str,
    pub from: &'a str,
    /// The recipients so far; at [`Stage::Rcpt`] the last is the one in question.
    pub to: &'a [String],
}

impl Seen<'_> {
    /// The recipient in question.
    pub fn recipient(&self) -> &str {
        self.to.last().map_or("", String::as_str)
    }
}

/// What goes out, when, and what becomes of the connection.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(super) say: Say,
    pub(super) late: Duration,
    pub(super) then: Then,
    pub(super) taken: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Say {
    Normal,
    Bytes(Vec<u8>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    Close,
    Reset,
    Hang,
}

impl Answer {
    const fn new(say: Say, then: Then) -> Answer {
        Answer { say, late: Duration::ZERO, then, taken: false }
    }

    /// What a server says when all is well.
    pub const fn normal() -> Answer {
        Answer::new(Say::Normal, Then::GoOn)
    }

    /// These lines, separated by `\n`, in place of the usual ones. A refusal has its usual effect.
    pub fn reply(lines: &str) -> Answer {
        Answer::raw(lines.replace('\n', "\r\n") + "\r\n")
    }

    /// These bytes as they are: garbage, half a line.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Answer {
        Answer::new(Say::Bytes(bytes.into()), Then::GoOn)
    }

    /// Nothing; the connection is closed.
    pub const fn close() -> Answer {
        Answer::new(Say::Bytes(Vec::new()), Then::Close)
    }

    /// Nothing; the connection is torn down with RST.
    pub const fn reset() -> Answer {
        Answer::new(Say::Bytes(Vec::new()), Then::Reset)
    }

    /// Nothing, and nothing is read any more; the connection stays open.
    pub const fn hang() -> Answer {
        Answer::new(Say::Bytes(Vec::new()), Then::Hang)
    }

    /// After this time.
    pub const fn late(mut self, late: Duration) -> Answer {
        self.late = late;
        self
    }

    /// At [`Stage::End`]: the mail has arrived, although the answer does not say so.
    pub const fn taken(mut self) -> Answer {
        self.taken = true;
        self
    }

    pub const fn and_close(mut self) -> Answer {
        self.then = Then::Close;
        self
    }

    pub const fn and_hang(mut self) -> Answer {
        self.then = Then::Hang;
        self
    }
}

/// Says whether an access token is good.
pub(super) type Judge = Arc<dyn Fn(&str) -> bool + Send + Sync>;

type Handler = Arc<dyn Fn(&Seen<'_>) -> Answer + Send + Sync>;

/// What the server offers, demands and answers.
#[derive(Clone)]
pub struct Script {
    handlers: HashMap<Stage, Handler>,
    pub(super) extensions: Vec<String>,
    pub(super) mechanisms: String,
    pub(super) password: Option<(String, String)>,
    pub(super) token: Option<Judge>,
    pub(super) certificate: Option<(When, Certificate)>,
    pub(super) invites_all: bool,
    pub(super) keep_contents: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    StartTls,
    AtOnce,
}

impl Script {
    /// A server that takes everything, without TLS and login, with the usual extensions.
    pub fn new() -> Script {
        let extensions = ["PIPELINING", "SIZE 52428800", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"];
        Script {
            handlers: HashMap::new(),
            extensions: extensions.map(ToOwned::to_owned).into(),
            mechanisms: String::new(),
            password: None,
            token: None,
            certificate: None,
            invites_all: false,
            keep_contents: true,
        }
    }

    /// Asks `handler` at a stage. One handler a stage; a later one takes the place of an earlier one.
    pub fn on(mut self, stage: Stage, handler: impl Fn(&Seen<'_>) -> Answer + Send + Sync + 'static) -> Script {
        self.handlers.insert(stage, Arc::new(handler));
        self
    }

    /// The same answer whenever the stage is reached.
    pub fn at(self, stage: Stage, answer: Answer) -> Script {
        self.on(stage, move |_| answer.clone())
    }

    /// The answer for the n-th mail, counted from 1 over all connections; the others are taken.
    pub fn at_mail(self, stage: Stage, mail: usize, answer: Answer) -> Script {
        self.on(stage, move |seen| if seen.mail == mail { answer.clone() } else { Answer::normal() })
    }

    /// Leaves an extension out of the answer to EHLO.
    pub fn without(mut self, extension: &str) -> Script {
        self.extensions.retain(|offered| !offered.starts_with(extension));
        self
    }

    /// Adds an extension to the answer to EHLO.
    pub fn offering(mut self, extension: &str) -> Script {
        self.extensions.push(extension.to_owned());
        self
    }

    /// Demands AUTH PLAIN or LOGIN with this name and password.
    pub fn password(mut self, username: &str, password: &str) -> Script {
        self.password = Some((username.to_owned(), password.to_owned()));
        self.mechanisms = "PLAIN LOGIN".to_owned();
        self
    }

    /// Demands AUTH XOAUTH2 with a token that is `good`.
    pub fn token(mut self, good: impl Fn(&str) -> bool + Send + Sync + 'static) -> Script {
        self.token = Some(Arc::new(good));
        self.mechanisms = "XOAUTH2".to_owned();
        self
    }

    /// The mechanisms that are offered, such as `LOGIN`.
    pub fn mechanisms(mut self, mechanisms: &str) -> Script {
        self.mechanisms = mechanisms.to_owned();
        self
    }

    pub fn starttls(mut self, certificate: Certificate) -> Script {
        self.certificate = Some((When::StartTls, certificate));
        self
    }

    pub fn implicit_tls(mut self, certificate: Certificate) -> Script {
        self.certificate = Some((When::AtOnce, certificate));
        self
    }

    /// Asks for a content at DATA also where no recipient was taken, as RFC 2920 allows; nobody gets it.
    pub fn inviting_all(mut self) -> Script {
        self.invites_all = true;
        self
    }

    /// Does not keep what the mails hold; for thousands of them.
    pub fn without_contents(mut self) -> Script {
        self.keep_contents = false;
        self
    }

    pub(super) fn ask(&self, seen: &Seen<'_>) -> Answer {
        self.handlers.get(&seen.stage).map_or_else(Answer::normal, |handler| handler(seen))
    }

    pub(super) fn demands_login(&self) -> bool {
        self.password.is_some() || self.token.is_some()
    }
}
