//! Gender stars: `Rückkehrer*innen` is one word, not the beginning of an emphasis.
//!
//! Every CommonMark parser reads two such words in a paragraph as emphasis from the one star to the other. So a star
//! between two letters is hidden from the parser as a character that is none of Markdown's and cannot stand in a
//! post, and shown again in whatever the parser makes of the text: words, code, addresses.

/// Stands for a star. A noncharacter of Unicode, refused in the file itself.
const HIDDEN: char = '\u{FDD0}';

/// The text with every star between two letters hidden. Columns, counted in characters, stay.
pub(super) fn hide(text: &str) -> String {
    let mut hidden = String::with_capacity(text.len());
    let mut previous = ' ';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let between = c == '*' && is_letter(previous) && characters.peek().is_some_and(|next| is_letter(*next));
        hidden.push(if between { HIDDEN } else { c });
        previous = c;
    }
    hidden
}

/// The text with its stars back.
pub(super) fn show(text: &str) -> String {
    text.replace(HIDDEN, "*")
}

/// The character itself, or the star that it stands for.
pub(super) fn show_one(c: char) -> char {
    if c == HIDDEN { '*' } else { c }
}

/// Whether a hidden star is in the text.
pub(super) fn is_in(text: &str) -> bool {
    text.contains(HIDDEN)
}

/// The first word with a star between letters in a line, at or after `from`: column from 1, and the word.
pub(super) fn find_word(line: &str, from: usize) -> Option<(usize, String)> {
    let characters: Vec<char> = line.chars().collect();
    let star = (from.max(2)..characters.len())
        .find(|at| characters[at - 1] == '*' && is_letter(characters[at - 2]) && is_letter(characters[*at]))?;
    let in_word = |c: &&char| is_letter(**c) || **c == '*';
    let before = characters[..star - 1].iter().rev().take_while(|c| is_letter(**c)).count();
    let after = characters[star..].iter().take_while(in_word).count();
    let word: String = characters[star - 1 - before..star + after].iter().collect();
    Some((star - before, word.trim_end_matches('*').to_owned()))
}

/// Letters and digits, and what stands inside words without being seen: combining accents, soft hyphens, joiners.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_stars_in_words_only() {
        let text = "*so* Kolleg*innen, **fett**, a * b, Rückkehrer\u{AD}*innen, Mitarbeiter*";
        let hidden = hide(text);
        assert_eq!(hidden.matches(HIDDEN).count(), 2);
        assert_eq!(show(&hidden), text);
    }

    #[test]
    fn finds_the_word_around_a_star() {
        assert_eq!(find_word("die *Kolleg*innen* ja", 1), Some((6, "Kolleg*innen".to_owned())));
        assert_eq!(find_word("*ja* a*b", 1), Some((6, "a*b".to_owned())));
        assert_eq!(find_word("a*b", 3), None);
    }
}
