//! Spaces at which a line must not end: `z. B.`, `10 %`, `Dr. Müller`.

use std::ops::Range;

use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::post::passage::{Passage, PassageKind};

pub(in crate::check) const NO_BREAK: Rule = Rule::warning(
    "no-break-space",
    "a line may end inside `z. B.`, `10 %` or `Dr. Müller`",
    "write a no-break space there: `&nbsp;` in the text; Option-Space on a Mac, Alt 0 1 6 0 on Windows everywhere",
);

/// The parts of abbreviations, each behind a plain space: `d. h.`, `i. d. R.`
const PARTS: [(&str, &[&str]); 15] = [
    ("z.", &["B.", "T.", "Zt.", "Hd."]),
    ("d.", &["h.", "R.", "J.", "M."]),
    ("u.", &["a.", "Ä.", "U.", "ä."]),
    ("o.", &["Ä.", "g.", "a.", "ä."]),
    ("i.", &["d.", "e.", "S.", "A.", "V.", "d"]),
    ("e.", &["V."]),
    ("s.", &["o.", "u."]),
    ("v.", &["a.", "H.", "l."]),
    ("a.", &["D.", "M.", "a."]),
    ("n.", &["Chr."]),
    ("v.", &["Chr."]),
    ("m.", &["E.", "b."]),
    ("h.", &["c."]),
    ("c.", &["a."]),
    ("p.", &["a."]),
];

const UNITS: [&str; 28] = [
    "%", "‰", "€", "$", "£", "EUR", "km", "m", "cm", "mm", "m²", "km²", "kg", "g", "t", "l", "kWh", "MW", "GW", "kW",
    "°C", "Uhr", "Mio.", "Mrd.", "Tsd.", "MB", "GB", "Prozent",
];

const TITLES: [&str; 9] = ["Dr.", "Prof.", "Dipl.-Ing.", "Ing.", "Mag.", "St.", "Hr.", "Fr.", "PD"];

/// Before a number.
const NUMBERED: [&str; 8] = ["Nr.", "§", "§§", "Abs.", "Art.", "S.", "Bd.", "Kap."];

/// Texts where a break does no harm, because they are cut or stand on one line.
const SHORT: [&str; 6] = ["author", "credit", "picture", "image", "event", "dates"];

pub(super) fn look(subject: &Subject<'_>, told: &mut Told) {
    let mut first: Option<(&Passage, Range<usize>)> = None;
    let mut lines: Vec<usize> = Vec::new();
    for passage in subject.passages.iter().filter(|passage| !is_short(passage)) {
        for range in breaks(&passage.text) {
            lines.push(passage.spot(range.clone()).line);
            first.get_or_insert((passage, range));
        }
    }
    let Some((passage, range)) = first else { return };
    // All of them at once: they are mended in one go, or never.
    let what = passage.text[range.clone()].replace('\n', " ");
    let others: Vec<String> = lines[1..].iter().map(usize::to_string).collect();
    let more = match others.len() {
        0 => String::new(),
        1 => format!(", and in line {}", others[0]),
        count if count <= 8 => format!(", and in the lines {}", others.join(", ")),
        count => format!(", and at {count} other places"),
    };
    told.add(&NO_BREAK, subject.part(passage, range), format!("a line may end inside `{what}`{more}"));
}

fn is_short(passage: &Passage) -> bool {
    matches!(passage.kind, PassageKind::Header(key) if SHORT.contains(&key) || key == "teaser")
}

/// Every place where a plain space holds together what belongs together; from the word before it to the one behind.
fn breaks(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut before: Option<Range<usize>> = None;
    let mut start = 0;
    // Words between plain spaces; a no-break space is part of a word here.
    for part in text.split_inclusive([' ', '\n']) {
        let word = part.trim_end_matches([' ', '\n']);
        let range = start..start + word.len();
        start += part.len();
        if word.is_empty() {
            before = None;
            continue;
        }
        if let Some(previous) = before
            && belongs(&text[previous.clone()], word)
        {
            found.push(previous.start..range.end);
        }
        before = Some(range);
    }
    found
}

fn belongs(before: &str, word: &str) -> bool {
    let open = |c: char| matches!(c, '(' | '„' | '‚' | '»' | '–' | '[');
    let close = |c: char| matches!(c, ')' | '“' | '‘' | '«' | ',' | ';' | ':' | '!' | '?' | ']');
    // What a no-break space holds together is looked at by its last part.
    let before = before.rsplit(['\u{a0}', '\u{202f}']).next().unwrap_or(before).trim_start_matches(open);
    let whole = word.split(['\u{a0}', '\u{202f}']).next().unwrap_or(word);
    let word = whole.trim_end_matches(close);
    if PARTS.iter().any(|(first, rest)| *first == before && rest.contains(&word)) {
        return true;
    }
    let number = before.ends_with(|c: char| c.is_ascii_digit()) && before.starts_with(|c: char| c.is_ascii_digit());
    let unit = UNITS.contains(&word) || (whole.ends_with('.') && UNITS.contains(&word.trim_end_matches('.')));
    if number && unit {
        return true;
    }
    let named = word.starts_with(|c: char| c.is_uppercase()) && word.chars().count() > 1;
    if TITLES.contains(&before) && named {
        return true;
    }
    NUMBERED.contains(&before) && word.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::breaks;

    #[test]
    fn what_belongs_together_is_found_with_a_plain_space_only() {
        for (text, expected) in [
            ("Ämter, z. B. die Kasse", vec!["z. B."]),
            ("rund 10 % der Mitglieder", vec!["10 %"]),
            ("sagte Dr. Müller", vec!["Dr. Müller"]),
            ("Prof. Dr. Amina Voss", vec!["Prof. Dr.", "Dr. Amina"]),
            ("der Verein e. V., der", vec!["e. V.,"]),
            ("bis zu 2.500 €.", vec!["2.500 €."]),
            ("nach § 5", vec!["§ 5"]),
            ("um 9 Uhr", vec!["9 Uhr"]),
            ("in z.\u{a0}B. einem, 10\u{a0}% und Dr.\u{a0}Müller", vec![]),
            ("Prof.\u{a0}Dr.\u{a0}Amina Voss", vec![]),
            ("am 6. November, 10 Mitglieder, Dr. und", vec![]),
        ] {
            let found: Vec<&str> = breaks(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
