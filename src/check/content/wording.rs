//! Words that shout, and words that stand twice.

use std::ops::Range;

use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::check::words::{in_capitals, words};
use crate::post::passage::{Passage, PassageKind};

pub(super) const SHOUTING: Rule = Rule::warning(
    "shouting",
    "words in capitals or several exclamation marks",
    "write it in ordinary letters with one mark; spam filters count both, and screen readers may spell capitals",
);

pub(super) const DOUBLE_WORD: Rule =
    Rule::warning("double-word", "a word stands twice in a row", "delete one of the two");

/// Twice in a row these are right often enough: „wenn sie sie sieht“, "that that", „sehr, sehr“ without its comma.
const MAY_REPEAT: [&str; 22] = [
    "sie", "ihr", "sehr", "ganz", "viel", "ja", "nein", "so", "na", "that", "had", "her", "very", "really", "so", "no",
    "ha", "bla", "blah", "hip", "bye", "haben",
];

/// Twice in a row these are right behind a preposition, a conjunction or a comma: „für die die Tagung …“, „dass das das …“.
const ARTICLES: [&str; 6] = ["die", "der", "das", "den", "dem", "was"];

const BEFORE_ARTICLES: [&str; 40] = [
    "für", "in", "an", "auf", "mit", "von", "bei", "zu", "durch", "über", "unter", "aus", "nach", "um", "gegen",
    "ohne", "vor", "hinter", "neben", "zwischen", "seit", "wegen", "trotz", "dass", "ob", "wenn", "weil", "als", "wie",
    "falls", "obwohl", "denn", "damit", "bevor", "nachdem", "sobald", "und", "oder", "haben", "hat",
];

pub(super) fn look(subject: &Subject<'_>, told: &mut Told) {
    for passage in &subject.passages {
        if let Some((range, message)) = shout(passage) {
            told.add(&SHOUTING, subject.part(passage, range), message);
        }
        for range in doubles(&passage.text) {
            let word = &passage.text[range.clone()];
            told.add(&DOUBLE_WORD, subject.part(passage, range.clone()), format!("`{word}` stands twice in a row"));
        }
    }
}

/// The first place of a passage that shouts.
fn shout(passage: &Passage) -> Option<(Range<usize>, String)> {
    let text = &passage.text;
    // A place line, `MÜNCHEN UND BERLIN. `, has a finding of its own; names of authors and places shout at nobody.
    let quiet = matches!(passage.kind, PassageKind::Header("author" | "event" | "credit" | "dates"));
    if quiet {
        return None;
    }
    if let Some(at) = text.find("!!").or_else(|| text.find("!?!")) {
        let length = text[at..].chars().take_while(|c| matches!(c, '!' | '?')).count();
        return Some((at..at + length, "several exclamation marks in a row".to_owned()));
    }
    let mut run: Option<(Range<usize>, usize, usize)> = None;
    for (range, word) in words(text) {
        let between = run.as_ref().map_or("", |(before, ..)| &text[before.end..range.start]);
        let goes_on = between.chars().all(|c| c == ' ');
        run = match run {
            _ if !in_capitals(word, 2) => None,
            Some((before, count, long)) if goes_on => {
                Some((before.start..range.end, count + 1, long + usize::from(in_capitals(word, 4))))
            }
            _ => Some((range, 1, usize::from(in_capitals(word, 4)))),
        };
        // Two long words, or three of which one is long: `DSGVO EU` is none.
        if let Some((range, count, long)) = &run
            && (*long >= 2 || (*count >= 3 && *long >= 1))
        {
            return Some((range.clone(), "words in capitals".to_owned()));
        }
    }
    None
}

/// The second of two equal words with nothing but blanks between them.
fn doubles(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut before_last, mut last): (&str, Option<(Range<usize>, &str)>) = ("", None);
    for (range, word) in words(text) {
        if let Some((previous, first)) = &last
            && *first == word
            && word.chars().all(char::is_alphabetic)
            && word.chars().count() > 1
            && text[previous.end..range.start].chars().all(|c| matches!(c, ' ' | '\n' | '\u{a0}'))
        {
            let lower = word.to_lowercase();
            let comma = text[..previous.start].trim_end().ends_with([',', ':', ';', '–']);
            let article = ARTICLES.contains(&lower.as_str());
            let right = MAY_REPEAT.contains(&lower.as_str())
                || (article && (comma || BEFORE_ARTICLES.contains(&before_last.to_lowercase().as_str())));
            if !right {
                found.push(range.clone());
            }
        }
        before_last = last.as_ref().map_or("", |(_, word)| word);
        last = Some((range, word));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_errors_are_told_from_grammar() {
        for wrong in ["Das ist ist falsch", "am am Montag", "Wir sehen die die Tagung", "in the the hall"] {
            assert_eq!(doubles(wrong).len(), 1, "{wrong}");
        }
        for right in [
            "Alle, für die die Tagung neu war",
            "Die Gäste, die die Wahl hatten",
            "wenn sie sie sieht",
            "nach und nach",
            "die Idee: Das das",
            "New York, New York",
            "5 5",
            "he said that that was it",
            "Kolleg*innen innen",
        ] {
            assert!(doubles(right).is_empty(), "{right}");
        }
    }

    #[test]
    fn an_acronym_does_not_shout() {
        let passage = |text: &str| Passage::at(PassageKind::Paragraph, text, 1, 1);
        for quiet in
            ["Die EU und die DSGVO", "Das BMWK fördert", "UNESCO-Welterbe", "Wie schön!", "EFRE ESF", "ZDH DIHK"]
        {
            assert_eq!(shout(&passage(quiet)), None, "{quiet}");
        }
        for loud in ["JETZT ANMELDEN", "Kommt alle!!", "AUF GEHT ES"] {
            assert!(shout(&passage(loud)).is_some(), "{loud}");
        }
    }
}
