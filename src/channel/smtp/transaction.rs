//! One mail over an open connection: MAIL, RCPT, DATA, the gate, the content (RFC 5321, section 3.3).
//!
//! Each step knows its stage, so that a failure says whether anything can have arrived.

use std::time::Duration;

use super::conversation::{Conversation, Unanswered};
use super::failure::Lost;
use super::mail::Mail;
use super::verdict::{self, After, Verdict};
use crate::channel::{Gate, Outcome};

/// Sends one mail. The gate is asked when the server is ready for the content, right before its first byte.
pub async fn run(conversation: &mut Conversation, mail: &Mail, gate: &impl Gate) -> Verdict {
    let invited = match conversation.pipelines {
        true => invite_at_once(conversation, mail).await,
        false => invite(conversation, mail).await,
    };
    if let Err(verdict) = invited {
        return verdict;
    }
    if gate.open().is_err() {
        // Without its final dot the mail does not exist for the server (RFC 5321, section 4.1.1.4).
        return Verdict::new(Outcome::Withheld, After::Drop);
    }
    match conversation.content(&mail.content).await {
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
async fn invite(conversation: &mut Conversation, mail: &Mail) -> Result<(), Verdict> {
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

/// MAIL, RCPT and DATA in one write (RFC 2920), until the server waits for the content. Each answer belongs to its command,
/// in their order, also where an earlier one was refused.
async fn invite_at_once(conversation: &mut Conversation, mail: &Mail) -> Result<(), Verdict> {
    let place = conversation.place.clone();
    let limits = conversation.timeouts;
    let lost = |Lost(reason)| Verdict::untried(reason, None, After::Drop);
    let line = mail.mail_command(&place, &conversation.offers);
    let line = line.map_err(|reason| Verdict::new(Outcome::Rejected { reason, policy: None }, After::Keep))?;
    let reply = conversation.commands(&[&line, &mail.rcpt_command(), "DATA"], limits.mail).await.map_err(lost)?;
    if reply.class() != 2 {
        let verdict = verdict::at_mail(&place, &reply);
        return Err(caught_up(conversation, verdict, &[limits.recipient, limits.data]).await);
    }
    let reply = conversation.next(limits.recipient).await.map_err(lost)?;
    if reply.class() != 2 {
        let verdict = verdict::before_content(&place, "RCPT", &reply);
        return Err(caught_up(conversation, verdict, &[limits.data]).await);
    }
    let reply = conversation.next(limits.data).await.map_err(lost)?;
    if reply.code != 354 {
        return Err(verdict::before_content(&place, "DATA", &reply));
    }
    Ok(())
}

/// Reads the answers to the commands behind the one that was refused, so that the connection can be kept; the last is that to
/// DATA. A server that waits for a content all the same gets an empty one: it has no recipient to deliver it to.
async fn caught_up(conversation: &mut Conversation, verdict: Verdict, limits: &[Duration]) -> Verdict {
    if verdict.after == After::Drop || verdict.outcome.is_err() {
        return verdict;
    }
    let mut last = None;
    for limit in limits {
        match conversation.next(*limit).await {
            Ok(reply) if reply.code != 421 => last = Some(reply),
            // What was said of this mail stands.
            Ok(_) | Err(_) => return Verdict { after: After::Drop, ..verdict },
        }
    }
    let waits = last.is_some_and(|reply| reply.code == 354);
    match waits && conversation.content(b".\r\n").await.is_err() {
        true => Verdict { after: After::Drop, ..verdict },
        false => verdict,
    }
}
