//! The addresses in a page, made whole.
//!
//! Comes in: the tree, and where the page is. Goes out: the same tree; links lead somewhere from a mail, too, or are
//! plain text; pictures of a saved page keep the names of the files beside it.

use dom_query::{Document, NodeRef};

use super::{clean, dom};

/// Where a page is.
pub(super) struct Place {
    /// What relative addresses are relative to.
    pub base: Option<String>,
    /// Its own address.
    pub page: Option<String>,
    /// Whether it is a file, with its pictures perhaps beside it.
    pub saved: bool,
}

impl Place {
    /// A picture's address, whole where the page was loaded; `None` if there is no way to it.
    pub fn picture(&self, src: &str) -> Option<String> {
        let src = src.split('#').next().unwrap_or(src);
        let relative = !src.contains(':') && !src.starts_with("//");
        let beside = relative && !src.starts_with('/');
        match clean::absolute(src, self.base.as_deref()) {
            Some(whole) if !(self.saved && beside) => Some(whole),
            // Without a way to it, too: it is told then, and not lost.
            _ => (self.saved && relative && !src.is_empty()).then(|| src.to_owned()),
        }
    }
}

/// Makes them whole.
pub(super) fn settle(document: &Document, place: &Place) {
    for node in document.select("a[href]").nodes() {
        let href = dom::attribute(node, "href").unwrap_or_default();
        match fragment(&href, place) {
            Some(fragment) => within(node, fragment, place),
            // Without a way to make it whole it stays, so that what is lost can be told.
            None if place.base.is_none() && !href.contains(':') => {}
            None => set(node, "href", link(&href, place)),
        }
    }
    for node in document.select("img[src]").nodes() {
        set(node, "src", dom::attribute(node, "src").and_then(|src| place.picture(&src)));
    }
}

fn set(node: &NodeRef<'_>, name: &str, value: Option<String>) {
    match value {
        Some(value) => node.set_attr(name, &value),
        None => node.remove_attr(name),
    }
}

fn link(href: &str, place: &Place) -> Option<String> {
    if href.starts_with("mailto:") || href.starts_with("tel:") {
        return Some(href.to_owned());
    }
    clean::absolute(href, place.base.as_deref())
}

/// The links of an article that lead nowhere, since nobody knows where the page is.
pub(super) fn lost(document: &Document) -> Vec<String> {
    let links = document.select("a[href]");
    let relative = links.nodes().iter().filter_map(|node| {
        let href = dom::attribute(node, "href").filter(|href| !href.contains(':'))?;
        let text = Some(dom::line(node)).filter(|text| !text.is_empty())?;
        Some(format!("the link of “{text}” to {href}, since the page's own address is not known"))
    });
    relative.collect()
}

/// The place in the page itself that a link leads to.
fn fragment<'a>(href: &'a str, place: &Place) -> Option<&'a str> {
    let (before, fragment) = href.split_once('#')?;
    (before.is_empty() || place.page.as_deref() == Some(before)).then_some(fragment)
}

/// A link within the page: the number of a note is text in a mail, the way back from a note is nothing.
fn within(node: &NodeRef<'_>, fragment: &str, place: &Place) {
    let text = dom::line(node);
    let is_back = !text.is_empty() && text.chars().all(|c| "↩↑⬆^⇧\u{fe0e}\u{fe0f} ".contains(c));
    let is_number = text.chars().all(|c| c.is_ascii_digit() || "[](){}*†‡, ".contains(c));
    let has_picture = dom_query::Selection::from(*node).select("img").exists();
    if is_back {
        return node.remove_from_parent();
    }
    let whole = place.page.as_ref().filter(|_| !is_number && !has_picture && !fragment.is_empty());
    set(node, "href", whole.map(|page| format!("{page}#{fragment}")));
}
