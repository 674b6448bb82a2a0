//! What was recognised of a table, before its first row.
//!
//! Comes in: format, columns, values of doubtful columns. Goes out: [`Recognised`] for reports. Says nothing about
//! single members.

use std::collections::BTreeMap;

use super::columns::Columns;
use super::csv::Delimiter;
use super::encoding::Encoding;
use super::refusal::{PLACEHOLDER, Refusal, Values, where_line};

/// How the table was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    Csv { encoding: Encoding, delimiter: Delimiter },
    Xlsx { sheet: String },
}

/// What a table's beginning told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    pub format: Format,
    /// Heading and field of every column that has a heading, in the table's order.
    pub columns: Vec<(String, String)>,
    /// Columns that look like a refusal or a consent and stand in no `where`. A plan must not go on with any.
    pub refusals: Vec<Refusal>,
}

impl Recognised {
    pub(super) fn new(
        format: Format,
        columns: &Columns,
        values: Vec<Values>,
        filter: &BTreeMap<String, Vec<String>>,
    ) -> Recognised {
        let heading = |values: &Values| columns.headings[values.column].clone();
        let asked: Vec<(String, Vec<String>)> =
            values.iter().map(|column| (heading(column), column.wanted())).collect();
        let line = where_line(
            filter
                .iter()
                .chain(asked.iter().map(|(heading, wanted)| (heading, wanted)))
                .map(|(heading, wanted)| (heading.as_str(), wanted.as_slice())),
        );
        let refusal = |(column, (heading, wanted)): (&Values, &(String, Vec<String>))| Refusal {
            heading: heading.clone(),
            values: column.most_frequent(),
            suggestion: line.clone(),
            is_open: wanted.iter().any(|value| value == PLACEHOLDER),
        };
        let refusals = values.iter().zip(&asked).map(refusal).collect();
        Recognised { format, columns: columns.recognised(), refusals }
    }
}
