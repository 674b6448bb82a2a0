//! Teasers of other articles, taken out of a page before anything is read from it: their headlines and days are none of
//! the article's, and may stand before it.

use dom_query::{Document, NodeRef, Selection};

/// Lists that systems make of other articles, and single teasers in them.
const TEASERS: &str = ".news-list-view, .news-latest-view, .news-related, .news-menu-view, .news-date-menu, \
    .node--view-mode-teaser, .node--view-mode-card, .view-mode-teaser, .node-teaser, \
    .mod_newslist, .mod_newsarchive, .mod_newsmenu, .layout_latest, .layout_short, .layout_simple, \
    .mod-articlesnews, .mod-articleslatest, .mod-list, .mod-relateditems, \
    .wp-block-latest-posts, .widget_recent_entries, .widget-area, .yarpp, .crp_related, .rp4wp-related-posts";

/// Takes them out, except where one holds the page's own headline.
pub(super) fn remove(document: &Document) {
    let holds_headline = |node: &NodeRef<'_>| Selection::from(*node).select("h1").exists();
    for node in document.select(TEASERS).nodes().iter().filter(|node| !holds_headline(node)) {
        node.remove_from_parent();
    }
}
