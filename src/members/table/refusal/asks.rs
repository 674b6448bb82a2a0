//! Headings that ask whether somebody may be written to.
//!
//! Comes in: a heading. Goes out: whether it asks for a consent or a refusal, or that nobody can tell which. Looks at no
//! cell; a heading that is taken for one by mistake costs a line of configuration, one that is missed or turned round
//! costs a member's trust. So a direction is said only where every word of the heading is known.

use super::vocabulary::{
    ABOUT_REFUSALS, ANSWERS, CONSENTED, CONSENTS, CONSENTS_ALONE, CONTACT, DENIES, ENDS, MONEY, NEUTRAL, NEUTRAL_TOO,
    OTHER_WAYS, PAPER, REFUSES, REFUSES_SOMETHING, SUBJECT, TURNS, WISHES,
};
use super::words::words;
use crate::members::table::heading::key;

/// What a heading asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::members::table) enum Asks {
    /// `Newsletter`, `Einwilligung`: yes is a consent.
    Consent,
    /// `Austritt`, `Werbesperre`: anything in it is a refusal.
    Refusal,
    /// `Newsletter Süd`, `Kein Widerspruch`: it decides, and only a person knows which way round.
    Unclear,
    /// `Status`: asks nothing by itself, but a cell may say `ausgetreten`.
    Status,
}

impl Asks {
    /// Whether every cell of the column is an answer.
    pub(in crate::members::table) fn decides(self) -> bool {
        self != Asks::Status
    }
}

/// In a heading's [`key`]: columns of which some cells may refuse.
const STATUS: &[&str] = &[
    "status",
    "mitgliedsstatus",
    "mitgliedstatus",
    "mitgliederstatus",
    "mitgliedschaftsstatus",
    "mitgliedschaftstatus",
    "statusmitglied",
    "statusmitgliedschaft",
    "statusdermitgliedschaft",
    "mitgliedschaft",
    "mitgliedsart",
    "membershipstatus",
    "memberstatus",
    "membership",
    "emailstatus",
    "mailstatus",
    "kontaktstatus",
    "contactstatus",
    "versandstatus",
];

/// What a heading asks, if it is one of those.
pub(in crate::members::table) fn asks(heading: &str) -> Option<Asks> {
    let signs = Signs::of(heading);
    match (signs.refuses, signs.denies || signs.refuses && signs.negates) {
        (false, false) if STATUS.contains(&key(heading).as_str()) => Some(Asks::Status),
        (false, false) if !signs.consents => None,
        (false, false) if signs.is_plain && !signs.turns => Some(Asks::Consent),
        (true, false) if signs.surely && !signs.turns => Some(Asks::Refusal),
        (true, false) | (false, true) if signs.is_plain && !signs.turns => Some(Asks::Refusal),
        _ => Some(Asks::Unclear),
    }
}

/// Whether a cell refuses by itself, whatever its heading: `verstorben`, `ausgetreten 2023`, `keine Mails`.
pub(in crate::members::table) fn refuses(cell: &str) -> bool {
    let signs = Signs::of(cell);
    signs.refuses || signs.denies || signs.is_former
}

/// What the words of a text are a sign of.
#[derive(Debug, Default)]
struct Signs {
    refuses: bool,
    /// It refuses by a word that means nothing else.
    surely: bool,
    /// It denies that somebody is written to.
    denies: bool,
    /// It denies whatever it says.
    negates: bool,
    consents: bool,
    /// Somebody was a member.
    is_former: bool,
    /// A word may turn the others round.
    turns: bool,
    /// No word is unknown.
    is_plain: bool,
}

impl Signs {
    fn of(text: &str) -> Signs {
        let words = words(text);
        if words.is_empty() {
            return Signs::default();
        }
        let key = words.concat();
        let any = |table: &[&str]| words.iter().any(|word| table.contains(&word.as_str()));
        let consents = any(CONSENTS) || is_alone(&words) || any(WISHES) && contacts(&words) && is_plain(&words, false);
        let advertises = any(&["werbung", "werbe", "marketing"]) && mails(&words);
        let offers = (contacts(&words) && offers_answers(&words) || advertises) && is_plain(&words, false);
        let surely = surely_refuses(&key, &words) || only_on_paper(&words) && !consents;
        let something = any(REFUSES_SOMETHING);
        let beside = any(CONSENTS) || any(CONSENTED) || is_plain(&words, true);
        let ends = any(ENDS) && any(SUBJECT) && is_plain(&words, true);
        let refuses = surely || something && beside || ends || only_on_paper(&words);
        let denies = denies(&key, &words);
        let both = refuses && (any(CONSENTED) || consents && has_alternatives(text));
        Signs {
            refuses,
            surely,
            denies,
            negates: negates(&words),
            consents: consents || offers,
            is_former: words[0].starts_with("ehemalig") && is_plain(&words, true),
            // `Newsletter (0 = ja)`: what its cells mean is not what they mean elsewhere.
            turns: text.contains('=')
                || both
                || any(TURNS)
                || ABOUT_REFUSALS.iter().any(|about| key.contains(about))
                || is_until(&words),
            is_plain: is_plain(&words, refuses || denies),
        }
    }
}

fn surely_refuses(key: &str, words: &[String]) -> bool {
    let has = |table: &[&str]| words.iter().any(|word| table.contains(&word.as_str()));
    let unsubscribed = words.iter().any(|word| word.starts_with("unsub"));
    let found = || REFUSES.iter().filter(|refusing| key.contains(**refusing));
    let by_fee = MONEY.iter().any(|money| key.contains(money));
    let elsewhere = has(OTHER_WAYS) && !mails(words) && !has(CONSENTS);
    let counts = |refusing: &&str| match *refusing {
        "gesperrt" => !by_fee,
        "optout" | "optedout" => !elsewhere,
        _ => true,
    };
    unsubscribed || found().any(counts)
}

/// `Bitte keine E-Mails`, `Newsletter nicht erwünscht`, `Do not contact`, `Keinewerbung`.
fn denies(key: &str, words: &[String]) -> bool {
    let has = |table: &[&str]| words.iter().any(|word| table.contains(&word.as_str()));
    let is_member = has(&["aktiv", "active"]) || has(SUBJECT) && has(&["mehr", "longer"]);
    let about = contacts(words) || has(CONSENTS) || is_member;
    about && negates(words) || denies_in_one_word(key)
}

fn negates(words: &[String]) -> bool {
    let negates = |(at, word): (usize, &String)| match word.as_str() {
        "no" | "nein" => at == 0,
        word => DENIES.contains(&word),
    };
    words.iter().enumerate().any(negates)
}

fn denies_in_one_word(key: &str) -> bool {
    const SENT: [&str; 9] =
        ["mail", "email", "werbung", "kontakt", "contact", "anschreiben", "mehranschreiben", "anmailen", "zusend"];
    let sent = |rest: &str| CONSENTS.iter().chain(&SENT).any(|word| rest.starts_with(word));
    let german = ["kein", "keine", "keinen", "keinerlei", "nicht", "ohne"];
    let english = ["donotcontact", "donotmail", "donotemail", "donotsend"];
    german.iter().any(|no| key.match_indices(no).any(|(at, _)| sent(&key[at + no.len()..])))
        || english.iter().any(|no| key.contains(no))
}

/// `Nur per Post`, `Post statt Mail`.
fn only_on_paper(words: &[String]) -> bool {
    let has = |table: &[&str]| words.iter().any(|word| table.contains(&word.as_str()));
    has(PAPER) && has(&["nur", "only", "ausschliesslich", "lieber", "statt", "anstatt", "stattdessen", "instead"])
}

fn mails(words: &[String]) -> bool {
    words.iter().any(|word| word.contains("mail"))
}

fn contacts(words: &[String]) -> bool {
    mails(words) || words.iter().any(|word| CONTACT.contains(&word.as_str()))
}

/// `Mailing ja/nein`.
fn is_alone(words: &[String]) -> bool {
    let mut others = words.iter().filter(|word| !ANSWERS.contains(&word.as_str()));
    let first = others.next().is_some_and(|word| CONSENTS_ALONE.contains(&word.as_str()) || word == "nl");
    first && others.next().is_none()
}

fn offers_answers(words: &[String]) -> bool {
    let has = |answer: &str| words.iter().any(|word| word == answer);
    (has("ja") || has("j") || has("yes") || has("y")) && (has("nein") || has("n") || has("no"))
}

/// Whether every word is known, and none of them turns the others round.
fn is_plain(words: &[String], refusing: bool) -> bool {
    let answers = offers_answers(words);
    words.iter().enumerate().all(|(at, word)| {
        let is = |table: &[&str]| table.contains(&word.as_str());
        match word.as_str() {
            // `Newsletter No` may count something.
            "no" | "nein" | "n" if !answers => refusing && at == 0,
            _ if is(CONSENTS) || is(NEUTRAL) || word.bytes().all(|byte| byte.is_ascii_digit()) => true,
            _ if refusing => {
                let tables = [REFUSES_SOMETHING, ENDS, NEUTRAL_TOO, CONTACT];
                let has = |word: &str| words.iter().any(|known| known == word);
                let subject = is(SUBJECT) && (!negates(words) || has("mehr") || has("longer"));
                tables.iter().any(|table| is(table))
                    || is(DENIES)
                    || subject
                    || word.contains("mail")
                    || REFUSES.iter().any(|refuses| word.contains(refuses))
                    || word.starts_with("kontaktier")
            }
            _ => false,
        }
    })
}

/// `Opt-in / Opt-out`, but not `Newsletter ja/nein`.
fn has_alternatives(text: &str) -> bool {
    let mut text: String = text.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    for answers in ["ja/nein", "j/n", "yes/no", "y/n"] {
        text = text.replace(answers, "");
    }
    text.contains('/')
}

/// `Einwilligung bis Widerruf`.
fn is_until(words: &[String]) -> bool {
    words.iter().any(|word| word == "bis") && words.iter().any(|word| word.contains("widerruf"))
}

#[cfg(test)]
#[path = "asks/tests.rs"]
mod tests;
