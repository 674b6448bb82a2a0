//! What the people who run it are told by mail: how a send went, or that one did not happen and why.
//!
//! Comes in: a [`Report`] of the release, and what the run came to. Goes out: a [`Letter`] in the site's language, with
//! the exact commands for what a person must do. Plain text; the subject tells the outcome.

use jiff::Zoned;

use super::wording::{lines, number, one_line, span, time};
use super::{Counts, Named, Posted, Report, Revision};
use crate::words::Words;

/// People who are named of each outcome.
const NAMED: usize = 50;
/// Characters of a headline in a subject.
const TITLE: usize = 70;

/// Subject and text of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// On one line.
    pub subject: String,
    pub text: String,
}

/// How the program is called where it ran, so that a command can be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commands {
    /// `rundbrief`, with `--config` where it was given.
    pub program: String,
    pub slug: String,
    /// The post as `send` and `build` find it: its path, or the slug.
    pub post: String,
}

/// What one run did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// Mails that were accepted in this run.
    pub accepted: u64,
    pub feed: bool,
    pub cut_short: Option<CutShort>,
    /// What stopped a channel, in the program's words.
    pub errors: Vec<String>,
    /// When the first of those that were put off is tried again.
    pub next: Option<Zoned>,
}

/// Why a run ended before everybody had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutShort {
    /// A person stopped the send.
    Stopped,
    /// The run was told to end.
    Ended,
}

/// How a send went. `report` has the release that was sent as its last revision.
pub fn sent(report: &Report, run: &Run, commands: &Commands, words: &Words) -> Letter {
    let Some(revision) = report.revisions.last() else {
        return Letter { subject: one_line(&report.title), text: String::new() };
    };
    let counts = revision.counts();
    let outcome = outcome(&counts, run, words);
    let said = outcome.join(", ");
    let key = if run.errors.is_empty() { "notify.subject" } else { "notify.subject_error" };
    let subject = words.fill(key, &[("title", &short(&report.title)), ("outcome", &said)]);
    let parts = [
        head(report, revision, &outcome, run, words),
        errors(run, words),
        uncertain(revision, commands, words),
        listed(&words.get("notify.refused_title"), &revision.refused, words),
        again(revision, run, commands, words),
        waiting(&counts, run, commands, words),
        by_hand(revision, commands, words),
        format!(
            "{}\n  {} report {} --out {}.html\n",
            words.get("notify.report"),
            commands.program,
            commands.slug,
            report_name(commands)
        ),
    ];
    let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    Letter { subject: one_line(&subject), text }
}

/// How far a send got that did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSent {
    /// Nothing of the post was ever released.
    Never,
    /// Something was, and this run did not begin.
    NotNow,
    /// This run had begun and broke off.
    BrokenOff,
}

/// That a send did not happen.
pub fn not_sent(title: &str, reason: &str, how: NotSent, commands: &Commands, words: &Words) -> Letter {
    let began = how == NotSent::BrokenOff;
    // Of what was never released there is nothing to see but what is planned.
    let status = if how == NotSent::Never { "status".to_owned() } else { format!("status {}", commands.slug) };
    let (title, key) = (short(title), if began { "notify.broken" } else { "notify.not_sent" });
    let subject = words.fill(&format!("{key}_subject"), &[("title", &title)]);
    let text = format!(
        "{}\n\n{}\n{}\n{}\n  {} {status}\n",
        words.fill(key, &[("title", &title)]),
        words.get("notify.because"),
        indented(reason),
        words.get("notify.see"),
        commands.program,
    );
    Letter { subject: one_line(&subject), text }
}

/// What the subject says: nothing that there is none of.
fn outcome(counts: &Counts, run: &Run, words: &Words) -> Vec<String> {
    let counted = [
        (counts.accepted, "notify.accepted"),
        (counts.counted, "notify.counted"),
        (counts.refused, "notify.refused"),
        (counts.taken_out, "notify.taken_out"),
        (counts.uncertain, "notify.uncertain"),
        (counts.again, "notify.again"),
        (counts.open, "notify.waiting"),
    ];
    let counted = counted.iter().filter(|(count, _)| *count > 0);
    let mut outcome: Vec<String> =
        counted.map(|(count, key)| words.fill(key, &[("number", &number(*count))])).collect();
    if run.feed {
        outcome.push(words.get("notify.feed"));
    }
    if outcome.is_empty() {
        outcome.push(words.get("notify.nothing"));
    }
    outcome
}

fn head(report: &Report, revision: &Revision, outcome: &[String], run: &Run, words: &Words) -> String {
    let mut text = format!("{} ({})\n", one_line(&report.title), report.slug);
    text += &format!("{} {}\n", words.get("report.code"), revision.code);
    let began = revision.began.as_ref().unwrap_or(&report.made);
    text += &format!("{}\n\n", span(words, began, &report.made));
    let accepted = revision.counts().accepted;
    for (at, line) in outcome.iter().enumerate() {
        // What was accepted comes first.
        if at == 0 && accepted > 0 && !revision.servers.is_empty() {
            let server = revision.servers.iter().map(|server| one_line(server)).collect::<Vec<_>>().join(", ");
            let values = [("number", number(accepted)), ("server", server)];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            text += &format!("{}\n", words.fill("notify.accepted_by", &values));
        } else {
            text += &format!("{line}\n");
        }
    }
    if run.accepted != accepted {
        text += &format!("{}\n", words.fill("notify.this_run", &[("number", &number(run.accepted))]));
    }
    match run.cut_short {
        Some(CutShort::Stopped) => text + &format!("\n{}\n", words.get("notify.stopped")),
        Some(CutShort::Ended) => text + &format!("\n{}\n", words.get("notify.ended")),
        None => text,
    }
}

fn errors(run: &Run, words: &Words) -> String {
    if run.errors.is_empty() {
        return String::new();
    }
    format!("{}\n{}", words.get("notify.errors"), run.errors.iter().map(|error| indented(error)).collect::<String>())
}

fn uncertain(revision: &Revision, commands: &Commands, words: &Words) -> String {
    if revision.uncertain.all == 0 {
        return String::new();
    }
    let Commands { program, slug, .. } = commands;
    format!(
        "{}{}\n  {program} resolve {slug} --send-again\n{}\n  {program} resolve {slug} --count-as-sent\n",
        listed(&words.get("notify.uncertain_title"), &revision.uncertain, words),
        words.get("notify.decide"),
        words.get("notify.decide_else"),
    )
}

fn again(revision: &Revision, run: &Run, commands: &Commands, words: &Words) -> String {
    if revision.again.all == 0 {
        return String::new();
    }
    let title = match &run.next {
        Some(next) => words.fill("notify.again_title", &[("time", &time(words, next))]),
        None => words.get("notify.again_title_soon"),
    };
    let how = words.get("notify.again_how");
    format!("{}{how}\n  {} send {}\n", listed(&title, &revision.again, words), commands.program, commands.post)
}

/// What was cut short and is not tried again by itself.
fn waiting(counts: &Counts, run: &Run, commands: &Commands, words: &Words) -> String {
    if counts.open == 0 || (counts.again > 0 && run.cut_short.is_none()) {
        return String::new();
    }
    format!("{}\n  {} send {}\n", words.get("notify.waiting_how"), commands.program, commands.post)
}

fn by_hand(revision: &Revision, commands: &Commands, words: &Words) -> String {
    let open: Vec<String> =
        revision.networks.iter().filter(|one| one.posted == Posted::ByHand).map(|one| one_line(&one.name)).collect();
    if open.is_empty() {
        return String::new();
    }
    let Commands { program, slug, post } = commands;
    let mut text = format!("{}\n  {program} build {post}\n", words.get("notify.by_hand"));
    text += &format!("{}\n", words.get("notify.by_hand_then"));
    for name in open {
        text += &format!("  {program} posted {slug} {name} https://…\n");
    }
    text
}

/// The first of those of one outcome, each with the reason.
fn listed(title: &str, named: &Named, words: &Words) -> String {
    if named.all == 0 {
        return String::new();
    }
    let mut text = format!("{title}\n");
    for person in named.people.iter().take(NAMED) {
        let address = person.address.as_deref().map(one_line);
        let address = address.unwrap_or_else(|| words.get("report.address_deleted"));
        text += &format!("  {address}: {}\n", one_line(&person.reason));
    }
    let more = named.all.saturating_sub(named.people.len().min(NAMED) as u64);
    if more > 0 {
        text += &format!("  {}\n", words.fill("notify.more", &[("number", &number(more))]));
    }
    text
}

/// Lines of the program's own words, without control characters.
fn indented(text: &str) -> String {
    lines(text).lines().map(|line| format!("  {line}").trim_end().to_owned() + "\n").collect()
}

/// A headline that leaves room for the outcome.
fn short(title: &str) -> String {
    let title = one_line(title);
    match title.char_indices().nth(TITLE) {
        None => title,
        Some((end, _)) => format!("{}…", title[..end].trim_end()),
    }
}

/// The report's file, whatever the slug is.
fn report_name(commands: &Commands) -> String {
    format!("{}-report", commands.slug)
}
