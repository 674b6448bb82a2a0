//! Whether a post can be corrected now.
//!
//! Comes in: the post in all its texts. Goes out: nothing, or the sentence that says what must be done first. Pure.

use super::super::revisions::{Revision, sum};
use crate::error::Error;
use crate::ledger::{Form, Totals};

/// Of what this program delivers, by whether it is mail.
fn own(revision: &Revision, mail: bool) -> Totals {
    let counts = |number: i64| {
        revision.part(number).is_some_and(|part| part.form != Form::Text && (part.form == Form::Mail) == mail)
    };
    sum(revision.totals.iter().filter(|(number, _)| counts(*number)).map(|(_, totals)| totals))
}

/// Whether something of a correction waits that this program delivers.
pub fn is_under_way(revision: &Revision) -> bool {
    own(revision, true).open() + own(revision, false).open() > 0
}

/// Refuses to correct what is not wholly out, was stopped, or is in doubt.
///
/// # Errors
/// [`Error::Underway`] with what to do first.
pub fn must_be_sent(slug: &str, stopped: bool, revisions: &[Revision]) -> Result<(), Error> {
    let underway = |message: String, help: String| Err(Error::Underway { message, help });
    if stopped {
        let help = format!(
            "`rundbrief send {slug} --rest-with-new-text` gives the rest the new text; then correct what was sent before"
        );
        return underway(format!("{slug} was stopped, and is not wholly out"), help);
    }
    let published = revisions.iter().filter(|revision| !revision.release.is_correction());
    let waiting: u64 = published.map(|revision| own(revision, true).open() + own(revision, false).open()).sum();
    if waiting > 0 {
        let what = if waiting == 1 { "1 delivery waits".to_owned() } else { format!("{waiting} deliveries wait") };
        let help = format!("`rundbrief send {slug}` finishes it, `rundbrief status {slug}` says what waits for what");
        return underway(format!("{slug} is not wholly out yet: {what}"), help);
    }
    if revisions.iter().any(|revision| own(revision, false).uncertain > 0) {
        let help = format!("decide first: `rundbrief status {slug}` names it, and says how");
        return underway(format!("of {slug}, a post may or may not have arrived on a network"), help);
    }
    Ok(())
}

/// Refuses a new correction that would drop the mails of the last one.
///
/// # Errors
/// [`Error::Underway`].
pub fn mails_are_not_dropped(slug: &str, mail: bool, revisions: &[Revision]) -> Result<(), Error> {
    let waiting: u64 = revisions.iter().map(|revision| own(revision, true).open()).sum();
    if waiting == 0 || mail {
        return Ok(());
    }
    let message = format!("the mails of the last correction of {slug} are not all out: {waiting} wait");
    let help = format!("with --mail, all get the new text; or first finish it with `rundbrief send {slug}`");
    Err(Error::Underway { message, help })
}
