//! How a report says things in the site's language.
//!
//! Comes in: values of a report and [`Words`]. Goes out: text without markup; each format escapes it.

use jiff::Zoned;

use super::{Counts, Happened, Happening, Report, Revision, Stage};
use crate::render::date;
use crate::words::Words;

/// What a revision is called: `Fassung 2 (Korrektur)`.
pub fn heading(words: &Words, revision: &Revision) -> String {
    let key = if revision.correction { "report.correction" } else { "report.revision" };
    words.fill(key, &[("number", &revision.number.to_string())])
}

/// `23. November 2026, 09:00 Uhr`.
pub fn time(words: &Words, at: &Zoned) -> String {
    let clock = at.strftime("%H:%M").to_string();
    words.fill("report.time", &[("date", &date::long(words, at.date())), ("time", &clock)])
}

/// `23. November 2026, 09:00 bis 09:41 Uhr`, with both days where they differ.
pub fn span(words: &Words, from: &Zoned, to: &Zoned) -> String {
    let clock = |at: &Zoned| at.strftime("%H:%M").to_string();
    if from.date() != to.date() {
        return words.fill("report.from_to", &[("from", &time(words, from)), ("to", &time(words, to))]);
    }
    if clock(from) == clock(to) {
        return time(words, from);
    }
    let date = date::long(words, from.date());
    words.fill("report.same_day", &[("date", &date), ("from", &clock(from)), ("to", &clock(to))])
}

/// On one line, without anything that could move a terminal's cursor or hide a text's direction.
pub fn one_line(text: &str) -> String {
    let hidden = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let visible: String = text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Several lines, without control characters.
pub fn lines(text: &str) -> String {
    text.lines().map(|line| line.replace(char::is_control, " ").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A reason for a skip by its stable name: `left_out:Newsletter`.
pub fn skip(words: &Words, key: &str) -> String {
    let (kind, name) = key.split_once(':').unwrap_or((key, ""));
    words.fill(&format!("report.skip.{kind}"), &[("name", &one_line(name))])
}

/// The basis of a list: the words that GDPR Art. 6 suggests are translated, others stand as they are.
pub fn basis(words: &Words, basis: Option<&str>) -> String {
    match basis.map(str::trim) {
        None | Some("") => words.get("report.basis.none"),
        Some(known @ ("membership" | "consent" | "contract")) => words.get(&format!("report.basis.{known}")),
        Some(other) => one_line(other),
    }
}

/// How the send stands, in a sentence.
pub fn stage(words: &Words, report: &Report, revision: &Revision) -> String {
    match (report.trial, revision.stage) {
        (true, Stage::Done) => words.get("report.stage.tried"),
        _ if report.is_replaced(revision) => words.get("report.stage.replaced"),
        (_, stage) => words.get(&format!("report.stage.{}", stage.name())),
    }
}

/// Who released it and when.
pub fn approval(words: &Words, revision: &Revision) -> String {
    match &revision.approval {
        None => words.get("report.not_approved"),
        Some(approval) => {
            let at = time(words, &approval.at);
            let by = words.fill("report.approved_by", &[("name", &one_line(&approval.by)), ("time", &at)]);
            match one_line(&approval.note) {
                note if note.is_empty() => by,
                note => words.fill("report.approved_note", &[("approved", &by), ("note", &note)]),
            }
        }
    }
}

/// The code, who released it, when, and what took it, each with its label.
pub fn facts(words: &Words, report: &Report, revision: &Revision) -> Vec<(String, String)> {
    let mut facts = vec![(words.get("report.code"), revision.code.clone())];
    if !report.trial {
        facts.push((words.get("report.approved"), approval(words, revision)));
    }
    let or = |at: &Option<Zoned>, none: &str| at.as_ref().map_or_else(|| words.get(none), |at| time(words, at));
    facts.push((words.get("report.began"), or(&revision.began, "report.not_begun")));
    facts.push((words.get("report.ended"), or(&revision.ended, "report.not_ended")));
    if !report.trial && revision.counts().accepted > 0 {
        let servers = match revision.servers.is_empty() {
            true => words.get("report.server_unknown"),
            false => revision.servers.iter().map(|server| one_line(server)).collect::<Vec<_>>().join(", "),
        };
        facts.push((words.get("report.server"), servers));
    }
    facts
}

/// One number of several counts.
pub type Count = fn(&Counts) -> u64;

/// The columns of counts that any list has something in, with their names; recipients and what was accepted always.
pub fn columns(words: &Words, report: &Report, revision: &Revision) -> Vec<(String, Count)> {
    let all = revision.counts();
    let open = if report.is_replaced(revision) { "report.left" } else { "report.open" };
    let accepted = if report.trial { "report.written" } else { "report.accepted" };
    let columns: [(&str, Count); 8] = [
        ("report.recipients", Counts::all),
        (accepted, |counts| counts.accepted),
        ("report.counted", |counts| counts.counted),
        ("report.refused", |counts| counts.refused),
        ("report.taken_out", |counts| counts.taken_out),
        ("report.again", |counts| counts.again),
        ("report.uncertain", |counts| counts.uncertain),
        (open, |counts| counts.open),
    ];
    let used = columns.into_iter().enumerate().filter(|(at, (_, count))| *at < 2 || count(&all) > 0);
    used.map(|(_, (name, count))| (words.get(name), count)).collect()
}

/// A number with thin spaces, as both languages can read it: `12 345`.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len() > 4 && (digits.len() - at).is_multiple_of(3) {
            written.push('\u{202f}');
        }
        written.push(digit);
    }
    written
}

/// `Stopped by Anna`.
pub fn happening(words: &Words, happening: &Happening) -> String {
    let what = happening.what.name();
    let detail = match (happening.what, happening.detail.as_str()) {
        (Happened::WentOn, "unchanged") => words.get("report.event.unchanged"),
        (Happened::WentOn, "new text") => words.get("report.event.new_text"),
        (_, detail) => one_line(detail.lines().next().unwrap_or_default().trim_start_matches("error: ")),
    };
    if detail.is_empty() {
        return words.get(&format!("report.event.{what}"));
    }
    words.fill(&format!("report.event.{what}_by"), &[("detail", &detail)])
}

#[cfg(test)]
mod tests {
    use super::{number, one_line};

    #[test]
    fn numbers_are_grouped_from_five_digits_on() {
        assert_eq!(["0", "999", "1234"], [number(0), number(999), number(1234)]);
        assert_eq!([number(12_345), number(1_000_000)], ["12\u{202f}345", "1\u{202f}000\u{202f}000"]);
    }

    #[test]
    fn nothing_hidden_is_left_in_a_line() {
        assert_eq!(one_line("550 no\r\n such\u{1b}[2J \u{202e}user"), "550 no such [2J user");
    }
}
