//! Reads typed values out of the header's tree and says what is wrong with the others.
//!
//! Comes in: a [`Node`] and the name of its key. Goes out: the value, or `None` after reporting why not. Nothing is
//! guessed: a value of another type is an error with an example.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::post::header::keys;
use crate::post::header::places::{self, Places};
use crate::post::header::when::{self, BadTime};
use crate::post::header::yaml::{self, Entry, Node, Value};
use crate::post::reference;
use crate::post::report::{Report, Spot};

/// The reader of one header.
pub(super) struct Fields<'a, 's> {
    yaml: &'a str,
    /// Lines of the file before the YAML.
    offset: usize,
    /// Of the keys and values that are found without parsing again.
    places: Places,
    pub report: &'a mut Report<'s>,
}

impl<'a, 's> Fields<'a, 's> {
    pub(super) fn new(yaml: &'a str, root: &Node, offset: usize, report: &'a mut Report<'s>) -> Fields<'a, 's> {
        Fields { yaml, offset, places: places::of_top_level(yaml, root), report }
    }

    /// Where a node stands in the file.
    pub(super) fn spot(&self, node: &Node) -> Spot {
        let known = self.places.get(&node.id).copied();
        let (line, column) = known.unwrap_or_else(|| yaml::locate(self.yaml, node.id));
        let rest: String = self.line(line).chars().skip(column - 1).collect();
        Spot { line: line + self.offset, column, width: written_width(&rest, &node.value) }
    }

    fn line(&self, number: usize) -> &'a str {
        self.yaml.lines().nth(number - 1).unwrap_or("")
    }

    /// Reports an error at a node.
    pub(super) fn error(
        &mut self,
        node: &Node,
        rule: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        // Beyond the limit only the count matters, and finding a place costs a pass over the header.
        let spot = if self.report.has_room() { self.spot(node) } else { self.opening() };
        self.report.error(rule, spot, message, help);
    }

    /// Reports that a key is missing, at the header's first line.
    pub(super) fn missing(&mut self, key: &str, example: &str) {
        let help = format!("add a line `{example}`");
        self.report.error("missing-key", self.opening(), format!("the header has no `{key}`"), help);
    }

    /// The opening `---`.
    fn opening(&self) -> Spot {
        Spot { line: self.offset, column: 1, width: 3 }
    }

    fn wrong_type(&mut self, node: &Node, key: &str, wanted: &str, example: &str) {
        let kind = node.value.kind();
        let help = match &node.value {
            Value::Number(_) | Value::Bool(_) if wanted == "text" => format!("put it in quotes: `{key}: \"…\"`"),
            Value::Tagged(_) if wanted == "text" => format!("put the whole value in quotes: `{key}: \"!…\"`"),
            _ => format!("write it like `{example}`"),
        };
        self.error(node, "wrong-type", format!("`{key}` must be {wanted}, not {kind}"), help);
    }

    /// The pairs of a map by known key, without those that are null. Unknown and repeated keys are reported.
    pub(super) fn map<'n>(
        &mut self,
        entries: &'n [Entry],
        known: &[&'static str],
        inside: &str,
    ) -> Vec<(&'static str, &'n Entry)> {
        let mut found: Vec<(&'static str, &Entry)> = Vec::new();
        for entry in entries {
            let name = entry.name();
            match known.iter().copied().find(|key| *key == name) {
                None => {
                    let help = if inside.is_empty() { keys::help_for_top(&name) } else { keys::help_for(&name, known) };
                    let of = if inside.is_empty() { String::new() } else { format!(" in `{inside}`") };
                    self.error(&entry.key, "unknown-key", format!("unknown key `{}`{of}", printable(&name)), help);
                }
                Some(key) => match found.iter().find(|(name, _)| *name == key) {
                    Some((_, first)) => self.repeated(&entry.key, key, &first.key),
                    None => found.push((key, entry)),
                },
            }
        }
        found.retain(|(_, entry)| entry.value.value != Value::Null);
        found
    }

    /// Reports a key that stood in the same map before.
    pub(super) fn repeated(&mut self, node: &Node, key: &str, first: &Node) {
        let line = if self.report.has_room() { self.spot(first).line } else { 0 };
        let message = format!("`{key}` stands here for the second time; the first is in line {line}");
        self.error(node, "duplicate-key", message, "keep one of the two");
    }

    /// Text in one line, trimmed; `None` when it is empty.
    pub(super) fn line_of_text(&mut self, node: &Node, key: &str, example: &str) -> Option<String> {
        let text = self.text(node, key, example)?;
        if text.contains(['\n', '\t', '\u{2028}', '\u{2029}']) {
            self.error(
                node,
                "control-character",
                format!("`{key}` must be one line, without line breaks and tabs"),
                format!("write it like `{example}`"),
            );
            return None;
        }
        Some(text)
    }

    /// Text that may have several lines, trimmed; `None` when it is empty.
    pub(super) fn text(&mut self, node: &Node, key: &str, example: &str) -> Option<String> {
        let Value::Text(text) = &node.value else {
            if node.value != Value::Null {
                self.wrong_type(node, key, "text", example);
            }
            return None;
        };
        let forbidden = |c: &char| crate::post::source::is_forbidden(*c) && !matches!(c, '\n' | '\t');
        if let Some(bad) = text.chars().find(forbidden) {
            let message = format!("`{key}` contains an invisible character: U+{:04X}", u32::from(bad));
            self.error(node, "control-character", message, "delete it, also where it is written like `\\0` or `\\r`");
            return None;
        }
        let trimmed = text.trim();
        (!trimmed.is_empty()).then(|| trimmed.to_owned())
    }

    /// A list of short texts; a bare text is a list of one. Each comes with its node.
    pub(super) fn names<'n>(&mut self, node: &'n Node, key: &str, example: &str) -> Vec<(String, &'n Node)> {
        let items = match &node.value {
            Value::List(items) => items.as_slice(),
            Value::Text(_) => std::slice::from_ref(node),
            _ => {
                self.wrong_type(node, key, "a list of names", example);
                return Vec::new();
            }
        };
        let mut names: Vec<(String, &Node)> = Vec::new();
        for item in items {
            if item.value == Value::Null {
                self.empty_item(item, key);
            } else if let Some(name) = self.line_of_text(item, key, example)
                && !names.iter().any(|(known, _)| *known == name)
            {
                names.push((name, item));
            }
        }
        names
    }

    pub(super) fn empty_item(&mut self, node: &Node, key: &str) {
        let help = "fill it in or delete it; a `#` after a space begins a comment in YAML, so write tags without `#`";
        self.error(node, "wrong-type", format!("an empty entry in `{key}`"), help);
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, node: &Node, key: &str) -> Option<bool> {
        let written = match &node.value {
            Value::Bool(value) => return Some(*value),
            Value::Text(text) => text.trim().to_lowercase(),
            _ => String::new(),
        };
        let message = format!("`{key}` must be `true` or `false`");
        let help = match written.as_str() {
            "no" | "nein" | "off" | "n" | "false" => format!("write `{key}: false`, without quotes"),
            "yes" | "ja" | "on" | "y" | "j" | "true" => format!("write `{key}: true`, without quotes"),
            _ => format!("write `{key}: true` or `{key}: false`"),
        };
        self.error(node, "wrong-type", message, help);
        None
    }

    /// A day.
    pub(super) fn day(&mut self, node: &Node, key: &str) -> Option<Date> {
        let written = self.when(node, key, &format!("{}: 2024-10-24", last_part(key)))?;
        self.report_bad_time(node, key, when::day(&written))
    }

    /// A local time of a day.
    pub(super) fn moment(&mut self, node: &Node, key: &str, zone: &TimeZone) -> Option<DateTime> {
        let written = self.when(node, key, &format!("{key}: 2024-11-28 09:00"))?;
        self.report_bad_time(node, key, when::moment(&written, zone))
    }

    fn when(&mut self, node: &Node, key: &str, example: &str) -> Option<String> {
        if let Value::Number(_) = node.value {
            self.wrong_type(node, key, "a date", example);
            return None;
        }
        self.line_of_text(node, key, example)
    }

    fn report_bad_time<T>(&mut self, node: &Node, key: &str, read: Result<T, BadTime>) -> Option<T> {
        read.map_err(|bad| self.error(node, "bad-date", format!("`{key}`: {}", bad.message), bad.help)).ok()
    }

    /// An absolute http(s) URL.
    pub(super) fn url(&mut self, node: &Node, key: &str) -> Option<String> {
        let url = self.line_of_text(node, key, &format!("{key}: https://example.org/aktuelles"))?;
        match reference::web(&url) {
            Ok(()) => Some(url),
            Err(refused) => {
                self.error(node, "bad-link", format!("`{key}`: {}", refused.message), refused.help);
                None
            }
        }
    }

    /// The pairs of a node that must be a map.
    pub(super) fn entries<'n>(&mut self, node: &'n Node, key: &str, example: &str) -> Option<&'n [Entry]> {
        match &node.value {
            Value::Map(entries) => Some(entries),
            _ => {
                self.wrong_type(node, key, "a map", example);
                None
            }
        }
    }

    /// Warns where a comment has cut off the end of a text: `title: Platz #1`.
    pub(super) fn warn_of_comment(&mut self, node: &Node, key: &str) {
        let Value::Text(text) = &node.value else { return };
        if !self.yaml.contains('#') {
            return;
        }
        let spot = self.spot(node);
        let rest: String = self.line(spot.line - self.offset).chars().skip(spot.column - 1).collect();
        let Some(behind) = rest.strip_prefix(text.as_str()) else { return };
        let comment = behind.trim_start();
        if comment.strip_prefix('#').is_some_and(|comment| !comment.starts_with([' ', '#']) && !comment.is_empty()) {
            let column = spot.column + rest.chars().count() - comment.chars().count();
            let spot = Spot { column, width: comment.chars().count(), ..spot };
            let message = format!("`{key}` ends before `#`: what follows is a comment in YAML");
            let help = format!("if it belongs to the text, put it all in quotes: `{key}: \"{}\"`", rest.trim_end());
            self.report.warning("yaml-comment", spot, message, help);
        }
    }
}

/// `date` of `event.date`.
fn last_part(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// A key for a message, without what would break the line.
fn printable(name: &str) -> String {
    name.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// How many characters of a line a value takes, where that can be told; else one.
fn written_width(rest: &str, value: &Value) -> usize {
    let content = match value {
        Value::Text(text) | Value::Number(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        _ => return 1,
    };
    if rest.starts_with(&content) {
        return content.chars().count();
    }
    let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return 1 };
    rest[1..].find(quote).map_or(1, |end| rest[1..=end].chars().count() + 2)
}
