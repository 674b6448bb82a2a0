//! How many people each list has for a mail, and how many it had at the last send. Each list is counted once.

use std::collections::{BTreeMap, HashSet};

use super::super::Context;
use super::super::audience::{Mail, decisions};
use crate::check::Audience;
use crate::error::Error;
use crate::finding::Finding;
use crate::ledger::{Books, Ledger, LedgerError, Mode, Record, Release, Roll};
use crate::plan::{Decision, SiteKey, Target};
use crate::project::site_key;
use crate::render::email::slot::Slot;

/// So many targets are asked for in the record at once.
const BATCH: usize = 500;

/// The lists that were counted so far.
pub struct Audiences<'a> {
    context: &'a Context,
    record: Option<&'a Record>,
    key: SiteKey,
    /// Real ones, the newest first.
    releases: Vec<Release>,
    /// By list and by the fields that the mail shows of a member; `None` for a list that cannot be used.
    counted: BTreeMap<(String, Vec<String>), Option<Audience>>,
    findings: Vec<Finding>,
}

impl<'a> Audiences<'a> {
    /// Reads what was sent before.
    ///
    /// # Errors
    /// The record's, and a site key that cannot be used.
    pub async fn new(context: &'a Context, record: Option<&'a Record>) -> Result<Audiences<'a>, Error> {
        let mut releases = match record {
            Some(record) => record.releases().await.map_err(|error| error.at(&record.place()))?,
            None => Vec::new(),
        };
        releases.retain(|release| release.mode == Mode::Real);
        releases.sort_by_key(|release| std::cmp::Reverse((release.created_at, release.id)));
        let key = site_key(&context.project, |name| std::env::var(name).ok())?;
        Ok(Audiences { context, record, key, releases, counted: BTreeMap::new(), findings: Vec::new() })
    }

    /// The lists of a mail with these slots; without a mail none. One that cannot be used is left out, with a finding.
    ///
    /// # Errors
    /// The record's, and a list that cannot be read to its end.
    pub async fn of(&mut self, lang: &str, lists: &[String], slots: Option<&[Slot]>) -> Result<Vec<Audience>, Error> {
        let Some(slots) = slots else { return Ok(Vec::new()) };
        let mut audiences = Vec::new();
        for list in lists.iter().filter(|list| self.context.project.config.lists.contains_key(*list)) {
            let fields = slots.iter().map(|slot| format!("{}={:?}", slot.field, slot.default)).collect();
            let known = (list.clone(), fields);
            if !self.counted.contains_key(&known) {
                let mail = Mail { list: list.clone(), slots: slots.to_vec(), part: 0 };
                let audience = self.count(lang, mail).await?;
                self.counted.insert(known.clone(), audience);
            }
            audiences.extend(self.counted[&known].clone());
        }
        Ok(audiences)
    }

    /// Errors of lists, each once.
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    async fn count(&mut self, lang: &str, mail: Mail) -> Result<Option<Audience>, Error> {
        let list = mail.list.clone();
        let mails = [mail];
        let targets = match targets(self.context, &self.key, lang, &mails) {
            Ok(targets) => targets,
            Err(Error::Input(found)) => {
                self.findings
                    .extend(found.into_iter().filter(|finding| !self.findings.contains(finding)).collect::<Vec<_>>());
                return Ok(None);
            }
            // Whoever looks at a post need not have the members' addresses.
            Err(error @ Error::Missing { .. }) => {
                self.context.screen.note(&error.to_string().replacen("error", "warning", 1));
                return Ok(None);
            }
            Err(other) => return Err(other),
        };
        let mut people = targets.len() as u64;
        if let Some(record) = self.record {
            for batch in targets.chunks(BATCH) {
                let suppressed = record.suppressed(batch).await.map_err(|error| error.at(&record.place()))?;
                people -= suppressed.len() as u64;
            }
        }
        let last = self.last(&list).await?;
        Ok(Some(Audience { list, people, last }))
    }

    /// How many people the newest send to a list had.
    async fn last(&self, list: &str) -> Result<Option<u64>, Error> {
        let Some(record) = self.record else { return Ok(None) };
        let at = |error: LedgerError| error.at(&record.place());
        for release in &self.releases {
            let parts = record.outline(release.id).await.map_err(at)?;
            let number = (0_i64..).zip(&parts).find(|(_, part)| part.channel == "email" && part.list == list);
            let Some((number, _)) = number else { continue };
            let totals = record.totals(release.id).await.map_err(at)?;
            return Ok(totals.iter().find(|(part, _)| *part == number).map(|(_, totals)| totals.all()));
        }
        Ok(None)
    }
}

/// Who would be written to, each once.
fn targets(context: &Context, key: &SiteKey, lang: &str, mails: &[Mail]) -> Result<Vec<Target>, Error> {
    let (mut written, mut refused) = (HashSet::new(), HashSet::new());
    for decision in decisions(context, key, lang, mails, &[])? {
        match decision? {
            Decision::Refuse { target, .. } => _ = refused.insert(target),
            Decision::Write(recipient) => _ = written.insert(recipient.target),
            Decision::Skip(_) => {}
        }
    }
    Ok(written.difference(&refused).copied().collect())
}
