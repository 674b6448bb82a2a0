//! Everything in one HTML file, for the person who releases a post: it can be mailed, opened anywhere and printed.
//!
//! Comes in: texts, numbers and one mail that is shown for nobody real. Goes out: a document that loads nothing, runs
//! nothing and has no member's data in it.

use super::view::{Card, Plan};
use crate::render::html::escaped;
use crate::words::Words;

/// What is exported.
pub struct Export<'a> {
    pub words: &'a Words,
    /// BCP 47, of the site.
    pub lang: &'a str,
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
    /// `4,812 members from the list “members”, basis: consent`.
    pub audience: &'a [String],
    /// Name, media type and bytes in base64 of the picture beside the cards.
    pub picture: Option<(String, String)>,
}

const STYLE: &str = "\
:root { color-scheme: light } body { margin: 0; background: #f4f5f7; color: #1d2329; font: 16px/1.5 system-ui, sans-serif } \
main { max-width: 760px; margin: 0 auto; padding: 24px 16px 48px } \
section, header { background: #fff; border: 1px solid #d5dae0; border-radius: 10px; padding: 20px 24px; margin: 0 0 20px } \
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 8px } h2 { font-size: 1.15rem; margin: 0 0 12px } \
.code { font: 600 1.4rem/1.3 ui-monospace, monospace } .quiet { color: #55606b } p { margin: 0 0 8px } \
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 20px; margin: 0 } dt { color: #55606b } dd { margin: 0 } \
iframe { width: 100%; height: 80vh; border: 1px solid #d5dae0; border-radius: 8px; background: #fff } \
article { border-top: 1px solid #d5dae0; padding: 14px 0 } article h3 { margin: 0 0 6px; font-size: 1rem } \
.words { white-space: pre-wrap; overflow-wrap: anywhere } img { max-width: 220px; border-radius: 6px } \
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: .875rem/1.45 ui-monospace, monospace } \
@media print { body { background: #fff } iframe { display: none } details { display: block } details > pre { display: block } }";

/// The whole document.
pub fn page(export: &Export<'_>) -> String {
    let Export { words, lang, organisation, title, code, made, from, subject, preheader, html, text, .. } = export;
    let word = |key: &str| escaped(&words.get(&format!("preview.{key}")));
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'";
    let audience: String = export.audience.iter().map(|line| format!("<p>{}</p>", escaped(line))).collect();
    let rows: String = export.plan.rows.iter().map(|(name, text)| pair(name, text)).collect();
    let skipped: String = export.plan.skipped.iter().map(|text| format!("<li>{}</li>", escaped(text))).collect();
    let skipped = match skipped.is_empty() {
        true => String::new(),
        false => format!("<h3>{}</h3><ul>{skipped}</ul>", word("skipped")),
    };
    let cards: String = export.cards.iter().map(|card| article(card, export)).collect();
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <title>{}: {}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header>\n<p class=\"quiet\">{} · {}</p>\n<h1>{}</h1>\n<p class=\"code\">{}</p>\n<p>{}</p>\n<p class=\"quiet\">{} {}</p>\n</header>\n\
         <section>\n<h2>{}</h2>\n{audience}\n<dl>{rows}</dl>\n<p>{}</p>\n{skipped}\n</section>\n\
         <section>\n<h2>{}</h2>\n<dl>{}{}{}</dl>\n<iframe title=\"{}\" sandbox=\"\" srcdoc=\"{}\"></iframe>\n\
         <details><summary>{}</summary><pre>{}</pre></details>\n</section>\n\
         <section>\n<h2>{}</h2>\n{cards}\n</section>\n</main>\n</body>\n</html>\n",
        escaped(lang),
        word("export_for"),
        escaped(title),
        escaped(organisation),
        word("export_for"),
        escaped(title),
        escaped(code),
        word("export_how"),
        word("export_invented"),
        escaped(made),
        word("plan"),
        escaped(&export.plan.due),
        word("mail"),
        pair("From", from),
        pair(&words.get("preview.item_title"), subject),
        pair(&words.get("preview.item_text"), preheader),
        word("mail"),
        escaped(html),
        word("plain_text"),
        escaped(text),
        word("teasers"),
    )
}

fn pair(name: &str, text: &str) -> String {
    format!("<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(text))
}

fn article(card: &Card, export: &Export<'_>) -> String {
    let picture = match (&export.picture, &card.picture) {
        (Some((name, data)), Some(own)) if name == own => {
            format!("<img src=\"{}\" alt=\"{}\">", escaped(data), escaped(card.alt.as_deref().unwrap_or_default()))
        }
        _ => String::new(),
    };
    format!(
        "<article><h3>{}</h3>{picture}<p class=\"words\">{}</p><p class=\"quiet\">{}</p></article>",
        escaped(&card.network),
        escaped(&card.text),
        escaped(&card.count)
    )
}
