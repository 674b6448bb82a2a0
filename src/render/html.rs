//! A post's body as plain, well-formed HTML for feed readers: no classes, no styles, no scripts.
//!
//! Comes in: blocks, and where each picture is published. Goes out: HTML whose URLs are all absolute. Markup in the
//! text is escaped; a picture without a URL is left out. Headings begin at h2, because the title is the h1.

use crate::post::{Align, Block, BlockKind, Inline, Picture};
use crate::render::link;

/// How the HTML shows a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Absolute URL.
    pub url: String,
    /// CSS pixels.
    pub width: u32,
    pub height: u32,
    /// `Foto: …`, already in the post's language.
    pub credit: Option<String>,
}

/// The HTML of blocks, one a line. `published` says where a picture is; `None` leaves it out.
pub fn html(blocks: &[Block], published: &dyn Fn(&Picture) -> Option<Published>) -> String {
    let mut writer = Writer { html: String::new(), published };
    writer.blocks(blocks);
    writer.html.trim_end().to_owned()
}

/// The HTML of one picture with its credit.
pub fn figure(picture: &Picture, published: &Published) -> String {
    let Published { url, width, height, credit } = published;
    let (url, alt) = (escaped(url), escaped(&picture.alt));
    let caption =
        credit.as_ref().map_or(String::new(), |credit| format!("<figcaption>{}</figcaption>", escaped(credit)));
    let image = format!("<img src=\"{url}\" alt=\"{alt}\" width=\"{width}\" height=\"{height}\">");
    let image = match &picture.link {
        Some(url) if link::is_written(url) => format!("<a href=\"{}\">{image}</a>", escaped(url)),
        _ => image,
    };
    format!("<figure>{image}{caption}</figure>")
}

/// Text for HTML: the five characters that mean something there as references.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

struct Writer<'a> {
    html: String,
    published: &'a dyn Fn(&Picture) -> Option<Published>,
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn line(&mut self, html: &str) {
        self.html.push_str(html);
        self.html.push('\n');
    }

    fn block(&mut self, block: &Block) {
        match &block.kind {
            BlockKind::Heading { level, content } => {
                let level = (level + 1).clamp(2, 6);
                self.line(&format!("<h{level}>{}</h{level}>", inline(content)));
            }
            BlockKind::Paragraph(content) => self.line(&format!("<p>{}</p>", inline(content))),
            BlockKind::Quote(inner) => {
                self.line("<blockquote>");
                self.blocks(inner);
                self.line("</blockquote>");
            }
            BlockKind::List { start, tight, items } => self.list(*start, *tight, items),
            BlockKind::Code { text } => self.line(&format!("<pre><code>{}</code></pre>", escaped(text))),
            BlockKind::Picture(picture) => {
                if let Some(published) = (self.published)(picture) {
                    self.line(&figure(picture, &published));
                }
            }
            BlockKind::Table { align, head, rows } => self.table(align, head, rows),
            BlockKind::Rule => self.line("<hr>"),
        }
    }

    fn list(&mut self, start: Option<u64>, tight: bool, items: &[Vec<Block>]) {
        let (open, close) = match start {
            None => ("<ul>".to_owned(), "</ul>"),
            Some(1) => ("<ol>".to_owned(), "</ol>"),
            Some(start) => (format!("<ol start=\"{start}\">"), "</ol>"),
        };
        self.line(&open);
        for item in items {
            self.html.push_str("<li>");
            for (index, block) in item.iter().enumerate() {
                match &block.kind {
                    BlockKind::Paragraph(content) if tight => {
                        let before = index.checked_sub(1).map(|index| &item[index].kind);
                        if matches!(before, Some(BlockKind::Paragraph(_))) {
                            self.html.push_str("<br>\n");
                        }
                        self.html.push_str(&inline(content));
                    }
                    _ => {
                        if !self.html.ends_with(['\n', '>']) {
                            self.html.push('\n');
                        }
                        self.block(block);
                    }
                }
            }
            let trimmed = self.html.trim_end().len();
            self.html.truncate(trimmed);
            self.line("</li>");
        }
        self.line(close);
    }

    fn table(&mut self, align: &[Align], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) {
        self.line("<table>");
        self.line(&format!("<thead><tr>{}</tr></thead>", cells("th", align, head)));
        self.line("<tbody>");
        for row in rows {
            self.line(&format!("<tr>{}</tr>", cells("td", align, row)));
        }
        self.line("</tbody>");
        self.line("</table>");
    }
}

fn cells(tag: &str, align: &[Align], row: &[Vec<Inline>]) -> String {
    let cell = |(column, content): (usize, &Vec<Inline>)| {
        let align = match align.get(column) {
            Some(Align::Left) => " align=\"left\"",
            Some(Align::Center) => " align=\"center\"",
            Some(Align::Right) => " align=\"right\"",
            Some(Align::None) | None => "",
        };
        format!("<{tag}{align}>{}</{tag}>", inline(content))
    };
    row.iter().enumerate().map(cell).collect()
}

/// The HTML of inline content.
pub fn inline(content: &[Inline]) -> String {
    let mut html = String::new();
    for part in content {
        match part {
            Inline::Text(text) => html.push_str(&escaped(text)),
            Inline::Emphasis(inner) => html.push_str(&format!("<em>{}</em>", inline(inner))),
            Inline::Strong(inner) => html.push_str(&format!("<strong>{}</strong>", inline(inner))),
            Inline::Strike(inner) => html.push_str(&format!("<del>{}</del>", inline(inner))),
            Inline::Code(text) => html.push_str(&format!("<code>{}</code>", escaped(text))),
            Inline::Link { url, content } if !link::is_written(url) => html.push_str(&inline(content)),
            Inline::Link { url, content } => {
                html.push_str(&format!("<a href=\"{}\">{}</a>", escaped(url), inline(content)));
            }
            Inline::SoftBreak => html.push(' '),
            Inline::HardBreak => html.push_str("<br>\n"),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<Inline> {
        vec![Inline::Text(text.to_owned())]
    }

    fn block(kind: BlockKind) -> Block {
        Block { line: 1, kind }
    }

    fn picture() -> Picture {
        Picture { src: "a.jpg".into(), alt: "Zwei \"Leute\"".into(), credit: None, link: None, line: 1, column: 1 }
    }

    #[test]
    fn every_block_has_its_element() {
        let paragraph = |words: &str| block(BlockKind::Paragraph(text(words)));
        let blocks = [
            block(BlockKind::Heading { level: 1, content: text("Kopf & <Fuß>") }),
            block(BlockKind::Paragraph(vec![
                Inline::Strong(text("fett")),
                Inline::SoftBreak,
                Inline::Emphasis(text("schräg")),
                Inline::HardBreak,
                Inline::Strike(text("weg")),
                Inline::Code("a<b".into()),
                Inline::Link { url: "https://example.org/?a=1&b=\"".into(), content: text("Link") },
            ])),
            block(BlockKind::Quote(vec![paragraph("Zitat")])),
            block(BlockKind::List {
                start: None,
                tight: true,
                items: vec![
                    vec![
                        paragraph("eins"),
                        block(BlockKind::List { start: Some(3), tight: false, items: vec![vec![paragraph("tief")]] }),
                    ],
                    vec![paragraph("zwei")],
                ],
            }),
            block(BlockKind::Code { text: "x < y\n".into() }),
            block(BlockKind::Table {
                align: vec![Align::None, Align::Right],
                head: vec![text("Ort"), text("Zahl")],
                rows: vec![vec![text("Ulm"), text("42")]],
            }),
            block(BlockKind::Rule),
            block(BlockKind::Picture(picture())),
        ];
        let published = |_: &Picture| {
            Some(Published { url: "https://example.org/a.jpg".into(), width: 5, height: 4, credit: None })
        };
        assert_eq!(
            html(&blocks, &published),
            "<h2>Kopf &amp; &lt;Fuß&gt;</h2>\n\
             <p><strong>fett</strong> <em>schräg</em><br>\n\
             <del>weg</del><code>a&lt;b</code><a href=\"https://example.org/?a=1&amp;b=&quot;\">Link</a></p>\n\
             <blockquote>\n<p>Zitat</p>\n</blockquote>\n\
             <ul>\n<li>eins\n<ol start=\"3\">\n<li><p>tief</p></li>\n</ol></li>\n<li>zwei</li>\n</ul>\n\
             <pre><code>x &lt; y\n</code></pre>\n\
             <table>\n<thead><tr><th>Ort</th><th align=\"right\">Zahl</th></tr></thead>\n\
             <tbody>\n<tr><td>Ulm</td><td align=\"right\">42</td></tr>\n</tbody>\n</table>\n\
             <hr>\n\
             <figure><img src=\"https://example.org/a.jpg\" alt=\"Zwei &quot;Leute&quot;\" width=\"5\" height=\"4\"></figure>"
        );
    }

    #[test]
    fn two_paragraphs_of_a_tight_item_stay_apart() {
        let paragraph = |words: &str| block(BlockKind::Paragraph(text(words)));
        let items = vec![vec![paragraph("erster"), paragraph("Punkt"), block(BlockKind::Rule), paragraph("Ende")]];
        let list = block(BlockKind::List { start: None, tight: true, items });
        assert_eq!(html(&[list], &|_| None), "<ul>\n<li>erster<br>\nPunkt\n<hr>\nEnde</li>\n</ul>");
    }

    #[test]
    fn a_link_that_leads_to_no_website_is_its_text() {
        let link = Inline::Link { url: "javascript:alert(1)".into(), content: text("Bericht") };
        assert_eq!(inline(&[link]), "Bericht");
        let published = Published { url: "https://example.org/a.jpg".into(), width: 5, height: 4, credit: None };
        let picture = Picture { link: Some("data:text/html,x".into()), ..picture() };
        assert!(!figure(&picture, &published).contains("href"));
    }

    #[test]
    fn a_picture_without_a_url_is_left_out() {
        assert_eq!(html(&[block(BlockKind::Picture(picture()))], &|_| None), "");
    }
}
