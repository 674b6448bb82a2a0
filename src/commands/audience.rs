//! The members of the lists, decided about one by one.

use crate::config::List;
use crate::error::Error;
use crate::finding::{Finding, Place, nearest};
use crate::ledger::Part;
use crate::plan::{Audience, Decision, SiteKey};
use crate::project::list::MemberFile;
use crate::render::email::message::Compiled;
use crate::render::email::slot::Slot;

use super::Context;
use super::ready::Ready;

/// The mail that a list gets, as frozen or about to be.
pub struct Mail {
    pub list: String,
    pub slots: Vec<Slot>,
    /// The release's part.
    pub part: i64,
}

impl Mail {
    /// The mails among a release's parts.
    ///
    /// # Errors
    /// A sending record that holds something else than a mail.
    pub fn of_parts(parts: &[Part]) -> Result<Vec<Mail>, Error> {
        let mails = (0_i64..).zip(parts).filter(|(_, part)| part.channel == "email");
        mails.map(|(number, part)| Mail::of_part(number, part)).collect()
    }

    /// The mails of a post that has no release yet: the first of its parts, unless it does not go out by e-mail.
    pub fn of_ready(ready: &Ready) -> Vec<Mail> {
        let emails = (0_i64..).zip(&ready.parts).zip(&ready.renditions.emails);
        emails
            .filter(|((_, part), _)| part.channel == "email")
            .map(|((part, _), (list, email))| Mail { list: list.clone(), slots: email.slots.list.clone(), part })
            .collect()
    }

    fn of_part(number: i64, part: &Part) -> Result<Mail, Error> {
        let compiled = compiled(part)?;
        Ok(Mail { list: part.list.clone(), slots: compiled.slots().to_vec(), part: number })
    }
}

/// The compiled mail in a part.
///
/// # Errors
/// A sending record that holds something else, as after a change by hand.
pub fn compiled(part: &Part) -> Result<Compiled, Error> {
    Compiled::from_bytes(&part.body).map_err(|error| Error::Ledger {
        place: format!("mail of the list “{}”", part.list),
        message: error.to_string(),
        help: "it was written by another version of rundbrief, or is damaged; use that version or a backup".to_owned(),
    })
}

/// A list that is open and fits the mail.
struct OpenList<'a> {
    list: &'a List,
    mail: &'a Mail,
    file: MemberFile,
}

/// The decisions about every row of the chosen lists, in the order of the lists. `chosen` empty: all of the post's.
///
/// # Errors
/// At once, for every list that is missing, cannot be used or lacks what the mail needs; while iterating, for a row
/// at which the file cannot be read on.
pub fn decisions<'a>(
    context: &'a Context,
    key: &'a SiteKey,
    lang: &'a str,
    mails: &'a [Mail],
    chosen: &[String],
) -> Result<impl Iterator<Item = Result<Decision, Error>> + use<'a>, Error> {
    let mut opened = Vec::new();
    let mut findings = Vec::new();
    for mail in mails.iter().filter(|mail| chosen.is_empty() || chosen.contains(&mail.list)) {
        let Some(list) = context.project.config.lists.get(&mail.list) else { continue };
        match MemberFile::open(&context.project, &mail.list, list) {
            Ok(file) => {
                findings.extend(unfit(&file, mail));
                opened.push(OpenList { list, mail, file });
            }
            Err(Error::Input(found)) => findings.extend(found),
            Err(other) => return Err(other),
        }
    }
    if findings.iter().any(Finding::is_error) {
        return Err(Error::Input(findings));
    }
    let sender = &context.project.config.sender;
    Ok(opened.into_iter().flat_map(move |OpenList { list, mail, file }| {
        let audience = Audience { name: &mail.list, list, sender, lang, key, slots: &mail.slots, part: mail.part };
        of_list(file, audience)
    }))
}

/// The decisions about one list: who refuses in any of its rows, then row by row.
fn of_list<'a>(
    mut file: MemberFile,
    audience: Audience<'a>,
) -> impl Iterator<Item = Result<Decision, Error>> + use<'a> {
    let mut refused = Vec::new().into_iter();
    let mut refusing = true;
    std::iter::from_fn(move || {
        while refusing {
            if let Some(refused) = refused.next() {
                return Some(Ok(refused));
            }
            match file.next_refusals() {
                Ok(Some(found)) => {
                    let found: Vec<_> = found.iter().map(|refused| audience.refuse(&refused.address)).collect();
                    refused = found.into_iter();
                }
                Ok(None) => refusing = false,
                Err(error) => return Some(Err(error)),
            }
        }
        file.next_row().map(|row| row.map(|row| audience.decide(row)))
    })
}

/// Refuses names that are not among the known ones, with the nearest.
///
/// # Errors
/// [`Error::Usage`] for the first unknown name of `--list` or `--channel`.
pub fn known_names(option: &str, named: &[String], known: &[String]) -> Result<(), Error> {
    match named.iter().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => {
            let help = match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("this post has: {}", known.join(", ")),
            };
            Err(Error::Usage(format!("{option} {name}: this post does not go there; {help}")))
        }
    }
}

/// What a list lacks for this mail: columns that it names, and a decision about columns that look like a refusal.
fn unfit(file: &MemberFile, mail: &Mail) -> Vec<Finding> {
    let recognised = file.recognised();
    let list = &mail.list;
    let fields: Vec<&str> = recognised.columns.iter().map(|(_, field)| field.as_str()).collect();
    let mut findings = Vec::new();
    for slot in &mail.slots {
        let made = ["salutation", "unsubscribe_url", "email"].contains(&slot.field.as_str());
        if made || fields.contains(&slot.field.as_str()) {
            continue;
        }
        let message = format!("the mail shows `member.{}`, but the list “{list}” has no such column", slot.field);
        let help = match nearest(&slot.field, fields.iter().copied()) {
            Some(near) => format!("did you mean `member.{near}`?"),
            None => format!("the list's columns are: {}", fields.join(", ")),
        };
        findings.push(Finding::error("missing-column", message).at(Place::whole_file(&file.path)).help(help));
    }
    for refusal in &recognised.refusals {
        let heading = &refusal.heading;
        let message = format!(
            "the column “{heading}” looks as if some people do not want this mail, and nothing is said about it"
        );
        let help = format!("add below [lists.{list}]: {}", refusal.what_to_add());
        findings.push(Finding::error("undecided-refusal", message).at(Place::whole_file(&file.path)).help(help));
    }
    findings
}
