//! Clean HTML into blocks.
//!
//! Comes in: what `clean` leaves. Goes out: paragraphs, headings, lists, quotes, tables, pictures; every letter is in one
//! of them, in reading order.

use dom_query::{Document, NodeRef};

use super::{dom, figure, inlines, table};
use crate::post::{Block, BlockKind, Inline};

/// Lists and quotes inside each other; deeper ones are read as what they hold.
const DEEPEST: usize = 6;

/// Elements that begin a new block.
const BLOCKS: [&str; 37] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "ul",
];

/// The blocks of an article.
pub(super) fn read(html: &str) -> Vec<Block> {
    of_children(&Document::fragment(html).root(), 0)
}

/// The blocks inside an element.
pub(super) fn of_children(node: &NodeRef<'_>, depth: usize) -> Vec<Block> {
    let mut builder = Builder { blocks: Vec::new(), run: Vec::new(), depth };
    builder.children(node);
    builder.flush();
    builder.blocks
}

/// Whether an element holds blocks.
pub(super) fn is_block(node: &NodeRef<'_>) -> bool {
    BLOCKS.contains(&dom::name(node).as_str())
}

struct Builder {
    blocks: Vec<Block>,
    /// Inline content that waits for its paragraph to end.
    run: Vec<Inline>,
    depth: usize,
}

impl Builder {
    fn children(&mut self, node: &NodeRef<'_>) {
        for child in node.children_it(false) {
            self.node(&child);
        }
    }

    fn node(&mut self, node: &NodeRef<'_>) {
        if node.is_text() {
            return inlines::push_text(&mut self.run, &node.text());
        }
        if !node.is_element() {
            return self.children(node);
        }
        let name = dom::name(node);
        match name.as_str() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = name.as_bytes()[1] - b'0';
                let (content, pictures) = inlines::read(node);
                let content = match content.as_slice() {
                    [Inline::Strong(inner)] => inner.clone(),
                    _ => content,
                };
                self.push(BlockKind::Heading { level, content });
                self.pictures(pictures);
            }
            "ul" | "ol" => self.list(node, name == "ol"),
            "dl" => self.definitions(node),
            "summary" => self.term(node),
            "blockquote" => {
                let inner = of_children(node, self.depth + 1);
                if self.depth >= DEEPEST { self.append(inner) } else { self.push(BlockKind::Quote(inner)) }
            }
            "pre" => {
                let text = dom::visible(&node.text()).replace(['\r', '\u{c}'], "");
                let text = text.trim_matches('\n').trim_end().to_owned();
                if !text.trim().is_empty() {
                    self.push(BlockKind::Code { text });
                }
            }
            "table" => {
                let blocks = table::read(node, self.depth);
                self.append(blocks);
            }
            "figure" => {
                let blocks = figure::read(node, self.depth);
                self.append(blocks);
            }
            "hr" => self.push(BlockKind::Rule),
            "br" => self.run.push(Inline::HardBreak),
            "img" => {
                self.flush();
                self.pictures(figure::picture(node, None).into_iter().collect());
            }
            _ if is_block(node) => {
                self.flush();
                self.children(node);
                self.flush();
            }
            // A link around a whole teaser.
            _ if node.descendants_it().any(|inner| is_block(&inner)) => self.children(node),
            _ => {
                let mut pictures = Vec::new();
                inlines::one(node, &mut self.run, &mut pictures);
                if !pictures.is_empty() {
                    self.flush();
                    self.pictures(pictures);
                }
            }
        }
    }

    fn list(&mut self, node: &NodeRef<'_>, ordered: bool) {
        let children = node.children_it(false).filter(|child| child.is_element());
        let items: Vec<Vec<Block>> = children
            .map(|child| {
                if child.has_name("li") {
                    of_children(&child, self.depth + 1)
                } else {
                    of_element(&child, self.depth + 1)
                }
            })
            .filter(|item| !item.is_empty())
            .collect();
        if items.is_empty() {
            return;
        }
        let pictures = |item: &Vec<Block>| matches!(item[0].kind, BlockKind::Picture(_));
        if self.depth >= DEEPEST || items.iter().all(pictures) {
            return self.append(items.into_iter().flatten().collect());
        }
        let start =
            dom::attribute(node, "start").and_then(|start| start.parse().ok()).filter(|start| *start < 1_000_000);
        let tight = items.iter().all(|item| {
            let paragraphs = item.iter().filter(|block| matches!(block.kind, BlockKind::Paragraph(_))).count();
            paragraphs <= 1
        });
        self.push(BlockKind::List { start: ordered.then(|| start.unwrap_or(1)), tight, items });
    }

    /// Terms in bold, each with its explanation below.
    fn definitions(&mut self, node: &NodeRef<'_>) {
        self.flush();
        for child in node.children_it(false).filter(|child| child.is_element()) {
            if child.has_name("dt") {
                self.term(&child);
            } else {
                let blocks = of_children(&child, self.depth);
                self.append(blocks);
            }
        }
    }

    /// What is explained below, in bold.
    fn term(&mut self, node: &NodeRef<'_>) {
        let (content, pictures) = inlines::read(node);
        if !inlines::is_blank(&content) {
            self.push(BlockKind::Paragraph(vec![Inline::Strong(content)]));
        }
        self.pictures(pictures);
    }

    fn pictures(&mut self, pictures: Vec<crate::post::Picture>) {
        pictures.into_iter().for_each(|picture| self.push(BlockKind::Picture(picture)));
    }

    fn append(&mut self, blocks: Vec<Block>) {
        self.flush();
        self.blocks.extend(blocks);
    }

    fn push(&mut self, kind: BlockKind) {
        self.flush();
        let empty = match &kind {
            BlockKind::Heading { content, .. } | BlockKind::Paragraph(content) => inlines::is_blank(content),
            BlockKind::Quote(inner) => inner.is_empty(),
            _ => false,
        };
        if !empty {
            self.blocks.push(Block { line: 0, kind });
        }
    }

    /// Ends the paragraph; two line breaks in a row, as older editors make them, end one too.
    fn flush(&mut self) {
        let run = std::mem::take(&mut self.run);
        for part in inlines::paragraphs(run) {
            self.blocks.push(Block { line: 0, kind: BlockKind::Paragraph(part) });
        }
    }
}

/// The blocks of one element itself.
pub(super) fn of_element(node: &NodeRef<'_>, depth: usize) -> Vec<Block> {
    let mut builder = Builder { blocks: Vec::new(), run: Vec::new(), depth };
    builder.node(node);
    builder.flush();
    builder.blocks
}

/// Headings from the second level on; the first is the title's.
pub(super) fn level_headings(blocks: &mut [Block]) {
    let levels = blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Heading { level, .. } => Some(*level),
        _ => None,
    });
    let Some(first) = levels.min() else { return };
    for block in blocks {
        if let BlockKind::Heading { level, .. } = &mut block.kind {
            *level = (*level - first + 2).min(6);
        }
    }
}
