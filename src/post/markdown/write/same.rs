//! Whether two trees show a reader the same.
//!
//! Comes in: the blocks that were to be written, and those that were read again. Goes out: yes or no. Kinds must be the
//! same, and every letter; white space and whether an address became a link are no difference.

use crate::post::{Block, BlockKind, Inline};

pub(super) fn same(wanted: &[Block], read: &[Block]) -> bool {
    wanted.len() == read.len() && wanted.iter().zip(read).all(|(wanted, read)| same_block(wanted, read))
}

fn same_block(wanted: &Block, read: &Block) -> bool {
    match (&wanted.kind, &read.kind) {
        (BlockKind::Heading { level: a, content: left }, BlockKind::Heading { level: b, content: right }) => {
            a == b && letters(left) == letters(right)
        }
        (BlockKind::Paragraph(left), BlockKind::Paragraph(right)) => letters(left) == letters(right),
        (BlockKind::Quote(left), BlockKind::Quote(right)) => same(left, right),
        (BlockKind::List { start: a, items: left, .. }, BlockKind::List { start: b, items: right, .. }) => {
            a == b && left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (BlockKind::Code { text: left }, BlockKind::Code { text: right }) => left.trim_end() == right.trim_end(),
        (BlockKind::Picture(left), BlockKind::Picture(right)) => {
            squeezed(&left.alt) == squeezed(&right.alt)
                && (&left.src, &left.link) == (&right.src, &right.link)
                && left.credit.as_deref().map(squeezed) == right.credit.as_deref().map(squeezed)
        }
        (BlockKind::Table { head, rows, .. }, BlockKind::Table { head: other_head, rows: other_rows, .. }) => {
            let row = |left: &[Vec<Inline>], right: &[Vec<Inline>]| {
                left.len() == right.len() && left.iter().zip(right).all(|(a, b)| letters(a) == letters(b))
            };
            row(head, other_head)
                && rows.len() == other_rows.len()
                && rows.iter().zip(other_rows).all(|(left, right)| row(left, right))
        }
        (BlockKind::Rule, BlockKind::Rule) => true,
        _ => false,
    }
}

/// Every letter of inline content, with a mark where emphasis, code or a written link begins or ends.
fn letters(content: &[Inline]) -> String {
    let mut text = String::new();
    push(content, &mut text);
    squeezed(&text)
}

fn push(content: &[Inline], text: &mut String) {
    let around = |text: &mut String, sign: char, inner: &[Inline]| {
        text.push(sign);
        push(inner, text);
        text.push(sign);
    };
    for inline in content {
        match inline {
            Inline::Text(part) => text.push_str(part),
            Inline::Code(code) => text.push_str(&format!("\u{1}{code}\u{1}")),
            Inline::Emphasis(inner) => around(text, '\u{2}', inner),
            Inline::Strong(inner) => around(text, '\u{3}', inner),
            Inline::Strike(inner) => around(text, '\u{4}', inner),
            Inline::Link { content: inner, .. } => push(inner, text),
            Inline::SoftBreak | Inline::HardBreak => text.push(' '),
        }
    }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
