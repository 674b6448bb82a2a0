//! Tables: those with data stay tables, those that only place things side by side become what they hold.

use dom_query::{NodeRef, Selection};

use super::{blocks, dom, inlines};
use crate::post::{Align, Block, BlockKind, Inline};

/// The most columns of a table in a post.
const WIDEST: usize = 20;

/// The blocks of a table, its caption first.
pub(super) fn read(node: &NodeRef<'_>, depth: usize) -> Vec<Block> {
    let mut found = Vec::new();
    let table = Selection::from(*node);
    if let Some(caption) = table.select("caption").nodes().first() {
        let (content, _) = inlines::read(caption);
        if !inlines::is_blank(&content) {
            found.push(Block { line: 0, kind: BlockKind::Paragraph(vec![Inline::Emphasis(content)]) });
        }
    }
    let rows = rows(node);
    let columns = rows.iter().map(|row| row.iter().map(|cell| span(cell)).sum()).max().unwrap_or(0);
    let nested =
        table.select("table, ul, ol, h1, h2, h3, h4, td img").exists() || table.select("td p + p, td br + br").exists();
    if !(2..=WIDEST).contains(&columns) || rows.len() < 2 || nested {
        for cell in rows.iter().flatten() {
            found.extend(blocks::of_children(cell, depth));
        }
        return found;
    }
    let align = (0..columns).map(|column| side(&rows, column)).collect();
    let mut rows: Vec<Vec<Vec<Inline>>> = rows.iter().map(|row| cells(row, columns)).collect();
    let pictures: Vec<_> =
        table.select("img").nodes().iter().filter_map(|node| super::figure::picture(node, None)).collect();
    let head = rows.remove(0);
    found.push(Block { line: 0, kind: BlockKind::Table { align, head, rows } });
    found.extend(pictures.into_iter().map(|picture| Block { line: 0, kind: BlockKind::Picture(picture) }));
    found
}

/// The cells of every row, without those of tables inside.
fn rows<'a>(node: &NodeRef<'a>) -> Vec<Vec<NodeRef<'a>>> {
    let mut found = Vec::new();
    for child in node.children_it(false) {
        match dom::name(&child).as_str() {
            "thead" | "tbody" | "tfoot" => found.extend(rows(&child)),
            "tr" => {
                let cells = child.children_it(false).filter(|cell| cell.has_name("td") || cell.has_name("th"));
                found.push(cells.collect::<Vec<_>>());
            }
            _ => {}
        }
    }
    found.retain(|row| !row.is_empty());
    found
}

fn span(cell: &NodeRef<'_>) -> usize {
    dom::attribute(cell, "colspan")
        .and_then(|span| span.parse().ok())
        .filter(|span| (1..=WIDEST).contains(span))
        .unwrap_or(1)
}

/// The texts of a row, empty where a cell reaches over several columns or is missing.
fn cells(row: &[NodeRef<'_>], columns: usize) -> Vec<Vec<Inline>> {
    let mut found = Vec::new();
    for cell in row {
        found.push(inlines::read(cell).0);
        found.resize(found.len() + span(cell) - 1, Vec::new());
    }
    found.resize(columns, Vec::new());
    found
}

/// The side that any cell of a column names, the lowest first: a heading may stand elsewhere than its numbers.
fn side(rows: &[Vec<NodeRef<'_>>], column: usize) -> Align {
    let sides = rows.iter().rev().filter_map(|row| row.get(column)).map(alignment);
    sides.into_iter().find(|side| *side != Align::None).unwrap_or(Align::None)
}

fn alignment(cell: &NodeRef<'_>) -> Align {
    match dom::attribute(cell, "align").as_deref() {
        Some("right") => Align::Right,
        Some("center") => Align::Center,
        _ => Align::None,
    }
}

#[cfg(test)]
mod tests {
    use crate::post::{BlockKind, write_markdown};

    #[test]
    fn columns_keep_their_side() {
        let html = "<table><tr><th>A</th><th>B</th></tr><tr><td>a</td><td align=\"right\">b</td></tr><tr><td>c</td><td>d</td></tr></table>";
        let cleaned = super::super::clean::clean(html);
        let blocks = super::blocks::read(&cleaned);
        assert!(matches!(blocks[0].kind, BlockKind::Table { .. }), "{cleaned} {blocks:?}");
        assert_eq!(write_markdown(&blocks), "| A | B |\n| --- | --: |\n| a | b |\n| c | d |\n", "{cleaned} {blocks:?}");
    }
}
