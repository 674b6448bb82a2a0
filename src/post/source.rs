//! The text of a post's file: decoded, with plain line ends, split into header and body.
//!
//! Comes in: the bytes and the file's name. Goes out: a [`Source`], or what keeps the file from being a post's text.
//! Never looks into the YAML or the Markdown.

use std::path::{Path, PathBuf};

use crate::finding::{Finding, Place};

/// The longest text of a post. A long recap has 20 kB; pictures and PDFs are files of their own.
const MAX_BYTES: usize = 1024 * 1024;

/// At most this many forbidden characters are named one by one.
const MAX_NAMED: usize = 10;

/// A post's text; every line ends with `\n`, and no character is a control character but tab and `\n`.
#[derive(Debug)]
pub(super) struct Source {
    file: PathBuf,
    text: String,
    /// Byte offset of each line's start.
    starts: Vec<usize>,
    /// Index of the first line after the opening `---`, and of the closing `---`, from 0.
    header: (usize, usize),
}

impl Source {
    /// Decodes and splits a file.
    ///
    /// # Errors
    /// What is wrong with the file as a text: encoding, size, control characters, the lines `---`.
    pub(super) fn read(file: &Path, bytes: &[u8]) -> Result<Source, Vec<Finding>> {
        let text = decode(file, bytes).map_err(|finding| vec![*finding])?;
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut source = Source { file: file.to_owned(), text, starts, header: (0, 0) };
        source.refuse_control_characters()?;
        source.header = source.split().map_err(|finding| vec![*finding])?;
        Ok(source)
    }

    /// The whole file.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The YAML between the two `---` lines.
    pub(super) fn header(&self) -> &str {
        &self.text[self.starts[self.header.0]..self.starts[self.header.1]]
    }

    /// The number of lines before the header's first line.
    pub(super) fn lines_before_header(&self) -> usize {
        self.header.0
    }

    /// The Markdown behind the header.
    pub(super) fn body(&self) -> &str {
        self.starts.get(self.header.1 + 1).map_or("", |start| &self.text[*start..])
    }

    /// The number of lines before the body's first line.
    pub(super) fn lines_before_body(&self) -> usize {
        self.header.1 + 1
    }

    /// A line without its end; the empty text where there is none. `number` counts from 1.
    pub(super) fn line(&self, number: usize) -> &str {
        let Some(start) = number.checked_sub(1).and_then(|index| self.starts.get(index)) else { return "" };
        let end = self.starts.get(number).map_or(self.text.len(), |next| next - 1);
        &self.text[*start..end]
    }

    /// The place of `width` characters at `line` and `column`, both from 1.
    pub(super) fn place(&self, line: usize, column: usize, width: usize) -> Place {
        Place { file: self.file.clone(), line, column, text: self.line(line).to_owned(), width: width.max(1) }
    }

    fn split(&self) -> Result<(usize, usize), Box<Finding>> {
        let is_fence = |index: usize| self.line(index + 1).trim_end() == "---";
        let Some(first) = (0..self.starts.len()).find(|index| !self.line(index + 1).trim().is_empty()) else {
            return Err(empty(&self.file).into());
        };
        if !is_fence(first) {
            let help = "begin the file with the lines `---`, `title: …`, `lang: de`, `---`; the text comes after them";
            return Err(Finding::error("no-header", "the post has no header: the first line is not `---`")
                .at(self.place(first + 1, 1, self.line(first + 1).chars().count()))
                .help(help)
                .into());
        }
        if let Some(end) = (first + 1..self.starts.len()).find(|index| is_fence(*index)) {
            return Ok((first + 1, end));
        }
        let opening = Finding::error("no-header-end", "the header has no end: a second line `---` is missing");
        let dashes = |line: &str| !line.is_empty() && line.chars().all(|c| matches!(c, '-' | '–' | '—' | '_' | '*'));
        let finding = match (first + 2..=self.starts.len()).find(|number| dashes(self.line(*number).trim())) {
            Some(number) => opening
                .at(self.place(number, 1, self.line(number).chars().count()))
                .help("write exactly three hyphens, `---`, with nothing before or after them"),
            None => opening
                .at(self.place(first + 1, 1, 3))
                .help("put a line `---` between the last `key: value` line and the text"),
        };
        Err(finding.into())
    }

    fn refuse_control_characters(&self) -> Result<(), Vec<Finding>> {
        let mut findings = Vec::new();
        for (index, line) in self.text.split('\n').enumerate() {
            for (column, bad) in line.chars().enumerate().filter(|(_, c)| *c != '\t' && is_forbidden(*c)) {
                if findings.len() == MAX_NAMED {
                    return Err(findings);
                }
                findings.push(
                    Finding::error(
                        "control-character",
                        format!("an invisible character that no text may contain: U+{:04X}", u32::from(bad)),
                    )
                    .at(self.place(index + 1, column + 1, 1))
                    .help("delete it and type the place again; it came in by copying from another program"),
                );
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(findings) }
    }
}

/// Characters that XML 1.0 (section 2.2) or mail headers cannot carry, and Unicode's noncharacters. Tab and `\n` are
/// among them; who allows these says so.
pub fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{FDD0}'..='\u{FDEF}') || u32::from(c) & 0xFFFE == 0xFFFE
}

fn empty(file: &Path) -> Finding {
    Finding::error("empty-file", "the file is empty")
        .at(Place::whole_file(file))
        .help("write a header and a text; `rundbrief new \"Title\"` makes a file to begin with")
}

/// The text with `\n` line ends and without a byte order mark.
fn decode(file: &Path, bytes: &[u8]) -> Result<String, Box<Finding>> {
    let whole = |rule, message: String| Finding::error(rule, message).at(Place::whole_file(file));
    if bytes.is_empty() {
        return Err(empty(file).into());
    }
    if let Some(kind) = foreign_format(bytes) {
        return Err(whole("not-text", format!("this is {kind}, not a text in UTF-8"))
            .help("save the text as plain text in UTF-8 (file name ending in .md)")
            .into());
    }
    if bytes.len() > MAX_BYTES {
        return Err(whole("too-long", "the post has more than 1,024 kB of text".to_owned())
            .help("keep pictures and PDFs as files of their own, or split the post")
            .into());
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.contains(&0) {
        return Err(whole("not-text", "this is not a text file: it contains NUL bytes".to_owned())
            .help("save the text as plain text in UTF-8 (file name ending in .md)")
            .into());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.replace("\r\n", "\n").replace('\r', "\n")),
        Err(error) => Err(not_utf8(file, bytes, error.valid_up_to()).into()),
    }
}

fn not_utf8(file: &Path, bytes: &[u8], at: usize) -> Finding {
    let lossy = String::from_utf8_lossy(bytes);
    let place = Place::at_offset(file, &lossy, at);
    let (guess, _, _) = encoding_rs::WINDOWS_1252.decode(&bytes[at..=at]);
    let meant = match guess.chars().next() {
        Some(letter) if letter.is_alphabetic() || "„“”‚‘’–—…«»€".contains(letter) => {
            format!(" (`{letter}` in Windows-1252, an older encoding)")
        }
        _ => String::new(),
    };
    Finding::error("not-utf8", format!("the file is not UTF-8: byte 0x{:02X}{meant}", bytes[at]))
        .at(place)
        .help("open the file in an editor and save it again with the encoding UTF-8")
}

fn foreign_format(bytes: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 8] = [
        (b"\xFF\xFE", "a text in UTF-16"),
        (b"\xFE\xFF", "a text in UTF-16"),
        (b"PK\x03\x04", "a Word document or another zip file"),
        (b"%PDF-", "a PDF"),
        (b"{\\rtf", "a rich text (RTF) document"),
        (b"\xD0\xCF\x11\xE0", "an old Word document"),
        (b"\xFF\xD8\xFF", "a JPEG picture"),
        (b"\x89PNG", "a PNG picture"),
    ];
    known.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Source, String> {
        Source::read(Path::new("a.md"), bytes).map_err(|findings| findings[0].message.clone())
    }

    #[test]
    fn splits_header_and_body_whatever_the_line_ends() {
        for text in ["---\na: 1\n---\nText\n", "\u{FEFF}---\r\na: 1\r\n---\r\nText\r\n", "---\ra: 1\r---\rText\r"] {
            let source = read(text.as_bytes()).expect("a post");
            assert_eq!((source.header(), source.body()), ("a: 1\n", "Text\n"));
            assert_eq!((source.lines_before_header(), source.lines_before_body()), (1, 3));
            assert_eq!(source.line(4), "Text");
        }
    }

    #[test]
    fn a_header_that_ends_with_the_file_has_an_empty_body() {
        assert_eq!(read(b"---\na: 1\n---").expect("a post").body(), "");
    }

    #[test]
    fn ten_megabytes_are_refused_by_their_size() {
        let message = read(&vec![b'a'; 10 << 20]).expect_err("too long");
        assert_eq!(message, "the post has more than 1,024 kB of text");
    }
}
