//! Collects findings, so that one mistake made everywhere is not a flood.

use std::collections::BTreeMap;

use crate::check::rule::Rule;
use crate::finding::{Finding, Place};

/// So many findings of one rule are kept for a post.
const MOST: usize = 12;

/// The findings about one post.
#[derive(Debug, Default)]
pub(super) struct Told {
    kept: Vec<Finding>,
    counts: BTreeMap<&'static str, usize>,
}

impl Told {
    /// Adds a finding of a rule with the rule's own advice.
    pub(super) fn add(&mut self, rule: &Rule, place: Place, message: impl Into<String>) {
        self.push(rule.finding(message).at(place));
    }

    /// Adds a finding of a rule with better advice.
    pub(super) fn advise(&mut self, rule: &Rule, place: Place, message: impl Into<String>, help: impl Into<String>) {
        self.push(rule.finding(message).help(help).at(place));
    }

    fn push(&mut self, finding: Finding) {
        let count = self.counts.entry(finding.rule).or_default();
        *count += 1;
        if *count <= MOST {
            self.kept.push(finding);
        } else if *count == MOST + 1 {
            let message = format!("{} (and there are more of these)", finding.message);
            self.kept.push(Finding { message, ..finding });
        }
    }

    /// Whether another finding of a rule would still be kept; finding its place may be left out if not.
    pub(super) fn has_room(&self, rule: &Rule) -> bool {
        self.counts.get(rule.id).is_none_or(|count| *count <= MOST)
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.kept
    }
}
