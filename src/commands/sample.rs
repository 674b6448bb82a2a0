//! The mail as one member sees it: the first of the lists, else an invented one.

use std::collections::{BTreeMap, HashSet};

use jiff::Zoned;

use super::audience::{Mail, decisions};
use super::ready::Ready;
use super::{Context, record};
use crate::config::List;
use crate::dispatch::Composer;
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::ledger::{Ledger, Record, Roll};
use crate::members::address::Address;
use crate::members::{Member, Row};
use crate::plan::{Audience, Decision, Recipient};
use crate::render::email::Email;
use crate::render::email::slot::Slot;

/// A member and the mail that their list gets.
pub struct Sample<'a> {
    pub email: &'a Email,
    pub list: &'a str,
    pub recipient: Recipient,
}

impl<'a> Sample<'a> {
    /// For the first member that a plan found, else for nobody real.
    pub fn of(context: &Context, ready: &'a Ready, first: Option<&Recipient>) -> Sample<'a> {
        Sample::for_test(context, ready, first, &[])
    }

    /// The same, where an invented member is on the first of the chosen lists; without any, of all.
    pub fn for_test(context: &Context, ready: &'a Ready, first: Option<&Recipient>, lists: &[String]) -> Sample<'a> {
        let found = first.and_then(|recipient| {
            let index = usize::try_from(recipient.part).ok()?;
            let (list, email) = ready.renditions.emails.get(index)?;
            (recipient.slots.len() == email.slots.list.len()).then(|| Sample {
                email,
                list,
                recipient: recipient.clone(),
            })
        });
        found.unwrap_or_else(|| invented(context, ready, lists))
    }

    /// The HTML as a browser shows it: pictures are files beside it.
    pub fn html(&self) -> String {
        self.email.html_for(&self.recipient.slots, |name| format!("images/{name}"))
    }

    pub fn text(&self) -> String {
        self.email.text_for(&self.recipient.slots)
    }

    /// The whole message, dated by the post and not by the clock, so that a build repeats itself byte for byte.
    ///
    /// # Errors
    /// A value of the member that cannot stand in a message.
    pub fn message(&self, context: &Context, ready: &Ready) -> Result<Vec<u8>, Error> {
        let composer = Composer::of_content(&context.project.config.sender, &ready.key, &ready.digest, 1);
        let mut message = Vec::new();
        let date = date_of(context, ready);
        composer.message(&self.email.compiled, self.list, &self.recipient, &date, &mut message).map_err(|error| {
            let finding = Finding::error("message", format!("the mail to {}: {error}", self.recipient.address));
            let list = context.project.config.lists.get(self.list);
            let place = list.map(|list| Place::whole_file(&context.project.path(&list.file)));
            Error::input(place.map_or(finding.clone(), |place| finding.at(place)).help("correct the member's row"))
        })?;
        Ok(message)
    }
}

/// The member whom a mail is shown for: the one who was named, else the first of the post's lists who would be written
/// to. `None`: nobody would be, or the lists are not there.
///
/// # Errors
/// Lists that cannot be used, and [`Error::Usage`] where nobody of that address would be written to.
pub async fn member(
    context: &Context,
    ready: &Ready,
    lists: &[String],
    named: Option<&str>,
) -> Result<Option<Recipient>, Error> {
    let named = named.map(|text| Address::parse(text).map_err(|error| Error::Usage(format!("--as {text}: {error}"))));
    let named = named.transpose()?;
    let wanted = named.as_ref().map(|address| ready.key.target(address));
    let mails = Mail::of_ready(ready);
    let decisions = match decisions(context, &ready.key, ready.lang(), &mails, lists) {
        Err(error @ Error::Missing { .. }) if named.is_none() => {
            context.screen.note(&error.to_string().replacen("error", "warning", 1));
            return Ok(None);
        }
        decisions => decisions?,
    };
    let record = record::existing(context).await?;
    let mut refused = HashSet::new();
    for decision in decisions {
        match decision? {
            Decision::Refuse { part, target } => drop(refused.insert((part, target))),
            Decision::Write(recipient) if wanted.is_some_and(|wanted| wanted != recipient.target) => {}
            Decision::Write(recipient) if refused.contains(&(recipient.part, recipient.target)) => {}
            Decision::Write(recipient) if wanted.is_none() && kept_from(record.as_ref(), &recipient).await? => {}
            Decision::Write(recipient) => return Ok(Some(recipient)),
            Decision::Skip(_) => {}
        }
    }
    match named {
        None => Ok(None),
        Some(address) => {
            let help = "`rundbrief members show LIST` shows who is on it, and who is left out and why";
            Err(Error::Usage(format!(
                "--as {address}: this post is written to nobody of that address\n  = help: {help}"
            )))
        }
    }
}

/// Whether the sending record says that a member must not be written to.
async fn kept_from(record: Option<&Record>, recipient: &Recipient) -> Result<bool, Error> {
    let Some(record) = record else { return Ok(false) };
    let known = record.suppressed(&[recipient.target]).await.map_err(|error| error.at(&record.place()))?;
    Ok(!known.is_empty())
}

/// When the post is to be sent, else nine o'clock on its day; now, where it says neither.
fn date_of(context: &Context, ready: &Ready) -> Zoned {
    let header = &ready.loaded.post.header;
    let written = header.send_at.or_else(|| Some(header.date?.at(9, 0, 0, 0)));
    let zoned = written.and_then(|local| local.to_zoned(context.project.config.site.zone.clone()).ok());
    zoned.unwrap_or_else(|| context.now.clone())
}

/// Where a link leads that an invented member has not.
const NOWHERE: &str = "https://www.example.org/";

/// Erika Mustermann, the person on every German specimen; Jane Doe elsewhere.
fn invented<'a>(context: &Context, ready: &'a Ready, lists: &[String]) -> Sample<'a> {
    let emails = &ready.renditions.emails;
    let chosen = emails.iter().find(|(list, _)| lists.contains(list)).or(emails.first());
    let (list, email) = chosen.expect("a post is rendered for at least one list");
    let german = ready.lang().starts_with("de");
    let (first, last, honorific) = if german { ("Erika", "Mustermann", "Frau") } else { ("Jane", "Doe", "Ms") };
    let address = format!("{}.{}@example.org", first.to_lowercase(), last.to_lowercase());
    let fields = [("first_name", first), ("last_name", last), ("honorific", honorific)];
    let fields = fields.into_iter().map(|(field, value)| (field.to_owned(), value.to_owned())).collect();
    let slots = email.slots.list.iter().enumerate().map(|(index, slot)| {
        let shown = if email.compiled.is_link(index) { NOWHERE.to_owned() } else { format!("‹{}›", slot.field) };
        Slot { default: Some(shown), ..slot.clone() }
    });
    let slots: Vec<Slot> = slots.collect();
    let address = Address::parse(&address).expect("an address of example.org");
    let nobody = List {
        file: std::path::PathBuf::new(),
        sheet: None,
        language: None,
        basis: None,
        columns: BTreeMap::new(),
        filter: BTreeMap::new(),
        informal: false,
        salutation: None,
    };
    let audience = Audience {
        name: list,
        list: context.project.config.lists.get(list).unwrap_or(&nobody),
        sender: &context.project.config.sender,
        lang: ready.lang(),
        key: &ready.key,
        slots: &slots,
        part: 0,
    };
    match audience.decide(Row::Member(Member { row: 0, address, fields })) {
        Decision::Write(recipient) => Sample { email, list, recipient },
        other => unreachable!("every slot of the invented member has a default: {other:?}"),
    }
}
