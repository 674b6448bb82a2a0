//! A post as something to announce: what the body of every kind is made of.

use super::Attached;
use crate::config::{Network, NetworkKind};
use crate::post::{OwnTeaser, Post, plain_text};
use crate::render::email::text::{self, Notes};
use crate::render::teaser::Teaser;
use crate::render::{Shown, Source, link};

/// What there is to say on one channel.
#[derive(Debug, Clone, Copy)]
pub struct Announcement<'a> {
    pub source: &'a Source<'a>,
    pub channel: &'a str,
    pub network: &'a Network,
    /// The text for people; `None` for what only programs read.
    pub teaser: Option<&'a Teaser>,
}

impl<'a> Announcement<'a> {
    pub const fn of(
        source: &'a Source<'a>,
        channel: &'a str,
        network: &'a Network,
        teaser: Option<&'a Teaser>,
    ) -> Announcement<'a> {
        Announcement { source, channel, network, teaser }
    }

    pub fn post(&self) -> &'a Post {
        self.source.post
    }

    pub const fn kind(&self) -> NetworkKind {
        self.network.kind
    }

    /// The text as it is posted; empty for what only programs read.
    pub fn text(&self) -> &'a str {
        self.teaser.map_or("", |teaser| &teaser.text)
    }

    /// Whether whoever the text names is named on purpose: its author wrote it for this channel, or this is the only
    /// network. A name means somebody else on every network.
    pub fn names_on_purpose(&self) -> bool {
        let header = &self.source.post.header;
        let others = self.source.config.networks();
        let goes_to = |name: &String| header.channels.as_ref().is_none_or(|channels| channels.contains(name));
        match &header.teaser {
            OwnTeaser::None => false,
            OwnTeaser::Text(_) => {
                others.iter().filter(|(name, network)| network.kind.has_teaser() && goes_to(name)).count() == 1
            }
            OwnTeaser::ByChannel(texts) => {
                [self.channel, self.kind().name()].iter().any(|key| texts.contains_key(*key))
            }
        }
    }

    pub fn title(&self) -> &'a str {
        &self.source.post.header.title
    }

    /// The first paragraph without markup.
    pub fn lead(&self) -> Option<String> {
        let text = self.source.post.lead().map(|lead| plain_text(lead).trim().to_owned());
        text.filter(|text| !text.is_empty())
    }

    /// The whole text without markup, as mails have it; links are numbered and stand at its end.
    pub fn plain(&self) -> String {
        let mut notes = Notes::new();
        let text = text::body(&self.source.post.body, &mut notes, self.source.words);
        if notes.is_empty() { text } else { format!("{text}\n\n{}", notes.list()) }
    }

    /// Where the article is, as its author wrote it.
    pub fn link(&self) -> Option<&'a str> {
        self.source.post.header.link.as_deref()
    }

    /// The same with the campaign's parameters.
    pub fn tracked_link(&self) -> Option<String> {
        let slug = self.source.post.slug.as_str();
        self.link().map(|url| link::tracked(url, self.channel, "social", slug))
    }

    /// The header picture, as it was prepared for the mail: without position and rotation, at most 1,200 px wide.
    pub fn attached(&self) -> Option<Attached> {
        let image = self.source.post.header.image.as_ref()?;
        let prepared = self.source.pictures.of_post(self.source.post, image, Shown::Hero)?;
        Some(Attached {
            name: prepared.name.clone(),
            media_type: prepared.format.media_type().to_owned(),
            alt: image.alt.clone(),
            width: prepared.width,
            height: prepared.height,
            bytes: prepared.bytes.clone(),
        })
    }
}
