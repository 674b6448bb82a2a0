//! Typing errors of the source. They are kept, since a source is not changed behind its author's back, and listed.
//!
//! Comes in: the draft. Goes out: one line a slip. Knows the slips that can be told without a dictionary: doubled words,
//! punctuation, and words that are often mistyped. It is no spell checker.

use std::collections::BTreeSet;

use super::{Draft, paragraphs};

mod words;

/// At most this many are listed.
const MOST: usize = 20;

/// What may be wrong in the text.
pub(super) fn slips(draft: &Draft) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |slip: String| {
        if !found.contains(&slip) {
            found.push(slip);
        }
    };
    let texts = paragraphs(&draft.body);
    words_of(draft.title.iter().chain(&texts), &mut add);
    for text in texts {
        doubled(&text, &mut add);
        punctuation(&text, &mut add);
        if let Some(end) = open_end(&text) {
            add(format!("“… {end}” ends without a full stop"));
        }
    }
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    found
}

/// Looks at each word once, however often it stands there.
fn words_of<'t>(texts: impl Iterator<Item = &'t String>, add: &mut impl FnMut(String)) {
    let mut seen = BTreeSet::new();
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphabetic()));
    for word in words.filter(|word| word.len() > 5 && seen.insert(*word)) {
        if let Some(meant) = words::meant(word) {
            add(format!("“{word}”: perhaps “{meant}”"));
        }
    }
}

/// `und und`; `die die` and `der der` are German.
fn doubled(text: &str, add: &mut impl FnMut(String)) {
    const RIGHT: [&str; 8] = ["die", "der", "das", "sie", "that", "had", "ja", "sehr"];
    let words: Vec<&str> = text.split_whitespace().collect();
    for pair in words.windows(2) {
        let word = pair[0];
        if word == pair[1].trim_end_matches([',', '.'])
            && word.chars().all(char::is_alphabetic)
            && !RIGHT.contains(&word)
        {
            add(format!("“{word} {word}”: a word twice"));
        }
    }
}

/// Spaces before a comma or full stop, none behind it.
fn punctuation(text: &str, add: &mut impl FnMut(String)) {
    let characters: Vec<char> = text.chars().collect();
    for at in 1..characters.len().saturating_sub(1) {
        let (before, here, after) = (characters[at - 1], characters[at], characters[at + 1]);
        let around = || {
            let start = at.saturating_sub(12);
            characters[start..(at + 13).min(characters.len())].iter().collect::<String>()
        };
        if matches!(here, ',' | ';') && before == ' ' && after == ' ' {
            add(format!("“…{}…”: a space before `{here}`", around()));
        }
        let joined = here == ',' || (here == '.' && before.is_lowercase() && after.is_uppercase());
        let word = characters[at + 1..].iter().take_while(|c| c.is_alphabetic()).count();
        let long = characters[..at].iter().rev().take_while(|c| c.is_alphabetic()).count() >= 3;
        if joined
            && before.is_alphabetic()
            && after.is_alphabetic()
            && word >= 3
            && long
            && !is_address(&characters, at)
        {
            add(format!("“…{}…”: no space behind `{here}`", around()));
        }
    }
}

/// Whether the sign stands in an address: `www.Verband.de`, `Anna.Muster@example.org`.
fn is_address(characters: &[char], at: usize) -> bool {
    let start = characters[..at].iter().rposition(|c| c.is_whitespace()).map_or(0, |space| space + 1);
    let end = characters[at..].iter().position(|c| c.is_whitespace()).map_or(characters.len(), |space| at + space);
    let word: String = characters[start..end].iter().collect();
    word.contains('@') || word.contains("://") || word.starts_with("www.") || word.matches('.').count() > 1
}

/// The last words of a paragraph of sentences that does not end like one.
fn open_end(text: &str) -> Option<String> {
    // The number of a note stands behind the full stop.
    let text = text.trim_end().trim_end_matches(['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹']);
    let sentences = text.contains(". ") || text.contains("! ") || text.contains("? ");
    let ends_open = text.ends_with(char::is_alphanumeric);
    let words: Vec<&str> = text.split_whitespace().collect();
    let end = words[words.len().saturating_sub(3)..].join(" ");
    (sentences && ends_open && words.len() > 8).then_some(end)
}
