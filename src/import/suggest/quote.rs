//! Somebody's words, and who says them. Titles in quotation marks are none.

use crate::post::sentence::{is_starter, sentences};
use crate::render::teaser::quoted::{has_statement, names_speaker, quotations};

/// At most this many quotes are suggested.
const MOST: usize = 3;

/// Verbs and small words that end a speaker's name and role.
const ENDS: [&str; 24] = [
    "sagte",
    "sagt",
    "betonte",
    "betont",
    "erklärte",
    "erklärt",
    "fasste",
    "meinte",
    "meint",
    "berichtete",
    "so",
    "forderte",
    "mahnte",
    "warnte",
    "unterstrich",
    "ergänzte",
    "lobte",
    "resümierte",
    "brachte",
    "said",
    "says",
    "added",
    "told",
    "explained",
];

/// Quotes as `„…“ – Anna Muster, Vorsitzende`.
pub(super) fn quotes(texts: &[String], lang: &str) -> Vec<String> {
    let mut found = Vec::new();
    for text in texts {
        for sentence in sentences(text, lang) {
            if !has_statement(sentence) || !names_speaker(sentence) {
                continue;
            }
            let Some(range) = longest(sentence) else { continue };
            let (before, quote, after) = (&sentence[..range.start], &sentence[range.clone()], &sentence[range.end..]);
            let speaker = speaker(before).or_else(|| behind(after));
            found.push(match speaker {
                Some(speaker) => format!("{quote} – {speaker}"),
                None => sentence.to_owned(),
            });
        }
    }
    found.truncate(MOST);
    found
}

fn longest(sentence: &str) -> Option<std::ops::Range<usize>> {
    quotations(sentence).into_iter().max_by_key(std::ops::Range::len)
}

/// The speaker in `Anna Muster, Vorsitzende, fasste zusammen: `.
fn speaker(before: &str) -> Option<String> {
    let words: Vec<&str> = before.split_whitespace().collect();
    let end = words.iter().position(|word| ENDS.contains(&bare(word).as_str())).unwrap_or(words.len());
    named(&words[..end])
}

/// The speaker in `, sagte Anna Muster, Vorsitzende.`
fn behind(after: &str) -> Option<String> {
    let words: Vec<&str> = after.split_whitespace().collect();
    let verb = words.iter().position(|word| ENDS.contains(&bare(word).as_str()));
    let start = match verb {
        // `, Anna Muster said`
        Some(at) if at > 0 && named(&words[..at]).is_some() => return named(&words[..at]),
        Some(at) => at + 1,
        None => usize::from(words.first().is_some_and(|word| ["–", "—", ","].contains(word))),
    };
    named(words.get(start..)?)
}

/// Name and role, from the first word of a name on.
fn named(words: &[&str]) -> Option<String> {
    let is_name = |word: &&str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        bare.starts_with(char::is_uppercase) && !is_starter(bare) && bare.chars().count() > 1
    };
    let start = words.iter().position(is_name)?;
    // An article before a role belongs to it: `die Vorsitzende Anna Muster`.
    let article = start.checked_sub(1).filter(|at| ["der", "die", "the", "unser", "unsere"].contains(&words[*at]));
    let text = words[article.unwrap_or(start)..].join(" ");
    let text = &text[..next_sentence(&text).unwrap_or(text.len())];
    let text = text.trim_end_matches(|c: char| ",.:;–—- ⁰¹²³⁴⁵⁶⁷⁸⁹".contains(c));
    (!text.is_empty() && text.chars().count() <= 160).then(|| text.to_owned())
}

/// Where another sentence begins without a space: `patrol.The prize`.
fn next_sentence(text: &str) -> Option<usize> {
    text.match_indices('.').map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().rev().take_while(|c| c.is_lowercase()).count();
        before >= 4 && text[at + 1..].starts_with(char::is_uppercase)
    })
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::quotes;

    #[test]
    fn a_quote_comes_with_its_speaker_and_role() {
        for (text, expected) in [
            (
                "Anna Muster, Vorsitzende des Verbands, fasste es zusammen: „Wir packen das gemeinsam an.“",
                "„Wir packen das gemeinsam an.“ – Anna Muster, Vorsitzende des Verbands",
            ),
            (
                "„Wir packen das gemeinsam an“, sagte Ben Beispiel, Leiter der Geschäftsstelle.",
                "„Wir packen das gemeinsam an“ – Ben Beispiel, Leiter der Geschäftsstelle",
            ),
            (
                "“We will do it together,” said Jane Doe, chair of the board.",
                "“We will do it together,” – Jane Doe, chair of the board",
            ),
        ] {
            assert_eq!(quotes(&[text.to_owned()], "de"), [expected], "{text}");
        }
    }

    #[test]
    fn titles_of_events_and_prizes_are_none() {
        let texts = ["Die Rückschau „Jahrestagung 2024“ ist da.", "Der Preis „Erfolg des Jahres 2024“ ging nach Ulm."];
        assert!(quotes(&texts.map(str::to_owned), "de").is_empty());
    }
}
