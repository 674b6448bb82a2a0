//! Columns that say who must not be written to.
//!
//! Comes in: headings, and the values that stand below them. Goes out: a [`Refusal`] with the `where` line that would
//! respect the column. Never decides by itself: a person writes the line, and where a heading does not say which way
//! round it is, the value too.

use serde::Serialize;

use super::heading::{toml_key, toml_string};

mod asks;
mod cell;
mod values;
mod vocabulary;
mod words;

pub(super) use asks::{Asks, asks, refuses};
pub(super) use cell::declines;
pub(super) use values::Values;

/// What a suggestion says where a person must say which value is meant. No cell says it; a `where` that does is refused.
pub const PLACEHOLDER: &str = "VALUE OF THOSE TO WRITE TO";

/// A column that looks like a refusal or a consent and stands in no `where`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    pub heading: String,
    /// The most frequent values with their number of rows, an empty cell among them; at most five.
    pub values: Vec<(String, u64)>,
    /// The line for the list's section in `config.toml`. It holds what `where` has already and all such columns, so
    /// that one line answers all of them.
    pub suggestion: String,
    /// The line wants nobody as it stands: the column's value must be put in place of [`PLACEHOLDER`].
    pub is_open: bool,
}

impl Refusal {
    /// The values for people: ` (ja 3×, empty 1×)`; nothing without any.
    pub fn shown_values(&self) -> String {
        let value = |(value, count): &(String, u64)| {
            if value.is_empty() { format!("empty {count}×") } else { format!("{value} {count}×") }
        };
        let values: Vec<String> = self.values.iter().map(value).collect();
        if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) }
    }

    /// The line, and what a person must put into it.
    pub fn what_to_add(&self) -> String {
        match self.what_is_open() {
            Some(open) => format!("{}; {open}", self.suggestion),
            None => self.suggestion.clone(),
        }
    }

    /// What a person must put into the line, if it is not complete.
    pub fn what_is_open(&self) -> Option<String> {
        self.open_value().map(|open| format!("{open}: \"…\", several as [\"…\", \"…\"], \"\" for an empty cell"))
    }

    /// The same, however it is written.
    pub fn open_value(&self) -> Option<String> {
        let (heading, values) = (&self.heading, self.shown_values());
        let open = format!("for {PLACEHOLDER} put what “{heading}”{values} says of those who may be written to");
        self.is_open.then_some(open)
    }
}

/// `where = { Newsletter = "ja", "Gekündigt" = ["nein", ""] }`.
pub(super) fn where_line<'a>(wanted: impl Iterator<Item = (&'a str, &'a [String])>) -> String {
    let value = |values: &[String]| match values {
        [one] => toml_string(one),
        several => format!("[{}]", several.iter().map(|value| toml_string(value)).collect::<Vec<_>>().join(", ")),
    };
    let pairs: Vec<String> =
        wanted.map(|(heading, values)| format!("{} = {}", toml_key(heading), value(values))).collect();
    format!("where = {{ {} }}", pairs.join(", "))
}

#[cfg(test)]
mod tests {
    use super::where_line;

    #[test]
    fn the_line_can_be_pasted_into_the_configuration() {
        let (yes, no) = (["ja".to_owned()], ["nein".to_owned(), String::new()]);
        let line = where_line([("Newsletter", &yes[..]), ("Gekündigt", &no[..])].into_iter());
        assert_eq!(line, "where = { Newsletter = \"ja\", \"Gekündigt\" = [\"nein\", \"\"] }");
        let table: toml::Table = line.parse().expect("TOML");
        assert_eq!(table["where"]["Gekündigt"][1].as_str(), Some(""));
    }
}
