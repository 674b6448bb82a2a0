//! How a member is greeted.
//!
//! Comes in: a member's cells, the language, du or Sie, the list's fallback. Goes out: a salutation without the comma
//! that templates put after it. Never infers a gender from a first name; without a form of address it stays neutral.

use crate::members::Member;
use crate::members::address::trim_invisible;

mod behind;
mod greeting;
mod name;

use name::{Form, Name};

/// The salutation of `member`: the list's own salutation column, else `Sehr geehrte Frau Dr. Beispiel` (informal
/// `Liebe Anna`), else `Guten Tag Anna Beispiel` (informal `Hallo Anna`), else the list's `fallback`, else a neutral
/// `Guten Tag`. `lang` is a BCP 47 tag; a language without words of its own reads English.
pub fn salutation(member: &Member, lang: &str, informal: bool, fallback: Option<&str>) -> String {
    let name = Name::of(member);
    let words = Greetings::of(lang);
    if let Some(written) = &name.written {
        return without_comma(written).to_owned();
    }
    let greeted = if informal { words.informal(&name) } else { words.formal(&name) };
    greeted.or_else(|| fallback.map(without_comma).filter(|text| !text.is_empty()).map(str::to_owned)).unwrap_or_else(
        || {
            let neutral = if informal { words.neutral_informal } else { words.neutral };
            neutral.to_owned()
        },
    )
}

/// The template writes the comma.
fn without_comma(text: &str) -> &str {
    trim_invisible(trim_invisible(text).trim_end_matches([',', '!', ';', ' ', '\u{a0}']))
}

/// The greetings of one language.
struct Greetings {
    german: bool,
    neutral: &'static str,
    neutral_informal: &'static str,
}

impl Greetings {
    fn of(lang: &str) -> Greetings {
        let primary = lang.split(['-', '_']).next().unwrap_or(lang);
        if primary.eq_ignore_ascii_case("de") {
            Greetings { german: true, neutral: "Guten Tag", neutral_informal: "Hallo" }
        } else {
            Greetings { german: false, neutral: "Hello", neutral_informal: "Hello" }
        }
    }

    /// `Sehr geehrte Frau Dr. Beispiel`, `Dear Ms Beispiel`; without a form of address `Guten Tag Anna Beispiel`.
    fn formal(&self, name: &Name) -> Option<String> {
        let surname = name.last.as_deref().or(name.whole.as_deref());
        match (surname, name.form) {
            (Some(surname), Some(form)) if self.german => {
                let opening = if form == Form::Frau { "Sehr geehrte Frau" } else { "Sehr geehrter Herr" };
                Some(spaced(&[opening, &name.titles.german(), surname]))
            }
            (Some(surname), Some(form)) => {
                let title = name.titles.english().unwrap_or(form.english(name.mrs));
                Some(spaced(&["Dear", title, surname]))
            }
            _ => self.neutral_with_name(name),
        }
    }

    fn neutral_with_name(&self, name: &Name) -> Option<String> {
        let called = match (&name.whole, &name.first, &name.last) {
            (_, Some(first), Some(last)) => spaced(&[first, last]),
            (Some(whole), _, _) => whole.clone(),
            (_, Some(first), None) => first.clone(),
            // A surname alone would be a bark.
            (_, None, Some(last)) if !name.titles.is_empty() => last.clone(),
            _ => return None,
        };
        match name.titles.english() {
            Some(title) if !self.german => Some(spaced(&["Dear", title, name.last.as_deref().unwrap_or(&called)])),
            _ if self.german => Some(spaced(&[self.neutral, &name.titles.german(), &called])),
            _ => Some(spaced(&[self.neutral, &called])),
        }
    }

    /// `Liebe Anna`, `Lieber Jonas`, `Hallo Kim`; without a first name as formal as the cells allow.
    fn informal(&self, name: &Name) -> Option<String> {
        let Some(first) = &name.first else {
            return match (name.form, &name.last, &name.whole) {
                (None, _, Some(whole)) => Some(spaced(&[self.neutral_informal, whole])),
                (Some(form), Some(last), _) if self.german => {
                    let form = if form == Form::Frau { "Frau" } else { "Herr" };
                    Some(spaced(&[self.neutral, form, &name.titles.german(), last]))
                }
                _ => self.formal(name),
            };
        };
        let opening = match name.form {
            _ if !self.german => "Dear",
            Some(Form::Frau) => "Liebe",
            Some(Form::Herr) => "Lieber",
            None => self.neutral_informal,
        };
        Some(spaced(&[opening, first]))
    }
}

/// The parts that are not empty, with a space between.
fn spaced(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
