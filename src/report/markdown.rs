//! The report as Markdown (CommonMark, with tables), which reads well as it is.
//!
//! Everything that comes from outside is escaped, so that no server's answer and no name becomes markup.

use super::section::{Cell, Section, Table, sections};
use super::wording::{facts, happening, lines, one_line, stage, time};
use super::{Format, Mail, Report, Revision};
use crate::words::Words;

/// At the end of a file, unseen where it is shown.
const MARK: &str = "<!-- rundbrief report -->";

/// A page in Markdown.
#[derive(Debug, Clone, Copy)]
pub struct Markdown;

impl Format for Markdown {
    fn page(&self, report: &Report, words: &Words) -> String {
        format!("{}\n{MARK}\n", text(report, words))
    }

    fn is_report(&self, _first: &[u8], last: &[u8], _words: &Words) -> bool {
        last.trim_ascii_end().ends_with(MARK.as_bytes())
    }
}

/// The page without the mark that a file has at its end.
pub fn text(report: &Report, words: &Words) -> String {
    let mut text = format!("# {}: {}\n\n", words.get("report.title"), escaped(&report.title));
    text += &format!("{}  \n", escaped(&report.organisation));
    let made = words.fill("report.made", &[("time", &time(words, &report.made))]);
    text += &format!("{}\n\n", escaped(&made));
    if report.trial {
        text += &format!("**{}**\n\n", words.get("report.trial"));
    }
    let several = report.revisions.len() > 1;
    if several {
        text += &format!("{}\n\n", words.get("report.revisions"));
    }
    for revision in &report.revisions {
        if several {
            let number = revision.number.to_string();
            text += &format!("## {}\n\n", words.fill("report.revision", &[("number", &number)]));
        }
        text += &of_revision(report, revision, words, if several { "###" } else { "##" });
    }
    if !report.history.is_empty() {
        text += &format!("## {}\n\n", words.get("report.history"));
        for one in &report.history {
            text += &format!("- {}: {}\n", escaped(&time(words, &one.at)), escaped(&happening(words, one)));
        }
        text.push('\n');
    }
    text += &format!("{}\n", words.get("report.no_opens"));
    text
}

fn of_revision(report: &Report, revision: &Revision, words: &Words, level: &str) -> String {
    let mut text = format!("{}\n\n", stage(words, report, revision));
    for (label, value) in facts(words, report, revision) {
        text += &format!("- {label}: {}\n", escaped(&value));
    }
    text.push('\n');
    for part in sections(words, report, revision) {
        text += &section(&part, level);
    }
    for (at, mail) in revision.mails.iter().enumerate() {
        let title = words.get(if report.trial { "report.mail_trial" } else { "report.mail" });
        let title = if at == 0 { format!("{level} {title}\n\n") } else { String::new() };
        text += &(title + &of_mail(mail, revision.mails.len() > 1, words));
    }
    text
}

fn section(section: &Section, level: &str) -> String {
    let mut text = String::new();
    if !section.title.is_empty() {
        text += &format!("{level} {}\n\n", escaped(&section.title));
    }
    for part in
        [section.note.as_deref().map(escaped), section.table.as_ref().map(table), section.after.as_deref().map(escaped)]
            .into_iter()
            .flatten()
    {
        text += &format!("{}\n\n", part.trim_end());
    }
    text
}

/// Columns as wide as their widest cell, so that it reads well as text too.
fn table(table: &Table) -> String {
    let written = |cell: &Cell| match cell {
        Cell::Text(text) => escaped(text),
        // Angle brackets end at one, and cells at a bar.
        Cell::Link(link) => format!("<{}>", link.replace('|', "%7C").replace('<', "%3C").replace('>', "%3E")),
    };
    if table.heading.is_empty() {
        let line = |row: &Vec<Cell>| format!("- {}\n", row.iter().map(written).collect::<Vec<_>>().join(": "));
        return table.rows.iter().map(line).collect();
    }
    let mut rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(written).collect()).collect();
    let columns = rows.first().map_or(table.heading.len(), Vec::len);
    let mut heading: Vec<String> = table.heading.iter().map(|name| escaped(name)).collect();
    heading.resize(columns, String::new());
    rows.insert(0, heading);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).clamp(3, 100);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            let blanks = " ".repeat(width.saturating_sub(cell.chars().count()));
            if column >= table.numbers_from { format!(" {blanks}{cell} ") } else { format!(" {cell}{blanks} ") }
        });
        format!("|{}|\n", cells.collect::<Vec<_>>().join("|"))
    };
    let rule = widths.iter().enumerate().map(|(column, width)| match column >= table.numbers_from {
        true => format!("{}:", "-".repeat(width + 1)),
        false => "-".repeat(width + 2),
    });
    let rule = format!("|{}|\n", rule.collect::<Vec<_>>().join("|"));
    let body: String = rows[1..].iter().map(line).collect();
    line(&rows[0]) + &rule + &body
}

fn of_mail(mail: &Mail, several: bool, words: &Words) -> String {
    let mut text = String::new();
    if several {
        let lists = mail.lists.iter().map(|list| one_line(list)).collect::<Vec<_>>().join(", ");
        text += &format!("**{}**\n\n", escaped(&words.fill("report.mail_for", &[("list", &lists)])));
    }
    let Some(content) = &mail.content else {
        return text + &format!("{}\n\n", words.get("report.mail_unreadable"));
    };
    for (label, value) in
        [("report.subject", &content.subject), ("report.sender", &content.from), ("report.reply_to", &content.reply_to)]
    {
        if !value.is_empty() {
            text += &format!("- {}: {}\n", words.get(label), escaped(value));
        }
    }
    let body = lines(&content.text);
    let fence = "`".repeat(longest_run(&body, '`').max(2) + 1);
    let places = if body.contains('‹') { format!("\n{}\n", words.get("report.mail_places")) } else { String::new() };
    text + &format!("{places}\n{fence}text\n{body}\n{fence}\n\n")
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(|run| run.chars().count()).max().unwrap_or(0)
}

/// Text that Markdown shows as it is, on one line.
fn escaped(text: &str) -> String {
    let text = one_line(text);
    let mut written = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let special = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '&' | '~' => true,
            // Inside a word it means nothing.
            '_' => !(before.is_alphanumeric() && characters.peek().is_some_and(|next| next.is_alphanumeric())),
            '#' | '+' | '-' | '=' => written.is_empty(),
            '.' | ')' => {
                !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit()) && {
                    characters.peek().is_none_or(|next| *next == ' ')
                }
            }
            _ => false,
        };
        if special {
            written.push('\\');
        }
        written.push(c);
        before = c;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn no_text_becomes_markup() {
        for (text, written) in [
            ("max_muster@example.org", "max_muster@example.org"),
            ("_max_ *x* <b> a|b", "\\_max\\_ \\*x\\* \\<b\\> a\\|b"),
            ("# x", "\\# x"),
            ("1. x", "1\\. x"),
            ("550 5.1.1 no", "550 5.1.1 no"),
            ("[a](http://x)", "\\[a\\](http://x)"),
            ("a\n# b", "a # b"),
        ] {
            assert_eq!(escaped(text), written, "{text:?}");
        }
    }
}
