//! Lines like `[name]: something` are link definitions to Markdown and are not shown. Whoever meant a footnote or a
//! remark loses it, so these lines are looked for in the source.

use std::collections::BTreeSet;

use crate::post::markdown::walk::{Footnote, Walk};
use crate::post::report::Spot;
use crate::post::{Block, BlockKind, Inline, whole_text};

/// The longest label of a link (CommonMark, section 6.3).
const MOST_LABEL: usize = 999;

/// Reports footnotes, and definitions that nothing refers to.
pub(super) fn check(walk: &mut Walk<'_, '_>, blocks: &[Block]) {
    let body = walk.source.body();
    let lines: Vec<&str> = body.lines().map(inside).collect();
    let mut kept: Option<BTreeSet<String>> = None;
    let mut told = BTreeSet::new();
    for (index, line) in body.lines().enumerate() {
        let number = index + 1 + walk.offset;
        let Some(label) = defined(&lines[index..]) else { continue };
        if walk.code.iter().any(|(first, last)| (*first..=*last).contains(&number)) {
            continue;
        }
        let spot = Spot { line: number, column: 1, width: line.chars().count() };
        if label.starts_with('^') {
            let help = "write the note into the text, or link to its source: `[Bericht](https://…)`";
            walk.report.error("footnote", spot, "footnotes do not exist in mails; this line would be lost", help);
            told.insert(label);
        } else if !kept.get_or_insert_with(|| used_or_shown(body, blocks)).contains(&label) {
            let help = "if it is text, write a backslash before it: `\\[`; else delete the line";
            let message = "this line defines a link that nothing uses; it is not shown";
            walk.report.warning("unused-definition", spot, message, help);
        }
    }
    for Footnote { label, spot, refused } in std::mem::take(&mut walk.footnotes) {
        if !told.contains(&label) {
            walk.report.error("bad-link", spot, refused.message, refused.help);
        }
    }
}

/// A label as it is compared: in lower case, with single spaces.
pub(super) fn label(written: &str) -> String {
    written.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A line without the quotes and list items that it stands in.
fn inside(line: &str) -> &str {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '>']);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let marker = if digits > 0 { [".", ")"].as_slice() } else { ["-", "+", "*"].as_slice() };
        let behind = marker.iter().find_map(|sign| rest[digits..].strip_prefix(sign));
        match behind.filter(|behind| behind.starts_with([' ', '\t'])) {
            Some(behind) => rest = behind,
            None => return rest,
        }
    }
}

/// The label of a definition that may begin in the first of these lines; label and target may be on further ones.
fn defined(lines: &[&str]) -> Option<String> {
    let mut rest = lines.first()?.strip_prefix('[')?;
    let mut further = lines[1..].iter().take_while(|line| !line.is_empty());
    let mut written = String::new();
    loop {
        let end = rest.match_indices(['[', ']']).map(|(at, _)| at).find(|at| !rest[..*at].ends_with('\\'));
        written.push_str(&rest[..end.unwrap_or(rest.len())]);
        match end {
            Some(end) => {
                let target = rest[end..].strip_prefix("]:")?;
                let label = label(&written);
                let has_target = !target.trim().is_empty() || further.next().is_some();
                return (has_target && !label.is_empty()).then_some(label);
            }
            None if written.len() > MOST_LABEL => return None,
            None => {
                written.push(' ');
                rest = further.next()?;
            }
        }
    }
}

/// Labels that the source refers to, and those whose line is shown as text after all.
fn used_or_shown(body: &str, blocks: &[Block]) -> BTreeSet<String> {
    let used = labels(body).filter(|(_, colon)| !colon).map(|(written, _)| label(written));
    let text = text_of(blocks);
    let shown = labels(&text).filter(|(_, colon)| *colon).map(|(written, _)| label(written));
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
        text.push_str(&whole_text(content));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_found_wherever_it_begins() {
        let found = |text: &str| defined(&text.lines().map(inside).collect::<Vec<_>>());
        for text in [
            "[Berlin Mitte]: Müller",
            "  > - [berlin  Mitte]: Müller",
            "12. [Berlin\n    Mitte]: Müller",
            "* + [Berlin Mitte]:\n  Müller",
        ] {
            assert_eq!(found(text), Some("berlin mitte".to_owned()), "{text}");
        }
        for text in
            ["[Berlin]", "[Berlin]:", "[Berlin]:\n\nMüller", "[Berlin\n\n]: x", "[a [b]: c", "[]: x", "a [b]: c"]
        {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
