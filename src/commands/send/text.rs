//! What `send` says: about an earlier run, the plan and the end.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::Context;
use super::super::progress::duration;
use super::super::ready::Ready;
use super::super::screen::finding_entry;
use super::super::survey::code_of;
use super::rest::Replaced;
use super::ways::mode;
use crate::config::Transport;
use crate::dispatch::Chosen;
use crate::dispatch::freeze::Sums;
use crate::error::Error;
use crate::ledger::{Form, Mode, Part, Release, Totals};
use crate::plan::duration::shortest;
use crate::plan::{Plan, Skip};

/// What is to be said before the plan.
pub(super) struct Told {
    /// The post's headline and a blank line's worth of what happened before; ends with a line end.
    head: String,
    changed: bool,
    /// What became of the lists since the release.
    notes: Vec<String>,
    findings: Vec<Value>,
    /// Where a new text takes the place of an earlier one: what becomes of that.
    replaces: Option<Value>,
}

impl Told {
    /// `earlier` is the release that is gone on with, `parts` what goes out; `decided`: a person has said what the rest get.
    pub(super) fn of(
        context: &Context,
        ready: &Ready,
        earlier: Option<&Release>,
        parts: &[Part],
        decided: bool,
    ) -> Told {
        let hint = if decided { "." } else { ";\nwith --rest-with-new-text, who has nothing yet gets that." };
        let changed = earlier.is_some_and(|release| release.code != ready.digest);
        let title = &ready.loaded.post.header.title;
        let head = match earlier {
            None => format!("{title}\nrelease code {}\n", ready.code()),
            Some(_) if !changed => {
                format!("{title}\nrelease code {}; this send goes on where the last one ended\n", ready.code())
            }
            Some(release) if mode(context) == Mode::Real => format!(
                "{title}\nThe post has changed since its release: {} was released, the files now make {}.\n\
                 Who has it keeps it, and who gets it now gets what was released. `rundbrief build` shows the new \
                 text{hint}\n",
                code_of(release),
                ready.code()
            ),
            Some(release) => format!(
                "{title}\nThe post has changed since its release: {} was released, the files now make {}.\n\
                 Who has it keeps it, and who gets it now gets what was released. To try the new text from the start,\n\
                 delete the post's folder in the outbox and send again; `rundbrief build` shows it without sending.\n",
                code_of(release),
                ready.code()
            ),
        };
        let notes = if earlier.is_some() { notes(context, ready, parts) } else { Vec::new() };
        let findings = ready.warnings.iter().map(finding_entry).collect();
        Told { head, changed, notes, findings, replaces: None }
    }

    /// For a new text in the place of an earlier one.
    pub(super) fn of_new_text(ready: &Ready, replaced: &Replaced, sums: &Sums, parts: &[Part]) -> Told {
        let title = &ready.loaded.post.header.title;
        let lines = replaced.lines(sums, parts);
        let head =
            format!("{title}\nrelease code {}, a new text for those who have nothing yet\n{lines}", ready.code());
        let findings = ready.warnings.iter().map(finding_entry).collect();
        Told { head, changed: true, notes: Vec::new(), findings, replaces: Some(replaced.document(sums)) }
    }

    /// For a post or list that cannot be read any more.
    pub(super) fn of_unreadable(release: &Release, error: &Error) -> Told {
        let head = format!("release code {}; this send goes on where the last one ended\n", code_of(release));
        let findings = super::super::screen::error_entries(error);
        Told { head, changed: true, notes: Vec::new(), findings, replaces: None }
    }

    /// For a correction that was begun and is not finished.
    pub(super) fn of_correction(release: &Release) -> Told {
        let head = format!("release code {}; the correction goes on where it ended\n", code_of(release));
        Told { head, changed: false, notes: Vec::new(), findings: Vec::new(), replaces: None }
    }

    pub(super) fn head(&self) -> String {
        let notes: String = self.notes.iter().map(|note| format!("{note}\n")).collect();
        format!("{}{notes}\n", self.head)
    }

    pub(super) fn end_of_dry_run(&self, files: usize, folder: &Path) -> String {
        let what = if self.changed { " (the post as it is now)" } else { "" };
        format!("\nA dry run: {files} files in {} to look at{what}, nothing was sent or recorded.", folder.display())
    }

    /// The answer as JSON, as far as it is known before anything is delivered.
    pub(super) fn document(&self, plan: &Plan, mode: Mode, dry_run: bool) -> Value {
        json!({
            "slug": plan.slug,
            "code": plan.code,
            "trial": mode == Mode::Trial,
            "dry_run": dry_run,
            "changed": self.changed,
            "notes": self.notes,
            "replaces": self.replaces,
            "plan": plan,
            "approval": Value::Null,
            "findings": self.findings,
        })
    }
}

/// Lists that came or went since the release.
fn notes(context: &Context, ready: &Ready, parts: &[Part]) -> Vec<String> {
    let lists = |parts: &[Part]| -> Vec<String> {
        parts.iter().filter(|part| part.channel == "email").map(|part| part.list.clone()).collect()
    };
    let (frozen, now) = (lists(parts), lists(&ready.parts));
    let configured = &context.project.config.lists;
    let came = now
        .iter()
        .filter(|list| !frozen.contains(list))
        .map(|list| format!("The list `{list}` was added after the release; its members do not get this send."));
    let went = frozen
        .iter()
        .filter(|list| !list.is_empty() && !configured.contains_key(*list))
        .map(|list| format!("The list `{list}` is not in the configuration any more; nobody is added from it."));
    came.chain(went).collect()
}

/// Who gets what, and who not and why, one line a channel. `before` is what became of an earlier run.
pub fn plan(
    context: &Context,
    plan: &Plan,
    sums: &Sums,
    parts: &[Part],
    before: &[(i64, Totals)],
    chosen: Chosen<'_>,
) -> String {
    let by_hand = mode(context) == Mode::Real;
    let mut text = String::new();
    let width = plan.channels.keys().map(|name| name.chars().count()).max().unwrap_or(0).max(8);
    for (name, channel) in &plan.channels {
        let what = match (name.as_str(), channel.targets) {
            ("email", 1) => "1 member".to_owned(),
            ("email", count) => format!("{count} members"),
            (_, 0) => "nothing new".to_owned(),
            ("feed", _) => "1 item".to_owned(),
            _ if posts_itself(parts, name) => "1 post".to_owned(),
            _ if by_hand => "1 text, to post by hand".to_owned(),
            _ => "1 text".to_owned(),
        };
        let left = if chosen.channels.is_empty() || chosen.channels.contains(name) { "" } else { " (not now)" };
        text += &format!("  {name:width$}  {what}{left}\n");
        if name == "email" {
            let have = have_it(parts, before, chosen);
            if have > 0 {
                let verb = if have == 1 { "has" } else { "have" };
                text += &format!("  {:width$}  {have} {verb} it already\n", "");
            }
            if let Some(long) = how_long(context, channel.targets, sums).filter(|_| left.is_empty()) {
                text += &format!("  {:width$}  {long}\n", "");
            }
            for (skip, count) in sums.skipped.iter().filter(|(skip, _)| **skip != Skip::Known) {
                text += &format!("  {:width$}  skipped: {count} {}\n", "", skip.words());
            }
        }
    }
    text
}

/// `takes about 33 min, done at about 10:40 (30 a minute)`, where a limit says so.
fn how_long(context: &Context, mails: u64, sums: &Sums) -> Option<String> {
    let long = takes(context, mails, sums)?;
    let now = context.clock.zoned();
    let done = now.checked_add(long).ok()?;
    let day = if done.date() == now.date() { String::new() } else { done.strftime("%-d %B, ").to_string() };
    Some(format!("takes about {}, done at about {day}{}", duration(long), done.strftime("%H:%M")))
}

/// How long so many mails take at the pace of the server, where that is a minute or more.
pub fn takes(context: &Context, mails: u64, sums: &Sums) -> Option<Duration> {
    let Transport::Smtp(smtp) = &context.project.config.email.transport else { return None };
    shortest(mails, &sums.limited, &smtp.pace).filter(|long| long.as_secs() >= 60)
}

/// Deliveries that this program makes now.
pub(super) fn leaving(plan: &Plan, parts: &[Part], chosen: Chosen<'_>) -> u64 {
    let taken = |name: &str| chosen.channels.is_empty() || chosen.channels.iter().any(|channel| channel == name);
    let own = |name: &str| (["email", "feed"].contains(&name) || posts_itself(parts, name)) && taken(name);
    plan.channels.iter().filter(|(name, _)| own(name)).map(|(_, channel)| channel.targets).sum()
}

/// Whether the program posts to this network by itself.
fn posts_itself(parts: &[Part], channel: &str) -> bool {
    parts.iter().any(|part| part.channel == channel && part.form == Form::Payload)
}

/// How many members of the chosen lists an earlier run wrote to.
fn have_it(parts: &[Part], before: &[(i64, Totals)], chosen: Chosen<'_>) -> u64 {
    let is_mail = |number: i64| {
        let part = usize::try_from(number).ok().and_then(|number| parts.get(number));
        part.is_some_and(|part| part.channel == "email" && chosen.takes_list(part))
    };
    before.iter().filter(|(number, _)| is_mail(*number)).map(|(_, totals)| totals.sent).sum()
}
