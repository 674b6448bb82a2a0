//! Who answers the questions: a person at a terminal, or nobody.
//!
//! Comes in: a question. Goes out: a line of text, or the reason why there will be none. A password is typed without being
//! shown, and the terminal shows letters again however that question ends.

use std::io::{self, BufRead, IsTerminal, Write};
use std::thread;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use crate::dispatch::Phase;
use crate::error::Error;

/// How long a question waits for its answer.
const PATIENCE: Duration = Duration::from_secs(600);

/// Answers questions, one after the other.
#[allow(async_fn_in_trait, reason = "used with concrete types only, never as a trait object")]
pub trait Prompter {
    /// Whether there is anybody.
    fn is_there(&self) -> bool;

    /// Shows something between the questions.
    fn say(&mut self, text: &str);

    /// One line, without its end.
    ///
    /// # Errors
    /// [`Error::Usage`]: nobody answers.
    async fn line(&mut self, question: &str) -> Result<String, Error>;

    /// One line that is not shown while it is typed.
    ///
    /// # Errors
    /// As [`Prompter::line`].
    async fn secret(&mut self, question: &str) -> Result<String, Error>;
}

/// Standard input and standard error, where both are a terminal.
pub struct Terminal {
    there: bool,
    signals: watch::Receiver<Phase>,
}

impl Terminal {
    pub fn new(signals: watch::Receiver<Phase>) -> Terminal {
        Terminal { there: io::stdin().is_terminal() && io::stderr().is_terminal(), signals }
    }

    async fn read(&mut self, question: &str, read: fn() -> io::Result<Option<String>>) -> Result<String, Error> {
        let unread = |error: io::Error| Error::Usage(format!("the answer cannot be read: {error}"));
        eprint!("{question}");
        io::stderr().flush().map_err(unread)?;
        let (sender, answer) = oneshot::channel();
        // A thread of its own: one that waits for a person would keep the runtime from ending.
        thread::spawn(move || sender.send(read()));
        let answered = tokio::select! {
            answered = answer => answered,
            _ = self.signals.wait_for(|phase| *phase != Phase::Run) => {
                return Err(Error::Usage("stopped".to_owned()));
            }
            () = tokio::time::sleep(PATIENCE) => {
                return Err(Error::Usage("no answer for ten minutes".to_owned()));
            }
        };
        let line = answered.unwrap_or(Ok(None)).map_err(unread)?;
        line.ok_or_else(|| Error::Usage("the answers ended before the questions".to_owned()))
    }
}

impl Prompter for Terminal {
    fn is_there(&self) -> bool {
        self.there
    }

    fn say(&mut self, text: &str) {
        eprintln!("{text}");
    }

    async fn line(&mut self, question: &str) -> Result<String, Error> {
        let answer = self.read(question, line).await;
        if answer.is_err() {
            eprintln!();
        }
        answer
    }

    async fn secret(&mut self, question: &str) -> Result<String, Error> {
        let hidden = Hidden::begin();
        let answer = self.read(question, hidden_line).await;
        drop(hidden);
        eprintln!();
        answer
    }
}

fn line() -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(unix)]
fn hidden_line() -> io::Result<Option<String>> {
    line()
}

#[cfg(not(unix))]
fn hidden_line() -> io::Result<Option<String>> {
    console::Term::stderr().read_secure_line().map(Some)
}

/// As long as it lives, the terminal does not show what is typed.
#[cfg(unix)]
struct Hidden(Option<rustix::termios::Termios>);

#[cfg(unix)]
impl Hidden {
    fn begin() -> Hidden {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let Ok(shown) = tcgetattr(io::stdin()) else { return Hidden(None) };
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        // What was typed ahead is thrown away: it was meant for no password.
        match tcsetattr(io::stdin(), OptionalActions::Flush, &hidden) {
            Ok(()) => Hidden(Some(shown)),
            Err(_) => Hidden(None),
        }
    }
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if let Some(shown) = &self.0 {
            // Nothing can be done where the terminal is gone.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, shown);
        }
    }
}

#[cfg(not(unix))]
struct Hidden;

#[cfg(not(unix))]
impl Hidden {
    fn begin() -> Hidden {
        Hidden
    }
}
