//! Takes back escapes that no reader of the file needs.
//!
//! Comes in: what the formatter wrote, which escapes every sign that is markup anywhere. Goes out: the same with the
//! signs bare that are none where they stand: `Danke!`, `Kolleg*innen`, `foto_1`, `C#`. Whoever calls reads the text
//! again, so a wrong guess costs nothing but the guess.

use crate::post::{Block, BlockKind, Inline};

pub(super) fn relax(written: &str, block: &Block) -> String {
    if has_code(block) {
        return written.to_owned();
    }
    let characters: Vec<char> = written.chars().collect();
    let mut relaxed = String::with_capacity(written.len());
    let mut at = 0;
    while at < characters.len() {
        let (here, next) = (characters[at], characters.get(at + 1).copied().unwrap_or('\n'));
        if here == '\\' && next != '\n' {
            let before = relaxed.chars().next_back().unwrap_or('\n');
            let after = characters.get(at + 2).copied().unwrap_or('\n');
            if !is_bare(next, before, after, &relaxed) {
                relaxed.push('\\');
            }
            relaxed.push(next);
            at += 2;
        } else {
            relaxed.push(here);
            at += 1;
        }
    }
    relaxed
}

/// Whether a sign is none of Markdown's between these two characters.
fn is_bare(sign: char, before: char, after: char, line: &str) -> bool {
    let letters = before.is_alphanumeric() && after.is_alphanumeric();
    let begins = || {
        let line = line.rsplit('\n').next().unwrap_or("");
        line.trim_matches([' ', '>', '-', '+', '.', ')', '\\']).chars().all(|c| c.is_ascii_digit())
    };
    match sign {
        '!' => after != '[',
        '*' | '_' => letters,
        '#' => !begins() && after != '#' && !(after.is_whitespace() && before.is_whitespace()) && after != '\n',
        '>' => !begins(),
        '<' => after.is_whitespace() || after.is_ascii_digit(),
        _ => false,
    }
}

fn has_code(block: &Block) -> bool {
    match &block.kind {
        BlockKind::Code { .. } => true,
        BlockKind::Heading { content, .. } | BlockKind::Paragraph(content) => inline_code(content),
        BlockKind::Quote(inner) => inner.iter().any(has_code),
        BlockKind::List { items, .. } => items.iter().flatten().any(has_code),
        BlockKind::Table { head, rows, .. } => head.iter().chain(rows.iter().flatten()).any(|cell| inline_code(cell)),
        BlockKind::Picture(_) | BlockKind::Rule => false,
    }
}

fn inline_code(content: &[Inline]) -> bool {
    content.iter().any(|inline| match inline {
        Inline::Code(_) => true,
        Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => inline_code(inner),
        Inline::Link { content, .. } => inline_code(content),
        Inline::Text(_) | Inline::SoftBreak | Inline::HardBreak => false,
    })
}
