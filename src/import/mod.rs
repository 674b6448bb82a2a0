//! From a published page, or the text copied from one, to a draft post.
//!
//! ```text
//! bytes ─ sniff ─▶ HTML ─ charset ─▶ page: facts (JSON-LD, microdata, the CMS, OpenGraph, <time>), body ─▶ Draft
//!            └───▶ text ─ charset ─▶ text: lines, chrome, head, paragraphs ───────────────────────────────▶ Draft
//! Draft + suggest + slips ─ write ─▶ a post, draft: true
//! ```
//!
//! Comes in: the bytes of a page or text, and what is known of where they come from. Goes out: a [`Draft`] that says
//! what was found, what a person must decide and what may be meant, or why there is none. Pure: loads nothing, knows no
//! clock, writes nothing. Nothing is invented: what was not found is a question, never a default.

use crate::finding::{Finding, Place};
use crate::post::Block;

mod byline;
mod charset;
pub mod chrome;
mod dateline;
mod draft;
mod header;
mod language;
mod page;
pub mod picture;
mod refused;
mod slips;
mod sniff;
mod suggest;
mod text;
pub mod update;
mod write;
mod yaml;

pub use draft::{Dateline, Draft, Question, Suggestion};
pub use refused::Refused;
pub use write::post_text;

/// The most bytes of a page or text that are read.
pub const MAX_BYTES: usize = 10 * 1000 * 1000;

/// A page or text, and what is known of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    pub bytes: &'a [u8],
    /// Where it was loaded from, after redirects; `None` for a file.
    pub url: Option<&'a str>,
    /// `text/html`, where a server said so.
    pub media_type: Option<&'a str>,
    /// `utf-8`, where a server said so.
    pub charset: Option<&'a str>,
    /// The language that the user named: BCP 47.
    pub lang: Option<&'a str>,
    /// The name of the organisation that imports, to see whether it published the page itself.
    pub site: &'a str,
}

/// Makes a draft.
///
/// # Errors
/// There is no text to make one from; each reason says what to do.
pub fn read(input: &Input<'_>) -> Result<Draft, Refused> {
    let kind = sniff::kind(input)?;
    let decoded = charset::decode(input, kind)?;
    let mut draft = match kind {
        sniff::Kind::Html => page::read(&decoded.text, input)?,
        sniff::Kind::Text => text::read(&decoded.text)?,
    };
    draft.charset = decoded.charset;
    language::settle(&mut draft, input.lang);
    draft.finish(input.site);
    draft.suggestions = suggest::suggestions(&draft);
    let mut slips = decoded.slips;
    slips.extend(slips::slips(&draft));
    draft.slips = slips;
    Ok(draft)
}

/// The refusal as an error of the input that the user named.
pub fn finding(refused: &Refused, name: &str) -> Finding {
    let finding = Finding::error(refused.rule(), refused.to_string());
    finding.at(Place::whole_file(std::path::Path::new(name))).help(refused.help())
}

/// The text of blocks, a paragraph an entry, captions and cells included.
fn paragraphs(blocks: &[Block]) -> Vec<String> {
    let mut found = Vec::new();
    draft::collect_text(blocks, &mut found);
    found
}
