//! The headline among a page's `<h1>`: many a site has its own name in one, too.

use dom_query::{Document, NodeRef, Selection};

use super::{dom, same_text};

/// Where templates put the site's name.
const LOGO: &str = "#logo, .logo, .site-title, .site-name, .site-branding, .navbar-brand, .brand, .custom-logo-link";

/// The element with the headline: the article's, the page's own, or the one that the window's title names.
pub(super) fn element(document: &Document) -> Option<NodeRef<'_>> {
    let all = document.select("h1");
    let shown: Vec<NodeRef<'_>> =
        all.nodes().iter().filter(|node| !dom::line(node).is_empty() && !is_logo(node)).copied().collect();
    let within = |names: &[&str]| shown.iter().find(|node| dom::is_inside(node, names));
    let main = || shown.iter().find(|node| node.ancestors_it(None).any(|outer| is_main(&outer)));
    let titles = [
        dom::first_attribute(document, "meta[property=\"og:title\"]", "content"),
        dom::first_text(document, "head title"),
    ];
    let is_part = |node: &&NodeRef<'_>| {
        let headline = dom::line(node);
        titles.iter().flatten().any(|title| {
            [" - ", " – ", " | ", " :: ", " » ", " · "]
                .iter()
                .any(|sign| title.split(sign).any(|part| same_text(part, &headline)))
        })
    };
    let below = || shown.iter().filter(|node| !dom::is_inside(node, &["header"]));
    let agreed = || below().find(is_part).or_else(|| shown.iter().find(is_part));
    within(&["article"]).or_else(main).or_else(agreed).or_else(|| below().next()).or(shown.first()).copied()
}

/// The headline that readers see.
pub(super) fn text(document: &Document) -> Option<String> {
    element(document).map(|node| dom::line(&node))
}

fn is_main(node: &NodeRef<'_>) -> bool {
    node.has_name("main") || dom::attribute(node, "role").is_some_and(|role| role == "main")
}

/// Whether it is the site's name: in a logo's place, or a link to where the site begins.
fn is_logo(node: &NodeRef<'_>) -> bool {
    let named = |node: &NodeRef<'_>| node.is(LOGO);
    let links = Selection::from(*node).select("a[href]");
    let home = links.nodes().iter().any(|link| {
        let href = dom::attribute(link, "href").unwrap_or_default();
        let path =
            href.split_once("://").map_or(href.as_str(), |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        ["/", "./", "index.html", "/index.html", "/index.php"].contains(&path)
    });
    home || named(node) || node.ancestors_it(Some(2)).any(|outer| named(&outer))
}
