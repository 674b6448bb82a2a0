//! What walking the parser's tree needs: places in the file, and where to report.

use comrak::nodes::{AstNode, LineColumn, NodeValue};

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
    /// Something was just taken out of the text: a space on both sides would be one too many.
    pub gap: bool,
    told_depth: bool,
}

impl<'w, 's> Walk<'w, 's> {
    pub(super) fn new(source: &'w Source, report: &'w mut Report<'s>, offset: usize) -> Walk<'w, 's> {
        Walk { source, report, offset, code: Vec::new(), gap: false, told_depth: false }
    }

    /// Where a node begins in the file.
    pub(super) fn start(&self, node: &AstNode<'_>) -> Spot {
        self.spot(node.data().sourcepos.start)
    }

    /// Where a node begins, with the width it has on its first line.
    pub(super) fn extent(&self, node: &AstNode<'_>) -> Spot {
        let position = node.data().sourcepos;
        let start = self.spot(position.start);
        let end = if position.end.line == position.start.line {
            position.end.column + 1
        } else {
            self.source.line(start.line).chars().count() + 1
        };
        Spot { width: end.saturating_sub(start.column).max(1), ..start }
    }

    fn spot(&self, position: LineColumn) -> Spot {
        Spot { line: position.line + self.offset, column: position.column.max(1), width: 1 }
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
