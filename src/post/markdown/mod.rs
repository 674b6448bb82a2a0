//! The body of a post: Markdown (CommonMark with GFM tables, strikethrough and autolinks) into a tree of [`Block`]s.
//!
//! Comes in: the text behind the header. Goes out: the tree, with the lines of the whole file, and findings where the
//! text may not mean what its author thinks. No smart punctuation, no raw HTML, no footnotes, no task lists; German
//! text survives letter for letter. Never hangs on any text: see `limits`.

use comrak::options::Extension;
use comrak::{Arena, Options};

use crate::post::Block;
use crate::post::passage::Passage;
use crate::post::report::Report;
use crate::post::source::Source;

use walk::Walk;

mod bare;
mod blocks;
mod definitions;
mod html;
mod inlines;
mod limits;
mod ordinal;
mod passages;
mod star;
mod walk;
mod write;

pub use write::write;

/// Parses the body of a post: its blocks, and its running text with the place of each character.
pub(super) fn parse(source: &Source, report: &mut Report<'_>) -> (Vec<Block>, Vec<Passage>) {
    let text = star::hide(source.body());
    if let Err(limit) = limits::check(&text) {
        report.error("too-complex", limit.spot(source.lines_before_body()), limit.message, limit.help);
        return (Vec::new(), Vec::new());
    }
    let arena = Arena::new();
    let root = comrak::parse_document(&arena, &text, &options());
    let mut walk = Walk::new(source, report, &text);
    let blocks = walk.blocks(root, 0);
    definitions::check(&mut walk, &blocks);
    let passages = passages::passages(&walk, root);
    (blocks, passages)
}

fn options() -> Options<'static> {
    Options {
        extension: Extension { strikethrough: true, table: true, autolink: true, ..Extension::default() },
        ..Options::default()
    }
}
