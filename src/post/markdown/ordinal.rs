//! `24. Oktober 2024` at the beginning of a line is a numbered list to Markdown. So is `42. Jahrestagung`.

use comrak::nodes::AstNode;

use crate::post::markdown::walk::Walk;
use crate::post::report::Spot;
use crate::post::{Block, BlockKind, month, plain_text};

/// A list that begins above this number is hardly one.
const LAST_PLAUSIBLE_START: u64 = 12;

/// Warns where a numbered list is more likely a date or an ordinal number, and where Markdown counts differently.
pub(super) fn check<'a>(walk: &mut Walk<'_, '_>, list: &'a AstNode<'a>, start: u64, items: &[Vec<Block>]) {
    let numbers: Vec<(Spot, String)> = list.children().map(|item| marker(walk, item)).collect();
    let all_the_same = numbers.iter().all(|(_, marker)| *marker == numbers[0].1);
    for (index, ((spot, marker), blocks)) in numbers.iter().zip(items).enumerate() {
        let word = first_word(blocks);
        let digits = marker.trim_end_matches(['.', ')']);
        let shown = start + index as u64;
        let message = if month::is_name(&word) {
            format!("a date at the beginning of a line is read as a numbered list: `{marker} {word}`")
        } else if index == 0 && (start > LAST_PLAUSIBLE_START || (items.len() == 1 && start != 1)) {
            format!("a number at the beginning of a line is read as a numbered list: `{marker} {word}`")
        } else if !all_the_same && digits.parse() != Ok(shown) {
            format!("the numbers of a list follow from its first one: `{marker} {word}` becomes {shown}")
        } else {
            continue;
        };
        let help = format!("write a backslash before the dot, `{digits}\\. {word}`, if it is no list");
        walk.report.warning("date-read-as-list", *spot, message, help);
    }
}

/// Where an item's number stands, and the number with its dot as written.
fn marker(walk: &Walk<'_, '_>, item: &AstNode<'_>) -> (Spot, String) {
    let spot = walk.start(item);
    let sign = |c: &char| c.is_ascii_digit() || matches!(c, '.' | ')');
    let marker: String = walk.source.line(spot.line).chars().skip(spot.column - 1).take_while(sign).collect();
    (Spot { width: marker.chars().count(), ..spot }, marker)
}

fn first_word(blocks: &[Block]) -> String {
    let text = match blocks.first().map(|block| &block.kind) {
        Some(BlockKind::Paragraph(content) | BlockKind::Heading { content, .. }) => plain_text(content),
        _ => String::new(),
    };
    text.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or("").to_owned()
}
