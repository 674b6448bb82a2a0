//! Where things stand in an RSS 2.0 file.
//!
//! Comes in: the bytes of a file. Goes out: a [`Layout`] of byte positions, or what is wrong with the file. Well-formed
//! means well-formed here: names, attributes, references, namespaces and characters are checked. Changes nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::Timestamp;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{PrefixDeclaration, ResolveResult};
use quick_xml::reader::NsReader;

use super::{ATOM, FeedError, INDENT};

/// Positions in the text of a feed, without its byte order mark.
#[derive(Debug, Default)]
pub struct Layout<'a> {
    pub text: &'a str,
    /// In the file's order.
    pub items: Vec<KnownItem>,
    /// Before the `>` of the root's start tag.
    pub root_end: usize,
    /// Where `</channel>` begins.
    pub channel_end: usize,
    /// Behind the channel's last element before its first item.
    about_end: Option<usize>,
    /// Prefix → namespace, of the root and the channel.
    pub prefixes: BTreeMap<String, String>,
    /// The whole element.
    pub last_build: Option<Range<usize>>,
    pub has_language: bool,
    pub has_ttl: bool,
    pub has_self_link: bool,
}

/// One `<item>` of the file.
#[derive(Debug, Default)]
pub struct KnownItem {
    pub range: Range<usize>,
    pub guid: Option<String>,
    pub date: Option<Timestamp>,
}

const RESTORE: &str = "restore the file from a backup, or move it away and send again: a new feed will be made";
const OTHER_PATH: &str = "set `path` in [feed] to an RSS 2.0 file, or to a file that does not exist yet";
const CONVERT: &str = "save the file as UTF-8 (and correct its first line), then send again";

impl Layout<'_> {
    /// White space between item `index` and what stands before it.
    pub fn gap_before(&self, index: usize) -> Range<usize> {
        let start = self.items[index].range.start;
        self.text[..start].trim_end().len()..start
    }

    /// The edit that takes an item out, with the white space before it.
    pub fn removal(&self, index: usize) -> (Range<usize>, String) {
        (self.gap_before(index).start..self.items[index].range.end, String::new())
    }

    /// Where an element can be inserted before all items: behind what the channel says about itself.
    pub fn before_items(&self) -> usize {
        if self.items.is_empty() { self.behind_items() } else { self.about_end.unwrap_or(self.gap_before(0).start) }
    }

    /// Where an element can be inserted behind all items.
    pub fn behind_items(&self) -> usize {
        self.items.last().map_or(self.text[..self.channel_end].trim_end().len(), |item| item.range.end)
    }

    /// The line end and indentation that this file writes before an item.
    pub fn indent(&self) -> &str {
        if self.items.is_empty() { INDENT } else { &self.text[self.gap_before(0)] }
    }
}

/// The time of an RFC 822 date, `GMT` and two-digit years included.
pub fn date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text.trim()).ok().map(|zoned| zoned.timestamp())
}

/// Reads a feed's layout.
pub fn scan(bytes: &[u8]) -> Result<Layout<'_>, FeedError> {
    let text = decode(bytes)?;
    let mut scanner = Scanner { layout: Layout { text, ..Layout::default() }, ..Scanner::default() };
    let mut reader = NsReader::from_str(text);
    reader.config_mut().check_comments = true;
    loop {
        let start = position(reader.buffer_position());
        let (namespace, event) = match reader.read_resolved_event() {
            Ok((namespace, event)) => (Name::of(&namespace), event),
            Err(error) => {
                let message = error.to_string();
                let reason = message.trim_start_matches("syntax error: ").trim_start_matches("ill-formed document: ");
                return Err(malformed(position(reader.error_position()), reason));
            }
        };
        let end = position(reader.buffer_position());
        if matches!(event, Event::Eof) {
            return scanner.finish(start);
        }
        scanner.event(namespace, &event, start..end)?;
        if let Event::Start(tag) | Event::Empty(tag) = &event {
            attribute_prefixes(&reader, tag, start)?;
        }
    }
}

fn position(offset: u64) -> usize {
    usize::try_from(offset).expect("a file in memory is smaller than the address space")
}

/// The text of the file, without its byte order mark.
fn decode(bytes: &[u8]) -> Result<&str, FeedError> {
    let error = |message: String, help| FeedError { message, help, offset: 0 };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(error("the feed is written in UTF-16".into(), CONVERT));
    }
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(error("the feed is compressed".into(), "unpack the file, then send again"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|invalid| FeedError {
        message: "the feed is not written in UTF-8".into(),
        help: CONVERT,
        offset: invalid.valid_up_to(),
    })?;
    if text.trim().is_empty() {
        return Err(error("the feed is empty".into(), RESTORE));
    }
    let forbidden = |c: char| !matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    match text.find(forbidden) {
        Some(at) => Err(malformed(at, "a character that XML does not allow")),
        None => Ok(text),
    }
}

fn malformed(offset: usize, reason: &str) -> FeedError {
    FeedError { message: format!("the feed is damaged: {reason}"), help: RESTORE, offset }
}

/// An element's namespace, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Atom,
    Other,
    /// A prefix that nothing declares.
    Unknown,
}

impl Name {
    fn of(namespace: &ResolveResult) -> Name {
        match namespace {
            ResolveResult::Bound(uri) if uri.0 == ATOM.1 => Name::Atom,
            ResolveResult::Unknown(_) => Name::Unknown,
            _ => Name::Other,
        }
    }
}

/// Attributes with a prefix that nothing declares make a document that readers refuse.
fn attribute_prefixes(reader: &NsReader<&[u8]>, tag: &BytesStart, offset: usize) -> Result<(), FeedError> {
    for attribute in tag.attributes().flatten().filter(|attribute| attribute.key.as_namespace_binding().is_none()) {
        if let (ResolveResult::Unknown(prefix), _) = reader.resolver().resolve_attribute(attribute.key) {
            return Err(malformed(offset, &format!("the prefix `{prefix}:` is not declared")));
        }
    }
    Ok(())
}

/// Reads events one after the other.
#[derive(Debug, Default)]
struct Scanner<'a> {
    layout: Layout<'a>,
    /// Names of the open elements.
    open: Vec<String>,
    /// Where the open element of the channel began.
    element_start: usize,
    item: KnownItem,
    /// The text of the open element of an item.
    value: String,
    seen_root: bool,
    seen_channel: bool,
    seen_channel_end: bool,
}

impl<'a> Scanner<'a> {
    fn event(&mut self, namespace: Name, event: &Event, range: Range<usize>) -> Result<(), FeedError> {
        match event {
            Event::Start(tag) => {
                self.check_tag(namespace, tag, range.start)?;
                self.opened(namespace, tag, &range)?;
                self.open.push(tag.name().0.to_owned());
            }
            Event::Empty(tag) => {
                self.check_tag(namespace, tag, range.start)?;
                self.opened(namespace, tag, &range)?;
                if self.open.len() < 2 {
                    return Err(malformed(range.start, "it has no channel with elements"));
                }
                self.open.push(tag.name().0.to_owned());
                self.closed(&range);
            }
            Event::End(_) => self.closed(&range),
            Event::Text(text) => self.text(&text.xml10_content(), range.start)?,
            Event::CData(text) => self.text(&text.xml10_content(), range.start)?,
            Event::GeneralRef(reference) => {
                let character = resolved(reference, range.start)?;
                self.text(&character, range.start)?;
            }
            Event::Decl(declaration) => check_declaration(declaration, range.start)?,
            Event::DocType(doctype) => return Err(document_type(doctype.xml10_content().as_ref(), range.start)),
            Event::Comment(_) | Event::PI(_) | Event::Eof => {}
        }
        Ok(())
    }

    /// Attributes once each, well-formed, with known references only.
    fn check_tag(&self, namespace: Name, tag: &BytesStart, offset: usize) -> Result<(), FeedError> {
        if namespace == Name::Unknown {
            return Err(malformed(offset, &format!("the prefix of <{}> is not declared", tag.name().0)));
        }
        for attribute in tag.attributes() {
            let broken = || malformed(offset, &format!("an attribute of <{}> is not well-formed", tag.name().0));
            let attribute = attribute.map_err(|_| broken())?;
            if attribute.value.contains('<') {
                return Err(broken());
            }
            unescape(&attribute.value).map_err(|_| broken())?;
        }
        Ok(())
    }

    fn opened(&mut self, namespace: Name, tag: &BytesStart, range: &Range<usize>) -> Result<(), FeedError> {
        let name = tag.name().0;
        match self.open.as_slice() {
            [] => self.opened_root(name, range)?,
            [_] if name == "channel" && self.seen_channel => {
                return Err(malformed(range.start, "it has two channels"));
            }
            [_] => self.seen_channel |= name == "channel",
            [_, channel] if channel == "channel" => {
                self.element_start = range.start;
                match name {
                    "item" => self.item = KnownItem::default(),
                    "language" => self.layout.has_language = true,
                    "ttl" => self.layout.has_ttl = true,
                    _ if namespace == Name::Atom && tag.local_name().as_ref() == "link" => {
                        self.layout.has_self_link |= has_rel_self(tag);
                    }
                    _ => {}
                }
            }
            [_, _, _] => self.value.clear(),
            _ => {}
        }
        if self.open.is_empty() || (self.open.len() == 1 && name == "channel") {
            self.declare_prefixes(tag);
        }
        Ok(())
    }

    fn opened_root(&mut self, name: &str, range: &Range<usize>) -> Result<(), FeedError> {
        if self.seen_root {
            return Err(malformed(range.start, "it goes on behind its end"));
        }
        self.seen_root = true;
        self.layout.root_end = range.end - 1;
        let message = match name {
            "rss" => return Ok(()),
            "feed" => "the file is an Atom feed; only RSS 2.0 can be extended".to_owned(),
            "rdf:RDF" => "the file is an RSS 1.0 feed; only RSS 2.0 can be extended".to_owned(),
            other => format!("the file is no feed: it begins with <{other}>, not with <rss>"),
        };
        Err(FeedError { message, help: OTHER_PATH, offset: range.start })
    }

    fn declare_prefixes(&mut self, tag: &BytesStart) {
        for attribute in tag.attributes().flatten() {
            if let Some(PrefixDeclaration::Named(prefix)) = attribute.key.as_namespace_binding() {
                let uri = unescape(&attribute.value).map(|uri| uri.into_owned()).unwrap_or_default();
                self.layout.prefixes.insert(prefix.to_owned(), uri);
            }
        }
    }

    fn closed(&mut self, range: &Range<usize>) {
        let name = self.open.pop().unwrap_or_default();
        let open: Vec<&str> = self.open.iter().map(String::as_str).collect();
        if matches!(open.as_slice(), [_, "channel"]) && name != "item" && self.layout.items.is_empty() {
            self.layout.about_end = Some(range.end);
        }
        match (open.as_slice(), name.as_str()) {
            ([_], "channel") => {
                self.layout.channel_end = range.start;
                self.seen_channel_end = true;
            }
            ([_, "channel"], "lastBuildDate") => self.layout.last_build = Some(self.element_start..range.end),
            ([_, "channel"], "item") => {
                self.item.range = self.element_start..range.end;
                self.layout.items.push(std::mem::take(&mut self.item));
            }
            ([_, "channel", "item"], "guid") => self.item.guid = Some(self.value.trim().to_owned()),
            ([_, "channel", "item"], "pubDate") => self.item.date = date(&self.value),
            _ => {}
        }
    }

    fn text(&mut self, text: &str, offset: usize) -> Result<(), FeedError> {
        if self.open.is_empty() && !text.trim().is_empty() {
            let message = if self.seen_root { "it goes on behind its end" } else { "it does not begin with XML" };
            return Err(malformed(offset, message));
        }
        if self.open.len() == 4 {
            self.value.push_str(text);
        }
        Ok(())
    }

    fn finish(self, end: usize) -> Result<Layout<'a>, FeedError> {
        match self.open.last() {
            Some(open) => Err(malformed(end, &format!("it ends before </{open}>"))),
            None if !self.seen_root => Err(malformed(end, "it has no <rss> element")),
            None if !self.seen_channel_end => Err(malformed(end, "it has no <channel>")),
            None => Ok(self.layout),
        }
    }
}

fn has_rel_self(tag: &BytesStart) -> bool {
    tag.attributes().flatten().any(|attribute| attribute.key.0 == "rel" && attribute.value.trim() == "self")
}

/// The character of `&amp;` or `&#8222;`; any other entity has no meaning in a feed.
fn resolved(reference: &BytesRef, offset: usize) -> Result<String, FeedError> {
    let written = format!("&{};", reference.xml10_content());
    unescape(&written)
        .map(|character| character.into_owned())
        .map_err(|_| malformed(offset, &format!("`{written}` has no meaning in XML")))
}

fn check_declaration(declaration: &BytesDecl, offset: usize) -> Result<(), FeedError> {
    if offset != 0 {
        return Err(malformed(offset, "the XML declaration does not stand at the beginning"));
    }
    let encoding = declaration.encoding().transpose().map_err(|error| malformed(offset, &error.to_string()))?;
    match encoding.as_deref() {
        Some(name) if !["utf-8", "utf8", "us-ascii", "ascii"].contains(&name.to_lowercase().as_str()) => {
            Err(FeedError { message: format!("the feed says that it is written in {name}"), help: CONVERT, offset })
        }
        _ => Ok(()),
    }
}

/// Document types bring entities, and entities bring a few lines that grow to gigabytes.
fn document_type(doctype: &str, offset: usize) -> FeedError {
    if doctype.trim_start().to_lowercase().starts_with("html") {
        return FeedError { message: "the file is a web page, no feed".into(), help: OTHER_PATH, offset };
    }
    let help = "remove the <!DOCTYPE …> from the file, then send again";
    FeedError { message: "the feed has a document type, which is not read for safety".into(), help, offset }
}
