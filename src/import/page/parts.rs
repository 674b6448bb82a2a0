//! The parts of the element that holds the article: which of them are in it.
//!
//! Comes in: the tree, and what dom_smoothie takes for the article. It judges parts by the names of their classes and by
//! their length, and leaves out short columns, pictures and boxes. Goes out: the element with all of its parts in their
//! order, but those that are of the page and not of the article; a reader would miss some of these, so they are told.

use std::collections::{HashMap, HashSet};

use dom_query::{Document, NodeId, NodeRef, Selection};

use super::{blocks, dom, facts, headline};
use crate::import::byline;
use crate::import::chrome::chrome;

/// The attribute that numbers pictures and elements with text of their own.
const MARK: &str = "data-part";

/// Names of parts that are around every article of a site.
const AROUND: [&str; 23] = [
    "breadcrumb",
    "breadcrumbs",
    "consent",
    "cookie",
    "cookies",
    "dsgvo",
    "gdpr",
    "menu",
    "nav",
    "navbar",
    "navigation",
    "pager",
    "pagination",
    "print",
    "search",
    "searchform",
    "share",
    "sharing",
    "shariff",
    "social",
    "socials",
    "suche",
    "toc",
];

/// Names of parts that are beside an article.
const BESIDE: [&str; 23] = [
    "ad",
    "ads",
    "advertisement",
    "anzeige",
    "author",
    "autor",
    "autorin",
    "bio",
    "byline",
    "comment",
    "comments",
    "modal",
    "newsletter",
    "outbrain",
    "popup",
    "promo",
    "recommended",
    "related",
    "shopping",
    "sidebar",
    "taboola",
    "tags",
    "werbung",
];

/// What an article links to for its own sake: files.
const FILES: [&str; 14] = [
    ".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods", ".csv", ".ppt", ".pptx", ".odp", ".zip", ".ics", ".epub",
];

/// Far from the article, a part with fewer letters than this is no text.
const LITTLE: usize = 30;

/// The most characters of a part that are told.
const TOLD: usize = 120;

/// Numbers the parts.
pub(super) fn mark(document: &Document) {
    let Some(body) = document.body() else { return };
    let own_text = |node: &NodeRef<'_>| node.children_it(false).any(|child| child.is_nonempty_text());
    let parts = |node: &NodeRef<'_>| node.is_element() && (node.has_name("img") || own_text(node));
    for (at, node) in body.descendants().iter().filter(|node| parts(node)).enumerate() {
        node.set_attr(MARK, &at.to_string());
    }
}

/// Moves the numbers of a copy where dom_smoothie keeps them: it takes a paragraph of its own for a `<div>` with text.
pub(super) fn settle_marks(document: &Document) {
    for node in document.select(&format!("div[{MARK}]")).nodes() {
        if node.descendants_it().any(|inner| blocks::is_block(&inner)) {
            continue;
        }
        let paragraph = node.tree.new_element("p");
        node.tree.reparent_children_of(&node.id, Some(paragraph.id));
        node.append_child(&paragraph);
        paragraph.set_attr(MARK, &dom::attribute(node, MARK).unwrap_or_default());
        node.remove_attr(MARK);
    }
}

/// The element that holds the article, without what is none of it. `chosen` is the HTML that dom_smoothie made of a copy;
/// `None` if nothing in it has a number.
pub(super) fn of_article(document: &Document, chosen: &str, left_out: &mut Vec<String>) -> Option<String> {
    let chosen = Document::fragment(chosen);
    let marked = format!("[{MARK}]");
    let numbers: HashSet<String> =
        chosen.select(&marked).nodes().iter().filter_map(|node| dom::attribute(node, MARK)).collect();
    let parts = document.select(&marked);
    let kept = parts.nodes().iter().filter(|node| dom::attribute(node, MARK).is_some_and(|at| numbers.contains(&at)));
    let mut within: HashMap<NodeId, usize> = HashMap::new();
    let mut all = 0;
    for node in kept {
        all += 1;
        for outer in std::iter::once(*node).chain(node.ancestors_it(None)) {
            *within.entry(outer.id).or_default() += 1;
        }
    }
    if all == 0 {
        return None;
    }
    let holds_all = |node: &NodeRef<'_>| within.get(&node.id) == Some(&all);
    let body = document.body()?;
    let mut nearest = body;
    while let Some(inner) = nearest.element_children().into_iter().find(holds_all) {
        nearest = inner;
    }
    let around = |names: &[&str]| {
        nearest.ancestors_it(None).find(|outer| {
            names.contains(&dom::name(outer).as_str()) || (names.contains(&"main") && role(outer) == "main")
        })
    };
    let holder = around(&["article"]).unwrap_or(nearest);
    let headline =
        headline::element(document).filter(|headline| headline.ancestors_it(None).any(|outer| outer.id == holder.id));
    let headline = headline.map(|headline| headline.id);
    let mut sorter = Sorter { within, all, passed: 0, headline, is_page: holder.id == body.id, left_out };
    sorter.sort(&holder);
    if let Some(main) = around(&["main"]).filter(|main| main.id != holder.id) {
        sorter.tell_around(&main, &holder);
    }
    without_cells(&holder);
    Some(holder.html().to_string())
}

/// Makes blocks of rows and cells whose table is around them: without it they would run together.
fn without_cells(node: &NodeRef<'_>) {
    if ["tbody", "thead", "tfoot", "tr", "td", "th"].contains(&dom::name(node).as_str()) {
        node.rename("div");
        node.element_children().iter().for_each(without_cells);
    }
}

/// Goes through the parts in their order.
struct Sorter<'a> {
    /// How many chosen parts an element holds, itself included.
    within: HashMap<NodeId, usize>,
    all: usize,
    passed: usize,
    /// The headline that is still to come.
    headline: Option<NodeId>,
    /// Whether nothing smaller than the page holds the article.
    is_page: bool,
    left_out: &'a mut Vec<String>,
}

/// What becomes of a part.
enum Fate {
    Stays,
    Told,
    Goes,
}

impl Sorter<'_> {
    fn holds(&self, node: &NodeRef<'_>) -> bool {
        self.within.contains_key(&node.id)
    }

    /// Sorts the parts of an element that holds chosen ones.
    fn sort(&mut self, node: &NodeRef<'_>) {
        for child in node.element_children() {
            let inner: usize = child.element_children().iter().filter_map(|inner| self.within.get(&inner.id)).sum();
            let own = self.within.get(&child.id).copied().unwrap_or_default().saturating_sub(inner);
            self.passed += own;
            if self.headline == Some(child.id) {
                self.headline = None;
            }
            match self.holds(&child) {
                true => self.sort(&child),
                false => self.judge(&child),
            }
        }
    }

    /// Leaves a part in or out that was not chosen.
    fn judge(&mut self, node: &NodeRef<'_>) {
        let holds_headline = |node: &NodeRef<'_>, headline| node.descendants_it().any(|inner| inner.id == headline);
        if self.headline.is_some_and(|headline| holds_headline(node, headline)) && !is_named(node, &AROUND) {
            return self.sort(node);
        }
        let begun = self.headline.is_none() && self.passed > 0;
        let outside = self.is_page && (self.passed == 0 || self.passed == self.all);
        let before = self.headline.is_some() && self.passed == 0;
        match fate(node, begun) {
            Fate::Stays if outside || before => {
                self.tell(node, if outside { LITTLE } else { 1 });
                node.remove_from_parent();
            }
            Fate::Stays => strip(node, begun),
            Fate::Told => {
                self.tell(node, if outside { LITTLE } else { 1 });
                node.remove_from_parent();
            }
            Fate::Goes => node.remove_from_parent(),
        }
    }

    fn tell(&mut self, node: &NodeRef<'_>, least: usize) {
        let mut lines = crate::import::paragraphs(&blocks::of_children(node, 0));
        lines.retain(|line| chrome(line).is_none());
        let text = dom::one_line(&lines.join(" "));
        if text.chars().filter(|c| c.is_alphabetic()).count() >= least {
            self.left_out.push(format!("a box: “{}”", shortened(&text)));
        } else if least == 1 {
            let pictures = Selection::from(*node).select("img[src]");
            let sources = pictures.nodes().iter().filter_map(|picture| dom::attribute(picture, "src"));
            self.left_out.extend(sources.map(|source| format!("a picture: {source}")));
        }
    }

    /// Tells what is beside the article in the page's own part.
    fn tell_around(&mut self, main: &NodeRef<'_>, holder: &NodeRef<'_>) {
        for child in main.element_children().iter().filter(|child| child.id != holder.id) {
            if self.holds(child) {
                self.tell_around(child, holder);
            } else if !matches!(fate(child, false), Fate::Goes) && !Selection::from(*child).select("h1").exists() {
                self.tell(child, LITTLE);
            }
        }
    }
}

/// What becomes of a part that was not chosen. `begun` says whether the article's text has begun before it.
fn fate(node: &NodeRef<'_>, begun: bool) -> Fate {
    let small = || !begun && byline::parts(&facts::small(node)).is_some();
    if is_hidden(node) || node.has_name("nav") || is_named(node, &AROUND) || small() || (node.has_name("h1") && !begun)
    {
        return Fate::Goes;
    }
    let has_blocks = blocks::is_block(node) || node.descendants_it().any(|inner| blocks::is_block(&inner));
    let is_inline = !has_blocks && node.parent().is_some_and(|parent| parent.has_attr(MARK));
    if is_inline {
        return Fate::Stays;
    }
    let headings = Selection::from(*node).select("h2, h3, h4, h5, h6");
    let leads_on = headings.nodes().first().is_some_and(|heading| super::is_related(&dom::line(heading)));
    if leads_on {
        return Fate::Goes;
    }
    let beside = node.has_name("aside") || node.has_name("footer") || is_named(node, &BESIDE);
    let linked = |heading: &&NodeRef<'_>| {
        dom::is_inside(heading, &["a"]) || Selection::from(**heading).select("a[href]").exists()
    };
    let linked = headings.nodes().iter().filter(linked).count();
    if beside || (linked > 0 && linked * 2 >= headings.length()) || is_links(node) {
        return Fate::Told;
    }
    Fate::Stays
}

/// Takes out of a part that stays what stays nowhere.
fn strip(node: &NodeRef<'_>, begun: bool) {
    for child in node.element_children() {
        let small = !begun && byline::parts(&facts::small(&child)).is_some();
        if is_hidden(&child) || child.has_name("nav") || is_named(&child, &AROUND) || small {
            child.remove_from_parent();
        } else {
            strip(&child, begun);
        }
    }
}

fn is_hidden(node: &NodeRef<'_>) -> bool {
    let style = dom::attribute(node, "style").unwrap_or_default().to_lowercase().replace(' ', "");
    style.contains("display:none") || style.contains("visibility:hidden")
}

fn role(node: &NodeRef<'_>) -> String {
    dom::attribute(node, "role").unwrap_or_default()
}

/// Whether a class or the id of an element has one of these words: `elementor-share-buttons`.
fn is_named(node: &NodeRef<'_>, words: &[&str]) -> bool {
    let names = ["class", "id"].into_iter().filter_map(|name| dom::attribute(node, name));
    let names = names.map(|name| name.to_lowercase()).collect::<Vec<_>>().join(" ");
    names.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

/// Whether most of it is links to other pages.
fn is_links(node: &NodeRef<'_>) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let links = Selection::from(*node).select("a[href]");
    let leads_on = |link: &&NodeRef<'_>| {
        let href = dom::attribute(link, "href").unwrap_or_default().to_lowercase();
        let path = href.split(['?', '#']).next().unwrap_or_default();
        let is_file = FILES.iter().any(|ending| path.ends_with(ending));
        !is_file && !href.starts_with("mailto:") && !href.starts_with("tel:")
    };
    let linked: usize = links.nodes().iter().filter(leads_on).map(|link| letters(&link.text())).sum();
    linked * 2 > letters(&node.text())
}

/// The beginning of a text, up to a word's end.
fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(TOLD) else { return text.to_owned() };
    let whole = text[..end].rfind(' ').unwrap_or(end);
    format!("{} …", &text[..whole])
}
