//! A post or list that has errors now or is gone, while something of its release is still open: what was released goes on.
//!
//! Comes in: the errors. Goes out: the rest of the release, shown and then delivered; or the errors themselves, where
//! nothing of a release is open.

use serde_json::Value;

use super::super::{Context, record, survey};
use super::deliver::{Delivering, Done};
use super::order::{Order, Rest};
use super::rest::Course;
use super::text::{self, Told};
use super::{check_names, goes_on, lasting_key, mode, outbox, stopped, ways};
use crate::dispatch::freeze::Sums;
use crate::error::Error;
use crate::ledger::{Books, Ledger, Mode, Part, Record, Release, Roll};
use crate::plan::Plan;
use crate::post::Slug;

/// What is left of a release.
pub(super) struct Unreadable {
    ledger: Record,
    course: Course,
    release: Release,
    parts: Vec<Part>,
    plan: Plan,
    /// The answer as JSON so far.
    pub document: Value,
}

impl Unreadable {
    /// Finds what is left, and shows it.
    ///
    /// # Errors
    /// The given error, where nothing is left; the record's.
    pub(super) async fn of(order: &Order<'_>, context: &Context, error: Error) -> Result<Unreadable, Error> {
        let file = context.project.post_file(order.post);
        let (Ok(slug), true) = (Slug::of_file(&file), record::is_there(context).await?) else { return Err(error) };
        let ledger = record::open(context).await?;
        let mode = mode(context);
        let release = ledger.release(slug.as_str(), mode).await.map_err(|error| error.at(&ledger.place()))?;
        let there = mode == Mode::Real || outbox(context).has_trial(slug.as_str());
        let Some(release) = release.filter(|_| there) else { return Err(error) };
        let events = ledger.events(slug.as_str()).await.map_err(|error| error.at(&ledger.place()))?;
        let course = Course::after(&events, release);
        match (course.is_done(), order.rest()) {
            (true, _) | (_, Some(Rest::NewText)) => return Err(error),
            (false, None) if course.stopped => {
                context.screen.note(&format!(
                    "It was stopped; `rundbrief send {slug} --rest-unchanged` goes on with what was released before.\n"
                ));
                return Err(error);
            }
            (false, _) => {}
        }
        let Some(release) = course.earlier.clone() else { return Err(error) };
        let (parts, before) = survey::frozen(&ledger, &release).await?;
        check_names(order, &parts)?;
        let now = if matches!(error, Error::Missing { .. }) { "is not there any more" } else { "has errors now" };
        context
            .screen
            .note(&format!("{error}\n\nThe post or a list {now}; what was released of the post before goes on.\n"));
        let told = Told::of_unreadable(&release, &error);
        let sums = Sums::default();
        let code = survey::code_of(&release);
        let plan = survey::plan(slug.as_str(), &code, &parts, &sums, Some(&before), order.lists);
        let shown = told.head() + &text::plan(context, &plan, &sums, &parts, &before, order.chosen());
        context.screen.result(shown.trim_end());
        let document = told.document(&plan, mode, false);
        Ok(Unreadable { ledger, course, release, parts, plan, document })
    }

    /// What is left of a correction, whatever the files say now.
    pub(super) async fn of_correction(
        order: &Order<'_>,
        context: &Context,
        ledger: Record,
        release: Release,
    ) -> Result<Unreadable, Error> {
        let slug = release.slug.clone();
        let events = ledger.events(&slug).await.map_err(|error| error.at(&ledger.place()))?;
        let course = Course::after(&events, release.clone());
        let (parts, before) = survey::frozen(&ledger, &release).await?;
        check_names(order, &parts)?;
        let told = Told::of_correction(&release);
        let plan =
            survey::plan(&slug, &survey::code_of(&release), &parts, &Sums::default(), Some(&before), order.lists);
        let shown = told.head() + &text::plan(context, &plan, &Sums::default(), &parts, &before, order.chosen());
        context.screen.result(shown.trim_end());
        let document = told.document(&plan, release.mode, false);
        Ok(Unreadable { ledger, course, release, parts, plan, document })
    }

    /// Delivers it; `None` where a person did not want it after all.
    ///
    /// # Errors
    /// As for any send.
    pub(super) async fn finish(self, order: &Order<'_>, context: &Context) -> Result<Option<Done>, Error> {
        let Unreadable { ledger, course, release, parts, plan, document } = self;
        let targets = text::leaving(&plan, &parts, order.chosen());
        if release.mode == Mode::Real && targets > 0 && !goes_on(order, context, &plan)? {
            context.screen.result("Nothing was sent.");
            return Ok(None);
        }
        let key = lasting_key(context, &ledger, order, release.mode).await?;
        if !course.go_on(order, context, &ledger, &release).await? {
            return stopped(order, ledger, None, &release.slug).await;
        }
        let _inside = match release.mode {
            Mode::Trial => Some(outbox(context).enter(&release.slug)?),
            Mode::Real => None,
        };
        let ways = ways::ways(context)?;
        let delivering =
            Delivering { order, context, key: &key, ways, ledger, release: &release, parts: &parts, targets };
        delivering.deliver(document).await.map(Some)
    }
}
