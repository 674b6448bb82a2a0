//! Everything that can end a command, and the one place where errors become exit codes.
//!
//! Comes in: what went wrong, with the file or the findings. Goes out: a message and an [`Exit`] code (sysexits).
//! Never prints and never exits by itself.

use std::fmt::{self, Display, Formatter, Write};
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::finding::Finding;

/// Exit codes of every command, after BSD's `sysexits.h`. Where several apply, the worst (the highest number of a
/// run that went on) is the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// All settled.
    Settled = 0,
    /// The command line is wrong.
    Usage = 64,
    /// A bad post, template or list.
    Data = 65,
    /// An input is missing.
    NoInput = 66,
    /// Some were rejected.
    SomeRejected = 69,
    /// Reading, writing or the sending record failed.
    Io = 74,
    /// Some wait for another try; run again.
    SomeDeferred = 75,
    /// Some may not have arrived; a person must decide.
    SomeUncertain = 76,
    /// Credentials were refused.
    Credentials = 77,
    /// The configuration is wrong.
    Config = 78,
}

/// What ends a command early.
#[derive(Debug, Error)]
pub enum Error {
    /// The command line asks for something that cannot be.
    #[error("error: {0}")]
    Usage(String),
    /// A post, template or list has errors; warnings may stand among them.
    #[error("{}", join(.0))]
    Input(Vec<Finding>),
    /// The configuration has errors.
    #[error("{}", join(.0))]
    Config(Vec<Finding>),
    /// A file that was named does not exist.
    #[error("error: {what} not found: {}{}", path.display(), help_line(help))]
    Missing { what: &'static str, path: PathBuf, help: String },
    /// A post was named that the sending record does not have.
    #[error("error: {slug} was never sent{}", help_line(help))]
    NeverSent { slug: String, help: String },
    /// Nobody has approved what would be sent now.
    #[error("{0}")]
    NotApproved(Box<NotApproved>),
    /// The operating system refused to read or write.
    #[error("error: cannot {action} {}: {}{}", path.display(), plain(source), help_line(&io_help(action, source)))]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    /// What a command answers did not get to where standard output goes.
    #[error("error: the answer could not be written: {}{}", plain(.0), help_line(OUTPUT_HELP))]
    Output(io::Error),
    /// The sending record (ledger) cannot be used.
    #[error("error: sending record {place}: {message}{}", help_line(help))]
    Ledger { place: String, message: String, help: String },
    /// The database that keeps the sending record lets nobody in with these credentials.
    #[error("error: sending record {place}: {message}{}", help_line(help))]
    LedgerLogin { place: String, message: String, help: String },
    /// Something is not finished yet that has to be first; the same command works in a moment.
    #[error("error: {message}{}", help_line(help))]
    Underway { message: String, help: String },
    /// A mail server or a network stops everything that goes through it.
    #[error("error: {channel}: {message}{}", help_line(help))]
    Channel { channel: String, message: String, help: String, exit: Exit },
}

/// What keeps a send from beginning: its approval is missing, or of something else.
#[derive(Debug)]
pub struct NotApproved {
    pub finding: Finding,
    /// What changed since the approval, for people; may be empty.
    pub shown: String,
    /// The same with stable names; null where nothing is to be compared.
    pub changes: serde_json::Value,
}

/// What to do comes last, below all that changed.
impl Display for NotApproved {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.shown.is_empty() {
            return write!(f, "{}", self.finding);
        }
        let sentence = Finding { help: None, ..self.finding.clone() };
        write!(f, "{sentence}\n\n{}", self.shown)?;
        self.finding.help.as_ref().map_or(Ok(()), |help| write!(f, "\n\n  = help: {help}"))
    }
}

impl Error {
    /// An I/O error with the file and what was tried: `cannot write out/x: …`.
    pub fn io(action: &'static str, path: &Path, source: io::Error) -> Error {
        Error::Io { action, path: path.to_owned(), source }
    }

    /// A single error of a post, template or list.
    pub fn input(finding: Finding) -> Error {
        Error::Input(vec![finding])
    }

    /// A stable kebab-case name of the kind of error, for tools.
    pub const fn rule(&self) -> &'static str {
        match self {
            Error::Usage(_) => "usage",
            Error::Input(_) => "input",
            Error::Config(_) => "config",
            Error::Missing { .. } => "missing-file",
            Error::NeverSent { .. } => "never-sent",
            Error::NotApproved(_) => "not-approved",
            Error::Io { .. } | Error::Output(_) => "input-output",
            Error::Ledger { .. } | Error::LedgerLogin { .. } => "sending-record",
            Error::Underway { .. } => "underway",
            Error::Channel { .. } => "channel",
        }
    }

    /// The one file that the error is about, where it has no findings.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Error::Missing { path, .. } | Error::Io { path, .. } => Some(path),
            Error::Usage(_)
            | Error::Input(_)
            | Error::Config(_)
            | Error::NeverSent { .. }
            | Error::NotApproved(_)
            | Error::Output(_)
            | Error::Ledger { .. }
            | Error::LedgerLogin { .. }
            | Error::Underway { .. }
            | Error::Channel { .. } => None,
        }
    }

    /// The exit code of a command that ends with this error.
    pub fn exit(&self) -> Exit {
        match self {
            Error::Usage(_) => Exit::Usage,
            Error::Input(_) | Error::NotApproved(_) => Exit::Data,
            Error::Config(_) => Exit::Config,
            Error::Missing { .. } | Error::NeverSent { .. } => Exit::NoInput,
            Error::Io { .. } | Error::Output(_) | Error::Ledger { .. } => Exit::Io,
            Error::Underway { .. } => Exit::SomeDeferred,
            Error::LedgerLogin { .. } => Exit::Credentials,
            Error::Channel { exit, .. } => *exit,
        }
    }
}

const OUTPUT_HELP: &str = "what the command did stands, only its answer is missing; look where standard output goes";

fn join(findings: &[Finding]) -> String {
    let mut text = String::new();
    for (index, finding) in findings.iter().enumerate() {
        let gap = if index == 0 { "" } else { "\n\n" };
        write!(text, "{gap}{finding}").expect("writing to a String cannot fail");
    }
    text
}

fn help_line(help: &str) -> String {
    if help.is_empty() { String::new() } else { format!("\n  = help: {help}") }
}

/// The operating system's sentence without Rust's `(os error 28)`.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}

fn io_help(action: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "free some space and run the command again; nothing was left half written",
        io::ErrorKind::PermissionDenied if action == "read" => "give the user that runs rundbrief the right to read it",
        io::ErrorKind::PermissionDenied => "check who owns the folder, or choose another one",
        io::ErrorKind::ReadOnlyFilesystem => "the disk is mounted read-only; choose another folder",
        _ => "",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_file_and_what_to_do() {
        let error = Error::io("write", Path::new("out/x"), io::Error::from_raw_os_error(28));
        assert_eq!(
            error.to_string(),
            "error: cannot write out/x: no space left on device\n  = help: free some space and run the command again; nothing was left half written"
        );
        assert_eq!(error.exit(), Exit::Io);
        let error = Error::io("read", Path::new("a.md"), io::Error::from_raw_os_error(13));
        assert_eq!(
            error.to_string(),
            "error: cannot read a.md: permission denied\n  = help: give the user that runs rundbrief the right to read it"
        );
    }
}
