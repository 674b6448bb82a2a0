//! Approvals in words: who approved what, what is missing, what changed.
//!
//! Comes in: a [`Standing`]. Goes out: sentences for the terminal, JSON with stable names, and the error of a send that is
//! not approved.

use serde_json::{Value, json};

use super::super::Context;
use super::super::when::{moment, stamp};
use super::{Change, Content, Now, Since, Standing, shown};
use crate::error::{Error, NotApproved};
use crate::finding::{Finding, Place};
use crate::ledger::{Approval, Changed, People};
use crate::render::code::Code;

/// `Dr. Weber on 23 November 2026, 09:00`.
pub fn who(context: &Context, approval: &Approval) -> String {
    format!("{} on {}", approval.by, moment(context, approval.at))
}

/// `1 person`, `3 people`.
pub fn people(count: u64) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

/// The one sentence about what is missing; `None` where nothing is.
pub fn missing(context: &Context, now: &Now<'_>, standing: &Standing) -> Option<String> {
    let slug = now.slug;
    Some(match standing {
        Standing::Valid(_) => return None,
        Standing::Never => format!("{slug} is not approved yet"),
        Standing::Revoked(approval) => {
            let at = approval.revoked_at.unwrap_or(approval.at);
            format!("the approval of {slug} by {} was taken back on {}", approval.by, moment(context, at))
        }
        Standing::Outdated(approval, since) if since.content != Content::Same && now.released => format!(
            "what was released of {slug} ({}) is not what was approved by {}: {}",
            Code::of(&now.code),
            who(context, approval),
            Code::of(&approval.code)
        ),
        Standing::Outdated(approval, since) if since.content != Content::Same => format!(
            "{slug} has changed since it was approved by {}: {} was approved, {} would be sent",
            who(context, approval),
            Code::of(&approval.code),
            Code::of(&now.code)
        ),
        Standing::Outdated(approval, since) => format!(
            "{} since {slug} was approved by {}; at most {} may change",
            moved(&since.people),
            who(context, approval),
            since.may_change
        ),
    })
}

/// `22 people were added and 1 is gone`.
fn moved(changed: &Changed) -> String {
    let (added, gone) = (changed.added.count, changed.gone.count);
    let were = if added == 1 { "was" } else { "were" };
    let are = if gone == 1 { "is" } else { "are" };
    match (added, gone) {
        (added, 0) => format!("{} {were} added", people(added)),
        (0, gone) => format!("{} {are} gone", people(gone)),
        (added, gone) => format!("{} {were} added and {gone} {are} gone", people(added)),
    }
}

/// What changed, in full; empty where there is nothing to show. `names`: whether people are named.
pub fn changed(since: &Since, names: bool) -> String {
    let mut blocks = Vec::new();
    match &since.content {
        Content::Same => {}
        Content::Read(changes) => blocks.push(texts(changes)),
        Content::Unread => blocks.push("What it read like is not known any more.".to_owned()),
    }
    let Changed { added, gone } = &since.people;
    let lines = [(added, "Added"), (gone, "Gone")];
    let lines = lines.into_iter().filter(|(people, _)| people.count > 0);
    let lines: Vec<String> = lines.map(|(people, what)| format!("{what}: {}", named(people, names))).collect();
    if !lines.is_empty() {
        blocks.push(lines.join("\n"));
    }
    blocks.join("\n\n")
}

/// The texts that read differently.
pub fn texts(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "No text reads differently: a picture, the design or the configuration has changed.".to_owned();
    }
    let heading = "What changed (- before, + now):".to_owned();
    std::iter::once(heading).chain(shown(changes)).collect::<Vec<_>>().join("\n\n")
}

fn named(people: &People, names: bool) -> String {
    let shown = people.names.len() as u64;
    match people.count.saturating_sub(shown) {
        _ if !names => people.count.to_string(),
        _ if shown == 0 => format!("{} (names are deleted from the record by now)", people.count),
        0 => people.names.join(", "),
        more => format!("{} and {more} more", people.names.join(", ")),
    }
}

/// What changed, with stable names.
pub fn document(since: &Since, names: bool) -> Value {
    let people =
        |people: &People| json!({ "count": people.count, "names": if names { &people.names[..] } else { &[] } });
    json!({
        "texts": match &since.content {
            Content::Read(changes) => changes.iter().map(Change::document).collect(),
            Content::Same | Content::Unread => Vec::new(),
        },
        "added": people(&since.people.added),
        "gone": people(&since.people.gone),
        "may_change": since.may_change,
    })
}

/// The texts that read differently, with the names of [`document`].
pub fn texts_document(changes: &[Change]) -> Value {
    json!({ "texts": changes.iter().map(Change::document).collect::<Vec<_>>() })
}

/// An approval with stable names.
pub fn approval(approval: &Approval) -> Value {
    json!({
        "code": Code::of(&approval.code).to_string(),
        "by": approval.by,
        "note": approval.note,
        "people": approval.people,
        "at": stamp(approval.at),
        "revoked_at": approval.revoked_at.map(stamp),
    })
}

/// What to do about what is missing.
pub fn help(slug: &str, standing: &Standing) -> String {
    match standing {
        Standing::Never => format!("let it be approved: rundbrief approve {slug}"),
        _ => format!("let it be approved again, as it is now: rundbrief approve {slug}"),
    }
}

/// The error of a send that lacks its approval; `help` says what to do. `names`: whether people are named.
pub fn refusal(context: &Context, now: &Now<'_>, standing: &Standing, help: &str, names: bool) -> Error {
    let message = missing(context, now, standing).unwrap_or_default();
    let (shown, changes) = match standing {
        Standing::Outdated(_, since) => (changed(since, names), document(since, names)),
        _ => (String::new(), Value::Null),
    };
    not_approved(context, now.slug, message, help, shown, changes)
}

/// The error of a send that may not begin.
pub fn not_approved(
    context: &Context,
    slug: &str,
    message: String,
    help: &str,
    shown: String,
    changes: Value,
) -> Error {
    let file = context.project.post_file(std::path::Path::new(slug));
    let finding = Finding::error("not-approved", message).at(Place::whole_file(&file)).help(help);
    Error::NotApproved(Box::new(NotApproved { finding, shown, changes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn since(names: &[&str], count: u64) -> Since {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let people = Changed { added: People { count, names }, gone: People::default() };
        Since { content: Content::Same, people, may_change: 1 }
    }

    #[test]
    fn people_are_named_only_to_who_may_know_them() {
        let joined = since(&["Anna Muster", "Ben Beispiel"], 5);
        assert_eq!(changed(&joined, true), "Added: Anna Muster, Ben Beispiel and 3 more");
        assert_eq!(changed(&joined, false), "Added: 5");
        assert_eq!(document(&joined, false)["added"], json!({ "count": 5, "names": [] }));
        assert_eq!(changed(&since(&[], 2), true), "Added: 2 (names are deleted from the record by now)");
    }
}
