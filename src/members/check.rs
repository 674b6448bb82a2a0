//! What `members check FILE` finds in a table.
//!
//! Comes in: the rows of a table and what was recognised of it. Goes out: a [`Check`], for `--format json` as it is, for
//! people as text. Holds the whole list, unlike a send.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::io::{Read, Seek};

use serde::Serialize;

use super::address::Address;
use super::table::{Format, Recognised, Refusal, Table, TableError};
use super::{Member, Refused, Row};

/// Members, rows that cannot be used and rows that repeat an address. As JSON: `{members: [{row, address, …fields}],
/// rejected: [{row, reason}], merged: [{row, into}]}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Check {
    pub members: Vec<Checked>,
    pub rejected: Vec<Rejected>,
    pub merged: Vec<Merged>,
    /// Rows that `where` left out, by the heading that decided.
    #[serde(skip)]
    pub left_out: BTreeMap<String, u64>,
}

/// A member, with the fields beside row and address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    pub row: u64,
    pub address: Address,
    #[serde(flatten)]
    pub fields: BTreeMap<String, String>,
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    pub row: u64,
    pub reason: String,
}

/// A row whose address stands in the row `into` already; the earlier one is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Merged {
    pub row: u64,
    pub into: u64,
}

impl Check {
    /// Sorts all rows of a table.
    ///
    /// # Errors
    /// The table's own, where it cannot be read to its end.
    pub fn of<R: Read + Seek>(table: &mut Table<R>) -> Result<Check, TableError> {
        let mut refusals = HashMap::new();
        while let Some(found) = table.next_refusals()? {
            for refused in found {
                refusals.entry(refused.address.normalized()).or_insert(refused);
            }
        }
        Check::of_rows(table, &refusals)
    }

    /// `refusals`: who refuses in a row, by normalised address.
    fn of_rows(
        rows: impl Iterator<Item = Result<Row, TableError>>,
        refusals: &HashMap<String, Refused>,
    ) -> Result<Check, TableError> {
        let mut check = Check::default();
        let mut first_rows: HashMap<String, u64> = HashMap::new();
        for row in rows {
            match row? {
                Row::Rejected { row, reason } => check.rejected.push(Rejected { row, reason }),
                Row::LeftOut { column, .. } => *check.left_out.entry(column).or_default() += 1,
                Row::Member(Member { row, address, .. }) if refusals.contains_key(&address.normalized()) => {
                    let reason = why_refused(&refusals[&address.normalized()]);
                    check.rejected.push(Rejected { row, reason });
                }
                Row::Member(Member { row, address, fields }) => match first_rows.get(&address.normalized()) {
                    Some(into) => check.merged.push(Merged { row, into: *into }),
                    None => {
                        first_rows.insert(address.normalized(), row);
                        check.members.push(Checked { row, address, fields });
                    }
                },
            }
        }
        Ok(check)
    }

    /// The result in words, with every row that needs a hand; ends with a line end.
    pub fn text(&self, recognised: &Recognised) -> String {
        let mut text = recognised_text(recognised);
        text.push('\n');
        line(&mut text, counted(self.members.len(), "member", "members"));
        for (heading, rows) in &self.left_out {
            let rows = usize::try_from(*rows).unwrap_or(usize::MAX);
            line(&mut text, format!("{} left out by `where`: “{heading}”", counted(rows, "row", "rows")));
        }
        if !self.merged.is_empty() {
            let counted = counted(self.merged.len(), "row repeats an address and is", "rows repeat an address and are");
            line(&mut text, format!("{counted} merged:"));
            for merged in &self.merged {
                line(&mut text, format!("  row {} has the address of row {}", merged.row, merged.into));
            }
        }
        if !self.rejected.is_empty() {
            line(&mut text, format!("{} be used:", counted(self.rejected.len(), "row cannot", "rows cannot")));
            for rejected in &self.rejected {
                line(&mut text, format!("  row {}: {}", rejected.row, rejected.reason));
            }
        }
        text.push_str(&refusals_text(&recognised.refusals));
        text
    }
}

/// Why a row is not written to although it consents itself.
pub fn why_refused(refused: &Refused) -> String {
    let Refused { row, column, value, .. } = refused;
    let says = if value.is_empty() { "says nothing".to_owned() } else { format!("says “{value}”") };
    format!("row {row} of the same address {says} in the column “{column}”, and that counts")
}

fn line(text: &mut String, line: String) {
    writeln!(text, "{line}").expect("writing to a String cannot fail");
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn recognised_text(recognised: &Recognised) -> String {
    let mut text = match &recognised.format {
        Format::Csv { encoding, delimiter } => format!("{encoding}, {}\n", delimiter.words()),
        Format::Xlsx { sheet } => format!("Excel workbook, sheet “{sheet}”\n"),
    };
    let width = recognised.columns.iter().map(|(heading, _)| heading.chars().count()).max().unwrap_or(0).min(40);
    for (heading, field) in &recognised.columns {
        line(&mut text, format!("  {heading:width$} → {}", meaning(field)));
    }
    text
}

/// A field in words; others as a template names them.
fn meaning(field: &str) -> String {
    match field {
        "email" => "e-mail address",
        "first_name" => "first name",
        "last_name" => "surname",
        "name" => "whole name",
        "honorific" => "form of address (Frau, Herr)",
        "title" => "title (Dr., Prof.)",
        "salutation" => "salutation, as it stands there",
        "organisation" => "organisation",
        "language" => "language",
        "city" => "city",
        other => return format!("{{{{ member.{other} }}}}"),
    }
    .to_owned()
}

/// The columns that a person must decide about, and the one line that does.
fn refusals_text(refusals: &[Refusal]) -> String {
    let mut text = String::new();
    let Some(first) = refusals.first() else { return text };
    text.push('\n');
    for refusal in refusals {
        let (heading, values) = (&refusal.heading, refusal.shown_values());
        line(&mut text, format!("“{heading}”{values} looks like a column that says who must not be written to."));
    }
    line(
        &mut text,
        "Nothing is sent to this list until its section in config.toml says which rows are meant:".to_owned(),
    );
    line(&mut text, format!("  {}", first.suggestion));
    for open in refusals.iter().filter_map(Refusal::what_is_open) {
        line(&mut text, format!("  {open}"));
    }
    text
}
