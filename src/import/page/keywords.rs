//! The words by which a page files itself: its data's keywords, and the links to other articles with the same word.

use dom_query::Document;

use super::dom;

/// Where systems put these links.
const LINKS: &str = ".tags-links a, .post-tags a, .tagcloud a, .field--name-field-tags a, .news-list-tags a, \
    .com-content-article .tags a, .item-page .tags a, .mod_newsreader .tags a, a[rel=tag]";
/// A page that files itself under more than these wants to be found by all of them.
const MOST: usize = 6;

/// The words, each once. `data` are those of the page's data.
pub(super) fn keywords(document: &Document, data: Vec<String>) -> Vec<String> {
    let articles = document.select("meta[property=\"article:tag\"]");
    let links = document.select(LINKS);
    let named = articles.nodes().iter().filter_map(|node| dom::attribute(node, "content"));
    let linked = links.nodes().iter().map(dom::line);
    let mut found: Vec<String> = Vec::new();
    for word in data.into_iter().chain(named).chain(linked) {
        let word = word.trim_start_matches('#').trim();
        let fits = (2..=40).contains(&word.chars().count()) && word.chars().any(char::is_alphabetic);
        if fits && !found.iter().any(|other| other.eq_ignore_ascii_case(word)) {
            found.push(word.to_owned());
        }
    }
    found.truncate(MOST);
    found
}
