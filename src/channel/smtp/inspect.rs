//! What the server says to us before any mail, stage by stage: the connection, the login, the sender.
//!
//! Comes in: the relay and a sender. Goes out: an [`Inspection`]. No mail is sent: MAIL and RCPT are taken back with RSET.

use super::conversation::Conversation;
use super::dial::hello;
use super::failure::{Failure, Lost};
use super::login::log_in;
use super::mail::{Mail, Unfit};
use super::reply::Reply;
use super::verdict::{self, Verdict};
use super::{SmtpRelay, known};
use crate::channel::{ChannelError, Envelope, Outcome};
use crate::render::email::message::Message;

/// How far we came, and what was said there.
#[derive(Debug)]
pub struct Inspection {
    /// The connection, encrypted as configured.
    pub greeted: Result<Offers, Trouble>,
    /// `None`: no login is configured, or it did not come to that.
    pub login: Option<Result<(), Trouble>>,
    /// `None`: it did not come to that.
    pub sender: Option<Result<Permission, Trouble>>,
}

/// What the server advertises in its answer to EHLO (RFC 5321, section 4.1.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offers {
    /// What it calls itself.
    pub server: String,
    pub encrypted: bool,
    /// The largest mail in bytes (RFC 1870); `None`: it does not say.
    pub size: Option<u64>,
    /// SASL mechanisms as it writes them, such as `PLAIN`.
    pub mechanisms: Vec<String>,
    /// The names of its extensions, in capitals.
    pub extensions: Vec<String>,
}

/// What the server says to a sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// It takes the sender, and a mail to it.
    Taken,
    /// It takes the sender, and says this to the recipient.
    RecipientRefused(String),
}

/// Why it did not go on.
#[derive(Debug)]
pub enum Trouble {
    /// Later may do.
    NotNow(String),
    /// Nothing works until a person has changed something.
    Stop(ChannelError),
}

impl SmtpRelay {
    /// Connects, logs in, asks whether `sender` may send to `recipient`, and says goodbye.
    pub async fn inspect(&self, sender: &str, recipient: &str) -> Inspection {
        let (conversation, offers) = match self.greet().await {
            Ok(greeted) => greeted,
            Err(failure) => return Inspection { greeted: Err(self.trouble(failure)), login: None, sender: None },
        };
        let greeted = Ok(offers);
        let has_login = self.dial.login.is_some();
        let mut conversation = match self.enter(conversation).await {
            Ok(conversation) => conversation,
            Err(failure) => return Inspection { greeted, login: Some(Err(self.trouble(failure))), sender: None },
        };
        let sender = ask(&mut conversation, Envelope { from: sender, to: recipient }).await;
        conversation.quit().await;
        Inspection { greeted, login: has_login.then_some(Ok(())), sender: Some(sender) }
    }

    async fn greet(&self) -> Result<(Conversation, Offers), Failure> {
        let mut conversation = self.dial.greet().await?;
        let hello = hello(conversation.wire());
        let lines = conversation.extensions(&hello).await?;
        let lines = lines.map_err(|reply| verdict::at_opening(self.place(), &reply))?;
        let offers = Offers::of(conversation.offers.name().to_owned(), conversation.wire().is_encrypted(), &lines);
        Ok((conversation, offers))
    }

    /// Logs in; an access token that is refused is renewed once, over a new connection.
    async fn enter(&self, mut conversation: Conversation) -> Result<Conversation, Failure> {
        let Some(login) = &self.dial.login else { return Ok(conversation) };
        match log_in(&mut conversation, login, None).await {
            Ok(()) => Ok(conversation),
            Err(Failure::Token { token, .. }) => {
                conversation.quit().await;
                self.dial.attempt(Some(&token)).await
            }
            Err(failure) => {
                conversation.quit().await;
                Err(failure)
            }
        }
    }

    fn trouble(&self, failure: Failure) -> Trouble {
        match failure {
            Failure::NotNow { reason, .. } => Trouble::NotNow(reason),
            Failure::Stop(error) => Trouble::Stop(error),
            Failure::Token { reply, .. } => Trouble::Stop(known::login_refused(self.place(), &reply)),
        }
    }
}

impl Offers {
    fn of(server: String, encrypted: bool, lines: &[String]) -> Offers {
        let words = |line: &String| line.split_whitespace().map(str::to_ascii_uppercase).collect::<Vec<_>>();
        let lines: Vec<Vec<String>> = lines.iter().map(words).filter(|words| !words.is_empty()).collect();
        let after = |name: &str| lines.iter().find(|words| words[0] == name).map(|words| &words[1..]);
        // `SIZE 0` is a server without a fixed limit.
        let size = after("SIZE").and_then(|rest| rest.first()?.parse().ok()).filter(|size| *size > 0);
        let mechanisms = after("AUTH").map(<[String]>::to_vec).unwrap_or_default();
        let extensions = lines.iter().map(|words| words[0].clone()).collect();
        Offers { server, encrypted, size, mechanisms, extensions }
    }

    pub fn has(&self, extension: &str) -> bool {
        self.extensions.iter().any(|name| name == extension)
    }
}

/// MAIL and RCPT, taken back. Many servers look at the sender only at RCPT (Postfix: `smtpd_delay_reject`).
async fn ask(conversation: &mut Conversation, envelope: Envelope<'_>) -> Result<Permission, Trouble> {
    let place = conversation.place.clone();
    let limits = conversation.timeouts;
    let wrong = |message: String| {
        let help = "correct from or bounce_address in [sender]".to_owned();
        Trouble::Stop(ChannelError::Config { message, help })
    };
    let mail = Mail::new(envelope, Message::Whole(b""))
        .map_err(|(Unfit::Sender(reason) | Unfit::Mail(reason))| wrong(reason))?;
    let line = mail.head.mail_command(&place, &conversation.offers).map_err(wrong)?;
    let reply = conversation.command(&line, limits.mail).await.map_err(lost)?;
    if reply.class() != 2 {
        return Err(stopped(verdict::at_mail(&place, &reply), &reply));
    }
    let reply = conversation.command(&mail.head.rcpt_command(), limits.recipient).await.map_err(lost)?;
    let permission = at_recipient(&place, &reply);
    conversation.reset().await;
    permission
}

/// The sender is its own recipient here, so that a refusal of policy is about the sender.
fn at_recipient(place: &str, reply: &Reply) -> Result<Permission, Trouble> {
    match reply.class() {
        2 => Ok(Permission::Taken),
        4 => Err(Trouble::NotNow(format!("{place} takes no mail now: {reply}"))),
        5 if known::is_limit(reply) => Err(Trouble::NotNow(format!("{place} takes no mail now: {reply}"))),
        5 if [530, 535].contains(&reply.code) || reply.has_status("5.7") || known::refusal(reply).is_some() => {
            Err(Trouble::Stop(known::sender_refused(place, reply)))
        }
        _ => Ok(Permission::RecipientRefused(reply.to_string())),
    }
}

fn lost(Lost(reason): Lost) -> Trouble {
    Trouble::NotNow(reason)
}

fn stopped(verdict: Verdict, reply: &Reply) -> Trouble {
    match verdict.outcome {
        Err(error) => Trouble::Stop(error),
        Ok(Outcome::Untried { reason, .. }) => Trouble::NotNow(reason),
        Ok(_) => Trouble::NotNow(reply.to_string()),
    }
}
