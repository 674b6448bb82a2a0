//! How a mail speaks to the readers of a list.
//!
//! Comes in: the list's settings. Goes out: the texts of the catalogue that depend on them: why the mail came, du or Sie.
//! Knows no member.

use crate::render::Source;

/// Texts that have a form of their own for some readers, in the catalogue's group `email`.
pub(super) const VARIED: [&str; 2] = ["why", "correction_line"];

/// The text `name` of the group `email` as the list's readers are told it: by the basis on which they may be written to
/// (GDPR Art. 6), and in the form of address of their salutation. Of another basis than the usual ones nothing is said.
pub(super) fn told(source: &Source<'_>, list: &str, name: &str) -> String {
    let list = source.config.lists.get(list);
    let basis = match list.and_then(|list| list.basis.as_deref()).map(str::trim) {
        Some("membership") => None,
        Some(known @ ("consent" | "contract")) => Some(known),
        _ => Some("other"),
    };
    let informal = list.is_some_and(|list| list.informal);
    let both = basis.filter(|_| informal).map(|basis| format!("{basis}.du"));
    let forms: Vec<&str> = both.as_deref().into_iter().chain(basis).chain(informal.then_some("du")).collect();
    source.words.in_form(&format!("email.{name}"), &forms)
}
