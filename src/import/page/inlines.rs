//! Inline content of clean HTML: text, emphasis, links; pictures are moved behind the block.

use dom_query::NodeRef;

use super::{dom, figure};
use crate::post::{Inline, Picture, is_link};

/// The inline content of an element, and the pictures in it.
pub(super) fn read(node: &NodeRef<'_>) -> (Vec<Inline>, Vec<Picture>) {
    let (mut content, mut pictures) = (Vec::new(), Vec::new());
    for child in node.children_it(false) {
        one(&child, &mut content, &mut pictures);
    }
    (paragraphs(content).into_iter().reduce(joined).unwrap_or_default(), pictures)
}

/// Two paragraphs where only one can stand.
fn joined(mut before: Vec<Inline>, after: Vec<Inline>) -> Vec<Inline> {
    before.push(Inline::Text(" ".to_owned()));
    before.extend(after);
    before
}

/// Adds one node.
pub(super) fn one(node: &NodeRef<'_>, content: &mut Vec<Inline>, pictures: &mut Vec<Picture>) {
    if node.is_text() {
        return push_text(content, &node.text());
    }
    let inner = |pictures: &mut Vec<Picture>| {
        let mut inner = Vec::new();
        node.children_it(false).for_each(|child| one(&child, &mut inner, pictures));
        inner
    };
    match dom::name(node).as_str() {
        "br" => content.push(Inline::HardBreak),
        "img" => pictures.extend(figure::picture(node, None)),
        "a" => {
            let href = dom::attribute(node, "href").filter(|href| is_link(href));
            let first = pictures.len();
            let inner = inner(pictures);
            for picture in &mut pictures[first..] {
                picture.link = href.clone().filter(|href| !is_picture(href));
            }
            match href {
                Some(url) if !is_blank(&inner) => push(content, Inline::Link { url, content: inner }),
                _ => inner.into_iter().for_each(|inline| push(content, inline)),
            }
        }
        "em" | "i" | "cite" | "dfn" | "var" => wrap(content, inner(pictures), Inline::Emphasis),
        "strong" | "b" => wrap(content, inner(pictures), Inline::Strong),
        "del" | "s" | "strike" => wrap(content, inner(pictures), Inline::Strike),
        "code" | "kbd" | "samp" | "tt" => {
            let text = dom::one_line(&node.text());
            if !text.is_empty() {
                content.push(Inline::Code(text));
            }
        }
        _ => {
            // What stands side by side as blocks has a space between as text.
            let block = super::blocks::is_block(node);
            if block {
                push_text(content, " ");
            }
            inner(pictures).into_iter().for_each(|inline| push(content, inline));
            if block {
                push_text(content, " ");
            }
        }
    }
}

fn wrap(content: &mut Vec<Inline>, inner: Vec<Inline>, kind: impl Fn(Vec<Inline>) -> Inline) {
    if is_blank(&inner) {
        inner.into_iter().for_each(|inline| push(content, inline));
    } else {
        content.push(kind(inner));
    }
}

fn is_picture(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or(url).to_lowercase();
    [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif"].iter().any(|ending| path.ends_with(ending))
}

fn push(content: &mut Vec<Inline>, inline: Inline) {
    match inline {
        Inline::Text(text) => push_text(content, &text),
        other => content.push(other),
    }
}

/// Adds text with its white space collapsed as a browser does, also to the text before it.
pub(super) fn push_text(content: &mut Vec<Inline>, text: &str) {
    let mut spaced = match content.last() {
        None | Some(Inline::HardBreak) => true,
        Some(last) => ends_with_space(last),
    };
    let mut collapsed = String::with_capacity(text.len());
    for c in dom::visible(text).chars() {
        if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
            if !spaced {
                collapsed.push(' ');
            }
            spaced = true;
        } else {
            collapsed.push(c);
            spaced = false;
        }
    }
    match content.last_mut() {
        _ if collapsed.is_empty() => {}
        Some(Inline::Text(before)) => before.push_str(&collapsed),
        _ => content.push(Inline::Text(collapsed)),
    }
}

fn ends_with_space(inline: &Inline) -> bool {
    match inline {
        Inline::Text(text) => text.ends_with(' '),
        Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => {
            inner.last().is_some_and(ends_with_space)
        }
        Inline::Link { content, .. } => content.last().is_some_and(ends_with_space),
        Inline::Code(_) => false,
        Inline::SoftBreak | Inline::HardBreak => true,
    }
}

/// Whether there is nothing to see.
pub(super) fn is_blank(content: &[Inline]) -> bool {
    content.iter().all(|inline| match inline {
        Inline::Text(text) => text.trim().is_empty(),
        Inline::Code(text) => text.is_empty(),
        Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => is_blank(inner),
        Inline::Link { content, .. } => is_blank(content),
        Inline::SoftBreak | Inline::HardBreak => true,
    })
}

/// Content cut where two line breaks follow each other, without what is blank.
pub(super) fn paragraphs(content: Vec<Inline>) -> Vec<Vec<Inline>> {
    let mut found = vec![Vec::new()];
    let mut breaks = 0;
    for inline in content {
        match &inline {
            Inline::HardBreak => breaks += 1,
            Inline::Text(text) if text.trim_matches(' ').is_empty() && breaks > 0 => continue,
            _ => breaks = 0,
        }
        match breaks {
            2 => {
                if let Some(Inline::HardBreak) = found.last_mut().and_then(|part: &mut Vec<Inline>| part.pop()) {
                    found.push(Vec::new());
                }
            }
            count if count > 2 => {}
            _ => found.last_mut().expect("begins with one").push(inline),
        }
    }
    found.retain(|part| !is_blank(part));
    found
}
