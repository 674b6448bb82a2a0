//! What `check` says of the post on the desk: the same rules, the same settings, no link is asked.
//!
//! Comes in: the post as it was read. Goes out: findings, errors first. How many people the lists have is counted in a
//! thread and only when a list, the configuration or what the mail shows of a member has changed; what the rules make of
//! it comes with the count.

use std::path::Path;

use super::super::Context;
use super::super::check::{Audiences, Looked, of_ready};
use super::super::ready::{Ready, lists_of};
use super::super::record;
use super::super::screen::error_findings;
use super::apart::{Apart, Beside};
use super::stamps::Stamps;
use crate::check::{Audience, Facts, Settings};
use crate::error::Error;
use crate::finding::Finding;
use crate::render::email::slot::Slot;

/// What the count depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    files: Stamps,
    lang: String,
    lists: Vec<String>,
    slots: Vec<Slot>,
}

/// How many people each list has, and what is wrong with lists.
type Counted = (Vec<Audience>, Vec<Finding>);

/// The findings, and what they were made with.
#[derive(Default)]
pub struct Checked {
    findings: Vec<Finding>,
    /// The last count, and what it is of.
    counted: Option<(Wanted, Counted)>,
    counting: Option<(Wanted, Beside<Counted>)>,
}

impl Checked {
    /// What was found, errors first, each group in the order of the file.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Looks at the post anew. Says whether something else was found than before.
    pub fn look(&mut self, context: &Context, file: &Path, ready: &Result<Ready, Error>) -> bool {
        let mut findings = match Settings::of(&context.project.config.check) {
            Ok(settings) => self.found(context, file, ready, &settings),
            Err(findings) => findings,
        };
        findings.sort_by_key(|finding| !finding.is_error());
        let changed = findings != self.findings;
        self.findings = findings;
        changed
    }

    /// Takes a count that has ended since the last call. Says whether there is one.
    pub fn has_counted(&mut self) -> bool {
        let Some((_, going)) = &mut self.counting else { return false };
        let counted = match going.try_recv() {
            Err(tokio::sync::oneshot::error::TryRecvError::Empty) => return false,
            Err(_) => return self.counting.take().is_none(),
            Ok(counted) => counted.unwrap_or_else(|error| (Vec::new(), error_findings(&error))),
        };
        let wanted = self.counting.take().map(|(wanted, _)| wanted);
        self.counted = wanted.map(|wanted| (wanted, counted));
        true
    }

    fn found(
        &mut self,
        context: &Context,
        file: &Path,
        ready: &Result<Ready, Error>,
        settings: &Settings,
    ) -> Vec<Finding> {
        let now = Some(context.now.datetime());
        let facts = |audiences| Facts { now, audiences, ..Facts::default() };
        match ready {
            Ok(ready) => {
                let slots = ready.renditions.emails.first().map(|(_, email)| email.slots.list.clone());
                let (audiences, of_lists) =
                    self.count(context, file, ready.lang(), lists_of(context, &ready.loaded), slots);
                let mut findings = of_ready(context, ready, &facts(audiences), settings);
                findings.extend(of_lists);
                findings
            }
            // What can be read of it is looked at all the same, as `check` does.
            Err(error @ Error::Input(_)) => {
                let mut findings = match Looked::at(context, file) {
                    Ok(looked) => {
                        let slots = looked.rendered.email.as_ref().map(|email| email.slots.list.clone());
                        let lang = looked.loaded.post.header.lang.clone();
                        let (audiences, of_lists) = self.count(context, file, &lang, looked.lists.clone(), slots);
                        let findings = looked.findings(context, &facts(audiences), settings);
                        findings.into_iter().chain(of_lists).collect()
                    }
                    Err(_) => Vec::new(),
                };
                let own = settings.weigh(error_findings(error)).into_iter();
                let new: Vec<Finding> = own.filter(|finding| !findings.contains(finding)).collect();
                findings.extend(new);
                findings
            }
            Err(error) => error_findings(error),
        }
    }

    /// What is known of the lists; begins to count them where that is not known. Nothing while they are counted for the
    /// first time; afterwards what was true before, which seldom changes much.
    fn count(
        &mut self,
        context: &Context,
        file: &Path,
        lang: &str,
        lists: Vec<String>,
        slots: Option<Vec<Slot>>,
    ) -> Counted {
        // Without a mail nobody is written to.
        let Some(slots) = slots else { return Counted::default() };
        let wanted = Wanted { files: Stamps::of_lists(context), lang: lang.to_owned(), lists, slots };
        let (of, known) = match &self.counted {
            Some((of, known)) => (Some(of), known.clone()),
            None => (None, Counted::default()),
        };
        // One count at a time; the next begins when this one has ended and is not of what is wanted.
        if of != Some(&wanted) && self.counting.is_none() {
            self.counting = begun(Apart::of(context, file), wanted.clone()).ok().map(|going| (wanted, going));
        }
        known
    }
}

fn begun(apart: Apart, wanted: Wanted) -> Result<Beside<Counted>, Error> {
    apart.with_project(move |context, runtime| runtime.block_on(counted(context, &wanted)))
}

async fn counted(context: &Context, wanted: &Wanted) -> Result<Counted, Error> {
    let record = record::existing(context).await?;
    let mut audiences = Audiences::new(context, record.as_ref()).await?;
    let counted = audiences.of(&wanted.lang, &wanted.lists, Some(&wanted.slots)).await?;
    Ok((counted, audiences.into_findings()))
}
