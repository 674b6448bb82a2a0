//! What a page says about itself, by the order in which it is believed: JSON-LD, microdata, the markup of known content
//! systems, OpenGraph and other metadata, `<time>`.

use dom_query::{Document, NodeRef};
use jiff::civil::Date;

use super::cms::System;
use super::{cms, dom, headline, json_ld, keywords, meta, microdata};
use crate::import::byline::{self, Part};
use crate::import::chrome::chrome;
use crate::post::written_day;

/// What one source, or all of them, say. Everything is as written.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub title: Option<String>,
    pub date: Option<String>,
    pub author: Option<String>,
    pub categories: Vec<String>,
    /// The words that the page files itself under.
    pub keywords: Vec<String>,
    pub lang: Option<String>,
    pub image: Option<ImageFact>,
    pub link: Option<String>,
    pub description: Option<String>,
    pub publisher: Option<String>,
    pub event: Option<EventFact>,
    /// The article as plain text, where the page's data holds it.
    pub text: Option<String>,
    /// The day that readers see, if it is another one.
    pub shown_date: Option<Date>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct ImageFact {
    pub url: String,
    pub alt: Option<String>,
    pub credit: Option<String>,
    pub caption: Option<String>,
    /// What the page's data says of it, in place of a description.
    pub named: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct EventFact {
    pub name: Option<String>,
    pub place: Option<String>,
    pub date: Option<String>,
}

impl Facts {
    /// These facts, and the other's where they say nothing.
    fn or(self, other: Facts) -> Facts {
        Facts {
            title: self.title.or(other.title),
            date: self.date.or(other.date),
            author: self.author.or(other.author),
            categories: if self.categories.is_empty() { other.categories } else { self.categories },
            keywords: if self.keywords.is_empty() { other.keywords } else { self.keywords },
            lang: self.lang.or(other.lang),
            image: image(self.image, other.image),
            link: self.link.or(other.link),
            description: self.description.or(other.description),
            publisher: self.publisher.or(other.publisher),
            event: self.event.or(other.event),
            text: self.text.or(other.text),
            shown_date: self.shown_date.or(other.shown_date),
        }
    }
}

/// The first of two, with what the other says of it; the other, where that one alone is described.
fn image(first: Option<ImageFact>, other: Option<ImageFact>) -> Option<ImageFact> {
    let (Some(first), Some(other)) = (&first, &other) else { return first.or(other) };
    let same = super::picture_stem(&first.url) == super::picture_stem(&other.url);
    Some(match (same, &first.alt, &other.alt) {
        (true, ..) => ImageFact {
            url: first.url.clone(),
            alt: first.alt.clone().or(other.alt.clone()),
            credit: first.credit.clone().or(other.credit.clone()),
            caption: first.caption.clone().or(other.caption.clone()),
            named: first.named.clone().or(other.named.clone()),
        },
        (false, None, Some(_)) => other.clone(),
        _ => first.clone(),
    })
}

/// Everything the page says.
pub(super) fn collect(document: &Document, system: Option<&System>) -> Facts {
    let structured = json_ld::facts(document).or(microdata::facts(document));
    let system = cms::facts(document, system);
    let metadata = meta::facts(document);
    let lang = metadata.lang.clone();
    let shown = system.shown_date.or_else(|| shown_date(document));
    let lines = days_at_headline(document);
    let mut facts = structured.or(system).or(metadata);
    // The page's own language attribute holds for the text; what its data names may be the site's.
    facts.lang = lang.or(facts.lang);
    facts.title = facts.title.map(|title| readers_title(document, title));
    facts.date = facts.date.or_else(|| time(document)).filter(|date| !date.is_empty());
    beside_title(document, &mut facts);
    let day = facts.date.as_deref().and_then(written_day);
    let agrees = day.is_some_and(|day| lines.contains(&day));
    facts.shown_date = shown.or_else(|| lines.into_iter().next().filter(|_| !agrees));
    facts.keywords = keywords::keywords(document, facts.keywords);
    facts.categories.retain(|category| !category.is_empty());
    facts.categories.dedup();
    facts.author = facts.author.filter(|author| !is_account(author));
    facts
}

/// The headline that readers see, where the data has only the beginning of it.
fn readers_title(document: &Document, title: String) -> String {
    let stem = title.trim_end_matches(['…', '.']).trim_end();
    match headline::text(document) {
        Some(shown) if shown.starts_with(stem) => shown,
        _ => title,
    }
}

/// Names of accounts that are no person's.
fn is_account(author: &str) -> bool {
    ["admin", "administrator", "webmaster", "root", "editor", "user", "super user", "redaktion admin"]
        .contains(&author.to_lowercase().as_str())
}

/// The first `<time>` of the article, or of the page outside of menus and teasers.
fn time(document: &Document) -> Option<String> {
    ["time[pubdate]", "article time", "main time", "time"].iter().find_map(|selector| {
        let nodes = document.select(selector);
        nodes.nodes().iter().filter(|node| !dom::is_inside(node, &["nav", "aside", "footer"])).find_map(|node| {
            let written = dom::attribute(node, "datetime").unwrap_or_else(|| dom::line(node));
            written_day(&written).map(|_| written)
        })
    })
}

/// Day and author from small lines right beside the headline, where nothing else names them.
fn beside_title(document: &Document, facts: &mut Facts) {
    let Some(headline) = headline::element(document) else { return };
    let around = headline.parent().into_iter().flat_map(|parent| parent.element_children());
    let lines = around.chain(headline.parent().and_then(|parent| parent.next_element_sibling()));
    for part in lines.filter_map(|node| byline::parts(&small(&node))).flatten() {
        match part {
            Part::Date(date) => _ = facts.date.get_or_insert(date.to_string()),
            Part::UnclearDate(written) => _ = facts.date.get_or_insert(written),
            Part::Author(name) => _ = facts.author.get_or_insert(name),
            Part::Category(name) if facts.categories.is_empty() && chrome(&name).is_none() => {
                facts.categories.push(name)
            }
            Part::Category(_) | Part::Noise => {}
        }
    }
}

/// A small line; elements side by side are parts of it, as if bars were between them.
pub(super) fn small(node: &NodeRef<'_>) -> String {
    let parts = node.element_children();
    let own = node.children_it(false).filter(NodeRef::is_text).any(|text| !text.text().trim().is_empty());
    if own || parts.len() < 2 || parts.iter().any(super::blocks::is_block) {
        return dom::line(node);
    }
    parts.iter().map(dom::line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" | ")
}

/// The most elements around a headline that are looked at.
const MOST_AROUND: usize = 200;

/// The days in small lines around the headline, up to where the text begins.
fn days_at_headline(document: &Document) -> Vec<Date> {
    let Some(headline) = headline::element(document) else { return Vec::new() };
    let own = |outer: &NodeRef<'_>| outer.has_name("article") || outer.has_name("main");
    let Some(holder) = headline.ancestors_it(None).find(own).or_else(|| headline.parent()) else { return Vec::new() };
    let is_text = |node: &NodeRef<'_>| node.is_text() && node.text().chars().count() > byline::LONGEST;
    let head = holder.descendants_it().take_while(|node| !is_text(node)).filter(NodeRef::is_element);
    let lines = head.take(MOST_AROUND);
    let lines = lines.filter(|node| !dom::is_inside(node, &["nav", "aside", "footer"]));
    let parts = lines.filter_map(|node| byline::parts(&small(&node))).flatten();
    parts.filter_map(|part| part.day()).collect()
}

/// The day that readers see in the article's own `<time>`.
fn shown_date(document: &Document) -> Option<Date> {
    let nodes = document.select("article header time, article time");
    let node = nodes.nodes().first()?;
    written_day(&dom::line(node))
}
