//! Running text as readers see it, with the place in the file of each of its characters.
//!
//! Comes in: stretches of text with their places, while a post is parsed. Goes out: a [`Passage`] that whoever looks for
//! something in the text can ask where it stands. Knows nothing of Markdown.

use std::ops::Range;

use crate::post::report::Spot;

/// Stands in a passage for what is no prose: code, and tags that are shown as text.
pub const NO_PROSE: char = '\u{FFFC}';

/// A heading, a paragraph, a cell of a table or a value of the header, as text without markup. A line end in the source
/// is a space, a line break for the reader `\n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    pub kind: PassageKind,
    pub text: String,
    pub links: Vec<LinkSpan>,
    /// By offset, at least one.
    anchors: Vec<Anchor>,
}

/// What a passage is to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassageKind {
    /// The value of this key.
    Header(&'static str),
    /// As written, `#` is 1.
    Heading(u8),
    Paragraph,
    Cell,
}

/// A link in a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSpan {
    /// Of its words in the text; empty where a picture is the link.
    pub range: Range<usize>,
    pub url: String,
    pub spot: Spot,
}

/// From this offset of the text on, characters stand one after the other from this place on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Anchor {
    at: usize,
    line: usize,
    column: usize,
}

impl Passage {
    /// An empty passage that begins at a place, line and column from 1.
    pub fn new(kind: PassageKind, line: usize, column: usize) -> Passage {
        Passage { kind, text: String::new(), links: Vec::new(), anchors: vec![Anchor { at: 0, line, column }] }
    }

    /// A passage whose whole text stands at one place.
    pub fn at(kind: PassageKind, text: &str, line: usize, column: usize) -> Passage {
        Passage { text: text.to_owned(), ..Passage::new(kind, line, column) }
    }

    /// What is added from now on stands at this place.
    pub fn go_to(&mut self, line: usize, column: usize) {
        let anchor = Anchor { at: self.text.len(), line, column };
        match self.anchors.last_mut() {
            Some(last) if last.at == anchor.at => *last = anchor,
            _ => self.anchors.push(anchor),
        }
    }

    /// The line in which the passage begins.
    pub fn line(&self) -> usize {
        self.anchors[0].line
    }

    /// Where a part of the text stands; the width is that of its first line.
    pub fn spot(&self, range: Range<usize>) -> Spot {
        let index = self.anchors.partition_point(|anchor| anchor.at <= range.start).saturating_sub(1);
        let anchor = self.anchors[index];
        let next_line = self.anchors[index..].iter().find(|later| later.line != anchor.line);
        let end = next_line.map_or(range.end, |later| later.at.min(range.end)).max(range.start);
        let column = anchor.column + self.text[anchor.at..range.start].chars().count();
        Spot { line: anchor.line, column, width: self.text[range.start..end].trim_end().chars().count().max(1) }
    }

    /// The words of a link.
    pub fn words_of(&self, link: &LinkSpan) -> &str {
        &self.text[link.range.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_goes_on_in_the_next_line_is_shown_on_its_first() {
        let mut passage = Passage::new(PassageKind::Paragraph, 7, 3);
        passage.text.push_str("Ämter auf ");
        passage.go_to(8, 1);
        passage.text.push_str("Zeit");
        assert_eq!(passage.spot(7..14), Spot { line: 7, column: 9, width: 3 });
        assert_eq!(passage.spot(11..15), Spot { line: 8, column: 1, width: 4 });
    }
}
