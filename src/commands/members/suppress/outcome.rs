//! What a suppression came to, for people and as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::members::check::Rejected;

/// What became of it. As JSON: `{new, already, rejected: [{row, reason}], left_alone: {VALUE: count}}`.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Outcome {
    pub new: u64,
    /// Were kept from it before, or stand in the file twice.
    pub already: u64,
    pub rejected: Vec<Rejected>,
    /// Rows about members who are well, by what they say.
    pub left_alone: BTreeMap<String, u64>,
}

impl Outcome {
    /// In words.
    pub fn text(&self) -> String {
        let counted = |count: u64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        let mut lines = vec![format!("{} not written to any more", counted(self.new, "address is", "addresses are"))];
        if self.already > 0 {
            lines.push(format!(
                "{} not written to before either, or listed twice",
                counted(self.already, "was", "were")
            ));
        }
        if !self.left_alone.is_empty() {
            let values: Vec<String> =
                self.left_alone.iter().map(|(value, count)| format!("{value} {count}×")).collect();
            let rows = self.left_alone.values().sum();
            let rows = counted(
                rows,
                "row is about a member who is well and was",
                "rows are about members who are well and were",
            );
            lines.push(format!("{rows} left alone: {}", values.join(", ")));
        }
        if !self.rejected.is_empty() {
            lines.push(format!("{} be used:", counted(self.rejected.len() as u64, "row cannot", "rows cannot")));
            lines.extend(self.rejected.iter().map(|rejected| format!("  row {}: {}", rejected.row, rejected.reason)));
        }
        lines.join("\n")
    }
}
