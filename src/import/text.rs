//! Raw text, copied from a page: what of it is the headline, the small lines, and the article.
//!
//! Comes in: decoded text. Goes out: a draft whose paragraphs are the text's own, letter for letter. Nothing in it is
//! read as Markdown.

use super::byline::{self, Part};
use super::chrome::chrome;
use super::dateline::dateline;
use super::{Draft, Refused};
use crate::post::{Block, BlockKind, Inline};

mod lines;

/// The longest headline, in characters.
const LONGEST_TITLE: usize = 200;

/// How many paragraphs below the headline may be small lines.
const HEAD: usize = 4;

/// Makes a draft of raw text.
///
/// # Errors
/// [`Refused::NoText`]: nothing is left without page chrome.
pub(super) fn read(text: &str) -> Result<Draft, Refused> {
    let mut draft = Draft::default();
    let mut paragraphs = lines::paragraphs(text);
    paragraphs.retain(|paragraph| chrome(&paragraph.join(" ")).is_none());
    let mut rest = paragraphs.into_iter().peekable();
    while rest.peek().is_some_and(|first| small_line(&first.join(" "), &mut draft)) {
        rest.next();
    }
    if rest.peek().is_some_and(|first| is_title(&first.join(" "))) {
        draft.title = rest.next().map(|lines| one_line(&lines.join(" ")));
    }
    let mut body = Vec::new();
    for (index, lines) in rest.enumerate() {
        if index < HEAD && body.is_empty() && small_line(&lines.join(" "), &mut draft) {
            continue;
        }
        body.push(lines);
    }
    if body.is_empty() {
        return Err(Refused::NoText);
    }
    draft.body = blocks(&body);
    draft.dateline = draft.lead().and_then(|lead| dateline(&lead));
    if let (None, Some(date)) = (draft.date, draft.dateline.as_ref().and_then(|dateline| dateline.date)) {
        draft.date = Some(date);
    }
    ask_for_one_category(&mut draft);
    Ok(draft)
}

/// Takes what a small line says; `false` for any other line.
fn small_line(line: &str, draft: &mut Draft) -> bool {
    let Some(parts) = byline::parts(line) else { return false };
    for part in parts {
        match part {
            Part::Date(date) if draft.date.is_none() => draft.date = Some(date),
            Part::Author(name) if draft.author.is_none() => draft.author = Some(name),
            Part::Category(name) if !draft.categories.contains(&name) => draft.categories.push(name),
            Part::UnclearDate(written) => draft.ask_for_day(&written),
            _ => {}
        }
    }
    true
}

/// Several categories are a question; see [`Draft`].
pub(super) fn ask_for_one_category(draft: &mut Draft) {
    if draft.categories.len() > 1 {
        let line = format!("categories: {}", super::yaml::list(&draft.categories));
        let says = format!("{} categories are possible; keep what fits", draft.categories.len());
        draft.ask("categories", says, Some(line));
        draft.categories.clear();
    }
}

/// A headline is short and does not end like a sentence; a question may be one.
fn is_title(text: &str) -> bool {
    let text = text.trim();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    text.chars().count() <= LONGEST_TITLE && letters >= 2 && !text.ends_with(['.', ',', ';', ':'])
}

fn one_line(text: &str) -> String {
    text.split([' ', '\t', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Paragraphs, and lists where lines begin with a dot.
fn blocks(paragraphs: &[Vec<String>]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for lines in paragraphs {
        let text = lines.join(" ");
        let item = text.trim_start().strip_prefix(['•', '▪', '‣', '◦']).map(str::trim_start);
        let block = |text: &str| Block { line: 0, kind: BlockKind::Paragraph(vec![Inline::Text(one_line(text))]) };
        match (item, blocks.last_mut().map(|last| &mut last.kind)) {
            (Some(""), _) => {}
            (Some(item), Some(BlockKind::List { items, .. })) => items.push(vec![block(item)]),
            (Some(item), _) => {
                let kind = BlockKind::List { start: None, tight: true, items: vec![vec![block(item)]] };
                blocks.push(Block { line: 0, kind });
            }
            (None, _) => blocks.push(block(&text)),
        }
    }
    blocks
}
