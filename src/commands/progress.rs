//! Progress on standard error: a bar on a terminal, a plain line now and then elsewhere.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::screen::Screen;
use crate::dispatch::{Summary, Tally};

/// How often a line is written where there is no terminal.
const LINE: Duration = Duration::from_secs(5);

/// Shows a run while it goes on.
pub struct Progress {
    bar: Option<ProgressBar>,
    began: Instant,
    /// When the last line was written, and what it said.
    last: Cell<Duration>,
    said: Cell<Summary>,
    /// What was last said of why nothing may leave.
    said_held_up: RefCell<String>,
    total: u64,
    quiet: bool,
    screen: Screen,
}

impl Progress {
    /// `total` deliveries are to come.
    pub fn new(total: u64, quiet: bool, screen: Screen) -> Progress {
        let drawn = std::io::stderr().is_terminal() && !screen.logs_json();
        let bar = (drawn && !quiet && total > 0).then(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            let style =
                ProgressStyle::with_template("{bar:30} {pos}/{len} · {msg}").expect("a template without mistakes");
            bar.with_style(style.progress_chars("█▓░"))
        });
        let (began, last, said, said_held_up) = (Instant::now(), Cell::default(), Cell::default(), RefCell::default());
        Progress { bar, began, last, said, said_held_up, total, quiet, screen }
    }

    /// Shows where the run is.
    pub fn show(&self, tally: &Tally) {
        let (summary, elapsed) = (tally.summary(), self.began.elapsed());
        let held_up = tally.held_up();
        let text = self.text(summary, &[&tally.note(), &held_up], elapsed);
        // It may be hours before a number changes.
        let is_new = !held_up.is_empty() && *self.said_held_up.borrow() != held_up;
        if let Some(bar) = &self.bar {
            bar.set_position(summary.all().min(self.total));
            bar.set_message(text);
        } else if !self.quiet
            && (is_new || elapsed.saturating_sub(self.last.get()) >= LINE && summary != self.said.get())
        {
            if is_new {
                self.said_held_up.replace(held_up);
            }
            self.last.set(elapsed);
            self.said.set(summary);
            let Summary { sent, deferred, failed, uncertain } = summary;
            let numbers = json!({
                "total": self.total, "sent": sent, "deferred": deferred, "failed": failed, "uncertain": uncertain,
            });
            self.screen.progress(&format!("{}/{} · {text}", summary.all(), self.total), &numbers);
        }
    }

    /// Takes the bar away, so that what follows stands alone.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn text(&self, summary: Summary, notes: &[&str], elapsed: Duration) -> String {
        let rate = summary.all() as f64 / elapsed.as_secs_f64().max(0.001);
        let mut text = rate_of(rate);
        let left = self.total.saturating_sub(summary.all());
        if rate > 0.0 && left > 0 && summary.all() > 0 {
            let _ = write!(text, " · {} left", duration(Duration::from_secs_f64((left as f64 / rate).min(1e8))));
        }
        for (number, what) in [
            (summary.failed, "refused"),
            (summary.deferred, "to try again"),
            (summary.uncertain, "may not have arrived"),
        ] {
            if number > 0 {
                let _ = write!(text, " · {number} {what}");
            }
        }
        for note in notes.iter().filter(|note| !note.is_empty()) {
            let _ = write!(text, " · {note}");
        }
        text
    }
}

/// A second where it goes fast, a minute where it goes slowly.
pub fn rate_of(rate: f64) -> String {
    if rate >= 2.0 { format!("{rate:.0} a second") } else { format!("{:.0} a minute", rate * 60.0) }
}

/// As people say it: `40 s`, `12 min`, `3 h 20 min`, `2 days 4 h`.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (minutes, hours, days) = (seconds.div_ceil(60), seconds / 3600, seconds / 86_400);
    match seconds {
        0..=89 => format!("{seconds} s"),
        90..3_600 => format!("{minutes} min"),
        3_600..86_400 => format!("{hours} h {} min", seconds % 3_600 / 60),
        _ => format!("{days} day{} {} h", if days == 1 { "" } else { "s" }, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        let shown: Vec<_> = [40, 600, 12_000, 90_000, 180_000].map(|s| duration(Duration::from_secs(s))).into();
        assert_eq!(shown, ["40 s", "10 min", "3 h 20 min", "1 day 1 h", "2 days 2 h"]);
    }
}
