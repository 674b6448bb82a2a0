//! Collects the findings of one post, so that all problems are said at once, but never a flood of them.

use crate::finding::{Finding, Place};
use crate::post::source::Source;

/// At most this many errors, and as many warnings, are kept.
const MAX_EACH: usize = 50;

/// The findings of one post.
pub(super) struct Report<'s> {
    source: &'s Source,
    kept: Vec<Finding>,
    errors: usize,
    warnings: usize,
}

/// Where something stands: line and column from 1, and how many characters are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    pub line: usize,
    pub column: usize,
    pub width: usize,
}

impl<'s> Report<'s> {
    pub(super) fn new(source: &'s Source) -> Report<'s> {
        Report { source, kept: Vec::new(), errors: 0, warnings: 0 }
    }

    /// Whether another error would still be kept; finding its place may be left out if not.
    pub(super) fn has_room(&self) -> bool {
        self.errors < MAX_EACH
    }

    /// Whether another warning would still be kept.
    pub(super) fn has_room_for_warnings(&self) -> bool {
        self.warnings < MAX_EACH
    }

    pub(super) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    pub(super) fn error(
        &mut self,
        rule: &'static str,
        spot: Spot,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(Finding::error(rule, message).help(help), spot);
    }

    pub(super) fn warning(
        &mut self,
        rule: &'static str,
        spot: Spot,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(Finding::warning(rule, message).help(help), spot);
    }

    fn add(&mut self, finding: Finding, spot: Spot) {
        let count = if finding.is_error() { &mut self.errors } else { &mut self.warnings };
        *count += 1;
        if *count <= MAX_EACH {
            self.kept.push(finding.at(self.source.place(spot.line, spot.column, spot.width)));
        }
    }

    /// All findings in the order of the file, and whether there is an error among them.
    pub(super) fn finish(mut self) -> (Vec<Finding>, bool) {
        let position = |finding: &Finding| finding.place.as_ref().map_or((0, 0), |place| (place.line, place.column));
        self.kept.sort_by_key(position);
        let file = self.source.place(0, 0, 1).file;
        let more = |count: usize| (count > MAX_EACH).then(|| count - MAX_EACH);
        if let Some(count) = more(self.errors) {
            let finding = Finding::error("more", format!("and {count} more errors like these"));
            self.kept.push(finding.at(Place::whole_file(&file)));
        }
        if let Some(count) = more(self.warnings) {
            let finding = Finding::warning("more", format!("and {count} more warnings like these"));
            self.kept.push(finding.at(Place::whole_file(&file)));
        }
        (self.kept, self.errors > 0)
    }
}
