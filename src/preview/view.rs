//! Everything that the page shows, as values.
//!
//! Texts are whole sentences in the site's language, made where the words are; the page's script only puts them in place.

use serde::Serialize;

/// What the page shows at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct View {
    /// Grows with every change of a file.
    pub version: u64,
    pub title: String,
    /// Whose mail it is.
    pub organisation: String,
    /// BCP 47, of the post.
    pub lang: String,
    /// The release code, unless the post has errors.
    pub code: Option<String>,
    /// As whom the mail is shown.
    pub member: Who,
    pub mail: Part<Mail>,
    pub teasers: Part<Vec<Card>>,
    pub feed: Part<Option<Item>>,
    pub findings: Vec<Remark>,
    /// The post's file, line by line, for findings to point into.
    pub source: Source,
}

/// A part of the page, or why it cannot be shown.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part<T> {
    Shown(T),
    /// The error as on a terminal, with its line.
    Wrong(String),
}

impl<T> Part<T> {
    /// What can be shown.
    pub fn shown(&self) -> Option<&T> {
        match self {
            Part::Shown(shown) => Some(shown),
            Part::Wrong(_) => None,
        }
    }
}

/// A member.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Who {
    /// Empty for an invented one.
    pub address: String,
    pub name: String,
    pub list: String,
    pub invented: bool,
}

/// The mail's head and its plain text; the HTML has an address of its own.
#[derive(Debug, Clone, Serialize)]
pub struct Mail {
    pub from: String,
    pub subject: String,
    pub preheader: String,
    /// As a phone and a desktop program cut them.
    pub phone: Row,
    pub desktop: Row,
    pub text: String,
    /// `177 kB in all · 28 kB of HTML · pictures: 4`.
    pub weight: String,
}

/// A row of an inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub sender: String,
    pub subject: String,
    pub preheader: String,
}

/// A text for one network.
#[derive(Debug, Clone, Serialize)]
pub struct Card {
    pub channel: String,
    /// `LinkedIn`, or with its own name `verband (LinkedIn)`.
    pub title: String,
    /// `LinkedIn`; empty where it is no network.
    pub network: String,
    pub text: String,
    pub length: usize,
    pub limit: usize,
    /// `212 of 500 characters`.
    pub count: String,
    /// Whether a person posts it.
    pub by_hand: bool,
    /// Opens the network with the text or the link.
    pub share: Option<String>,
    /// The picture's name below `picture/`.
    pub picture: Option<String>,
    pub alt: Option<String>,
}

/// The feed item.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    pub title: String,
    pub date: String,
    pub link: String,
    pub guid: String,
    pub description: String,
}

/// Who gets it, and when.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Of what a send would send now: an earlier release's, once there is one.
    pub code: String,
    /// `4,812 members`: all who get the mail now.
    pub recipients: String,
    /// That a send has begun already.
    pub notice: Option<String>,
    /// `4,812 members from the list “members” (basis: consent)`, for each list.
    pub audience: Vec<String>,
    /// One line each: what goes where.
    pub rows: Vec<(String, String)>,
    /// Who does not, and why.
    pub skipped: Vec<String>,
    pub due: String,
}

/// A finding.
#[derive(Debug, Clone, Serialize)]
pub struct Remark {
    pub severity: &'static str,
    pub rule: String,
    pub message: String,
    pub help: Option<String>,
    /// `newsletters/x.md:12:3`; empty where there is no place.
    pub place: String,
    /// The line of the post, if it is in the post.
    pub line: Option<usize>,
    /// The line itself.
    pub text: String,
}

/// A file, line by line.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Source {
    pub file: String,
    pub lines: Vec<String>,
}
