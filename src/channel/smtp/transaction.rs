//! One mail over an open connection: MAIL, RCPT, DATA, the gate, the content (RFC 5321, section 3.3).
//!
//! Each step knows its stage, so that a failure says whether anything can have arrived.

use super::conversation::{Conversation, Unanswered};
use super::failure::Lost;
use super::mail::Mail;
use super::verdict::{self, After, Verdict};
use crate::channel::{Gate, Outcome};

/// Sends one mail. The gate is asked when the server is ready for the content, right before its first byte.
pub async fn run(conversation: &mut Conversation, mail: &Mail, gate: &impl Gate) -> Verdict {
    if let Err(verdict) = invite(conversation, mail).await {
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

/// MAIL, RCPT and DATA, until the server waits for the content.
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
