//! Everything in one HTML file, for the person who releases a post: it can be mailed, opened anywhere and printed.
//!
//! Comes in: texts, numbers and one mail that is shown for nobody real. Goes out: a document that loads nothing, runs
//! nothing and has no member's data in it.

use super::fill::fill;
use super::frame::inside;
use super::view::{Card, Plan};
use crate::render::html::escaped;
use crate::words::Words;

/// What is exported.
pub struct Export<'a> {
    pub words: &'a Words,
    /// BCP 47, of the site.
    pub lang: &'a str,
    /// BCP 47, of the post.
    pub post_lang: &'a str,
    pub organisation: &'a str,
    pub title: &'a str,
    pub code: &'a str,
    /// When it was made, as people read it.
    pub made: &'a str,
    pub from: &'a str,
    pub subject: &'a str,
    pub preheader: &'a str,
    /// The mail with its pictures inside.
    pub html: &'a str,
    pub text: &'a str,
    pub cards: &'a [Card],
    pub plan: &'a Plan,
    /// The name of the picture beside the cards, and the picture as a `data:` address.
    pub picture: Option<(String, String)>,
}

const PAGE: &str = include_str!("assets/export.html");
const STYLE: &str = include_str!("assets/export.css");

/// In the head, by which an export is known.
const MARK: &str = "<meta name=\"generator\" content=\"rundbrief preview\">";

/// Whether a file that begins like this is an export.
pub fn is_export(first: &[u8]) -> bool {
    String::from_utf8_lossy(first).contains(MARK)
}

/// The whole document.
pub fn page(export: &Export<'_>) -> String {
    let Export { words, lang, post_lang, organisation, title, code, made, plan, .. } = export;
    let word = |key: &str| escaped(&words.get(&format!("preview.{key}")));
    let notice = plan.notice.iter().map(|notice| format!("<p class=\"notice\">{}</p>\n", escaped(notice)));
    fill(
        PAGE,
        &[
            ("lang", &escaped(lang)),
            ("post_lang", &escaped(post_lang)),
            ("style", STYLE),
            ("for", &word("export_for")),
            ("title", &escaped(title)),
            ("organisation", &escaped(organisation)),
            ("code_word", &word("code_word")),
            ("code", &escaped(code)),
            ("how", &word("export_how")),
            ("made", &escaped(made)),
            ("invented", &word("export_invented")),
            ("plan_word", &word("plan")),
            ("notice", &notice.collect::<String>()),
            ("rows", &rows(export)),
            ("skipped", &skipped(plan, words)),
            ("mail_word", &word("mail")),
            ("heads", &heads(export)),
            ("mail", &inside(export.html)),
            ("too_old", &word("export_too_old")),
            ("outlook", &word("outlook")),
            ("no_outlook", &word("no_outlook")),
            ("no_outlook_checks", &word("no_outlook_checks")),
            ("text_word", &word("plain_text")),
            ("text", &escaped(export.text)),
            ("teasers", &teasers(export)),
        ],
    )
}

/// Who gets it and when.
fn rows(export: &Export<'_>) -> String {
    let Export { words, plan, .. } = export;
    let audience = plan.audience.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>");
    let mut rows = String::new();
    if !audience.is_empty() {
        rows += &format!("<dt>{}</dt><dd>{audience}</dd>", escaped(&words.get("preview.recipients")));
    }
    rows.extend(plan.rows.iter().map(|(name, text)| pair(name, text)));
    rows + &pair(&words.get("preview.when"), &plan.due)
}

fn skipped(plan: &Plan, words: &Words) -> String {
    if plan.skipped.is_empty() {
        return String::new();
    }
    let lines: String = plan.skipped.iter().map(|text| format!("<li>{}</li>", escaped(text))).collect();
    format!("<h3>{}</h3>\n<ul>{lines}</ul>\n", escaped(&words.get("preview.skipped")))
}

/// The mail's head as a mail program shows it.
fn heads(export: &Export<'_>) -> String {
    let word = |key: &str| export.words.get(&format!("preview.{key}"));
    pair(&word("from"), export.from)
        + &pair(&word("subject"), export.subject)
        + &pair(&word("preheader"), export.preheader)
}

fn pair(name: &str, text: &str) -> String {
    format!("<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(text))
}

/// The texts for networks, if there are any.
fn teasers(export: &Export<'_>) -> String {
    if export.cards.is_empty() {
        return String::new();
    }
    let cards: String = export.cards.iter().map(|card| article(card, export)).collect();
    let title = escaped(&export.words.get("preview.teasers"));
    // The picture is the same in each of them, and so is what is read out in its place.
    let alt = export.cards.iter().find_map(|card| card.alt.as_deref().filter(|_| card.picture.is_some()));
    let alt = alt.map_or_else(String::new, |alt| {
        let lang = escaped(export.post_lang);
        format!(
            "<dl>{}</dl>\n",
            pair(&export.words.get("preview.alt"), alt).replacen("<dd>", &format!("<dd lang=\"{lang}\">"), 1)
        )
    });
    format!(
        "<section aria-labelledby=\"teasers\">\n<h2 id=\"teasers\">{title}</h2>\n{alt}<div class=\"cards\">{cards}</div>\n</section>\n"
    )
}

fn article(card: &Card, export: &Export<'_>) -> String {
    let lang = escaped(export.post_lang);
    let picture = match (&export.picture, &card.picture) {
        (Some((name, data)), Some(own)) if name == own => {
            let alt = escaped(card.alt.as_deref().unwrap_or_default());
            format!("<img src=\"{}\" alt=\"{alt}\" lang=\"{lang}\">", escaped(data))
        }
        _ => String::new(),
    };
    format!(
        "<article><h3>{}</h3><div class=\"posting\"><p class=\"words\" lang=\"{lang}\">{}</p>{picture}</div>\
         <p class=\"quiet\">{}</p></article>\n",
        escaped(&card.title),
        escaped(&card.text),
        escaped(&card.count)
    )
}
