//! The feed file: one item put in its place, everything else kept byte for byte.
//!
//! Comes in: the bytes of an RSS 2.0 file (or none yet), what the channel is called, and a [`FeedItem`]. Goes out: the
//! bytes of the new file. A file that is damaged or no RSS is an error and stays as it is. [`upsert`] is pure; only
//! [`write()`] touches the disk.

use std::ops::Range;

use jiff::{Timestamp, Zoned};
use quick_xml::escape::escape;
use thiserror::Error;

use crate::config::Config;
use crate::render::feed::FeedItem;

mod channel;
mod file;
mod scan;

pub use channel::FeedFile;
pub use file::write;
use scan::{Layout, scan};

/// What a new feed says about itself, and how long it grows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelInfo {
    pub title: String,
    /// Absolute URL of the site.
    pub link: String,
    pub description: String,
    /// BCP 47.
    pub language: String,
    /// Where the feed itself is published, for `atom:link rel="self"`.
    pub self_url: Option<String>,
    /// How long readers may keep a copy, in minutes.
    pub ttl: u32,
    /// The most items; the oldest fall out. At least 1.
    pub items: usize,
}

impl ChannelInfo {
    /// The feed of a configuration; `None` if it has none.
    pub fn of(config: &Config) -> Option<ChannelInfo> {
        let feed = config.feed.as_ref()?;
        Some(ChannelInfo {
            title: config.site.name.clone(),
            link: config.site.url.clone(),
            description: config.site.name.clone(),
            language: config.site.lang.clone(),
            self_url: feed.url.clone(),
            ttl: 60,
            items: feed.items,
        })
    }
}

/// What happened to the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upserted {
    /// The feed did not have it.
    Added,
    /// The feed had another text of it.
    Changed,
    /// The feed has it as it is; the file is not touched.
    Unchanged,
}

/// Why a feed cannot be changed. Nothing has been.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct FeedError {
    /// One sentence: what is wrong.
    pub message: String,
    /// What to do.
    pub help: &'static str,
    /// Where, in bytes from the file's beginning.
    pub offset: usize,
}

const CONTENT: (&str, &str) = ("content", "http://purl.org/rss/1.0/modules/content/");
const DUBLIN_CORE: (&str, &str) = ("dc", "http://purl.org/dc/elements/1.1/");
const ATOM: (&str, &str) = ("atom", "http://www.w3.org/2005/Atom");

/// What stands before an item or a channel's element where the file itself gives no example.
const INDENT: &str = "\n    ";

/// The feed with `item` in it: in the place of the item with its guid, else by its date, the newest first. `built` is
/// the time for `lastBuildDate`. An item that is there already leaves every byte as it is.
///
/// # Errors
/// The file is no UTF-8, no well-formed XML, no RSS 2.0, or has a document type with entities of its own.
pub fn upsert(
    existing: Option<&[u8]>,
    info: &ChannelInfo,
    item: &FeedItem,
    built: &Zoned,
) -> Result<(Vec<u8>, Upserted), FeedError> {
    let Some(bytes) = existing else {
        return Ok((new_feed(info, item, built).into_bytes(), Upserted::Added));
    };
    let layout = scan(bytes)?;
    let mut namespaces = Namespaces { layout: &layout, for_root: String::new() };
    let xml = namespaces.item(&item.xml);
    let old = layout.items.iter().position(|known| known.guid.as_deref() == Some(item.guid.as_str()));
    if old.is_some_and(|old| same_text(&layout.text[layout.items[old].range.clone()], &xml)) {
        return Ok((bytes.to_vec(), Upserted::Unchanged));
    }
    let mut edits = channel_edits(info, built, &mut namespaces);
    edits.extend(item_edits(&layout, old, &xml, info.items.max(1)));
    edits.push((layout.root_end..layout.root_end, namespaces.for_root));
    let text = apply(layout.text, edits);
    scan(text.as_bytes())?;
    let start = bytes.len() - layout.text.len();
    let outcome = if old.is_some() { Upserted::Changed } else { Upserted::Added };
    Ok(([&bytes[..start], text.as_bytes()].concat(), outcome))
}

fn new_feed(info: &ChannelInfo, item: &FeedItem, built: &Zoned) -> String {
    let declarations: String =
        [ATOM, CONTENT, DUBLIN_CORE].iter().map(|(prefix, uri)| format!(" xmlns:{prefix}=\"{uri}\"")).collect();
    let self_link = info.self_url.as_ref().map_or(String::new(), |url| format!("{INDENT}{}", self_link(url, "")));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"{declarations}>\n  <channel>\
         {INDENT}<title>{}</title>{INDENT}<link>{}</link>{INDENT}<description>{}</description>\
         {INDENT}<language>{}</language>{INDENT}{}{INDENT}<ttl>{}</ttl>{INDENT}<generator>rundbrief</generator>\
         {self_link}{INDENT}{}\n  </channel>\n</rss>\n",
        escape(info.title.as_str()),
        escape(info.link.as_str()),
        escape(info.description.as_str()),
        escape(info.language.as_str()),
        last_build(built),
        info.ttl,
        item.xml,
    )
}

/// RFC 822 with a numeric offset.
fn last_build(built: &Zoned) -> String {
    let date = jiff::fmt::rfc2822::to_string(built).unwrap_or_default();
    format!("<lastBuildDate>{date}</lastBuildDate>")
}

fn self_link(url: &str, declaration: &str) -> String {
    format!("<atom:link{declaration} href=\"{}\" rel=\"self\" type=\"application/rss+xml\"/>", escape(url))
}

/// A replacement of bytes; an empty range inserts.
type Edit = (Range<usize>, String);

/// Applies edits that do not overlap; at one place insertions come first, in their order.
fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(range, _)| (range.start, !range.is_empty()));
    let mut result = String::with_capacity(text.len() + 4096);
    let mut from = 0;
    for (range, replacement) in edits {
        result.push_str(&text[from..range.start]);
        result.push_str(&replacement);
        from = range.end;
    }
    result + &text[from..]
}

/// `lastBuildDate` as of now; language, ttl and the link to the feed itself where they are missing. What the channel
/// says already about itself stays.
fn channel_edits(info: &ChannelInfo, built: &Zoned, namespaces: &mut Namespaces) -> Vec<Edit> {
    let layout = namespaces.layout;
    let mut edits = Vec::new();
    let mut missing = Vec::new();
    match &layout.last_build {
        Some(range) => edits.push((range.clone(), last_build(built))),
        None => missing.push(last_build(built)),
    }
    if !layout.has_language {
        missing.push(format!("<language>{}</language>", escape(info.language.as_str())));
    }
    if !layout.has_ttl {
        missing.push(format!("<ttl>{}</ttl>", info.ttl));
    }
    if let Some(url) = info.self_url.as_ref().filter(|_| !layout.has_self_link) {
        let declaration = namespaces.declare(ATOM);
        missing.push(self_link(url, &declaration));
    }
    let place = layout.before_items();
    edits.extend(missing.into_iter().map(|element| (place..place, format!("{}{element}", layout.indent()))));
    edits
}

/// The item in its place, and the oldest items out.
fn item_edits(layout: &Layout, old: Option<usize>, xml: &str, most: usize) -> Vec<Edit> {
    let date = pub_date(xml);
    let mut edits = Vec::new();
    match old.map(|old| &layout.items[old]) {
        Some(old) if old.date == date => edits.push((old.range.clone(), xml.to_owned())),
        other => {
            let newer = |index: usize| Some(index) == old || (date.is_some() && layout.items[index].date > date);
            let index = (0..layout.items.len()).find(|index| !newer(*index));
            let place = index.map_or(layout.behind_items(), |index| layout.gap_before(index).start);
            edits.push((place..place, format!("{}{xml}", layout.indent())));
            edits.extend(other.and(old).map(|old| layout.removal(old)));
        }
    }
    let count = layout.items.len() + usize::from(old.is_none());
    let mut oldest: Vec<usize> = (0..layout.items.len()).filter(|index| Some(*index) != old).collect();
    oldest.sort_by_key(|index| (layout.items[*index].date, std::cmp::Reverse(*index)));
    edits.extend(oldest.into_iter().take(count.saturating_sub(most)).map(|index| layout.removal(index)));
    edits
}

/// The time in an item's `pubDate`.
fn pub_date(xml: &str) -> Option<Timestamp> {
    let (_, after) = xml.split_once("<pubDate>")?;
    scan::date(after.split_once("</pubDate>")?.0)
}

/// Equal but for line ends, which version control may have changed.
fn same_text(known: &str, new: &str) -> bool {
    known == new || known.replace("\r\n", "\n") == new
}

/// The namespaces that new elements need and where each is declared.
struct Namespaces<'a> {
    layout: &'a Layout<'a>,
    /// Declarations to add to the root element.
    for_root: String,
}

impl Namespaces<'_> {
    /// The declaration that the element itself must carry: none where the root has it or gets it, one where the file
    /// uses the prefix for something else.
    fn declare(&mut self, (prefix, uri): (&str, &str)) -> String {
        let declaration = format!(" xmlns:{prefix}=\"{uri}\"");
        match self.layout.prefixes.get(prefix) {
            Some(bound) if bound == uri => String::new(),
            Some(_) => declaration,
            None => {
                if !self.for_root.contains(&declaration) {
                    self.for_root.push_str(&declaration);
                }
                String::new()
            }
        }
    }

    /// The item with the declarations that it must carry itself.
    fn item(&mut self, xml: &str) -> String {
        let needed = [(CONTENT, "<content:"), (DUBLIN_CORE, "<dc:")];
        let declarations: String =
            needed.into_iter().filter(|(_, tag)| xml.contains(tag)).map(|(name, _)| self.declare(name)).collect();
        xml.replacen("<item>", &format!("<item{declarations}>"), 1)
    }
}
