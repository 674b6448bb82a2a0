//! The article of a page: where the content system says it is, else where it looks like one (dom_smoothie).

use dom_query::{Document, NodeRef, Selection};
use dom_smoothie::{Config, Readability};

use super::cms::System;
use super::facts::Facts;
use super::{addresses, blocks, clean, dom, figure, parts, prepare};
use crate::post::{Block, BlockKind, Inline};

/// What was found.
pub(super) struct Article {
    pub blocks: Vec<Block>,
    pub left_out: Vec<String>,
    /// Texts that stand below pictures and go with them.
    pub captions: Vec<String>,
}

/// A named place with fewer letters than this is empty or holds something else.
const LITTLE: usize = 30;

/// A page with fewer letters than this is short.
const SHORT: usize = 1_500;

/// Finds and reads the article.
pub(super) fn read(document: Document, system: Option<&System>, facts: &Facts) -> Article {
    let mut left_out = prepare::prepare(&document);
    let lead = lead(&document, system);
    let html = named(&document, system).unwrap_or_else(|| guessed(&document, facts, &mut left_out));
    let html = clean::clean(&html);
    let cleaned = Document::fragment(html);
    left_out.extend(addresses::lost(&cleaned));
    let captions = figure::captions(&cleaned);
    let mut blocks = blocks::of_children(&cleaned.root(), 0);
    if blocks.is_empty() {
        blocks = facts.text.as_deref().map(plain).unwrap_or_default();
    }
    if let Some(lead) = lead.filter(|_| !blocks.is_empty()) {
        put_in_front(&clean::clean(&lead), &mut blocks);
    }
    Article { blocks, left_out, captions }
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

/// Whether the page is no article, but leads to several: headings that are links, each in an article of its own.
pub(super) fn are_several(document: &Document, system: Option<&System>) -> bool {
    let teasers = document.select("article");
    let nodes = outermost(&teasers);
    let leads = |node: &&NodeRef<'_>| Selection::from(**node).select("h2 a[href], h3 a[href], h4 a[href]").exists();
    let count = nodes.iter().filter(|node| !dom::is_inside(node, &["aside", "footer", "nav"])).filter(leads).count();
    count >= 3 && count == nodes.len() && named(document, system).is_none()
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

/// Where it looks like an article; else all that the page has. What is beside it there is told.
fn guessed(document: &Document, facts: &Facts, left_out: &mut Vec<String>) -> String {
    let letters_of = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    let all = document.select("body").nodes().iter().map(letters).sum::<usize>();
    // On short pages the guess may be a single paragraph of several; they have little around it, so all may be taken.
    let short = all < SHORT;
    let title = letters_of(facts.title.as_deref().unwrap_or(""));
    parts::mark(document);
    let copy = document.clone();
    parts::settle_marks(&copy);
    let config = Config { keep_classes: true, disable_json_ld: true, char_threshold: 200, ..Config::default() };
    let chosen = Readability::with_document(copy, None, Some(config)).and_then(|mut page| page.parse());
    let Ok(chosen) = chosen else { return whole(document).unwrap_or_default() };
    let found = letters_of(&chosen.text_content);
    let missing = all.saturating_sub(found).saturating_sub(title);
    let is_whole = found < LITTLE || (short && missing * 4 > all);
    if let Some(whole) = is_whole.then(|| whole(document)).flatten() {
        return whole;
    }
    parts::of_article(document, &chosen.content, left_out).unwrap_or_else(|| chosen.content.to_string())
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
