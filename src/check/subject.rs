//! What the rules look at: a post, what was made of it, and what is known around it.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use crate::check::header;
use crate::config::{Images, NetworkKind};
use crate::finding::Place;
use crate::post::passage::{Passage, PassageKind};
use crate::post::{Post, Spot};
use crate::render::Source;
use crate::render::email::Email;
use crate::render::teaser::Teaser;

/// What is known around a post, passed in because the rules ask no clock, no network and no record.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Local to the site; `None` where time does not matter.
    pub now: Option<DateTime>,
    /// What the links answered, by URL; empty without `--online`.
    pub answers: BTreeMap<String, Answer>,
    /// The lists of the post; empty where nobody counted.
    pub audiences: Vec<Audience>,
}

/// What came of asking for a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Alive,
    /// There is no such page or website.
    Dead(String),
    /// It did not answer as it should; that may pass.
    Doubtful(String),
}

/// A list as a send would use it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    pub list: String,
    /// Who would be written to.
    pub people: u64,
    /// Who was written to at the last send to this list.
    pub last: Option<u64>,
}

/// A post with everything that the rules look at.
pub struct Subject<'a> {
    pub source: Source<'a>,
    pub channels: &'a [String],
    pub lists: &'a [String],
    /// The mail to the first of the lists, if it could be made.
    pub email: Option<&'a Email>,
    pub teasers: &'a [Teaser],
    pub facts: &'a Facts,
    /// Of the header, then of the body.
    pub(super) passages: Vec<Passage>,
    /// Positions of mail programs.
    pub(super) programs: &'a [usize],
}

/// A link of the post, wherever it stands.
pub(super) struct Link<'s> {
    pub url: &'s str,
    /// `None` where a picture or the header links.
    pub words: Option<&'s str>,
    pub place: Spot,
}

impl<'a> Subject<'a> {
    /// `email` and `teasers` are what could be made of the source.
    pub fn new(
        source: Source<'a>,
        (channels, lists): (&'a [String], &'a [String]),
        (email, teasers): (Option<&'a Email>, &'a [Teaser]),
        facts: &'a Facts,
        settings: &'a super::Settings,
    ) -> Subject<'a> {
        let mut passages = header::passages(source.post);
        passages.extend(source.post.written.passages.iter().cloned());
        Subject { source, channels, lists, email, teasers, facts, passages, programs: &settings.programs }
    }

    pub(super) fn post(&self) -> &'a Post {
        self.source.post
    }

    pub(super) fn is_german(&self) -> bool {
        let primary = self.post().header.lang.split('-').next().unwrap_or_default();
        primary.eq_ignore_ascii_case("de")
    }

    pub(super) fn goes_to(&self, channel: &str) -> bool {
        self.channels.iter().any(|known| known == channel)
    }

    /// The networks that the post goes to, by name.
    pub(super) fn networks(&self) -> Vec<(String, NetworkKind)> {
        let all = self.source.config.networks().into_iter();
        all.filter(|(name, _)| self.goes_to(name)).map(|(name, network)| (name, network.kind)).collect()
    }

    pub(super) fn embeds_pictures(&self) -> bool {
        self.source.config.email.images == Images::Embed
    }

    /// A place in the post's file.
    pub(super) fn place(&self, spot: Spot) -> Place {
        let text = self.post().written.line(spot.line).to_owned();
        Place { file: self.post().file.clone(), line: spot.line, column: spot.column, text, width: spot.width.max(1) }
    }

    /// Where a part of a passage stands.
    pub(super) fn part(&self, passage: &Passage, range: std::ops::Range<usize>) -> Place {
        self.place(passage.spot(range))
    }

    /// A key of the header, or the header's first line where it is not there.
    pub(super) fn key(&self, key: &str) -> Place {
        match self.post().header.lines.get(key) {
            Some(line) => self.place(Spot { line: *line, column: 1, width: key.len() }),
            None => self.place(Spot { line: 1, column: 1, width: 3 }),
        }
    }

    /// The first line of the body that is not empty.
    pub(super) fn body(&self) -> Place {
        match self.post().body.first() {
            Some(block) => {
                let line = self.post().written.line(block.line);
                let indent = line.chars().take_while(|c| c.is_whitespace()).count();
                self.place(Spot { line: block.line, column: indent + 1, width: 1 })
            }
            None => self.key("title"),
        }
    }

    /// The paragraphs, headings and cells of the body.
    pub(super) fn body_passages(&self) -> impl Iterator<Item = &Passage> {
        self.passages.iter().filter(|passage| {
            matches!(passage.kind, PassageKind::Heading(_) | PassageKind::Paragraph | PassageKind::Cell)
        })
    }

    /// Every link of the post's own text and header.
    pub(super) fn links(&self) -> Vec<Link<'_>> {
        let mut links = Vec::new();
        let header = &self.post().header;
        let mut of_header = |key: &str, url: &'a str| {
            let spot = header::spot_of(self.post(), key, url);
            links.push(Link { url, words: None, place: spot });
        };
        header.link.iter().for_each(|url| of_header("link", url));
        header.dates.iter().filter_map(|date| date.link.as_ref()).for_each(|url| of_header("dates", url));
        for passage in &self.passages {
            for link in &passage.links {
                let words = passage.words_of(link);
                let words = (!words.is_empty()).then_some(words);
                links.push(Link { url: &link.url, words, place: link.spot });
            }
        }
        links
    }
}
