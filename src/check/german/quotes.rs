//! Straight and English quotation marks in German text.

use std::ops::Range;

use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::check::told::Told;

pub(in crate::check) const QUOTES: Rule = Rule::warning(
    "quotes",
    "straight or English quotation marks in German text",
    "write „so“ (or »so«): the opening mark is low, the closing one is high",
);

pub(super) fn look(subject: &Subject<'_>, told: &mut Told) {
    for passage in &subject.passages {
        let found = foreign(&passage.text);
        let Some((range, kind)) = found.first() else { continue };
        let quoted = &passage.text[range.clone()];
        let mut shown: String = quoted.chars().take(30).collect();
        if shown.len() < quoted.len() {
            shown.push('…');
        }
        let more = match found.len() {
            1 => String::new(),
            2 => " (and once more in this text)".to_owned(),
            count => format!(" (and {} more times in this text)", count - 1),
        };
        let place = subject.part(passage, range.start..range.start + shown.trim_end_matches('…').len());
        told.add(&QUOTES, place, format!("{kind} quotation marks: {shown}{more}"));
    }
}

/// Every quotation with marks that are not German, with its marks.
fn foreign(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut found = Vec::new();
    let mut straight: Option<usize> = None;
    let mut before = ' ';
    // How many German openings wait for their closing mark, which is the English opening one.
    let mut german = 0_usize;
    for (at, c) in text.char_indices() {
        let after = text[at + c.len_utf8()..].chars().next().unwrap_or(' ');
        match c {
            '„' | '‚' => german += 1,
            // An inch or a second: 24".
            '"' if before.is_ascii_digit() && straight.is_none() => {}
            '"' => match straight.take() {
                Some(start) => found.push((start..at + 1, "straight")),
                None if german > 0 && !after.is_alphanumeric() => {
                    german -= 1;
                    found.push((at..at + 1, "straight"));
                }
                None => straight = Some(at),
            },
            '“' | '‘' if german > 0 => german -= 1,
            '“' if after.is_alphanumeric() => {
                let end = text[at..].find('”').map_or(at + c.len_utf8(), |length| at + length + '”'.len_utf8());
                found.push((at..end, "English"));
            }
            '”' => {
                german = german.saturating_sub(1);
                let inside = found.last().is_some_and(|(range, _)| range.contains(&at));
                if !inside {
                    found.push((at..at + c.len_utf8(), "English"));
                }
            }
            _ => {}
        }
        before = c;
    }
    found.extend(straight.map(|start| (start..start + 1, "straight")));
    found
}

#[cfg(test)]
mod tests {
    use super::foreign;

    #[test]
    fn german_marks_pass_and_others_do_not() {
        for text in
            ["„So“, sagte sie.", "»So« und ›so‹", "„Er sagte ‚so‘ dazu“", "24\" breit", "geht’s", "Der „Verein“"]
        {
            assert_eq!(foreign(text), [], "{text}");
        }
        for (text, quoted) in [
            ("Die \"Tagung\" war", vec!["\"Tagung\""]),
            ("Die “Tagung” war", vec!["“Tagung”"]),
            ("Die „Tagung” war", vec!["”"]),
            ("Die „Tagung\" war", vec!["\""]),
            ("\"a\" und \"b\"", vec!["\"a\"", "\"b\""]),
        ] {
            let found: Vec<&str> = foreign(text).into_iter().map(|(range, _)| &text[range]).collect();
            assert_eq!(found, quoted, "{text}");
        }
    }
}
