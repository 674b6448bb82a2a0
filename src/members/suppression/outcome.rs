//! What an export says happened to a mail.
//!
//! Comes in: the cell of a status or event column. Goes out: whether the member may still be written to. Mail services
//! export every event of a campaign in one table: taking all of its addresses would silence the whole list.

use super::super::table::key;

/// Nothing is wrong with the member.
const WELL: [&str; 24] = [
    "delivered",
    "sent",
    "send",
    "request",
    "requests",
    "processed",
    "accepted",
    "queued",
    "opened",
    "open",
    "opens",
    "firstopening",
    "uniqueopened",
    "loadedbyproxy",
    "clicked",
    "click",
    "clicks",
    "subscribed",
    "active",
    "confirmed",
    "ok",
    "zugestellt",
    "geoeffnet",
    "geklickt",
];

/// The same in German, and what may pass: a full mailbox is no wish to be left alone.
const WELL_TOO: [&str; 14] = [
    "gesendet",
    "versendet",
    "angemeldet",
    "aktiv",
    "bestaetigt",
    "abonniert",
    "softbounce",
    "softbounced",
    "softbounces",
    "transient",
    "deferred",
    "delayed",
    "verzoegert",
    "zurueckgestellt",
];

/// Whether a row with this outcome is no reason to stop writing to its address.
pub(super) fn keeps_writing(outcome: &str) -> bool {
    let outcome = key(outcome);
    WELL.iter().chain(&WELL_TOO).any(|known| *known == outcome)
}
