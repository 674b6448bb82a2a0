//! A plan made without a trace: members stream into a record of its own that is thrown away, and the sending record,
//! if there is one, is only read.

use std::collections::BTreeMap;

use super::audience::{Mail, decisions};
use super::ready::Ready;
use super::revisions::is_by_hand;
use super::send::rest::{Course, Replaced};
use super::ways::{mode, outbox};
use super::{Context, record};
use crate::dispatch::Chosen;
use crate::dispatch::freeze::{Sums, Wave};
use crate::error::Error;
use crate::ledger::{
    Books, Ledger, LedgerError, Mode, NewRelease, Part, Purpose, Record, Release, Revisions, Roll, Scratch, Totals,
};
use crate::plan::{ChannelPlan, Plan};
use crate::render::code::Code;

/// What a send would do now.
pub struct Survey {
    pub sums: Sums,
    pub plan: Plan,
    /// What is sent: the post as it is now, or what an earlier release froze.
    pub parts: Vec<Part>,
    /// The release that a send would go on with, and what became of it so far.
    pub earlier: Option<Release>,
    /// What a new text takes the place of.
    pub replaced: Option<Replaced>,
    pub before: Vec<(i64, Totals)>,
    /// The sending record, if there is one.
    pub record: Option<Record>,
    /// The new recipients, for `--messages`.
    pub new: Option<Scratch>,
}

impl Survey {
    /// The plan of a post whose lists are not there.
    pub fn of_nobody(ready: &Ready) -> Survey {
        let sums = Sums::default();
        let plan = plan(ready.slug(), &ready.code(), &ready.parts, &sums, None, &[]);
        let parts = ready.parts.clone();
        Survey { plan, sums, parts, earlier: None, replaced: None, before: Vec::new(), record: None, new: None }
    }
}

/// Plans a send of the chosen lists.
///
/// # Errors
/// What is wrong with the lists, or a sending record that cannot be read.
pub async fn survey(context: &Context, ready: &Ready, lists: &[String]) -> Result<Survey, Error> {
    let record = record::existing(context).await?;
    let earlier = match &record {
        Some(record) => earlier(context, ready, record).await?,
        None => None,
    };
    on_course(context, ready, lists, record, Course::onward(earlier)).await
}

/// The same, going on as is told.
///
/// # Errors
/// As [`survey`].
pub async fn on_course(
    context: &Context,
    ready: &Ready,
    lists: &[String],
    record: Option<Record>,
    course: Course,
) -> Result<Survey, Error> {
    let scratch = Scratch::new();
    let limited = context.project.config.limited_domains();
    let (earlier, replaces) = (course.earlier.as_ref(), course.replaces());
    let wave = Wave {
        roll: &scratch,
        release: 0,
        number: 1,
        record: record.as_ref(),
        earlier,
        replaces,
        corrects: None,
        limited,
    };
    let (parts, before) = match (&record, earlier) {
        (Some(record), Some(earlier)) => frozen(record, earlier).await?,
        _ => (ready.parts.clone(), course.before(&ready.parts)),
    };
    let mails = if earlier.is_some() { Mail::of_parts(&parts)? } else { Mail::of_ready(ready) };
    let sums = wave.fill(decisions(context, &ready.key, ready.lang(), &mails, lists)?).await?;
    let code = earlier.map_or_else(|| ready.code(), code_of);
    let plan = plan(ready.slug(), &code, &parts, &sums, (!course.is_first()).then_some(&before[..]), lists);
    let Course { earlier, replaced, .. } = course;
    Ok(Survey { plan, sums, parts, earlier, replaced, before, record, new: Some(scratch) })
}

/// The release that a send goes on with. A trial whose files were deleted, or that was made with another key, is over.
pub async fn earlier(context: &Context, ready: &Ready, record: &Record) -> Result<Option<Release>, Error> {
    let mode = mode(context);
    let revisions = record.revisions(ready.slug(), mode).await.map_err(|error| error.at(&record.place()))?;
    // Nobody is added to a correction.
    let release = revisions.into_iter().find(|release| !release.is_correction());
    let same_key = |release: &Release| release.key.is_empty() || release.key == ready.key.fingerprint();
    Ok(release.filter(|release| mode == Mode::Real || (same_key(release) && outbox(context).has_trial(ready.slug()))))
}

/// What a release of the post freezes.
pub fn new_release(context: &Context, ready: &Ready) -> NewRelease {
    NewRelease {
        slug: ready.slug().to_owned(),
        mode: mode(context),
        purpose: Purpose::Publication,
        code: ready.digest,
        parts: ready.frozen(),
        created_at: context.now.timestamp().as_millisecond(),
        key: ready.key.fingerprint(),
    }
}

/// What an earlier release says, and what became of it so far.
pub async fn frozen(record: &Record, release: &Release) -> Result<(Vec<Part>, Vec<(i64, Totals)>), Error> {
    let at = |error: LedgerError| error.at(&record.place());
    Ok((record.parts(release.id).await.map_err(at)?, record.totals(release.id).await.map_err(at)?))
}

/// Whether nothing of a release is left that this program delivers.
///
/// # Errors
/// The record's.
pub async fn is_done(record: &Record, release: &Release) -> Result<bool, Error> {
    let at = |error: LedgerError| error.at(&record.place());
    let outline = record.outline(release.id).await.map_err(at)?;
    let own = |number: i64| {
        let part = usize::try_from(number).ok().and_then(|number| outline.get(number));
        part.is_some_and(|part| !is_by_hand(release.mode, part))
    };
    let totals = record.totals(release.id).await.map_err(at)?;
    Ok(!totals.iter().any(|(number, totals)| own(*number) && totals.open() > 0))
}

/// A release's code, as people read it.
pub fn code_of(release: &Release) -> String {
    Code::of(&release.code).to_string()
}

/// The plan by channel: what is left of an earlier run, and what this one adds. `before` is what became of an earlier
/// run, if there was one; `lists` are the chosen ones, or none for all.
pub fn plan(
    slug: &str,
    code: &str,
    parts: &[Part],
    sums: &Sums,
    before: Option<&[(i64, Totals)]>,
    lists: &[String],
) -> Plan {
    let chosen = Chosen { channels: &[], lists };
    let mut channels: BTreeMap<String, ChannelPlan> = BTreeMap::new();
    for (number, part) in (0_i64..).zip(parts) {
        let open = before.unwrap_or_default().iter().find(|(part, _)| *part == number);
        let new = match part.channel.as_str() {
            "email" => sums.new.get(&number).copied().unwrap_or(0),
            _ => u64::from(before.is_none()),
        };
        let channel = channels.entry(part.channel.clone()).or_default();
        if !chosen.takes_list(part) {
            continue;
        }
        channel.targets += open.map_or(0, |(_, totals)| totals.open()) + new;
    }
    if let Some(email) = channels.get_mut("email") {
        email.skipped = sums.skipped.iter().map(|(skip, count)| (skip.key(), *count)).collect();
    }
    Plan { slug: slug.to_owned(), code: code.to_owned(), channels }
}
