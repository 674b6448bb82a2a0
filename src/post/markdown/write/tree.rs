//! From blocks to the parser's own tree, which its formatter writes.

use comrak::Arena;
use comrak::nodes::{
    AstNode, ListDelimType, ListType, NodeCode, NodeCodeBlock, NodeHeading, NodeLink, NodeList, NodeTable, NodeValue,
    TableAlignment,
};

use crate::post::{Align, Block, BlockKind, Inline, Picture};

/// A document of these blocks. `alternate` writes a list with the other sign, for one that follows a list.
pub(super) fn document<'a>(arena: &'a Arena<'a>, blocks: &[Block], alternate: bool) -> &'a AstNode<'a> {
    let root = node(arena, NodeValue::Document);
    append_blocks(arena, root, blocks, alternate);
    root
}

fn node<'a>(arena: &'a Arena<'a>, value: NodeValue) -> &'a AstNode<'a> {
    arena.alloc(AstNode::from(value))
}

fn append_blocks<'a>(arena: &'a Arena<'a>, parent: &'a AstNode<'a>, blocks: &[Block], alternate: bool) {
    blocks.iter().for_each(|block| append_block(arena, parent, block, alternate));
}

fn append_block<'a>(arena: &'a Arena<'a>, parent: &'a AstNode<'a>, block: &Block, alternate: bool) {
    let child = |value| {
        let child = node(arena, value);
        parent.append(child);
        child
    };
    match &block.kind {
        BlockKind::Heading { level, content } => {
            let heading = NodeHeading { level: *level, setext: false, closed: false };
            append_inlines(arena, child(NodeValue::Heading(heading)), content);
        }
        BlockKind::Paragraph(content) => append_inlines(arena, child(NodeValue::Paragraph), content),
        BlockKind::Quote(inner) => append_blocks(arena, child(NodeValue::BlockQuote), inner, false),
        BlockKind::List { start, tight, items } => {
            let list = list(*start, *tight, alternate);
            let parent = child(NodeValue::List(list));
            for item in items {
                let child = node(arena, NodeValue::Item(list));
                parent.append(child);
                append_blocks(arena, child, item, false);
            }
        }
        BlockKind::Code { text } => {
            let block = NodeCodeBlock { fenced: true, fence_char: b'`', literal: format!("{text}\n"), ..code() };
            child(NodeValue::CodeBlock(Box::new(block)));
        }
        BlockKind::Picture(picture) => append_picture(arena, child(NodeValue::Paragraph), picture),
        BlockKind::Table { align, head, rows } => {
            let table = NodeTable {
                alignments: (0..head.len()).map(|column| alignment(align.get(column))).collect(),
                num_columns: head.len(),
                num_rows: rows.len() + 1,
                num_nonempty_cells: 0,
            };
            let parent = child(NodeValue::Table(Box::new(table)));
            for (index, row) in std::iter::once(head).chain(rows).enumerate() {
                let line = node(arena, NodeValue::TableRow(index == 0));
                parent.append(line);
                for cell in row {
                    let place = node(arena, NodeValue::TableCell);
                    line.append(place);
                    append_inlines(arena, place, cell);
                }
            }
        }
        BlockKind::Rule => _ = child(NodeValue::ThematicBreak),
    }
}

fn code() -> NodeCodeBlock {
    NodeCodeBlock {
        fenced: true,
        fence_char: b'`',
        fence_length: 3,
        fence_offset: 0,
        info: String::new(),
        literal: String::new(),
        closed: true,
    }
}

fn list(start: Option<u64>, tight: bool, alternate: bool) -> NodeList {
    NodeList {
        list_type: if start.is_some() { ListType::Ordered } else { ListType::Bullet },
        marker_offset: 0,
        padding: 2,
        start: start.and_then(|start| usize::try_from(start).ok()).unwrap_or(1),
        delimiter: if alternate { ListDelimType::Paren } else { ListDelimType::Period },
        bullet_char: if alternate { b'*' } else { b'-' },
        tight,
        is_task_list: false,
    }
}

fn alignment(align: Option<&Align>) -> TableAlignment {
    match align {
        None | Some(Align::None) => TableAlignment::None,
        Some(Align::Left) => TableAlignment::Left,
        Some(Align::Center) => TableAlignment::Center,
        Some(Align::Right) => TableAlignment::Right,
    }
}

fn append_picture<'a>(arena: &'a Arena<'a>, parent: &'a AstNode<'a>, picture: &Picture) {
    let link = |url: &str, title: &str| Box::new(NodeLink { url: url.to_owned(), title: title.to_owned() });
    let parent = match &picture.link {
        Some(url) => {
            let around = node(arena, NodeValue::Link(link(url, "")));
            parent.append(around);
            around
        }
        None => parent,
    };
    let image = node(arena, NodeValue::Image(link(&picture.src, picture.credit.as_deref().unwrap_or(""))));
    parent.append(image);
    image.append(node(arena, NodeValue::Text(picture.alt.clone().into())));
}

fn append_inlines<'a>(arena: &'a Arena<'a>, parent: &'a AstNode<'a>, content: &[Inline]) {
    for inline in content {
        let (value, inner): (NodeValue, &[Inline]) = match inline {
            Inline::Text(text) => (NodeValue::Text(text.clone().into()), &[]),
            Inline::Emphasis(inner) => (NodeValue::Emph, inner),
            Inline::Strong(inner) => (NodeValue::Strong, inner),
            Inline::Strike(inner) => (NodeValue::Strikethrough, inner),
            Inline::Code(text) => (NodeValue::Code(NodeCode { num_backticks: 1, literal: text.clone() }), &[]),
            Inline::Link { url, content } => {
                (NodeValue::Link(Box::new(NodeLink { url: url.clone(), title: String::new() })), content)
            }
            Inline::SoftBreak => (NodeValue::SoftBreak, &[]),
            Inline::HardBreak => (NodeValue::LineBreak, &[]),
        };
        let child = node(arena, value);
        parent.append(child);
        append_inlines(arena, child, inner);
    }
}
