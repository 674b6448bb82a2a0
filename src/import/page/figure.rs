//! Pictures with their descriptions, captions and credits.

use dom_query::{NodeRef, Selection};

use super::{blocks, caption, dom, inlines};
use crate::post::{Block, BlockKind, Inline, Picture};

/// The picture of an `<img>`; `None` without an address.
pub(super) fn picture(node: &NodeRef<'_>, credit: Option<String>) -> Option<Picture> {
    let src = dom::attribute(node, "src")?;
    let alt = dom::attribute(node, "alt").filter(|alt| !is_file_name(alt)).unwrap_or_default();
    Some(Picture { src, alt, credit, link: None, line: 0, column: 0 })
}

/// `DSC_0042.JPG` describes nothing.
fn is_file_name(alt: &str) -> bool {
    let lower = alt.to_lowercase();
    !alt.contains(' ') && [".jpg", ".jpeg", ".png", ".gif", ".webp"].iter().any(|ending| lower.ends_with(ending))
}

/// The pictures of a `<figure>`, with its caption below as emphasis. A figure around something else is what it holds.
pub(super) fn read(node: &NodeRef<'_>, depth: usize) -> Vec<Block> {
    let figure = Selection::from(*node);
    let captions = figure.select("figcaption");
    let own = |caption: &&NodeRef<'_>| {
        caption.ancestors_it(None).find(|outer| outer.has_name("figure")).is_some_and(|outer| outer.id == node.id)
    };
    let caption = captions.nodes().iter().find(own);
    let pictures = figure.select("img");
    // A gallery holds figures; they have captions of their own.
    if pictures.nodes().is_empty() || figure.select("figure").exists() {
        return other(node, caption, depth);
    }
    let text = caption.map(dom::line).unwrap_or_default();
    let (description, credit) = caption::split(&text);
    let mut found = Vec::new();
    for img in pictures.nodes() {
        let Some(mut picture) = picture(img, credit.clone()) else { continue };
        picture.link = link(img);
        if picture.alt.is_empty() {
            picture.alt = description.clone().unwrap_or_default();
        }
        found.push(Block { line: 0, kind: BlockKind::Picture(picture) });
    }
    if let Some(description) = description {
        // With its own emphasis and links only where no credit had to be taken out.
        let content = match caption {
            Some(node) if credit.is_none() => inlines::read(node).0,
            _ => vec![Inline::Text(description)],
        };
        found.push(Block { line: 0, kind: BlockKind::Paragraph(vec![Inline::Emphasis(content)]) });
    }
    found
}

/// Where a picture leads, unless it is to a larger one of itself.
fn link(img: &NodeRef<'_>) -> Option<String> {
    let around = img.ancestors_it(Some(3)).find(|outer| outer.has_name("a"))?;
    let (_, pictures) = inlines_of(&around);
    pictures.into_iter().next().and_then(|picture| picture.link)
}

fn inlines_of(node: &NodeRef<'_>) -> (Vec<Inline>, Vec<Picture>) {
    let (mut content, mut pictures) = (Vec::new(), Vec::new());
    inlines::one(node, &mut content, &mut pictures);
    (content, pictures)
}

/// What the caption of a figure with a picture says of it, without its credit.
pub(super) fn captions(document: &dom_query::Document) -> Vec<String> {
    let captions = document.select("figcaption");
    let of_picture = |caption: &&NodeRef<'_>| {
        let figure = caption.ancestors_it(None).find(|outer| outer.has_name("figure"));
        figure.is_some_and(|figure| Selection::from(figure).select("img").exists())
    };
    captions.nodes().iter().filter(of_picture).filter_map(|node| caption::split(&dom::line(node)).0).collect()
}

/// A quote or table in a figure, and its caption behind it.
fn other(node: &NodeRef<'_>, caption: Option<&NodeRef<'_>>, depth: usize) -> Vec<Block> {
    let mut found = Vec::new();
    for child in node.children_it(false).filter(|child| Some(child.id) != caption.map(|caption| caption.id)) {
        if child.is_element() {
            let outer = blocks::of_element(&child, depth);
            found.extend(outer);
        }
    }
    if let Some(caption) = caption {
        let (content, _) = inlines::read(caption);
        if !inlines::is_blank(&content) {
            found.push(Block { line: 0, kind: BlockKind::Paragraph(vec![Inline::Emphasis(content)]) });
        }
    }
    found
}
