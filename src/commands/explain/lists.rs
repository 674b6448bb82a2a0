//! Why an address is no recipient of a post, as far as the post's lists say now.
//!
//! Each list is read once, row by row, however many posts went to it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{first_line, shown};
use crate::commands::Context;
use crate::commands::audience::Mail;
use crate::error::Error;
use crate::ledger::{Part, Release};
use crate::members::address::Address;
use crate::members::table::About;
use crate::members::{Member, Row};
use crate::plan::{Audience, Decision, SiteKey, Skip};
use crate::project::list::MemberFile;

/// One thing that is known.
pub struct Reason {
    /// The list it is about; `None`: the post as a whole.
    list: Option<String>,
    row: Option<u64>,
    /// A stable name.
    kind: &'static str,
    pub text: String,
}

impl Reason {
    fn of_post(kind: &'static str, text: impl Into<String>) -> Reason {
        Reason { list: None, row: None, kind, text: text.into() }
    }

    pub fn document(&self) -> Value {
        json!({ "kind": self.kind, "list": self.list, "row": self.row, "text": self.text })
    }
}

/// What a list says about the address, or why it cannot be read.
type Read = Result<Vec<About>, String>;

/// The lists, as they are asked for.
pub struct Lists<'a> {
    context: &'a Context,
    address: &'a Address,
    suppressed: bool,
    read: BTreeMap<String, Read>,
}

impl<'a> Lists<'a> {
    pub fn new(context: &'a Context, address: &'a Address, suppressed: bool) -> Lists<'a> {
        Lists { context, address, suppressed, read: BTreeMap::new() }
    }

    /// Why nothing of a release went to the address. `parts`: with their content.
    ///
    /// # Errors
    /// A sending record that holds something else than a mail.
    pub fn why_not(&mut self, release: &Release, parts: &[Part], key: &SiteKey) -> Result<Vec<Reason>, Error> {
        let mails = Mail::of_parts(parts)?;
        if mails.is_empty() {
            return Ok(vec![Reason::of_post("no_mail", "this post did not go out by e-mail")]);
        }
        let mut reasons = Vec::new();
        if self.suppressed {
            reasons.push(Reason::of_post("suppressed", "not sent: the address must not be written to"));
        }
        for mail in &mails {
            let found = self.read(&mail.list);
            reasons.extend(self.of_list(found, mail, release, key));
        }
        if reasons.is_empty() {
            let lists: Vec<&str> = mails.iter().map(|mail| mail.list.as_str()).collect();
            let text = match lists.as_slice() {
                [one] => format!("not sent: the address is not on the list “{one}”"),
                many => format!("not sent: the address is on none of the lists {}", many.join(", ")),
            };
            reasons.push(Reason::of_post("not_listed", text));
        }
        Ok(reasons)
    }

    fn read(&mut self, name: &str) -> Read {
        if let Some(read) = self.read.get(name) {
            return read.clone();
        }
        let read = match self.context.project.config.lists.get(name) {
            None => Err(format!("the list “{name}” is not in the configuration any more")),
            Some(list) => MemberFile::open(&self.context.project, name, list)
                .and_then(|file| rows(file, self.address))
                .map_err(|error| {
                    let file = shown(&self.context.project.path(&list.file));
                    format!("the list “{name}” ({file}) cannot be read: {}", first_line(&error))
                }),
        };
        self.read.insert(name.to_owned(), read.clone());
        read
    }

    fn of_list(&self, found: Read, mail: &Mail, release: &Release, key: &SiteKey) -> Vec<Reason> {
        let list = &mail.list;
        let reason = |row, kind, text| Reason { list: Some(list.clone()), row, kind, text };
        let rows = match found {
            Ok(rows) => rows,
            Err(problem) => return vec![reason(None, "unreadable", problem)],
        };
        let refused = rows.iter().find_map(|about| about.refused.as_ref());
        let told = |about: &About| match (&about.row, refused) {
            (Row::LeftOut { row, column }, _) => {
                let says = says(&about.value);
                let text = format!("not sent: row {row} of the list “{list}” {says} in the column “{column}”");
                Some(reason(Some(*row), "left_out", text))
            }
            (Row::Rejected { row, reason: why }, _) => {
                let text = format!("not sent: row {row} of the list “{list}” cannot be used: {why}");
                Some(reason(Some(*row), "rejected", text))
            }
            // The row that refuses is told itself.
            (Row::Member(_), Some(_)) => None,
            (Row::Member(_), None) if self.suppressed => None,
            (Row::Member(member), None) => {
                let (kind, text) = self.of_member(member, mail, release, key);
                Some(reason(Some(member.row), kind, text))
            }
        };
        rows.iter().filter_map(told).collect()
    }

    /// A member who is on the list and would be written to now, or lacks a value.
    fn of_member(&self, member: &Member, mail: &Mail, release: &Release, key: &SiteKey) -> (&'static str, String) {
        let (list, row, slug) = (&mail.list, member.row, &release.slug);
        let config = &self.context.project.config;
        let since = format!(
            "not sent yet: row {row} of the list “{list}” is there since the release, or has changed since; \
             `rundbrief send {slug}` writes to it"
        );
        let Some(settings) = config.lists.get(list) else { return ("joined_since", since) };
        let audience = Audience {
            name: list,
            list: settings,
            sender: &config.sender,
            lang: &config.site.lang,
            key,
            slots: &mail.slots,
            part: mail.part,
        };
        match audience.decide(Row::Member(member.clone())) {
            Decision::Skip(Skip::NoValue { field }) => {
                ("no_value", format!("not sent: row {row} of the list “{list}” has no “{field}”, which the mail needs"))
            }
            _ => ("joined_since", since),
        }
    }
}

fn rows(mut file: MemberFile, address: &Address) -> Result<Vec<About>, Error> {
    let mut rows = Vec::new();
    while let Some(about) = file.next_about(address)? {
        rows.push(about);
    }
    Ok(rows)
}

fn says(value: &str) -> String {
    if value.is_empty() { "says nothing".to_owned() } else { format!("says “{value}”") }
}
