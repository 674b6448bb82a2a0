//! Raw text, copied from a page: what of it is the headline, the small lines, and the article.
//!
//! Comes in: decoded text. Goes out: a draft whose paragraphs are the text's own, letter for letter. Nothing in it is
//! read as Markdown.

use super::byline::{self, Part};
use super::chrome::chrome;
use super::dateline::dateline;
use super::{Draft, Refused};

mod lines;
mod lists;

/// The longest headline, in characters.
const LONGEST_TITLE: usize = 200;

/// How many paragraphs below the headline may be small lines.
const HEAD: usize = 4;

/// Makes a draft of raw text.
///
/// # Errors
/// [`Refused::NoText`]: nothing is left without page chrome.
pub(super) fn read(text: &str) -> Result<Draft, Refused> {
    let mut draft = Draft::default();
    let mut paragraphs = lines::paragraphs(text);
    paragraphs.retain(|paragraph| chrome(&paragraph.join(" ")).is_none());
    let mut rest = paragraphs.into_iter().peekable();
    while rest.peek().is_some_and(|first| {
        let first = first.join(" ");
        small_line(&first, &mut draft) || section(&first, &mut draft)
    }) {
        rest.next();
    }
    if rest.peek().is_some_and(|first| is_title(&first.join(" "))) {
        draft.title = rest.next().map(|lines| one_line(&lines.join(" ")));
    }
    let mut body = Vec::new();
    for (index, lines) in rest.enumerate() {
        if index < HEAD && body.is_empty() && small_line(&lines.join(" "), &mut draft) {
            continue;
        }
        body.push(lines);
    }
    if body.is_empty() {
        return Err(Refused::NoText);
    }
    let mut body: Vec<String> = body.iter().map(|lines| lines.join(" ")).collect();
    drop_related(&mut body);
    draft.body = lists::blocks(&body);
    draft.dateline = draft.lead().and_then(|lead| dateline(&lead));
    if let (None, Some(date)) = (draft.date, draft.dateline.as_ref().and_then(|dateline| dateline.date)) {
        draft.date = Some(date);
    }
    ask_for_one_category(&mut draft);
    Ok(draft)
}

/// Takes what a small line says; `false` for any other line.
fn small_line(line: &str, draft: &mut Draft) -> bool {
    let Some(parts) = byline::parts(line) else { return false };
    for part in parts {
        match part {
            Part::Date(date) if draft.date.is_none() => draft.date = Some(date),
            Part::Author(name) if draft.author.is_none() => draft.author = Some(name),
            Part::Category(name) if !draft.categories.contains(&name) => draft.categories.push(name),
            Part::UnclearDate(written) => draft.ask_for_day(&written),
            _ => {}
        }
    }
    true
}

/// Takes the name of a section above the headline, or of the kind of text.
fn section(line: &str, draft: &mut Draft) -> bool {
    const SECTIONS: [&str; 14] = [
        "aktuelles",
        "neuigkeiten",
        "news",
        "nachrichten",
        "meldungen",
        "presse",
        "veranstaltungen",
        "berichte",
        "blog",
        "press",
        "events",
        "latest news",
        "aktuelle meldungen",
        "magazin",
    ];
    const KINDS: [&str; 9] = [
        "pressemitteilung",
        "pressemeldung",
        "presseinformation",
        "medienmitteilung",
        "medieninformation",
        "press release",
        "media release",
        "meldung",
        "for immediate release",
    ];
    let lower = line.trim().trim_end_matches(':').to_lowercase();
    if SECTIONS.contains(&lower.as_str()) && !draft.categories.iter().any(|category| category == line) {
        draft.categories.push(line.trim().to_owned());
    }
    SECTIONS.contains(&lower.as_str()) || KINDS.contains(&lower.as_str())
}

/// Takes the names of other articles off the end, with the line above them.
fn drop_related(body: &mut Vec<String>) {
    let is_name = |text: &String| text.chars().count() <= 120 && !text.ends_with(['.', '!', '”', '“']);
    let found = body.iter().position(|text| super::page::is_related(text));
    if let Some(at) = found.filter(|at| *at > 0 && body[at + 1..].iter().all(is_name)) {
        body.truncate(at);
    }
}

/// Several categories are a question; see [`Draft`].
pub(super) fn ask_for_one_category(draft: &mut Draft) {
    if draft.categories.len() > 1 {
        let line = format!("categories: {}", super::yaml::list(&draft.categories));
        let says = format!("{} categories are possible; keep what fits", draft.categories.len());
        draft.ask("categories", says, Some(line));
        draft.categories.clear();
    }
}

/// A headline is short and does not end like a sentence; a question may be one.
fn is_title(text: &str) -> bool {
    let text = text.trim();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    text.chars().count() <= LONGEST_TITLE && letters >= 2 && !text.ends_with(['.', ',', ';', ':'])
}

fn one_line(text: &str) -> String {
    text.split([' ', '\t', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
