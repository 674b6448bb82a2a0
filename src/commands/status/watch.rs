//! `status --watch`: looks every second until nothing is being sent any more, or until Ctrl-C.
//!
//! On a terminal what was shown is drawn anew; elsewhere a line is written whenever something has changed.

use std::io::IsTerminal;
use std::time::Duration;

use super::look::{self, Look, Subject};
use super::text;
use crate::commands::table::cut;
use crate::commands::{Context, signals};
use crate::dispatch::Phase;
use crate::error::Error;
use crate::ledger::Record;

/// The most characters of a line on a terminal.
const WIDTH: usize = 79;
/// How often it looks.
const PAUSE: Duration = Duration::from_secs(1);

/// What is shown at one moment.
struct Frame {
    /// For a terminal.
    drawn: Vec<String>,
    /// For everything else; a line is written when it was not there before.
    lines: Vec<String>,
    goes_on: bool,
}

pub async fn post(context: &Context, record: &Record, subject: &Subject) -> Result<(), Error> {
    watch(context, async || {
        let look = Look::at(context, record, subject).await?;
        let (head, closing) = (text::head(context, subject, &look), text::closing(subject, &look));
        let drawn = format!("{head}\n{}\n{closing}", text::counts_table(subject, &look));
        let drawn = drawn.lines().map(str::to_owned).collect();
        Ok(Frame { drawn, lines: vec![text::line(context, subject, &look)], goes_on: look.goes_on() })
    })
    .await
}

pub async fn all(context: &Context, record: &Record, subjects: &[Subject]) -> Result<(), Error> {
    watch(context, async || {
        let looks = look::all(context, record, subjects).await?;
        let going = looks.iter().filter(|(_, look)| look.goes_on());
        let lines: Vec<String> = going.map(|(subject, look)| text::line(context, subject, look)).collect();
        Ok(Frame { drawn: lines.clone(), goes_on: !lines.is_empty(), lines })
    })
    .await
}

/// Shows frames until one says that nothing goes on; that one is left to the caller.
async fn watch(context: &Context, look: impl AsyncFn() -> Result<Frame, Error>) -> Result<(), Error> {
    let mut signal = signals::listen();
    let terminal = std::io::stdout().is_terminal();
    let mut said: Vec<String> = Vec::new();
    let mut drawn = 0;
    loop {
        let frame = look().await?;
        context.screen.take_back(drawn);
        if !frame.goes_on {
            return Ok(());
        }
        if terminal {
            // A line that runs over the edge could not be taken back.
            frame.drawn.iter().for_each(|line| context.screen.result(&cut(line, WIDTH)));
            drawn = frame.drawn.len();
        } else {
            let new = |line: &&String| !said.iter().any(|old| without_time(old) == without_time(line));
            frame.lines.iter().filter(new).for_each(|line| context.screen.result(line));
            said = frame.lines;
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            ended = signal.wait_for(|phase| *phase >= Phase::Finish) => {
                if ended.is_ok() {
                    return Ok(());
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// A line but for the time at its beginning.
fn without_time(line: &str) -> &str {
    line.split_once("  ").map_or(line, |(_, rest)| rest)
}
