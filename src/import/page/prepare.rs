//! A page made ready for its article to be taken out: without what stands around it.
//!
//! Comes in: the tree. Goes out: the same tree, changed, and what was taken out that a reader would miss.

use dom_query::{Document, NodeRef, Selection};

use super::dom;

/// Elements that are never part of an article. The text rules of `chrome` see what has no class of its own.
const AROUND: &str = "script, style, noscript, template, nav, dialog, button, select, \
    [role=navigation], [role=search], [role=dialog], [role=banner], [role=contentinfo], [aria-hidden=true]:not(img), [hidden], \
    .breadcrumb, .breadcrumbs, .skip-link, .skiplink, .screen-reader-text, .visually-hidden, .sr-only, .invisible, \
    .share, .sharing, .social-share, .share-buttons, .sharedaddy, .addtoany_share_save_container, .shariff, \
    .social-links, .jp-relatedposts, .related, .related-posts, .related-articles, .news-related-wrap, \
    .cookie, .cookie-banner, .cookiebar, .cookie-notice, #cookie-banner, #cookie-notice, .cc-window, .borlabs-cookie, \
    #CybotCookiebotDialog, .newsletter-signup, .comments, #comments, .comment-respond, .post-navigation, \
    .page-links, .post-nav-links, .articlepagination, .nav-links, .pager, .pagenavigation, .pagination, .news-backlink-wrap, .back, .mod_navigation, .tags-links, \
    .print-link, .toc, #toc, .author-box, .post-tags, .advertisement, .ad-container, \
    #ez-toc-container, #toc_container, .lwptoc, .wp-block-rank-math-toc-block, .rank-math-toc, .mod_toc, \
    .nav-tabs, [role=tablist], .post-views, .entry-views, .a2a_kit, .heateor_sss_sharing_container, .ssba, .essb_links, \
    .cmplz-cookiebanner, #cmplz-cookiebanner-container, #cookieman-modal, #usercentrics-root, .klaro, .cookie-consent, \
    .mod_newsreader .info, .mod_newsreader .back, .ce_comments, .comment_default, .com_content .article-info, \
    #system-readmore, .BorlabsCookie, .brlbs-cmpnt-container, .embed-privacy-overlay, .embed-privacy-container, \
    .icons, .field--name-field-tags, .comment-forbidden, .news-related-files, .print-only, .ce_back";

/// Captions of pictures by their classes.
const CAPTIONS: &str = ".caption, .wp-caption-text, .image-caption, .img-caption, .picture-caption, .bildunterschrift, \
    .bild-unterschrift, .gallery-caption";

/// The numbers of an article's other pages.
const PAGES: &str = ".page-links a[href], .post-nav-links a[href], .articlepagination a[href]";

/// What is shown by another program and cannot be in a mail.
const EMBEDDED: &str = "iframe, video, audio, object, embed";

/// The caption of something embedded, which goes with it.
fn caption(node: &NodeRef<'_>) -> Option<String> {
    let figure = node.ancestors_it(Some(6)).find(|outer| outer.has_name("figure"))?;
    let figure = Selection::from(figure);
    if figure.select("img, blockquote, table").exists() {
        return None;
    }
    let captions = figure.select("figcaption");
    let caption = captions.nodes().first()?;
    let text = dom::line(caption);
    caption.remove_from_parent();
    Some(text).filter(|text| !text.is_empty())
}

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
        if dom::is_inside(node, &["nav", "aside", "footer", "noscript"]) {
            continue;
        }
        let caption = caption(node).map(|caption| format!(" (“{caption}”)")).unwrap_or_default();
        left_out.push(source.map_or_else(|| format!("{what}{caption}"), |source| format!("{what}: {source}{caption}")));
    }
    for node in document.select(PAGES).nodes() {
        left_out.extend(dom::attribute(node, "href").map(|href| format!("another page of the article: {href}")));
    }
    document.select(EMBEDDED).remove();
    // The headings of what folds and unfolds.
    for node in
        document.select("h1 button, h2 button, h3 button, h4 button, h5 button, h6 button, summary button").nodes()
    {
        node.rename("span");
    }
    document.select(AROUND).remove();
    for form in document.select("form").nodes().iter().filter(|form| !dom::holds_page(form)) {
        form.remove_from_parent();
    }
    for cell in document.select("td").nodes().iter().filter(|cell| is_menu(cell)) {
        cell.remove_from_parent();
    }
    name_figures(document);
    align(document);
    left_out
}

/// A cell of a page made of tables: nothing but links, three of them or more, beside the article.
fn is_menu(cell: &NodeRef<'_>) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let table = cell.ancestors_it(None).find(|outer| outer.has_name("table"));
    let has_heads = table.is_some_and(|table| Selection::from(table).select("th").exists());
    let links = Selection::from(*cell).select("a");
    let linked: usize = links.nodes().iter().map(|link| letters(&link.text())).sum();
    !has_heads && links.length() >= 3 && linked == letters(&cell.text())
}

/// Makes a figure of what holds a picture and its caption, and nothing more.
fn name_figures(document: &Document) {
    let letters = |node: &NodeRef<'_>| node.text().chars().filter(|c| c.is_alphanumeric()).count();
    for caption in document.select(CAPTIONS).nodes().iter().filter(|caption| !caption.has_name("figcaption")) {
        let holds_picture = |node: &NodeRef<'_>| Selection::from(*node).select("img").exists();
        let around = caption.ancestors_it(Some(2)).find(holds_picture);
        if let Some(around) = around.filter(|around| letters(around) == letters(caption) && !around.has_name("figure"))
        {
            around.rename("figure");
            caption.rename("figcaption");
        }
    }
}

/// Cells that styles or classes move to a side, as the attribute that says so.
fn align(document: &Document) {
    for node in document.select("td, th").nodes() {
        let said = |name| node.attr(name).map(|value| value.to_lowercase().replace(' ', "")).unwrap_or_default();
        let (style, class) = (said("style"), said("class"));
        for side in ["right", "center"] {
            let classes = [format!("text-{side}"), format!("align-{side}"), format!("align{side}")];
            if style.contains(&format!("text-align:{side}")) || classes.iter().any(|name| class.contains(name)) {
                node.set_attr("align", side);
            }
        }
    }
}
