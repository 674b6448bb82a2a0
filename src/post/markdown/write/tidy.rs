//! A tree made such that Markdown can say it.
//!
//! Comes in: blocks from anywhere. Goes out: blocks with the same letters, without empty ones, without emphasis that
//! Markdown cannot write (`Mit*glieder*`, `**„Zitat“**und`), and with spaces outside of emphasis and links.

use crate::post::{Block, BlockKind, Inline};

pub(super) fn blocks(blocks: &[Block]) -> Vec<Block> {
    blocks.iter().filter_map(block).collect()
}

/// Blocks inside others, where neighbouring lists of one kind become one.
fn inside(inner: &[Block]) -> Vec<Block> {
    let mut joined: Vec<Block> = Vec::new();
    for block in blocks(inner) {
        match (joined.last_mut().map(|last| &mut last.kind), block.kind) {
            (Some(BlockKind::List { start: before, items, .. }), BlockKind::List { start, items: more, .. })
                if before.is_some() == start.is_some() =>
            {
                items.extend(more);
            }
            (_, kind) => joined.push(Block { line: block.line, kind }),
        }
    }
    joined
}

fn block(block: &Block) -> Option<Block> {
    let kind = match &block.kind {
        BlockKind::Heading { level, content } => {
            BlockKind::Heading { level: *level, content: filled(without_breaks(content))? }
        }
        BlockKind::Paragraph(content) => BlockKind::Paragraph(filled(inlines(content))?),
        BlockKind::Quote(inner) => BlockKind::Quote(Some(inside(inner)).filter(|inner| !inner.is_empty())?),
        BlockKind::List { start, tight, items } => {
            let items: Vec<Vec<Block>> =
                items.iter().map(|item| inside(item)).filter(|item| !item.is_empty()).collect();
            if items.is_empty() {
                return None;
            }
            BlockKind::List { start: *start, tight: *tight, items }
        }
        BlockKind::Table { align, head, rows } => {
            let row = |cells: &Vec<Vec<Inline>>| cells.iter().map(|cell| without_breaks(cell)).collect::<Vec<_>>();
            BlockKind::Table { align: align.clone(), head: row(head), rows: rows.iter().map(row).collect() }
        }
        BlockKind::Code { .. } | BlockKind::Picture(_) | BlockKind::Rule => block.kind.clone(),
    };
    Some(Block { line: block.line, kind })
}

fn filled(content: Vec<Inline>) -> Option<Vec<Inline>> {
    Some(content).filter(|content| !content.is_empty())
}

/// The same block with its emphasis gone and its letters there.
pub(super) fn without_emphasis(block: &Block) -> Block {
    let each = |blocks: &[Block]| blocks.iter().map(without_emphasis).collect::<Vec<_>>();
    let kind = match &block.kind {
        BlockKind::Heading { level, content } => BlockKind::Heading { level: *level, content: bare(content) },
        BlockKind::Paragraph(content) => BlockKind::Paragraph(bare(content)),
        BlockKind::Quote(inner) => BlockKind::Quote(each(inner)),
        BlockKind::List { start, tight, items } => {
            BlockKind::List { start: *start, tight: *tight, items: items.iter().map(|item| each(item)).collect() }
        }
        BlockKind::Table { align, head, rows } => {
            let row = |cells: &Vec<Vec<Inline>>| cells.iter().map(|cell| bare(cell)).collect::<Vec<_>>();
            BlockKind::Table { align: align.clone(), head: row(head), rows: rows.iter().map(row).collect() }
        }
        BlockKind::Code { .. } | BlockKind::Picture(_) | BlockKind::Rule => block.kind.clone(),
    };
    Block { line: block.line, kind }
}

fn bare(content: &[Inline]) -> Vec<Inline> {
    let mut found = Vec::new();
    for inline in content {
        match inline {
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => {
                bare(inner).into_iter().for_each(|inline| push(&mut found, inline));
            }
            Inline::Code(text) => push(&mut found, Inline::Text(text.clone())),
            Inline::Link { url, content } => {
                push(&mut found, Inline::Link { url: url.clone(), content: bare(content) });
            }
            other => push(&mut found, other.clone()),
        }
    }
    found
}

/// Inline content of a heading or a cell, which have one line.
fn without_breaks(content: &[Inline]) -> Vec<Inline> {
    inlines(&spaced(content))
}

/// The same with a space for each line break.
fn spaced(content: &[Inline]) -> Vec<Inline> {
    let one = |inline: &Inline| match inline {
        Inline::SoftBreak | Inline::HardBreak => Inline::Text(" ".to_owned()),
        Inline::Emphasis(inner) => Inline::Emphasis(spaced(inner)),
        Inline::Strong(inner) => Inline::Strong(spaced(inner)),
        Inline::Strike(inner) => Inline::Strike(spaced(inner)),
        Inline::Link { url, content } => Inline::Link { url: url.clone(), content: spaced(content) },
        Inline::Text(_) | Inline::Code(_) => inline.clone(),
    };
    content.iter().map(one).collect()
}

/// Inline content with its emphasis in a shape that Markdown can write.
pub(super) fn inlines(content: &[Inline]) -> Vec<Inline> {
    let mut hoisted = Vec::new();
    content.iter().for_each(|inline| hoist(inline, &mut hoisted));
    let mut found: Vec<Inline> = Vec::new();
    for at in 0..hoisted.len() {
        let before = found.iter().rev().find_map(last_char).unwrap_or(' ');
        let after = hoisted[at + 1..].iter().find_map(first_char).unwrap_or(' ');
        match &hoisted[at] {
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner)
                if !can_stand(inner, before, after, matches!(hoisted[at], Inline::Emphasis(_))) =>
            {
                inner.iter().for_each(|inline| push(&mut found, inline.clone()));
            }
            other => push(&mut found, other.clone()),
        }
    }
    trim(&mut found);
    found
}

/// Puts an inline into `found`, with white space at its ends before and behind it.
fn hoist(inline: &Inline, found: &mut Vec<Inline>) {
    let (inner, wrap): (&[Inline], &dyn Fn(Vec<Inline>) -> Inline) = match inline {
        Inline::Emphasis(inner) => (inner, &Inline::Emphasis),
        Inline::Strong(inner) => (inner, &Inline::Strong),
        Inline::Strike(inner) => (inner, &Inline::Strike),
        Inline::Link { url, content } => (content, &|content| Inline::Link { url: url.clone(), content }),
        other => return push(found, other.clone()),
    };
    let mut inner = {
        let mut flat = Vec::new();
        inner.iter().for_each(|inline| hoist(inline, &mut flat));
        flat
    };
    let (before, after) = (take_start(&mut inner), take_end(&mut inner));
    push(found, Inline::Text(before));
    if !inner.is_empty() {
        push(found, ordered(wrap(inner)));
    }
    push(found, Inline::Text(after));
}

/// Emphasis as the parser reads `***both***`, and none inside of its own kind.
fn ordered(inline: Inline) -> Inline {
    let flat = |inner: Vec<Inline>, strong: bool| {
        let mut found = Vec::new();
        for inline in inner {
            match inline {
                Inline::Strong(same) if strong => same.into_iter().for_each(|inline| push(&mut found, inline)),
                Inline::Emphasis(same) if !strong => same.into_iter().for_each(|inline| push(&mut found, inline)),
                other => push(&mut found, other),
            }
        }
        found
    };
    match inline {
        Inline::Strong(inner) => match flat(inner, true).as_slice() {
            [Inline::Emphasis(innermost)] => Inline::Emphasis(vec![Inline::Strong(innermost.clone())]),
            flat => Inline::Strong(flat.to_vec()),
        },
        Inline::Emphasis(inner) => Inline::Emphasis(flat(inner, false)),
        other => other,
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace()
}

fn take_start(content: &mut Vec<Inline>) -> String {
    let mut taken = String::new();
    loop {
        match content.first_mut() {
            Some(Inline::SoftBreak | Inline::HardBreak) => taken.push(' '),
            Some(Inline::Text(text)) => {
                let rest = text.trim_start_matches(is_space).to_owned();
                taken.push_str(&text[..text.len() - rest.len()]);
                if !rest.is_empty() {
                    *text = rest;
                    return taken;
                }
            }
            _ => return taken,
        }
        content.remove(0);
    }
}

fn take_end(content: &mut Vec<Inline>) -> String {
    let mut taken = String::new();
    loop {
        match content.last_mut() {
            Some(Inline::SoftBreak | Inline::HardBreak) => taken.insert(0, ' '),
            Some(Inline::Text(text)) => {
                let kept = text.trim_end_matches(is_space).len();
                taken.insert_str(0, &text[kept..]);
                text.truncate(kept);
                if kept > 0 {
                    return taken;
                }
            }
            _ => return taken,
        }
        content.pop();
    }
}

/// Whether the parser reads signs around `inner` as emphasis (CommonMark, section 6.2: left- and right-flanking). A
/// single star between letters belongs to a word here, see `star`.
fn can_stand(inner: &[Inline], before: char, after: char, single: bool) -> bool {
    let (Some(first), Some(last)) = (inner.iter().find_map(first_char), inner.iter().rev().find_map(last_char)) else {
        return false;
    };
    let is_sign = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
    let opens = !is_sign(first) || before.is_whitespace() || is_sign(before);
    let closes = !is_sign(last) || after.is_whitespace() || is_sign(after);
    let in_word = single && (before.is_alphanumeric() || after.is_alphanumeric());
    // Two emphases side by side would share their signs.
    opens && closes && !in_word && !matches!(before, '*' | '~') && !matches!(after, '*' | '~')
}

fn first_char(inline: &Inline) -> Option<char> {
    match inline {
        Inline::Text(text) | Inline::Code(text) => text.chars().next(),
        Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => inner.iter().find_map(first_char),
        Inline::Link { .. } => Some('['),
        Inline::SoftBreak | Inline::HardBreak => Some(' '),
    }
}

fn last_char(inline: &Inline) -> Option<char> {
    match inline {
        Inline::Text(text) | Inline::Code(text) => text.chars().next_back(),
        Inline::Emphasis(_) | Inline::Strong(_) => Some('*'),
        Inline::Strike(_) => Some('~'),
        Inline::Link { .. } => Some(')'),
        Inline::SoftBreak | Inline::HardBreak => Some(' '),
    }
}

/// Appends, joining texts, and emphases of one kind that touch.
fn push(found: &mut Vec<Inline>, inline: Inline) {
    match (found.last_mut(), inline) {
        (_, Inline::Text(text)) if text.is_empty() => {}
        (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
        (Some(Inline::Strong(before)), Inline::Strong(inner))
        | (Some(Inline::Emphasis(before)), Inline::Emphasis(inner))
        | (Some(Inline::Strike(before)), Inline::Strike(inner)) => {
            inner.into_iter().for_each(|inline| push(before, inline));
        }
        (_, inline) => found.push(inline),
    }
}

/// Without breaks and plain spaces at both ends.
fn trim(content: &mut Vec<Inline>) {
    let blank = |inline: &Inline| match inline {
        Inline::SoftBreak | Inline::HardBreak => true,
        Inline::Text(text) => text.trim_matches([' ', '\t', '\n']).is_empty(),
        _ => false,
    };
    while content.last().is_some_and(blank) {
        content.pop();
    }
    let start = content.iter().position(|inline| !blank(inline)).unwrap_or(content.len());
    content.drain(..start);
    if let Some(Inline::Text(text)) = content.first_mut() {
        *text = text.trim_start_matches([' ', '\t', '\n']).to_owned();
    }
    if let Some(Inline::Text(text)) = content.last_mut() {
        text.truncate(text.trim_end_matches([' ', '\t', '\n']).len());
    }
}
