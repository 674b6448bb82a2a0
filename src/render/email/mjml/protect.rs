//! MJML rewritten so that mrml reads what its author meant.
//!
//! Comes in: MJML. Goes out: MJML with the same meaning and a map of offsets back to the original. Checks only what
//! the parser below mrml would panic on.

use super::Problem;
use super::stand_in::StandIns;
use crate::finding::nearest;

/// Elements whose text mrml hands on; between others white space means nothing.
const WITH_TEXT: [&str; 9] = [
    "mj-text",
    "mj-button",
    "mj-table",
    "mj-raw",
    "mj-navbar-link",
    "mj-social-element",
    "mj-accordion-title",
    "mj-accordion-text",
    "mj-preview",
];

/// The elements that mrml 6.0.1 knows; it hands others on as HTML without a word.
const KNOWN: [&str; 35] = [
    "mjml",
    "mj-head",
    "mj-body",
    "mj-attributes",
    "mj-all",
    "mj-class",
    "mj-breakpoint",
    "mj-font",
    "mj-preview",
    "mj-style",
    "mj-title",
    "mj-raw",
    "mj-include",
    "mj-accordion",
    "mj-accordion-element",
    "mj-accordion-title",
    "mj-accordion-text",
    "mj-button",
    "mj-carousel",
    "mj-carousel-image",
    "mj-column",
    "mj-divider",
    "mj-group",
    "mj-hero",
    "mj-image",
    "mj-navbar",
    "mj-navbar-link",
    "mj-section",
    "mj-social",
    "mj-social-element",
    "mj-spacer",
    "mj-table",
    "mj-text",
    "mj-wrapper",
    "mj-html-attributes",
];

/// HTML elements without an end.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// The rewritten MJML.
#[derive(Debug)]
pub(super) struct Protected {
    pub(super) mjml: String,
    /// What stands for `<` and `>` inside `mj-style` until the HTML is made.
    pub(super) stand_ins: StandIns,
    /// Offset in `mjml` and the offset in the original from which on both run alike, ascending.
    map: Vec<(usize, usize)>,
}

impl Protected {
    /// The offset in the original for one in `mjml`.
    pub(super) fn original(&self, offset: usize) -> usize {
        let after = self.map.partition_point(|(rewritten, _)| *rewritten <= offset);
        match after.checked_sub(1).map(|at| self.map[at]) {
            Some((rewritten, original)) => {
                let next = self.map.get(after).map_or(usize::MAX, |(_, original)| *original);
                (original + (offset - rewritten)).min(next)
            }
            None => offset,
        }
    }

    /// The offset in the original of a line and a column in `mjml`, both from 1.
    pub(super) fn offset_of(&self, row: usize, column: usize) -> usize {
        let line: usize = self.mjml.split_inclusive('\n').take(row.saturating_sub(1)).map(str::len).sum();
        let rest = &self.mjml[line..];
        let within = rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at);
        self.original(line + within)
    }
}

/// Rewrites MJML.
///
/// # Errors
/// An element that MJML does not know or that is not closed; a conditional comment that is not closed as mail programs write
/// them; a text in which every character occurs that could be a stand-in.
pub(super) fn protect(mjml: &str) -> Result<Protected, Problem> {
    let no_stand_in = || {
        let message = "the mail holds every character of Unicode's private use areas; delete those that are not meant";
        Problem { range: None, message: message.to_owned() }
    };
    let mut writer = Writer {
        source: mjml,
        at: 0,
        out: String::with_capacity(mjml.len()),
        map: Vec::new(),
        open: Vec::new(),
        stand_ins: StandIns::absent_from(mjml).ok_or_else(no_stand_in)?,
    };
    while writer.at < mjml.len() {
        writer.step()?;
    }
    if let Some((name, at)) = writer.open.first() {
        return Err(Problem { range: Some(*at..at + 1 + name.len()), message: format!("<{name}> is never closed") });
    }
    Ok(Protected { mjml: writer.out, stand_ins: writer.stand_ins, map: writer.map })
}

struct Writer<'a> {
    source: &'a str,
    at: usize,
    out: String,
    map: Vec<(usize, usize)>,
    /// The open elements: name and offset.
    open: Vec<(&'a str, usize)>,
    stand_ins: StandIns,
}

impl<'a> Writer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    /// Copies `length` bytes as they are.
    fn copy(&mut self, length: usize) {
        self.out.push_str(&self.source[self.at..self.at + length]);
        self.at += length;
    }

    /// Writes `text` in the place of `length` bytes.
    fn replace(&mut self, length: usize, text: &str) {
        self.map.push((self.out.len(), self.at));
        self.out.push_str(text);
        self.at += length;
        self.map.push((self.out.len(), self.at));
    }

    fn step(&mut self) -> Result<(), Problem> {
        let rest = self.rest();
        let in_style = matches!(self.open.last(), Some(("mj-style" | "style", _)));
        if in_style && !rest.starts_with("</mj-style") && !rest.starts_with("</style") {
            self.style();
        } else if rest.starts_with("<!--[if") || rest.starts_with("<![") || rest.starts_with("<!--<![") {
            self.conditional_or_cdata()?;
        } else if rest.starts_with("<!--") {
            let end = rest.find("-->").map_or(rest.len(), |end| end + 3);
            self.comment(end);
        } else if let Some(name) = rest.strip_prefix("</").and_then(tag_name) {
            self.closing_tag(name)?;
        } else if let Some(name) = rest.strip_prefix('<').and_then(tag_name) {
            self.known(name)?;
            self.opening_tag(name);
        } else if rest.starts_with('<') && !rest.starts_with("<?") && !rest.starts_with("<!") {
            self.replace(1, "&lt;");
        } else {
            let end = rest.char_indices().skip(1).find(|(_, c)| *c == '<').map_or(rest.len(), |(at, _)| at);
            self.text(&rest[..end]);
        }
        Ok(())
    }

    /// Comments may not hold `--`, or end with `-`, for the parser; inside them nothing is shown.
    fn comment(&mut self, length: usize) {
        let inside = self.rest()[..length].trim_start_matches("<!--").trim_end_matches("-->");
        if inside.contains("--") || inside.ends_with('-') { self.replace(length, "") } else { self.copy(length) }
    }

    /// The inside of `mj-style`, or of a `style` in `mj-raw`.
    fn style(&mut self) {
        let rest = self.rest();
        let end = ["</mj-style", "</style"].iter().filter_map(|tag| rest.find(tag)).min().unwrap_or(rest.len());
        for piece in rest[..end].split_inclusive(['<', '>']) {
            match piece.chars().next_back().and_then(|sign| self.stand_ins.of(sign)) {
                Some(written) => {
                    self.copy(piece.len() - 1);
                    self.replace(1, written.encode_utf8(&mut [0; 4]));
                }
                None => self.copy(piece.len()),
            }
        }
    }

    /// `<!--[if mso]>`, `<![endif]-->`, `<!--<![endif]-->` and CDATA.
    fn conditional_or_cdata(&mut self) -> Result<(), Problem> {
        let rest = self.rest();
        if let Some(inside) = rest.strip_prefix("<![CDATA[") {
            let (inside, length) = inside.find("]]>").map_or((inside, rest.len()), |end| (&inside[..end], end + 12));
            let text = crate::render::email::escape::escape(inside);
            self.replace(length, &text);
            return Ok(());
        }
        let closed = rest.find(']').filter(|end| {
            rest.get(3..*end).is_some_and(|inside| !inside.contains(['<', '\n'])) || rest.starts_with("<!--<![")
        });
        let tail = closed.map(|end| (end, &rest[end + 1..]));
        let ending = |tail: &str| [">-->", "><!-->", "-->", ">"].into_iter().find(|ending| tail.starts_with(ending));
        match tail.and_then(|(end, tail)| ending(tail).map(|ending| end + 1 + ending.len())) {
            Some(length) => {
                self.copy(length);
                Ok(())
            }
            None => Err(Problem {
                range: Some(self.at..self.at + rest.find('\n').unwrap_or(rest.len())),
                message: "this conditional comment is not written as mail programs read it; write <!--[if mso]> … \
                          <![endif]--> or <!--[if !mso]><!--> … <!--<![endif]-->"
                    .to_owned(),
            }),
        }
    }

    fn known(&self, name: &str) -> Result<(), Problem> {
        if !name.starts_with("mj") || KNOWN.contains(&name) {
            return Ok(());
        }
        let meant = nearest(name, KNOWN).map(|known| format!("; did you mean <{known}>?")).unwrap_or_default();
        let message = format!("<{name}> is not known to MJML{meant}");
        Err(Problem { range: Some(self.at..self.at + 1 + name.len()), message })
    }

    /// mrml takes any closing tag for the one it waits for.
    fn closing_tag(&mut self, name: &str) -> Result<(), Problem> {
        let rest = self.rest();
        let end = rest.find('>').map_or(rest.len(), |end| end + 1);
        match self.open.pop() {
            Some((open, _)) if open == name => {
                self.copy(end);
                Ok(())
            }
            Some((open, at)) => Err(Problem {
                range: Some(at..at + 1 + open.len()),
                message: format!("<{open}> is not closed before </{name}>"),
            }),
            None => Err(Problem { range: Some(self.at..self.at + end), message: format!("</{name}> closes nothing") }),
        }
    }

    fn opening_tag(&mut self, name: &'a str) {
        let start = self.at;
        self.copy(1 + name.len());
        let mut quote = None;
        let mut previous = ' ';
        while let Some(c) = self.rest().chars().next() {
            let rest = self.rest();
            let unchanged = match quote {
                None => rest.find(['>', '"', '\'']).unwrap_or(rest.len()),
                Some(open) => rest.bytes().take_while(|byte| is_plain(*byte) && char::from(*byte) != open).count(),
            };
            if unchanged > 0 {
                previous = rest[..unchanged].chars().rev().find(|c| !c.is_whitespace()).unwrap_or(previous);
                self.copy(unchanged);
                continue;
            }
            match quote {
                None if c == '>' => {
                    self.copy(1);
                    if previous != '/' && !VOID.contains(&name) {
                        self.open.push((name, start));
                    }
                    return;
                }
                None => {
                    if matches!(c, '"' | '\'') && previous == '=' {
                        quote = Some(c);
                    }
                    self.copy(c.len_utf8());
                }
                Some(open) if c == open => {
                    quote = None;
                    self.copy(1);
                }
                Some(_) => self.attribute_character(c),
            }
            if !c.is_whitespace() {
                previous = c;
            }
        }
    }

    /// A reference for each character that Rust's `{:?}` would write otherwise, and for `<`.
    fn attribute_character(&mut self, c: char) {
        let changed = c != '\'' && c.escape_debug().nth(1).is_some();
        match c {
            '"' => self.replace(1, "&quot;"),
            '<' => self.replace(1, "&lt;"),
            c if changed => self.replace(c.len_utf8(), &format!("&#x{:x};", u32::from(c))),
            c => self.copy(c.len_utf8()),
        }
    }

    fn text(&mut self, text: &'a str) {
        let inside = self.open.iter().rev().map(|(name, _)| *name).find(|name| name.starts_with("mj"));
        if inside == Some("mj-title") {
            // The title becomes an attribute too.
            text.chars().for_each(|c| self.attribute_character(c));
        } else if !text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
            // The parser below mrml panics on `ä>`, cutting the letter in two.
            text.split_inclusive('>').for_each(|piece| match piece.strip_suffix('>') {
                Some(before) => {
                    self.copy(before.len());
                    self.replace(1, "&gt;");
                }
                None => self.copy(piece.len()),
            });
        } else if inside.is_some_and(|name| WITH_TEXT.contains(&name)) {
            if text.starts_with('\n') { self.replace(text.len(), " ") } else { self.copy(text.len()) }
        } else {
            self.replace(text.len(), "\n");
        }
    }
}

/// Whether a byte in an attribute is a character that Rust's `{:?}` writes as it is.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'<' | b'\\')
}

/// The name at the start of what follows `<` or `</`.
fn tag_name(rest: &str) -> Option<&str> {
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_'))).unwrap_or(rest.len());
    (rest.starts_with(|c: char| c.is_ascii_alphabetic()) && end > 0).then(|| &rest[..end])
}
