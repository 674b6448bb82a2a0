//! Quotations inside a text: where they stand, whether somebody says them, and who.
//!
//! Comes in: text with quotation marks of any of the usual kinds. Goes out: positions and answers. Never cuts anything
//! itself.

use std::ops::Range;
use std::sync::LazyLock;

use crate::post::sentence::{WordSet, is_starter, word_set};

/// Verbs that come with a statement, as the beginnings of their forms.
static SPEECH: WordSet = LazyLock::new(|| {
    word_set(
        "sagt betont erklär erläuter meint bericht beton forder mahn warn unterstr kommentier lob ergänz \
         resümier bilanzier schilder fass stell mach hob heb führt fügt zitier antwort lautet laute freut \
         wünsch appellier bekräftig bestätig kündig äußer zeigt said says say explain stress note adds \
         added emphasi told tells argu warn conclu comment summar ask repl call put according",
    )
});

/// Where the quotations of a text stand, marks included; one that is not closed reaches to the end.
pub fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, &str)> = None;
    for (at, mark) in text.char_indices() {
        match open {
            Some((start, closers)) if closers.contains(mark) => {
                found.push(start..at + mark.len_utf8());
                open = None;
            }
            Some(_) => {}
            None => open = closers(mark, &text[..at], &text[at + mark.len_utf8()..]).map(|closers| (at, closers)),
        }
    }
    if let Some((start, _)) = open {
        found.push(start..text.len());
    }
    found
}

/// What closes a quotation that `mark` opens; `None` if it opens none.
fn closers(mark: char, before: &str, after: &str) -> Option<&'static str> {
    let touches_word = || after.starts_with(|c: char| !c.is_whitespace());
    let after_word = || before.ends_with(char::is_alphanumeric);
    match mark {
        '„' => Some("“”\""),
        '“' if !after_word() => Some("”"),
        '»' if !after_word() => Some("«"),
        '«' if !after_word() => Some("»"),
        '"' if touches_word() && !after_word() => Some("\""),
        _ => None,
    }
}

/// Whether the text has a quotation that is not closed, or an unclosed bracket.
pub fn is_open(text: &str) -> bool {
    let unclosed = quotations(text).last().is_some_and(|last| {
        last.end == text.len() && !text[last.clone()].chars().skip(1).any(|c| "“”\"«»".contains(c))
    });
    unclosed || text.matches('(').count() > text.matches(')').count()
}

/// Whether somebody's words are quoted, rather than a title: the quotation ends like a sentence, follows a colon, or
/// has a comma inside its end (English) or behind it (German).
pub fn has_statement(text: &str) -> bool {
    quotations(text).into_iter().any(|range| {
        let inside = text[range.clone()].trim_end_matches(|c: char| "“”\"«»".contains(c));
        let after_colon = text[..range.start].trim_end().ends_with(':');
        let words = inside.split_whitespace().count();
        let ends = (inside.ends_with(['.', '!', '?', '…']) && words >= 2) || (inside.ends_with(',') && words >= 4);
        ends || after_colon || (text[range.end..].starts_with(',') && words >= 4 && has_verb(&outside(text)))
    })
}

/// Whether a text that quotes somebody names that person: a name or a role outside of the quotation, and a verb of
/// speech, a `so` or the colon before it.
pub fn names_speaker(text: &str) -> bool {
    let outside = outside(text);
    let introduced = quotations(text).iter().any(|range| text[..range.start].trim_end().ends_with(':'));
    let attributed = quotations(text).iter().any(|range| {
        let after = text[range.end..].trim_start_matches([',', ' ']);
        after.starts_with("so ") || after.starts_with("– ") || after.starts_with("— ")
    });
    (introduced || attributed || has_verb(&outside)) && outside.split_whitespace().any(is_name)
}

/// The text without its quotations.
fn outside(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for range in quotations(text) {
        kept.push_str(&text[from..range.start]);
        kept.push(' ');
        from = range.end;
    }
    kept + &text[from..]
}

fn has_verb(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic())
        .filter(|word| word.starts_with(char::is_lowercase))
        .any(|word| SPEECH.iter().any(|verb| word.starts_with(verb)))
}

/// A word with a capital that is no pronoun and no beginning of a sentence.
fn is_name(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.starts_with(char::is_uppercase) && !is_starter(word) && word.chars().nth(1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_quotations_of_every_kind() {
        let cases: [(&str, &[&str]); 9] = [
            ("Er sagt: „Gut so.“ Danach", &["„Gut so.“"]),
            ("»Gut so« und «gut so»", &["»Gut so«", "«gut so»"]),
            ("He said “good”, then \"bad\".", &["“good”", "\"bad\""]),
            ("„Gut so.\" Danach", &["„Gut so.\""]),
            ("„Offen bis zum Ende.", &["„Offen bis zum Ende."]),
            ("3\" breit", &[]),
            ("people’s choice", &[]),
            ("„A“ und „B“", &["„A“", "„B“"]),
            ("„Der Film ‚Er‘ ist gut“, sagt sie", &["„Der Film ‚Er‘ ist gut“"]),
        ];
        for (text, expected) in cases {
            let found: Vec<&str> = quotations(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_statement_is_told_from_a_title() {
        assert!(has_statement("„Wir packen das an“, sagte Anna Muster."));
        assert!(has_statement("Anna Muster: „Packen wir es an.“"));
        assert!(has_statement("“Let us do it now,” said Jane Doe."));
        assert!(!has_statement("Der Preis „Betrieb des Jahres 2024“ ging nach Ulm."));
        assert!(!has_statement("Auszeichnung zum „Betrieb des Jahres 2024“: Glückwunsch!"));
    }

    #[test]
    fn a_speaker_is_a_name_and_no_pronoun() {
        for text in [
            "„Wir packen das an“, sagte Anna Muster.",
            "Anna Muster, Vorstand, fasste es zusammen: „Wir packen das an.“",
            "„Wir packen das an“, so die Vorsitzende Muster.",
            "„We will do it,” said Jane Doe.",
            "„Wir packen das an.“ – Anna Muster",
        ] {
            assert!(names_speaker(text), "{text}");
        }
        for text in ["„Wir packen das an“, sagte sie.", "Sie sagte: „Wir packen das an.“", "„Wir packen das an.“"]
        {
            assert!(!names_speaker(text), "{text}");
        }
    }
}
