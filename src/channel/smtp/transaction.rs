//! One mail over an open connection: MAIL, RCPT, DATA, the gate, the content (RFC 5321, section 3.3).
//!
//! Each step knows its stage, so that a failure says whether anything can have arrived. Where the server takes several
//! commands at once (RFC 2920), the three go in one write, and each answer still belongs to its command.

use std::time::Duration;

use super::conversation::{Conversation, Unanswered};
use super::failure::Lost;
use super::mail::Mail;
use super::reply::Reply;
use super::verdict::{self, After, Verdict};
use crate::channel::{Gate, Outcome};

/// Sends one mail. The gate is asked when the server is ready for the content, right before its first byte.
pub async fn run(conversation: &mut Conversation, mail: &Mail<'_>, gate: &impl Gate) -> Verdict {
    let invited = match conversation.pipelines {
        true => invite_at_once(conversation, mail).await,
        false => invite(conversation, mail).await,
    };
    if let Err(verdict) = invited {
        return verdict;
    }
    if conversation.has_news() {
        // Whatever it is, it must not be taken for the answer to the content.
        let reason = format!("{} spoke out of turn or closed the connection", conversation.place);
        return Verdict::untried(reason, None, After::Drop);
    }
    if gate.open().is_err() {
        // Without its final dot the mail does not exist for the server (RFC 5321, section 4.1.1.4).
        return Verdict::new(Outcome::Withheld, After::Drop);
    }
    match conversation.content(&mail.content, mail.end).await {
        Ok(reply) => verdict::at_end(&conversation.place, &reply),
        Err(Unanswered::Incomplete(_, Some(reply))) if [4, 5].contains(&reply.class()) => {
            Verdict { after: After::Drop, ..verdict::at_end(&conversation.place, &reply) }
        }
        Err(Unanswered::Incomplete(Lost(reason), _)) => {
            // It counts as a try: a content that breaks every connection must not be repeated for ever.
            let reason = format!("{reason} before it had the whole mail");
            Verdict::new(Outcome::Deferred { reason, retry_after: None, slow: None }, After::Drop)
        }
        Err(Unanswered::Complete(Lost(reason))) => {
            let reason = format!("the mail was handed over, but {reason}");
            Verdict::new(Outcome::Uncertain { reason }, After::Drop)
        }
    }
}

/// MAIL, RCPT and DATA, one after the other, until the server waits for the content.
async fn invite(conversation: &mut Conversation, mail: &Mail<'_>) -> Result<(), Verdict> {
    let place = conversation.place.clone();
    let limits = conversation.timeouts;
    let lost = |Lost(reason)| Verdict::untried(reason, None, After::Drop);
    let line = mail.mail_command(&place, &conversation.offers);
    let line = line.map_err(|reason| Verdict::new(Outcome::Rejected { reason, policy: None }, After::Keep))?;
    let reply = conversation.command(&line, limits.mail).await.map_err(lost)?;
    if reply.class() != 2 {
        return Err(verdict::at_mail(&place, &reply));
    }
    let reply = conversation.command(&mail.rcpt_command(), limits.recipient).await.map_err(lost)?;
    if reply.class() != 2 {
        return Err(verdict::before_content(&place, "RCPT", &reply));
    }
    let reply = conversation.command("DATA", limits.data).await.map_err(lost)?;
    if reply.code != 354 {
        return Err(verdict::before_content(&place, "DATA", &reply));
    }
    Ok(())
}

/// MAIL, RCPT and DATA in one write, until the server waits for the content. The answers come in the order of the commands,
/// also to those behind a refused one (RFC 2920, section 3.1).
async fn invite_at_once(conversation: &mut Conversation, mail: &Mail<'_>) -> Result<(), Verdict> {
    let place = conversation.place.clone();
    let limits = conversation.timeouts;
    let line = mail.mail_command(&place, &conversation.offers);
    let line = line.map_err(|reason| Verdict::new(Outcome::Rejected { reason, policy: None }, After::Keep))?;
    let reply = conversation.commands(&[&line, &mail.rcpt_command(), "DATA"], limits.mail).await;
    let reply = reply.map_err(|Lost(reason)| Verdict::untried(reason, None, After::Drop))?;
    if reply.class() != 2 {
        return Err(behind_mail(conversation, verdict::at_mail(&place, &reply)).await);
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
        Ok(reply) if reply.code == 354 => match conversation.content(b"", b".\r\n").await {
            Ok(reply) if reply.code != 421 => verdict,
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
