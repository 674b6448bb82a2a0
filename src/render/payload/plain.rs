//! Text that stays text where a network would read markup or mentions in it.
//!
//! Comes in: a text as it is to be read. Goes out: the same, written so that it is read so; or its runs, links apart.

use std::ops::Range;

use crate::render::link;

/// Stands behind an `@` so that it addresses nobody. It is not seen.
const NOTHING: char = '\u{200b}';

/// A stretch of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run<'a> {
    Text(&'a str),
    Url(&'a str),
}

/// The text in its runs, in their order.
pub(super) fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut from = 0;
    for Range { start, end } in link::urls(text) {
        runs.push(Run::Text(&text[from..start]));
        runs.push(Run::Url(&text[start..end]));
        from = end;
    }
    runs.push(Run::Text(&text[from..]));
    runs.retain(|run| *run != Run::Text(""));
    runs
}

/// For networks that read Markdown: nothing is emphasis, a list, a heading or a mention. Where the written text would be
/// longer than `limit` UTF-16 code units, the marks are left as they are: better an odd italic than no post.
pub(super) fn markdown(text: &str, limit: usize) -> String {
    let written = outside_urls(text, |part, begins_line| without_mentions(&escaped(part, begins_line)));
    match written.encode_utf16().count() <= limit {
        true => written,
        false => outside_urls(text, |part, _| without_mentions(part)),
    }
}

/// Whoever an `@` at the beginning of a word would call is not called. An e-mail address stays as it is.
pub(super) fn without_mentions(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        written.push(character);
        let begins = !(before.is_alphanumeric() || matches!(before, '_' | '.' | '-'));
        if character == '@' && begins && characters.peek().is_some_and(|next| next.is_alphanumeric()) {
            written.push(NOTHING);
        }
        before = character;
    }
    written
}

fn outside_urls(text: &str, write: impl Fn(&str, bool) -> String) -> String {
    let mut written = String::with_capacity(text.len());
    for run in runs(text) {
        match run {
            Run::Text(part) => {
                let begins_line = written.is_empty() || written.ends_with('\n');
                written.push_str(&write(part, begins_line));
            }
            Run::Url(url) => written.push_str(url),
        }
    }
    written
}

/// A backslash before what marks something up, anywhere or at the beginning of a line.
fn escaped(text: &str, begins_line: bool) -> String {
    let lines = text.split('\n').enumerate().map(|(number, line)| line_escaped(line, begins_line || number > 0));
    lines.collect::<Vec<_>>().join("\n")
}

fn line_escaped(line: &str, begins: bool) -> String {
    let mut written = String::with_capacity(line.len());
    let number = line.trim_start().chars().take_while(char::is_ascii_digit).count();
    let indent = line.len() - line.trim_start().len();
    for (at, character) in line.char_indices() {
        let first = begins && at == indent;
        let after_number = begins && number > 0 && at == indent + number;
        let marks = match character {
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' => true,
            '#' | '>' | '-' | '+' => first,
            '.' | ')' => after_number,
            _ => false,
        };
        if marks {
            written.push('\\');
        }
        written.push(character);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_text_is_no_markup_and_addresses_stay_whole() {
        let text =
            "24. Oktober: Rückkehrer*innen und Kolleg*innen\n# kein Titel\n- keine Liste\nhttps://example.org/a_b_*c";
        let written = "24\\. Oktober: Rückkehrer\\*innen und Kolleg\\*innen\n\\# kein Titel\n\\- keine Liste\n\
                       https://example.org/a_b_*c";
        assert_eq!(markdown(text, 1_000), written);
        assert_eq!(markdown("a*b*c", 6), "a*b*c", "too long with its backslashes");
    }

    #[test]
    fn nobody_is_called_and_a_mail_address_is_none() {
        for name in ["everyone", "here", "all", "channel", "Channel", "müller"] {
            assert_eq!(without_mentions(&format!("@{name}")), format!("@\u{200b}{name}"));
            assert_eq!(without_mentions(&format!("(@{name})")), format!("(@\u{200b}{name})"));
        }
        assert_eq!(without_mentions("info@all.example.org, @ 9 Uhr"), "info@all.example.org, @ 9 Uhr");
    }

    #[test]
    fn links_stand_apart() {
        let text = "Mehr: https://example.org/a. Ende";
        assert_eq!(runs(text), [Run::Text("Mehr: "), Run::Url("https://example.org/a"), Run::Text(". Ende")]);
    }
}
