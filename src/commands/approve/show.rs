//! `approve --show`: who approved a post, and whether that still holds.

use std::path::Path;

use serde_json::{Value, json};

use super::super::approval::told::{self, changed, people, who};
use super::super::approval::{Content, Standing};
use super::super::ready::Ready;
use super::super::when::moment;
use super::super::{Context, record};
use super::look::Look;
use crate::error::{Error, Exit};
use crate::ledger::{Approval, Approvals, Roll};
use crate::post::Slug;
use crate::render::code::Code;

/// Shows every approval, the newest first. The post need not be readable for that.
pub(super) async fn show(post: &Path, context: &Context) -> Result<Exit, Error> {
    let slug = Slug::of_file(&context.project.post_file(post)).map_err(Error::Usage)?;
    let slug = slug.as_str();
    let approvals = match record::existing(context).await? {
        Some(record) => record.approvals(slug).await.map_err(|error| error.at(&record.place()))?,
        None => Vec::new(),
    };
    let ready = Ready::make(context, post);
    if approvals.is_empty() {
        ready?;
        context.screen.result(&format!("Nobody has approved {slug}."));
        context.screen.json(&document(slug, None, &[], context));
        return Ok(Exit::Settled);
    }
    let standing = match ready {
        Ok(ready) => standing(context, &ready).await,
        Err(error) => Err(error),
    };
    let standing = match standing {
        Ok(standing) => Some(standing),
        Err(error @ (Error::Input(_) | Error::Missing { .. })) => {
            context.screen.note(&format!("{error}\n"));
            None
        }
        Err(error) => return Err(error),
    };
    let mut text = String::new();
    for (at, approval) in approvals.iter().enumerate() {
        text += &entry(context, approval, &worth(context, at, approval, standing.as_ref()));
    }
    if let Some(Standing::Outdated(_, since)) = &standing {
        text +=
            &format!("\n{}\n\nTo have it approved again, as it is now: rundbrief approve {slug}", changed(since, true));
    }
    context.screen.result(text.trim_end());
    context.screen.json(&document(slug, standing.as_ref(), &approvals, context));
    Ok(Exit::Settled)
}

async fn standing(context: &Context, ready: &Ready) -> Result<Standing, Error> {
    Look::at(context, ready).await?.standing(context).await
}

/// What an approval is worth now.
struct Worth {
    /// The stable name.
    name: &'static str,
    words: String,
}

/// `at` counts from the newest, which alone can be valid.
fn worth(context: &Context, at: usize, approval: &Approval, standing: Option<&Standing>) -> Worth {
    let told = |name, words: String| Worth { name, words };
    match (approval.revoked_at, at, standing) {
        (Some(revoked), ..) => told("revoked", format!("taken back on {}", moment(context, revoked))),
        (None, 1.., _) => told("replaced", "replaced by a later one".to_owned()),
        (None, _, Some(Standing::Valid(_))) => told("valid", "valid".to_owned()),
        (None, _, Some(Standing::Outdated(_, since))) => {
            let text = (since.content != Content::Same).then(|| "the post has changed since".to_owned());
            let (moved, most) = (people(since.moved()), since.may_change);
            let many = since.too_many().then(|| format!("{moved} added or gone since, and at most {most} may change"));
            told("outdated", format!("outdated: {}", text.into_iter().chain(many).collect::<Vec<_>>().join("; ")))
        }
        (None, ..) => told("unknown", "cannot be compared: the post or a list has errors now".to_owned()),
    }
}

/// `K7QF-3M2X  by Dr. Weber on 23 November 2026, 09:00, for 312 people`, below it the note and what it is worth.
fn entry(context: &Context, approval: &Approval, worth: &Worth) -> String {
    let note = if approval.note.is_empty() { String::new() } else { format!("           “{}”\n", approval.note) };
    let code = Code::of(&approval.code);
    format!(
        "{code}  by {}, for {}\n{note}           {}\n",
        who(context, approval),
        people(approval.people),
        worth.words
    )
}

fn document(slug: &str, standing: Option<&Standing>, approvals: &[Approval], context: &Context) -> Value {
    let entries = approvals.iter().enumerate().map(|(at, approval)| {
        let mut document = told::approval(approval);
        document["state"] = worth(context, at, approval, standing).name.into();
        document
    });
    let changes = match standing {
        Some(Standing::Outdated(_, since)) => told::document(since, true),
        _ => Value::Null,
    };
    json!({
        "slug": slug,
        "valid": matches!(standing, Some(Standing::Valid(_))),
        "approvals": entries.collect::<Vec<_>>(),
        "changes": changes,
    })
}
