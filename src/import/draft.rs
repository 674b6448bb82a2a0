//! What was made of a page or text, before it is written as a post.

use jiff::civil::Date;

use crate::post::{Block, BlockKind, Event, Inline, Picture, whole_text};

/// A post to be. Pictures have the web addresses they were found at.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub title: Option<String>,
    /// BCP 47; `None` only where neither the page nor the text tells.
    pub lang: Option<String>,
    /// The day of publication, as it stands there.
    pub date: Option<Date>,
    pub event: Option<Event>,
    pub author: Option<String>,
    pub categories: Vec<String>,
    /// Words that the page files itself under.
    pub keywords: Vec<String>,
    pub link: Option<String>,
    pub image: Option<Picture>,
    pub body: Vec<Block>,
    /// Who published it.
    pub publisher: Option<String>,
    /// Where a saved page's pictures are that do not lie beside it.
    pub base: Option<String>,
    /// What stands below pictures in the body.
    pub captions: Vec<String>,
    /// What the page says about itself in a sentence.
    pub description: Option<String>,
    pub dateline: Option<Dateline>,
    /// What a person must decide.
    pub questions: Vec<Question>,
    /// What may be meant; never part of the header.
    pub suggestions: Vec<Suggestion>,
    /// Mistakes of the source, kept as they are.
    pub slips: Vec<String>,
    /// What was there and is not in the post: videos, forms.
    pub left_out: Vec<String>,
    /// The character set that the bytes were in.
    pub charset: &'static str,
}

/// The place, and perhaps the day, that a press text begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dateline {
    /// In ordinary spelling: `Berlin`.
    pub place: String,
    pub date: Option<Date>,
}

/// Something that the source leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// A stable name: the header's key, or `publisher`.
    pub key: &'static str,
    /// One sentence.
    pub says: String,
    /// What could stand in the header, as YAML: `categories: [A, B]`.
    pub line: Option<String>,
}

/// Something that was made from the text and may help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// `subject`, `teaser`, `tags`, `event`, `quote`, `figure`.
    pub key: &'static str,
    pub value: String,
    /// A line for the header, as YAML, where there is a key for it.
    pub line: Option<String>,
}

impl Draft {
    pub(super) fn ask(&mut self, key: &'static str, says: impl Into<String>, line: Option<String>) {
        self.questions.push(Question { key, says: says.into(), line });
    }

    /// Asks which day is meant by one that may be either of two.
    pub(super) fn ask_for_day(&mut self, written: &str) {
        if self.questions.iter().any(|question| question.key == "date") {
            return;
        }
        let says = format!("the day of publication is written `{written}`, which may be either of two days");
        self.ask("date", says, Some("date:".to_owned()));
    }

    /// Asks for what no part of the import has found.
    pub(super) fn finish(&mut self, site: &str) {
        if self.title.is_none() {
            self.ask("title", "no headline was found", Some("title: \"…\"".to_owned()));
        }
        if self.date.is_none() && !self.questions.iter().any(|question| question.key == "date") {
            self.ask("date", "no day of publication was found", Some("date:".to_owned()));
        }
        if self.link.is_none() {
            let says = "where the article is published is not known; teasers and the feed lead there";
            self.ask("link", says, Some("link: https://…".to_owned()));
        }
        match &self.publisher {
            None => {
                let says = "who published it is not known; make sure that you may send it";
                self.ask("publisher", says, None);
            }
            Some(publisher) if !same_name(publisher, site) => {
                let says = format!("{publisher} published it; make sure that you may send it");
                self.ask("publisher", says, None);
            }
            Some(_) => {}
        }
    }

    /// Every picture with an address, the header's first.
    pub fn pictures(&self) -> Vec<&Picture> {
        let mut found: Vec<&Picture> = self.image.iter().collect();
        collect_pictures(&self.body, &mut found);
        found
    }

    /// The first paragraph.
    pub fn lead(&self) -> Option<String> {
        self.body.iter().find_map(|block| match &block.kind {
            BlockKind::Paragraph(content) => Some(whole_text(content)),
            _ => None,
        })
    }
}

/// Whether one name holds the other, cases aside: `go-cluster` and `Netzwerk go-cluster e.V.`
fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    !other.is_empty() && (one.contains(&other) || other.contains(&one))
}

fn collect_pictures<'a>(blocks: &'a [Block], found: &mut Vec<&'a Picture>) {
    for block in blocks {
        match &block.kind {
            BlockKind::Picture(picture) => found.push(picture),
            BlockKind::Quote(inner) => collect_pictures(inner, found),
            BlockKind::List { items, .. } => items.iter().for_each(|item| collect_pictures(item, found)),
            _ => {}
        }
    }
}

/// The text of every block, a paragraph or cell an entry.
pub(super) fn collect_text(blocks: &[Block], found: &mut Vec<String>) {
    for block in blocks {
        match &block.kind {
            BlockKind::Heading { content, .. } | BlockKind::Paragraph(content) => add(content, found),
            BlockKind::Table { head, rows, .. } => {
                head.iter().chain(rows.iter().flatten()).for_each(|cell| add(cell, found));
            }
            BlockKind::Quote(inner) => collect_text(inner, found),
            BlockKind::List { items, .. } => items.iter().for_each(|item| collect_text(item, found)),
            BlockKind::Code { text } => found.push(text.clone()),
            BlockKind::Picture(_) | BlockKind::Rule => {}
        }
    }
}

fn add(content: &[Inline], found: &mut Vec<String>) {
    let text = whole_text(content);
    if !text.trim().is_empty() {
        found.push(text);
    }
}
