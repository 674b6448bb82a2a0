//! The mail as one member sees it: the first of the lists, else an invented one.

use std::collections::BTreeMap;

use jiff::Zoned;

use super::Context;
use super::ready::Ready;
use crate::config::List;
use crate::dispatch::Composer;
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::members::address::Address;
use crate::members::{Member, Row};
use crate::plan::{Audience, Decision, Recipient};
use crate::render::email::Email;
use crate::render::email::slot::Slot;

/// A member and the mail that their list gets.
pub struct Sample<'a> {
    pub email: &'a Email,
    list: &'a str,
    recipient: Recipient,
}

impl<'a> Sample<'a> {
    /// For the first member that a plan found, else for nobody real.
    pub fn of(context: &Context, ready: &'a Ready, first: Option<&Recipient>) -> Sample<'a> {
        let found = first.and_then(|recipient| {
            let index = usize::try_from(recipient.part).ok()?;
            let (list, email) = ready.renditions.emails.get(index)?;
            (recipient.slots.len() == email.slots.list.len()).then(|| Sample {
                email,
                list,
                recipient: recipient.clone(),
            })
        });
        found.unwrap_or_else(|| invented(context, ready))
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
fn invented<'a>(context: &Context, ready: &'a Ready) -> Sample<'a> {
    let (list, email) = ready.renditions.emails.first().expect("a post is rendered for at least one list");
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
