//! What a release asks of whoever works on it from another machine.
//!
//! Comes in: the configuration of this machine, or what another one noted in the sending record. Goes out: the parts that may
//! leave, until when, and in what this machine differs from the one that released it. Content and recipients are frozen;
//! what stands here is the rest of what decides about a mail: the version, the sender, the way out and its limits.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Context;
use crate::config::{Access, Config, Login, Transport};
use crate::dispatch::{Chosen, Wish};
use crate::ledger::{Books, LedgerError, Part, Record, Release};

/// This program's version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The terms of a release, as the record keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    version: String,
    /// The start of a digest over each section of the configuration that counts.
    sections: BTreeMap<String, String>,
    /// Until when something is tried for the first time, in milliseconds since 1970; `None`: without an end.
    pub until: Option<i64>,
    /// The numbers of the parts that were begun.
    pub parts: BTreeSet<i64>,
}

impl Terms {
    /// Those of a send from here, of the chosen parts.
    pub fn of(context: &Context, parts: &[Part], chosen: Chosen<'_>, wish: Wish) -> Terms {
        let begun = (0_i64..).zip(parts).filter(|(_, part)| chosen.takes(part));
        Terms {
            version: VERSION.to_owned(),
            sections: sections(&context.project.config),
            until: match wish {
                Wish::Now => None,
                Wish::InTime { until } => Some(until),
            },
            parts: begun.map(|(number, _)| number).collect(),
        }
    }

    /// Notes them for a release; what was begun before stays begun, and what a person began has no end.
    ///
    /// # Errors
    /// The record's.
    pub async fn note(mut self, ledger: &Record, release: &Release) -> Result<(), LedgerError> {
        if let Some(before) = Terms::noted(ledger, release).await? {
            self.until = before.until.and_then(|before| self.until.map(|until| until.max(before)));
            self.parts.extend(&before.parts);
            if self == before {
                return Ok(());
            }
        }
        let text = serde_json::to_string(&self).map_err(|error| LedgerError::Database(error.to_string()))?;
        ledger.set_fact(&name(release), &text).await
    }

    /// Those of a release; `None` where no send has begun it, or one of another version that noted them otherwise.
    ///
    /// # Errors
    /// The record's.
    pub async fn noted(ledger: &Record, release: &Release) -> Result<Option<Terms>, LedgerError> {
        Ok(ledger.fact(&name(release)).await?.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Why a machine with this configuration and site key must leave the release alone, and what to do.
    pub fn refusal(&self, config: &Config, release: &Release, key: &str) -> Option<(String, &'static str)> {
        if self.version != VERSION {
            let message = format!("it was released by rundbrief {}, and this is {VERSION}", self.version);
            return Some((message, "install the same version on every machine"));
        }
        if release.key != key {
            let message = "it was released with another site key than this machine has".to_owned();
            return Some((message, "copy the site key of the machine that released it"));
        }
        let own = sections(config);
        let other = |name: &&String| own.get(*name) != self.sections.get(*name);
        let differing: BTreeSet<&String> = own.keys().chain(self.sections.keys()).filter(other).collect();
        let differing: Vec<String> = differing.into_iter().map(|name| format!("[{name}]")).collect();
        if differing.is_empty() {
            return None;
        }
        let message = format!("{} differs from the machine that released it", differing.join(" and "));
        Some((message, "copy config.toml of the machine that released it; `rundbrief send` there goes on at once"))
    }
}

fn name(release: &Release) -> String {
    format!("terms:{}", release.id)
}

/// Of each section that counts, the start of a digest. Paths and references to secrets may differ between machines.
fn sections(config: &Config) -> BTreeMap<String, String> {
    let mut sections = BTreeMap::new();
    let mut add = |name: &str, values: &dyn Debug| {
        let digest = Sha256::digest(format!("{values:?}"));
        sections.insert(name.to_owned(), digest[..8].iter().map(|byte| format!("{byte:02x}")).collect());
    };
    add("sender", &config.sender);
    add("email.retry", &config.email.retry);
    match &config.email.transport {
        Transport::Outbox => add("email", &"outbox"),
        Transport::Sendmail(sendmail) => add("email", sendmail),
        Transport::Smtp(smtp) => {
            let user = smtp.login.as_ref().map(Login::username);
            add("email.smtp", &(&smtp.host, smtp.port, smtp.security, user, smtp.connections, &smtp.pace));
        }
    }
    for (name, network) in &config.channels {
        let reached = network.access.as_ref().map(reached);
        add(&format!("channels.{name}"), &(network.kind, reached, network.allow_private));
    }
    sections
}

/// Where a network is reached, as far as that is no secret.
fn reached(access: &Access) -> Vec<&str> {
    match access {
        Access::Mastodon { url, visibility, .. } => vec![url, visibility.name()],
        Access::Bluesky { url, handle, .. } => vec![url, handle],
        Access::Matrix { url, room, .. } => vec![url, room],
        Access::Telegram { url, chat, .. } => vec![url, chat],
        Access::Ntfy { url, topic, .. } => vec![url, topic],
        Access::WebSub { hub } => vec![hub],
        Access::Hook { .. } | Access::Webhook { .. } => Vec::new(),
    }
}
