//! The answers of one run of `init`, from options or from questions.
//!
//! Comes in: the command line. Goes out: [`Answers`], of which each changes one value of the configuration. Nothing is
//! checked here, and no secret is among them: only where one is.

use std::collections::BTreeMap;
use std::path::Path;

use super::key::Key;
use super::place;
use crate::cli;
use crate::error::Error;

/// Mails become files; no server is set up.
pub const OUTBOX: &str = "outbox";
/// A provider that is not among the known ones; its host is told.
pub const OTHER: &str = "other";

/// A list's `where`: columns, and the values of which a row must have one.
pub type Conditions = Vec<(String, Vec<String>)>;

#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// In the order in which they are asked. An empty text takes the value out of the configuration.
    values: BTreeMap<Key, String>,
    /// The list that is set up.
    pub list_name: String,
    /// The list's `where`, if it is to be another one.
    pub filter: Option<Conditions>,
    /// Additions to the list's `columns`.
    pub columns: Vec<(String, String)>,
}

impl Answers {
    /// None yet.
    pub fn none(list_name: &str) -> Answers {
        Answers { list_name: list_name.to_owned(), ..Answers::default() }
    }

    /// The same without the values, to take them over one by one.
    pub fn emptied(&self) -> Answers {
        Answers { values: BTreeMap::new(), ..self.clone() }
    }

    /// What the command line says. `folder` is the configuration's; file names become relative to it.
    ///
    /// # Errors
    /// [`Error::Usage`] for options that cannot be understood, and what is wrong with reading an imprint.
    pub fn of(arguments: &cli::Init, folder: &Path, list_name: &str) -> Result<Answers, Error> {
        let mut answers = Answers::none(list_name);
        let file = |written: &Option<String>| written.as_ref().map(|path| place::from(folder, Path::new(path)));
        let reference = |file: &Option<String>, variable: &Option<String>| match (file, variable) {
            (Some(path), _) => Some(format!("file:{}", place::from(folder, Path::new(path)))),
            (None, variable) => variable.as_ref().map(|name| format!("env:{name}")),
        };
        let imprint = match &arguments.imprint_file {
            Some(path) => Some(std::fs::read_to_string(path).map_err(|error| Error::io("read", path, error))?),
            None => arguments.imprint.clone(),
        };
        let all = [
            (Key::Name, arguments.name.clone()),
            (Key::Url, arguments.url.as_deref().map(whole_url)),
            (Key::Lang, arguments.lang.clone()),
            (Key::Imprint, imprint.map(|text| text.trim().to_owned())),
            (Key::PrivacyUrl, arguments.privacy_url.as_deref().map(whole_url)),
            (Key::Logo, file(&arguments.logo)),
            (Key::From, arguments.from.clone()),
            (Key::ReplyTo, arguments.reply_to.clone()),
            (Key::Unsubscribe, arguments.unsubscribe.clone()),
            (Key::Provider, arguments.provider.clone()),
            (Key::Host, arguments.host.clone()),
            (Key::Port, arguments.port.clone()),
            (Key::Security, arguments.security.clone()),
            (Key::CaFile, file(&arguments.ca_file)),
            (Key::Username, arguments.username.clone()),
            (Key::Password, reference(&arguments.password_file, &arguments.password_env)),
            (Key::Tenant, arguments.oauth_tenant.clone()),
            (Key::ClientId, arguments.oauth_client_id.clone()),
            (Key::ClientSecret, reference(&arguments.oauth_secret_file, &arguments.oauth_secret_env)),
            (Key::PerMinute, arguments.per_minute.clone()),
            (Key::PerHour, arguments.per_hour.clone()),
            (Key::PerDay, arguments.per_day.clone()),
            (Key::List, file(&arguments.list)),
            (Key::Sheet, arguments.sheet.clone()),
            (Key::ListLanguage, arguments.list_language.clone()),
            (Key::Basis, arguments.basis.clone()),
            (Key::Notify, arguments.notify.clone()),
        ];
        for (key, value) in all {
            if let Some(value) = value {
                answers.set(key, value.trim());
            }
        }
        if !arguments.filter.is_empty() {
            answers.filter = Some(gathered(pairs("--where", "COLUMN=VALUE", &arguments.filter)?));
        }
        answers.columns = pairs("--column", "FIELD=HEADING", &arguments.columns)?;
        Ok(answers)
    }

    pub fn get(&self, key: Key) -> Option<&str> {
        self.values.get(&key).map(String::as_str)
    }

    pub fn set(&mut self, key: Key, value: impl Into<String>) {
        self.values.insert(key, value.into());
    }

    /// All of them, in the order in which they are asked.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &str)> {
        self.values.iter().map(|(key, value)| (*key, value.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.filter.is_none() && self.columns.is_empty()
    }

    /// Whether anything about the member list is answered.
    pub fn touch_list(&self) -> bool {
        let own = [Key::List, Key::Sheet, Key::ListLanguage, Key::Basis];
        self.filter.is_some() || !self.columns.is_empty() || own.iter().any(|key| self.values.contains_key(key))
    }

    /// Whether anything about the mail server is answered.
    pub fn touch_server(&self) -> bool {
        self.values.keys().any(|key| key.is_of_server())
    }
}

/// A web address as people say it, with `https://` in front.
pub fn whole_url(written: &str) -> String {
    let written = written.trim();
    let bare = !written.contains("://") && written.contains('.') && !written.contains([' ', '@']);
    if bare { format!("https://{written}") } else { written.to_owned() }
}

/// `Newsletter=ja`; what stands behind the first `=` may be empty.
pub fn pair(written: &str) -> Option<(String, String)> {
    let (left, right) = written.split_once('=')?;
    Some((left.trim().to_owned(), right.trim().to_owned())).filter(|(left, _)| !left.is_empty())
}

/// The values of each column together: `Status=aktiv` and `Status=passiv` want either.
pub fn gathered(pairs: Vec<(String, String)>) -> Conditions {
    let mut conditions: Conditions = Vec::new();
    for (heading, value) in pairs {
        match conditions.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, values)) => values.push(value),
            None => conditions.push((heading, vec![value])),
        }
    }
    conditions
}

fn pairs(flag: &str, shape: &str, written: &[String]) -> Result<Vec<(String, String)>, Error> {
    let wrong = |text: &String| Error::Usage(format!("{flag} {text}: write it as {shape}"));
    written.iter().map(|text| pair(text).ok_or_else(|| wrong(text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_address_may_be_written_as_it_is_said() {
        assert_eq!(whole_url(" www.verband.de "), "https://www.verband.de");
        assert_eq!(whole_url("http://verband.de"), "http://verband.de");
        assert_eq!([whole_url("verband"), whole_url("a@verband.de")], ["verband", "a@verband.de"]);
    }

    #[test]
    fn a_condition_may_want_an_empty_cell() {
        assert_eq!(pair("Austritt="), Some(("Austritt".to_owned(), String::new())));
        assert_eq!(pair("Newsletter = ja"), Some(("Newsletter".to_owned(), "ja".to_owned())));
        assert_eq!((pair("Newsletter"), pair("=ja")), (None, None));
    }

    #[test]
    fn a_column_that_is_named_again_wants_another_value_too() {
        let pairs = ["Status=aktiv", "Newsletter=ja", "Status="].map(|text| pair(text).expect("a pair"));
        let expected = [("Status", vec!["aktiv", ""]), ("Newsletter", vec!["ja"])];
        let gathered = gathered(pairs.to_vec());
        assert_eq!(gathered.len(), expected.len());
        for ((heading, values), known) in gathered.iter().zip(expected) {
            assert_eq!((heading.as_str(), values.iter().map(String::as_str).collect()), known);
        }
    }
}
