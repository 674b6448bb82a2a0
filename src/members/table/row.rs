//! From a table's row to a member.
//!
//! Comes in: the cells of one row. Goes out: a [`Row`], or nothing for a blank one. Nothing with a line break, a NUL or
//! another control character ever becomes a field.

use std::collections::BTreeMap;

use super::columns::Columns;
use super::filter::Filter;
use super::heading::letter;
use super::refusal;
use crate::members::address::{Address, AddressError, Mailbox, named_in, trim_invisible};
use crate::members::placeholder::is_placeholder;
use crate::members::{Member, Refused, Row};

/// The cells of one row, as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::members) struct RawRow {
    /// As a spreadsheet program counts.
    pub number: u64,
    pub cells: Vec<String>,
}

impl RawRow {
    pub(super) fn is_blank(&self) -> bool {
        self.cells
            .iter()
            .all(|cell| cell.chars().all(|c| c.is_whitespace() || trim_invisible(&c.to_string()).is_empty()))
    }
}

/// Fields that a salutation is made from.
const PERSONAL: [&str; 6] = ["honorific", "title", "first_name", "last_name", "name", "salutation"];

/// What is needed to read a row.
#[derive(Debug)]
pub(super) struct Reading {
    pub columns: Columns,
    pub filter: Filter,
    /// The byte between cells of a text table: there a cell too many means that the row is shifted.
    pub delimiter: Option<u8>,
    /// Cells of the heading row, empty ones too.
    pub width: usize,
}

impl Reading {
    /// What the row is; nothing for a blank one.
    pub(super) fn row(&self, raw: &RawRow) -> Option<Row> {
        if raw.is_blank() {
            return None;
        }
        let row = raw.number;
        if let Err(reason) = self.check_shape(&raw.cells) {
            return Some(Row::Rejected { row, reason });
        }
        if let Some(column) = self.filter.left_out_by(&raw.cells) {
            return Some(match self.refuses_for_nobody(raw) {
                Some(reason) => Row::Rejected { row, reason },
                None => Row::LeftOut { row, column: column.to_owned() },
            });
        }
        Some(self.member(raw).map_or_else(|reason| Row::Rejected { row, reason }, Row::Member))
    }

    /// The addresses that the row refuses for.
    pub(super) fn refused(&self, raw: &RawRow) -> Vec<Refused> {
        let Some((column, cell)) = self.refusing_cell(&raw.cells) else { return Vec::new() };
        let (column, value) = (self.heading(column), shown(cell));
        let refused = |address| Refused { row: raw.number, address, column: column.clone(), value: value.clone() };
        named_in(self.address_cell(raw)).into_iter().map(refused).collect()
    }

    /// Why a refusal counts for nobody: nothing in its address cell can be read as an address. Another row of the same
    /// member would be written to.
    fn refuses_for_nobody(&self, raw: &RawRow) -> Option<String> {
        let (column, cell) = self.refusing_cell(&raw.cells)?;
        let address = self.address_cell(raw);
        if !address.contains(char::is_alphanumeric) || !named_in(address).is_empty() {
            return None;
        }
        let error = Mailbox::parse(address).err()?;
        let says = if cell.is_empty() { "says nothing".to_owned() } else { format!("says “{}”", shown(cell)) };
        Some(format!(
            "{error}; the row {says} in the column “{}”, which keeps nobody from this mail until the address is corrected",
            self.heading(column)
        ))
    }

    fn address_cell<'a>(&self, raw: &'a RawRow) -> &'a str {
        raw.cells.get(self.columns.email).map_or("", String::as_str)
    }

    /// A column's heading, or its letter where it has none.
    fn heading(&self, column: usize) -> String {
        let heading = self.columns.headings.get(column).filter(|heading| !heading.is_empty());
        heading.cloned().unwrap_or_else(|| letter(column))
    }

    fn refusing_cell<'a>(&self, cells: &'a [String]) -> Option<(usize, &'a str)> {
        let unnamed = |column: usize| self.columns.headings.get(column).is_none_or(String::is_empty);
        let cell = |column: usize| trim_invisible(cells.get(column).map_or("", String::as_str)).trim();
        let headless = (0..cells.len()).find(|column| unnamed(*column) && refusal::refuses(cell(*column)));
        let mut mismatches = self.filter.mismatches(cells);
        let decided = || mismatches.find(|wanted| wanted.is_refusal(cell(wanted.column))).map(|wanted| wanted.column);
        headless.or_else(decided).map(|column| (column, cell(column)))
    }

    /// No cell too many, no rows swallowed by a cell, no refusal where no heading tells what it is.
    fn check_shape(&self, cells: &[String]) -> Result<(), String> {
        for (column, cell) in cells.iter().enumerate() {
            let text = trim_invisible(cell).trim();
            if text.is_empty() {
                continue;
            }
            if self.delimiter.is_some() && column >= self.width {
                return Err(format!(
                    "the row has more cells than the heading: “{}”; a cell with the delimiter in it needs quotation marks",
                    shown(text)
                ));
            }
            let heading = self.columns.headings.get(column).map_or("", String::as_str);
            if heading.is_empty() && refusal::refuses(text) {
                return Err(format!("column {}, which has no heading, says “{}”", letter(column), shown(text)));
            }
            if self.has_swallowed_rows(cell) {
                return Err(format!(
                    "the cell “{}” runs over several rows; a quotation mark before “{}” is not closed",
                    if heading.is_empty() { letter(column) } else { heading.to_owned() },
                    shown(text.lines().next().unwrap_or_default())
                ));
            }
        }
        Ok(())
    }

    /// Whether a line inside a cell looks like a row of the table.
    fn has_swallowed_rows(&self, cell: &str) -> bool {
        let Some(delimiter) = self.delimiter.map(char::from) else { return false };
        let like_a_row = |line: &str| line.contains('@') && line.matches(delimiter).count() + 1 >= self.width;
        self.width > 1 && cell.lines().skip(1).any(like_a_row)
    }

    fn member(&self, raw: &RawRow) -> Result<Member, String> {
        let cell = |column: usize| raw.cells.get(column).map_or("", String::as_str);
        let address = cell(self.columns.email);
        let mailbox = Mailbox::parse(address);
        if !matches!(mailbox, Err(AddressError::TwoAddresses(_))) {
            used(address, &self.columns.headings[self.columns.email])?;
        }
        let mailbox = mailbox.map_err(|error| error.to_string())?;
        let mut fields = BTreeMap::new();
        for field in &self.columns.fields {
            let text = if field.known {
                used(cell(field.column), &self.columns.headings[field.column])?
            } else {
                one_line(cell(field.column))
            };
            if PERSONAL.contains(&field.name.as_str()) {
                if is_placeholder(&text) {
                    continue;
                }
                let heading = &self.columns.headings[field.column];
                match Address::parse(&text) {
                    // Exports without a name repeat the address.
                    Ok(other) if other.normalized() == mailbox.address.normalized() => continue,
                    Ok(_) => {
                        return Err(format!("the cell “{heading}” holds another e-mail address: “{}”", shown(&text)));
                    }
                    Err(_) if is_garbled(&text) => {
                        return Err(format!(
                            "“{}” was saved in the wrong character set; correct it in the table",
                            shown(&text)
                        ));
                    }
                    Err(_) => {}
                }
            }
            if !text.is_empty() {
                fields.insert(field.name.clone(), text);
            }
        }
        if let Some(name) = mailbox.name.filter(|_| !self.columns.have_names()) {
            fields.entry("name".to_owned()).or_insert(one_line(&name));
        }
        Ok(Member { row: raw.number, address: mailbox.address, fields })
    }
}

/// A cell whose text may reach a header or a salutation, trimmed. A tab in it, as one typed with it or pasted, is a space.
fn used(cell: &str, heading: &str) -> Result<String, String> {
    let text = trim_invisible(cell);
    if text.contains(['\r', '\n', '\u{85}', '\u{2028}', '\u{2029}']) {
        return Err(format!("the cell “{heading}” has a line break in it: “{}”", shown(text)));
    }
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return Err(format!("the cell “{heading}” has a control character in it: “{}”", shown(text)));
    }
    if text.contains('\u{fffd}') {
        return Err(format!("the cell “{heading}” has characters of another character set: “{}”", shown(text)));
    }
    const FORMULA_ERRORS: [&str; 14] = [
        "#N/A",
        "#NV",
        "#REF!",
        "#BEZUG!",
        "#NAME?",
        "#VALUE!",
        "#WERT!",
        "#DIV/0!",
        "#NUM!",
        "#ZAHL!",
        "#NULL!",
        "#SPILL!",
        "#ÜBERLAUF!",
        "#CALC!",
    ];
    if FORMULA_ERRORS.contains(&text) {
        return Err(format!("the cell “{heading}” shows a formula's error: {text}"));
    }
    let untabbed = text.split('\t').map(trim_invisible).filter(|part| !part.is_empty());
    Ok(untabbed.collect::<Vec<_>>().join(" "))
}

/// Any other cell: line breaks and control characters become one space.
fn one_line(cell: &str) -> String {
    let spaced = trim_invisible(cell).replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ");
    trim_invisible(&spaced).to_owned()
}

/// Names such as `MÃ¼ller` (UTF-8 read as Windows-1252) and `J„ger`, `MŸller` (Excel's "CSV (MS-DOS)" and "CSV
/// (Macintosh)"): no person is called so, and every member would see it.
fn is_garbled(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let twice = characters.windows(2).any(|pair| {
        matches!(
            pair,
            [
                'Ã',
                '\u{80}'
                    ..='\u{bf}'
                        | 'Ÿ'
                        | '„'
                        | '–'
                        | 'œ'
                        | 'Œ'
                        | '‰'
                        | '“'
                        | 'š'
                        | '€'
                        | '™'
                        | '…'
                        | '†'
                        | '‡'
                        | 'ˆ'
                        | '‹'
                        | '‘'
                        | '’'
                        | '”'
                        | '•'
                        | '—'
                        | '˜'
                        | '›'
                        | 'ž'
                        | 'Ž'
            ]
        )
    });
    let inside = characters.windows(3).any(|three| {
        three[0].is_alphabetic()
            && matches!(three[1], '„' | '”' | 'Ÿ' | '€' | '™' | '†' | '§' | '¤' | '¼')
            && three[2].is_lowercase()
    });
    twice || inside
}

/// At most 60 characters, with line breaks made visible.
pub(in crate::members) fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(60)
        .map(|c| {
            if c == '\n' {
                '↵'
            } else if c.is_control() {
                '␣'
            } else {
                c
            }
        })
        .collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::is_garbled;

    #[test]
    fn names_in_the_wrong_character_set_are_seen_and_real_ones_are_not() {
        for name in ["MÃ¼ller", "WeiÃŸ", "Ã„nne", "RenÃ©", "J„ger", "MŸller", "GrÃ¶ÃŸe"] {
            assert!(is_garbled(name), "{name}");
        }
        for name in ["Müller", "São Paulo", "ÃO", "Þór", "Dvořák", "Škoda", "Jůlie", "Anna „Änne“ Beispiel", "L’Haÿ"]
        {
            assert!(!is_garbled(name), "{name}");
        }
    }
}
