//! The shape of `config.toml` as written. Unknown keys end here, with the nearest known one.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::Config;
use super::check::Checker;
use crate::finding::{Finding, Place, nearest};

/// A string and where it stands.
pub(super) type Text = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub site: Site,
    pub sender: Sender,
    #[serde(default)]
    pub outbox: Outbox,
    #[serde(default)]
    pub email: Email,
    pub feed: Option<Feed>,
    #[serde(default)]
    pub channels: BTreeMap<Text, Network>,
    #[serde(default)]
    pub lists: BTreeMap<Text, List>,
    #[serde(default)]
    pub ledger: Ledger,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site {
    pub name: Text,
    pub url: Text,
    pub lang: Text,
    pub timezone: Option<Text>,
    pub imprint: Option<Text>,
    pub privacy_url: Option<Text>,
    pub logo: Option<Text>,
    pub logo_dark: Option<Text>,
    #[serde(default)]
    pub theme: Theme,
    pub templates: Option<Text>,
    pub key: Option<Text>,
    #[serde(default)]
    pub partners: BTreeMap<Text, Partner>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Theme {
    pub accent: Option<Text>,
    pub accent_dark: Option<Text>,
    pub background: Option<Text>,
    pub font: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Partner {
    pub logo: Text,
    pub text: Text,
    pub link: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sender {
    pub from: Text,
    pub reply_to: Option<Text>,
    pub list_id: Option<Text>,
    #[serde(default)]
    pub unsubscribe: Unsubscribe,
    pub bounce_address: Option<Text>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Unsubscribe {
    pub mailto: Option<Text>,
    pub url: Option<Text>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Outbox {
    pub path: Option<Text>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Email {
    pub transport: Option<Text>,
    pub images: Option<Text>,
    pub images_url: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Feed {
    pub path: Option<Text>,
    pub url: Option<Text>,
    pub items: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Network {
    pub kind: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    pub file: Text,
    pub sheet: Option<Text>,
    pub language: Option<Text>,
    pub basis: Option<Text>,
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, String>,
    pub address: Option<Text>,
    pub salutation: Option<Text>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Ledger {
    pub url: Option<Text>,
    pub id: Option<Text>,
}

/// Parses and checks a configuration file.
pub(super) fn parse(path: &Path, text: &str) -> Result<Config, Vec<Finding>> {
    let file: File = toml::from_str(text).map_err(|error| vec![syntax_finding(path, text, &error)])?;
    Checker::new(path, text).config(file)
}

/// A parser's error as a finding: its place, and for an unknown key the nearest known one.
fn syntax_finding(path: &Path, text: &str, error: &toml::de::Error) -> Finding {
    let message = error.message().trim();
    let mut place = error.span().map(|span| {
        let width = text.get(span.clone()).map_or(1, |part| part.lines().next().unwrap_or("").chars().count());
        Place::at_offset(path, text, span.start).with_width(width)
    });
    let finding = match unknown_key(message) {
        Some((key, known)) => {
            // The span of a table's unknown key may be the table's; the key itself is a better place.
            place = place.map(|place| key_place(path, text, &place, &key));
            let finding = Finding::error("config-unknown-key", format!("unknown key `{key}` in the configuration"));
            finding.help(help_for_unknown(&key, &known))
        }
        None => Finding::error("config-syntax", message.to_owned()),
    };
    match place {
        Some(place) => finding.at(place),
        None => finding.at(Place::whole_file(path)),
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
            Place::at_line(path, text, index + 1, column).with_width(key.chars().count())
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
