//! What stands in a cell where nothing is known.
//!
//! Comes in: a personal cell's text, or a word of it. Goes out: whether it means an empty cell. Spares what may be
//! somebody's name: people are called Null, Leer and Nan, and `K. A.` are initials.

/// Only in this spelling; an abbreviation without its spaces.
const SPELLED: [&str; 27] = [
    "NULL", "null", "NaN", "nan", "leer", "k.A.", "k.a.", "k.A", "k.a", "k/A", "k/a", "o.A.", "o.a.", "n/a", "N/A",
    "n.a.", "n.v.", "N.N.", "n.n.", "N.N", "NN", "(NULL)", "(null)", "[NULL]", "<NULL>", "(leer)", "(Leer)",
];

/// In lower case: no name in any spelling.
const PHRASES: [&str; 13] = [
    "keine angabe",
    "keine angaben",
    "ohne angabe",
    "ohne angaben",
    "nicht angegeben",
    "nicht bekannt",
    "unbekannt",
    "none",
    "not available",
    "not known",
    "undefined",
    "unknown",
    "(blank)",
];

/// Whether the text stands for an empty cell: `-`, `?`, `0`, `NULL`, `k. A.`, `unbekannt`. Nobody's name is without a
/// letter.
pub(super) fn is_placeholder(text: &str) -> bool {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    !text.chars().any(char::is_alphabetic) || SPELLED.contains(&compact.as_str()) || PHRASES.contains(&words.as_str())
}

/// The text without placeholders before and behind the rest (`- Müller`, `Sehr geehrte Frau NULL`). A number stays:
/// `Schalke 04`.
pub(super) fn without_placeholders(text: &str) -> String {
    let stands_for_nothing = |words: &[&str]| {
        let text = words.join(" ");
        is_placeholder(&text) && !text.contains(|c: char| c.is_numeric() && c != '0')
    };
    let all: Vec<&str> = text.split_whitespace().collect();
    let mut words = all.as_slice();
    // `k. A.` is two words, `keine Angabe` too.
    while let Some(length) = (1..=2).find(|n| words.len() >= *n && stands_for_nothing(&words[words.len() - n..])) {
        words = &words[..words.len() - length];
    }
    while let Some(length) = (1..=2).find(|n| words.len() >= *n && stands_for_nothing(&words[..*n])) {
        words = &words[length..];
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{is_placeholder, without_placeholders};

    #[test]
    fn a_placeholder_is_no_name_and_a_name_is_no_placeholder() {
        let placeholders = "-|–|.|...|?|???|0|1|/|NULL|null|k.A.|k. A.|k.a.|keine Angabe|Keine Angaben|n/a|N/A|N.N.|N. N.|\
                            unbekannt|Unbekannt|unknown|none|None|leer|(leer)";
        for text in placeholders.split('|') {
            assert!(is_placeholder(text), "{text}");
        }
        for name in "Null|Leer|Nan|K. A.|K.A.|N.|Ka|Na|Ng|An|O|Nil|Nonnenmacher|李|О".split('|') {
            assert!(!is_placeholder(name), "{name}");
        }
    }

    #[test]
    fn placeholders_around_a_text_go_and_numbers_stay() {
        let cases = [
            ("- Müller", "Müller"),
            ("NULL NULL", ""),
            ("Anna k. A.", "Anna"),
            ("Sehr geehrte Frau 0", "Sehr geehrte Frau"),
            ("Schalke 04", "Schalke 04"),
            ("Müller - Lüdenscheidt", "Müller - Lüdenscheidt"),
        ];
        for (text, expected) in cases {
            assert_eq!(without_placeholders(text), expected, "{text}");
        }
    }
}
