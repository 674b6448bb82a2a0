//! What stands in the way of a send, or of its mails being believed: one line for each thing that was looked at.
//!
//! Comes in: the project, and on its way the mail server, the website and the DNS. Goes out: [`Check`]s, each with what
//! was found and what to do. Sends no mail, unsubscribes nobody, makes no key and no sending record, prints nothing.
//!
//! | file | what it looks at |
//! |---|---|
//! | `settings` | the configuration, and what forbids a send by a network |
//! | `secrets` | passwords and keys: there, and private |
//! | `record`, `disk`, `readers` | the sending record; the disk that it lies on; who else can read it |
//! | `lists` | the member lists |
//! | `ways`, `relay` | how mails leave; the mail server |
//! | `networks` | the networks that are posted to |
//! | `unsubscribe` | the page that takes one-click unsubscribes |
//! | `dns` | what the sender's domain says about its mails: SPF, DKIM, DMARC, MX |

use serde::Serialize;

use crate::error::{Error, Exit};

pub mod disk;
pub mod dns;
pub mod lists;
pub mod networks;
mod readers;
pub mod record;
pub mod relay;
pub mod secrets;
pub mod settings;
pub mod unsubscribe;
pub mod ways;

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Ok,
    Warning,
    Error,
    /// It could not be looked at, or was not asked for.
    NotChecked,
}

impl State {
    /// As people read it.
    pub const fn word(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Error => "error",
            State::NotChecked => "not checked",
        }
    }
}

/// One line: what was looked at, how it stands, what was found, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// A stable kebab-case name, for tools.
    pub check: &'static str,
    pub state: State,
    pub message: String,
    pub help: Option<String>,
    /// What a command ends with because of it; [`Exit::Settled`] unless it is an error.
    #[serde(skip)]
    pub exit: Exit,
}

impl Check {
    pub fn ok(check: &'static str, message: impl Into<String>) -> Check {
        Check { check, state: State::Ok, message: message.into(), help: None, exit: Exit::Settled }
    }

    pub fn warning(check: &'static str, message: impl Into<String>) -> Check {
        Check { state: State::Warning, ..Check::ok(check, message) }
    }

    pub fn not_checked(check: &'static str, message: impl Into<String>) -> Check {
        Check { state: State::NotChecked, ..Check::ok(check, message) }
    }

    pub fn error(check: &'static str, exit: Exit, message: impl Into<String>) -> Check {
        Check { state: State::Error, exit, ..Check::ok(check, message) }
    }

    pub fn help(mut self, help: impl Into<String>) -> Check {
        let help = help.into();
        self.help = (!help.is_empty()).then_some(help);
        self
    }

    /// An error that would end a command, as a line. One with several findings keeps the first and says how many
    /// there are.
    pub fn of_error(check: &'static str, error: &Error) -> Check {
        let exit = error.exit();
        match error {
            Error::Input(findings) | Error::Config(findings) => {
                let Some(first) = findings.iter().find(|finding| finding.is_error()) else {
                    return Check::error(check, exit, error.to_string());
                };
                let place = first.place.as_ref().map(|place| format!("{}: ", place.file.display()));
                let more = findings.iter().filter(|finding| finding.is_error()).count() - 1;
                let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
                let message = format!("{}{}{more}", place.unwrap_or_default(), first.message);
                Check::error(check, exit, message).help(first.help.clone().unwrap_or_default())
            }
            other => {
                let text = other.to_string();
                let (message, rest) = text.split_once('\n').unwrap_or((&text, ""));
                let message = message.strip_prefix("error: ").unwrap_or(message);
                let rest = rest.trim();
                Check::error(check, exit, message).help(rest.strip_prefix("= help: ").unwrap_or(rest))
            }
        }
    }
}

/// What all of it comes to: the worst error.
pub fn exit(checks: &[Check]) -> Exit {
    checks.iter().map(|check| check.exit).max().unwrap_or(Exit::Settled)
}
