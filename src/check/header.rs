//! The texts of the header as passages, each character with its place in the YAML.
//!
//! Comes in: a post. Goes out: passages. A text that YAML writes in another way than it reads is at its key.

use crate::post::passage::{Passage, PassageKind};
use crate::post::{OwnTeaser, Post, Spot};

/// How far a character is looked for in the YAML, in bytes: past indentation and signs of escape.
const NEAR: usize = 12;

/// The texts that readers see, in the order of the header's usual keys; then the words of the body's pictures.
pub(super) fn passages(post: &Post) -> Vec<Passage> {
    let header = &post.header;
    let texts = std::iter::once(("title", header.title.as_str())).chain(optional(post));
    let mut passages: Vec<Passage> = texts.map(|(key, text)| passage(post, key, text)).collect();
    for picture in post.pictures().into_iter().filter(|picture| header.image.as_ref() != Some(*picture)) {
        let column = picture.column + "![".len();
        passages.push(Passage::at(PassageKind::Header("picture"), &picture.alt, picture.line, column));
        if let Some(credit) = &picture.credit {
            let line = post.written.line(picture.line);
            let column = line.find(credit.as_str()).map_or(picture.column, |at| line[..at].chars().count() + 1);
            passages.push(Passage::at(PassageKind::Header("credit"), credit, picture.line, column));
        }
    }
    passages
}

fn optional<'p>(post: &'p Post) -> Vec<(&'static str, &'p str)> {
    let header = &post.header;
    let mut texts = Vec::new();
    let mut add = |key: &'static str, text: Option<&'p String>| {
        if let Some(text) = text {
            texts.push((key, text.as_str()));
        }
    };
    add("subject", header.subject.as_ref());
    add("preheader", header.preheader.as_ref());
    add("author", header.author.as_ref());
    match &header.teaser {
        OwnTeaser::None => {}
        OwnTeaser::Text(text) => add("teaser", Some(text)),
        OwnTeaser::ByChannel(all) => all.values().for_each(|text| add("teaser", Some(text))),
    }
    if let Some(event) = &header.event {
        add("event", event.name.as_ref());
        add("event", event.place.as_ref());
    }
    if let Some(image) = &header.image {
        add("image", Some(&image.alt));
        add("image", image.credit.as_ref());
    }
    for date in &header.dates {
        add("dates", Some(&date.name));
        add("dates", date.place.as_ref());
    }
    header.posts.iter().for_each(|section| add("posts", section.heading.as_ref()));
    texts
}

/// Where a value of a key stands; the key itself, where it is written in another way than it reads.
pub(super) fn spot_of(post: &Post, key: &str, value: &str) -> Spot {
    let line = post.header.lines.get(key).copied().unwrap_or(1);
    in_lines(post, line, value).unwrap_or(Spot { line, column: 1, width: key.len() })
}

/// A value that is written as it reads, in one line of a key.
fn in_lines(post: &Post, first: usize, value: &str) -> Option<Spot> {
    let region = region(post, first);
    region.split('\n').zip(first..).find_map(|(line, number)| {
        let at = line.find(value)?;
        Some(Spot { line: number, column: line[..at].chars().count() + 1, width: value.chars().count() })
    })
}

/// The lines of a key, up to the next one's.
fn region(post: &Post, first: usize) -> &str {
    let text = &post.written.text;
    let mut starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let start = starts.nth(first.saturating_sub(1)).unwrap_or(text.len());
    let next = |line: &str| !line.starts_with([' ', '\t', '#', '-', '\n']) || line.starts_with("---");
    let mut end = start;
    for (index, line) in text[start..].split_inclusive('\n').enumerate() {
        if index > 0 && next(line) {
            break;
        }
        end += line.len();
    }
    &text[start..end]
}

/// The value of a key as a passage.
fn passage(post: &Post, key: &'static str, value: &str) -> Passage {
    let kind = PassageKind::Header(key);
    let first = post.header.lines.get(key).copied().unwrap_or(1);
    let region = region(post, first);
    let head: String = value.chars().take(12).take_while(|c| !c.is_whitespace() && !"\"'\\".contains(*c)).collect();
    let behind_key = region.find(':').map_or(0, |at| at + 1);
    let Some(start) = region[behind_key..].find(&head).map(|at| at + behind_key).filter(|_| !head.is_empty()) else {
        return Passage::at(kind, value, first, 1);
    };
    let position = |at: usize| {
        let before = &region[..at];
        let line = before.matches('\n').count();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (first + line, before[start..].chars().count() + 1)
    };
    let (line, column) = position(start);
    let mut passage = Passage::new(kind, line, column);
    let (mut at, mut moved) = (start, false);
    for c in value.chars() {
        let rest = &region[at..];
        let (from, length) = match rest.chars().next() {
            Some(first) if first == c => (0, c.len_utf8()),
            // A line of YAML that goes on in the next one.
            Some(first) if c.is_whitespace() && first.is_whitespace() => (0, rest.len() - rest.trim_start().len()),
            _ => match rest[..rest.floor_char_boundary(NEAR)].find(c) {
                Some(found) => (found, c.len_utf8()),
                None => (0, 0),
            },
        };
        if moved || from > 0 {
            let (line, column) = position(at + from);
            passage.go_to(line, column);
        }
        moved = length != c.len_utf8();
        passage.text.push(c);
        at += from + length;
    }
    passage
}
