//! One thing that is wrong or doubtful in a file of the user: what, where, and what to do about it.
//!
//! Comes in: a file name, its text and a position. Goes out: a [`Finding`] that prints like a compiler's message.
//! Never reads a file itself.

use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

use serde::Serialize;

/// How much a finding weighs: an error stops the work, a warning is only said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Warning,
    Error,
}

/// A place in a file. Lines and columns count from 1; columns count characters, not bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: PathBuf,
    pub line: usize,
    pub column: usize,
    /// The whole source line, without its line end.
    pub text: String,
    /// How many characters are underlined; at least one.
    pub width: usize,
}

impl Place {
    /// The place of the byte `offset` in `source`; an offset past the end is the last position.
    pub fn at_offset(file: &Path, source: &str, offset: usize) -> Place {
        let mut offset = offset.min(source.len());
        while !source.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &source[..offset];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[start..].chars().count() + 1;
        Place::at_line(file, source, line, column)
    }

    /// The place at `line` and `column`, both from 1.
    pub fn at_line(file: &Path, source: &str, line: usize, column: usize) -> Place {
        let text = source.lines().nth(line.saturating_sub(1)).unwrap_or("").to_owned();
        Place { file: file.to_owned(), line, column, text, width: 1 }
    }

    /// The same place with `width` characters underlined.
    pub fn with_width(mut self, width: usize) -> Place {
        self.width = width.max(1);
        self
    }

    /// A file as a whole, where no line can be named.
    pub fn whole_file(file: &Path) -> Place {
        Place { file: file.to_owned(), line: 0, column: 0, text: String::new(), width: 1 }
    }
}

/// One thing to say about the user's input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable kebab-case name, for tools and for settings.
    pub rule: &'static str,
    pub severity: Severity,
    pub place: Option<Place>,
    /// One sentence: what is wrong.
    pub message: String,
    /// One sentence: what to do.
    pub help: Option<String>,
}

impl Finding {
    /// An error without a place; add one with [`Finding::at`].
    pub fn error(rule: &'static str, message: impl Into<String>) -> Finding {
        Finding { rule, severity: Severity::Error, place: None, message: message.into(), help: None }
    }

    /// A warning without a place; add one with [`Finding::at`].
    pub fn warning(rule: &'static str, message: impl Into<String>) -> Finding {
        Finding { severity: Severity::Warning, ..Finding::error(rule, message) }
    }

    pub fn at(mut self, place: Place) -> Finding {
        self.place = Some(place);
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// `error: …`, the place, the line itself with a caret, and the help, as compilers print them. `{:#}` names the rule, too.
impl Display for Finding {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}: {}", self.message)?;
        let mut gutter = 1;
        if let Some(place) = &self.place {
            if place.line == 0 {
                write!(f, "\n  --> {}", place.file.display())?;
            } else {
                let number = place.line.to_string();
                gutter = number.len();
                let space = " ".repeat(gutter);
                write!(f, "\n{space} --> {}:{}:{}", place.file.display(), place.line, place.column)?;
                let (shown, column) = excerpt(&place.text, place.column);
                let width = place.width.min(shown.chars().count().saturating_sub(column - 1).max(1));
                write!(f, "\n{space} |\n{number} | {shown}")?;
                write!(f, "\n{space} | {}{}", " ".repeat(column - 1), "^".repeat(width))?;
            }
        }
        if let Some(help) = &self.help {
            write!(f, "\n{} = help: {help}", " ".repeat(gutter))?;
        }
        if f.alternate() {
            write!(f, "\n{} = rule: {}", " ".repeat(gutter), self.rule)?;
        }
        Ok(())
    }
}

/// At most 100 characters of a line around the column, with tabs and control characters as spaces, and the column
/// in that excerpt. A newsletter's paragraphs are single lines of a thousand characters.
fn excerpt(line: &str, column: usize) -> (String, usize) {
    const SHOWN: usize = 100;
    let characters: Vec<char> = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let column = column.clamp(1, characters.len() + 1);
    if characters.len() <= SHOWN {
        return (characters.into_iter().collect(), column);
    }
    let start = if column <= SHOWN - 20 { 0 } else { column - 40 };
    let end = (start + SHOWN).min(characters.len());
    let mut shown: String = characters[start..end].iter().collect();
    let mut column = column - start;
    if start > 0 {
        shown.insert(0, '…');
        column += 1;
    }
    if end < characters.len() {
        shown.push('…');
    }
    (shown, column)
}

/// The candidate nearest to `word` by edit distance, if one is near enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1) + 1)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_file_line_column_the_line_itself_and_the_help() {
        let source = "---\ntitel: Ä\n";
        let place = Place::at_line(Path::new("newsletters/a.md"), source, 2, 1).with_width(5);
        let finding = Finding::error("unknown-key", "unknown key `titel`").at(place).help("did you mean `title`?");
        assert_eq!(
            finding.to_string(),
            "error: unknown key `titel`\n  --> newsletters/a.md:2:1\n  |\n2 | titel: Ä\n  | ^^^^^\n  = help: did you mean `title`?"
        );
    }

    #[test]
    fn counts_columns_in_characters() {
        let place = Place::at_offset(Path::new("a.md"), "äöü x", "äöü ".len());
        assert_eq!((place.line, place.column), (1, 5));
    }

    #[test]
    fn a_long_line_is_shown_around_its_column() {
        let line = "x".repeat(5_000);
        let (shown, column) = excerpt(&line, 3_000);
        assert!(shown.chars().count() <= 102 && column <= 102, "{} {column}", shown.len());
    }

    #[test]
    fn finds_the_key_that_was_meant_and_no_far_one() {
        assert_eq!(nearest("titel", ["title", "tags"]), Some("title"));
        assert_eq!(nearest("quantenphysik", ["title", "tags"]), None);
    }
}
