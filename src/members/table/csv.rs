//! Rows of a text table.
//!
//! Comes in: a CSV file in any [`Encoding`]. Goes out: its rows, numbered as a spreadsheet program does: each record is
//! one row, blank lines count, Excel's `sep=;` line does not. Holds one row; a quotation mark that is never closed
//! cannot swallow the file.
//!
//! Written by hand and not with the `csv` crate, which skips blank lines unseen (the row numbers would be wrong) and
//! has no limit for a cell.

use std::io::{Read, Seek};

use super::decoded::Decoded;
use super::encoding::{self, Encoding};
use super::error::TableError;
use super::row::RawRow;

/// A longer cell is a mistake, in bytes.
const CELL_MAX: usize = 10_000;
/// Excel's own limit of columns.
const CELLS_MAX: usize = 16_384;
/// A longer row is a mistake, in bytes.
const ROW_MAX: usize = 1 << 20;

/// What stands between the cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    Semicolon,
    Comma,
    Tab,
    /// The heading has none of them: a table of one column.
    None,
}

impl Delimiter {
    pub(super) fn byte(self) -> Option<u8> {
        match self {
            Delimiter::Semicolon => Some(b';'),
            Delimiter::Comma => Some(b','),
            Delimiter::Tab => Some(b'\t'),
            Delimiter::None => None,
        }
    }

    /// In words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Delimiter::Semicolon => "cells separated by semicolons",
            Delimiter::Comma => "cells separated by commas",
            Delimiter::Tab => "cells separated by tabs",
            Delimiter::None => "one column",
        }
    }
}

/// The reading of a text table.
pub(in crate::members) struct CsvRows<R> {
    text: Decoded<R>,
    pub encoding: Encoding,
    pub delimiter: Delimiter,
    /// Bytes of a `sep=` line.
    preface: usize,
    /// The last row that was read.
    row: u64,
}

impl<R: Read + Seek> CsvRows<R> {
    /// Reads the source once for its character set, then its beginning for the delimiter.
    pub(super) fn open(mut source: R) -> Result<CsvRows<R>, TableError> {
        let encoding = encoding::detect(&mut source)?;
        let mut text = Decoded::new(source, encoding)?;
        let ahead = text.ahead()?;
        let (preface, declared) = sep_line(ahead);
        let delimiter = declared.unwrap_or_else(|| delimiter(&ahead[preface..]));
        text.skip(preface);
        Ok(CsvRows { text, encoding, delimiter, preface, row: 0 })
    }

    /// Starts again at the first row.
    pub(super) fn rewind(&mut self) -> Result<(), TableError> {
        self.text.rewind()?;
        self.text.ahead()?;
        self.text.skip(self.preface);
        self.row = 0;
        Ok(())
    }

    /// The next row, blank ones too.
    pub(super) fn next_row(&mut self) -> Result<Option<RawRow>, TableError> {
        if self.text.peek()?.is_none() {
            return Ok(None);
        }
        self.row += 1;
        let mut row = RawRow { number: self.row, cells: Vec::new() };
        let mut bytes = 0;
        loop {
            let (cell, last) = self.cell()?;
            bytes += cell.len() + 1;
            row.cells.push(cell);
            if last {
                return Ok(Some(row));
            }
            if row.cells.len() == CELLS_MAX || bytes > ROW_MAX {
                let help = "check that the file is a table and that each row ends with a line break";
                let message = format!("more than {CELLS_MAX} cells or {ROW_MAX} bytes in one row");
                return Err(TableError::new(message, help).in_row(self.row));
            }
        }
    }

    /// One cell, and whether it ends its row.
    fn cell(&mut self) -> Result<(String, bool), TableError> {
        let mut cell = Vec::new();
        if self.text.peek()? == Some(b'"') {
            self.text.take()?;
            self.quoted(&mut cell)?;
        }
        let last = loop {
            match self.text.take()? {
                None | Some(b'\n') => break true,
                Some(b'\r') => {
                    if self.text.peek()? == Some(b'\n') {
                        self.text.take()?;
                    }
                    break true;
                }
                byte if byte == self.delimiter.byte() => break false,
                Some(byte) => cell.push(byte),
            }
            if cell.len() > CELL_MAX {
                let message = format!("a cell is larger than {CELL_MAX} bytes");
                return Err(TableError::new(message, "shorten the cell or remove its column").in_row(self.row));
            }
        };
        let cell = String::from_utf8(cell).expect("the decoder gives UTF-8, which is cut at ASCII bytes only");
        Ok((cell, last))
    }

    /// The inside of quotation marks, after the first; two in a row are one (RFC 4180, section 2).
    fn quoted(&mut self, cell: &mut Vec<u8>) -> Result<(), TableError> {
        loop {
            match self.text.take()? {
                Some(b'"') if self.text.peek()? == Some(b'"') => {
                    self.text.take()?;
                    cell.push(b'"');
                }
                Some(b'"') => return Ok(()),
                Some(byte) if cell.len() < CELL_MAX => cell.push(byte),
                _ => {
                    return Err(TableError::new(
                        "a quotation mark opens a cell and is not closed",
                        "put a second \" at the end of that cell, or remove the first",
                    )
                    .in_row(self.row));
                }
            }
        }
    }
}

/// The length of Excel's first line `sep=;` with its line end, and the delimiter it names.
fn sep_line(start: &[u8]) -> (usize, Option<Delimiter>) {
    let end = start.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(start.len());
    let line: Vec<u8> = start[..end].iter().filter(|byte| **byte != b'"').map(u8::to_ascii_lowercase).collect();
    let declared = match line.as_slice() {
        b"sep=;" => Delimiter::Semicolon,
        b"sep=," => Delimiter::Comma,
        b"sep=\t" => Delimiter::Tab,
        _ => return (0, None),
    };
    let line_end = if start[end..].starts_with(b"\r\n") { 2 } else { usize::from(end < start.len()) };
    (end + line_end, Some(declared))
}

/// The delimiter that stands most often in the first line that is not blank, outside quotation marks.
fn delimiter(start: &[u8]) -> Delimiter {
    let mut counts = [(Delimiter::Semicolon, 0), (Delimiter::Tab, 0), (Delimiter::Comma, 0)];
    let mut quoted = false;
    let mut blank = true;
    for byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted && !blank => break,
            b'\r' | b'\n' if !quoted => counts.iter_mut().for_each(|(_, count)| *count = 0),
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(candidate, _)| candidate.byte() == Some(*byte)).for_each(|(_, n)| *n += 1),
        }
        blank &= byte.is_ascii_whitespace() || matches!(byte, b';' | b',' | b'"');
    }
    // The first of equals: a heading such as `Name, Vorname;E-Mail` is meant with the semicolon.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let found = counts.iter().find(|(_, count)| *count == most && most > 0);
    found.map_or(Delimiter::None, |(delimiter, _)| *delimiter)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{CsvRows, Delimiter};

    /// `number: cell|cell`, a line a row; or the error.
    fn rows(text: &str) -> Vec<String> {
        let mut table = CsvRows::open(Cursor::new(text.as_bytes())).expect("memory can be read");
        let mut shown = Vec::new();
        loop {
            match table.next_row() {
                Ok(Some(row)) => shown.push(format!("{}: {}", row.number, row.cells.join("|"))),
                Ok(None) => return shown,
                Err(error) => {
                    shown.push(error.to_string());
                    return shown;
                }
            }
        }
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_program_does() {
        assert_eq!(rows("a;b\n\n1;2\r\n\"x\ny\";3\r4;5"), ["1: a|b", "2: ", "3: 1|2", "4: x\ny|3", "5: 4|5"]);
        assert_eq!(rows("sep=;\r\na;b\r\n1;2\r\n"), ["1: a|b", "2: 1|2"]);
        assert_eq!(rows("\"SEP=,\"\na,b;c\n"), ["1: a|b;c"]);
    }

    #[test]
    fn quotation_marks_are_read_as_spreadsheet_programs_do() {
        assert_eq!(rows("a;b\n\"x;y\";\"say \"\"hi\"\"\"\n"), ["1: a|b", "2: x;y|say \"hi\""]);
        assert_eq!(rows("a;b\n5\" nails;\"x\"y\n"), ["1: a|b", "2: 5\" nails|xy"]);
        assert_eq!(rows("a;b\n\"\";\n"), ["1: a|b", "2: |"]);
    }

    #[test]
    fn an_open_quotation_mark_is_told_with_its_row_and_swallows_nothing() {
        let expected = "row 2: a quotation mark opens a cell and is not closed";
        assert_eq!(rows("a;b\n\"1;2\n3;4\n"), ["1: a|b", expected]);
        let long = format!("a;b\n\"1;2\n{}", "3;4\n".repeat(100_000));
        assert_eq!(rows(&long), ["1: a|b", expected]);
    }

    #[test]
    fn a_cell_or_row_without_end_is_an_error() {
        assert_eq!(
            rows(&format!("a;b\n{}", "x".repeat(20_000))).last().expect("a row"),
            "row 2: a cell is larger than 10000 bytes"
        );
        let wide = format!("a;b\n{}", "x;".repeat(20_000));
        assert_eq!(rows(&wide).last().expect("a row"), "row 2: more than 16384 cells or 1048576 bytes in one row");
    }

    #[test]
    fn the_heading_tells_the_delimiter() {
        let of = |text: &str| CsvRows::open(Cursor::new(text.as_bytes())).expect("memory can be read").delimiter;
        assert_eq!(of("a;b,c;d\n1,2,3,4,5\n"), Delimiter::Semicolon);
        assert_eq!(of("a,b\n"), Delimiter::Comma);
        assert_eq!(of("a\tb\tc, d\n"), Delimiter::Tab);
        assert_eq!(of("\"a;b;c\",d\n"), Delimiter::Comma);
        assert_eq!(of("Name, Vorname;E-Mail\n"), Delimiter::Semicolon);
        assert_eq!(of("\n;;\na,b,c\n"), Delimiter::Comma);
        assert_eq!(of("E-Mail\na@example.org;b@example.org\n"), Delimiter::None);
        assert_eq!(of(""), Delimiter::None);
    }
}
