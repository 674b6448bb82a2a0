//! What an answer means at the stage at which it came, and whether the connection can be kept.
//!
//! Pure. The rules are DESIGN's: a refused recipient is that address; a refused sender is the release; 421 is the
//! connection's fault; the relay's own limits slow the relay, greylisting slows the domain.

use super::failure::Failure;
use super::known;
use super::reply::Reply;
use crate::channel::{ChannelError, Outcome, Slow};

/// What to do with the connection after a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It is ready for the next mail.
    Keep,
    /// A mail was begun: RSET first.
    Reset,
    Drop,
}

/// A mail's end, and the connection's state.
#[derive(Debug)]
pub struct Verdict {
    pub outcome: Result<Outcome, ChannelError>,
    pub after: After,
}

impl Verdict {
    pub fn new(outcome: Outcome, after: After) -> Verdict {
        Verdict { outcome: Ok(outcome), after }
    }

    fn stop(error: ChannelError) -> Verdict {
        Verdict { outcome: Err(error), after: After::Drop }
    }

    /// Not this mail's fault, and nothing of it has left.
    pub fn untried(reason: impl Into<String>, slow: Option<Slow>, after: After) -> Verdict {
        Verdict::new(Outcome::Untried { reason: reason.into(), slow }, after)
    }

    /// Whether the connection is of no use any more: it is to be dropped, or the whole send stops.
    pub fn ends_connection(&self) -> bool {
        self.after == After::Drop || self.outcome.is_err()
    }

    /// An answer that makes no sense at this stage.
    pub fn nonsense(place: &str, asked: &str, reply: &Reply) -> Verdict {
        Verdict::untried(format!("{place} answered {asked} with {reply}"), None, After::Drop)
    }
}

/// The connection was refused, by the greeting, EHLO or STARTTLS.
pub fn at_opening(place: &str, reply: &Reply) -> Failure {
    let slow = (reply.class() == 4 || known::is_limit(reply)).then_some(Slow::Relay);
    Failure::NotNow { reason: format!("{place} does not take connections now: {reply}"), slow }
}

/// The login was refused.
pub fn at_login(place: &str, reply: &Reply) -> Failure {
    match reply.class() {
        5 if !known::is_limit(reply) => Failure::Stop(known::login_refused(place, reply)),
        4 | 5 => Failure::NotNow { reason: format!("{place} takes no login now: {reply}"), slow: Some(Slow::Relay) },
        _ => Failure::NotNow { reason: format!("{place} answered the login with {reply}"), slow: None },
    }
}

/// MAIL was refused.
pub fn at_mail(place: &str, reply: &Reply) -> Verdict {
    let reason = format!("{place} takes no mail now: {reply}");
    match reply.class() {
        4 if reply.code == 421 => Verdict::untried(reason, Some(Slow::Relay), After::Drop),
        4 => Verdict::untried(reason, Some(Slow::Relay), After::Keep),
        5 if known::is_limit(reply) => Verdict::untried(reason, Some(Slow::Relay), After::Keep),
        5 if [530, 535].contains(&reply.code) || reply.has_status("5.7") || known::refusal(reply).is_some() => {
            Verdict::stop(known::sender_refused(place, reply))
        }
        5 => Verdict::stop(ChannelError::Refused {
            message: format!("{place} refuses this send: {reply}"),
            help: "read what it says, or ask its provider; `rundbrief send` goes on where this stopped".into(),
        }),
        _ => Verdict::nonsense(place, "MAIL", reply),
    }
}

/// The recipient or DATA was refused; nothing of the content has left.
pub fn before_content(place: &str, asked: &str, reply: &Reply) -> Verdict {
    match reply.class() {
        4 if reply.code == 421 => {
            Verdict::untried(format!("{place} closes the connection: {reply}"), Some(Slow::Relay), After::Drop)
        }
        4 | 5 => Verdict { after: After::Reset, ..refused(place, reply, asked == "RCPT") },
        _ => Verdict::nonsense(place, asked, reply),
    }
}

/// What the server says to the content. A 421 is a refusal as well: it is an answer.
pub fn at_end(place: &str, reply: &Reply) -> Verdict {
    let after = if reply.code == 421 { After::Drop } else { After::Keep };
    match reply.class() {
        2 => Verdict::new(Outcome::Sent { receipt: reply.to_string() }, After::Keep),
        4 | 5 => Verdict { after, ..refused(place, reply, false) },
        _ => {
            Verdict::new(Outcome::Uncertain { reason: format!("{place} answered the mail with {reply}") }, After::Drop)
        }
    }
}

/// This mail was refused, for now or for good, unless the answer is known to be about us.
fn refused(place: &str, reply: &Reply, at_recipient: bool) -> Verdict {
    let reason = reply.to_string();
    if known::is_limit(reply) {
        return deferred(reason, Some(Slow::Relay));
    }
    if [530, 535].contains(&reply.code) || known::refusal(reply).is_some() {
        return Verdict::stop(known::sender_refused(place, reply));
    }
    if reply.class() == 4 {
        return deferred(reason, slow(reply, at_recipient));
    }
    let policy = reply.status().filter(|_| reply.has_status("5.7")).map(ToOwned::to_owned);
    Verdict::new(Outcome::Rejected { reason, policy }, After::Keep)
}

fn deferred(reason: String, slow: Option<Slow>) -> Verdict {
    Verdict::new(Outcome::Deferred { reason, retry_after: None, slow }, After::Keep)
}

/// 421, 454, 452 4.3.x: the relay is too busy. 450, and 451 4.7.1, to a recipient: greylisting at the domain.
fn slow(reply: &Reply, at_recipient: bool) -> Option<Slow> {
    match reply.code {
        421 | 454 => Some(Slow::Relay),
        452 if reply.has_status("4.3") => Some(Slow::Relay),
        450 if at_recipient => Some(Slow::Domain),
        451 if at_recipient && reply.status() == Some("4.7.1") => Some(Slow::Domain),
        _ => None,
    }
}
