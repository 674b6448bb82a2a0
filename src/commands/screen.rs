//! What a command prints: results on standard output, findings and notes on standard error.
//!
//! A result that cannot be written ends no command, which may be in the middle of a send: it is told at the end.

use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, PoisonError};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::{Value, json};

use super::logging;
use crate::cli::{Color, Format, Global, LogFormat};
use crate::error::Error;
use crate::finding::{Finding, Place, Severity};

/// Why a result could not be written, the first time. There is one standard output for the whole process.
static LOST: Mutex<Option<io::Error>> = Mutex::new(None);

/// Where a command prints to, and how.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    format: Format,
    log: LogFormat,
    quiet: bool,
    /// Whether only errors are printed.
    silent: bool,
}

impl Screen {
    pub fn new(global: &Global) -> Screen {
        match global.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
        Screen { format: global.format, log: global.log_format, quiet: global.quiet, silent: false }
    }

    /// A screen for what comes before the command line is understood.
    pub fn plain(format: Format) -> Screen {
        Screen { format, log: LogFormat::Text, quiet: false, silent: false }
    }

    /// One that prints nothing, for a part of a command whose outcome is told in the command's own words.
    pub fn silent(self) -> Screen {
        Screen { silent: true, ..self }
    }

    /// Whether logs may use colours.
    pub fn colors_logs(&self) -> bool {
        anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
    }

    /// A result for people; nothing when JSON is asked for.
    pub fn result(&self, text: &str) {
        if self.format == Format::Human && !self.silent {
            print(&format!("{text}\n"));
        }
    }

    /// Takes the last `lines` lines back from a terminal, for what comes in their place; nothing when JSON is asked for.
    pub fn take_back(&self, lines: usize) {
        if self.format == Format::Human && lines > 0 {
            print(&format!("\x1b[{lines}A\x1b[J"));
        }
    }

    /// The result as JSON; nothing when text is asked for.
    pub fn json(&self, document: &impl Serialize) {
        if self.format == Format::Json && !self.silent {
            let text = serde_json::to_string_pretty(document).expect("results have string keys");
            print(&format!("{text}\n"));
        }
    }

    /// Adds a part of the JSON document, which is not made when text is asked for.
    pub fn keep<T>(&self, parts: &mut Vec<T>, part: T) {
        if self.format == Format::Json {
            parts.push(part);
        }
    }

    /// A remark that is no result.
    pub fn note(&self, text: &str) {
        if !self.is_quiet() {
            match self.log {
                LogFormat::Text => write_line(anstream::stderr(), text),
                LogFormat::Json => self.log("INFO", text.trim(), &Value::Null),
            }
        }
    }

    /// Where a send is, with its numbers for programs; for where there is no bar.
    pub fn progress(&self, text: &str, numbers: &Value) {
        match self.log {
            LogFormat::Text => write_line(std::io::stderr(), text),
            LogFormat::Json => self.log("INFO", text, numbers),
        }
    }

    /// Whether everything on standard error is for programs.
    pub fn logs_json(&self) -> bool {
        self.log == LogFormat::Json
    }

    /// A line of the log in JSON.
    fn log(&self, level: &str, message: &str, more: &Value) {
        write_line(std::io::stderr(), &logging::line(level, message, more));
    }

    /// The same of a finding, with its stable names.
    fn log_finding(&self, finding: &Finding) {
        let level = if finding.is_error() { "ERROR" } else { "WARN" };
        let mut more = finding_entry(finding);
        if let Value::Object(more) = &mut more {
            more.retain(|name, value| name != "severity" && name != "message" && !value.is_null());
        }
        self.log(level, &finding.message, &more);
    }

    /// Warnings, each with its place.
    pub fn findings(&self, findings: &[Finding]) {
        for finding in findings {
            if self.logs_json() && !self.is_quiet() {
                self.log_finding(finding);
                continue;
            }
            self.note(&format!("{}\n", colored(&finding.to_string(), finding.severity)));
        }
    }

    /// Findings that are the result, each with its place and its rule.
    pub fn findings_as_result(&self, findings: &[Finding]) {
        for finding in findings {
            self.result(&format!("{}\n", colored(&format!("{finding:#}"), finding.severity)));
        }
    }

    /// Whether remarks are not wanted.
    pub fn is_quiet(&self) -> bool {
        self.quiet || self.silent
    }

    /// An error that did not end the command, for people.
    pub fn failure(&self, error: &Error) {
        if self.silent {
            return;
        }
        if self.logs_json() {
            error_findings(error).iter().for_each(|finding| self.log_finding(finding));
            return;
        }
        let text: Vec<String> = error.to_string().split("\n\n").map(|part| colored(part, severity_of(part))).collect();
        write_line(anstream::stderr(), &text.join("\n\n"));
    }

    /// The error that ended the command; as JSON too when that is asked for.
    pub fn error(&self, error: &Error) {
        self.failure(error);
        let mut document = json!({ "errors": error_entries(error) });
        if let Error::NotApproved(it) = error {
            document["changes"] = it.changes.clone();
        }
        self.json(&document);
    }
}

/// The entries of an error in the shape of `check`: rule, severity, file, line, column, message, help.
pub fn error_entries(error: &Error) -> Vec<Value> {
    error_findings(error).iter().map(finding_entry).collect()
}

/// An error as findings: its own, or one made of its text.
pub fn error_findings(error: &Error) -> Vec<Finding> {
    match error {
        Error::Input(findings) | Error::Config(findings) => findings.clone(),
        Error::NotApproved(it) => vec![it.finding.clone()],
        other => {
            let text = other.to_string();
            let (message, rest) = text.split_once('\n').unwrap_or((&text, ""));
            let message = message.strip_prefix("error: ").unwrap_or(message);
            let finding = Finding::error(other.rule(), message);
            let finding = other.file().map_or(finding.clone(), |file| finding.at(Place::whole_file(file)));
            let rest = rest.trim();
            let help = rest.strip_prefix("= help: ").unwrap_or(rest);
            vec![if help.is_empty() { finding } else { finding.help(help) }]
        }
    }
}

/// A finding with its stable names.
pub fn finding_entry(finding: &Finding) -> Value {
    let place = finding.place.as_ref();
    json!({
        "rule": finding.rule,
        "severity": finding.severity,
        "file": place.map(|place| place.file.display().to_string()),
        "line": place.map(|place| place.line).filter(|line| *line > 0),
        "column": place.map(|place| place.column).filter(|column| *column > 0),
        "message": finding.message,
        "help": finding.help,
    })
}

fn severity_of(text: &str) -> Severity {
    if text.starts_with("warning") { Severity::Warning } else { Severity::Error }
}

/// The first word in the colour of its severity.
fn colored(text: &str, severity: Severity) -> String {
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
    };
    let style = Style::new().fg_color(Some(color.into())).bold();
    match text.split_once(':') {
        Some((word, rest)) if word == "error" || word == "warning" => format!("{style}{word}{style:#}:{rest}"),
        _ => text.to_owned(),
    }
}

/// Writes on standard output.
fn print(text: &str) {
    keep_loss(write(anstream::stdout(), text));
}

/// Keeps in mind that a result could not be written. A reader that has gone away (`| head`) has seen what it wanted.
pub fn keep_loss(written: io::Result<()>) {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            LOST.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
        _ => {}
    }
}

/// The error of a result that could not be written.
pub fn loss() -> Option<Error> {
    LOST.lock().unwrap_or_else(PoisonError::into_inner).take().map(Error::Output)
}

/// Writes a line on standard error; nobody could be told that this fails.
fn write_line(stream: impl Write, text: &str) {
    if let Err(error) = write(stream, &format!("{text}\n")) {
        tracing::debug!("cannot print: {error}");
    }
}

fn write(mut stream: impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes()).and_then(|()| stream.flush())
}
