//! One mail over an open connection: MAIL, RCPT, DATA, the gate, the content (RFC 5321, section 3.3).
//!
//! Each step knows its stage, so that a failure says whether anything can have arrived. Where the server takes several
//! commands at once (RFC 2920), the three go in one write, and each answer still belongs to its command. Those of the next
//! mail, where it is known, follow the content of this one in the same write: then a mail waits once for the server.

use std::time::Duration;

use super::conversation::{Conversation, Unanswered};
use super::failure::Lost;
use super::mail::Mail;
use super::reply::Reply;
use super::verdict::{self, After, Verdict};
use crate::channel::{Gate, Outcome};

/// How long the first answer to commands that were said ahead is waited for.
const FIRST_ANSWER: Duration = Duration::from_secs(30);

/// How far the server has been told of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Nothing,
    /// Its commands stand behind the content of the mail before; they are not answered yet. `known`: the server has taken a
    /// mail so before.
    Ahead {
        known: bool,
    },
}

/// What a mail came to.
#[derive(Debug)]
pub enum Ended {
    /// `ahead`: the next mail's commands have been said.
    Judged { verdict: Verdict, ahead: bool },
    /// It was told of ahead, and what the server makes of that may be about this and not about the mail. Nothing of it has
    /// left, and the connection is of no use any more.
    Unclear(Lost),
    /// The same where the server has announced that it closes the connection, after the mail before as it seems.
    Closing,
}

impl From<Verdict> for Ended {
    fn from(verdict: Verdict) -> Ended {
        Ended::Judged { verdict, ahead: false }
    }
}

/// Sends one mail; `ahead` are the next one's [`commands`]. The gate is asked when the server is ready for the content, right
/// before its first byte.
pub async fn run(
    conversation: &mut Conversation,
    mail: &Mail<'_>,
    told: Told,
    ahead: Option<&str>,
    gate: &impl Gate,
) -> Ended {
    let invited = match (told, conversation.pipelines) {
        (Told::Ahead { known }, _) => match answers_ahead(conversation, known).await {
            Ok(invited) => invited,
            Err(ended) => return ended,
        },
        (Told::Nothing, true) => invite_at_once(conversation, mail).await,
        (Told::Nothing, false) => invite(conversation, mail).await,
    };
    if let Err(verdict) = invited {
        return verdict.into();
    }
    if conversation.has_news() {
        // Whatever it is, it must not be taken for the answer to the content.
        let reason = format!("{} spoke out of turn or closed the connection", conversation.place);
        return Verdict::untried(reason, None, After::Drop).into();
    }
    if gate.open().is_err() {
        // Without its final dot the mail does not exist for the server (RFC 5321, section 4.1.1.4).
        return Verdict::new(Outcome::Withheld, After::Drop).into();
    }
    match conversation.content(&mail.content(), mail.end, ahead.unwrap_or_default()).await {
        Ok((reply, said)) => {
            let verdict = verdict::at_end(&conversation.place, &reply);
            match ahead.is_some() && !said {
                // Half of what was to be said may stand there.
                true => dropped(verdict).into(),
                false => Ended::Judged { verdict, ahead: said },
            }
        }
        Err(Unanswered::Incomplete(_, Some(reply))) if [4, 5].contains(&reply.class()) => {
            dropped(verdict::at_end(&conversation.place, &reply)).into()
        }
        Err(Unanswered::Incomplete(Lost(reason), _)) => {
            // It counts as a try: a content that breaks every connection must not be repeated for ever.
            let reason = format!("{reason} before it had the whole mail");
            Verdict::new(Outcome::Deferred { reason, retry_after: None, slow: None }, After::Drop).into()
        }
        Err(Unanswered::Complete(Lost(reason))) => {
            let reason = format!("the mail was handed over, but {reason}");
            Verdict::new(Outcome::Uncertain { reason }, After::Drop).into()
        }
    }
}

/// MAIL, RCPT and DATA, without the last line end.
///
/// # Errors
/// The reason why this server cannot take the mail.
pub fn commands(conversation: &Conversation, head: &super::mail::Head) -> Result<String, String> {
    let line = head.mail_command(&conversation.place, &conversation.offers)?;
    Ok(format!("{line}\r\n{}\r\nDATA", head.rcpt_command()))
}

fn unfit(reason: String) -> Verdict {
    Verdict::new(Outcome::Rejected { reason, policy: None }, After::Keep)
}

/// MAIL, RCPT and DATA, one after the other, until the server waits for the content.
async fn invite(conversation: &mut Conversation, mail: &Mail<'_>) -> Result<(), Verdict> {
    let place = conversation.place.clone();
    let limits = conversation.timeouts;
    let lost = |Lost(reason)| Verdict::untried(reason, None, After::Drop);
    let line = mail.head.mail_command(&place, &conversation.offers).map_err(unfit)?;
    let reply = conversation.command(&line, limits.mail).await.map_err(lost)?;
    if reply.class() != 2 {
        return Err(verdict::at_mail(&place, &reply));
    }
    let reply = conversation.command(&mail.head.rcpt_command(), limits.recipient).await.map_err(lost)?;
    if reply.class() != 2 {
        return Err(verdict::before_content(&place, "RCPT", &reply));
    }
    let reply = conversation.command("DATA", limits.data).await.map_err(lost)?;
    if reply.code != 354 {
        return Err(verdict::before_content(&place, "DATA", &reply));
    }
    Ok(())
}

/// MAIL, RCPT and DATA in one write, until the server waits for the content.
async fn invite_at_once(conversation: &mut Conversation, mail: &Mail<'_>) -> Result<(), Verdict> {
    let lines = commands(conversation, &mail.head).map_err(unfit)?;
    let reply = conversation.commands(&lines, conversation.timeouts.mail).await;
    let reply = reply.map_err(|Lost(reason)| Verdict::untried(reason, None, After::Drop))?;
    answers(conversation, reply).await
}

/// The same for commands that were said ahead. A server that closes the connection meanwhile, loses one of them or takes the
/// first for an error may not like them there, and says nothing of the mail: that is the outer error. Until it is known to
/// like them, it is not waited for long, since nothing is at stake, and nothing that it refuses is believed.
async fn answers_ahead(conversation: &mut Conversation, known: bool) -> Result<Result<(), Verdict>, Ended> {
    let limit = conversation.timeouts.mail;
    let limit = if known { limit } else { limit.min(FIRST_ANSWER) };
    let reply = conversation.next(limit).await.map_err(Ended::Unclear)?;
    if reply.code == 421 {
        return Err(Ended::Closing);
    }
    if reply.class() != 2 && !(known && reply.class() == 4) {
        return Err(Ended::Unclear(Lost(format!("{} answered MAIL with {reply}", conversation.place))));
    }
    let answered = answers(conversation, reply).await;
    match conversation.pipelines {
        true => Ok(answered),
        false => Err(Ended::Unclear(Lost(format!("{} left one of several commands unanswered", conversation.place)))),
    }
}

/// What the server says to MAIL, and then to RCPT and DATA. The answers come in the order of the commands, also to those behind
/// a refused one (RFC 2920, section 3.1).
async fn answers(conversation: &mut Conversation, to_mail: Reply) -> Result<(), Verdict> {
    let place = conversation.place.clone();
    let limits = conversation.timeouts;
    if to_mail.class() != 2 {
        return Err(behind_mail(conversation, verdict::at_mail(&place, &to_mail)).await);
    }
    let reply = next(conversation, limits.recipient).await?;
    if reply.class() != 2 {
        return Err(behind_recipient(conversation, verdict::before_content(&place, "RCPT", &reply)).await);
    }
    let reply = next(conversation, limits.data).await?;
    if reply.code != 354 {
        return Err(verdict::before_content(&place, "DATA", &reply));
    }
    Ok(())
}

/// The answer to the next command. A server that has lost it is not given several at once again.
async fn next(conversation: &mut Conversation, limit: Duration) -> Result<Reply, Verdict> {
    conversation.next(limit).await.map_err(|Lost(reason)| {
        conversation.pipelines = false;
        Verdict::untried(reason, None, After::Drop)
    })
}

/// MAIL was refused: reads the answers to RCPT and DATA, so that the connection can be kept.
async fn behind_mail(conversation: &mut Conversation, verdict: Verdict) -> Verdict {
    if verdict.ends_connection() {
        return verdict;
    }
    match next(conversation, conversation.timeouts.recipient).await {
        // Who takes a recipient without a sender may keep them for the next mail, or send them an empty one.
        Ok(reply) if reply.class() == 2 || reply.code == 421 => dropped(verdict),
        Ok(_) => behind_recipient(conversation, verdict).await,
        Err(_) => dropped(verdict),
    }
}

/// RCPT was refused, or taken for refused: reads the answer to DATA. A server that waits for a content all the same gets an
/// empty one (RFC 2920, section 3.1): it has no recipient to deliver it to.
async fn behind_recipient(conversation: &mut Conversation, verdict: Verdict) -> Verdict {
    if verdict.ends_connection() {
        return verdict;
    }
    match next(conversation, conversation.timeouts.data).await {
        Ok(reply) if reply.code == 354 => match conversation.content(&[], b".\r\n", "").await {
            Ok((reply, _)) if reply.code != 421 => verdict,
            Ok(_) | Err(_) => dropped(verdict),
        },
        Ok(reply) if [4, 5].contains(&reply.class()) && reply.code != 421 => verdict,
        Ok(_) | Err(_) => dropped(verdict),
    }
}

/// What was said of the mail stands; the connection goes.
fn dropped(verdict: Verdict) -> Verdict {
    Verdict { after: After::Drop, ..verdict }
}
