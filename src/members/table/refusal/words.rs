//! The words of a heading or a cell.
//!
//! Comes in: a text as somebody typed it. Goes out: its [`words`] in the form of [`key`], compounds in their parts. Decides
//! nothing.

use super::vocabulary::{CONSENTS, ENDS, NEUTRAL, REFUSES_SOMETHING, WISHES};
use crate::members::address::is_invisible;
use crate::members::table::heading::key;

/// Two words that are one: the second begins so.
const JOINED: &[(&str, &str)] = &[
    ("e", "mail"),
    ("news", "letter"),
    ("rund", "brief"),
    ("rund", "mail"),
    ("rund", "schreiben"),
    ("info", "mail"),
    ("un", "sub"),
    ("black", "list"),
    ("block", "list"),
];

/// Two words that are one, as they stand.
const JOINED_WHOLE: &[(&str, &str)] = &[
    ("opt", "in"),
    ("opted", "in"),
    ("opt", "out"),
    ("opts", "out"),
    ("opted", "out"),
    ("opting", "out"),
    ("lehnt", "ab"),
    ("k", "a"),
    ("n", "a"),
];

/// Beginnings of compounds whose end may refuse: `Mailstopp`, `Mitgliedschaftsende`.
const BEGINNINGS: &[&str] =
    &["mitgliedschafts", "mitgliedschaft", "mitglieds", "mitglied", "email", "mail", "werbe", "versand", "kontakt"];

/// The words of a text, each in the form of [`key`]; `NewsletterAbo`, `Newsletter-Abo` and `Newsletterabo` are two each, a
/// cross for the dead is one.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for piece in pieces(text) {
        if let Some(last) = words.last_mut() {
            let begins = JOINED.iter().any(|(first, second)| last == first && piece.starts_with(second));
            if begins || JOINED_WHOLE.contains(&(last.as_str(), piece.as_str())) {
                last.push_str(&piece);
                continue;
            }
        }
        words.push(piece);
    }
    words.iter().flat_map(|word| parts(word)).collect()
}

/// Divided at everything that is no letter or digit, and at a capital letter inside a word.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut small = false;
    for c in text.replace(['†', '✝'], " verstorben ").chars() {
        let apostrophe = matches!(c, '\'' | '’');
        let mark = apostrophe || c == '\u{308}' || is_invisible(c) && !c.is_whitespace();
        let between = !c.is_alphanumeric() && !mark;
        if between || small && c.is_uppercase() {
            pieces.push(String::new());
        }
        if !between {
            pieces.last_mut().expect("it begins with one").push(c);
        }
        small = if mark { small } else { c.is_lowercase() };
    }
    pieces.iter().map(|piece| key(piece)).filter(|piece| !piece.is_empty()).collect()
}

/// A compound's parts: what consents, and what stands before and after it.
fn parts(word: &str) -> Vec<String> {
    if word.starts_with("unsub") {
        return vec![word.to_owned()];
    }
    let found = CONSENTS.iter().filter_map(|consent| Some((word.find(consent)?, *consent)));
    if let Some((at, consent)) = found.min_by_key(|(at, consent)| (*at, usize::MAX - consent.len())) {
        let (before, after) = (&word[..at], unlinked(&word[at + consent.len()..]));
        let around = |part: &str| if part.is_empty() { Vec::new() } else { parts(part) };
        return [around(before), vec![consent.to_owned()], around(after)].concat();
    }
    for beginning in BEGINNINGS {
        let end = word.strip_prefix(beginning).map(unlinked);
        let refuses = |end: &&str| REFUSES_SOMETHING.contains(end) || ENDS.contains(end) || WISHES.contains(end);
        if let Some(end) = end.filter(refuses) {
            return vec![(*beginning).to_owned(), end.to_owned()];
        }
    }
    vec![word.to_owned()]
}

/// The second part of a compound without the letter between the two, and without a mere ending.
fn unlinked(after: &str) -> &str {
    let known = |word: &str| {
        let tables = [NEUTRAL, REFUSES_SOMETHING, ENDS, CONSENTS];
        tables.iter().any(|table| table.contains(&word))
    };
    match after {
        "s" | "e" | "en" | "n" | "ed" | "em" => "",
        _ => after.strip_prefix('s').filter(|rest| !known(after) && known(rest)).unwrap_or(after),
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn compounds_are_divided_and_what_belongs_together_is_joined() {
        let cases = [
            ("Newsletterempfänger", "newsletter empfaenger"),
            ("Rundbriefbezug", "rundbrief bezug"),
            ("NewsletterAbo", "newsletter abo"),
            ("Einwilligungsdatum", "einwilligung datum"),
            ("E-Mail-Newsletters", "email newsletter"),
            ("HasOptedOutOfEmail", "has optedout of email"),
            ("Opt-in / Opt-out", "optin optout"),
            ("News\u{ad}letter", "newsletter"),
            ("GEKU\u{308}NDIGT", "gekuendigt"),
            ("Don’t send", "dont send"),
            ("Newsletterstopp", "newsletter stopp"),
            ("Mailstopp", "mail stopp"),
            ("Mitgliedschaftsende", "mitgliedschafts ende"),
            ("UNSUB_TIME", "unsub time"),
            ("un-subscribed", "unsubscribed"),
            ("† 2021", "verstorben 2021"),
            ("keine", "keine"),
            ("???", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }
}
