//! A configuration that TOML or its shape refuses, in plain words.
//!
//! Comes in: the file's text and the parser's error. Goes out: a [`Finding`] with its place, for an unknown key the
//! nearest known one. Never repeats a value.

use std::path::Path;

use super::check::Checker;
use super::file::File;
use super::{Config, shown};
use crate::finding::{Finding, Place, nearest};

/// Parses and checks a configuration file.
pub(super) fn parse(path: &Path, text: &str) -> Result<Config, Vec<Finding>> {
    let file: File = toml::from_str(text).map_err(|error| vec![finding(path, text, &error)])?;
    Checker::new(path, text).config(file)
}

fn finding(path: &Path, text: &str, error: &toml::de::Error) -> Finding {
    let message = error.message().trim();
    let place = error.span().map_or_else(|| Place::whole_file(path), |span| shown::place(path, text, span));
    if let Some((key, known)) = unknown_key(message) {
        // The span of a table's unknown key may be the table's; the key itself is a better place.
        let place = key_place(path, text, &place, &key);
        return Finding::error("config-unknown-key", format!("unknown key `{key}` in the configuration"))
            .at(place)
            .help(help_for_unknown(&key, &known));
    }
    let (message, help) = plain(message);
    let finding = Finding::error("config-syntax", message).at(place);
    if help.is_empty() { finding } else { finding.help(help) }
}

/// What is wrong and what to do, from the messages of serde and of the TOML parser.
fn plain(message: &str) -> (String, &'static str) {
    let yes_or_no = "write it in quotation marks, as it stands in the table: \"ja\" or \"nein\"";
    if let Some(key) = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        let help = "add it; config.example.toml shows how it is written";
        return (format!("`{key}` is missing"), help);
    }
    let (found, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let wrong_type = found.starts_with("invalid type") || found.starts_with("invalid value");
    match expected {
        _ if message.starts_with("duplicate key") => {
            ("this stands here for the second time".to_owned(), "put everything of it in one place")
        }
        "a string or several" if wrong_type => (
            "this must be a text in quotation marks, or several of them in brackets".to_owned(),
            "write it as it stands in the table: \"ja\", or [\"aktiv\", \"passiv\"]",
        ),
        "a string" if wrong_type && found.contains("boolean") => {
            ("this must be a text in quotation marks".to_owned(), yes_or_no)
        }
        "a string" if wrong_type => {
            ("this must be a text in quotation marks".to_owned(), "write it as name = \"value\"")
        }
        "u32" | "i64" if wrong_type => {
            ("this must be a whole number".to_owned(), "write it without quotation marks: 30")
        }
        "a map" | "a table" if wrong_type => {
            ("this must be a table".to_owned(), "write it in braces: name = { … = \"…\" }")
        }
        _ if wrong_type && expected.starts_with("struct") => {
            ("this must be a section".to_owned(), "write its name in brackets on a line of its own, its keys below it")
        }
        _ if wrong_type => ("this has the wrong type".to_owned(), "config.example.toml shows how it is written"),
        _ => (
            message.lines().next().unwrap_or_default().to_owned(),
            "each line is name = \"value\" or a section in brackets; a text of several lines needs \"\"\" at both ends",
        ),
    }
}

/// The key and the known keys in serde's ``unknown field `a`, expected one of `b`, `c` ``.
fn unknown_key(message: &str) -> Option<(String, Vec<String>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (key, rest) = rest.split_once('`')?;
    Some((key.to_owned(), rest.split('`').skip(1).step_by(2).map(str::to_owned).collect()))
}

fn key_place(path: &Path, text: &str, place: &Place, key: &str) -> Place {
    let starts = |line: &str| {
        let line = line.trim_start().trim_start_matches('[');
        line.split(['=', ']', '.']).any(|part| part.trim() == key)
    };
    match text.lines().enumerate().skip(place.line.saturating_sub(1)).find(|(_, line)| starts(line)) {
        Some((index, line)) => {
            let column = line.find(key).map_or(1, |at| line[..at].chars().count() + 1);
            shown::shown(Place::at_line(path, text, index + 1, column).with_width(key.chars().count()), text)
        }
        None => place.clone(),
    }
}

fn help_for_unknown(key: &str, known: &[String]) -> String {
    match nearest(key, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    }
}
