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
    /// `|`, where none of the others is in the heading.
    Pipe,
    /// The heading has none of them: a table of one column.
    None,
}

impl Delimiter {
    /// In the order in which one is preferred where a line has as many of both.
    pub(super) const ALL: [Delimiter; 4] = [Delimiter::Semicolon, Delimiter::Tab, Delimiter::Comma, Delimiter::Pipe];

    pub(super) fn byte(self) -> Option<u8> {
        match self {
            Delimiter::Semicolon => Some(b';'),
            Delimiter::Comma => Some(b','),
            Delimiter::Tab => Some(b'\t'),
            Delimiter::Pipe => Some(b'|'),
            Delimiter::None => None,
        }
    }

    /// In words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Delimiter::Semicolon => "cells separated by semicolons",
            Delimiter::Comma => "cells separated by commas",
            Delimiter::Tab => "cells separated by tabs",
            Delimiter::Pipe => "cells separated by vertical bars",
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

    /// One cell, and whether it ends its row. Spaces around quotation marks belong to neither: some programs write
    /// `"Anna"; "Müller"`.
    fn cell(&mut self) -> Result<(String, bool), TableError> {
        let mut cell = Vec::new();
        while cell.len() < CELL_MAX && self.text.peek()?.is_some_and(|byte| self.is_space(byte)) {
            cell.extend(self.text.take()?);
        }
        let mut quoted = None;
        if self.text.peek()? == Some(b'"') {
            self.text.take()?;
            cell.clear();
            self.quoted(&mut cell)?;
            quoted = Some(cell.len());
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
        if let Some(end) = quoted.filter(|end| cell[*end..].iter().all(|byte| self.is_space(*byte))) {
            cell.truncate(end);
        }
        let cell = String::from_utf8(cell).expect("the decoder gives UTF-8, which is cut at ASCII bytes only");
        Ok((cell, last))
    }

    fn is_space(&self, byte: u8) -> bool {
        matches!(byte, b' ' | b'\t') && self.delimiter.byte() != Some(byte)
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
        b"sep=|" => Delimiter::Pipe,
        _ => return (0, None),
    };
    let line_end = if start[end..].starts_with(b"\r\n") { 2 } else { usize::from(end < start.len()) };
    (end + line_end, Some(declared))
}

/// The delimiter that stands most often in the first line that is not blank, outside quotation marks; `|` only where
/// there is no other. A quotation mark inside a cell (`5" nails`) opens none.
fn delimiter(start: &[u8]) -> Delimiter {
    let of_byte = |byte: u8| Delimiter::ALL.into_iter().position(|candidate| candidate.byte() == Some(byte));
    let mut counts = [0; Delimiter::ALL.len()];
    let (mut quoted, mut at_start, mut blank) = (false, true, true);
    for byte in start {
        match byte {
            // Two in a row inside a cell close it and open it again.
            b'"' if quoted || at_start => (quoted, at_start) = (!quoted, true),
            b'\r' | b'\n' if !quoted && !blank => break,
            b'\r' | b'\n' if !quoted => (counts, at_start) = ([0; Delimiter::ALL.len()], true),
            b' ' => {}
            _ if quoted => {}
            _ => {
                let found = of_byte(*byte);
                at_start = found.is_some();
                found.into_iter().for_each(|candidate| counts[candidate] += 1);
            }
        }
        blank &= byte.is_ascii_whitespace() || *byte == b'"' || of_byte(*byte).is_some();
    }
    let (usual, pipe) = counts.split_at(Delimiter::ALL.len() - 1);
    // The first of equals: a heading such as `Name, Vorname;E-Mail` is meant with the semicolon.
    let most = usual.iter().copied().max().filter(|most| *most > 0);
    match most.and_then(|most| usual.iter().position(|count| *count == most)) {
        Some(candidate) => Delimiter::ALL[candidate],
        None if pipe[0] > 0 => Delimiter::Pipe,
        None => Delimiter::None,
    }
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
    fn spaces_around_quotation_marks_belong_to_no_cell() {
        assert_eq!(rows("\"a\"; \"b\"\n\"x\" ;  \"y; z\"  \n"), ["1: a|b", "2: x|y; z"]);
        assert_eq!(rows("\"a\", \"b\"\n \"Müller, geb. Schmidt\",\t\"y\""), ["1: a|b", "2: Müller, geb. Schmidt|y"]);
        assert_eq!(rows("a\tb\n\"x\"\t \"y\"\n"), ["1: a|b", "2: x|y"]);
        assert_eq!(rows("a;b\n\" x \"; \"say \"\"hi\"\"\"\n"), ["1: a|b", "2:  x |say \"hi\""]);
        // A mark that opens no cell stays, and so does what is not behind one.
        assert_eq!(rows("a;b\n Anna \"Änne\" ; \"x\" y \n"), ["1: a|b", "2:  Anna \"Änne\" |x y "]);
        assert_eq!(rows("a;b\n   ;  \n"), ["1: a|b", "2:    |  "]);
        let expected = "row 2: a quotation mark opens a cell and is not closed";
        assert_eq!(rows("a;b\n1; \"2\n3;4\n"), ["1: a|b", expected]);
        assert_eq!(
            rows(&format!("a;b\n{}\"x\"", " ".repeat(20_000))).last().expect("a row"),
            "row 2: a cell is larger than 10000 bytes"
        );
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
        assert_eq!(of("\"a;b;c\", \"d;e\"\n"), Delimiter::Comma);
        assert_eq!(of("\"say \"\"a;b;c\"\"\",d\n"), Delimiter::Comma);
        assert_eq!(of("Größe 5\",E-Mail\n"), Delimiter::Comma);
        assert_eq!(of("Name, Vorname;E-Mail\n"), Delimiter::Semicolon);
        assert_eq!(of("a|b|c\n1;2;3\n"), Delimiter::Pipe);
        assert_eq!(of("a|b|c;d\n"), Delimiter::Semicolon);
        assert_eq!(of("sep=|\na;b\n"), Delimiter::Pipe);
        assert_eq!(of("\n;;\na,b,c\n"), Delimiter::Comma);
        assert_eq!(of("E-Mail\na@example.org;b@example.org\n"), Delimiter::None);
        assert_eq!(of(""), Delimiter::None);
    }
}
