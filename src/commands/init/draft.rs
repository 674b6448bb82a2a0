//! `config.toml` as it is, and as it would be with the answers.
//!
//! Comes in: the file's text, or the one that a new configuration begins with; answers. Goes out: the new text with
//! comments and order kept, and what is wrong with an answer, as the configuration itself would say it. Writes nothing.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, InlineTable, Item, TomlError, Value};

use super::answers::{Answers, OTHER, OUTBOX};
use super::key::Key;
use super::organisation::bare;
use super::sample;
use crate::config::Config;
use crate::finding::{Finding, Place};
use crate::members::address::Address;

mod edit;
mod fill;

use edit::{get, remove, remove_empty, set, string};

/// What a new configuration begins with.
const START: &str = include_str!("start.toml");

/// What stands in `[email.smtp]` of the account at a server, so it goes when the server is another one.
const OF_THE_SERVER: [&str; 12] = [
    "provider",
    "host",
    "port",
    "security",
    "ca_file",
    "username",
    "password",
    "oauth",
    "connections",
    "per_minute",
    "per_hour",
    "per_day",
];

/// The configuration before any answer.
#[derive(Debug)]
pub struct Draft {
    pub file: PathBuf,
    /// Nothing for a new one.
    pub text: Option<String>,
    /// What it says.
    pub config: Option<Config>,
    document: DocumentMut,
}

impl Draft {
    /// Of a text that is a valid configuration, or of none.
    ///
    /// # Errors
    /// [`crate::error::Error::Config`]'s findings, for a text that has errors.
    pub fn of(file: &Path, text: Option<String>) -> Result<Draft, Vec<Finding>> {
        let config = text.as_deref().map(|text| Config::parse(file, text)).transpose()?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let partner = if sample::has_partner(folder) { sample::PARTNER } else { "" };
        let start = START.replacen("\n[sender]", &format!("{partner}\n[sender]"), 1);
        let document = text.as_deref().unwrap_or(&start).parse().map_err(|error: TomlError| {
            let place = Place::whole_file(file);
            vec![Finding::error("config-syntax", error.message().to_owned()).at(place)]
        })?;
        Ok(Draft { file: file.to_owned(), text, config, document })
    }

    pub fn is_new(&self) -> bool {
        self.text.is_none()
    }

    /// The folder that its file names are relative to.
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// The name of the first list, else `members`.
    pub fn first_list(&self) -> String {
        let lists = self.document.get("lists").and_then(Item::as_table_like);
        let first = lists.and_then(|lists| lists.iter().next().map(|(name, _)| name.to_owned()));
        first.unwrap_or_else(|| "members".to_owned())
    }

    /// What the configuration says today.
    pub fn current(&self, key: Key, list: &str) -> Option<String> {
        let at = |path: &[&str]| {
            let item = get(&self.document, path)?;
            let text = item.as_str().map(str::to_owned).or_else(|| item.as_integer().map(|number| number.to_string()));
            text.filter(|text| !text.is_empty() && !self.is_new())
        };
        match key {
            Key::Unsubscribe => at(&key.path(list)).or_else(|| at(&["sender", "unsubscribe", "url"])),
            // Of a server that is not used yet nothing is said.
            key if key.is_of_server() && at(&["email", "transport"]).as_deref() != Some("smtp") => None,
            Key::Provider => at(&key.path(list)).or_else(|| at(&Key::Host.path(list)).map(|_| OTHER.to_owned())),
            key => at(&key.path(list)),
        }
    }

    /// How mails leave today: `outbox`, `smtp`, `sendmail`; nothing is decided in a new configuration.
    pub fn transport(&self) -> Option<&str> {
        let written = self.document.get("email").and_then(|email| email.get("transport")).and_then(Item::as_str);
        if self.is_new() { None } else { Some(written.unwrap_or(OUTBOX)) }
    }

    /// Who takes mails today, as an answer to that question: a provider, `other`, `outbox`.
    pub fn transport_provider(&self) -> Option<String> {
        match self.transport()? {
            OUTBOX => Some(OUTBOX.to_owned()),
            "smtp" => self.current(Key::Provider, ""),
            _ => None,
        }
    }

    /// Whether the answers lead to another server than today's. A login must not go there.
    pub fn is_other_server(&self, answers: &Answers) -> bool {
        let other = |key| answers.get(key).is_some_and(|new| self.current(key, "").as_deref() != Some(new));
        match answers.get(Key::Provider) {
            Some(OUTBOX) => false,
            _ => other(Key::Provider) || other(Key::Host),
        }
    }

    /// The text with the answers in it.
    pub fn with(&self, answers: &Answers) -> String {
        self.edited(answers).to_string()
    }

    /// What the configuration would say against the answers so far; what is not answered yet is not missed.
    pub fn problems(&self, answers: &Answers) -> Vec<Finding> {
        let mut document = self.edited(answers);
        self.fill(&mut document, answers);
        match Config::parse(&self.file, &document.to_string()) {
            Err(findings) => findings,
            Ok(config) => config.network_problems().into_iter().filter(Finding::is_error).collect(),
        }
    }

    /// What is wrong with one more answer: a sentence, and a line with what to do.
    pub fn objection(&self, answers: &Answers, key: Key, value: &str) -> Option<String> {
        if key.is_number() && !value.is_empty() && value.parse::<i64>().is_err() {
            return Some(format!("`{value}` is no whole number"));
        }
        let is_address = matches!(key, Key::From | Key::ReplyTo) || key == Key::Unsubscribe && !value.contains("://");
        if is_address
            && !value.is_empty()
            && let Err(error) = Address::parse(bare(value))
        {
            return Some(error.to_string());
        }
        let before = self.problems(answers);
        let mut with = answers.clone();
        with.set(key, value);
        let known = |finding: &Finding| before.iter().any(|old| old.message == finding.message);
        let new: Vec<String> = self.problems(&with).iter().filter(|finding| !known(finding)).map(sentence).collect();
        if new.is_empty() { None } else { Some(new.join("\n")) }
    }

    fn edited(&self, answers: &Answers) -> DocumentMut {
        let mut document = self.document.clone();
        let list = &answers.list_name;
        match answers.get(Key::Provider) {
            Some(OUTBOX) => set(&mut document, &["email", "transport"], OUTBOX.into()),
            _ if answers.touch_server() => {
                set(&mut document, &["email", "transport"], "smtp".into());
                if self.is_other_server(answers) {
                    OF_THE_SERVER.iter().for_each(|name| remove(&mut document, &["email", "smtp", name]));
                }
            }
            _ => {}
        }
        if answers.get(Key::Password).is_some() {
            remove(&mut document, &["email", "smtp", "oauth"]);
        }
        if [Key::Tenant, Key::ClientId, Key::ClientSecret].iter().any(|key| answers.get(*key).is_some()) {
            remove(&mut document, &["email", "smtp", "password"]);
        }
        for (key, text) in answers.iter() {
            let path = match key {
                Key::Provider if text == OUTBOX || text == OTHER => continue,
                Key::Unsubscribe if text.contains("://") => vec!["sender", "unsubscribe", "url"],
                key => key.path(list),
            };
            match (text, key.is_number().then(|| text.parse::<i64>().ok()).flatten()) {
                ("", _) => remove(&mut document, &path),
                (_, Some(number)) => set(&mut document, &path, number.into()),
                (text, None) => set(&mut document, &path, string(text)),
            }
        }
        if let Some(filter) = &answers.filter {
            let value = |values: &[String]| match values {
                [one] => Value::from(one.as_str()),
                several => Value::Array(several.iter().map(String::as_str).collect()),
            };
            let wanted = filter.iter().map(|(heading, values)| (heading.as_str(), value(values)));
            set(&mut document, &["lists", list, "where"], Value::InlineTable(wanted.collect::<InlineTable>()));
        }
        for (field, heading) in &answers.columns {
            set(&mut document, &["lists", list, "columns", field], heading.as_str().into());
        }
        if self.is_new() {
            remove_empty(&mut document);
        }
        document
    }
}

/// A finding without its place, which is a line that nobody has seen yet.
fn sentence(finding: &Finding) -> String {
    match &finding.help {
        Some(help) => format!("{}\n  = help: {help}", finding.message),
        None => finding.message.clone(),
    }
}

#[cfg(test)]
#[path = "draft/tests.rs"]
mod tests;
