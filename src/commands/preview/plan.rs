//! The plan in the site's words: who gets the post, who not and why, when, and how long it takes.
//!
//! Comes in: what a send would do now. Goes out: the lines of a [`Plan`].

use super::super::Context;
use super::super::ready::Ready;
use super::super::send::takes;
use super::super::survey::{Survey, code_of};
use super::super::ways::{mode, taker};
use super::approved::approved;
use super::numbers::{counted, span, thousands};
use super::when::when;
use crate::error::Error;
use crate::ledger::{Mode, Part};
use crate::plan::{ChannelPlan, Skip};
use crate::preview::view::Plan;
use crate::report::wording;
use crate::words::Words;

/// The whole plan.
///
/// # Errors
/// The record's.
pub async fn plan(context: &Context, ready: &Ready, survey: &Survey) -> Result<Plan, Error> {
    let words = context.project.words();
    let approved = approved(context, ready, survey).await?;
    let due = when(context, ready, survey.record.as_ref(), approved.is_missing).await?;
    let channels = survey.plan.channels.iter();
    let rows = channels.map(|(name, channel)| (title(context, name, &words), row(context, name, channel, &words)));
    let mut rows = together(rows.collect(), &words);
    let mails = survey.plan.channels.get("email").map_or(0, |email| email.targets);
    if let Some(long) = takes(context, mails, &survey.sums) {
        let about = words.fill("preview.about", &[("time", &span(long, &words))]);
        rows.push((words.get("preview.takes"), about));
    }
    rows.push((words.get("preview.approval"), approved.text));
    let skipped = survey.sums.skipped.iter().filter(|(skip, _)| **skip != Skip::Known);
    let skipped = skipped.map(|(skip, count)| format!("{}: {}", reason(skip, &words), thousands(*count, &words)));
    Ok(Plan {
        code: survey.plan.code.clone(),
        recipients: counted("preview.members", mails, &words),
        notice: notice(ready, survey, &words),
        audience: audience(context, survey, &words),
        rows,
        skipped: skipped.collect(),
        due,
    })
}

/// The mail first, then the feed; what is said of several is said once, of all of them.
fn together(mut rows: Vec<(String, String)>, words: &Words) -> Vec<(String, String)> {
    let first = ["preview.email", "preview.feed"].map(|key| words.get(key));
    rows.sort_by_key(|(name, _)| first.iter().position(|own| own == name).unwrap_or(first.len()));
    let mut merged: Vec<(String, String)> = Vec::new();
    for (name, text) in rows {
        match merged.iter_mut().find(|(_, said)| *said == text) {
            Some((names, _)) => *names = format!("{names}, {name}"),
            None => merged.push((name, text)),
        }
    }
    merged
}

/// A channel as people call it.
fn title(context: &Context, name: &str, words: &Words) -> String {
    match (name, context.project.config.networks().get(name)) {
        ("email", _) => words.get("preview.email"),
        ("feed", _) => words.get("preview.feed"),
        (_, Some(network)) if network.kind.name() == name => network.kind.label().to_owned(),
        _ => name.to_owned(),
    }
}

/// What goes out on a channel.
fn row(context: &Context, name: &str, channel: &ChannelPlan, words: &Words) -> String {
    match (name, channel.targets) {
        ("email", targets) => {
            let who = counted("preview.members", targets, words);
            match mode(context) {
                Mode::Real => {
                    let server = taker(context);
                    words.fill("preview.by_server", &[("who", &who), ("server", &server)])
                }
                Mode::Trial => words.fill("preview.by_outbox", &[("who", &who)]),
            }
        }
        (_, 0) => words.get("preview.nothing_new"),
        ("feed", _) => words.get("preview.item"),
        _ => match context.project.config.channels.get(name).is_some_and(|network| network.access.is_some()) {
            true => words.get("preview.by_program"),
            false => words.get("preview.by_hand"),
        },
    }
}

/// That a send has begun already, and what another one would do now.
fn notice(ready: &Ready, survey: &Survey, words: &Words) -> Option<String> {
    let earlier = survey.earlier.as_ref()?;
    let is_mail = |number: i64| {
        let part = usize::try_from(number).ok().and_then(|number| survey.parts.get(number));
        part.is_some_and(|part| part.channel == "email")
    };
    let sent = survey.before.iter().filter(|(number, _)| is_mail(*number)).map(|(_, totals)| totals.sent).sum();
    let begun = counted("preview.begun", sent, words);
    let key = if earlier.code == ready.digest { "preview.goes_on" } else { "preview.changed_since" };
    Some(format!("{begun} {}", words.fill(key, &[("code", &code_of(earlier))])))
}

/// How many of which list get it, and why they may be written to.
fn audience(context: &Context, survey: &Survey, words: &Words) -> Vec<String> {
    let mails = (0_i64..).zip(&survey.parts).filter(|(_, part)| part.channel == "email" && !part.list.is_empty());
    let line = |(number, part): (i64, &Part)| {
        let who = counted("preview.members", survey.sums.new.get(&number).copied().unwrap_or(0), words);
        let list = words.fill("preview.from_list", &[("list", &part.list)]);
        let basis = context.project.config.lists.get(&part.list).and_then(|list| list.basis.as_ref());
        let basis = basis.map(|basis| {
            format!(" ({})", words.fill("preview.basis", &[("basis", &wording::basis(words, Some(basis)))]))
        });
        format!("{who} {list}{}", basis.unwrap_or_default())
    };
    mails.map(line).collect()
}

/// Why people do not get it.
fn reason(skip: &Skip, words: &Words) -> String {
    match skip {
        Skip::LeftOut { column } => words.fill("preview.skip.left_out", &[("column", column)]),
        Skip::Rejected => words.get("preview.skip.rejected"),
        Skip::NoValue { field } => words.fill("preview.skip.no_value", &[("field", field)]),
        Skip::Duplicate => words.get("preview.skip.duplicate"),
        Skip::Refused => words.get("preview.skip.refused"),
        Skip::Suppressed => words.get("preview.skip.suppressed"),
        Skip::Known => words.get("preview.skip.known"),
        Skip::NotApproved => words.get("preview.skip.not_approved"),
    }
}
