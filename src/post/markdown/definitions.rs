//! Lines like `[name]: something` are link definitions to Markdown and are not shown. Whoever meant a footnote or a
//! remark loses it, so these lines are looked for in the source.

use std::collections::BTreeSet;

use crate::post::markdown::walk::Walk;
use crate::post::report::Spot;
use crate::post::{Block, BlockKind, Inline, plain_text};

/// Reports footnotes, and definitions that nothing refers to.
pub(super) fn check(walk: &mut Walk<'_, '_>, blocks: &[Block]) {
    let body = walk.source.body();
    let mut kept: Option<BTreeSet<String>> = None;
    for (index, line) in body.lines().enumerate() {
        let number = index + 1 + walk.offset;
        let Some(label) = defined(line) else { continue };
        if walk.code.iter().any(|(first, last)| (*first..=*last).contains(&number)) {
            continue;
        }
        let spot = Spot { line: number, column: 1, width: line.chars().count() };
        if label.starts_with('^') {
            let help = "write the note into the text, or link to its source: `[Bericht](https://…)`";
            walk.report.error("footnote", spot, "footnotes do not exist in mails; this line would be lost", help);
        } else if !kept.get_or_insert_with(|| used_or_shown(body, blocks)).contains(&label.to_lowercase()) {
            let help = "if it is text, write a backslash before it: `\\[`; else delete the line";
            let message = "this line defines a link that nothing uses; it is not shown";
            walk.report.warning("unused-definition", spot, message, help);
        }
    }
}

/// The label of a line that may be a definition.
fn defined(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches([' ', '>']).strip_prefix('[')?;
    let (label, target) = rest.split_once("]:")?;
    (!label.is_empty() && !label.contains(['[', ']']) && !target.trim().is_empty()).then_some(label)
}

/// Labels, in lower case, that the source refers to, and those whose line is shown as text after all.
fn used_or_shown(body: &str, blocks: &[Block]) -> BTreeSet<String> {
    let used = labels(body).filter(|(_, colon)| !colon).map(|(label, _)| label.to_lowercase());
    let text = text_of(blocks);
    let shown = labels(&text).filter(|(_, colon)| *colon).map(|(label, _)| label.to_lowercase());
    used.chain(shown).collect()
}

/// Everything in square brackets, and whether a colon follows.
fn labels(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.split('[').skip(1).filter_map(|part| {
        let (label, behind) = part.split_once(']')?;
        Some((label, behind.starts_with(':')))
    })
}

fn text_of(blocks: &[Block]) -> String {
    let mut text = String::new();
    let mut add = |content: &[Inline]| {
        text.push_str(&plain_text(content));
        text.push('\n');
    };
    visit(blocks, &mut add);
    text
}

fn visit(blocks: &[Block], add: &mut impl FnMut(&[Inline])) {
    for block in blocks {
        match &block.kind {
            BlockKind::Heading { content, .. } | BlockKind::Paragraph(content) => add(content),
            BlockKind::Quote(inner) => visit(inner, add),
            BlockKind::List { items, .. } => items.iter().for_each(|item| visit(item, add)),
            BlockKind::Table { head, rows, .. } => head.iter().chain(rows.iter().flatten()).for_each(|cell| add(cell)),
            BlockKind::Code { .. } | BlockKind::Picture(_) | BlockKind::Rule => {}
        }
    }
}
