//! The feed item of a post: RSS 2.0 with the whole text.
//!
//! Comes in: a [`Source`]. Goes out: a [`FeedItem`], the XML of one `<item>`. Its guid stays the same when the title,
//! the link or the date of the post changes. Never reads or writes a feed file; `channel::feed` does.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rss::extension::dublincore::DublinCoreExtension;
use rss::{Category, Channel, Enclosure, Guid, Item};

use crate::config::Images;
use crate::finding::{Finding, Place};
use crate::post::{Picture, Post, plain_text};
use crate::render::html::{Published, escaped, figure, html, inline};
use crate::render::{Pictures, Shown, Source, link};

mod readable;

/// One `<item>`, as it stands in a feed file: indented by four spaces, without white space around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedItem {
    pub guid: String,
    pub xml: String,
}

impl FeedItem {
    /// As a release keeps it: the guid, a line end, the XML.
    pub fn to_bytes(&self) -> Vec<u8> {
        format!("{}\n{}", self.guid, self.xml).into_bytes()
    }

    /// What [`FeedItem::to_bytes`] wrote; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<FeedItem> {
        let (guid, xml) = std::str::from_utf8(bytes).ok()?.split_once('\n')?;
        Some(FeedItem { guid: guid.to_owned(), xml: xml.to_owned() })
    }
}

/// A feed item as people look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownItem {
    pub title: String,
    /// As it stands in the feed (RFC 822); empty without one.
    pub date: String,
    pub link: String,
    pub guid: String,
    /// Plain text.
    pub description: String,
    /// HTML.
    pub content: String,
}

impl FeedItem {
    /// What a feed reader reads; `None` for XML that is no item.
    pub fn shown(&self) -> Option<ShownItem> {
        let around = format!(
            "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>{}</channel></rss>",
            self.xml
        );
        let item = Channel::read_from(around.as_bytes()).ok()?.items.pop()?;
        let plain = |text: Option<String>| text.unwrap_or_default();
        Some(ShownItem {
            title: plain(item.title),
            date: plain(item.pub_date),
            link: plain(item.link),
            guid: self.guid.clone(),
            description: plain(item.description),
            content: plain(item.content),
        })
    }
}

/// The feed item of a post.
///
/// # Errors
/// A `date:` that no calendar of RFC 822 can hold.
pub fn item(source: &Source) -> Result<FeedItem, Finding> {
    let header = &source.post.header;
    let site = &source.config.site;
    let guid = format!("{}:{}", link::host(&site.url).unwrap_or(&site.url), source.post.slug);
    let item = Item {
        title: Some(clean(&header.title)),
        link: Some(clean(header.link.as_ref().unwrap_or(&site.url))),
        description: description(source.post),
        categories: categories(source.post),
        enclosure: enclosure(source),
        guid: Some(Guid { value: clean(&guid), permalink: false }),
        pub_date: header.date.map(|date| rfc822(source.post, date, &site.zone)).transpose()?,
        content: Some(clean(&content(source))).filter(|content| !content.is_empty()),
        dublin_core_ext: header
            .author
            .as_ref()
            .map(|author| DublinCoreExtension { creators: vec![clean(author)], ..DublinCoreExtension::default() }),
        ..Item::default()
    };
    Ok(FeedItem { guid: clean(&guid), xml: xml(item) })
}

/// The lead as text.
fn description(post: &Post) -> Option<String> {
    let lead = plain_text(post.lead()?);
    (!lead.trim().is_empty()).then(|| clean(&escaped(lead.trim())))
}

/// The item alone out of a channel, because only whole channels can be written.
fn xml(item: Item) -> String {
    let channel = Channel { items: vec![item], ..Channel::default() };
    let bytes = channel.pretty_write_to(Vec::new(), b' ', 2).expect("writing to memory cannot fail");
    let written = String::from_utf8(bytes).expect("the rss crate writes UTF-8");
    let start = written.find("<item>").expect("the channel has one item");
    let end = written.rfind("</item>").expect("the channel has one item") + "</item>".len();
    written[start..end].to_owned()
}

/// Noon of the day where the organisation is, so that no reader's time zone shows the day before or after (RFC 822
/// section 5, with the numeric offset and four-digit year of RFC 1123).
fn rfc822(post: &Post, date: Date, zone: &TimeZone) -> Result<String, Finding> {
    let noon = date.at(12, 0, 0, 0).to_zoned(zone.clone());
    noon.and_then(|noon| jiff::fmt::rfc2822::to_string(&noon)).map_err(|_| {
        let line = post.header.lines.get("date").copied().unwrap_or(1);
        Finding::error("feed-date", format!("the date {date} cannot stand in a feed"))
            .at(Place::at_line(&post.file, "", line, 1))
            .help("write the day of publication, such as 2024-11-12")
    })
}

/// Categories first, then tags, none twice.
fn categories(post: &Post) -> Vec<Category> {
    let mut names: Vec<String> = Vec::new();
    for name in post.header.categories.iter().chain(&post.header.tags).map(|name| clean(name)) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names.into_iter().map(|name| Category { name, domain: None }).collect()
}

/// The header picture, where it is published.
fn enclosure(source: &Source) -> Option<Enclosure> {
    let picture = source.post.header.image.as_ref()?;
    let Images::Link { url } = &source.config.email.images else { return None };
    let prepared = source.pictures.of_post(source.post, picture, Shown::Hero)?;
    (!prepared.bytes.is_empty()).then(|| Enclosure {
        url: clean(&picture_url(url, &prepared.name)),
        length: prepared.bytes.len().to_string(),
        mime_type: prepared.format.media_type().to_owned(),
    })
}

/// Where a picture is published, by its name.
pub(super) fn picture_url(base: &str, name: &str) -> String {
    format!("{}/{name}", base.trim_end_matches('/'))
}

/// The whole text: header picture, body, and for a digest each post's title, lead and link.
pub(super) fn content(source: &Source) -> String {
    let post = source.post;
    let mut parts = Vec::new();
    if let Some((picture, published)) =
        post.header.image.as_ref().and_then(|picture| Some((picture, published(source, post, picture, Shown::Hero)?)))
    {
        parts.push(figure(picture, &published));
    }
    parts.push(html(&post.body, &|picture| published(source, post, picture, Shown::Body)));
    for section in source.sections {
        parts.extend(section.heading.as_ref().map(|heading| format!("<h2>{}</h2>", escaped(heading))));
        parts.extend(section.posts.iter().map(|entry| digest_entry(source, entry)));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

fn digest_entry(source: &Source, entry: &Post) -> String {
    let title = escaped(&entry.header.title);
    let lead = entry.lead().map_or(String::new(), |lead| format!("\n<p>{}</p>", inline(lead).trim()));
    match &entry.header.link {
        Some(link) => {
            let (link, more) = (escaped(link), escaped(&source.words.get("email.read_more")));
            format!("<h3><a href=\"{link}\">{title}</a></h3>{lead}\n<p><a href=\"{link}\">{more}</a></p>")
        }
        None => format!("<h3>{title}</h3>{lead}"),
    }
}

/// Where a picture is published; with pictures inside the mails it is nowhere.
fn published(source: &Source, post: &Post, picture: &Picture, shown: Shown) -> Option<Published> {
    let Images::Link { url } = &source.config.email.images else { return None };
    let pictures: &Pictures = source.pictures;
    let prepared = pictures.of_post(post, picture, shown)?;
    let width = prepared.shown_width.max(1);
    let height = u64::from(prepared.height) * u64::from(width) / u64::from(prepared.width.max(1));
    Some(Published {
        url: picture_url(url, &prepared.name),
        width,
        height: u32::try_from(height).unwrap_or(u32::MAX).max(1),
        credit: picture.credit.as_ref().map(|credit| source.words.fill("email.photo", &[("credit", credit)])),
    })
}

/// Without the characters that XML 1.0 cannot hold (section 2.2, production Char); carriage returns go as well, because
/// a parser would turn them into line feeds.
fn clean(text: &str) -> String {
    let allowed = |c: &char| matches!(c, '\t' | '\n' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(allowed).collect()
}
