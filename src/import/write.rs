//! The draft as the text of a post.

use super::{Draft, header};
use crate::post::write_markdown;

/// The whole file: header and Markdown.
pub fn post_text(draft: &Draft) -> String {
    format!("---\n{}---\n{}", header::header(draft), write_markdown(&draft.body))
}
