//! Datelines: the place, agency and date that press texts begin with.
//!
//! Comes in: a paragraph. Goes out: the same paragraph from its first real word on.

use super::words::is_month;

/// A dateline is never longer than this, in bytes.
const LONGEST: usize = 90;

/// Words inside the names of places: `FRANKFURT am Main`, `NEUSTADT an der Aisch`.
const CONNECTORS: [&str; 12] = ["am", "an", "der", "im", "in", "bei", "ob", "vor", "de", "upon", "a.", "d."];

/// Short names of places in capitals that are no acronyms.
const SHORT_PLACES: [&str; 4] = ["ULM", "ROM", "HOF", "AUE"];

/// The text without `BERLIN. `, `BERLIN – `, `MÜNCHEN/BERLIN (dpa) – `, `Berlin, 7. November 2024 – ` or
/// `(Berlin, 7. November 2024) ` at its beginning. A place in ordinary spelling is one only with an agency or a date.
pub fn strip_dateline(text: &str) -> &str {
    let text = text.trim_start();
    if let Some((inside, rest)) = text.strip_prefix('(').and_then(|inner| inner.split_once(") ")) {
        let head = Head::parse(inside);
        if head.is_some_and(|head| head.dated) && begins_sentence(rest) {
            return without_dash(rest.trim_start());
        }
    }
    let mut end = LONGEST.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let separators = [(". ", true), (": ", false), (" – ", true), (" — ", true), (" - ", true), (".– ", true)];
    let mut found: Vec<(usize, usize, bool)> = separators
        .iter()
        .flat_map(|(mark, usual)| text[..end].match_indices(mark).map(|(at, mark)| (at, at + mark.len(), *usual)))
        .collect();
    found.sort_unstable();
    for (at, after, usual) in found.into_iter().rev() {
        let rest = text[after..].trim_start();
        if Head::parse(&text[..at]).is_some_and(|head| head.is_dateline(usual)) && begins_sentence(rest) {
            return without_dash(rest);
        }
    }
    text
}

/// `BERLIN. – Die …` has both marks.
fn without_dash(rest: &str) -> &str {
    ["– ", "— ", "- "].iter().find_map(|dash| rest.strip_prefix(dash)).unwrap_or(rest).trim_start()
}

/// What stands before the separator.
struct Head {
    /// Every word of the place is in capitals, up to an `am` or `an der`.
    capitals: bool,
    /// The place's capitals make a word, not an acronym.
    long: bool,
    agency: bool,
    dated: bool,
}

impl Head {
    fn parse(head: &str) -> Option<Head> {
        let (head, agency) = without_agency(head.trim());
        let (place, dated) = match head.split_once(',') {
            Some((place, date)) if is_date(date) => (place, true),
            Some(_) => return None,
            None => (head, false),
        };
        let words: Vec<&str> = place.split([' ', '/', '-', '|']).filter(|word| !word.is_empty()).collect();
        let names: Vec<&&str> = words.iter().filter(|word| !CONNECTORS.contains(*word)).collect();
        let letters_only = |word: &&&str| word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '(' | ')'));
        let capital = |word: &&&str| word.trim_start_matches('(').starts_with(char::is_uppercase);
        if names.is_empty() || words.len() > 6 || !names.iter().all(letters_only) || !names.iter().all(capital) {
            return None;
        }
        let in_capitals = |word: &&str| !word.contains(char::is_lowercase) || word.starts_with('(');
        let capitals = words.iter().take_while(|word| !CONNECTORS.contains(*word)).all(in_capitals);
        let long = names.iter().any(|name| name.chars().count() >= 4 || SHORT_PLACES.contains(name));
        Some(Head { capitals, long, agency, dated })
    }

    /// `usual` separators (a full stop, a dash) are enough behind capitals; a colon is not: `ACHTUNG: …`.
    fn is_dateline(&self, usual: bool) -> bool {
        self.agency || self.dated || (usual && self.capitals && self.long)
    }
}

/// `Berlin (dpa/lby)` without the agency.
fn without_agency(head: &str) -> (&str, bool) {
    let Some((before, agency)) = head.strip_suffix(')').and_then(|head| head.rsplit_once('(')) else {
        return (head, false);
    };
    let known = ["dpa", "ots", "afp", "epd", "kna", "pm", "pr", "red", "idw", "reuters", "ap", "apa", "sid", "sda"];
    let is_agency = agency.split('/').next().is_some_and(|first| known.contains(&first.to_lowercase().as_str()));
    if is_agency { (before.trim_end(), true) } else { (head, false) }
}

/// `7. November 2024`, `07.11.2024`, `November 7, 2024`, `den 7. Nov.`: nothing but numbers and months, a month or a
/// whole date at least.
fn is_date(text: &str) -> bool {
    let mut names_day = false;
    let mut words = text.split([' ', ',', '\u{a0}']).filter(|word| !word.is_empty());
    let all_known = words.all(|word| {
        let bare = word.trim_end_matches('.');
        let number = !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '/'));
        names_day |= is_month(bare) || (number && bare.split(['.', '-', '/']).count() == 3);
        number || is_month(bare) || matches!(word, "den" | "im" | "am")
    });
    all_known && names_day
}

/// Whether a text of at least three words begins as a sentence does.
fn begins_sentence(rest: &str) -> bool {
    let first = rest.trim_start_matches(|c: char| "„“\"»«(–—- ".contains(c)).chars().next();
    first.is_some_and(|c| c.is_uppercase() || c.is_ascii_digit()) && rest.split_whitespace().nth(2).is_some()
}
