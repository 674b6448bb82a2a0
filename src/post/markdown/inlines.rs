//! Inline content: text, emphasis, links, and the pictures among them.

use comrak::nodes::{AstNode, NodeLink, NodeValue};

use crate::post::markdown::limits::MAX_DEPTH;
use crate::post::markdown::walk::{Footnote, Walk};
use crate::post::markdown::{bare, definitions, html, star};
use crate::post::report::Spot;
use crate::post::source::is_forbidden;
use crate::post::{Inline, Picture, plain_text, reference, whole_text};

/// What becomes of a picture inside text.
pub(super) enum Pictures<'p> {
    /// It is moved behind the block.
    Behind(&'p mut Vec<Picture>),
    /// Its description takes its place: headings and table cells hold text only.
    AsText,
    /// It is inside another picture's description, which is text anyway.
    Silent,
}

impl Pictures<'_> {
    /// Those that were moved so far.
    fn moved(&mut self) -> &mut [Picture] {
        match self {
            Pictures::Behind(pictures) => pictures,
            Pictures::AsText | Pictures::Silent => &mut [],
        }
    }
}

impl Walk<'_, '_> {
    /// The inline content of a block, without breaks and spaces at its ends.
    pub(super) fn inlines<'a>(&mut self, node: &'a AstNode<'a>, pictures: &mut Pictures<'_>) -> Vec<Inline> {
        let mut content = Vec::new();
        self.gap = false;
        self.inline_children(node, &mut content, pictures, 0);
        trim(&mut content);
        content
    }

    fn inline_children<'a>(
        &mut self,
        node: &'a AstNode<'a>,
        content: &mut Vec<Inline>,
        pictures: &mut Pictures<'_>,
        depth: usize,
    ) {
        if depth > MAX_DEPTH {
            return self.too_deep(node);
        }
        for child in node.children() {
            self.inline(child, content, pictures, depth);
        }
    }

    fn inline<'a>(
        &mut self,
        node: &'a AstNode<'a>,
        content: &mut Vec<Inline>,
        pictures: &mut Pictures<'_>,
        depth: usize,
    ) {
        let value = node.data().value.clone();
        let mut children = |walk: &mut Self| {
            let mut inner = Vec::new();
            walk.inline_children(node, &mut inner, pictures, depth + 1);
            inner
        };
        match value {
            NodeValue::Text(text) => self.text(node, &text, content),
            NodeValue::SoftBreak => push_break(content, Inline::SoftBreak),
            NodeValue::LineBreak => push_break(content, Inline::HardBreak),
            NodeValue::Code(code) => content.push(Inline::Code(star::show(&code.literal))),
            NodeValue::Emph => {
                let inner = children(self);
                self.warn_of_star(node);
                push_unless_empty(content, inner, Inline::Emphasis);
            }
            NodeValue::Strong => push_unless_empty(content, children(self), Inline::Strong),
            NodeValue::Strikethrough => push_unless_empty(content, children(self), Inline::Strike),
            NodeValue::Link(link) => {
                let first = pictures.moved().len();
                let mut inner = Vec::new();
                self.inline_children(node, &mut inner, pictures, depth + 1);
                let url = self.link(node, &link, inner, content);
                pictures.moved()[first..].iter_mut().for_each(|picture| picture.link = Some(url.clone()));
            }
            NodeValue::Image(link) => {
                let mut alt = Vec::new();
                self.inline_children(node, &mut alt, &mut Pictures::Silent, depth + 1);
                self.picture(node, &link, &plain_text(&alt), content, pictures);
            }
            NodeValue::HtmlInline(literal) => match html::inline(self, node, &literal) {
                Some(text) => push_text(content, &text),
                None => self.gap = true,
            },
            _ => self.inline_children(node, content, pictures, depth + 1),
        }
    }

    fn text(&mut self, node: &AstNode<'_>, text: &str, content: &mut Vec<Inline>) {
        let shown = star::show(text);
        if let Some(bad) = shown.chars().find(|c| is_forbidden(*c) && !matches!(c, '\t' | '\n')) {
            let message = format!("an invisible character that no text may contain: U+{:04X}", u32::from(bad));
            self.report.error("control-character", self.start(node), message, "delete the `&#…;` that stands for it");
        }
        // The parser cuts a text at each bracket, so the two signs come one after the other.
        let in_front = matches!(content.last(), Some(Inline::Text(before)) if before.ends_with(']'));
        if shown.contains("](") || (in_front && shown.starts_with('(')) {
            self.warn_of_failed_link(node);
        }
        push_text(content, self.without_gap(&shown, content));
    }

    /// The text, without its first space where something that was taken out leaves a space or nothing before it.
    fn without_gap<'t>(&mut self, text: &'t str, before: &[Inline]) -> &'t str {
        let spaced = before.last().is_none_or(|last| matches!(last, Inline::Text(text) if text.ends_with(' ')));
        let gap = std::mem::take(&mut self.gap);
        if gap && spaced { text.strip_prefix(' ').unwrap_or(text) } else { text }
    }

    /// `[text](https://example.org/a b)` and `![alt](foto 1.jpg)` stay text because of the space.
    fn warn_of_failed_link(&mut self, node: &AstNode<'_>) {
        let start = self.start(node);
        let line = self.source.line(start.line);
        let column = line.find("](").map_or(start.column, |at| line[..at].chars().count() + 1);
        let message = "this looks like a link or picture, but is shown as text";
        let help = "an address with spaces goes in angle brackets, `[text](<foto 1.jpg>)`; put nothing but the address in the round brackets";
        self.report.warning("not-a-link", Spot { line: start.line, column, width: 2 }, message, help);
    }

    /// `*… Rückkehrer*innen …*`: the star in the word is kept, but the author may have meant another one.
    fn warn_of_star<'a>(&mut self, node: &'a AstNode<'a>) {
        let nested = node.ancestors().skip(1).any(|outer| matches!(outer.data().value, NodeValue::Emph));
        let has_star =
            node.descendants().any(|inner| matches!(&inner.data().value, NodeValue::Text(text) if star::is_in(text)));
        if nested || !has_star || !self.begins_with(node, b'*') {
            return;
        }
        let start = self.start(node);
        let last = node.data().sourcepos.end.line + self.offset;
        let found = (start.line..=last).find_map(|number| {
            let from = if number == start.line { start.column } else { 1 };
            star::find_word(self.source.line(number), from).map(|(column, word)| (number, column, word))
        });
        let Some((line, column, word)) = found else { return };
        let width = word.chars().count();
        let message = format!("`{word}` stands inside an emphasis that is written with stars, too");
        let help = "write the emphasis with underscores, `_…_`, and look at the preview";
        self.report.warning("star-in-emphasis", Spot { line, column, width }, message, help);
    }

    /// Adds a link and says where it leads.
    fn link(&mut self, node: &AstNode<'_>, link: &NodeLink, inner: Vec<Inline>, content: &mut Vec<Inline>) -> String {
        let mut url = star::show(&link.url);
        let (mut inner, mut behind) = (inner, String::new());
        if let [Inline::Text(text)] = inner.as_slice()
            && url.ends_with(text.as_str())
        {
            let address = bare::address(text);
            let rest = &text[address.len()..];
            url.truncate(url.len() - rest.len());
            behind = bare::behind(rest);
            inner = vec![Inline::Text(address.to_owned())];
        }
        if let Err(refused) = reference::link(&url) {
            let (spot, text) = (self.extent(node), whole_text(&inner));
            match text.strip_prefix('^') {
                // A footnote is told of where it is defined.
                Some(_) => self.footnotes.push(Footnote { label: definitions::label(&text), spot, refused }),
                None => self.report.error("bad-link", spot, refused.message, refused.help),
            }
        }
        push_unless_empty(content, inner, |content| Inline::Link { url: url.clone(), content });
        push_text(content, &behind);
        url
    }

    fn picture(
        &mut self,
        node: &AstNode<'_>,
        link: &NodeLink,
        alt: &str,
        content: &mut Vec<Inline>,
        pictures: &mut Pictures<'_>,
    ) {
        let (src, alt) = (star::show(&link.url), alt.trim().to_owned());
        let spot = self.extent(node);
        if let Pictures::Silent = pictures {
            return push_text(content, &alt);
        }
        if alt.is_empty() {
            let help = format!("say in one sentence what is to be seen: `![Drei Personen auf einer Bühne]({src})`");
            self.report.error("missing-alt", spot, format!("the picture `{src}` has no description"), help);
        }
        if let Err(refused) = reference::picture(&src) {
            self.report.error("bad-picture", spot, refused.message, refused.help);
        }
        match pictures {
            Pictures::Behind(pictures) => {
                let credit = Some(star::show(&link.title).trim().to_owned()).filter(|credit| !credit.is_empty());
                pictures.push(Picture { src, alt, credit, link: None, line: spot.line, column: spot.column });
                self.gap = true;
            }
            Pictures::AsText | Pictures::Silent => {
                let message = "a picture cannot stand in a heading or a table; its description takes its place";
                self.report.warning("picture-as-text", spot, message, "put the picture in a line of its own");
                push_text(content, &alt);
            }
        }
    }
}

/// Appends text, joined to a text before it.
pub(super) fn push_text(content: &mut Vec<Inline>, text: &str) {
    match content.last_mut() {
        _ if text.is_empty() => {}
        Some(Inline::Text(before)) => before.push_str(text),
        _ => content.push(Inline::Text(text.to_owned())),
    }
}

/// A break, unless a picture that was taken out left one before it.
fn push_break(content: &mut Vec<Inline>, line_break: Inline) {
    if !matches!(content.last(), None | Some(Inline::SoftBreak | Inline::HardBreak)) {
        content.push(line_break);
    }
}

fn push_unless_empty(content: &mut Vec<Inline>, inner: Vec<Inline>, wrap: impl FnOnce(Vec<Inline>) -> Inline) {
    if !inner.is_empty() {
        content.push(wrap(inner));
    }
}

/// Removes breaks and plain spaces at both ends; what is left of a paragraph of pictures is then empty. A NBSP stays.
fn trim(content: &mut Vec<Inline>) {
    loop {
        match content.last_mut() {
            Some(Inline::SoftBreak | Inline::HardBreak) => _ = content.pop(),
            Some(Inline::Text(text)) if text.trim_matches([' ', '\t']).is_empty() => _ = content.pop(),
            Some(Inline::Text(text)) if text.ends_with([' ', '\t']) => {
                text.truncate(text.trim_end_matches([' ', '\t']).len());
            }
            _ => break,
        }
    }
    loop {
        match content.first_mut() {
            Some(Inline::SoftBreak | Inline::HardBreak) => _ = content.remove(0),
            Some(Inline::Text(text)) if text.trim_matches([' ', '\t']).is_empty() => _ = content.remove(0),
            Some(Inline::Text(text)) if text.starts_with([' ', '\t']) => {
                *text = text.trim_start_matches([' ', '\t']).to_owned();
            }
            _ => break,
        }
    }
}
