//! The question before anything leaves this computer.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::super::Context;
use super::ways::taker;
use crate::error::Error;
use crate::plan::Plan;

/// How long the question waits for its answer.
const PATIENCE: Duration = Duration::from_secs(600);

/// Whether somebody can be asked.
pub fn at_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Refuses a send by a network that nobody can be asked about and that nobody has agreed to.
///
/// # Errors
/// [`Error::Usage`] without a terminal and without `--yes`.
pub(super) fn can_ask(yes: bool) -> Result<(), Error> {
    if yes || at_terminal() {
        return Ok(());
    }
    let message = "this sends mails to people, and nobody can be asked here\n  = help: look at it with --dry-run, then \
                   add --yes";
    Err(Error::Usage(message.to_owned()))
}

/// Asks, unless `yes` is the answer already.
///
/// # Errors
/// [`Error::Usage`] when no answer can be read.
pub(super) fn go_on(context: &Context, yes: bool, plan: &Plan) -> Result<bool, Error> {
    if yes {
        return Ok(true);
    }
    let members = plan.channels.get("email").map_or(0, |email| email.targets);
    let question = match members {
        0 => "Go on".to_owned(),
        1 => format!("Send to 1 member by {}", taker(context)),
        members => format!("Send to {members} members by {}", taker(context)),
    };
    let answer = answer_to(&format!("\n{question} now? [y/N] "))?;
    Ok(answer.is_some_and(|answer| ["y", "yes", "j", "ja"].contains(&answer.to_lowercase().as_str())))
}

/// Asks and waits for a line, without blanks around it; `None` without one for ten minutes.
///
/// # Errors
/// [`Error::Usage`] when no answer can be read.
pub fn answer_to(question: &str) -> Result<Option<String>, Error> {
    let unread = |error: io::Error| Error::Usage(format!("the answer cannot be read: {error}"));
    eprint!("{question}");
    io::stderr().flush().map_err(unread)?;
    // Others cannot prepare a send while this one waits, so it does not wait for ever.
    let (sender, answered) = mpsc::channel();
    thread::spawn(move || {
        let mut answer = String::new();
        let _ = sender.send(io::stdin().lock().read_line(&mut answer).map(|_| answer));
    });
    match answered.recv_timeout(PATIENCE) {
        Ok(answer) => Ok(Some(answer.map_err(unread)?.trim().to_owned())),
        Err(_) => {
            eprintln!("\nNo answer for ten minutes.");
            Ok(None)
        }
    }
}
