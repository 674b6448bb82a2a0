//! Paragraphs and lists of a copied text: lines that begin with the same sign, or are numbered from 1 on.
//!
//! Comes in: paragraphs. Goes out: blocks. One line alone that begins with `-`, and `24. Oktober`, are no list.

use crate::post::{Block, BlockKind, Inline};

/// Signs that begin an item wherever they stand.
const DOTS: [char; 4] = ['•', '▪', '‣', '◦'];
/// Signs that begin one only beside another item, since sentences begin with them, too.
const DASHES: [&str; 4] = ["- ", "* ", "– ", "+ "];
/// The longest item of the latter kind, in characters.
const LONGEST: usize = 150;

/// The blocks of a text.
pub(super) fn blocks(paragraphs: &[String]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = paragraphs;
    while let Some(first) = rest.first() {
        let dots = run(rest, |_, text| text.strip_prefix(DOTS).map(str::trim_start));
        let dashes =
            DASHES.iter().map(|dash| run(rest, |_, text| short(text)?.strip_prefix(dash))).max_by_key(Vec::len);
        let numbered = run(rest, |index, text| short(text)?.strip_prefix(&format!("{}. ", index + 1)));
        let (items, start) = match (dots, dashes.unwrap_or_default(), numbered) {
            (items, ..) if !items.is_empty() => (items, None),
            (_, items, _) if items.len() > 1 => (items, None),
            (_, _, items) if items.len() > 1 => (items, Some(1)),
            _ => {
                blocks.push(paragraph(first));
                rest = &rest[1..];
                continue;
            }
        };
        rest = &rest[items.len()..];
        let items: Vec<Vec<Block>> =
            items.iter().filter(|item| !item.is_empty()).map(|item| vec![paragraph(item)]).collect();
        if !items.is_empty() {
            blocks.push(Block { line: 0, kind: BlockKind::List { start, tight: true, items } });
        }
    }
    blocks
}

/// The texts behind their signs, as far as every line has one.
fn run<'t>(paragraphs: &'t [String], item: impl Fn(usize, &'t str) -> Option<&'t str>) -> Vec<&'t str> {
    paragraphs.iter().enumerate().map_while(|(index, text)| item(index, text.trim_start())).map(str::trim).collect()
}

fn short(text: &str) -> Option<&str> {
    (text.chars().count() <= LONGEST).then_some(text)
}

fn paragraph(text: &str) -> Block {
    Block { line: 0, kind: BlockKind::Paragraph(vec![Inline::Text(super::one_line(text))]) }
}

#[cfg(test)]
mod tests {
    use crate::post::write_markdown;

    fn written(lines: &[&str]) -> String {
        write_markdown(&super::blocks(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>()))
    }

    #[test]
    fn lines_with_the_same_sign_and_lines_numbered_from_one_are_lists() {
        assert_eq!(written(&["• eins", "• zwei", "Text"]), "- eins\n- zwei\n\nText\n");
        assert_eq!(written(&["Es gab:", "- Kuchen", "- Musik"]), "Es gab:\n\n- Kuchen\n- Musik\n");
        assert_eq!(written(&["1. Ella", "2. Omar", "3. Lea"]), "1. Ella\n2. Omar\n3. Lea\n");
    }

    #[test]
    fn a_lone_dash_and_days_are_none() {
        assert_eq!(written(&["- so war es", "Text"]), "\\- so war es\n\nText\n");
        assert_eq!(
            written(&["3. August: Flohmarkt", "24. Oktober: Feuer"]),
            "3\\. August: Flohmarkt\n\n24\\. Oktober: Feuer\n"
        );
        assert_eq!(written(&["1. Mai: Fest"]), "1\\. Mai: Fest\n");
    }
}
