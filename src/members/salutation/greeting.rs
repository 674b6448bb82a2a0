//! Cells that greet: a form of address, the opening of a letter, a whole salutation.
//!
//! Comes in: a cell of the form of address or of the salutation. Goes out: what it says about the person, and whether
//! it can stand in the mail as it is.

use super::name::{Form, is_spoken_title, is_title, words};
use crate::members::placeholder::without_placeholders;

/// What a salutation begins with; a name has to follow.
const OPENINGS: [&str; 14] = [
    "sehr",
    "geehrte",
    "geehrter",
    "geehrtes",
    "geehrten",
    "verehrte",
    "verehrter",
    "hochverehrte",
    "hochverehrter",
    "liebe",
    "lieber",
    "liebes",
    "lieben",
    "dear",
];

/// `Frau`, `Herrn`, `Frau Prof. Dr.`, `Mrs`, `w`; nothing else may stand beside it but titles.
pub(super) fn form_of(text: &str) -> Option<Form> {
    let words = words(text);
    let (first, rest) = words.split_first()?;
    if !rest.iter().all(|word| is_title(word)) {
        return None;
    }
    match first.as_str() {
        "w" | "weiblich" | "f" | "female" => Some(Form::Frau),
        "m" | "männlich" | "maennlich" | "male" => Some(Form::Herr),
        word => form_word(word),
    }
}

/// One word that may stand before a surname, in lower case without a dot.
pub(super) fn form_word(word: &str) -> Option<Form> {
    match word {
        "frau" | "fr" | "mrs" | "ms" | "miss" | "mme" => Some(Form::Frau),
        "herr" | "herrn" | "hr" | "hrn" | "mr" => Some(Form::Herr),
        _ => None,
    }
}

/// A word between two forms of address: `Herr und Frau`.
pub(super) fn is_between(word: &str) -> bool {
    ["und", "u", "oder", "o", "bzw", "and", "or"].contains(&word)
}

/// `Sehr geehrte Frau` without a name: the opening that membership software exports beside the name's columns.
pub(super) fn opening_of(text: &str) -> Option<Form> {
    let text = text.to_lowercase();
    let openings = [
        "sehr geehrte ",
        "sehr geehrter ",
        "sehr verehrte ",
        "sehr verehrter ",
        "liebe ",
        "lieber ",
        "dear ",
        "hallo ",
        "guten tag ",
    ];
    let rest = openings.iter().find_map(|opening| text.strip_prefix(opening))?;
    form_of(rest).filter(|_| words(rest).first().is_some_and(|word| word.len() > 1))
}

/// Whether a form-of-address cell holds a whole salutation: `Liebe Anna`, `Sehr geehrte Damen und Herren`.
pub(super) fn is_greeting(text: &str) -> bool {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(
        words.as_slice(),
        ["sehr", "geehrte" | "geehrter" | "geehrtes", _, ..]
            | ["guten", "tag" | "morgen", ..]
            | ["liebe" | "lieber" | "liebes" | "hallo" | "moin" | "servus" | "dear" | "hello", _, ..]
    )
}

/// Whether nobody is named behind the opening, and so it cannot stand alone: `Liebe`, `Sehr geehrte/r Frau/Herr`,
/// `Dear Mr/Ms`, `Frau/Herr`, `Liebe NULL`. `Guten Tag` can.
pub(super) fn names_nobody(text: &str) -> bool {
    let named = without_placeholders(text).to_lowercase();
    let alone = ["guten tag", "guten morgen", "guten abend", "hallo", "moin", "servus", "hello"];
    let rest = alone.iter().find_map(|greeting| named.strip_prefix(greeting)).unwrap_or(&named);
    if rest.len() < named.len() && words(rest).is_empty() {
        return named.split_whitespace().count() < text.split_whitespace().count();
    }
    let mut behind_form = false;
    rest.split_whitespace().all(|token| {
        let pieces = token.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty());
        pieces.enumerate().all(|(at, piece)| {
            // `geehrte/r`, `Liebe(r)`, `geehrte*r`; `Liebe R.` is somebody.
            let ending = at > 0 && ["r", "e", "er", "s", "n"].contains(&piece);
            let form = form_word(piece).is_some() || is_spoken_title(piece) || (behind_form && is_title(piece));
            behind_form = form;
            form || ending || OPENINGS.contains(&piece) || is_between(piece)
        })
    })
}
