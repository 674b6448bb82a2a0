//! The report as JSON. The names are stable.

use jiff::Zoned;
use serde_json::{Value, json};

use super::{Counts, Entered, Mail, Named, Person, Report, Revision};

/// The report as one document. Of those of one outcome the first are named; `…_total` counts all.
pub fn document(report: &Report) -> Value {
    json!({
        "slug": report.slug,
        "title": report.title,
        "organisation": report.organisation,
        "trial": report.trial,
        "made": stamp(&report.made),
        "revisions": report.revisions.iter().map(revision).collect::<Vec<_>>(),
        "history": report.history.iter().map(|one| json!({
            "at": stamp(&one.at),
            "event": one.what.name(),
            "detail": one.detail,
        })).collect::<Vec<_>>(),
    })
}

fn revision(one: &Revision) -> Value {
    let feed = one.feed.as_ref().map(|feed| {
        let (state, at, reason) = match &feed.entered {
            Entered::At(at) => ("entered", Some(stamp(at)), None),
            Entered::Open => ("open", None, None),
            Entered::Refused(reason) => ("refused", None, Some(reason)),
        };
        json!({ "url": feed.url, "state": state, "at": at, "reason": reason })
    });
    let skipped = one.skipped.as_ref().map(|all| {
        let reasons = |reasons: &[(String, u64)]| -> serde_json::Map<String, Value> {
            reasons.iter().map(|(reason, count)| (reason.clone(), (*count).into())).collect()
        };
        all.iter().map(|one| json!({ "at": stamp(&one.at), "reasons": reasons(&one.reasons) })).collect::<Vec<_>>()
    });
    json!({
        "revision": one.number,
        "code": one.code,
        "approval": one.approval.as_ref().map(|approval| json!({
            "by": approval.by,
            "note": approval.note,
            "at": stamp(&approval.at),
        })),
        "state": one.stage.name(),
        "began": one.began.as_ref().map(stamp),
        "ended": one.ended.as_ref().map(stamp),
        "servers": one.servers,
        "totals": counts(&one.counts()),
        "lists": one.lists.iter().map(|list| json!({
            "list": list.name,
            "basis": list.basis,
            "totals": counts(&list.counts),
        })).collect::<Vec<_>>(),
        "refused": people(&one.refused),
        "refused_total": one.refused.all,
        "uncertain": people(&one.uncertain),
        "uncertain_total": one.uncertain.all,
        "deferred": people(&one.again),
        "deferred_total": one.again.all,
        "skipped": skipped,
        "networks": one.networks.iter().map(|network| json!({
            "channel": network.name,
            "url": network.posted.place(),
            "state": network.posted.name(),
            "reason": network.posted.reason(),
        })).collect::<Vec<_>>(),
        "feed": feed,
        "mails": one.mails.iter().map(mail).collect::<Vec<_>>(),
    })
}

fn counts(counts: &Counts) -> Value {
    json!({
        "recipients": counts.all(),
        "accepted": counts.accepted,
        "counted_as_sent": counts.counted,
        "refused": counts.refused,
        "taken_out": counts.taken_out,
        "deferred": counts.again,
        "uncertain": counts.uncertain,
        "waiting": counts.open,
    })
}

fn people(named: &Named) -> Vec<Value> {
    let one = |person: &Person| {
        json!({
            "address": person.address,
            "name": person.name,
            "reason": person.reason,
            "due": person.due.as_ref().map(stamp),
        })
    };
    named.people.iter().map(one).collect()
}

fn mail(mail: &Mail) -> Value {
    let content = mail.content.as_ref();
    json!({
        "lists": mail.lists,
        "subject": content.map(|content| &content.subject),
        "from": content.map(|content| &content.from),
        "reply_to": content.map(|content| &content.reply_to).filter(|text| !text.is_empty()),
        "text": content.map(|content| &content.text),
    })
}

/// `2026-11-23T08:00:00Z` (RFC 3339).
fn stamp(at: &Zoned) -> String {
    at.timestamp().to_string()
}
