//! Gender forms: one way through the whole text.

use std::ops::Range;

use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::check::words::words;
use crate::post::passage::Passage;

pub(in crate::check) const MIXED: Rule = Rule::warning(
    "mixed-gender-forms",
    "the text mixes gender forms, such as `Mitarbeiter*innen` and `Kolleg:innen`",
    "decide for one of them; your organisation may have a rule",
);

/// A way of writing, and what stands between the stem and `innen`.
const MARKS: [(&str, &str); 5] = [("star", "*"), ("colon", ":"), ("underscore", "_"), ("slash", "/"), ("slash", "/-")];

pub(super) fn look(subject: &Subject<'_>, told: &mut Told) {
    let mut found: Vec<(&'static str, &Passage, Range<usize>)> = Vec::new();
    for passage in &subject.passages {
        for (range, word) in words(&passage.text) {
            let word = slashed(&passage.text, &range).unwrap_or(word);
            if let Some(way) = way_of(word) {
                found.push((way, passage, range.start..range.start + word.len()));
            }
        }
    }
    let count = |way: &str| found.iter().filter(|(other, ..)| *other == way).count();
    // The most frequent is taken for what is meant; of equals the first.
    let Some(usual) = found.iter().map(|(way, ..)| *way).rev().max_by_key(|way| count(way)) else { return };
    let model = found.iter().find(|(way, ..)| *way == usual).map(|(_, passage, range)| &passage.text[range.clone()]);
    let mut told_ways = vec![usual];
    for (way, passage, range) in &found {
        if !told_ways.contains(way) {
            told_ways.push(way);
            let word = &passage.text[range.clone()];
            let message = format!("`{word}` and `{}` are two ways to write it", model.unwrap_or_default());
            told.add(&MIXED, subject.part(passage, range.clone()), message);
        }
    }
}

/// `Kolleg/-innen`: the hyphen behind the slash is no part of a word elsewhere.
fn slashed<'t>(text: &'t str, range: &Range<usize>) -> Option<&'t str> {
    let rest = text[range.end..].strip_prefix("/-in")?;
    let ending = if rest.starts_with("nen") { "/-innen" } else { "/-in" };
    Some(&text[range.start..range.end + ending.len()])
}

fn way_of(word: &str) -> Option<&'static str> {
    for (way, mark) in MARKS {
        for ending in ["innen", "in"] {
            let at = word.find(&format!("{mark}{ending}"));
            let stem = at.is_some_and(|at| word[..at].chars().filter(|c| c.is_alphabetic()).count() >= 3);
            let end = at.map_or("", |at| &word[at + mark.len() + ending.len()..]);
            if stem && !end.starts_with(|c: char| c.is_alphabetic() && ending == "in") {
                return Some(way);
            }
        }
    }
    let capital = word.find("Innen").filter(|at| *at >= 3 && word[..*at].ends_with(|c: char| c.is_lowercase()));
    capital.map(|_| "capital I")
}

#[cfg(test)]
mod tests {
    use super::way_of;

    #[test]
    fn each_way_is_known_and_other_words_are_none() {
        for (word, way) in [
            ("Mitarbeiter*innen", Some("star")),
            ("Kolleg:innen", Some("colon")),
            ("Schüler_innen", Some("underscore")),
            ("Teilnehmer/innen", Some("slash")),
            ("Teilnehmer/-innen", Some("slash")),
            ("LehrerInnen", Some("capital I")),
            ("Referent*in", Some("star")),
            ("Mitarbeiter*innenvertretung", Some("star")),
            ("Kolleginnen", None),
            ("Innenstadt", None),
            ("Linux/intern", None),
            ("drinnen", None),
        ] {
            assert_eq!(way_of(word), way, "{word}");
        }
    }
}
