//! Blocks: paragraphs, headings, lists, quotes, tables, code and pictures that stand alone.

use comrak::nodes::{AstNode, ListType, NodeHeading, NodeList, NodeTable, NodeValue, TableAlignment};

use crate::post::markdown::inlines::Pictures;
use crate::post::markdown::limits::MAX_DEPTH;
use crate::post::markdown::walk::Walk;
use crate::post::markdown::{html, ordinal, star};
use crate::post::report::Spot;
use crate::post::{Align, Block, BlockKind, Inline, Picture};

impl Walk<'_, '_> {
    /// The blocks inside a node.
    pub(super) fn blocks<'a>(&mut self, node: &'a AstNode<'a>, depth: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        if depth > MAX_DEPTH {
            self.too_deep(node);
            return blocks;
        }
        for child in node.children() {
            self.block(child, depth, &mut blocks);
        }
        blocks
    }

    fn block<'a>(&mut self, node: &'a AstNode<'a>, depth: usize, blocks: &mut Vec<Block>) {
        let line = self.line(node);
        let value = node.data().value.clone();
        let kind = match value {
            NodeValue::Paragraph => return self.paragraph(node, blocks),
            NodeValue::Heading(NodeHeading { level, .. }) => {
                let content = self.inline_only(node);
                if content.is_empty() {
                    return;
                }
                BlockKind::Heading { level, content }
            }
            NodeValue::BlockQuote => BlockKind::Quote(self.blocks(node, depth + 1)),
            NodeValue::List(list) => self.list(node, &list, depth),
            NodeValue::CodeBlock(code) => {
                let position = node.data().sourcepos;
                self.code.push((position.start.line + self.offset, position.end.line + self.offset));
                let text = star::show(&code.literal);
                BlockKind::Code { text: text.strip_suffix('\n').unwrap_or(&text).to_owned() }
            }
            NodeValue::HtmlBlock(block) => return html::block(self, node, &block.literal, blocks),
            NodeValue::ThematicBreak => BlockKind::Rule,
            NodeValue::Table(table) => self.table(node, &table),
            _ => return,
        };
        blocks.push(Block { line, kind });
    }

    /// A paragraph, and behind it the pictures that stood in it.
    fn paragraph<'a>(&mut self, node: &'a AstNode<'a>, blocks: &mut Vec<Block>) {
        let line = self.line(node);
        let mut pictures = Vec::new();
        let content = self.inlines(node, &mut Pictures::Behind(&mut pictures));
        if !content.is_empty() {
            blocks.push(Block { line, kind: BlockKind::Paragraph(content) });
        }
        let block = |picture: Picture| Block { line: picture.line, kind: BlockKind::Picture(picture) };
        blocks.extend(pictures.into_iter().map(block));
    }

    /// Inline content where no picture can stand.
    fn inline_only<'a>(&mut self, node: &'a AstNode<'a>) -> Vec<Inline> {
        self.inlines(node, &mut Pictures::AsText)
    }

    fn list<'a>(&mut self, node: &'a AstNode<'a>, list: &NodeList, depth: usize) -> BlockKind {
        let items: Vec<Vec<Block>> = node.children().map(|item| self.blocks(item, depth + 1)).collect();
        let start = (list.list_type == ListType::Ordered).then_some(list.start as u64);
        if let Some(start) = start {
            ordinal::check(self, node, start, &items);
        }
        BlockKind::List { start, tight: list.tight, items }
    }

    fn table<'a>(&mut self, node: &'a AstNode<'a>, table: &NodeTable) -> BlockKind {
        let align = table.alignments.iter().map(|align| match align {
            TableAlignment::None => Align::None,
            TableAlignment::Left => Align::Left,
            TableAlignment::Center => Align::Center,
            TableAlignment::Right => Align::Right,
        });
        let mut rows: Vec<Vec<Vec<Inline>>> = Vec::new();
        for row in node.children() {
            self.warn_of_lost_cells(row, table.num_columns);
            rows.push(row.children().map(|cell| self.inline_only(cell)).collect());
        }
        let head = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
        BlockKind::Table { align: align.collect(), head, rows }
    }

    /// Markdown leaves out what a row has more than the head. Often it was a `|` that belongs to the text.
    fn warn_of_lost_cells(&mut self, row: &AstNode<'_>, columns: usize) {
        let start = self.start(row);
        let written: String = self.source.line(start.line).chars().skip(start.column - 1).collect();
        let cells = written_cells(&written);
        if cells > columns {
            let message = format!("this row has {cells} cells, the head of the table {columns}; the rest is not shown");
            let help = "if a `|` is part of the text, write `\\|`; else give the head a cell for each column";
            let width = written.trim_end().chars().count();
            self.report.warning("lost-cells", Spot { width, ..start }, message, help);
        }
    }
}

/// How many cells a line of a table has, before any is left out.
fn written_cells(row: &str) -> usize {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let bars = row.match_indices('|').filter(|(at, _)| !row[..*at].ends_with('\\'));
    bars.filter(|(at, bar)| at + bar.len() < row.len()).count() + 1
}
