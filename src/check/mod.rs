//! `check`: what is wrong with a post, while it can still be changed.
//!
//! Comes in: a [`Subject`]: a post, what it becomes, and facts that somebody else has found out (the time, what links
//! answered, how many people a list has). Goes out: findings, each with a rule that [`Settings`] can silence or raise. Pure:
//! no clock, no network, no file, no record.
//!
//! The rules are in families, one module each. A rule is a warning unless it is something that nobody would send.

use crate::finding::Finding;

mod content;
mod feed;
mod german;
mod header;
mod law;
mod mail;
mod networks;
mod plan;
mod rendered;
mod rule;
mod settings;
mod subject;
mod told;
mod words;

pub use mail::programs::Programs;
pub use rendered::Rendered;
pub use rule::{Family, Rule, Teller};
pub use settings::Settings;
pub use subject::{Answer, Audience, Facts, Subject};

use told::Told;

/// All rules by family, as `docs/checks.md` lists them.
pub const FAMILIES: &[&Family] =
    &[&content::FAMILY, &german::FAMILY, &mail::FAMILY, &law::FAMILY, &networks::FAMILY, &feed::FAMILY, &plan::FAMILY];

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.rules)
}

/// What the rules have to say about a post, in the order of its file. `made` is what was found by reading the post and by
/// making its mail and teasers.
pub fn check(subject: &Subject<'_>, settings: &Settings, made: Vec<Finding>) -> Vec<Finding> {
    let mut told = Told::default();
    for family in FAMILIES {
        (family.look)(subject, &mut told);
    }
    let mut findings = made;
    findings.extend(told.into_findings());
    let mut findings = settings.weigh(findings);
    let own = &subject.post().file;
    findings.sort_by_key(|finding| {
        let place = finding.place.as_ref();
        (
            place.is_none_or(|place| place.file != *own),
            place.map(|place| (place.file.clone(), place.line, place.column)),
        )
    });
    findings
}

/// The URLs of a post that `--online` asks for, each once.
pub fn urls(subject: &Subject<'_>) -> Vec<String> {
    let mut urls: Vec<String> = subject.links().iter().map(|link| link.url.to_owned()).collect();
    urls.retain(|url| words::is_web(url));
    urls.sort();
    urls.dedup();
    urls
}
