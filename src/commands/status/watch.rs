//! `status --watch`: looks every second until nothing is being sent any more, or until Ctrl-C.
//!
//! On a terminal what was shown is drawn anew; elsewhere a line is written whenever something has changed. A record that
//! takes long to count is asked less often, and one that does not answer for a while is waited for.

use std::cell::RefCell;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use super::look::{Look, Subject};
use super::speed::Speed;
use super::{text, unfinished};
use crate::commands::table::cut;
use crate::commands::{Context, record, signals};
use crate::dispatch::Phase;
use crate::error::Error;
use crate::ledger::{LEASE, LedgerError, Record, Roll};

/// The most characters of a line on a terminal.
const WIDTH: usize = 79;
/// How often it looks, at most and at least; and how many times longer than a look took it waits for the next one.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(20);
const APART: u32 = 20;
/// How long a record that does not answer is waited for.
const AWAY: Duration = Duration::from_secs(600);
/// Where machines share a record, nobody is at work for a moment when one takes over from another.
const BETWEEN: Duration = Duration::from_millis(2 * LEASE as u64);

/// What is shown at one moment.
struct Frame {
    /// For a terminal.
    drawn: Vec<String>,
    /// For everything else; a line is written when it was not there before.
    lines: Vec<String>,
    goes_on: bool,
    /// Something waits and nobody is at it.
    left_alone: bool,
}

pub async fn post(context: &Context, record: &Record, subject: &Subject) -> Result<(), Error> {
    let speed = RefCell::new(Speed::default());
    watch(context, record, async || {
        let look = Look::read(record, subject, context.clock.now()).await?;
        let own = &look.own;
        speed.borrow_mut().note(Instant::now(), own.sent + own.failed + own.uncertain);
        let (head, closing) = (text::head(context, subject, &look), text::closing(subject, &look));
        let rate = speed.borrow().text(own.pending + own.claimed + own.in_flight);
        let drawn = format!("{head}\n{}\n{closing}{rate}", text::counts_table(subject, &look));
        let drawn = drawn.lines().map(str::to_owned).collect();
        let lines = vec![text::line(context, subject, &look)];
        Ok(Frame { drawn, lines, goes_on: look.goes_on(), left_alone: look.is_left_alone() })
    })
    .await
}

/// Every post that is being sent, also one that is begun meanwhile.
pub async fn all(context: &Context, record: &Record) -> Result<(), Error> {
    watch(context, record, async || {
        let (mut lines, mut left_alone) = (Vec::new(), false);
        for subject in unfinished(context, record).await? {
            let look = Look::read(record, &subject, context.clock.now()).await?;
            left_alone |= look.is_left_alone();
            if look.goes_on() {
                lines.push(text::line(context, &subject, &look));
            }
        }
        Ok(Frame { drawn: lines.clone(), goes_on: !lines.is_empty(), lines, left_alone })
    })
    .await
}

/// Shows frames until one says that nothing goes on; that one is left to the caller.
async fn watch(
    context: &Context,
    record: &Record,
    look: impl AsyncFn() -> Result<Frame, LedgerError>,
) -> Result<(), Error> {
    let mut signal = signals::listen();
    let patience = if record::place(context)?.file().is_some() { Duration::ZERO } else { BETWEEN };
    let (mut away, mut alone): (Option<Instant>, Option<Instant>) = (None, None);
    let mut before = Duration::ZERO;
    let mut shown = Shown { context, terminal: std::io::stdout().is_terminal(), said: Vec::new(), drawn: 0 };
    loop {
        let began = Instant::now();
        match look().await {
            Ok(frame) => {
                away = None;
                alone = if frame.goes_on { None } else { alone.or(Some(began)) };
                let waits = frame.left_alone && alone.is_some_and(|since| since.elapsed() < patience);
                shown.take_back();
                if !frame.goes_on && !waits {
                    return Ok(());
                }
                shown.show(frame);
            }
            Err(error) if error.passes() && away.is_none_or(|since| since.elapsed() < AWAY) => {
                if away.is_none() {
                    away = Some(began);
                    shown.say(&format!("{error}; looking again"));
                }
            }
            Err(error) => return Err(error.at(&record.place())),
        }
        // One look that had to wait for the record says nothing about the next one.
        let took = began.elapsed();
        let pause = (APART * took.min(before)).clamp(PAUSE, LONGEST);
        before = took;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            ended = signal.wait_for(|phase| *phase >= Phase::Finish) => {
                if ended.is_ok() {
                    return Ok(());
                }
                tokio::time::sleep(pause).await;
            }
        }
    }
}

/// What stands on standard output.
struct Shown<'a> {
    context: &'a Context,
    terminal: bool,
    said: Vec<String>,
    /// Lines that can be taken back.
    drawn: usize,
}

impl Shown<'_> {
    fn take_back(&mut self) {
        self.context.screen.take_back(std::mem::take(&mut self.drawn));
    }

    fn show(&mut self, frame: Frame) {
        let screen = &self.context.screen;
        if self.terminal {
            // A line that runs over the edge could not be taken back.
            frame.drawn.iter().for_each(|line| screen.result(&cut(line, WIDTH)));
            self.drawn = frame.drawn.len();
        } else {
            let new = |line: &&String| !self.said.iter().any(|old| without_time(old) == without_time(line));
            frame.lines.iter().filter(new).for_each(|line| screen.result(line));
            self.said = frame.lines;
        }
    }

    /// A line below what was drawn last, which stays.
    fn say(&mut self, text: &str) {
        let time = self.context.clock.zoned().strftime("%H:%M:%S");
        self.context.screen.result(&cut(&format!("{time}  {text}"), WIDTH));
        self.drawn = 0;
    }
}

/// A line but for the time at its beginning.
fn without_time(line: &str) -> &str {
    line.split_once("  ").map_or(line, |(_, rest)| rest)
}
