//! What was to be filled in and was not: nobody would send it.

use std::cmp::Reverse;
use std::ops::Range;

use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::check::words::{host, is_example, words};

pub(super) const PLACEHOLDER: Rule = Rule::error(
    "placeholder",
    "something was to be filled in and was not: `TODO`, `XXX`, `[Name]`, Lorem ipsum, a mail merge field",
    "write what belongs there, or delete it; if it is meant as it stands, put it in backticks",
);

pub(super) const EXAMPLE_LINK: Rule = Rule::error(
    "example-link",
    "a link leads to an example domain, which belongs to nobody",
    "write the address of the real page",
);

/// As a word of its own, in capitals as they stand here.
const SIGNALS: [&str; 5] = ["TODO", concat!("FIX", "ME"), "TBD", "TBA", "PLATZHALTER"];

/// What in square brackets stands for something else, in lower case; alone, or with more words behind it.
const IN_BRACKETS: [&str; 38] = [
    "name",
    "vorname",
    "nachname",
    "titel",
    "datum",
    "uhrzeit",
    "ort",
    "thema",
    "betrag",
    "zahl",
    "anzahl",
    "text",
    "link",
    "url",
    "bild",
    "foto",
    "zitat",
    "quelle",
    "organisation",
    "firma",
    "anrede",
    "ansprechpartner",
    "ansprechpartnerin",
    "platzhalter",
    "date",
    "time",
    "place",
    "title",
    "topic",
    "amount",
    "number",
    "photo",
    "picture",
    "quote",
    "source",
    "company",
    "salutation",
    "placeholder",
];

/// Words that begin an instruction in square brackets: `[hier Zitat einfügen]`, `[insert quote]`.
const ASKING: [&str; 7] = ["hier", "bitte", "insert", "your", "add", "ihr", "ihre"];

/// Before a Roman thirty: „die XXX. Olympischen Spiele“.
const BEFORE_ORDINALS: [&str; 8] = ["die", "der", "das", "den", "des", "dem", "zur", "the"];

pub(super) fn look(subject: &Subject<'_>, told: &mut Told) {
    for passage in &subject.passages {
        for range in placeholders(&passage.text) {
            let found = passage.text[range.clone()].to_owned();
            let place = subject.part(passage, range);
            told.add(&PLACEHOLDER, place, format!("`{found}` was to be filled in"));
        }
    }
    // The organisation of the example links to itself.
    if is_example(&host(&subject.source.config.site.url)) {
        return;
    }
    for link in subject.links() {
        let host = host(link.url);
        if is_example(&host) {
            told.add(
                &EXAMPLE_LINK,
                subject.place(link.place),
                format!("this leads to {host}, which belongs to nobody"),
            );
        }
    }
}

/// Every placeholder of a text.
fn placeholders(text: &str) -> Vec<Range<usize>> {
    let mut found = words_alone(text);
    found.extend(text.to_lowercase().find("lorem ipsum").and_then(|at| {
        // Lower case of other letters may have other lengths; then the place is the whole text's.
        text.get(at..at + 11).filter(|part| part.eq_ignore_ascii_case("lorem ipsum")).map(|_| at..at + 11)
    }));
    found.extend(bracketed(text));
    for (open, close) in [("{{", "}}"), ("${", "}"), ("%%", "%%"), ("*|", "|*"), ("<<", ">>")] {
        found.extend(between(text, open, close));
    }
    found.sort_by_key(|range| (range.start, Reverse(range.end)));
    // `[xxx]` is one, not two.
    let mut end = 0;
    found.retain(|range| {
        let outside = range.start >= end;
        end = end.max(range.end);
        outside
    });
    found
}

fn words_alone(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut before = "";
    for (range, word) in words(text) {
        let bare = word.split([':', '*', '/']).next().unwrap_or(word);
        let crosses = bare.chars().count() >= 3 && bare.chars().all(|c| c == 'X' || c == 'x');
        let ordinal = text[range.end..].starts_with(". ") && BEFORE_ORDINALS.contains(&before.to_lowercase().as_str());
        if SIGNALS.contains(&bare) || (crosses && !ordinal) {
            found.push(range.start..range.start + bare.len());
        }
        before = word;
    }
    found.extend(text.match_indices("???").map(|(at, marks)| at..at + marks.len()));
    found
}

/// `[Name]`, `[Datum der Sitzung]`, `[hier Zitat einfügen]`, but not `[…]`, `[sic]` or `[die Mitglieder]`.
fn bracketed(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (open, _) in text.match_indices('[') {
        let Some(length) = text[open..].find(']') else { break };
        let inside = text[open + 1..open + length].trim();
        let lower = inside.to_lowercase();
        let first = lower.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let rest = &lower[first.len()..];
        let stands_for = IN_BRACKETS.contains(&first) && rest.chars().count() < 40;
        let crosses = !inside.is_empty() && inside.chars().all(|c| matches!(c, 'x' | 'X' | '_' | '?'));
        if stands_for || crosses || (ASKING.contains(&first) && !rest.is_empty()) {
            found.push(open..open + length + 1);
        }
    }
    found
}

/// `{{first_name}}`, `*|FNAME|*`, `%%Name%%`: what other tools fill in, and this one does not.
fn between(text: &str, open: &str, close: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(open).map(|start| at + start) {
        let inside = start + open.len();
        let Some(length) = text[inside..].find(close) else { break };
        let field = text[inside..inside + length].trim();
        let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ' ' | ':');
        let end = inside + length + close.len();
        if !field.is_empty() && field.chars().count() <= 40 && field.chars().all(name) {
            found.push(start..end);
            at = end;
        } else {
            at = inside;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_to_be_filled_in_is_told_from_what_is_meant() {
        for (text, placeholder) in [
            ("Am XX.XX. um XXX Uhr", "XXX"),
            ("TODO: Zahl prüfen", "TODO"),
            ("sagte [Name], Vorsitzende", "[Name]"),
            ("am [Datum der Sitzung] in", "[Datum der Sitzung]"),
            ("[hier Zitat einfügen]", "[hier Zitat einfügen]"),
            ("Lorem Ipsum dolor", "Lorem Ipsum"),
            ("Hallo {{ vorname }}!", "{{ vorname }}"),
            ("Hallo *|FNAME|*", "*|FNAME|*"),
            ("um ??? Uhr", "???"),
            ("von [xxx] bis", "[xxx]"),
        ] {
            let found: Vec<&str> = placeholders(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, [placeholder], "{text}");
        }
        for text in [
            "„Wir haben […] gefragt“",
            "die XXX. Olympischen Spiele",
            "[die Mitglieder]",
            "ein Todo weniger",
            "[sic]",
            "Größe XXL",
            "100 %% von",
            "Wirklich?",
        ] {
            assert!(placeholders(text).is_empty(), "{text}");
        }
    }
}
