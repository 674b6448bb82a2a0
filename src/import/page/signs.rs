//! What HTML says by an element and a text by a sign: quotation marks, and small figures above and below the line; and
//! what editors say by a style and HTML by an element.
//!
//! Comes in: the tree. Goes out: the same tree with `<q>`, `<sup>` and `<sub>` written out: 60 m², CO₂, a note's ¹; and
//! with elements for bold, italic and struck text.

use dom_query::{Document, NodeRef};

use super::dom;

const ABOVE: [(char, char); 15] = [
    ('0', '⁰'),
    ('1', '¹'),
    ('2', '²'),
    ('3', '³'),
    ('4', '⁴'),
    ('5', '⁵'),
    ('6', '⁶'),
    ('7', '⁷'),
    ('8', '⁸'),
    ('9', '⁹'),
    ('+', '⁺'),
    ('-', '⁻'),
    ('−', '⁻'),
    ('(', '⁽'),
    (')', '⁾'),
];
const BELOW: [(char, char); 10] = [
    ('0', '₀'),
    ('1', '₁'),
    ('2', '₂'),
    ('3', '₃'),
    ('4', '₄'),
    ('5', '₅'),
    ('6', '₆'),
    ('7', '₇'),
    ('8', '₈'),
    ('9', '₉'),
];

/// Writes them out. `lang` is the page's language.
pub(super) fn write_out(document: &Document, lang: Option<&str>) {
    for (selector, signs) in [("sup", ABOVE.as_slice()), ("sub", BELOW.as_slice())] {
        for node in document.select(selector).nodes() {
            if let Some(text) = moved(&dom::line(node), signs) {
                node.set_text(text);
            }
        }
    }
    for node in document.select("span[style], font[style]").nodes() {
        let style = dom::attribute(node, "style").unwrap_or_default().to_lowercase().replace(' ', "");
        let element = [
            ("line-through", "s"),
            ("font-weight:bold", "strong"),
            ("font-weight:700", "strong"),
            ("font-style:italic", "em"),
        ];
        if let Some((_, element)) = element.iter().find(|(says, _)| style.contains(says)) {
            node.rename(element);
        }
    }
    for node in document.select("q").nodes() {
        let [open, close] = marks(node, lang);
        node.prepend_html(open);
        node.append_html(close);
    }
}

/// Figures in their small form; other texts, `1<sup>st</sup>`, have none.
fn moved(text: &str, signs: &[(char, char)]) -> Option<String> {
    let small = |c: char| match c {
        ',' | ' ' => Some(c),
        _ => signs.iter().find(|(usual, _)| *usual == c).map(|(_, small)| *small),
    };
    text.contains(|c: char| c.is_ascii_digit()).then(|| text.chars().map(small).collect())?
}

/// The marks of the nearest language, the inner ones inside another quote.
fn marks(node: &NodeRef<'_>, lang: Option<&str>) -> [&'static str; 2] {
    let own = dom::attribute(node, "lang");
    let near = own.or_else(|| node.ancestors_it(None).find_map(|outer| dom::attribute(&outer, "lang")));
    let inner = dom::is_inside(node, &["q"]);
    let near = near.as_deref().or(lang).unwrap_or("de").to_lowercase();
    match (near.split('-').next().unwrap_or(""), inner) {
        ("de" | "cs" | "sk" | "da", false) => ["„", "“"],
        ("de" | "cs" | "sk" | "da", true) => ["‚", "‘"],
        ("pl", false) => ["„", "”"],
        ("fr", false) => ["«\u{a0}", "\u{a0}»"],
        ("it" | "es", false) => ["«", "»"],
        (_, false) => ["“", "”"],
        (_, true) => ["‘", "’"],
    }
}
