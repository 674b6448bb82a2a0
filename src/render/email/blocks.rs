//! The body of a post as HTML for `mj-text`, with the pictures between.
//!
//! Comes in: the tree of blocks. Goes out: parts in reading order, HTML whose text is escaped and whose look is left
//! to the templates' classes, and pictures, which need `mj-image` for their width in classic Outlook. Headings begin
//! at the level that is asked for and skip none. Writes no white space alone between two elements: mrml drops it.

use crate::post::{Align, Block, BlockKind, Inline, Picture, plain_text};
use crate::render::email::escape::escape;
use crate::render::link;

/// A stretch of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// HTML for the inside of an `mj-text`.
    Text(String),
    Picture(Photo),
}

/// A picture as the mail shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    pub src: String,
    /// CSS pixels.
    pub width: u32,
    pub alt: String,
    /// The whole credit line, `Foto: …`.
    pub credit: Option<String>,
    /// Where it leads.
    pub link: Option<String>,
}

/// How the body is written.
pub struct Style<'a> {
    /// The level of the body's highest heading; the title is 1.
    pub first_heading: u8,
    /// The first paragraph is set as a lead.
    pub lead: bool,
    /// Finds a picture; without one, it is left out.
    pub photo: &'a dyn Fn(&Picture) -> Option<Photo>,
}

/// The body as parts, neighbouring text in one part.
pub fn parts(blocks: &[Block], style: &Style<'_>) -> Vec<Part> {
    let mut writer = Writer { style, lead: style.lead, open: Vec::new(), html: String::new(), parts: Vec::new() };
    for block in blocks {
        match &block.kind {
            BlockKind::Picture(picture) => {
                writer.end_text();
                writer.parts.extend((style.photo)(picture).map(Part::Picture));
            }
            _ => writer.block(block),
        }
    }
    writer.end_text();
    writer.parts
}

/// Inline content as HTML.
pub fn inline_html(content: &[Inline]) -> String {
    let mut html = String::new();
    push_inline(content, &mut html);
    html
}

struct Writer<'a> {
    style: &'a Style<'a>,
    /// The next paragraph is the lead.
    lead: bool,
    /// Source levels of the headings that are open, to close gaps between levels.
    open: Vec<u8>,
    html: String,
    parts: Vec<Part>,
}

impl Writer<'_> {
    fn end_text(&mut self) {
        if !self.html.is_empty() {
            self.parts.push(Part::Text(std::mem::take(&mut self.html)));
        }
    }

    fn block(&mut self, block: &Block) {
        match &block.kind {
            BlockKind::Heading { level, content } => {
                let level = self.heading_level(*level);
                self.element(&format!("h{level}"), &inline_html(content));
            }
            BlockKind::Paragraph(content) => {
                let class = if std::mem::take(&mut self.lead) { " class=\"lead\"" } else { "" };
                self.html.push_str(&format!("<p{class}>{}</p>", inline_html(content)));
            }
            BlockKind::Quote(blocks) => {
                self.html.push_str(
                    "<table role=\"presentation\" class=\"quote\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\" \
                     width=\"100%\"><tbody><tr><td class=\"quote-bar\"><blockquote>",
                );
                blocks.iter().for_each(|block| self.block(block));
                self.html.push_str("</blockquote></td></tr></tbody></table>");
            }
            BlockKind::List { start, tight, items } => self.list(*start, *tight, items),
            BlockKind::Code { text } => {
                let text = escape(text.trim_matches('\n'));
                self.html.push_str(&format!("<pre class=\"code\"><code>{text}</code></pre>"));
            }
            BlockKind::Picture(picture) => self.nested_picture(picture),
            BlockKind::Table { align, head, rows } => self.table(align, head, rows),
            BlockKind::Rule => self.html.push_str("<hr class=\"rule\" />"),
        }
    }

    fn element(&mut self, tag: &str, html: &str) {
        self.html.push_str(&format!("<{tag}>{html}</{tag}>"));
    }

    /// `#` and `##` are the same to a mail, whose title is the only h1; a level that was left out in the source
    /// leaves no gap.
    fn heading_level(&mut self, source: u8) -> u8 {
        let source = source.max(2);
        while self.open.last().is_some_and(|open| *open >= source) {
            self.open.pop();
        }
        self.open.push(source);
        let depth = u8::try_from(self.open.len()).expect("levels rise from 2 to at most 255");
        (self.style.first_heading + depth - 1).min(6)
    }

    fn list(&mut self, start: Option<u64>, tight: bool, items: &[Vec<Block>]) {
        let tag = if start.is_some() { "ol" } else { "ul" };
        let first = start.filter(|start| *start != 1).map(|start| format!(" start=\"{start}\"")).unwrap_or_default();
        self.html.push_str(&format!("<{tag}{first}>"));
        for item in items {
            self.html.push_str("<li>");
            for (index, block) in item.iter().enumerate() {
                match &block.kind {
                    BlockKind::Paragraph(content) if tight => {
                        let gap = if index > 0 { "<br />" } else { "" };
                        self.html.push_str(&format!("{gap}{}", inline_html(content)));
                    }
                    _ => self.block(block),
                }
            }
            self.html.push_str("</li>");
        }
        self.html.push_str(&format!("</{tag}>"));
    }

    /// A picture inside a list or quote stays there, as wide as that leaves room for.
    fn nested_picture(&mut self, picture: &Picture) {
        const ROOM: u32 = 480;
        if let Some(photo) = (self.style.photo)(picture) {
            let width = photo.width.min(ROOM);
            let image = format!(
                "<img src=\"{}\" alt=\"{}\" width=\"{width}\" class=\"nested\" />",
                escape(&photo.src),
                escape(&photo.alt)
            );
            match &photo.link {
                Some(url) if link::is_written(url) => {
                    self.html.push_str(&format!("<a href=\"{}\">{image}</a>", escape(url)));
                }
                _ => self.html.push_str(&image),
            }
            if let Some(credit) = &photo.credit {
                self.html.push_str(&format!("<p class=\"caption\">{}</p>", escape(credit)));
            }
        }
    }

    /// From four columns on, phones show a row as lines, each with the name of its column.
    fn table(&mut self, align: &[Align], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
        let stacked = head.len() > 3;
        let class = if stacked { "data stacked" } else { "data" };
        self.html.push_str(&format!(
            "<table class=\"{class}\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\" width=\"100%\"><thead><tr>"
        ));
        for (column, cell) in head.iter().enumerate() {
            let align = alignment(align, column);
            self.html.push_str(&format!("<th scope=\"col\"{align}>{}</th>", inline_html(cell)));
        }
        self.html.push_str("</tr></thead><tbody>");
        for row in rows {
            self.html.push_str("<tr>");
            for (column, cell) in row.iter().enumerate() {
                let name = head.get(column).map(|name| plain_text(name)).filter(|name| stacked && !name.is_empty());
                let name = name
                    .map(|name| format!("<span class=\"cell-name\">{}: </span>", escape(&name)))
                    .unwrap_or_default();
                self.html.push_str(&format!("<td{}>{name}{}</td>", alignment(align, column), inline_html(cell)));
            }
            self.html.push_str("</tr>");
        }
        self.html.push_str("</tbody></table>");
    }
}

fn alignment(align: &[Align], column: usize) -> &'static str {
    match align.get(column) {
        Some(Align::Center) => " align=\"center\"",
        Some(Align::Right) => " align=\"right\"",
        Some(Align::Left) => " align=\"left\"",
        Some(Align::None) | None => "",
    }
}

fn push_inline(content: &[Inline], html: &mut String) {
    for inline in content {
        match inline {
            Inline::Text(text) => html.push_str(&escape(text)),
            Inline::Emphasis(inner) => push_element("em", inner, html),
            Inline::Strong(inner) => push_element("strong", inner, html),
            Inline::Strike(inner) => push_element("s", inner, html),
            Inline::Code(text) => html.push_str(&format!("<code>{}</code>", escape(text))),
            Inline::Link { url, content } if !link::is_written(url) => push_inline(content, html),
            Inline::Link { url, content } => {
                html.push_str(&format!("<a href=\"{}\">", escape(url)));
                push_inline(content, html);
                html.push_str("</a>");
            }
            Inline::SoftBreak => html.push(' '),
            Inline::HardBreak => html.push_str("<br />"),
        }
    }
}

fn push_element(tag: &str, inner: &[Inline], html: &mut String) {
    html.push_str(&format!("<{tag}>"));
    push_inline(inner, html);
    html.push_str(&format!("</{tag}>"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<Inline> {
        vec![Inline::Text(text.into())]
    }

    fn html(kinds: Vec<BlockKind>) -> String {
        let blocks: Vec<Block> = kinds.into_iter().map(|kind| Block { line: 1, kind }).collect();
        let style = Style { first_heading: 2, lead: false, photo: &|_| None };
        match parts(&blocks, &style).as_slice() {
            [Part::Text(html)] => html.clone(),
            other => panic!("one text, not {other:?}"),
        }
    }

    #[test]
    fn headings_begin_at_h2_and_skip_no_level() {
        let heading = |level| BlockKind::Heading { level, content: text("T") };
        let levels = html([1, 2, 4, 3, 6, 2].map(heading).into());
        assert_eq!(levels, "<h2>T</h2><h2>T</h2><h3>T</h3><h3>T</h3><h4>T</h4><h2>T</h2>");
    }

    #[test]
    fn sections_that_are_all_third_level_in_the_source_stay_equals() {
        let heading = |level| BlockKind::Heading { level, content: text("T") };
        assert_eq!(html([3, 3].map(heading).into()), "<h2>T</h2><h2>T</h2>");
    }

    #[test]
    fn text_of_a_post_cannot_become_markup() {
        let link = Inline::Link { url: "https://a.example/?a=1&b=\"".into(), content: text("<script>") };
        assert_eq!(
            html(vec![BlockKind::Paragraph(vec![link])]),
            "<p><a href=\"https://a.example/?a=1&amp;b=&quot;\">&lt;script&gt;</a></p>"
        );
    }

    #[test]
    fn a_link_that_leads_to_no_website_is_its_text() {
        let link = Inline::Link { url: "javascript:alert(1)".into(), content: text("Bericht") };
        assert_eq!(html(vec![BlockKind::Paragraph(vec![link])]), "<p>Bericht</p>");
    }

    #[test]
    fn a_line_end_between_two_elements_stays_a_space() {
        let content = vec![Inline::Strong(text("a")), Inline::SoftBreak, Inline::Emphasis(text("b"))];
        assert_eq!(html(vec![BlockKind::Paragraph(content)]), "<p><strong>a</strong> <em>b</em></p>");
    }

    #[test]
    fn a_table_of_four_columns_names_each_cell_for_phones() {
        let row = |cells: [&str; 4]| cells.map(text).to_vec();
        let table =
            BlockKind::Table { align: vec![], head: row(["A", "B", "C", "D"]), rows: vec![row(["1", "2", "3", "4"])] };
        let html = html(vec![table]);
        assert!(html.contains("<td><span class=\"cell-name\">B: </span>2</td>"), "{html}");
    }
}
