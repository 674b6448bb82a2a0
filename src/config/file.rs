//! The shape of `config.toml` as written.
//!
//! Comes in: through serde, the file. Goes out: texts with their places; nothing is checked yet.

use std::collections::BTreeMap;
use std::fmt::{self, Formatter};

use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// A string and where it stands.
pub(super) type Text = Spanned<String>;

/// A whole number and where it stands; its range is checked later, with a message of its own.
pub(super) type Number = Spanned<i64>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub site: Spanned<Site>,
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
    #[serde(default)]
    pub approval: Approval,
    pub notify: Option<Notify>,
    pub metrics: Option<Metrics>,
    #[serde(default)]
    pub doctor: Doctor,
    /// A word for each rule, and `clients`, a list.
    #[serde(default)]
    pub check: BTreeMap<Text, Spanned<toml::Value>>,
    #[serde(default)]
    pub import: Import,
}

/// `[import]`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    #[serde(default)]
    pub allow_private: bool,
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
    pub smtp: Option<Spanned<Smtp>>,
    #[serde(default)]
    pub sendmail: Sendmail,
    #[serde(default)]
    pub retry: Retry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Smtp {
    pub provider: Option<Text>,
    pub host: Option<Text>,
    pub port: Option<Number>,
    pub security: Option<Text>,
    pub ca_file: Option<Text>,
    pub username: Option<Text>,
    pub password: Option<Text>,
    pub oauth: Option<Spanned<OAuth>>,
    pub connections: Option<Number>,
    pub per_minute: Option<Number>,
    pub per_hour: Option<Number>,
    pub per_day: Option<Number>,
    #[serde(default)]
    pub per_domain: BTreeMap<Text, Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OAuth {
    pub tenant: Option<Text>,
    pub client_id: Text,
    pub client_secret: Text,
    pub token_url: Option<Text>,
    pub scope: Option<Text>,
    #[serde(default)]
    pub allow_private: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Sendmail {
    pub command: Option<Text>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Retry {
    pub first: Option<Text>,
    pub max: Option<Text>,
    pub give_up: Option<Text>,
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
    pub url: Option<Text>,
    pub token: Option<Text>,
    /// Of Mastodon.
    pub characters: Option<Spanned<u32>>,
    pub visibility: Option<Text>,
    /// Of Bluesky.
    pub handle: Option<Text>,
    pub password: Option<Text>,
    /// Of Matrix.
    pub room: Option<Text>,
    /// Of Telegram.
    pub chat: Option<Text>,
    /// Of ntfy.
    pub topic: Option<Text>,
    /// Of webhooks: one, or several while one replaces another.
    pub secret: Option<Spanned<toml::Value>>,
    #[serde(default)]
    pub allow_private: bool,
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
    pub filter: BTreeMap<String, Spanned<Wanted>>,
    pub address: Option<Text>,
    pub salutation: Option<Text>,
}

/// What a `where` wants of a column: one value or any of several.
pub(super) struct Wanted(pub Vec<String>);

impl<'de> Deserialize<'de> for Wanted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Wanted, D::Error> {
        struct OneOrMore;

        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Wanted;

            fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str("a string or several")
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Wanted, E> {
                Ok(Wanted(vec![value.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, values: A) -> Result<Wanted, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(values)).map(Wanted)
            }
        }

        deserializer.deserialize_any(OneOrMore)
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Ledger {
    pub url: Option<Text>,
    pub password: Option<Text>,
    pub id: Option<Text>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    #[serde(default)]
    pub required: bool,
    pub recipients_may_change: Option<Number>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notify {
    pub to: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Metrics {
    pub listen: Text,
    #[serde(default)]
    pub allow_remote: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Doctor {
    pub dkim_selector: Option<Text>,
}
