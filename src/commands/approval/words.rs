//! How a text became another one, in the words that changed.
//!
//! Comes in: a text before and after. Goes out: lines `- before` and `+ after` with a few unchanged words around each
//! change. How a text is broken into lines does not count, only its words and paragraphs. Pure.

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

/// Unchanged words that are shown around a change.
const AROUND: usize = 6;
/// More words than these are not compared with one another, but shown as a whole: comparing takes the square of them.
const WORDS: usize = 2_000;
/// As for words.
const PARAGRAPHS: usize = 3_000;
/// Characters of a paragraph that is new or gone as a whole.
const SHOWN: usize = 600;
/// Stands between two paragraphs.
const BREAK: &str = "\n\n";

/// The lines that show what changed; none for the same words.
pub fn changed(before: &str, after: &str) -> Vec<String> {
    let (before, after) = (paragraphs(before), paragraphs(after));
    if before.len() > PARAGRAPHS || after.len() > PARAGRAPHS {
        let same = before == after;
        let size = |paragraphs: &[String]| format!("({} paragraphs)", paragraphs.len());
        return if same { Vec::new() } else { vec![format!("- {}", size(&before)), format!("+ {}", size(&after))] };
    }
    let mut lines = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &before, &after) {
        let (old, new) = (&before[op.old_range()], &after[op.new_range()]);
        match op.tag() {
            DiffTag::Equal => {}
            DiffTag::Delete => whole(&mut lines, '-', old),
            DiffTag::Insert => whole(&mut lines, '+', new),
            DiffTag::Replace => replaced(&mut lines, old, new),
        }
    }
    lines
}

/// Paragraphs with one blank between their words. A no-break space is a part of its word.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![Vec::new()];
    for line in text.lines() {
        match (line.trim().is_empty(), paragraphs.last_mut()) {
            (false, Some(last)) => last.extend(line.split_ascii_whitespace()),
            _ => paragraphs.push(Vec::new()),
        }
    }
    paragraphs.iter().filter(|words| !words.is_empty()).map(|words| words.join(" ")).collect()
}

/// Paragraphs that are new or gone.
fn whole(lines: &mut Vec<String>, sign: char, paragraphs: &[String]) {
    lines.extend(paragraphs.iter().map(|text| match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{sign} {} …", text[..end].trim_end()),
        None => format!("{sign} {text}"),
    }));
}

/// Paragraphs in place of others.
fn replaced(lines: &mut Vec<String>, old: &[String], new: &[String]) {
    let (old_words, new_words) = (words(old), words(new));
    if old_words.len() > WORDS || new_words.len() > WORDS {
        whole(lines, '-', old);
        whole(lines, '+', new);
        return;
    }
    let ops = capture_diff_slices(Algorithm::Myers, &old_words, &new_words);
    let same: usize = ops.iter().filter(|op| op.tag() == DiffTag::Equal).map(|op| op.new_range().len()).sum();
    if same * 3 < old_words.len().min(new_words.len()) {
        // Another text altogether: single words that both have by chance would only confuse.
        whole(lines, '-', old);
        whole(lines, '+', new);
        return;
    }
    for group in group_diff_ops(ops, AROUND) {
        side(lines, '-', &old_words, &group, DiffOp::old_range);
        side(lines, '+', &new_words, &group, DiffOp::new_range);
    }
}

fn words(paragraphs: &[String]) -> Vec<&str> {
    let mut words = Vec::new();
    for paragraph in paragraphs {
        if !words.is_empty() {
            words.push(BREAK);
        }
        words.extend(paragraph.split(' '));
    }
    words
}

/// One side of a change with the words around it in the same paragraph.
fn side(
    lines: &mut Vec<String>,
    sign: char,
    words: &[&str],
    group: &[DiffOp],
    range: impl Fn(&DiffOp) -> std::ops::Range<usize>,
) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let (mut start, mut end) = (range(first).start, range(last).end);
    if first.tag() == DiffTag::Equal
        && let Some(at) = words[range(first)].iter().rposition(|word| *word == BREAK)
    {
        start += at + 1;
    }
    if last.tag() == DiffTag::Equal
        && let Some(at) = words[range(last)].iter().position(|word| *word == BREAK)
    {
        end = range(last).start + at;
    }
    let begun = start > 0 && words.get(start - 1).is_some_and(|word| *word != BREAK);
    let goes_on = words.get(end).is_some_and(|word| *word != BREAK);
    let shown = words[start..end.max(start)].split(|word| *word == BREAK).map(|words| words.join(" "));
    let shown: Vec<String> = shown.filter(|line| !line.is_empty()).collect();
    for (number, line) in shown.iter().enumerate() {
        let before = if number == 0 && begun { "… " } else { "" };
        let after = if number + 1 == shown.len() && goes_on { " …" } else { "" };
        lines.push(format!("{sign} {before}{line}{after}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_shown_with_the_words_around_it() {
        let before = "Guten Tag\n\nDer Vorstand hat am Freitag in Berlin getagt. Er hat\ndrei Beschlüsse gefasst und \
                      sie an alle\nMitglieder verschickt.\n\nBis bald";
        let after = before.replace("Er hat\ndrei", "Er\nhat vier");
        assert_eq!(
            changed(before, &after),
            [
                "- … Freitag in Berlin getagt. Er hat drei Beschlüsse gefasst und sie an alle …",
                "+ … Freitag in Berlin getagt. Er hat vier Beschlüsse gefasst und sie an alle …",
            ]
        );
    }

    #[test]
    fn a_line_that_is_broken_elsewhere_is_the_same() {
        assert_eq!(changed("eins zwei\ndrei\n\nvier", "eins\nzwei drei\n\n\n  vier\n"), [""; 0]);
    }

    #[test]
    fn paragraphs_come_and_go_as_a_whole() {
        assert_eq!(changed("eins\n\nzwei", "eins\n\nneu dazu\n\nzwei"), ["+ neu dazu"]);
        assert_eq!(changed("eins\n\nzwei", "zwei"), ["- eins"]);
        assert_eq!(changed("", "neu"), ["+ neu"]);
        assert_eq!(
            changed("Ein Satz über das eine", "Ganz andere Worte stehen jetzt hier"),
            ["- Ein Satz über das eine", "+ Ganz andere Worte stehen jetzt hier"]
        );
    }

    #[test]
    fn words_that_were_added_or_taken_out_show_both_sides() {
        let (short, long) = ("Wir treffen uns am Montag in Erfurt.", "Wir treffen uns am Montag um neun in Erfurt.");
        assert_eq!(changed(short, long), [format!("- {short}"), format!("+ {long}")]);
        assert_eq!(changed(long, short), [format!("- {long}"), format!("+ {short}")]);
    }

    #[test]
    fn long_texts_end_in_time() {
        let text = |word: &str| (0..40_000).map(|number| format!("{word}{number} ")).collect::<String>();
        let lines = changed(&text("a"), &text("b"));
        assert!(lines.len() == 2 && lines.iter().all(|line| line.ends_with('…')), "{lines:?}");
        let text = |word: &str| (0..4_000).map(|number| format!("{word}{number}\n\n")).collect::<String>();
        assert_eq!(changed(&text("a"), &text("b")), ["- (4000 paragraphs)", "+ (4000 paragraphs)"]);
        assert_eq!(changed(&text("a"), &text("a")), [""; 0]);
    }
}
