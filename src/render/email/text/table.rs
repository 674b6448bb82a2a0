//! Tables in plain text.
//!
//! Comes in: cells as single lines. Goes out: aligned columns where they fit, else one `Heading: value` a line.

use super::{width, wrap};
use crate::post::Align;

const GAP: &str = "  ";

/// The table in at most `columns` characters a line, if its words allow.
pub(super) fn table(align: &[Align], head: &[String], rows: &[Vec<String>], columns: usize) -> String {
    let count = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    let cells = |row: &[String]| (0..count).map(|i| row.get(i).cloned().unwrap_or_default()).collect::<Vec<_>>();
    let head = cells(head);
    let rows: Vec<Vec<String>> = rows.iter().map(|row| cells(row)).collect();
    let widths: Vec<usize> =
        (0..count).map(|i| rows.iter().chain([&head]).map(|row| width(&row[i])).max().unwrap_or(0)).collect();
    if widths.iter().sum::<usize>() + GAP.len() * count.saturating_sub(1) <= columns {
        aligned(align, &head, &rows, &widths)
    } else {
        row_by_row(&head, &rows, columns)
    }
}

fn aligned(align: &[Align], head: &[String], rows: &[Vec<String>], widths: &[usize]) -> String {
    let line = |row: &[String]| {
        let padded = row.iter().enumerate().map(|(i, cell)| {
            let room = widths[i].saturating_sub(width(cell));
            let before = match align.get(i) {
                Some(Align::Right) => room,
                Some(Align::Center) => room / 2,
                _ => 0,
            };
            format!("{}{cell}{}", " ".repeat(before), " ".repeat(room - before))
        });
        padded.collect::<Vec<_>>().join(GAP).trim_end_matches(' ').to_owned()
    };
    let mut lines = Vec::new();
    if head.iter().any(|cell| !cell.is_empty()) {
        lines.push(line(head));
        lines.push(widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join(GAP).trim_end().to_owned());
    }
    lines.extend(rows.iter().map(|row| line(row)));
    lines.join("\n")
}

/// A group of lines a row, further lines of a value indented. A table without rows shows its headings.
fn row_by_row(head: &[String], rows: &[Vec<String>], columns: usize) -> String {
    let field = |(heading, value): (&String, &String)| {
        let text = match (heading.as_str(), value.as_str()) {
            ("", "") => return None,
            (heading, "") => format!("{}:", heading.trim_end_matches(':')),
            ("", value) => value.to_owned(),
            (heading, value) => format!("{}: {value}", heading.trim_end_matches(':')),
        };
        Some(wrap(&text, columns - GAP.len()).replace('\n', &format!("\n{GAP}")))
    };
    let row = |row: &Vec<String>| head.iter().zip(row).filter_map(field).collect::<Vec<_>>().join("\n");
    if rows.is_empty() {
        return wrap(&head.join(GAP), columns);
    }
    rows.iter().map(row).filter(|row| !row.is_empty()).collect::<Vec<_>>().join("\n\n")
}
