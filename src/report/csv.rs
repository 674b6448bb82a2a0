//! The report as a table for a spreadsheet: one row a delivery (RFC 4180, with `;` as German Excel expects it).
//!
//! UTF-8 with a byte order mark, so that Excel reads umlauts; lines end with CRLF. A cell that a spreadsheet would take
//! for a formula gets an apostrophe in front. The columns and their order are the same for every send.

use jiff::Zoned;

use super::wording::{basis, one_line};
use super::{Format, Report, Row};
use crate::words::Words;

const MARK: &str = "\u{feff}";

/// The columns, by their keys in the catalogue.
const COLUMNS: [&str; 13] = [
    "report.csv.revision",
    "report.code",
    "report.csv.channel",
    "report.list",
    "report.basis",
    "report.address",
    "report.name",
    "report.csv.outcome",
    "report.csv.attempts",
    "report.csv.first",
    "report.csv.settled",
    "report.next_try",
    "report.csv.detail",
];

/// One row a delivery.
#[derive(Debug, Clone, Copy)]
pub struct Csv;

impl Format for Csv {
    fn page(&self, _report: &Report, words: &Words) -> String {
        heading(words)
    }

    fn row(&self, row: &Row<'_>, words: &Words) -> String {
        line([
            row.revision.to_string(),
            row.code.to_owned(),
            row.channel.to_owned(),
            row.list.to_owned(),
            if row.channel == "email" { basis(words, row.basis) } else { String::new() },
            row.address.map_or_else(|| words.get("report.address_deleted"), str::to_owned),
            row.name.to_owned(),
            row.outcome.words(words),
            row.attempts.to_string(),
            time(row.first.as_ref()),
            time(row.settled.as_ref()),
            time(row.due.as_ref()),
            row.detail.to_owned(),
        ])
    }

    fn has_rows(&self) -> bool {
        true
    }

    fn is_report(&self, first: &[u8], _last: &[u8], words: &Words) -> bool {
        first.starts_with(heading(words).as_bytes())
    }
}

fn heading(words: &Words) -> String {
    MARK.to_owned() + &line(COLUMNS.map(|column| words.get(column)))
}

fn line(cells: [String; COLUMNS.len()]) -> String {
    cells.map(|text| cell(&text)).join(";") + "\r\n"
}

/// `2026-11-23 09:00:05`, which spreadsheets read as a time.
fn time(at: Option<&Zoned>) -> String {
    at.map_or_else(String::new, |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// A cell: on one line, no formula, in quotes where it must be.
fn cell(text: &str) -> String {
    let text = one_line(text);
    let formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let text = if formula { format!("'{text}") } else { text };
    match text.contains([';', '"', ',']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_its_row() {
        for (text, written) in [
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("+49 30 1", "'+49 30 1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'=1"),
            ("\r\n=1", "'=1"),
            ("a;b", "\"a;b\""),
            ("550 5.1.1\r\nno such user", "550 5.1.1 no such user"),
            ("anna@example.org", "anna@example.org"),
        ] {
            assert_eq!(cell(text), written, "{text:?}");
        }
    }
}
