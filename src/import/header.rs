//! The header of the post: what was found as keys, everything else as comments.
//!
//! Comes in: the draft. Goes out: the lines between the two `---`. A comment that holds a key becomes one when its `# ` is
//! deleted.

use std::fmt::Write;

use super::Draft;
use super::yaml::{comment, list, quoted, word};
use crate::post::{Event, Picture};

/// The header's lines, without the `---`.
pub(super) fn header(draft: &Draft) -> String {
    let mut text = String::new();
    let mut key = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            writeln!(text, "{name}: {value}").expect("writing to a String cannot fail");
        }
    };
    key("title", draft.title.as_deref().map(quoted));
    key("lang", draft.lang.clone());
    key("date", draft.date.map(|date| date.to_string()));
    key("event", draft.event.as_ref().map(event));
    key("author", draft.author.as_deref().map(word));
    key("categories", Some(list(&draft.categories)).filter(|_| !draft.categories.is_empty()));
    key("link", draft.link.clone());
    key("image", draft.image.as_ref().map(image));
    key("draft", Some("true".to_owned()));
    text + &questions(draft) + &suggestions(draft) + &kept(draft)
}

fn event(event: &Event) -> String {
    let parts = [
        event.name.as_ref().map(|name| format!("name: {}", quoted(name))),
        event.place.as_ref().map(|place| format!("place: {}", word(place))),
        event.date.map(|date| format!("date: {date}")),
    ];
    format!("{{ {} }}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// `{ src: foto.jpg, alt: "…", credit: "…" }`.
pub(super) fn image(picture: &Picture) -> String {
    let credit = picture.credit.as_ref().map(|credit| format!(", credit: {}", quoted(credit))).unwrap_or_default();
    format!("{{ src: {}, alt: {}{credit} }}", picture.src, quoted(&picture.alt))
}

fn questions(draft: &Draft) -> String {
    if draft.questions.is_empty() {
        return String::new();
    }
    let mut text = "#\n# To decide before it is sent:\n".to_owned();
    for question in &draft.questions {
        text.push_str(&remark(&question.says));
        if let Some(line) = &question.line {
            text.push_str(&format!("# {}\n", comment(line)));
        }
    }
    text
}

fn suggestions(draft: &Draft) -> String {
    if draft.suggestions.is_empty() {
        return String::new();
    }
    let mut text = "#\n# Suggestions, made from the text; what fits, without its #:\n".to_owned();
    for suggestion in &draft.suggestions {
        match &suggestion.line {
            Some(line) => text.push_str(&format!("# {}\n", comment(line))),
            None => {
                let what = if suggestion.key == "figure" { "a key figure" } else { "a quote" };
                text.push_str(&remark(&format!("{what}: {}", suggestion.value)));
            }
        }
    }
    text
}

fn kept(draft: &Draft) -> String {
    let mut text = String::new();
    if !draft.slips.is_empty() {
        text.push_str("#\n# Perhaps typing errors, kept as the source has them:\n");
        draft.slips.iter().for_each(|slip| text.push_str(&remark(slip)));
    }
    if !draft.left_out.is_empty() {
        text.push_str("#\n# On the page, but not in the post:\n");
        draft.left_out.iter().for_each(|what| text.push_str(&remark(what)));
    }
    text
}

/// A comment that is no key.
fn remark(text: &str) -> String {
    format!("#   - {}\n", comment(text))
}
