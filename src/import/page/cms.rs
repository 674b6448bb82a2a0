//! The markup of known content systems: where their templates put headline, day, author, category and article.
//!
//! One table. A system is recognised by an element that only its templates make; what it then says is believed after
//! JSON-LD and microdata. Templates differ, so every place has several selectors, the surest first.

use dom_query::{Document, NodeRef, Selection};
use jiff::civil::Date;

use super::dom;
use super::facts::{Facts, ImageFact};
use crate::import::byline::{self, Part};
use crate::post::written_day;

/// Where one system puts things.
pub(super) struct System {
    /// Elements by which it is recognised.
    sign: &'static str,
    title: &'static [&'static str],
    date: &'static [&'static str],
    author: &'static [&'static str],
    categories: &'static [&'static str],
    /// Small lines with several of these in them, read as text where no element of their own says it.
    small: &'static [&'static str],
    image: &'static [&'static str],
    pub lead: &'static [&'static str],
    /// The article; all elements that a selector finds, in reading order.
    pub body: &'static [&'static str],
}

const SYSTEMS: &[System] = &[
    // TYPO3 with ext:news (EXT:news, Resources/Private/Templates/News/Detail.html).
    System {
        sign: ".news-single, .news .article, .news-text-wrap, .tx-news",
        title: &[
            ".news-single [itemprop=headline]",
            ".news-single h1",
            ".news-single .header h2",
            ".article .header h1",
            ".article .header h3",
        ],
        date: &[
            ".news-single .news-list-date time",
            ".news-single time[itemprop=datePublished]",
            ".news-single .news-list-date",
            ".news-list-date time",
            ".news-list-date",
        ],
        author: &[
            ".news-single .news-list-author [itemprop=name]",
            ".news-single .news-list-author",
            ".news-list-author",
        ],
        categories: &[
            ".news-single .news-list-category a",
            ".news-single .news-list-category span",
            ".news-list-category",
            ".news-single .news-category",
        ],
        small: &[".news-single .footer"],
        image: &[".news-img-wrap"],
        lead: &[
            ".news-single .lead",
            ".news-single .teaser-text",
            ".news-single .news-teaser",
            ".news-single [itemprop=description]",
        ],
        body: &[".news-single .news-text-wrap", ".news-text-wrap", ".news-single [itemprop=articleBody]"],
    },
    // WordPress, classic and block themes.
    System {
        sign: "article.post, .entry-content, .wp-block-post-content, body.single-post",
        title: &["h1.entry-title", ".wp-block-post-title", ".entry-header h1"],
        date: &["time.entry-date.published", "time.published", ".wp-block-post-date time", ".entry-meta time"],
        author: &[".entry-meta .author .fn", ".byline .author a", ".wp-block-post-author__name", ".entry-meta .author"],
        categories: &[".cat-links a", ".wp-block-post-terms a", "a[rel~=category]"],
        small: &[".entry-meta"],
        image: &[".wp-block-post-featured-image", ".post-thumbnail"],
        lead: &[],
        body: &["article .entry-content", ".wp-block-post-content", ".entry-content"],
    },
    // Drupal 8 to 11, and 7.
    System {
        sign: ".node--type-article, .node--type-news, .field--name-body, .field-name-body, article.node",
        title: &[".node h1", "h1.page-title", "h1.page-header", "#page-title"],
        date: &[".node__submitted time", ".node__meta time", ".field--name-field-date time", ".submitted"],
        author: &[".node__submitted .field--name-uid", ".node__meta .username", ".submitted .username"],
        categories: &[
            ".field--name-field-category .field__item",
            ".field--name-field-rubrik .field__item",
            ".field--name-field-category a",
        ],
        small: &[".node__submitted", ".submitted"],
        image: &[
            ".field--name-field-image",
            ".field--name-field-media-image",
            ".field--name-field-media",
            ".field--name-field-teaser-image",
            ".field-name-field-image",
        ],
        lead: &[
            ".field--name-field-teaser",
            ".field--name-field-teaser-text",
            ".field--name-field-lead",
            ".field--name-field-lead-text",
            ".field--name-field-intro",
            ".field--name-field-introduction",
            ".field--name-field-summary",
            ".field--name-field-abstract",
            ".field--name-field-subtitle",
            ".field--name-field-standfirst",
            ".field--name-field-anrisstext",
            ".field--name-field-vorspann",
            ".field--name-field-einleitung",
            ".field--name-field-kurztext",
            ".field--name-field-untertitel",
            ".field-name-field-lead",
            ".field-name-field-teaser",
            ".field-name-field-intro",
            ".field-name-field-subtitle",
        ],
        body: &[
            ".node--view-mode-full .field--name-body",
            ".node .field--name-body",
            ".field--name-body",
            ".field-name-body",
        ],
    },
    // Contao's news reader.
    System {
        sign: ".mod_newsreader",
        title: &[".mod_newsreader h1", ".mod_newsreader h2"],
        date: &[".mod_newsreader .info time", ".mod_newsreader time", ".mod_newsreader .info"],
        author: &[".mod_newsreader .info .author", ".mod_newsreader .author"],
        categories: &[".mod_newsreader .info .category", ".mod_newsreader .category"],
        small: &[".mod_newsreader .info"],
        image: &[".mod_newsreader .layout_full > figure", ".mod_newsreader .image_container"],
        lead: &[".mod_newsreader .teaser", ".mod_newsreader .ce_text.teaser"],
        body: &[
            // All of its elements, whatever their kinds; `prepare` has taken out what is none of the article.
            ".mod_newsreader .layout_full",
            ".mod_newsreader",
        ],
    },
    // Joomla 4 and 5.
    System {
        sign: ".com-content-article, .item-page",
        title: &[
            ".item-page [itemprop=headline]",
            ".item-page .page-header h1",
            ".item-page .page-header h2",
            ".item-page h1",
            ".item-page h2",
        ],
        date: &[".article-info .published time", ".article-info time[itemprop=datePublished]", ".article-info time"],
        author: &[".article-info .createdby [itemprop=name]", ".article-info .createdby span"],
        categories: &[
            ".article-info .category-name [itemprop=genre]",
            ".article-info .category-name a",
            ".article-info .category-name",
        ],
        small: &[],
        image: &[".item-page .item-image", ".item-page .pull-left.item-image"],
        lead: &[],
        body: &[".com-content-article__body", ".item-page [itemprop=articleBody]"],
    },
];

/// The system that made the page.
pub(super) fn system(document: &Document) -> Option<&'static System> {
    SYSTEMS.iter().find(|system| document.select(system.sign).exists())
}

/// What the system's own elements say.
pub(super) fn facts(document: &Document, system: Option<&System>) -> Facts {
    let Some(system) = system else { return Facts::default() };
    let text = |selectors: &[&str]| selectors.iter().find_map(|selector| dom::first_text(document, selector));
    let small = system.small.iter().find_map(|selector| dom::first_text(document, selector));
    let small = small.and_then(|line| byline::parts(&line)).unwrap_or_default();
    let by_line = small.into_iter().find_map(|part| match part {
        Part::Author(name) => Some(name),
        _ => None,
    });
    Facts {
        title: text(system.title),
        date: system.date.iter().find_map(|selector| date(document, selector)),
        shown_date: system.date.iter().find_map(|selector| shown(&document.select(selector))),
        author: text(system.author).map(|author| without_label(&author)).or(by_line),
        categories: system
            .categories
            .iter()
            .map(|selector| texts(document, selector))
            .find(|found| !found.is_empty())
            .unwrap_or_default(),
        image: system.image.iter().find_map(|selector| image(document, selector)),
        ..Facts::default()
    }
}

/// A day that can be read, from the attribute or the text.
fn date(document: &Document, selector: &str) -> Option<String> {
    let nodes = document.select(selector);
    nodes.nodes().iter().find_map(|node| {
        let shown = || shown_day(node).map(|day| day.to_string());
        dom::attribute(node, "datetime").filter(|written| written_day(written).is_some()).or_else(shown)
    })
}

/// The day that readers see in the first of these that shows one.
fn shown(found: &Selection<'_>) -> Option<Date> {
    found.nodes().iter().find_map(shown_day)
}

/// The day in the text of an element: `Published: 22 June 2026`.
fn shown_day(node: &NodeRef<'_>) -> Option<Date> {
    let line = dom::line(node);
    let parts = line.split(['|', '·', ',']).map(str::trim).chain([line.as_str()]);
    parts.filter_map(byline::parts).flatten().find_map(|part| part.day())
}

fn texts(document: &Document, selector: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for node in document.select(selector).nodes() {
        let text = without_label(&dom::line(node));
        if !text.is_empty() && !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// `von Anna Muster`, `Category: News` without the word in front.
fn without_label(text: &str) -> String {
    const LABELS: [&str; 11] = [
        "Geschrieben von:",
        "Geschrieben von",
        "Written by:",
        "Written by",
        "Kategorie:",
        "Category:",
        "Autor:",
        "Author:",
        "von",
        "Von",
        "by",
    ];
    let label = LABELS.iter().find_map(|label| text.strip_prefix(label).filter(|rest| rest.starts_with(' ')));
    label.unwrap_or(text).trim().to_owned()
}

fn image(document: &Document, selector: &str) -> Option<ImageFact> {
    let around = document.select(selector);
    let around = around.nodes().first()?;
    let pictures = dom_query::Selection::from(*around).select("img");
    let picture = pictures.nodes().first()?;
    let caption = dom_query::Selection::from(*around).select("figcaption, .caption, .news-img-caption");
    let caption = caption.nodes().first().map(|node: &NodeRef<'_>| dom::line(node)).unwrap_or_default();
    let (caption, credit) = super::caption::split(&caption);
    let alt = dom::attribute(picture, "alt");
    let url = dom::attribute(picture, "src")?;
    Some(ImageFact { url, alt, credit, caption, named: None })
}
