//! One delivery as a row of a table.

use jiff::Zoned;

use crate::words::Words;

/// One delivery of one revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    /// Counted from 1.
    pub revision: i64,
    pub code: &'a str,
    /// `email`, `feed`, or the name of a network.
    pub channel: &'a str,
    /// Empty but for mails.
    pub list: &'a str,
    pub basis: Option<&'a str>,
    /// Empty for what has one delivery a post; `None` after addresses were deleted.
    pub address: Option<&'a str>,
    pub name: &'a str,
    pub outcome: Outcome,
    pub attempts: i64,
    pub first: Option<Zoned>,
    /// When the last answer came.
    pub settled: Option<Zoned>,
    /// When it is tried again.
    pub due: Option<Zoned>,
    /// The server's answer, the reason, the link.
    pub detail: &'a str,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    Counted,
    Written,
    InFeed,
    Posted,
    ToPost,
    Refused,
    TakenOut,
    Again,
    Uncertain,
    Waiting,
    /// Never sent, because a later revision took over.
    Left,
    Sending,
}

impl Outcome {
    /// In the site's language.
    pub fn words(self, words: &Words) -> String {
        words.get(match self {
            Outcome::Accepted => "report.accepted",
            Outcome::Counted => "report.counted",
            Outcome::Written => "report.out.written",
            Outcome::InFeed => "report.out.feed",
            Outcome::Posted => "report.out.posted",
            Outcome::ToPost => "report.out.to_post",
            Outcome::Refused => "report.refused",
            Outcome::TakenOut => "report.taken_out",
            Outcome::Again => "report.again",
            Outcome::Uncertain => "report.uncertain",
            Outcome::Waiting => "report.open",
            Outcome::Left => "report.left",
            Outcome::Sending => "report.out.sending",
        })
    }
}
