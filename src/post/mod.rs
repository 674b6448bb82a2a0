//! A post: one recap, a Markdown file with a YAML header.
//!
//! Comes in: the bytes of a file and its name. Goes out: a [`Post`], or every error at once, each with its place.
//! Pure: reads no file, no clock and no network.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::finding::Finding;

pub mod header;
pub mod markdown;
pub mod passage;
pub mod picture;
pub mod sentence;

mod file_name;
mod month;
mod plain;
mod reference;
mod report;
mod source;
mod written;

pub use file_name::file_name;
pub use header::written_day;
pub use markdown::write as write_markdown;
pub use plain::{plain_text, whole_text};
pub use report::Spot;
pub use source::is_forbidden;
pub use written::Written;

/// The file stem of a post, its identity everywhere: letters, digits, `-`, `_` and `.`, not beginning with `.` or `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Slug(String);

impl Slug {
    /// The slug of a post file.
    ///
    /// # Errors
    /// A sentence that says which character cannot stand in a file name that becomes part of paths and links.
    pub fn of_file(path: &Path) -> Result<Slug, String> {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).ok_or("the file name is not valid UTF-8")?;
        Slug::parse(stem)
    }

    /// Reads a slug, for instance from a digest's `posts:`.
    ///
    /// # Errors
    /// A sentence that names the character that is not allowed.
    pub fn parse(written: &str) -> Result<Slug, String> {
        if written.is_empty() || written.starts_with(['.', '-']) {
            return Err(format!("`{written}` cannot be a post's name; begin with a letter or digit"));
        }
        match written.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))) {
            Some(bad) => {
                let bad = match bad {
                    ' ' => "a space".to_owned(),
                    // As macOS keeps `ö`: an `o` and the dots.
                    '\u{300}'..='\u{36F}' => "an accent or dots as a character of their own".to_owned(),
                    bad if bad.is_whitespace() || is_forbidden(bad) || is_unseen(bad) => {
                        format!("an invisible character (U+{:04X})", u32::from(bad))
                    }
                    bad => format!("`{bad}`"),
                };
                Err(format!("`{written}` contains {bad}; use letters, digits, `-`, `_` and `.` in a post's file name"))
            }
            None => Ok(Slug(written.to_owned())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Soft hyphen, and what Unicode has for joining, direction and line ends.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

impl Display for Slug {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether the text of a post may link there: http(s), `mailto:` or `tel:`.
pub fn is_link(url: &str) -> bool {
    reference::link(url).is_ok()
}

/// One recap, parsed and valid.
#[derive(Debug, Clone)]
pub struct Post {
    pub slug: Slug,
    /// The file as the user named it, for messages and for finding pictures beside it.
    pub file: PathBuf,
    pub header: Header,
    pub body: Vec<Block>,
    /// Warnings of the parser: raw HTML shown as text, a star that closed an emphasis, a date read as a list.
    pub findings: Vec<Finding>,
    /// The file itself, for findings about its text.
    pub written: Written,
}

/// The YAML header, every value parsed.
#[derive(Debug, Clone)]
pub struct Header {
    pub title: String,
    /// BCP 47.
    pub lang: String,
    /// Day of publication, as written, in no time zone.
    pub date: Option<Date>,
    pub event: Option<Event>,
    pub author: Option<String>,
    pub categories: Vec<String>,
    /// Hashtags come from here, nowhere else. As written, without `#`.
    pub tags: Vec<String>,
    /// Absolute http(s) URL of the published article.
    pub link: Option<String>,
    pub image: Option<Picture>,
    /// What comes next.
    pub dates: Vec<ComingDate>,
    /// Keys of `[site.partners]`.
    pub partners: Vec<String>,
    pub subject: Option<String>,
    pub preheader: Option<String>,
    pub teaser: OwnTeaser,
    /// Names of `[lists]`; empty: all that are configured.
    pub lists: Vec<String>,
    /// Names of channels; `None`: all that are configured.
    pub channels: Option<Vec<String>>,
    /// Local to `site.timezone`, checked not to fall into a DST gap.
    pub send_at: Option<DateTime>,
    pub not_after: Option<DateTime>,
    /// Not empty: the post is a digest.
    pub posts: Vec<DigestSection>,
    pub draft: bool,
    /// Where each top-level key stands, for later findings: line from 1.
    pub lines: BTreeMap<&'static str, usize>,
}

/// The author's own teaser text.
#[derive(Debug, Clone, Default)]
pub enum OwnTeaser {
    #[default]
    None,
    /// One text for every network.
    Text(String),
    /// A text by channel name or kind.
    ByChannel(BTreeMap<String, String>),
}

/// What the post reports on.
#[derive(Debug, Clone)]
pub struct Event {
    pub name: Option<String>,
    pub place: Option<String>,
    pub date: Option<Date>,
}

/// A date to come.
#[derive(Debug, Clone)]
pub struct ComingDate {
    pub name: String,
    pub date: Date,
    pub place: Option<String>,
    pub link: Option<String>,
}

/// One part of a digest.
#[derive(Debug, Clone)]
pub struct DigestSection {
    pub heading: Option<String>,
    pub posts: Vec<Slug>,
}

/// A picture as the post names it; the bytes come later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Path relative to the post, as written.
    pub src: String,
    pub alt: String,
    pub credit: Option<String>,
    /// Where it leads, as [`Inline::Link`] does: `[![alt](foto.jpg)](https://…)`. Never in the header.
    pub link: Option<String>,
    /// Where it stands in the post, line and column from 1.
    pub line: usize,
    pub column: usize,
}

/// One block of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Line in the post's file, from 1.
    pub line: usize,
    pub kind: BlockKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// As written, `#` is 1. The mail's only h1 is the title; renderers shift.
    Heading {
        level: u8,
        content: Vec<Inline>,
    },
    Paragraph(Vec<Inline>),
    Quote(Vec<Block>),
    List {
        start: Option<u64>,
        tight: bool,
        items: Vec<Vec<Block>>,
    },
    Code {
        text: String,
    },
    /// A picture, always alone: one inside a paragraph is moved behind it.
    Picture(Picture),
    Table {
        align: Vec<Align>,
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Rule,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    None,
    Left,
    Center,
    Right,
}

/// Text inside a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    Text(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Strike(Vec<Inline>),
    Code(String),
    /// `url` is absolute http(s), `mailto:` or `tel:`; anything else is an error of the post.
    Link {
        url: String,
        content: Vec<Inline>,
    },
    /// A line end in the source that is no line break for the reader.
    SoftBreak,
    HardBreak,
}

impl Post {
    /// Parses the bytes of a post's file. `zone` decides whether `send_at` exists.
    ///
    /// # Errors
    /// All errors of header and body at once, and the warnings with them.
    pub fn parse(file: &Path, bytes: &[u8], zone: &TimeZone) -> Result<Post, Vec<Finding>> {
        header::parse_post(file, bytes, zone)
    }

    /// Whether the post lists other posts.
    pub fn is_digest(&self) -> bool {
        !self.header.posts.is_empty()
    }

    /// The first paragraph of the body, if there is one.
    pub fn lead(&self) -> Option<&[Inline]> {
        self.body.iter().find_map(|block| match &block.kind {
            BlockKind::Paragraph(content) => Some(content.as_slice()),
            _ => None,
        })
    }

    /// Every picture of header and body, in reading order.
    pub fn pictures(&self) -> Vec<&Picture> {
        let mut found: Vec<&Picture> = self.header.image.iter().collect();
        collect_pictures(&self.body, &mut found);
        found
    }
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
