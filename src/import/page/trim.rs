//! Takes page chrome that has no class of its own out of an article, and its headline.

use crate::import::chrome::chrome;
use crate::post::{Block, BlockKind, Inline, whole_text};

/// Headings above lists of other articles.
const RELATED: [&str; 18] = [
    "das könnte sie interessieren",
    "auch interessant",
    "verwandte artikel",
    "verwandte beiträge",
    "verwandte nachrichten",
    "neueste beiträge",
    "das könnte sie auch interessieren",
    "das könnte dich auch interessieren",
    "weitere artikel",
    "weitere beiträge",
    "weitere meldungen",
    "ähnliche artikel",
    "ähnliche beiträge",
    "mehr zum thema",
    "related articles",
    "related posts",
    "you may also like",
    "more news",
];

/// Trims the blocks of a page with this headline.
pub(super) fn trim(blocks: &mut Vec<Block>, title: Option<&str>) {
    let mut kept: Vec<Block> = Vec::new();
    let mut related = false;
    for mut block in std::mem::take(blocks) {
        if related && is_link_list(&block) {
            continue;
        }
        related = false;
        match &mut block.kind {
            BlockKind::Heading { content, .. } => {
                let text = whole_text(content);
                related = is_related(&text);
                if related || is_chrome_heading(&text) || title.is_some_and(|title| super::same_text(title, &text)) {
                    continue;
                }
            }
            BlockKind::Paragraph(content) if chrome(&whole_text(content)).is_some() => continue,
            BlockKind::List { items, .. } => {
                items.retain(|item| chrome(&text(item)).is_none());
                if items.is_empty() {
                    continue;
                }
            }
            _ => {}
        }
        kept.push(block);
    }
    // A rule between the article and what stood below it.
    while kept.last().is_some_and(|last| matches!(last.kind, BlockKind::Rule)) {
        kept.pop();
    }
    let first = kept.iter().position(|block| !matches!(block.kind, BlockKind::Rule)).unwrap_or(kept.len());
    kept.drain(..first);
    *blocks = kept;
}

/// Whether a line heads a list of other articles.
pub(in crate::import) fn is_related(text: &str) -> bool {
    RELATED.contains(&text.trim_end_matches([':', '…', '.', ' ']).to_lowercase().as_str())
}

/// `Kontakt` and `Suche` may head a part of an article, „Teilen“ and „Zurück“ do not.
fn is_chrome_heading(text: &str) -> bool {
    chrome(text).is_some_and(|rule| !matches!(rule, "navigation" | "footer link"))
}

fn text(blocks: &[Block]) -> String {
    crate::import::paragraphs(blocks).join(" ")
}

/// A list, or a paragraph, of nothing but links.
fn is_link_list(block: &Block) -> bool {
    let is_link = |content: &[Inline]| {
        content.iter().all(|inline| match inline {
            Inline::Link { .. } => true,
            Inline::Text(text) => text.trim().is_empty(),
            _ => false,
        })
    };
    match &block.kind {
        BlockKind::Paragraph(content) => is_link(content),
        BlockKind::List { items, .. } => items.iter().flatten().all(is_link_list),
        _ => false,
    }
}
