//! The event that a text reports on, by its headline and dateline.

use super::yaml;
use crate::import::Draft;
use crate::render::teaser::quoted::quotations;

/// Words, or ends of words, of which one is in an event's name.
const EVENTS: [&str; 24] = [
    "tagung",
    "konferenz",
    "kongress",
    "messe",
    "forum",
    "treffen",
    "versammlung",
    "workshop",
    "seminar",
    "gipfel",
    "festival",
    "symposium",
    "werkstatt",
    "fachtag",
    "preisverleihung",
    "klausur",
    "conference",
    "congress",
    "summit",
    "meeting",
    "fair",
    "assembly",
    "days",
    "tage",
];

/// The event's text and its line; `None` where the page names one itself, or nothing points to one.
pub(super) fn event(draft: &Draft) -> Option<(String, String)> {
    if draft.event.is_some() {
        return None;
    }
    let title = draft.title.as_deref().unwrap_or("");
    let name = quotations(title).into_iter().find_map(|range| {
        let quote = title[range].trim_matches(|c: char| "„“”»«\"".contains(c));
        let lower = quote.to_lowercase();
        (EVENTS.iter().any(|word| lower.contains(word)) || names_a_day(&lower)).then(|| quote.to_owned())
    });
    let place = draft.dateline.as_ref().map(|dateline| dateline.place.clone()).or_else(|| in_brackets(title));
    let parts: Vec<String> = [
        name.as_ref().map(|name| format!("name: {}", yaml::quoted(name))),
        place.as_ref().map(|place| format!("place: {}", yaml::word(place))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        return None;
    }
    let value = [name, place].into_iter().flatten().collect::<Vec<_>>().join(", ");
    Some((value, format!("event: {{ {} }}", parts.join(", "))))
}

/// `Stiftungstag`, but no day of the week.
fn names_a_day(text: &str) -> bool {
    const WEEK: [&str; 6] = ["montag", "dienstag", "donnerstag", "freitag", "samstag", "sonntag"];
    let mut words = text.split(|c: char| !c.is_alphabetic());
    words.any(|word| word.ends_with("tag") && word.chars().count() > 5 && !WEEK.contains(&word))
}

/// `Rückschau Jahrestagung (Berlin)`: one word with a capital in brackets at the end.
fn in_brackets(title: &str) -> Option<String> {
    let (_, inside) = title.strip_suffix(')')?.rsplit_once('(')?;
    let one_word = inside.starts_with(char::is_uppercase) && inside.chars().all(|c| c.is_alphabetic() || c == '-');
    one_word.then(|| inside.to_owned())
}
