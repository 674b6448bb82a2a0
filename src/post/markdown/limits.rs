//! Refuses texts on which a Markdown parser takes time or memory out of proportion. No post comes near any limit.
//!
//! comrak's time grows with the square of the depth of quotes and of the number of emphasis signs and brackets in one
//! paragraph (10,000 `>` in a row take seconds), and a table's missing cells are made up.

use crate::post::report::Spot;

/// Quotes and lists that one line may open inside each other.
const MAX_MARKERS: usize = 20;
/// Runs of `*`, `_`, `~` and brackets in lines without an empty line between them.
const MAX_SIGNS: usize = 2_000;
/// Columns of a table; and cells of all tables together, those that are not written included.
const MAX_COLUMNS: usize = 50;
const MAX_CELLS: usize = 50_000;
/// Blocks inside each other, for whoever walks the tree.
pub(super) const MAX_DEPTH: usize = 20;

/// What is too much, and where, in the body.
pub(super) struct Limit {
    line: usize,
    pub message: String,
    pub help: &'static str,
}

impl Limit {
    /// The place in the file, `offset` lines of which stand before the body.
    pub(super) fn spot(&self, offset: usize) -> Spot {
        Spot { line: self.line + offset, column: 1, width: 1 }
    }
}

/// Checks a body.
///
/// # Errors
/// The first thing that is too much.
pub(super) fn check(body: &str) -> Result<(), Limit> {
    let (mut signs, mut columns, mut cells) = (0, 0, 0);
    for (index, line) in body.lines().enumerate() {
        let limit = |message: String, help| Err(Limit { line: index + 1, message, help });
        if line.trim().is_empty() {
            (signs, columns) = (0, 0);
            continue;
        }
        if markers(line) > MAX_MARKERS {
            let message = format!("more than {MAX_MARKERS} quotes or lists inside each other");
            return limit(message, "delete the `>` or list signs at the beginning of the line");
        }
        signs += runs(line);
        if signs > MAX_SIGNS {
            let message = format!("more than {MAX_SIGNS} of the signs `*`, `_`, `~`, `[` in one paragraph");
            return limit(message, "put an empty line between paragraphs");
        }
        columns = columns.max(table_columns(line));
        cells += columns;
        if columns > MAX_COLUMNS || cells > MAX_CELLS {
            let message = format!("a table with more than {MAX_COLUMNS} columns, or {MAX_CELLS} cells in all");
            return limit(message, "link a spreadsheet instead");
        }
    }
    Ok(())
}

/// How many quote and list markers begin the line.
fn markers(line: &str) -> usize {
    let mut count = 0;
    let mut rest = line.trim_start();
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let item = match rest[digits..].chars().next() {
            Some('-' | '*' | '+') if digits == 0 => true,
            Some('.' | ')') if digits > 0 => true,
            _ => false,
        };
        rest = match rest.strip_prefix('>') {
            Some(rest) => rest,
            None if item && rest[digits + 1..].starts_with([' ', '\t']) => &rest[digits + 1..],
            None => return count,
        };
        rest = rest.trim_start();
        count += 1;
    }
}

/// Runs of emphasis signs, and opening brackets.
fn runs(line: &str) -> usize {
    let mut previous = ' ';
    let mut count = 0;
    for c in line.chars() {
        count += usize::from(c == '[' || (matches!(c, '*' | '_' | '~') && c != previous));
        previous = c;
    }
    count
}

/// The columns of a table whose delimiter row this line is; 0 for other lines.
fn table_columns(line: &str) -> usize {
    let pipes = line.bytes().filter(|byte| *byte == b'|').count();
    let delimiters = line.bytes().all(|byte| b"|:-> \t".contains(&byte));
    if pipes > 0 && delimiters && line.contains('-') { pipes + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_dashes_and_deep_but_sane_lists_pass() {
        for text in ["- - - - - - - -", "> > - 1. a", &"*".repeat(5_000), &"_".repeat(5_000), "a | b\n--|--\n1|2"] {
            assert!(check(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn names_the_line_that_is_too_much() {
        for text in [">".repeat(10_000), "- ".repeat(100), "1. ".repeat(30), "[".repeat(3_000), "*a ".repeat(3_000)] {
            assert_eq!(check(&format!("Text\n\n{text} a")).expect_err("too much").line, 3, "{}", &text[..10]);
        }
        let wide = format!("{}\n{}\n", "a|".repeat(2_000), "-|".repeat(2_000));
        assert_eq!(check(&wide).expect_err("too wide").line, 2);
        let long = format!("a|b\n-|-\n{}", "x\n".repeat(60_000));
        assert!(check(&long).is_err());
    }
}
