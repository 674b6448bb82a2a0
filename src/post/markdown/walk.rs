//! What walking the parser's tree needs: places in the file, and where to report.

use comrak::nodes::{AstNode, NodeValue};

use crate::post::reference::Refused;
use crate::post::report::{Report, Spot};
use crate::post::source::Source;

/// A walk over the tree of one body.
pub(super) struct Walk<'w, 's> {
    pub source: &'w Source,
    pub report: &'w mut Report<'s>,
    /// Lines of the file before the body.
    pub offset: usize,
    /// First and last line, in the file, of each code block.
    pub code: Vec<(usize, usize)>,
    /// Links that may be footnotes and lead to no address.
    pub footnotes: Vec<Footnote>,
    /// Something was just taken out of the text: a space on both sides would be one too many.
    pub gap: bool,
    /// The lines that the parser has seen.
    lines: Vec<&'w str>,
    told_depth: bool,
}

/// A link whose text begins with `^` and whose target is refused: an error here, if not where it is defined.
pub(super) struct Footnote {
    /// As [`super::definitions::label`] writes it.
    pub label: String,
    pub spot: Spot,
    pub refused: Refused,
}

impl<'w, 's> Walk<'w, 's> {
    /// `text` is what the parser has seen: the body with its stars hidden.
    pub(super) fn new(source: &'w Source, report: &'w mut Report<'s>, text: &'w str) -> Walk<'w, 's> {
        let (offset, lines) = (source.lines_before_body(), text.split('\n').collect());
        Walk { source, report, offset, code: Vec::new(), footnotes: Vec::new(), gap: false, lines, told_depth: false }
    }

    /// The line in the file in which a node begins.
    pub(super) fn line(&self, node: &AstNode<'_>) -> usize {
        node.data().sourcepos.start.line + self.offset
    }

    /// Where a node begins in the file.
    pub(super) fn start(&self, node: &AstNode<'_>) -> Spot {
        let start = node.data().sourcepos.start;
        Spot { line: start.line + self.offset, column: self.characters(start.line, start.column - 1) + 1, width: 1 }
    }

    /// Where a node begins, with the width it has on its first line.
    pub(super) fn extent(&self, node: &AstNode<'_>) -> Spot {
        let position = node.data().sourcepos;
        let same_line = position.end.line == position.start.line;
        let end = self.characters(position.start.line, if same_line { position.end.column } else { usize::MAX });
        let start = self.start(node);
        Spot { width: (end + 1).saturating_sub(start.column).max(1), ..start }
    }

    /// The extent of a node for a warning; only its line once no more warnings are kept.
    pub(super) fn extent_for_warning(&self, node: &AstNode<'_>) -> Spot {
        if self.report.has_room_for_warnings() {
            return self.extent(node);
        }
        Spot { line: self.line(node), column: 1, width: 1 }
    }

    /// Whether a node begins with this ASCII sign.
    pub(super) fn begins_with(&self, node: &AstNode<'_>, sign: u8) -> bool {
        let start = node.data().sourcepos.start;
        let line = self.lines.get(start.line - 1).map_or(&b""[..], |line| line.as_bytes());
        line.get(start.column - 1) == Some(&sign)
    }

    /// A line as the parser has seen it, from 1 in the body.
    pub(super) fn seen(&self, line: usize) -> &'w str {
        line.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or("")
    }

    /// How many characters the first `bytes` bytes of a line are. The parser counts bytes; its own counting of
    /// characters takes time with the square of a line's length, so it is done here, and only for findings.
    fn characters(&self, line: usize, bytes: usize) -> usize {
        let line = self.seen(line);
        let bytes = bytes.min(line.len());
        line[..line.floor_char_boundary(bytes)].chars().count()
    }

    /// Reports, once, that blocks nest too deeply to be walked.
    pub(super) fn too_deep(&mut self, node: &AstNode<'_>) {
        if !self.told_depth {
            let inline = !matches!(node.data().value, NodeValue::BlockQuote | NodeValue::List(_) | NodeValue::Item(_));
            let what = if inline { "emphasis" } else { "quotes or lists" };
            let message = format!("more than {} levels of {what} inside each other", super::limits::MAX_DEPTH);
            let spot = self.start(node);
            self.report.error("too-complex", spot, message, "write it flatter");
        }
        self.told_depth = true;
    }
}
