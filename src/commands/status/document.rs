//! `status` as JSON. The names are stable.

use serde_json::{Value, json};

use super::look::{Look, Subject};
use super::named::{Found, Named};
use crate::commands::revisions::{self, Revision};
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
    let entries = |found: &[Found], more: fn(&Standing) -> Value| -> Vec<Value> {
        found.iter().map(|found| entry(found, more(&found.standing))).collect()
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
    document["revisions"] = look.revisions.iter().map(revision).collect();
    document
}

/// One text of the post.
fn revision(revision: &Revision) -> Value {
    json!({
        "revision": revision.release.revision,
        "code": code_of(&revision.release),
        "released": stamp(revision.release.created_at),
        "channels": revisions::by_channel(std::slice::from_ref(revision)),
    })
}

fn entry(found: &Found, more: Value) -> Value {
    let standing = &found.standing;
    let mut entry = json!({
        "address": Some(&standing.address).filter(|address| !address.is_empty()),
        "channel": found.channel,
        "reason": standing.detail,
    });
    if let Value::Object(more) = more {
        more.into_iter().for_each(|(name, value)| entry[name] = value);
    }
    entry
}
