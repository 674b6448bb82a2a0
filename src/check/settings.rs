//! `[check]`: what the rules weigh, and the mail programs that a design is looked at for.
//!
//! Comes in: the section as the configuration has it. Goes out: [`Settings`], or errors with the nearest known name.

use std::collections::BTreeMap;

use crate::check::mail::programs::{Programs, USUAL};
use crate::check::rule::{Rule, Teller};
use crate::check::rules;
use crate::config::{CheckSettings, Weight};
use crate::finding::{Finding, Place, Severity, nearest};

/// What applies to a site.
#[derive(Debug, Clone)]
pub struct Settings {
    weights: BTreeMap<&'static str, Weight>,
    /// Positions in [`Programs::names`].
    pub(super) programs: Vec<usize>,
}

impl Settings {
    /// Reads the section.
    ///
    /// # Errors
    /// Rules and mail programs that do not exist, and rules that cannot be silenced.
    pub fn of(written: &CheckSettings) -> Result<Settings, Vec<Finding>> {
        let mut problems = Vec::new();
        let mut weights = BTreeMap::new();
        for (name, weight, place) in &written.rules {
            match rules().find(|rule| rule.id == name) {
                Some(rule) if rule.teller == Teller::Refusal && *weight != Weight::Error => {
                    problems.push(firm(rule, place));
                }
                Some(rule) => _ = weights.insert(rule.id, *weight),
                None => problems.push(unknown("rule", name, rules().map(|rule| rule.id), place)),
            }
        }
        let programs = Programs::known();
        let mut chosen = Vec::new();
        let usual = || USUAL.iter().map(|name| (*name).to_owned()).collect();
        let (names, place) = match &written.clients {
            Some((names, place)) => (names.clone(), Some(place)),
            None => (usual(), None),
        };
        for name in &names {
            match programs.names().position(|(known, _)| known == name) {
                Some(index) => chosen.push(index),
                None => problems.extend(
                    place.map(|place| unknown("mail program", name, programs.names().map(|(known, _)| known), place)),
                ),
            }
        }
        if problems.is_empty() { Ok(Settings { weights, programs: chosen }) } else { Err(problems) }
    }

    /// Whether a rule is to say nothing.
    pub fn silences(&self, rule: &str) -> bool {
        self.weights.get(rule) == Some(&Weight::Off)
    }

    /// The findings as the site wants them: some silenced, some raised, some lowered.
    pub fn weigh(&self, findings: Vec<Finding>) -> Vec<Finding> {
        findings
            .into_iter()
            .filter_map(|finding| {
                let severity = match self.weights.get(finding.rule) {
                    // What a post cannot be read with, a rule of the same name does not soften.
                    _ if finding.is_error() && !own_error(finding.rule) => finding.severity,
                    None => finding.severity,
                    Some(Weight::Off) => return None,
                    Some(Weight::Warn) => Severity::Warning,
                    Some(Weight::Error) => Severity::Error,
                };
                Some(Finding { severity, ..finding })
            })
            .collect()
    }
}

/// Whether an error of this name is one of `check`'s own.
fn own_error(id: &str) -> bool {
    rules().any(|rule| rule.id == id && rule.severity == Severity::Error && rule.teller == Teller::Check)
}

fn firm(rule: &Rule, place: &Place) -> Finding {
    let message = format!("`{}` is always an error: without it there is nothing to look at", rule.id);
    Finding::error("config-value", message).at(place.clone()).help("remove this line")
}

fn unknown(what: &str, name: &str, known: impl Iterator<Item = &'static str>, place: &Place) -> Finding {
    let known: Vec<&str> = known.collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if what == "rule" => "docs/checks.md lists the rules; `rundbrief check` names each finding's".to_owned(),
        None => format!("known here: {}", known.join(", ")),
    };
    Finding::error("config-value", format!("there is no {what} `{name}`")).at(place.clone()).help(help)
}
