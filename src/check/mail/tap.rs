//! Links that a thumb misses.

use super::contrast::styles;
use super::css::Sheet;
use super::html::Document;
use super::{in_templates, own_templates};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::check::told::Told;

pub(super) const TAP_TARGET: Rule = Rule::warning(
    "tap-target",
    "a link is too small to be tapped with a thumb",
    "link whole words, and give a button at least 44 px of height (line height and padding)",
);

/// In CSS pixels (Apple's Human Interface Guidelines).
const BUTTON: f64 = 44.0;
/// In CSS pixels; WCAG 2.2, 2.5.8 wants 24 for targets that do not stand in a sentence.
const LINE: f64 = 12.0;
/// Letters and digits that a link in a text has at least.
const LETTERS: usize = 3;

/// Links of the post's text that are a letter or a sign.
pub(super) fn links(subject: &Subject<'_>, told: &mut Told) {
    for link in subject.links() {
        let Some(words) = link.words else { continue };
        if words.chars().filter(|c| c.is_alphanumeric()).count() < LETTERS {
            let message = format!("“{}” is too small a link for a thumb", words.trim());
            told.add(&TAP_TARGET, subject.place(link.place), message);
        }
    }
}

/// Buttons and small print of a design of one's own.
pub(super) fn look(subject: &Subject<'_>, document: &Document, told: &mut Told) {
    let sheets: Vec<Sheet> = document.styles.iter().map(|style| Sheet::parse(style)).collect();
    let styles = styles(document, &sheets, false);
    for (index, element) in document.elements.iter().enumerate().filter(|(_, element)| element.name == "a") {
        let (style, text) = (&styles[index], element.text.trim());
        if style.hidden || text.is_empty() {
            continue;
        }
        let height = style.line_height.max(style.size) + style.padding;
        let button = style.block && style.padding > 0.0;
        if (button && height < BUTTON) || style.size < LINE {
            let what = if button { "px high" } else { "px small" };
            let size = if button { height } else { style.size };
            let place = in_templates(subject, text)
                .or_else(|| element.attribute("href").and_then(|href| in_templates(subject, href)))
                .or_else(|| own_templates(subject).next().map(|own| crate::finding::Place::whole_file(&own.origin)));
            let message = format!("the link “{text}” is only {size:.0} {what}");
            told.add(&TAP_TARGET, place.unwrap_or_else(|| subject.key("title")), message);
        }
    }
}
