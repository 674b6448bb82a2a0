//! Single values: one line, an address, a URL, a language; and how a wrong one is told.
//!
//! Comes in: a text with its place. Goes out: what it means, or a [`Finding`] in the [`Checker`].

use std::ops::Range;
use std::str::FromStr;

use lettre::message::Mailbox;
use toml::Spanned;

use super::super::file::Text;
use super::super::shown;
use super::super::url::is_url;
use super::Checker;
use crate::finding::{Finding, Place};

/// How the name of a channel or a list is written.
pub const NAME_HELP: &str = "use letters without accents, digits, `-` and `_`";

/// Whether this can be the name of a channel or a list.
pub fn is_name(written: &str) -> bool {
    !written.is_empty() && written.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// The sender as it is meant, where only the quotation marks are missing that a comma or a colon in the name asks for (RFC
/// 5322, section 3.2.4).
fn with_quotation_marks(written: &str) -> Option<String> {
    let (name, address) = written.rsplit_once('<')?;
    let meant = format!("\"{}\" <{address}", name.trim());
    (!name.contains(['"', '\\', '@']) && Mailbox::from_str(&meant).is_ok()).then_some(meant)
}

impl Checker<'_> {
    /// A name that becomes a folder: of a channel or a list.
    pub(super) fn name(&mut self, name: &Text, taken: &[&str]) {
        let written = name.get_ref();
        if taken.contains(&written.as_str()) {
            self.wrong(
                name,
                format!("`{written}` is a channel of its own and cannot be used as a name"),
                "choose another name",
            );
        } else if !is_name(written) {
            self.wrong(name, format!("`{written}` cannot be a name"), NAME_HELP);
        }
    }

    pub(super) fn line(&mut self, written: Text) -> Option<String> {
        if written.get_ref().chars().any(char::is_control) {
            self.wrong(&written, "this must be one line", "remove line breaks and control characters");
            return None;
        }
        let text = written.get_ref().trim().to_owned();
        if text.is_empty() {
            self.wrong(&written, "this must not be empty", "write the text, or remove the line if it is optional");
            return None;
        }
        Some(text)
    }

    pub(super) fn url(&mut self, written: &Text) -> Option<String> {
        let url = written.get_ref().trim();
        if !is_url(url) {
            self.wrong(written, format!("`{url}` is no web address"), "write it whole: https://www.example.org/…");
            return None;
        }
        Some(url.to_owned())
    }

    /// BCP 47, in shape.
    pub(super) fn lang(&mut self, written: &Text) -> Option<String> {
        let tag = written.get_ref();
        let mut parts = tag.split('-');
        let primary = parts
            .next()
            .is_some_and(|part| (2..=3).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphabetic()));
        if !primary
            || !parts.all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
        {
            self.wrong(written, format!("`{tag}` is no language tag"), "write de, en, de-AT … (BCP 47)");
            return None;
        }
        Some(tag.clone())
    }

    pub(super) fn mailbox(&mut self, written: &Text) -> Option<Mailbox> {
        let shape = "write \"Name <name@example.org>\"";
        if written.get_ref().chars().any(char::is_control) {
            self.wrong(written, "a sender must be one line", shape);
            return None;
        }
        let help = match with_quotation_marks(written.get_ref()) {
            Some(meant) => format!("a name with a comma or another sign stands in quotation marks: '{meant}'"),
            None => shape.to_owned(),
        };
        self.read(written, |text| Mailbox::from_str(text).map_err(|_| format!("`{text}` is no sender")), &help)
    }

    pub(super) fn address(&mut self, written: &Text) -> Option<lettre::Address> {
        let parse = |text: &str| lettre::Address::from_str(text).map_err(|_| format!("`{text}` is no e-mail address"));
        self.read(written, parse, "write only the address: name@example.org")
    }

    pub(super) fn read<T>(
        &mut self,
        written: &Text,
        parse: impl Fn(&str) -> Result<T, String>,
        help: &str,
    ) -> Option<T> {
        parse(written.get_ref()).map_err(|message| self.wrong(written, message, help)).ok()
    }

    pub(super) fn optional<T>(
        &mut self,
        written: Option<Text>,
        check: impl Fn(&mut Self, Text) -> Option<T>,
    ) -> Option<T> {
        written.and_then(|written| check(self, written))
    }

    pub(super) fn wrong<T>(&mut self, written: &Spanned<T>, message: impl Into<String>, help: &str) {
        let place = self.place(written.span());
        self.findings.push(Finding::error("config-value", message).at(place).help(help));
    }

    pub(super) fn place(&self, span: Range<usize>) -> Place {
        shown::place(self.path, self.source, span)
    }
}
