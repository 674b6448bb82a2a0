//! The running text of the body with the place of each character, beside the tree that renderers take.

use comrak::nodes::{AstNode, NodeHeading, NodeValue};

use crate::post::markdown::bare;
use crate::post::markdown::limits::MAX_DEPTH;
use crate::post::markdown::star;
use crate::post::markdown::walk::Walk;
use crate::post::passage::{LinkSpan, NO_PROSE, Passage, PassageKind};

/// How far the text is looked for behind the place that the parser tells, in bytes.
const NEAR: usize = 80;

/// The headings, paragraphs and cells below a node, in reading order.
pub(super) fn passages<'a>(walk: &Walk<'_, '_>, root: &'a AstNode<'a>) -> Vec<Passage> {
    let mut found = Vec::new();
    let mut cursor = Cursor::default();
    below(walk, root, 0, &mut cursor, &mut found);
    found
}

fn below<'a>(walk: &Walk<'_, '_>, node: &'a AstNode<'a>, depth: usize, cursor: &mut Cursor, found: &mut Vec<Passage>) {
    for child in node.children().take_while(|_| depth <= 3 * MAX_DEPTH) {
        let kind = match child.data().value {
            NodeValue::Paragraph => PassageKind::Paragraph,
            NodeValue::Heading(NodeHeading { level, .. }) => PassageKind::Heading(level),
            NodeValue::TableCell => PassageKind::Cell,
            _ => {
                below(walk, child, depth + 1, cursor, found);
                continue;
            }
        };
        let start = walk.start_with(child, cursor);
        let mut reader = Reader { walk, cursor, passage: Passage::new(kind, start.0, start.1) };
        reader.children(child, 0);
        if !reader.passage.text.trim().is_empty() || !reader.passage.links.is_empty() {
            found.push(reader.passage);
        }
    }
}

/// A position in the parser's text whose column is known, so that the next one need not be counted from the line's start.
#[derive(Default)]
pub(super) struct Cursor {
    line: usize,
    byte: usize,
    /// Characters before `byte`.
    characters: usize,
}

impl Cursor {
    /// The column, from 1, of a byte of a line.
    fn column(&mut self, number: usize, line: &str, byte: usize) -> usize {
        if self.line != number || byte < self.byte {
            *self = Cursor { line: number, byte: 0, characters: 0 };
        }
        self.characters += line[self.byte..byte].chars().count();
        self.byte = byte;
        self.characters + 1
    }
}

impl Walk<'_, '_> {
    /// Line in the file and column at which a node begins.
    fn start_with(&self, node: &AstNode<'_>, cursor: &mut Cursor) -> (usize, usize) {
        let start = node.data().sourcepos.start;
        let line = self.seen(start.line);
        let byte = line.floor_char_boundary((start.column - 1).min(line.len()));
        (start.line + self.offset, cursor.column(start.line, line, byte))
    }
}

struct Reader<'r, 'w, 's> {
    walk: &'r Walk<'w, 's>,
    cursor: &'r mut Cursor,
    passage: Passage,
}

impl Reader<'_, '_, '_> {
    fn children<'a>(&mut self, node: &'a AstNode<'a>, depth: usize) {
        for child in node.children().take_while(|_| depth <= MAX_DEPTH) {
            self.inline(child, depth);
        }
    }

    fn inline<'a>(&mut self, node: &'a AstNode<'a>, depth: usize) {
        match &node.data().value {
            NodeValue::Text(text) => self.text(node, text),
            NodeValue::SoftBreak => self.passage.text.push(' '),
            NodeValue::LineBreak => self.passage.text.push('\n'),
            NodeValue::HtmlInline(literal) if literal.starts_with("<!--") => {}
            NodeValue::Code(_) | NodeValue::HtmlInline(_) => {
                let (line, column) = self.walk.start_with(node, self.cursor);
                self.passage.go_to(line, column);
                self.passage.text.push(NO_PROSE);
            }
            NodeValue::Link(link) => {
                let start = self.passage.text.len();
                let (line, column) = self.walk.start_with(node, self.cursor);
                self.children(node, depth + 1);
                let mut url = star::show(&link.url);
                let mut end = self.passage.text.len();
                let words = &self.passage.text[start..];
                if url.ends_with(words) {
                    let behind = words.len() - bare::address(words).len();
                    url.truncate(url.len() - behind);
                    end -= behind;
                }
                let same_line = node.data().sourcepos.end.line == node.data().sourcepos.start.line;
                let width = if same_line { self.width(node) } else { 1 };
                let spot = crate::post::report::Spot { line, column, width };
                self.passage.links.push(LinkSpan { range: start..end, url, spot });
            }
            NodeValue::Image(_) => {}
            _ => self.children(node, depth + 1),
        }
    }

    /// Of a node on one line, in characters.
    fn width(&self, node: &AstNode<'_>) -> usize {
        let position = node.data().sourcepos;
        let line = self.walk.seen(position.start.line);
        let byte = |column: usize| line.floor_char_boundary(column.min(line.len()));
        let (start, end) = (byte(position.start.column - 1), byte(position.end.column));
        line.get(start..end).map_or(1, |link| link.chars().count().max(1))
    }

    /// Adds a text; where it differs from the source, as after `\*` and `&nbsp;`, the place is found again.
    fn text(&mut self, node: &AstNode<'_>, text: &str) {
        let start = node.data().sourcepos.start;
        let line = self.walk.seen(start.line);
        let number = start.line + self.walk.offset;
        let mut at = line.floor_char_boundary((start.column - 1).min(line.len()));
        let mut moved = true;
        for c in text.chars() {
            let rest = &line[at..];
            let (from, length) = source_of(c, rest);
            if moved || from > 0 {
                let column = self.cursor.column(start.line, line, at + from);
                self.passage.go_to(number, column);
            }
            moved = length != c.len_utf8();
            self.passage.text.push(star::show_one(c));
            at += from + length;
        }
    }
}

/// Where a character of the text stands in the rest of its line, and how many bytes it takes there.
fn source_of(c: char, rest: &str) -> (usize, usize) {
    let mut characters = rest.chars();
    match characters.next() {
        Some(first) if first == c => (0, c.len_utf8()),
        Some('\\') if characters.next() == Some(c) => (1, c.len_utf8()),
        Some('&') if rest[..rest.floor_char_boundary(40)].contains(';') => {
            (0, rest.find(';').map_or(1, |semicolon| semicolon + 1))
        }
        _ => match rest[..rest.floor_char_boundary(NEAR)].find(c) {
            Some(at) => (at, c.len_utf8()),
            None => (0, 0),
        },
    }
}
