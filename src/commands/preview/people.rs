//! The members on the preview's desk: as whom a mail is shown, and who can be picked.
//!
//! Comes in: the lists of the post. Goes out: one recipient, or some names. A list of a million rows is looked through for
//! a second, not longer.

use std::time::{Duration, Instant};

use super::super::Context;
use super::super::audience::Mail;
use super::super::ready::Ready;
use super::super::sample::{Sample, member};
use crate::error::Error;
use crate::members::{Member, Row};
use crate::plan::Recipient;
use crate::preview::desk::{Found, Match};
use crate::project::list::MemberFile;

/// How many are shown.
const MOST: usize = 20;
/// How long a list is looked through.
const PATIENCE: Duration = Duration::from_secs(1);
/// Where the link to unsubscribe leads here: a click in the preview must take nobody off a list.
const NOWHERE: &str = "https://www.example.org/";

/// Who the mail is shown for: the member of that address, else the first one; `None` for an invented one.
///
/// # Errors
/// Lists that cannot be read, or an address that the post does not go to.
pub async fn recipient(context: &Context, ready: &Ready, address: &str) -> Result<Option<Recipient>, Error> {
    member(context, ready, &[], Some(address).filter(|address| !address.is_empty())).await
}

/// The mail as they see it, but for the way to unsubscribe.
pub fn sample<'a>(context: &Context, ready: &'a Ready, recipient: Option<&Recipient>) -> Sample<'a> {
    let mut sample = Sample::of(context, ready, recipient);
    let slots = sample.email.slots.list.iter().zip(&mut sample.recipient.slots);
    slots.filter(|(slot, _)| slot.field == "unsubscribe_url").for_each(|(_, value)| NOWHERE.clone_into(value));
    sample
}

/// Members whose name or address has the text in it.
pub fn find(context: &Context, ready: &Ready, text: &str) -> Found {
    let wanted = text.trim().to_lowercase();
    let began = Instant::now();
    let mut found = Found::default();
    for mail in Mail::of_ready(ready) {
        let Some(list) = context.project.config.lists.get(&mail.list) else { continue };
        let mut file = match MemberFile::open(&context.project, &mail.list, list) {
            Ok(file) => file,
            Err(error) => {
                found.error = Some(error.to_string());
                continue;
            }
        };
        while let Some(row) = file.next_row() {
            match row {
                Ok(Row::Member(member)) if has(&member, &wanted) => {
                    if found.members.len() == MOST {
                        found.more = true;
                        return found;
                    }
                    let (address, name) = (member.address.to_string(), name(&member));
                    if !found.members.iter().any(|known| known.address == address) {
                        found.members.push(Match { address, name, list: mail.list.clone() });
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    found.error = Some(error.to_string());
                    break;
                }
            }
            if began.elapsed() > PATIENCE {
                found.more = true;
                return found;
            }
        }
    }
    found
}

fn has(member: &Member, wanted: &str) -> bool {
    member.address.as_str().to_lowercase().contains(wanted) || name(member).to_lowercase().contains(wanted)
}

fn name(member: &Member) -> String {
    let field = |name: &str| member.field(name).unwrap_or_default();
    let both = format!("{} {}", field("first_name"), field("last_name"));
    match both.trim() {
        "" => field("name").to_owned(),
        both => both.to_owned(),
    }
}
