//! Small questions to a tree of elements.

use std::borrow::Cow;

use dom_query::{Document, NodeRef};

use crate::post::is_forbidden;

/// The text of a node on one line.
pub(super) fn line(node: &NodeRef<'_>) -> String {
    one_line(&node.text())
}

/// The text without characters that no post may hold: a page may write them as references, `&#24;`.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let bad = |c: char| is_forbidden(c) && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    if text.contains(bad) { Cow::Owned(text.replace(bad, "")) } else { Cow::Borrowed(text) }
}

/// A text on one line; NBSP and soft hyphens stay.
pub(super) fn one_line(text: &str) -> String {
    visible(text).split([' ', '\t', '\n', '\r', '\u{c}']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The text of the first element that has one.
pub(super) fn first_text(document: &Document, selector: &str) -> Option<String> {
    document.select(selector).nodes().iter().map(line).find(|text| !text.is_empty())
}

/// The first attribute that is not empty.
pub(super) fn first_attribute(document: &Document, selector: &str, name: &str) -> Option<String> {
    let nodes = document.select(selector);
    nodes.nodes().iter().find_map(|node| attribute(node, name))
}

/// An attribute on one line; `None` where it is empty.
pub(super) fn attribute(node: &NodeRef<'_>, name: &str) -> Option<String> {
    node.attr(name).map(|value| one_line(&value)).filter(|value| !value.is_empty())
}

/// The element's name in small letters; empty for text.
pub(super) fn name(node: &NodeRef<'_>) -> String {
    node.node_name().map(|name| name.to_string()).unwrap_or_default()
}

/// Whether an ancestor has one of these names.
pub(super) fn is_inside(node: &NodeRef<'_>, names: &[&str]) -> bool {
    node.ancestors_it(None).any(|outer| names.contains(&name(&outer).as_str()))
}

/// Whether a form holds the page, as some systems make it, and not a few fields.
pub(super) fn holds_page(form: &NodeRef<'_>) -> bool {
    let inside = dom_query::Selection::from(*form);
    inside.select("main, article, h1").exists() && inside.select("p").length() > 1
}
