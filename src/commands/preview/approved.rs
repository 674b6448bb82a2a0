//! The approval in the site's words: whether one is asked for, who gave it, what is missing.
//!
//! Comes in: the plan of a send, the sending record. Goes out: a sentence.

use jiff::Timestamp;

use super::super::Context;
use super::super::approval::{Content, Now, Since, Standing};
use super::super::ready::Ready;
use super::super::send::{Unneeded, approval_needed};
use super::super::survey::Survey;
use super::super::ways::mode;
use super::numbers::{counted, moment, thousands};
use crate::error::Error;
use crate::ledger::{Approval, Changed, Mode};
use crate::render::code::Code;
use crate::words::Words;

/// How it stands with the approval.
pub struct Approved {
    pub text: String,
    /// Whether a send is refused for want of it.
    pub is_missing: bool,
}

/// How it stands with the approval of what would be sent.
///
/// # Errors
/// The record's.
pub async fn approved(context: &Context, ready: &Ready, survey: &Survey) -> Result<Approved, Error> {
    let words = context.project.words();
    let not_missing = |text| Approved { text, is_missing: false };
    Ok(match approval_needed(context, ready, survey, true).await? {
        Ok((_, Standing::Valid(approval))) => not_missing(valid(context, &approval, &words)),
        Ok((now, standing)) => Approved { text: missing(context, &now, &standing, &words), is_missing: true },
        Err(Unneeded::GoesOn) => not_missing(words.get("preview.approval.goes_on")),
        Err(Unneeded::NotRequired) if mode(context) == Mode::Trial && context.project.config.approval.required => {
            not_missing(words.get("preview.approval.trial"))
        }
        Err(Unneeded::NotRequired) => not_missing(words.get("preview.approval.none")),
    })
}

fn valid(context: &Context, approval: &Approval, words: &Words) -> String {
    let time = at(context, approval.at, words);
    words.fill("preview.approval.valid", &[("who", &approval.by), ("time", &time)])
}

fn missing(context: &Context, now: &Now<'_>, standing: &Standing, words: &Words) -> String {
    let (own, fill) = (Code::of(&now.code).to_string(), |key: &str, values: &[(&str, &str)]| words.fill(key, values));
    let what = match standing {
        Standing::Valid(approval) => return valid(context, approval, words),
        Standing::Never => words.get("preview.approval.never"),
        Standing::Revoked(approval) => {
            let time = at(context, approval.revoked_at.unwrap_or(approval.at), words);
            fill("preview.approval.revoked", &[("who", &approval.by), ("time", &time)])
        }
        Standing::Outdated(approval, since) => {
            let (time, code) = (at(context, approval.at, words), Code::of(&approval.code).to_string());
            let values = [("who", approval.by.as_str()), ("time", &time), ("code", &code), ("now", &own)];
            match since.content {
                Content::Same => fill("preview.approval.people", &values) + " " + &moved(since, words),
                Content::Read(_) | Content::Unread => fill("preview.approval.changed", &values),
            }
        }
    };
    // `approve` is about the files as they are now; what was released before is approved by its code.
    let command = match now.texts {
        None => format!("rundbrief send {} --approve {own}", now.slug),
        Some(_) => format!("rundbrief approve {}", now.slug),
    };
    format!("{what} {}", fill("preview.approval.how", &[("command", &command)]))
}

/// Who was added and who is gone, in numbers.
fn moved(since: &Since, words: &Words) -> String {
    let Changed { added, gone } = &since.people;
    let part = |key: &str, count: u64| (count > 0).then(|| counted(key, count, words));
    let parts = [part("preview.approval.added", added.count), part("preview.approval.gone", gone.count)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let most = thousands(since.may_change, words);
    words.fill("preview.approval.moved", &[("what", &parts.join(", ")), ("most", &most)])
}

fn at(context: &Context, at: i64, words: &Words) -> String {
    let at = Timestamp::from_millisecond(at).unwrap_or_default();
    moment(&at.to_zoned(context.project.config.site.zone.clone()), words)
}
