//! One thing that `check` looks for.

use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::finding::{Finding, Severity};

/// A rule, as people silence it and as `docs/checks.md` lists it.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case, stable.
    pub id: &'static str,
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub what: &'static str,
    /// One sentence: what to do.
    pub todo: &'static str,
    pub teller: Teller,
}

/// Who finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Teller {
    /// The rule's family.
    Check,
    /// Whoever reads the post or makes something of it; then it is only weighed here.
    Maker,
    /// The same, and without it there is nothing to look at, so it cannot be silenced.
    Refusal,
}

impl Rule {
    /// A rule that only warns, found by its family.
    pub(super) const fn warning(id: &'static str, what: &'static str, todo: &'static str) -> Rule {
        Rule { id, severity: Severity::Warning, what, todo, teller: Teller::Check }
    }

    /// A rule that keeps a post from being sent.
    pub(super) const fn error(id: &'static str, what: &'static str, todo: &'static str) -> Rule {
        Rule { severity: Severity::Error, ..Rule::warning(id, what, todo) }
    }

    pub(super) const fn told_by(self, teller: Teller) -> Rule {
        Rule { teller, ..self }
    }

    /// A finding of this rule in its own words, without a place.
    pub(super) fn finding(&self, message: impl Into<String>) -> Finding {
        let finding = match self.severity {
            Severity::Error => Finding::error(self.id, message),
            Severity::Warning => Finding::warning(self.id, message),
        };
        finding.help(self.todo)
    }
}

/// Rules that belong together, and what looks for them.
pub struct Family {
    pub name: &'static str,
    pub about: &'static str,
    pub rules: &'static [Rule],
    pub(super) look: fn(&Subject<'_>, &mut Told),
}
