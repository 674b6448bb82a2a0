//! The mail itself within the report, as it looked, and as plain text.
//!
//! Comes in: what a reader got. Goes out: HTML. The mail's document stands in a shadow tree (HTML, "declarative shadow
//! roots"), so that its styles and the page's do not touch and it breaks over printed pages as text does; a frame would be
//! cut off at its height. What could act or lead away is taken out; the page's policy forbids scripts and loading.

use crate::render::email::message::Readable;
use crate::render::html::escaped;
use crate::words::Words;

use super::super::wording::{lines, one_line};
use super::super::{Mail, Report};
use super::say;

/// The mails of all revisions.
pub(super) fn mails(report: &Report, words: &Words) -> String {
    let all: Vec<(i64, &Mail)> =
        report.revisions.iter().flat_map(|one| one.mails.iter().map(|mail| (one.number, mail))).collect();
    if all.is_empty() {
        return String::new();
    }
    let title = if report.trial { "report.mail_trial" } else { "report.mail" };
    let mut html = format!("<section class=\"mails\">\n<h2>{}</h2>\n", say(words, title));
    for (number, mail) in &all {
        let lists = mail.lists.iter().map(|list| one_line(list)).collect::<Vec<_>>().join(", ");
        let mut which = Vec::new();
        if report.revisions.len() > 1 {
            which.push(words.fill("report.revision", &[("number", &number.to_string())]));
        }
        if all.iter().filter(|(other, _)| other == number).count() > 1 {
            which.push(words.fill("report.mail_for", &[("list", &lists)]));
        }
        if !which.is_empty() {
            html += &format!("<h3>{}</h3>\n", escaped(&which.join(" · ")));
        }
        html += &match &mail.content {
            Some(content) => shown(content, words),
            None => format!("<p>{}</p>\n", say(words, "report.mail_unreadable")),
        };
    }
    html + "</section>\n"
}

/// MJML's columns are inline blocks, which no printer breaks over two pages.
const PRINTED: &str = "<style>@media print { [class*=\"mj-column-per-100\"] { display: block !important; } }</style>";

fn shown(content: &Readable, words: &Words) -> String {
    let mut html = String::from("<dl class=\"facts\">\n");
    for (label, value) in
        [("report.subject", &content.subject), ("report.sender", &content.from), ("report.reply_to", &content.reply_to)]
    {
        if !value.is_empty() {
            html += &format!("<div><dt>{}</dt><dd>{}</dd></div>\n", say(words, label), escaped(&one_line(value)));
        }
    }
    html += "</dl>\n";
    if content.text.contains('‹') {
        html += &format!("<p class=\"remark\">{}</p>\n", say(words, "report.mail_places"));
    }
    let lang = lang(&content.html).map_or_else(String::new, |lang| format!(" lang=\"{}\"", escaped(lang)));
    html += &format!(
        "<div class=\"mail\"{lang}><template shadowrootmode=\"open\">{PRINTED}{}</template></div>\n\
         <details><summary>{}</summary>\n<pre{lang}>{}</pre>\n</details>\n",
        harmless(&content.html),
        say(words, "report.mail_text"),
        escaped(&lines(&content.text))
    );
    html
}

/// The language of a document.
fn lang(html: &str) -> Option<&str> {
    let start = html.find("<html")?;
    let tag = &html[start..start + html[start..].find('>')?];
    let value = tag.split_once(" lang=\"")?.1.split('"').next()?;
    Some(value).filter(|value| value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

/// Tags that are taken out: those of a document, which has no place inside another one, and those that act, load, lead
/// away or end the shadow tree. What stands between them stays, but for titles and scripts.
const TAKEN_OUT: [&str; 14] = [
    "html", "head", "meta", "base", "link", "template", "iframe", "frame", "frameset", "object", "embed", "form",
    "portal", "!doctype",
];
/// These go with all that stands in them.
const WITH_CONTENT: [&str; 3] = ["title", "script", "noscript"];

/// The document as the content of a shadow tree; its body becomes a `div` that keeps its style.
fn harmless(html: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        let closing = rest[1..].starts_with('/');
        let name = name_of(&rest[1 + usize::from(closing)..]);
        let end = rest.find('>').map_or(rest.len(), |end| end + 1);
        if WITH_CONTENT.contains(&name.as_str()) && !closing {
            rest = after_closing(rest, &name);
        } else if TAKEN_OUT.contains(&name.as_str()) || WITH_CONTENT.contains(&name.as_str()) {
            rest = &rest[end..];
        } else if name == "body" {
            kept.push_str(if closing { "</div>" } else { "<div" });
            let tag = "<body".len() + usize::from(closing);
            if !closing {
                kept.push_str(rest.get(tag..end).unwrap_or(">"));
            }
            rest = &rest[end..];
        } else {
            kept.push('<');
            rest = &rest[1..];
        }
    }
    kept += rest;
    // Paper is white, whatever the screen is set to.
    kept.replace("@media (prefers-color-scheme:", "@media screen and (prefers-color-scheme:")
}

/// The name at the start of a tag, in lower case; empty where there is none.
fn name_of(tag: &str) -> String {
    let name = |c: &char| c.is_ascii_alphanumeric() || *c == '!';
    tag.chars().take_while(name).take(12).collect::<String>().to_ascii_lowercase()
}

/// What stands after the closing tag of an element; nothing where it has none.
fn after_closing<'a>(html: &'a str, name: &str) -> &'a str {
    let closing = format!("</{name}");
    let found = html.char_indices().find(|(at, _)| {
        let here = html.as_bytes().get(*at..*at + closing.len());
        here.is_some_and(|here| here.eq_ignore_ascii_case(closing.as_bytes()))
    });
    let rest = found.map_or("", |(at, _)| &html[at..]);
    rest.find('>').map_or("", |end| &rest[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::{harmless, lang};

    #[test]
    fn a_document_becomes_what_can_stand_in_another() {
        let document = "<!doctype html>\n<html lang=\"de\"><head><title>a < b</title><meta charset=\"utf-8\">\
                        <style>p > a { color: red }</style></head><body class=\"b\" style=\"margin:0\"><p>1 < 2</p></body></html>";
        assert_eq!(
            harmless(document),
            "\n<style>p > a { color: red }</style><div class=\"b\" style=\"margin:0\"><p>1 < 2</p></div>"
        );
        assert_eq!(lang(document), Some("de"));
    }

    #[test]
    fn nothing_acts_or_leads_out_of_the_mail() {
        for (bad, left) in [
            ("<p>a</template><p>b", "<p>a<p>b"),
            ("<TEMPLATE shadowrootmode=open>x", "x"),
            ("<META http-equiv=refresh content='0;url=http://x'>y", "y"),
            ("<scr<script>ipt>alert(1)</SCRIPT >z", "<scrz"),
            ("<script>never closed", ""),
            ("<base href=http://x><form action=http://x><iframe src=http://x></iframe></form>", ""),
            ("<meta", ""),
        ] {
            assert_eq!(harmless(bad), left, "{bad}");
        }
    }
}
