//! The text part of a mail, from the Markdown tree and not from the HTML.
//!
//! Comes in: the blocks of a post. Goes out: plain lines of at most 72 characters, with links as numbered notes. Never
//! changes a letter: no upper case, no straightened quotes, NBSP and soft hyphens stay.

use unicode_segmentation::UnicodeSegmentation;

use crate::post::{Block, BlockKind, Inline, Picture};
use crate::render::teaser::length::is_simple;
use crate::words::Words;

mod notes;
mod table;
mod wrap;

pub use notes::Notes;
pub use wrap::wrap;

/// Characters a line holds, as RFC 5322 section 2.1.1 allows with room for a reply's quote marks.
pub const WIDTH: usize = 72;

/// However deep lists and quotes are nested, a line keeps room for this many characters.
const NARROWEST: usize = 24;

/// The text of `blocks`, without a line end at its end. The URLs of links go into `notes`, whose list belongs at the
/// end of the mail.
pub fn body(blocks: &[Block], notes: &mut Notes, words: &Words) -> String {
    let mut writer = Writer { notes, words };
    let text = writer.blocks(blocks, WIDTH, false);
    text.lines().map(readable_line).collect::<Vec<_>>().join("\n")
}

/// The text of inline content on one line, its links numbered in `notes` as those of [`body`].
pub fn line(content: &[Inline], notes: &mut Notes, words: &Words) -> String {
    let text = Writer { notes, words }.inline(content);
    text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// How many columns a text takes: graphemes, of which slot tokens, soft hyphens and zero-width spaces take none.
pub fn width(text: &str) -> usize {
    if text.len() < wrap::SHORTEST_TOKEN && is_simple(text) {
        return text.chars().count();
    }
    let mut rest = text;
    let mut columns = 0;
    while !rest.is_empty() {
        let (start, end) = wrap::find_token(rest).unwrap_or((rest.len(), rest.len()));
        columns += rest[..start].graphemes(true).filter(|g| !matches!(*g, "\u{ad}" | "\u{200b}" | "\u{feff}")).count();
        rest = &rest[end..];
    }
    columns
}

/// A line without blanks at its end; one that old mailbox files would take for the start of the next mail (`From `)
/// moves right by a space, as in RFC 3676 section 4.4.
fn readable_line(line: &str) -> String {
    let line = line.trim_end_matches([' ', '\t']);
    if line.starts_with("From ") { format!(" {line}") } else { line.to_owned() }
}

struct Writer<'a> {
    notes: &'a mut Notes,
    words: &'a Words,
}

impl Writer<'_> {
    /// Blocks one below the other: an empty line between them, two before a heading, none inside a tight list.
    fn blocks(&mut self, blocks: &[Block], width: usize, tight: bool) -> String {
        let mut text = String::new();
        for block in blocks {
            let shown = self.block(block, width);
            if shown.is_empty() {
                continue;
            }
            if !text.is_empty() {
                text.push_str(match block.kind {
                    BlockKind::Heading { .. } => "\n\n\n",
                    _ if tight => "\n",
                    _ => "\n\n",
                });
            }
            text.push_str(&shown);
        }
        text
    }

    fn block(&mut self, block: &Block, width: usize) -> String {
        match &block.kind {
            BlockKind::Heading { level, content } => self.heading(*level, content, width),
            BlockKind::Paragraph(content) => wrap(&self.inline(content), width),
            BlockKind::Quote(inner) => prefixed(&self.blocks(inner, narrowed(width, 2), false), "> ", "> "),
            BlockKind::List { start, tight, items } => self.list(*start, *tight, items, width),
            BlockKind::Code { text } => text.trim_end_matches('\n').to_owned(),
            BlockKind::Picture(picture) => wrap(&self.picture(picture), width),
            BlockKind::Table { align, head, rows } => {
                let head: Vec<String> = head.iter().map(|cell| self.cell(cell)).collect();
                let rows: Vec<Vec<String>> =
                    rows.iter().map(|row| row.iter().map(|cell| self.cell(cell)).collect()).collect();
                table::table(align, &head, &rows, width)
            }
            BlockKind::Rule => "* * *".to_owned(),
        }
    }

    /// Underlined as wide as its longest line; each level of the post has its own sign.
    fn heading(&mut self, level: u8, content: &[Inline], width: usize) -> String {
        let text = wrap(&self.inline(content), width);
        if text.is_empty() {
            return text;
        }
        let sign = match level {
            1 => "=",
            2 => "-",
            _ => "~",
        };
        let longest = text.lines().map(self::width).max().unwrap_or(0).clamp(3, width);
        format!("{text}\n{}", sign.repeat(longest))
    }

    fn list(&mut self, start: Option<u64>, tight: bool, items: &[Vec<Block>], width: usize) -> String {
        let number = |index: usize| start.map(|first| first.saturating_add(index as u64).to_string());
        let digits = (0..items.len()).filter_map(number).map(|digits| digits.len()).max().unwrap_or(0);
        let mut shown = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let marker = match number(index) {
                Some(number) => format!("{number:>digits$}. "),
                None => "- ".to_owned(),
            };
            let text = self.blocks(item, narrowed(width, marker.len()), tight);
            shown.push(prefixed(&text, &marker, &" ".repeat(marker.len())));
        }
        shown.join(if tight { "\n" } else { "\n\n" })
    }

    fn picture(&mut self, picture: &Picture) -> String {
        let credit = picture.credit.as_deref().map(|credit| self.words.fill("email.photo", &[("credit", credit)]));
        let alt = Some(&picture.alt).filter(|alt| !alt.trim().is_empty());
        let shown = alt.map(|alt| format!("[{}]", self.words.fill("email.picture", &[("alt", alt)])));
        let shown = shown.map(|shown| match &picture.link {
            Some(url) => self.notes.link(&shown, url),
            None => shown,
        });
        [shown, credit].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn cell(&mut self, content: &[Inline]) -> String {
        self.inline(content).split([' ', '\t', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Inline content on one line but for its hard breaks. Emphasis has no sign of its own in plain text; struck text
    /// keeps its signs, since without them it would say the opposite.
    fn inline(&mut self, content: &[Inline]) -> String {
        let mut text = String::new();
        for inline in content {
            match inline {
                Inline::Text(part) | Inline::Code(part) => text.push_str(part),
                Inline::Emphasis(inner) | Inline::Strong(inner) => text.push_str(&self.inline(inner)),
                Inline::Strike(inner) => {
                    let inner = self.inline(inner);
                    text.push_str(&format!("~~{inner}~~"));
                }
                Inline::Link { url, content } => {
                    let shown = self.inline(content);
                    text.push_str(&self.notes.link(&shown, url));
                }
                Inline::SoftBreak => text.push(' '),
                Inline::HardBreak => text.push('\n'),
            }
        }
        text
    }
}

fn narrowed(width: usize, by: usize) -> usize {
    width.saturating_sub(by).max(NARROWEST)
}

/// The lines of a text behind a prefix, the first behind its own; empty lines get no blanks at their end.
fn prefixed(text: &str, first: &str, rest: &str) -> String {
    if text.is_empty() {
        return first.trim_end().to_owned();
    }
    let line = |(index, line): (usize, &str)| {
        let prefix = if index == 0 { first } else { rest };
        format!("{prefix}{line}").trim_end_matches(' ').to_owned()
    };
    text.split('\n').enumerate().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
