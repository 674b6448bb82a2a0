//! The article of a page: where the content system says it is, else where it looks like one (dom_smoothie).

use dom_query::{Document, NodeRef, Selection};
use dom_smoothie::{Config, Readability};

use super::cms::System;
use super::facts::Facts;
use super::{blocks, clean, dom, prepare};
use crate::post::{Block, BlockKind, Inline};

/// What was found.
pub(super) struct Article {
    pub blocks: Vec<Block>,
    pub left_out: Vec<String>,
}

/// A named place with fewer letters than this is empty or holds something else.
const LITTLE: usize = 30;

/// A page with fewer letters than this is short.
const SHORT: usize = 1_500;

/// Finds and reads the article. `base` makes its addresses whole.
pub(super) fn read(document: Document, system: Option<&System>, facts: &Facts, base: Option<&str>) -> Article {
    let left_out = prepare::prepare(&document);
    let lead = lead(&document, system);
    let html = named(&document, system).unwrap_or_else(|| guessed(document, facts));
    let mut blocks = blocks::read(&clean::clean(&html, base));
    if blocks.is_empty() {
        blocks = facts.text.as_deref().map(plain).unwrap_or_default();
    }
    if let Some(lead) = lead.filter(|_| !blocks.is_empty()) {
        put_in_front(&clean::clean(&lead, base), &mut blocks);
    }
    Article { blocks, left_out }
}

/// The elements where microdata or the content system say that the article is.
fn named(document: &Document, system: Option<&System>) -> Option<String> {
    let system = system.map(|system| system.body).unwrap_or_default();
    let selectors = system.iter().copied().chain(["[itemprop~=\"articleBody\"]"]);
    selectors.map(|selector| document.select(selector)).find_map(|found| {
        let nodes = outermost(&found);
        let letters: usize = nodes.iter().map(|node| letters(node)).sum();
        (letters >= LITTLE).then(|| nodes.iter().map(|node| node.html().to_string()).collect::<Vec<_>>().join("\n"))
    })
}

fn letters(node: &NodeRef<'_>) -> usize {
    node.text().chars().filter(|c| c.is_alphabetic()).count()
}

/// Those that lie in none of the others.
fn outermost<'a>(found: &Selection<'a>) -> Vec<NodeRef<'a>> {
    let nodes = found.nodes();
    let inner =
        |node: &NodeRef<'a>| node.ancestors_it(None).any(|outer| nodes.iter().any(|other| other.id == outer.id));
    nodes.iter().filter(|node| !inner(node)).copied().collect()
}

fn lead(document: &Document, system: Option<&System>) -> Option<String> {
    let selectors = system.map(|system| system.lead).unwrap_or_default();
    selectors.iter().find_map(|selector| {
        let found = document.select(selector);
        found.nodes().first().filter(|node| letters(node) >= LITTLE).map(|node| node.html().to_string())
    })
}

/// Where it looks like an article; else all that the page has.
fn guessed(document: Document, facts: &Facts) -> String {
    let letters_of = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    let all = document.select("body").nodes().iter().map(letters).sum::<usize>();
    // On short pages the guess may be a single paragraph of several; they have little around it, so all may be taken.
    let whole = (all < SHORT).then(|| whole(&document)).flatten();
    let title = letters_of(facts.title.as_deref().unwrap_or(""));
    let copy = document.clone();
    let config = Config { keep_classes: true, disable_json_ld: true, char_threshold: 200, ..Config::default() };
    let article = Readability::with_document(document, None, Some(config)).and_then(|mut page| page.parse());
    let Ok(article) = article else { return whole.or_else(|| self::whole(&copy)).unwrap_or_default() };
    let found = letters_of(&article.text_content);
    let missing = all.saturating_sub(found).saturating_sub(title);
    if found < LITTLE || missing * 4 > all {
        let whole = if found < LITTLE { whole.or_else(|| self::whole(&copy)) } else { whole };
        return whole.unwrap_or_else(|| article.content.to_string());
    }
    article.content.to_string()
}

/// The one element that holds the page's own part.
fn whole(document: &Document) -> Option<String> {
    ["article", "main", "[role=main]", "body"].iter().find_map(|selector| match document.select(selector).nodes() {
        [node] => Some(node.html().to_string()),
        _ => None,
    })
}

/// The lead, unless the article begins with it.
fn put_in_front(lead: &str, blocks: &mut Vec<Block>) {
    let lead = blocks::read(lead);
    let text = |blocks: &[Block]| squeezed(&crate::import::paragraphs(blocks).join(" "));
    if !lead.is_empty() && !text(blocks).contains(&text(&lead)) {
        blocks.splice(0..0, lead);
    }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Plain text of the page's data as paragraphs.
fn plain(text: &str) -> Vec<Block> {
    let lines = text.lines().map(dom::one_line).filter(|line| !line.is_empty());
    lines.map(|line| Block { line: 0, kind: BlockKind::Paragraph(vec![Inline::Text(line)]) }).collect()
}
