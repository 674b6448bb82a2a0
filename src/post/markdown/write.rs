//! The way back: Markdown from a tree, so that reading it again gives the same text, letter for letter.
//!
//! Comes in: blocks. Goes out: Markdown, one line a paragraph, as a person would have written it: only what would
//! turn into markup is escaped. Each block is read again before it is believed; what does not come back the same is
//! written once more without its emphasis, and at last with every sign escaped.

use std::path::Path;

use comrak::options::{Extension, ListStyleType, Render};
use comrak::{Arena, Options};

use crate::post::report::Report;
use crate::post::source::Source;
use crate::post::{Block, BlockKind, Inline};

mod relax;
mod same;
mod tidy;
mod tree;

/// Markdown for a post's body.
pub fn write(blocks: &[Block]) -> String {
    let mut markdown = String::new();
    let mut before: Option<&Block> = None;
    let blocks = tidy::blocks(blocks);
    for block in &blocks {
        let alternate = before.is_some_and(|before| continues(before, block));
        let text = one(block, alternate);
        if text.is_empty() {
            continue;
        }
        if !markdown.is_empty() {
            markdown.push('\n');
        }
        markdown.push_str(&text);
        // A list after a list that was written the other way is again the usual one.
        before = if alternate { None } else { Some(block) };
    }
    markdown
}

/// Whether Markdown would read two lists as one.
fn continues(before: &Block, block: &Block) -> bool {
    match (&before.kind, &block.kind) {
        (BlockKind::List { start: before, .. }, BlockKind::List { start, .. }) => before.is_some() == start.is_some(),
        _ => false,
    }
}

/// One block, with a line end.
fn one(block: &Block, alternate: bool) -> String {
    let written = format(block, alternate);
    let relaxed = relax::relax(&written, block);
    let attempts: [&dyn Fn() -> String; 4] =
        [&|| relaxed.clone(), &|| written.clone(), &|| defused(&relaxed), &|| defused(&written)];
    if let Some(text) = attempts.iter().map(|attempt| attempt()).find(|text| comes_back(text, block)) {
        return text;
    }
    let plain = tidy::without_emphasis(block);
    let written = format(&plain, alternate);
    [defused(&written), written].into_iter().find(|text| comes_back(text, &plain)).unwrap_or_else(|| escaped(block))
}

/// Addresses that are none, such as `https://…`, out of reach of the parser, which would make links of them.
fn defused(text: &str) -> String {
    text.replace("://", "&#58;//").replace("www.", "www&#46;")
}

/// What comrak's formatter makes of a block.
fn format(block: &Block, alternate: bool) -> String {
    let arena = Arena::new();
    let root = tree::document(&arena, std::slice::from_ref(block), alternate);
    let mut text = String::new();
    comrak::format_commonmark(root, &options(alternate), &mut text).expect("writing to a String cannot fail");
    // The formatter parts a list of points from one of numbers by a comment; their signs are enough.
    let lines = text.lines().filter(|line| line.trim_matches([' ', '>']) != "<!-- end list -->").map(str::trim_end);
    let mut text = lines.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned();
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn options(alternate: bool) -> Options<'static> {
    let list_style = if alternate { ListStyleType::Star } else { ListStyleType::Dash };
    Options {
        extension: Extension { strikethrough: true, table: true, ..Extension::default() },
        render: Render { width: 0, list_style, prefer_fenced: true, ..Render::default() },
        ..Options::default()
    }
}

/// Whether the text, read as a post's body, is this block again, and no error.
fn comes_back(text: &str, block: &Block) -> bool {
    let file = Path::new("post.md");
    let whole = format!("---\n---\n{text}");
    let Ok(source) = Source::read(file, whole.as_bytes()) else { return false };
    let mut report = Report::new(&source);
    let read = super::parse(&source, &mut report);
    !report.has_errors() && same::same(std::slice::from_ref(block), &read.0)
}

/// The text of a block as paragraphs in which every sign is escaped that could ever be markup.
fn escaped(block: &Block) -> String {
    let mut paragraphs = Vec::new();
    collect(block, &mut paragraphs);
    let lines: Vec<String> = paragraphs.iter().map(|text| escape(text)).filter(|text| !text.is_empty()).collect();
    if lines.is_empty() { String::new() } else { lines.join("\n\n") + "\n" }
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.trim().chars() {
        match c {
            // A reference is no address to the parser, where `https://…` would be one.
            ':' | '@' => escaped.push_str(&format!("&#{};", u32::from(c))),
            c if c.is_ascii_punctuation() => escaped.extend(['\\', c]),
            c if c.is_whitespace() && c != '\u{a0}' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

fn collect(block: &Block, paragraphs: &mut Vec<String>) {
    let text = |content: &[Inline]| crate::post::whole_text(content);
    match &block.kind {
        BlockKind::Heading { content, .. } | BlockKind::Paragraph(content) => paragraphs.push(text(content)),
        BlockKind::Quote(inner) => inner.iter().for_each(|block| collect(block, paragraphs)),
        BlockKind::List { items, .. } => items.iter().flatten().for_each(|block| collect(block, paragraphs)),
        BlockKind::Code { text } => paragraphs.extend(text.lines().map(str::to_owned)),
        BlockKind::Table { head, rows, .. } => {
            let rows = std::iter::once(head).chain(rows);
            paragraphs.extend(rows.map(|row| row.iter().map(|cell| text(cell)).collect::<Vec<_>>().join(" ")));
        }
        BlockKind::Picture(_) | BlockKind::Rule => {}
    }
}

#[cfg(test)]
mod tests;
