//! `send_at` and `not_after` around the changes of the clocks in 2026 and 2027: what is the very moment in UTC at which a
//! post may leave for the first time, and for the last.

use std::path::Path;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rundbrief::plan::schedule::{Due, Window};
use rundbrief::post::Post;

/// The changes of the clocks, with the hour that is skipped or comes twice: forward at 02:00 (Europe at 01:00 UTC), back at
/// 03:00 or 02:00.
const TABLE: &str = "
Europe/Berlin     2026-03-28 02:30  -                 2026-03-28T01:30:00Z  2026-03-29T01:30:00Z
Europe/Berlin     2026-03-28 09:00  -                 2026-03-28T08:00:00Z  2026-03-29T08:00:00Z
Europe/Berlin     2026-03-29 01:59  2026-03-29 03:00  2026-03-29T00:59:00Z  2026-03-29T01:00:00Z
Europe/Berlin     2026-03-29 03:00  2026-03-29 18:00  2026-03-29T01:00:00Z  2026-03-29T16:00:00Z
Europe/Berlin     2026-10-24 09:00  -                 2026-10-24T07:00:00Z  2026-10-25T07:00:00Z
Europe/Berlin     2026-10-25 02:00  2026-10-25 03:00  2026-10-25T00:00:00Z  2026-10-25T02:00:00Z
Europe/Berlin     2026-10-25 02:30  2026-10-25 02:59  2026-10-25T00:30:00Z  2026-10-25T00:59:00Z
Europe/Berlin     2026-10-25 03:00  -                 2026-10-25T02:00:00Z  2026-10-26T02:00:00Z
Europe/Berlin     2027-03-28 01:59  2027-03-28 03:01  2027-03-28T00:59:00Z  2027-03-28T01:01:00Z
Europe/Berlin     2027-10-31 02:30  -                 2027-10-31T00:30:00Z  2027-11-01T00:30:00Z
Europe/London     2026-03-29 00:59  2026-03-29 02:00  2026-03-29T00:59:00Z  2026-03-29T01:00:00Z
Europe/London     2026-03-28 09:00  -                 2026-03-28T09:00:00Z  2026-03-29T09:00:00Z
Europe/London     2026-10-25 01:30  2026-10-25 02:00  2026-10-25T00:30:00Z  2026-10-25T02:00:00Z
Europe/London     2026-10-24 09:00  -                 2026-10-24T08:00:00Z  2026-10-25T08:00:00Z
Europe/London     2027-03-28 02:00  2027-03-28 09:00  2027-03-28T01:00:00Z  2027-03-28T08:00:00Z
Europe/London     2027-10-31 01:00  2027-10-31 01:59  2027-10-31T00:00:00Z  2027-10-31T00:59:00Z
America/New_York  2026-03-08 01:59  2026-03-08 03:00  2026-03-08T06:59:00Z  2026-03-08T07:00:00Z
America/New_York  2026-03-07 09:00  -                 2026-03-07T14:00:00Z  2026-03-08T14:00:00Z
America/New_York  2026-11-01 01:30  2026-11-01 02:00  2026-11-01T05:30:00Z  2026-11-01T07:00:00Z
America/New_York  2026-10-31 09:00  -                 2026-10-31T13:00:00Z  2026-11-01T13:00:00Z
America/New_York  2027-03-14 03:00  2027-03-14 09:00  2027-03-14T07:00:00Z  2027-03-14T13:00:00Z
America/New_York  2027-11-07 01:00  2027-11-07 01:30  2027-11-07T05:00:00Z  2027-11-07T05:30:00Z
";

/// Times that the clocks skip, and the next one that exists.
const SKIPPED: &str = "
Europe/Berlin     2026-03-29 02:00  2026-03-29 03:00
Europe/Berlin     2026-03-29 02:59  2026-03-29 03:59
Europe/Berlin     2027-03-28 02:30  2027-03-28 03:30
Europe/London     2026-03-29 01:30  2026-03-29 02:30
Europe/London     2027-03-28 01:00  2027-03-28 02:00
America/New_York  2026-03-08 02:30  2026-03-08 03:30
America/New_York  2027-03-14 02:00  2027-03-14 03:00
";

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    // Two spaces stand between cells, one between day and time.
    let cells = |row: &'static str| row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let table: &'static str = table.to_owned().leak();
    table.lines().filter(|row| !row.is_empty()).map(cells)
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("is bundled")
}

fn header(times: &str, zone_name: &str) -> Result<Post, String> {
    let text = format!("---\ntitle: Zeit\nlang: de\n{times}---\nEin Absatz.\n");
    Post::parse(Path::new("zeit.md"), text.as_bytes(), &zone(zone_name))
        .map_err(|findings| findings.iter().map(|finding| format!("{finding}\n")).collect())
}

#[test]
fn a_window_opens_and_closes_at_the_very_moment() {
    let mut seen = 0;
    for row in rows(TABLE) {
        let [name, send_at, not_after, opens, closes] = row[..] else { panic!("{row:?}") };
        let until = if not_after == "-" { String::new() } else { format!("not_after: {not_after}\n") };
        let post = header(&format!("send_at: {send_at}\n{until}"), name).expect("is valid");
        let window = Window::of(post.header.send_at, post.header.not_after, &zone(name)).expect("has a time");
        let expected: [Timestamp; 2] = [opens, closes].map(|at| at.parse().expect("a time"));
        assert_eq!([window.opens, window.closes], expected, "{row:?}");
        let second = 1.second();
        for (at, due) in [
            (window.opens - second, Due::NotYet),
            (window.opens, Due::Now),
            (window.closes, Due::Now),
            (window.closes + second, Due::Over),
        ] {
            assert_eq!(window.due(at), due, "{row:?} at {at}");
        }
        seen += 1;
    }
    assert_eq!(seen, 22);
}

#[test]
fn a_time_that_the_clocks_skip_is_refused_with_the_next_one() {
    let mut seen = 0;
    for row in rows(SKIPPED) {
        let [name, skipped, next] = row[..] else { panic!("{row:?}") };
        for key in ["send_at", "not_after"] {
            let error = header(&format!("{key}: {skipped}\n"), name).expect_err("does not exist");
            assert!(error.contains(&format!("{skipped} does not exist in {name}")), "{error}");
            assert!(error.contains(&format!("`{next}`")) && error.contains("zeit.md:4"), "{error}");
        }
        seen += 1;
    }
    assert_eq!(seen, 7);
}

#[test]
fn every_minute_of_a_day_with_a_change_is_due_once() {
    // A timer that comes every minute begins a post at exactly one of its minutes, whatever the clocks do.
    for (name, day) in
        [("Europe/Berlin", "2026-03-29"), ("Europe/Berlin", "2026-10-25"), ("America/New_York", "2027-11-07")]
    {
        let zone = zone(name);
        let midnight: DateTime = format!("{day} 00:00").parse().expect("a time");
        let start = midnight.to_zoned(zone.clone()).expect("exists").timestamp();
        for hour in 0..24 {
            let local = midnight.checked_add(hour.hours()).expect("a time");
            if zone.to_ambiguous_zoned(local).is_ambiguous() {
                continue;
            }
            let window = Window::of(Some(local), Some(local.checked_add(1.hour()).expect("a time")), &zone);
            let Some(window) = window else { panic!("{local}") };
            let minutes: Vec<i64> =
                (0..25 * 60).filter(|minute| window.due(start + minute.minutes()) == Due::Now).collect();
            let first = *minutes.first().expect("a timer finds it");
            assert!(minutes.windows(2).all(|pair| pair[1] == pair[0] + 1), "{local}: without a hole");
            let wall = (start + first.minutes()).to_zoned(zone.clone()).datetime();
            assert_eq!(wall, local, "begun at the time on the wall");
        }
    }
}
