//! `status` as JSON. The names are stable.

use serde_json::{Value, json};

use super::look::{Look, Subject};
use super::named::Named;
use crate::commands::survey::code_of;
use crate::commands::when::stamp;
use crate::ledger::Standing;

/// One post in the list of all.
pub fn summary(subject: &Subject, look: &Look) -> Value {
    json!({
        "slug": subject.release.slug,
        "title": subject.title,
        "code": code_of(&subject.release),
        "trial": subject.is_trial(),
        "state": look.stage.name(),
        "released": stamp(subject.release.created_at),
        "began": look.moments.first.map(stamp),
        "ended": look.moments.last.filter(|_| look.own.open() == 0).map(stamp),
        "workers": look.workers,
        "totals": look.totals,
        "channels": look.channels,
    })
}

/// A post with everything that is known by name. Of those who were refused or wait, the first thousand are named;
/// `totals` counts all.
pub fn post(subject: &Subject, look: &Look, named: &Named) -> Value {
    let entries = |standings: &[Standing], more: fn(&Standing) -> Value| -> Vec<Value> {
        standings.iter().map(|standing| entry(subject, standing, more(standing))).collect()
    };
    let at = |standing: &Standing| json!({ "since": standing.settled_at.map(stamp) });
    let due = |standing: &Standing| json!({ "due": stamp(standing.due_at), "attempts": standing.attempts });
    let by_hand = named.by_hand.iter().map(|(channel, url)| json!({ "channel": channel, "url": url }));
    let mut document = summary(subject, look);
    document["uncertain"] = entries(&named.uncertain, at).into();
    document["refused"] = entries(&named.refused, at).into();
    document["refused_total"] = look.own.failed.into();
    document["deferred"] = entries(&named.again, due).into();
    document["deferred_total"] = look.own.deferred.into();
    document["by_hand"] = by_hand.collect();
    document
}

fn entry(subject: &Subject, standing: &Standing, more: Value) -> Value {
    let mut entry = json!({
        "address": Some(&standing.address).filter(|address| !address.is_empty()),
        "channel": subject.channel(standing.key.part),
        "reason": standing.detail,
    });
    if let Value::Object(more) = more {
        more.into_iter().for_each(|(name, value)| entry[name] = value);
    }
    entry
}
