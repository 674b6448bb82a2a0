//! Addresses that a page hides from robots, and a script shows: Joomla's `<joomla-hidden-mail>` (4 and later,
//! plugins/content/emailcloak), with base64 in its attributes.
//!
//! Comes in: the tree. Goes out: the same tree with links to the addresses; where one cannot be read, nothing stands in
//! its place, and that is told.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dom_query::{Document, NodeRef};

use super::dom;
use crate::members::address::Address;

/// Shows them.
pub(super) fn reveal(document: &Document) -> Vec<String> {
    let mut left_out = Vec::new();
    for node in document.select("joomla-hidden-mail").nodes() {
        match link(node) {
            Some(link) => node.replace_with_html(link),
            None => {
                let around = node.parent().map(|parent| dom::line(&parent)).unwrap_or_default();
                let own = dom::line(node);
                let before = around.split(own.as_str()).next().unwrap_or_default().trim().to_owned();
                left_out.push(format!("a protected e-mail address that cannot be read, after “{before}”"));
                node.remove_from_parent();
            }
        }
    }
    left_out
}

/// The link to the address, with the text that readers see.
fn link(node: &NodeRef<'_>) -> Option<String> {
    let decoded = |name: &str| {
        let bytes = STANDARD.decode(dom::attribute(node, name)?).ok()?;
        String::from_utf8(bytes).ok().filter(|text| !text.trim().is_empty())
    };
    // The text may be a name, with markup.
    let text = decoded("text").map(|text| dom::one_line(&Document::fragment(text).text()));
    let address = match (decoded("first"), decoded("last")) {
        (Some(first), Some(last)) => format!("{first}@{last}"),
        _ => text.clone()?,
    };
    let address = Address::parse(&address).ok()?;
    let shown = escaped(&text.filter(|text| !text.is_empty()).unwrap_or_else(|| address.as_str().to_owned()));
    // Signs that mean something in an address of the web (RFC 6068, section 2).
    let plain = !address.as_str().contains(['%', '?', '&', '#', '"']);
    Some(if plain { format!("<a href=\"mailto:{}\">{shown}</a>", address.as_str()) } else { shown })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::reveal;

    #[test]
    fn a_protected_address_is_a_link_or_is_told() {
        for (attributes, expected) in [
            ("text=aW5mb0B2ZXJiYW5kLnRlc3Q=", "<a href=\"mailto:info@verband.test\">info@verband.test</a>"),
            (
                "first=aW5mbw== last=dmVyYmFuZC50ZXN0 text=QW5uYSA8Yj5NdXN0ZXI8L2I+",
                "<a href=\"mailto:info@verband.test\">Anna Muster</a>",
            ),
            ("first=aW5mbw== last=dmVyYmFuZC50ZXN0", "<a href=\"mailto:info@verband.test\">info@verband.test</a>"),
            // `"><script>`, `kein Text`, no base64, nothing.
            ("text=Ij48c2NyaXB0Pg==", ""),
            ("text=a2VpbiBUZXh0", ""),
            ("text=***", ""),
            ("", ""),
        ] {
            let page = format!("<p>Mail: <joomla-hidden-mail {attributes}>Geschützt!</joomla-hidden-mail></p>");
            let document = Document::fragment(page);
            let told = reveal(&document);
            assert_eq!(document.select("p").inner_html().to_string(), format!("Mail: {expected}"), "{attributes}");
            assert_eq!(told.is_empty(), !expected.is_empty(), "{told:?}");
        }
    }
}
