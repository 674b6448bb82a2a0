//! A cell that holds an address, perhaps with a name around it.
//!
//! Comes in: the cell as typed, copied or exported. Goes out: the address and the display name. Never keeps one
//! address of two.

use super::{Address, AddressError};

/// An address and the display name that stood before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    pub name: Option<String>,
    pub address: Address,
}

impl Mailbox {
    /// Reads `anna@example.org`, `Anna Beispiel <anna@example.org>`, `mailto:anna@example.org`; invisible characters,
    /// quotation marks and a separator around them are dropped.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence for the person who keeps the list.
    pub fn parse(cell: &str) -> Result<Mailbox, AddressError> {
        let text = trim_invisible(cell);
        if text.chars().any(char::is_control) {
            let each_line_is_one = text.lines().all(|line| Address::bare(trim_invisible(line)).is_ok());
            let error = if each_line_is_one && text.lines().count() > 1 {
                AddressError::TwoAddresses
            } else {
                AddressError::Control
            };
            return Err(error(text.to_owned()));
        }
        let text = trim_invisible(text.trim_end_matches(|c| matches!(c, ';' | ',') || is_invisible(c)));
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text.contains(['<', '>']) {
            return bracketed(text);
        }
        let address = Address::bare(without_mailto(unquoted(text)))?;
        Ok(Mailbox { name: None, address })
    }
}

/// `Name <address>` (RFC 5322, section 3.4: name-addr).
fn bracketed(text: &str) -> Result<Mailbox, AddressError> {
    if text.matches('@').count() == 0 && super::error::spells_at(text) {
        return Err(AddressError::SpelledAt(text.to_owned()));
    }
    if text.matches('<').count() > 1 && text.matches('@').count() > 1 {
        return Err(AddressError::TwoAddresses(text.to_owned()));
    }
    let (name, rest) = text.split_once('<').ok_or_else(|| AddressError::Brackets(text.to_owned()))?;
    let inner = rest.strip_suffix('>').filter(|inner| !inner.contains(['<', '>']));
    let inner = inner.ok_or_else(|| AddressError::Brackets(text.to_owned()))?;
    let inner = trim_invisible(inner);
    if inner.is_empty() {
        return Err(AddressError::Empty);
    }
    let address = Address::bare(without_mailto(inner))?;
    let name = unquoted(trim_invisible(name)).replace("\\\"", "\"").replace("\\\\", "\\");
    match Mailbox::parse(&name) {
        // Outlook exports the address as its own name.
        Ok(other) if other.address.normalized() == address.normalized() => Ok(Mailbox { name: None, address }),
        Ok(_) => Err(AddressError::TwoAddresses(text.to_owned())),
        Err(_) => Ok(Mailbox { name: Some(name).filter(|name| !name.is_empty()), address }),
    }
}

/// Every address in a cell, however many there are and whatever stands between them.
pub fn addresses(cell: &str) -> Vec<Address> {
    let between = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ';' | ',' | '<' | '>' | '(' | ')' | '|');
    cell.split(between).filter_map(|part| Address::parse(part).ok()).collect()
}

/// Without one pair of quotation marks around all of it.
fn unquoted(text: &str) -> &str {
    for mark in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)) {
            return trim_invisible(inner);
        }
    }
    text
}

/// Without the scheme of RFC 6068 and the header fields behind the address.
fn without_mailto(text: &str) -> &str {
    match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => {
            trim_invisible(text[7..].split('?').next().unwrap_or_default())
        }
        _ => text,
    }
}

/// Without spaces, NBSP, zero-width and direction characters at both ends. Line breaks and other control characters
/// stay: they must be refused, not hidden.
pub fn trim_invisible(text: &str) -> &str {
    text.trim_matches(|c: char| is_invisible(c))
}

/// Whether a character shows nothing, or only a gap; control characters but the tab do not count.
pub fn is_invisible(c: char) -> bool {
    match c {
        '\t' => true,
        _ if c.is_control() => false,
        '\u{2028}' | '\u{2029}' => false,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' => true,
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' => true,
        '\u{1bca0}'..='\u{1bca3}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => c.is_whitespace(),
    }
}
