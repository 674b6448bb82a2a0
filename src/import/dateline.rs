//! The dateline of a first paragraph: `BERLIN. `, `Berlin, 7. November 2024 – `. It stays in the text.

use super::Dateline;
use crate::post::sentence::strip_dateline;
use crate::post::written_day;

/// Words inside the names of places that are written small: `FRANKFURT AM MAIN`.
const SMALL: [&str; 8] = ["am", "an", "der", "im", "in", "bei", "ob", "vor"];

/// What a paragraph begins with, if it is a dateline.
pub(super) fn dateline(paragraph: &str) -> Option<Dateline> {
    let paragraph = paragraph.trim_start();
    let rest = strip_dateline(paragraph);
    let head = paragraph[..paragraph.len() - rest.len()].trim_matches(|c: char| " .:–—-()\u{a0}".contains(c));
    if head.is_empty() {
        return None;
    }
    let (place, date) = match head.split_once(',') {
        Some((place, date)) => (place, written_day(date.split(['–', '—']).next().unwrap_or(date).trim())),
        None => (head, None),
    };
    let place = place.split(" (").next().unwrap_or(place).trim();
    Some(Dateline { place: ordinary(place), date })
}

/// `BERLIN` as `Berlin`; a place that is not in capitals stays.
fn ordinary(place: &str) -> String {
    if place.chars().any(char::is_lowercase) {
        return place.to_owned();
    }
    let mut spelled = String::new();
    let mut begins = true;
    for (index, word) in place.split_inclusive([' ', '-', '/']).enumerate() {
        let lower = word.to_lowercase();
        let small = index > 0 && SMALL.contains(&lower.trim_end_matches([' ', '-', '/']));
        for c in lower.chars() {
            if begins && !small {
                spelled.extend(c.to_uppercase());
            } else {
                spelled.push(c);
            }
            begins = false;
        }
        begins = true;
    }
    spelled
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;

    #[test]
    fn the_place_is_spelled_as_usual_and_the_day_is_read() {
        let day = Some(Date::constant(2024, 11, 7));
        for (text, place, date) in [
            ("BERLIN. Die Konferenz war gut besucht.", "Berlin", None),
            ("FRANKFURT AM MAIN – Die Konferenz war gut.", "Frankfurt am Main", None),
            ("Berlin, 7. November 2024 – Die Konferenz war gut.", "Berlin", day),
            ("München (dpa) – Die Konferenz war gut.", "München", None),
        ] {
            assert_eq!(dateline(text), Some(Dateline { place: place.to_owned(), date }), "{text}");
        }
        assert_eq!(dateline("Die Konferenz in Berlin war gut besucht."), None);
    }
}
