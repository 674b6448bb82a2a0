//! The plan on the preview's desk: counted in a thread of its own, once for each state of the files.
//!
//! Comes in: the files' stamps. Goes out: who gets the post, who not and why, when, and how long it takes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Mutex;

use super::super::Context;
use super::super::progress::duration;
use super::super::ready::Ready;
use super::super::send::{mode, taker, takes};
use super::super::survey::{Survey, survey};
use super::stamps::Stamps;
use crate::error::Error;
use crate::ledger::Mode;
use crate::plan::Skip;
use crate::plan::schedule::{Due, Window};
use crate::preview::desk::Going;
use crate::preview::share;
use crate::preview::view::{Part, Plan};
use crate::project::Project;
use crate::render::date;
use crate::words::Words;

/// The plan of the last state that was asked for. Whoever asks while it is counted waits for it.
#[derive(Clone, Default)]
pub struct Plans(Arc<Mutex<Option<Counted>>>);

/// A plan and the state of the files that it was counted from.
type Counted = (Stamps, Part<Plan>);

impl Plans {
    /// The plan of the files as they are.
    pub fn make(&self, context: &Context, named: &Path, stamps: &Stamps) -> Going<Part<Plan>> {
        let (kept, stamps, named) = (self.0.clone(), stamps.clone(), named.to_owned());
        let (config, cache) = (context.project.config_file.clone(), context.cache.clone());
        let folder = context.project.config.folder.clone();
        Box::pin(async move {
            let mut kept = kept.lock().await;
            if let Some((of, plan)) = &*kept
                && *of == stamps
            {
                return plan.clone();
            }
            let counted = tokio::task::spawn_blocking(move || count(config, &folder, cache, &named)).await;
            let plan = counted.unwrap_or_else(|error| Part::Wrong(error.to_string()));
            *kept = Some((stamps, plan.clone()));
            plan
        })
    }
}

/// Counts with everything of its own, since nothing of the desk may be shared between threads.
fn count(config: Option<PathBuf>, folder: &Path, cache: Option<PathBuf>, named: &Path) -> Part<Plan> {
    let counted = || -> Result<Plan, Error> {
        let project = Project::open(config.as_deref(), folder)?;
        let context = Context::alone(project, cache)?;
        let ready = Ready::make(&context, named)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::io("start in", Path::new("."), error))?;
        let survey = runtime.block_on(survey(&context, &ready, &[]))?;
        Ok(plan(&context, &ready, &survey))
    };
    counted().map_or_else(|error| Part::Wrong(error.to_string()), Part::Shown)
}

/// The plan in the site's words.
pub fn plan(context: &Context, ready: &Ready, survey: &Survey) -> Plan {
    let words = context.project.words();
    let networks = context.project.config.networks();
    let number = |key: &str, number: u64| match number {
        1 => words.get(&format!("{key}_one")),
        number => words.fill(key, &[("number", &thousands(number, &words))]),
    };
    let mut rows = Vec::new();
    for (name, channel) in &survey.plan.channels {
        let row = match name.as_str() {
            "email" => {
                let who = number("preview.members", channel.targets);
                match mode(context) {
                    Mode::Real => words.fill("preview.by_server", &[("who", &who), ("server", &taker(context))]),
                    Mode::Trial => words.fill("preview.by_outbox", &[("who", &who)]),
                }
            }
            "feed" => words.get("preview.item"),
            _ => words.get("preview.by_hand"),
        };
        let title = match (name.as_str(), networks.get(name)) {
            ("email", _) => words.get("preview.email"),
            ("feed", _) => words.get("preview.feed"),
            (_, Some(network)) if network.kind.name() == name => share::title(network.kind).to_owned(),
            _ => name.clone(),
        };
        rows.push((title, row));
    }
    if let Some(long) = takes(context, survey.plan.channels.get("email").map_or(0, |email| email.targets), &survey.sums)
    {
        rows.push((words.get("preview.takes"), words.fill("preview.about", &[("time", &duration(long))])));
    }
    let skipped = survey.sums.skipped.iter().filter(|(skip, _)| **skip != Skip::Known);
    let skipped = skipped.map(|(skip, count)| format!("{}: {}", skip_words(skip, &words), thousands(*count, &words)));
    Plan { rows, skipped: skipped.collect(), due: due(context, ready, &words) }
}

/// When it goes out.
fn due(context: &Context, ready: &Ready, words: &Words) -> String {
    let header = &ready.loaded.post.header;
    let zone = &context.project.config.site.zone;
    let Some(window) = Window::of(header.send_at, header.not_after, zone) else {
        return words.get(if header.draft { "preview.draft" } else { "preview.by_person" });
    };
    let moment = |at: jiff::Timestamp| {
        let at = at.to_zoned(zone.clone());
        format!("{}, {}", date::long(words, at.date()), at.strftime("%H:%M"))
    };
    let times = [("from", moment(window.opens)), ("to", moment(window.closes))];
    let times: Vec<(&str, &str)> = times.iter().map(|(name, text)| (*name, text.as_str())).collect();
    match (header.draft, window.due(context.clock.timestamp())) {
        (true, _) => words.get("preview.draft"),
        (false, Due::NotYet) => words.fill("preview.due", &times),
        (false, Due::Now) => words.fill("preview.due_now", &times),
        (false, Due::Over) => words.fill("preview.due_over", &times),
    }
}

/// Why people do not get it.
pub fn skip_words(skip: &Skip, words: &Words) -> String {
    match skip {
        Skip::LeftOut { column } => words.fill("preview.skip.left_out", &[("column", column)]),
        Skip::Rejected => words.get("preview.skip.rejected"),
        Skip::NoValue { field } => words.fill("preview.skip.no_value", &[("field", field)]),
        Skip::Duplicate => words.get("preview.skip.duplicate"),
        Skip::Refused => words.get("preview.skip.refused"),
        Skip::Suppressed => words.get("preview.skip.suppressed"),
        Skip::Known => words.get("preview.skip.known"),
    }
}

/// `12.345` in German, `12,345` in English.
pub fn thousands(number: u64, words: &Words) -> String {
    let digits = number.to_string();
    let mark = if words.lang() == "de" { '.' } else { ',' };
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}
