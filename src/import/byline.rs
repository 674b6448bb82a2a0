//! What the small lines around a headline say: the day, who wrote it, the category.
//!
//! Comes in: one short line. Goes out: its parts, each with what it is. A part that is none of them makes the line no
//! small line at all.

use jiff::civil::Date;

use crate::post::written_day;

/// One part of a small line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Date(Date),
    /// A day that may be either of two: `10/11/2024`.
    UnclearDate(String),
    Author(String),
    Category(String),
    /// Reading time, number of comments.
    Noise,
}

impl Part {
    /// The day, of a part that is one.
    pub(super) fn day(&self) -> Option<Date> {
        match self {
            Part::Date(date) => Some(*date),
            _ => None,
        }
    }
}

const DATE_WORDS: [&str; 16] = [
    "veröffentlicht am",
    "veröffentlicht",
    "erstellt am",
    "erstellt",
    "eingestellt am",
    "datum",
    "stand",
    "vom",
    "am",
    "published on",
    "published",
    "posted on",
    "posted",
    "date",
    "created",
    "geschrieben am",
];
const AUTHOR_WORDS: [&str; 10] =
    ["verfasst von", "geschrieben von", "autorin", "autor", "text", "von", "written by", "author", "posted by", "by"];
const CATEGORY_WORDS: [&str; 8] =
    ["kategorien", "kategorie", "rubrik", "themen", "thema", "categories", "category", "filed under"];

/// The longest small line, in characters.
pub(super) const LONGEST: usize = 160;

/// The parts of a small line; `None` for any other line.
pub(super) fn parts(line: &str) -> Option<Vec<Part>> {
    let line = line.trim();
    if line.chars().count() > LONGEST {
        return None;
    }
    let leads = line.starts_with('|');
    let mut found = Vec::new();
    for part in line.split(['|', '·', '•']).map(str::trim).filter(|part| !part.is_empty()) {
        match part_of(part) {
            Some(parts) => found.extend(parts),
            // Behind a bar, what is no sentence names a category.
            None if (leads || !found.is_empty()) && is_label(part) => {
                found.extend(categories(part).into_iter().map(Part::Category));
            }
            None => return None,
        }
    }
    Some(found).filter(|found| !found.is_empty())
}

fn part_of(part: &str) -> Option<Vec<Part>> {
    if let Some(rest) = behind(part, &CATEGORY_WORDS, true) {
        return Some(rest.split([',', '/', ';']).flat_map(categories).map(Part::Category).collect());
    }
    if let Some(date) = date(part) {
        return Some(vec![date]);
    }
    // `12. November 2024 von Anna Muster`
    for word in [" von ", " by "] {
        if let Some((day, author)) = part.split_once(word)
            && let (Some(date), Some(name)) = (date(day.trim_end_matches(',')), name(author))
        {
            return Some(vec![date, Part::Author(name)]);
        }
    }
    if let Some(rest) = behind(part, &AUTHOR_WORDS, false) {
        // `Von Anna Muster am 12. November 2024`
        for word in [" am ", ", ", " on ", " – "] {
            if let Some((author, day)) = rest.split_once(word)
                && let (Some(name), Some(date)) = (name(author), date(day))
            {
                return Some(vec![Part::Author(name), date]);
            }
        }
        return name(rest).map(|name| vec![Part::Author(name)]);
    }
    is_noise(part).then(|| vec![Part::Noise])
}

/// The text behind one of the words and its colon or space.
fn behind<'a>(text: &'a str, words: &[&str], colon: bool) -> Option<&'a str> {
    words.iter().find_map(|word| {
        let (start, rest) = (text.get(..word.len())?, text.get(word.len()..)?);
        if start.to_lowercase() != *word {
            return None;
        }
        let rest = match rest.strip_prefix(':') {
            Some(rest) => rest,
            None if colon => return None,
            None => rest.strip_prefix([' ', '\u{a0}'])?,
        };
        Some(rest.trim()).filter(|rest| !rest.is_empty())
    })
}

fn date(text: &str) -> Option<Part> {
    let text = text.trim().trim_matches(['(', ')', ',']);
    let rest = behind(text, &DATE_WORDS, false).unwrap_or(text);
    if let Some(date) = written_day(rest) {
        return Some(Part::Date(date));
    }
    let slashed = rest.split('/').count() == 3 && rest.chars().all(|c| c.is_ascii_digit() || c == '/');
    (slashed && rest.len() >= 8).then(|| Part::UnclearDate(rest.to_owned()))
}

/// Two to five words with capitals, titles included.
fn name(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(',');
    let words: Vec<&str> = text.split_whitespace().collect();
    let small = ["von", "van", "de", "der", "zu", "und", "and", "del", "la", "med.", "phil.", "rer.", "nat.", "ing."];
    let capital = |word: &&&str| word.starts_with(char::is_uppercase) || small.contains(*word);
    let is_name = (1..=6).contains(&words.len())
        && words[0].starts_with(char::is_uppercase)
        && words.iter().filter(capital).count() == words.len()
        && !text.contains(|c: char| c.is_ascii_digit() || "!?:„“\"".contains(c))
        && !text.ends_with('.');
    is_name.then(|| text.to_owned())
}

fn is_noise(part: &str) -> bool {
    let lower = part.to_lowercase();
    let counted = ["min", "kommentar", "comment", "lesezeit", "reading time", "aufrufe", "views", "wörter", "words"];
    part.chars().count() <= 40
        && counted.iter().any(|word| lower.contains(word))
        && part.contains(|c: char| c.is_ascii_digit())
}

/// Whether this could name a category: few words, no sentence.
fn is_label(part: &str) -> bool {
    part.chars().count() <= 80
        && !part.ends_with(['.', '!', '?', ':', ';', ','])
        && part.chars().any(char::is_alphabetic)
}

/// The categories of a part. Copied from a page, two of them may have run together: `Unsere Aktivitäten Aktivitäten
/// unserer Partner` has a word twice in a row, which no name has.
fn categories(part: &str) -> Vec<String> {
    let part = part.trim().trim_start_matches('#');
    let words: Vec<&str> = part.split_whitespace().collect();
    match words.windows(2).position(|pair| pair[0] == pair[1]) {
        Some(at) => vec![words[..=at].join(" "), words[at + 1..].join(" ")],
        None if part.is_empty() => Vec::new(),
        None => vec![part.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(name: &str) -> Part {
        Part::Category(name.to_owned())
    }

    #[test]
    fn small_lines_are_taken_apart() {
        let day = || Part::Date(Date::constant(2024, 11, 12));
        let anna = || Part::Author("Anna Muster".to_owned());
        for (line, expected) in [
            ("12. November 2024", vec![day()]),
            ("Veröffentlicht am 12.11.2024 | Aktuelles", vec![day(), category("Aktuelles")]),
            ("Von Anna Muster am 12. November 2024", vec![anna(), day()]),
            ("November 12, 2024 by Anna Muster", vec![day(), anna()]),
            ("By Anna Muster · 12 November 2024 · 3 min read", vec![anna(), day(), Part::Noise]),
            ("Kategorie: Aktuelles, Presse", vec![category("Aktuelles"), category("Presse")]),
            (
                "| Unsere Aktivitäten Aktivitäten unserer Partner",
                vec![category("Unsere Aktivitäten"), category("Aktivitäten unserer Partner")],
            ),
            ("10/11/2024", vec![Part::UnclearDate("10/11/2024".to_owned())]),
        ] {
            assert_eq!(parts(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn lines_of_the_text_are_none() {
        for line in [
            "Von Anfang an dabei",
            "Am 12. November 2024 trafen wir uns.",
            "By the way, it rained.",
            "Text: siehe unten.",
            "Berlin | Brandenburg",
            "| Wer kommt? Alle kamen.",
            "Thema des Abends war die Zukunft",
        ] {
            assert_eq!(parts(line), None, "{line}");
        }
    }
}
