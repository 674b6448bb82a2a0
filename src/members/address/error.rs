//! Why a text is no address, in words for the person who keeps the list.
//!
//! Comes in: the text and what was found. Goes out: one sentence without a full stop, with the likely correction
//! where there is one. Never shows a control character.

use thiserror::Error;

/// Why a text is no address that can be written to.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    #[error("there is no e-mail address")]
    Empty,
    #[error("{} has a line break or another control character in it", quote(.0))]
    Control(String),
    #[error("two addresses in one cell: {}; give each a row of its own", quote(.0))]
    TwoAddresses(String),
    #[error("{} has no @", quote(.0))]
    NoAt(String),
    #[error("{} spells the @ out; write a plain @", quote(.0))]
    SpelledAt(String),
    #[error("{} has a wide @; write the plain one", quote(.0))]
    WideAt(String),
    #[error("{} has more than one @", quote(.0))]
    TwoAts(String),
    #[error("{} has a space in it; remove what does not belong to the address", quote(.0))]
    Space(String),
    #[error("{} has nothing before the @", quote(.0))]
    NothingBeforeAt(String),
    #[error("{} has nothing after the @", quote(.0))]
    NothingAfterAt(String),
    #[error("{} has quotation marks before the @; such addresses are valid, but hardly a server takes them", quote(.0))]
    Quoted(String),
    #[error("{} has angle brackets that do not match; write `Name <name@example.org>`", quote(.0))]
    Brackets(String),
    #[error("{} has {} before the @", quote(.text), name(*.found))]
    Character { text: String, found: char },
    #[error("{} has a dot too many before the @: not first, not last, not two in a row", quote(.0))]
    Dots(String),
    #[error("what stands before the @ is {octets} bytes long; the most is {most} (RFC 5321)")]
    LocalTooLong { octets: usize, most: usize },
    #[error("the address is {octets} bytes long; the most is {most} (RFC 5321)")]
    TooLong { octets: usize, most: usize },
    #[error("{} has a comma for a dot{}", quote(.text), correction(.meant))]
    Comma { text: String, meant: Option<String> },
    #[error("{} ends with a dot", quote(.0))]
    TrailingDot(String),
    #[error("{} has no dot after the @; is the ending (.de, .org) missing?", quote(.0))]
    NoDot(String),
    #[error("{} has an IP address for a domain; write the domain's name", quote(.0))]
    IpAddress(String),
    #[error("{}: {} is not a domain name", quote(.text), quote(.domain))]
    Domain { text: String, domain: String },
}

/// In quotation marks, at most 80 characters, with everything invisible made visible.
fn quote(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(80) {
        match c {
            ' ' => shown.push(' '),
            _ if c.is_control() || super::is_invisible(c) => shown.push('␣'),
            _ => shown.push(c),
        }
    }
    let rest = if text.chars().nth(80).is_some() { "…" } else { "" };
    format!("“{shown}{rest}”")
}

fn name(c: char) -> String {
    match c {
        ',' => "a comma, perhaps for a dot,".to_owned(),
        _ if super::is_invisible(c) => format!("an invisible character (U+{:04X})", u32::from(c)),
        '\u{2018}' | '\u{2019}' => format!("the typographic apostrophe {c} (the plain one is ')"),
        '\u{2010}'..='\u{2015}' => format!("the dash {c} (the plain one is -)"),
        _ => format!("the character {}, which no mailbox has,", quote(&c.to_string())),
    }
}

fn correction(meant: &Option<String>) -> String {
    meant.as_ref().map_or(String::new(), |address| format!("; is {address} meant?"))
}

/// `anna (at) example.org` and its like.
pub(super) fn spells_at(text: &str) -> bool {
    let text = text.to_lowercase();
    ["(at)", "[at]", "{at}", " at ", "(ät)", "[ät]", "<at>"].iter().any(|spelled| text.contains(spelled))
}
