//! Teasers: a post in the words and the length of each network.
//!
//! Comes in: a [`Source`], a channel's name and its kind. Goes out: a [`Teaser`] that the network takes, or a finding
//! that says by how much the author's own text is too long. Pure: the same post gives the same teaser.

use std::cell::OnceCell;

use crate::config::NetworkKind;
use crate::finding::{Finding, Place};
use crate::post::OwnTeaser;
use crate::render::teaser::length::Measure;
use crate::render::teaser::material::Material;
use crate::render::{Source, link};

mod compose;
mod emoji;
pub mod figure;
mod hashtag;
pub mod length;
mod material;
mod mention;
pub mod quoted;
pub mod share;
mod twitter_text;

/// A text for one network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Teaser {
    pub text: String,
    /// As the network counts, see [`length::length`].
    pub length: usize,
    /// The most that the network takes, in the same units.
    pub limit: usize,
    pub kind: NetworkKind,
    pub channel: String,
}

/// The teasers of one post. What they are made of is read once, when the first network needs it.
#[derive(Debug)]
pub struct Teasers<'a> {
    source: &'a Source<'a>,
    hashtags: Vec<String>,
    material: OnceCell<Material>,
}

impl<'a> Teasers<'a> {
    pub fn of(source: &'a Source<'a>) -> Teasers<'a> {
        Teasers { source, hashtags: hashtag::hashtags(&source.post.header.tags), material: OnceCell::new() }
    }

    /// The teaser for one channel: the author's own text where there is one, else made from the lead.
    ///
    /// # Errors
    /// The author's text with its link is too long, or the link alone is.
    pub fn teaser(&self, channel: &str, measure: impl Into<Measure>) -> Result<Teaser, Finding> {
        let measure @ Measure { kind, limit } = measure.into();
        let (source, header) = (self.source, &self.source.post.header);
        let links: Vec<String> = header.link.iter().flat_map(|link| links(link, source, channel)).collect();
        let text = match own_text(&header.teaser, channel, kind) {
            Some(own) => own_teaser(own, measure, &links, &self.hashtags),
            None => {
                let call = source.words.get("teaser.read_more");
                let frame = compose::Frame { measure, links, call: &call, hashtags: &self.hashtags };
                let material = self.material.get_or_init(|| material::material(source));
                let whole = || frame.links.last().cloned().unwrap_or_else(|| material.title.clone());
                compose::compose(material, &frame).unwrap_or_else(whole)
            }
        };
        match length::excess(&text, measure) {
            None => Ok(Teaser { length: length::length(&text, kind), limit, kind, channel: channel.to_owned(), text }),
            Some(excess) => Err(too_long(source, channel, measure, excess)),
        }
    }
}

/// The link with campaign parameters and without.
fn links(link: &str, source: &Source, channel: &str) -> [String; 2] {
    [link::tracked(link, channel, "social", source.post.slug.as_str()), link.to_owned()]
}

/// The author's text for a channel: by its name, then by its kind, then the one text for all.
fn own_text<'a>(own: &'a OwnTeaser, channel: &str, kind: NetworkKind) -> Option<&'a str> {
    let text = match own {
        OwnTeaser::None => None,
        OwnTeaser::Text(text) => Some(text),
        OwnTeaser::ByChannel(texts) => texts.get(channel).or_else(|| texts.get(kind.name())),
    };
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// The author's words, untouched; behind them the link if they have none, and the tags if they have none and there is
/// room.
fn own_teaser(own: &str, measure: Measure, links: &[String], hashtags: &[String]) -> String {
    let kind = measure.kind;
    let gap = if kind == NetworkKind::Plain { " " } else { "\n\n" };
    let mut text = own.to_owned();
    if link::urls(own).is_empty() && !links.is_empty() {
        let linked = links.iter().map(|link| format!("{own}{gap}{link}"));
        let shortest = || links.last().map(|link| format!("{own}{gap}{link}"));
        text = linked.into_iter().find(|text| length::fits(text, measure)).or_else(shortest).unwrap_or(text);
    }
    if !hashtag::has_hashtag(own) {
        let most = compose::most_hashtags(kind).min(hashtags.len());
        let tagged = (1..=most).rev().map(|count| format!("{text}{gap}{}", hashtags[..count].join(" ")));
        text = tagged.into_iter().find(|tagged| length::fits(tagged, measure)).unwrap_or(text);
    }
    text
}

fn too_long(source: &Source, channel: &str, measure: Measure, (over, unit): (usize, &str)) -> Finding {
    let (header, Measure { kind, limit }) = (&source.post.header, measure);
    let own = own_text(&header.teaser, channel, kind).is_some();
    let (key, what) = match &header.link {
        _ if own => ("teaser", "the teaser"),
        Some(_) => ("link", "the link alone"),
        None => ("title", "the title"),
    };
    let finding = Finding::error(
        "teaser-too-long",
        format!("{what} for `{channel}` is {over} {unit} too long; {} takes {limit}", kind.label()),
    );
    let help = if own {
        "shorten the text of `teaser:`; the link that is added behind it counts as well"
    } else {
        "use a shorter one, or write a `teaser:` of your own for this channel"
    };
    let place = match header.lines.get(key) {
        Some(line) => Place::at_line(&source.post.file, "", *line, 1),
        None => Place::whole_file(&source.post.file),
    };
    finding.at(place).help(help)
}
