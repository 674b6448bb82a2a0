//! The report of a send: one page for whoever wants to know what became of it.
//!
//! Comes in: a [`Report`], what the sending record knows, as values; and words of the site's language. Goes out: a page
//! in one [`Format`], rows of a table, a JSON document, or the text of a notification. Pure: knows no clock, no record
//! and no file. Says "accepted", never "delivered": that a mail lies in a mailbox, no sender can know.

use jiff::Zoned;

use crate::render::email::message::Readable;
use crate::words::Words;

mod csv;
pub mod document;
mod html;
mod markdown;
pub mod notice;
pub mod row;
mod section;
pub mod wording;

pub use csv::Csv;
pub use html::Html;
pub use markdown::{Markdown, text as markdown};
pub use row::Row;

/// People who are named in a page; a table has them all.
pub const NAMED: usize = 500;

/// What a report is written as.
pub trait Format {
    /// The whole page; of a table, what stands before the rows.
    fn page(&self, report: &Report, words: &Words) -> String;

    /// One delivery, where the format has them.
    fn row(&self, _row: &Row<'_>, _words: &Words) -> String {
        String::new()
    }

    /// Whether it wants the rows.
    fn has_rows(&self) -> bool {
        false
    }

    /// Whether a file is a report in this format, by its first and last kilobytes, so that nothing else is overwritten.
    fn is_report(&self, first: &[u8], last: &[u8], words: &Words) -> bool;
}

/// The format for a file's ending.
pub fn format_of(ending: &str) -> Option<&'static dyn Format> {
    match ending.to_lowercase().as_str() {
        "html" | "htm" => Some(&Html),
        "csv" => Some(&Csv),
        "md" | "markdown" => Some(&Markdown),
        _ => None,
    }
}

/// Everything about the sends of one post. All times are in the site's time zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub organisation: String,
    /// The headline, else the mail's subject, else the slug.
    pub title: String,
    pub slug: String,
    /// Files in the outbox alone.
    pub trial: bool,
    pub made: Zoned,
    /// What went out, the oldest first; more than one after a send that went on with a new text.
    pub revisions: Vec<Revision>,
    /// In the order of time.
    pub history: Vec<Happening>,
}

/// One frozen content, and who got it.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Counted from 1.
    pub number: i64,
    /// It puts right what an earlier one said.
    pub correction: bool,
    /// As people read it: `K7QF-3M2X`.
    pub code: String,
    pub approval: Option<Approval>,
    pub stage: Stage,
    /// When the first mail was handed over.
    pub began: Option<Zoned>,
    /// When the last answer came; `None` while something is open.
    pub ended: Option<Zoned>,
    /// What took the mails: names of servers.
    pub servers: Vec<String>,
    pub lists: Vec<ListPart>,
    pub refused: Named,
    pub uncertain: Named,
    pub again: Named,
    /// One for each time recipients were added; `None`: written by a version that did not note it.
    pub skipped: Option<Vec<Skipped>>,
    pub networks: Vec<Network>,
    pub feed: Option<Feed>,
    pub mails: Vec<Mail>,
}

/// Who released a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub by: String,
    /// May be empty.
    pub note: String,
    pub at: Zoned,
}

/// How a send stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Sending,
    Stopped,
    /// A process ended while it had something in hand.
    Interrupted,
    Waiting,
    /// Ended; of something nobody knows whether it arrived.
    Undecided,
    Done,
}

impl Stage {
    /// The stable name in JSON, and of its sentence in the catalogue.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Sending => "sending",
            Stage::Stopped => "stopped",
            Stage::Interrupted => "interrupted",
            Stage::Waiting => "waiting",
            Stage::Undecided => "undecided",
            Stage::Done => "done",
        }
    }
}

/// The mails to one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPart {
    pub name: String,
    /// Why its members may be written to, as the configuration has it.
    pub basis: Option<String>,
    pub counts: Counts,
}

/// How many mails; each stands in one of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// By a server; of a trial, written to files.
    pub accepted: u64,
    /// A person said that they arrived.
    pub counted: u64,
    pub refused: u64,
    /// Before they were handed over, because the member no longer wants them.
    pub taken_out: u64,
    /// Refused for now.
    pub again: u64,
    pub uncertain: u64,
    /// Waiting or on their way.
    pub open: u64,
}

impl Counts {
    pub fn all(&self) -> u64 {
        self.accepted + self.counted + self.refused + self.taken_out + self.again + self.uncertain + self.open
    }

    /// The counts of both.
    pub fn plus(self, other: Counts) -> Counts {
        Counts {
            accepted: self.accepted + other.accepted,
            counted: self.counted + other.counted,
            refused: self.refused + other.refused,
            taken_out: self.taken_out + other.taken_out,
            again: self.again + other.again,
            uncertain: self.uncertain + other.uncertain,
            open: self.open + other.open,
        }
    }
}

/// Some of those of one outcome, by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Named {
    /// At most [`NAMED`].
    pub people: Vec<Person>,
    /// How many there are.
    pub all: u64,
}

impl Named {
    /// How many are not named.
    pub fn more(&self) -> u64 {
        self.all.saturating_sub(self.people.len() as u64)
    }
}

/// A member and what became of the mail.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// `None` after addresses were deleted.
    pub address: Option<String>,
    pub name: String,
    /// The server's words, or a sentence in the site's language.
    pub reason: String,
    /// When it is tried again.
    pub due: Option<Zoned>,
}

/// Rows of the lists that got no mail, when recipients were added.
#[derive(Debug, Clone, PartialEq)]
pub struct Skipped {
    pub at: Zoned,
    /// By the stable name of [`crate::plan::Skip`]: `left_out:Newsletter`.
    pub reasons: Vec<(String, u64)>,
}

/// A text for a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    pub name: String,
    pub posted: Posted,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// Where it can be seen, or what the network said.
    At(String),
    /// A person still has to do it; of a trial: its text is a file.
    ByHand,
    /// The program will do it, or try it again; why it was not done yet, if anything was said.
    Waits(Option<String>),
    Refused(String),
    /// It may or may not be there.
    Doubtful(String),
}

impl Posted {
    /// Where it can be seen, or what the network said.
    pub fn place(&self) -> Option<&str> {
        match self {
            Posted::At(place) => Some(place),
            _ => None,
        }
    }

    /// Why it is not there.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Posted::Waits(reason) => reason.as_deref(),
            Posted::Refused(reason) | Posted::Doubtful(reason) => Some(reason),
            Posted::At(_) | Posted::ByHand => None,
        }
    }

    /// The stable name in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Posted::At(_) => "posted",
            Posted::ByHand => "by_hand",
            Posted::Waits(_) => "waiting",
            Posted::Refused(_) => "refused",
            Posted::Doubtful(_) => "uncertain",
        }
    }
}

/// The item of the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// Where the feed is published.
    pub url: Option<String>,
    pub entered: Entered,
}

/// What became of the feed's item.
#[derive(Debug, Clone, PartialEq)]
pub enum Entered {
    At(Zoned),
    Open,
    Refused(String),
}

/// A mail as it went out, and the lists it went to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub lists: Vec<String>,
    /// `None`: written by another version of the program.
    pub content: Option<Readable>,
}

/// Something that happened to the post.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    pub at: Zoned,
    pub what: Happened,
    /// Who, how, or why; may be empty.
    pub detail: String,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    Stopped,
    WentOn,
    NotSent,
}

impl Happened {
    /// The stable name in JSON and in the catalogue.
    pub const fn name(self) -> &'static str {
        match self {
            Happened::Stopped => "stopped",
            Happened::WentOn => "went_on",
            Happened::NotSent => "not_sent",
        }
    }
}

impl Report {
    /// Whether a later revision took over what this one had not sent.
    pub fn is_replaced(&self, revision: &Revision) -> bool {
        revision.stage != Stage::Done && self.revisions.iter().any(|other| other.number > revision.number)
    }
}

impl Revision {
    /// Of all lists.
    pub fn counts(&self) -> Counts {
        self.lists.iter().fold(Counts::default(), |sum, list| sum.plus(list.counts))
    }
}
