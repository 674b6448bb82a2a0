//! Pages as man(1) and its checkers want them.
//!
//! Comes in: roff as clap's library writes it. Goes out: roff that groff(1) and mandoc(1) read without a word, and that looks
//! as it was meant. Never changes what a page says.

use std::fmt::Write;

/// Without what they stumble over: each section's own definition of the apostrophe but the first, spaces at the end of lines,
/// and empty lines, which are spaces between paragraphs.
pub fn tidied(roff: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in roff.lines().map(str::trim_end) {
        let line = if line.is_empty() { ".sp" } else { line };
        let is_apostrophe = line.starts_with(".ie \\n(.g .ds Aq") || line.starts_with(".el .ds Aq");
        let again = is_apostrophe && lines.contains(&line);
        let no_break = matches!(line, ".br" | ".sp") && lines.last() == Some(&".sp");
        if again || no_break {
            continue;
        }
        if line == ".sp" && lines.last() == Some(&".br") {
            lines.pop();
        }
        lines.push(line);
    }
    lines.into_iter().map(|line| spelled(&in_bold(line)) + "\n").collect()
}

/// What stands between backticks, which roff takes for quotation marks, is bold.
fn in_bold(line: &str) -> String {
    let parts: Vec<&str> = line.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return line.to_owned();
    }
    let marked = |(number, part): (usize, &&str)| match number % 2 {
        0 => (*part).to_owned(),
        _ => format!("\\fB{part}\\fR"),
    };
    parts.iter().enumerate().map(marked).collect()
}

/// Characters that roff prints as others, and letters outside ASCII, which groff reads as Latin-1 unless it is told
/// otherwise (groff_char(7)).
fn spelled(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '~' => text.push_str("\\(ti"),
            '^' => text.push_str("\\(ha"),
            '`' => text.push_str("\\(ga"),
            c if c.is_ascii() => text.push(c),
            c => write!(text, "\\[u{:04X}]", u32::from(c)).expect("a string takes everything"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_printed_as_it_is() {
        assert_eq!(tidied("in ~/x^2 or `rundbrief send`"), "in \\(ti/x\\(ha2 or \\fBrundbrief send\\fR\n");
        assert_eq!(tidied("a ` alone\nE-Mail \u{2026}"), "a \\(ga alone\nE-Mail \\[u2026]\n");
    }

    #[test]
    fn there_is_one_space_between_paragraphs() {
        assert_eq!(tidied("a \n\n\n.br\nb\n.br\n\nc"), "a\n.sp\nb\n.sp\nc\n");
    }
}
