//! Tags from the names and nouns that a text repeats.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::post::sentence::{WordSet, is_month, is_starter, word_set};

/// At most this many tags.
const MOST: usize = 4;
/// How often a word must stand in a text; one of the headline once less.
const OFTEN: usize = 3;

/// Nouns that say nothing about a text, and English words with a capital.
static EMPTY: WordSet = LazyLock::new(|| {
    word_set(
        "Jahr Jahre Jahren Jahres Uhr Prozent Thema Themen Herr Frau Bereich Rahmen Teil Fokus Ort Tag Tage Tagen Zeit \
         Beispiel Menschen Personen Euro Millionen Mittelpunkt Gelegenheit Ende Anfang Blick Weg Ziel Seite Frage Fragen \
         Einblick Einblicke Veranstaltung Programm Arbeit Aufgabe Aufgaben Dank Woche Monat Montag Dienstag Mittwoch \
         Donnerstag Freitag Samstag Sonntag Mitglied Mitglieder Mitgliedern Year Years People Time Day Days Part Event \
         Members Member Week Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mr Mrs Ms Dr Prof",
    )
});

/// The tags of a text.
pub(super) fn tags(title: &str, texts: &[String], lang: &str) -> Vec<String> {
    let german = lang.starts_with("de");
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut order = 0;
    for (in_title, text) in std::iter::once((true, title)).chain(texts.iter().map(|text| (false, text.as_str()))) {
        let mut begins = true;
        for raw in text.split_whitespace() {
            let word = raw.trim_matches(|c: char| !c.is_alphanumeric());
            // In English only names have capitals; at the beginning of a sentence every word has.
            let counts_here = german || in_title || !begins;
            begins = raw.ends_with(['.', '!', '?', ':', '“', '”', '"']);
            if !counts_here || !is_candidate(word) {
                continue;
            }
            order += 1;
            let entry = counts.entry(stem(word)).or_insert_with(|| Count { order, ..Count::default() });
            entry.times += 1;
            entry.in_title |= in_title;
            *entry.forms.entry(word.to_owned()).or_default() += 1;
        }
    }
    let often = |count: &Count| count.times + usize::from(count.in_title) >= OFTEN;
    let mut found: Vec<Count> = counts.into_values().filter(often).collect();
    found.sort_by_key(|count| (std::cmp::Reverse(count.times + 2 * usize::from(count.in_title)), count.order));
    found.truncate(MOST);
    found.iter().filter_map(Count::form).collect()
}

#[derive(Default)]
struct Count {
    times: usize,
    in_title: bool,
    order: usize,
    forms: BTreeMap<String, usize>,
}

impl Count {
    /// The most frequent form; of several the shortest.
    fn form(&self) -> Option<String> {
        let best = self.forms.iter().max_by_key(|(form, times)| (**times, std::cmp::Reverse(form.len())));
        best.map(|(form, _)| form.clone())
    }
}

fn is_candidate(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
        && word.chars().count() >= 4
        && word.chars().all(|c| c.is_alphabetic() || c == '-')
        && !is_starter(word)
        && !is_month(word)
        && !EMPTY.contains(word)
}

/// A word without the ends that German and English put to it.
fn stem(word: &str) -> String {
    let word = word.to_lowercase();
    let ends = ["en", "es", "er", "n", "s", "e"];
    let cut = ends.iter().find_map(|end| word.strip_suffix(end)).filter(|stem| stem.chars().count() >= 4);
    cut.unwrap_or(&word).to_owned()
}
