//! Times of the sending record, as people and as programs read them.
//!
//! Comes in: milliseconds since 1970. Goes out: text, for people in the site's time zone.

use jiff::{Timestamp, Zoned};

use super::Context;

/// In the site's time zone.
pub fn zoned(context: &Context, at: i64) -> Zoned {
    let at = Timestamp::from_millisecond(at).unwrap_or_default();
    at.to_zoned(context.project.config.site.zone.clone())
}

/// `2026-11-23`.
pub fn day(context: &Context, at: i64) -> String {
    zoned(context, at).strftime("%Y-%m-%d").to_string()
}

/// `23 November 2026, 09:00`.
pub fn moment(context: &Context, at: i64) -> String {
    zoned(context, at).strftime("%-d %B %Y, %H:%M").to_string()
}

/// `23 November 2026, 09:00:17 CET`, where seconds and the zone matter.
pub fn full(context: &Context, at: i64) -> String {
    zoned(context, at).strftime("%-d %B %Y, %H:%M:%S %Z").to_string()
}

/// `10:40` today, `24 November, 10:40` on another day, with the year where it is another one.
pub fn short(context: &Context, at: i64) -> String {
    context.clock.short(at)
}

/// For programs: `2026-11-23T08:00:00Z` (RFC 3339).
pub fn stamp(at: i64) -> String {
    Timestamp::from_millisecond(at).unwrap_or_default().to_string()
}
