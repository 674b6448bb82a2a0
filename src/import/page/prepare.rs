//! A page made ready for its article to be taken out: without what stands around it, with its pictures in place.
//!
//! Comes in: the tree. Goes out: the same tree, changed, and what was taken out that a reader would miss.

use dom_query::Document;

use super::dom;

/// Elements that are never part of an article. The text rules of `chrome` see what has no class of its own.
const AROUND: &str = "script, style, noscript, template, nav, dialog, button, select, \
    [role=navigation], [role=search], [role=dialog], [role=banner], [role=contentinfo], [aria-hidden=true]:not(img), [hidden], \
    .breadcrumb, .breadcrumbs, .skip-link, .skiplink, .screen-reader-text, .visually-hidden, .sr-only, .invisible, \
    .share, .sharing, .social-share, .share-buttons, .sharedaddy, .addtoany_share_save_container, .shariff, \
    .social-links, .jp-relatedposts, .related, .related-posts, .related-articles, .news-related-wrap, \
    .cookie, .cookie-banner, .cookiebar, .cookie-notice, #cookie-banner, #cookie-notice, .cc-window, .borlabs-cookie, \
    #CybotCookiebotDialog, .newsletter-signup, .comments, #comments, .comment-respond, .post-navigation, \
    .nav-links, .pager, .pagenavigation, .pagination, .news-backlink-wrap, .back, .mod_navigation, .tags-links, \
    .print-link, .toc, .author-box, .post-tags, .advertisement, .ad-container";

/// What is shown by another program and cannot be in a mail.
const EMBEDDED: &str = "iframe, video, audio, object, embed";

/// Takes out what stands around, and says what embedded things went.
pub(super) fn prepare(document: &Document) -> Vec<String> {
    let mut left_out = Vec::new();
    for node in document.select(EMBEDDED).nodes() {
        let source = ["src", "data-src", "data"].iter().find_map(|name| dom::attribute(node, name));
        let what = match dom::name(node).as_str() {
            "audio" => "a sound",
            "video" => "a video",
            _ => "something embedded from another page",
        };
        if !dom::is_inside(node, &["nav", "aside", "footer", "noscript"]) {
            left_out.push(source.map_or_else(|| what.to_owned(), |source| format!("{what}: {source}")));
        }
    }
    document.select(EMBEDDED).remove();
    document.select(AROUND).remove();
    for form in document.select("form").nodes().iter().filter(|form| !dom::holds_page(form)) {
        form.remove_from_parent();
    }
    for node in document.select("img").nodes() {
        // Pictures that a script loads when they come into sight.
        let lazy = ["data-src", "data-lazy-src", "data-original"].iter().find_map(|name| dom::attribute(node, name));
        if let Some(source) = lazy {
            node.set_attr("src", &source);
        }
        // Counting pixels and spacers.
        let tiny = |name| dom::attribute(node, name).is_some_and(|size| size == "1" || size == "0");
        if tiny("width") || tiny("height") {
            node.remove_from_parent();
        }
    }
    left_out
}
