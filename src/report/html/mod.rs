//! The report as one HTML file that needs nothing else: for the screen, light and dark, and for paper (A4).
//!
//! No script, nothing from elsewhere: a content security policy in the page forbids both, whatever stands in a mail.

use super::section::{Cell, Section, Table, sections};
use super::wording::{Count, columns, facts, happening, number, one_line, stage, time};
use super::{Format, Report, Revision, Stage};
use crate::render::html::escaped;
use crate::words::Words;

mod mail;

const STYLE: &str = include_str!("style.css");
/// In the head, by which a report is known.
const MARK: &str = "<meta name=\"generator\" content=\"rundbrief report\">";

/// A page for a browser and a printer.
#[derive(Debug, Clone, Copy)]
pub struct Html;

impl Format for Html {
    fn page(&self, report: &Report, words: &Words) -> String {
        let mut page = head(report, words);
        let several = report.revisions.len() > 1;
        if report.trial {
            page += &format!("<p class=\"callout urgent\"><strong>{}</strong></p>\n", say(words, "report.trial"));
        }
        if several {
            page += &format!("<p>{}</p>\n", say(words, "report.revisions"));
        }
        for revision in &report.revisions {
            page += &of_revision(report, revision, words, several);
        }
        page += &history(report, words);
        page += &format!("<p class=\"remark\">{}</p>\n", say(words, "report.no_opens"));
        // Last, so that nothing in a mail can hide what stands after it.
        page += &mail::mails(report, words);
        page + "</main>\n</body>\n</html>\n"
    }

    fn is_report(&self, first: &[u8], _last: &[u8], _words: &Words) -> bool {
        String::from_utf8_lossy(first).contains(MARK)
    }
}

fn head(report: &Report, words: &Words) -> String {
    let title = escaped(&one_line(&report.title));
    let name = say(words, "report.title");
    let made = words.fill("report.made", &[("time", &time(words, &report.made))]);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n{MARK}\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         img-src data:; form-action 'none'; base-uri 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{name}: {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header>\n<p class=\"over\">{} · {name}</p>\n<h1>{title}</h1>\n<p class=\"made\">{}</p>\n</header>\n",
        escaped(words.lang()),
        escaped(&one_line(&report.organisation)),
        escaped(&made),
    )
}

fn of_revision(report: &Report, revision: &Revision, words: &Words, several: bool) -> String {
    let mut html = String::from("<section class=\"revision\">\n");
    if several {
        let number = revision.number.to_string();
        html += &format!("<h2>{}</h2>\n", escaped(&words.fill("report.revision", &[("number", &number)])));
    }
    let calm = matches!(revision.stage, Stage::Done);
    let class = if calm { "callout" } else { "callout urgent" };
    html += &format!("<p class=\"{class}\">{}</p>\n", escaped(&stage(words, report, revision)));
    if !revision.lists.is_empty() {
        html += &tiles(report, revision, words);
    }
    html += "<dl class=\"facts\">\n";
    for (label, value) in facts(words, report, revision) {
        html += &format!("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(&label), escaped(&value));
    }
    html += "</dl>\n";
    let level = if several { 3 } else { 2 };
    for (at, part) in sections(words, report, revision).iter().enumerate() {
        html += &section(part, level, &format!("r{}s{at}", revision.number));
    }
    html + "</section>\n"
}

/// The figures that everybody looks for first.
fn tiles(report: &Report, revision: &Revision, words: &Words) -> String {
    let counts = revision.counts();
    let tile = |(name, count): &(String, Count)| {
        format!("<li><b>{}</b> <span>{}</span></li>\n", number(count(&counts)), escaped(name))
    };
    let tiles: String = columns(words, report, revision).iter().map(tile).collect();
    format!("<ul class=\"tiles\">\n{tiles}</ul>\n")
}

fn section(section: &Section, level: u8, id: &str) -> String {
    let class = if section.urgent { " class=\"urgent\"" } else { "" };
    let mut html = format!("<section{class}>\n");
    if !section.title.is_empty() {
        html += &format!("<h{level} id=\"{id}\">{}</h{level}>\n", escaped(&section.title));
    }
    if let Some(note) = &section.note {
        html += &format!("<p class=\"remark\">{}</p>\n", escaped(note));
    }
    if let Some(one) = &section.table {
        html += &table(one, (!section.title.is_empty()).then_some(id));
    }
    if let Some(after) = &section.after {
        let class = if section.table.is_some() { " class=\"remark\"" } else { "" };
        html += &format!("<p{class}>{}</p>\n", escaped(after));
    }
    html + "</section>\n"
}

fn table(table: &Table, titled: Option<&str>) -> String {
    let label = titled.map_or_else(String::new, |id| format!(" role=\"region\" aria-labelledby=\"{id}\""));
    // On a phone, more than two columns become lines below each other, each with its column's name.
    let stacked = if table.heading.len() > 2 { " class=\"stacked\"" } else { "" };
    let mut html = format!("<div class=\"scroll\" tabindex=\"0\"{label}>\n<table{stacked}>\n");
    let name = |column: usize| match table.heading.get(column).filter(|_| table.heading.len() > 2) {
        Some(name) => format!(" data-name=\"{}\"", escaped(name)),
        None => String::new(),
    };
    let class = |column: usize| if column >= table.numbers_from { " class=\"number\"" } else { "" };
    if !table.heading.is_empty() {
        let cells = table.heading.iter().enumerate();
        let cells = cells.map(|(at, name)| format!("<th scope=\"col\"{}>{}</th>", class(at), escaped(name)));
        html += &format!("<thead><tr>{}</tr></thead>\n", cells.collect::<String>());
    }
    html += "<tbody>\n";
    for (at, row) in table.rows.iter().enumerate() {
        let sum = if table.sum && at + 1 == table.rows.len() { " class=\"sum\"" } else { "" };
        let cells = row.iter().enumerate().map(|(at, one)| match at {
            0 => format!("<th scope=\"row\">{}</th>", cell(one)),
            _ => format!("<td{}{}>{}</td>", class(at), name(at), cell(one)),
        });
        html += &format!("<tr{sum}>{}</tr>\n", cells.collect::<String>());
    }
    html + "</tbody>\n</table>\n</div>\n"
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => escaped(text),
        Cell::Link(link) => format!("<a href=\"{0}\">{0}</a>", escaped(link)),
    }
}

fn history(report: &Report, words: &Words) -> String {
    if report.history.is_empty() {
        return String::new();
    }
    let line = |one: &super::Happening| {
        let (at, what) = (time(words, &one.at), happening(words, one));
        format!("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(&at), escaped(&what))
    };
    let lines: String = report.history.iter().map(line).collect();
    format!("<section>\n<h2>{}</h2>\n<dl class=\"facts\">\n{lines}</dl>\n</section>\n", say(words, "report.history"))
}

fn say(words: &Words, key: &str) -> String {
    escaped(&words.get(key))
}
