//! Raw HTML: shown as the text it is, with a finding. Comments are left out, with a finding.

use comrak::nodes::AstNode;

use crate::post::markdown::inlines::push_text;
use crate::post::markdown::star;
use crate::post::markdown::walk::Walk;
use crate::post::report::Spot;
use crate::post::{Block, BlockKind, Inline};

/// An HTML block becomes a paragraph of its lines, each as written.
pub(super) fn block(walk: &mut Walk<'_, '_>, node: &AstNode<'_>, literal: &str, blocks: &mut Vec<Block>) {
    let spot = walk.extent_for_warning(node);
    let text = without_comments(walk, spot, &star::show(literal));
    let mut content = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !content.is_empty() {
            content.push(Inline::HardBreak);
        }
        push_text(&mut content, line);
    }
    if !content.is_empty() {
        warn(walk, spot, &text, "raw HTML is shown as text, and Markdown inside it is not read");
        blocks.push(Block { line: spot.line, kind: BlockKind::Paragraph(content) });
    }
}

/// The text that an inline tag is shown as; `None` for a comment.
pub(super) fn inline(walk: &mut Walk<'_, '_>, node: &AstNode<'_>, literal: &str) -> Option<String> {
    let spot = walk.extent_for_warning(node);
    let text = star::show(literal);
    if text.starts_with("<!--") {
        warn_of_comment(walk, spot);
        return None;
    }
    warn(walk, spot, &text, &format!("`{}` is raw HTML and is shown as text", first_line(&text)));
    Some(text)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}

fn warn(walk: &mut Walk<'_, '_>, spot: Spot, html: &str, message: &str) {
    let help = if html.to_lowercase().contains("<br") {
        "for a line break, end the line with a backslash `\\`; else delete the tag"
    } else {
        "delete the tags and write Markdown; if the text should show `<`, write `\\<`"
    };
    walk.report.warning("raw-html", spot, message, help);
}

fn warn_of_comment(walk: &mut Walk<'_, '_>, spot: Spot) {
    let help = "delete it if nobody needs it any more; readers do not get it";
    walk.report.warning("html-comment", spot, "a comment is left out", help);
}

/// The literal without `<!-- … -->`. A comment without an end would swallow the rest of the post: an error.
fn without_comments(walk: &mut Walk<'_, '_>, spot: Spot, literal: &str) -> String {
    let mut text = String::new();
    let mut rest = literal;
    while let Some(start) = rest.find("<!--") {
        text.push_str(&rest[..start]);
        let Some(end) = rest[start..].find("-->") else {
            let message = "a comment begins here and never ends: everything after it would be lost";
            walk.report.error("html-comment", spot, message, "write `-->` where it ends, or delete `<!--`");
            return text;
        };
        warn_of_comment(walk, spot);
        rest = &rest[start + end + 3..];
    }
    text + rest
}
