//! Hashtags from a post's tags.
//!
//! Comes in: tags as written. Goes out: `#CamelCase` words that every network reads to their end.

/// The most that stand under a teaser.
pub const MOST: usize = 3;

/// The hashtags of the first usable tags, at most [`MOST`], without doubles.
pub fn hashtags(tags: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for hashtag in tags.iter().filter_map(|tag| hashtag(tag)) {
        if !found.iter().any(|known| known.to_lowercase() == hashtag.to_lowercase()) {
            found.push(hashtag);
        }
    }
    found.truncate(MOST);
    found
}

/// One tag as a hashtag. Networks end a hashtag at `*`, `:`, a hyphen, a space or punctuation, so each of those begins
/// a new word with a capital: `Kolleg*innen` is `#KollegInnen`. A tag without two letters is none.
fn hashtag(tag: &str) -> Option<String> {
    let mut text = String::from("#");
    let mut begins_word = true;
    for character in tag.chars() {
        let is_mark = matches!(character, '\u{300}'..='\u{36f}');
        if character.is_alphanumeric() && begins_word {
            text.extend(capital(character));
            begins_word = false;
        } else if character.is_alphanumeric() || (is_mark && !begins_word) {
            text.push(character);
        } else if !is_invisible(character) {
            begins_word = true;
        }
    }
    (text.chars().filter(|c| c.is_alphabetic()).count() >= 2).then_some(text)
}

/// The capital of a letter that has one of a single character (`ß` stays).
fn capital(character: char) -> impl Iterator<Item = char> {
    let mut upper = character.to_uppercase();
    if upper.len() == 1 { upper.next() } else { Some(character) }.into_iter()
}

/// Soft hyphens, joiners and apostrophes stand inside a word.
const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\'' | '’')
}

/// Whether a text has a hashtag already.
pub fn has_hashtag(text: &str) -> bool {
    text.char_indices().filter(|(_, c)| *c == '#').any(|(at, _)| {
        let own_word = !text[..at].ends_with(|c: char| c.is_alphanumeric() || "/&#?=".contains(c));
        let word: &str = &text[at + 1..];
        let word = &word[..word.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(word.len())];
        own_word && word.chars().any(char::is_alphabetic)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_camel_case_words_that_do_not_end_early() {
        let cases = [
            ("Fachkräfte", Some("#Fachkräfte")),
            ("künstliche Intelligenz", Some("#KünstlicheIntelligenz")),
            ("Kolleg*innen", Some("#KollegInnen")),
            ("Rückkehrer:innen", Some("#RückkehrerInnen")),
            ("Forschung & Entwicklung", Some("#ForschungEntwicklung")),
            ("New-Work", Some("#NewWork")),
            ("EU-Förderung", Some("#EUFörderung")),
            ("#Energie", Some("#Energie")),
            ("Ausbildung 2025", Some("#Ausbildung2025")),
            ("u\u{308}ber uns", Some("#U\u{308}berUns")),
            ("Weiter\u{ad}bildung", Some("#Weiterbildung")),
            ("people's choice", Some("#PeoplesChoice")),
            ("KI", Some("#KI")),
            ("ßtest", Some("#ßtest")),
            ("2024", None),
            ("C", None),
            ("🎉", None),
            ("", None),
        ];
        for (tag, expected) in cases {
            assert_eq!(hashtag(tag).as_deref(), expected, "{tag}");
        }
    }

    #[test]
    fn at_most_three_and_none_twice() {
        let tags = ["Cluster", "cluster", "1", "KI", "Energie", "Wasser"].map(str::to_owned);
        assert_eq!(hashtags(&tags), ["#Cluster", "#KI", "#Energie"]);
    }

    #[test]
    fn a_hashtag_is_told_from_a_fragment_and_a_number() {
        assert!(has_hashtag("Jetzt #Fachkräfte finden"));
        assert!(has_hashtag("(#KI)"));
        assert!(!has_hashtag("https://example.org/#anmeldung"));
        assert!(!has_hashtag("Platz #1"));
        assert!(!has_hashtag("C# lernen"));
    }
}
