//! From lines to paragraphs, whether every paragraph is one line or lines are broken at some width.
//!
//! Comes in: text with `\n` line ends. Goes out: paragraphs, each the lines that belong together, trimmed. Every letter
//! is in one of them.

use crate::import::byline;
use crate::import::chrome::chrome;

/// Text that is wrapped has no line longer than this, in characters.
const WIDEST: usize = 110;

/// A wrapped line has at least this many characters, unless it is a paragraph's last.
const NARROWEST: usize = 40;

/// So many lines may stand above the article: menus, breadcrumbs, headline, small lines.
const HEAD: usize = 12;

/// Words behind a hyphen that does not join: `Mitglieder- und Partnerverbände`.
const JOINING: [&str; 8] = ["und", "oder", "bzw.", "sowie", "bis", "and", "or", "als"];

/// The paragraphs of a text.
pub(super) fn paragraphs(text: &str) -> Vec<Vec<String>> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let width = width(&lines);
    let mut found: Vec<Vec<String>> = Vec::new();
    // The line before, if the next one may go on with it.
    let mut before: Option<&str> = None;
    let mut number = 0;
    for line in lines {
        if line.is_empty() {
            before = None;
            continue;
        }
        match (before, found.last_mut()) {
            (Some(previous), Some(paragraph)) if goes_on(previous, line, width) && !is_small(line, number) => {
                join(paragraph, line);
            }
            _ => found.push(vec![line.to_owned()]),
        }
        number += 1;
        before = Some(line);
    }
    found
}

/// Whether a line near the beginning is a small line of its own: `von Anna Muster`.
fn is_small(line: &str, number: usize) -> bool {
    number < HEAD && byline::parts(line).is_some()
}

/// The longest line of those that have a neighbour; a headline by itself may be longer than the text is wide.
fn width(lines: &[&str]) -> usize {
    let filled = |index: usize| lines.get(index).is_some_and(|line| !line.is_empty());
    let beside = |index: usize| filled(index + 1) || index.checked_sub(1).is_some_and(filled);
    let lengths = (0..lines.len()).filter(|index| beside(*index)).map(|index| lines[index].chars().count());
    lengths.max().unwrap_or(0)
}

/// Whether a line goes on with the one before it, in a text whose longest line has `width` characters.
fn goes_on(previous: &str, line: &str, width: usize) -> bool {
    let length = previous.chars().count();
    if width > WIDEST || length < NARROWEST || chrome(previous).is_some() || chrome(line).is_some() {
        return false;
    }
    if line.starts_with(['•', '▪', '‣', '◦', '|']) {
        return false;
    }
    let is_item = |text: &str| text.starts_with("- ") || text.starts_with("* ");
    if is_item(line) && (is_item(previous) || previous.ends_with(':')) {
        return false;
    }
    // Whoever wraps a line does so because the next word had no room.
    let next_word = line.split_whitespace().next().map_or(0, |word| word.chars().count());
    let had_room = length + 1 + next_word <= width;
    let ended = previous.ends_with(['.', '!', '?', '“', '”', '"', ':', '…']);
    !(had_room && (ended || length + 1 + next_word <= width * 7 / 10))
}

/// Adds a line; a word that was parted by a hyphen is put together, with its hyphen.
fn join(paragraph: &mut Vec<String>, line: &str) {
    let next = line.split_whitespace().next().unwrap_or("");
    match paragraph.last_mut() {
        Some(last)
            if ends_in_parted_word(last) && !JOINING.contains(&next) && next.starts_with(char::is_alphabetic) =>
        {
            last.push_str(line);
        }
        _ => paragraph.push(line.to_owned()),
    }
}

fn ends_in_parted_word(line: &str) -> bool {
    line.strip_suffix('-').is_some_and(|before| before.ends_with(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> Vec<String> {
        paragraphs(text).iter().map(|lines| lines.join(" ")).collect()
    }

    #[test]
    fn a_line_a_paragraph_stays_so_with_and_without_empty_lines() {
        let long =
            "Der Verband hat am Freitag getagt und dabei über die Zukunft der Vereine gesprochen, lange und gut. "
                .repeat(2);
        let long = long.trim();
        assert_eq!(joined(&format!("Titel\n{long}\n{long}\n\n{long}")), ["Titel", long, long, long]);
    }

    #[test]
    fn wrapped_lines_are_put_together() {
        let text = "Der Titel\n\nDer Verband hat am Freitag getagt und dabei über die\nZukunft der Vereine gesprochen. Es kamen viele Gäste.\n\nDann gab es Suppe.\nUnd Brot.\n";
        assert_eq!(
            joined(text),
            [
                "Der Titel",
                "Der Verband hat am Freitag getagt und dabei über die Zukunft der Vereine gesprochen. Es kamen viele Gäste.",
                "Dann gab es Suppe.",
                "Und Brot.",
            ]
        );
    }

    #[test]
    fn wrapped_paragraphs_without_empty_lines_end_where_there_was_room() {
        let text = "Der Verband hat am Freitag getagt und dabei über die Zukunft\nder Vereine gesprochen. Es kamen alle seine Gäste.\nDanach gab es im Garten des Hauses eine Suppe für alle, die\nnoch Hunger hatten.\n";
        assert_eq!(joined(text).len(), 2, "{:?}", joined(text));
    }

    #[test]
    fn a_parted_word_keeps_its_hyphen_and_gets_no_space() {
        let text = "Im Mittelpunkt standen an diesem Tag die New-Work-\nAnsätze der Mitglieds- und der befreundeten Partner-\nund Fachverbände aus dem ganzen Land.";
        assert_eq!(
            joined(text),
            [
                "Im Mittelpunkt standen an diesem Tag die New-Work-Ansätze der Mitglieds- und der befreundeten Partner- und Fachverbände aus dem ganzen Land."
            ]
        );
    }
}
