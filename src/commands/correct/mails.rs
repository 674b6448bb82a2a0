//! Whether the mail reads or looks otherwise than the one that was sent.

use crate::ledger::Part;
use crate::render::email::message::Compiled;

/// Whether two mails are not the same; one that cannot be read is another one.
pub fn differ(before: &Part, now: &Part) -> bool {
    let digest = |part: &Part| Compiled::from_bytes(&part.body).ok().map(|mail| mail.digest());
    match (digest(before), digest(now)) {
        (Some(before), Some(now)) => before != now,
        _ => true,
    }
}
