//! Refuses pages whose elements lie too deep inside each other: the time of every HTML parser grows with the square of
//! the depth, and who walks the tree needs room for it.

use dom_query::Document;

use crate::import::Refused;

/// The deepest page that is parsed, by the tags that are open at once.
const MAX_OPEN: usize = 2_000;
/// The deepest tree that is walked.
const MAX_DEPTH: usize = 250;

/// Tags whose end may be left out, or that have none (HTML, section 13.1.2).
const UNCOUNTED: [&str; 36] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p", "li",
    "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup", "rt", "rp", "html",
    "head", "body", "param", "path", "rect", "circle", "use",
];

/// Counts tags in the text, before anything is parsed.
///
/// # Errors
/// [`Refused::TooDeep`].
pub(super) fn check(html: &str) -> Result<(), Refused> {
    let mut open = 0_usize;
    let bytes = html.as_bytes();
    for (at, _) in html.match_indices('<') {
        let ends = bytes.get(at + 1) == Some(&b'/');
        let start = at + 1 + usize::from(ends);
        let length =
            bytes[start.min(bytes.len())..].iter().take(12).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = html[start.min(html.len())..start + length].to_ascii_lowercase();
        if name.is_empty() || UNCOUNTED.contains(&name.as_str()) {
            continue;
        }
        open = if ends { open.saturating_sub(1) } else { open + 1 };
        if open > MAX_OPEN {
            return Err(Refused::TooDeep(MAX_OPEN));
        }
    }
    Ok(())
}

/// Measures the tree.
///
/// # Errors
/// [`Refused::TooDeep`].
pub(super) fn check_tree(document: &Document) -> Result<(), Refused> {
    let mut waiting = vec![(document.root(), 0)];
    while let Some((node, depth)) = waiting.pop() {
        if depth > MAX_DEPTH {
            return Err(Refused::TooDeep(MAX_DEPTH));
        }
        waiting.extend(node.children_it(false).map(|child| (child, depth + 1)));
    }
    Ok(())
}
