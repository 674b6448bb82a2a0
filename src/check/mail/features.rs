//! CSS and HTML in a design of one's own that chosen mail programs lack.
//!
//! What the built-in templates use is left out, and so is what only makes a mail plainer where it is missing.

use std::collections::BTreeMap;

use super::css::{Declaration, Sheet, declarations};
use super::html::Document;
use super::in_templates;
use super::programs::Programs;
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::check::told::Told;

pub(super) const UNSUPPORTED: Rule = Rule::warning(
    "unsupported",
    "a design of one's own uses CSS or HTML that mail programs of many readers lack",
    "build it with tables and MJML components, or choose in [check] clients which programs matter to you",
);

/// Whoever does without these reads the same mail, only plainer: square corners, the desk's layout, the light colours, the
/// next font of the list. The built-in templates rely on that.
const PLAINER: [&str; 63] = [
    "at:font-face",
    "at:keyframes",
    "at:media",
    "at:supports",
    "attribute:loading",
    "attribute:sizes",
    "attribute:srcset",
    "element:abbr",
    "element:small",
    "element:strike",
    "element:link",
    "element:wbr",
    "function:linear-gradient",
    "function:radial-gradient",
    "media:-webkit-device-pixel-ratio",
    "media:-webkit-min-device-pixel-ratio",
    "media:hover",
    "media:orientation",
    "media:prefers-color-scheme",
    "media:prefers-reduced-motion",
    "property:accent-color",
    "property:animation",
    "property:background-clip",
    "property:background-repeat",
    "property:background-size",
    "property:background-position",
    "property:border-radius",
    // Told with `position`.
    "property:bottom",
    "property:left",
    "property:right",
    "property:top",
    "property:border-spacing",
    "property:box-shadow",
    "property:box-sizing",
    "property:caption-side",
    "property:cursor",
    "property:font-kerning",
    "property:font-stretch",
    "property:hyphenate-character",
    "property:hyphens",
    "property:list-style-position",
    "property:max-width",
    "property:orphans",
    "property:outline",
    "property:outline-offset",
    "property:overflow",
    "property:overflow-wrap",
    "property:table-layout",
    "property:text-decoration-color",
    "property:text-decoration-line",
    "property:text-decoration-skip-ink",
    "property:text-decoration-style",
    "property:text-decoration-thickness",
    "property:text-shadow",
    "property:text-underline-offset",
    "property:text-wrap",
    "property:transition",
    "property:user-select",
    "property:white-space",
    "property:widows",
    "property:word-break",
    "property:word-wrap",
    "pseudo:hover",
];

/// The same for what MJML writes itself and for states of links.
const OF_MJML: [&str; 9] = [
    "pseudo:active",
    "pseudo:focus",
    "pseudo:visited",
    "pseudo:link",
    "pseudo:last-child",
    "property:opacity",
    "property:min-width",
    "property:max-height",
    "selector:[",
];

pub(super) fn look(subject: &Subject<'_>, document: &Document, told: &mut Told) {
    let programs = Programs::known();
    for (how, written) in features(document) {
        if PLAINER.contains(&how.as_str()) || OF_MJML.contains(&how.as_str()) {
            continue;
        }
        let Some((title, without)) = programs.lacking(&how, subject.programs) else { continue };
        // What no template of one's own writes is MJML's, which has its ways around it.
        let Some(place) = in_templates(subject, &written) else { continue };
        let (last, others) = without.split_last().expect("at least one lacks it");
        let who = if others.is_empty() { (*last).to_owned() } else { format!("{} and {last}", others.join(", ")) };
        let written = written.trim_end_matches('(');
        let named = title.to_lowercase().replace(' ', "").contains(&written.to_lowercase().replace(' ', ""));
        let what = if named { title.to_owned() } else { format!("{written} ({title})") };
        told.add(&UNSUPPORTED, place, format!("{what} does not work in {who}"));
    }
}

/// The features that a mail uses, by the way they are recognised, and a text that a template has for it.
fn features(document: &Document) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for element in &document.elements {
        found.insert(format!("element:{}", element.name), format!("<{}", element.name));
        for (name, value) in &element.attributes {
            found.insert(format!("attribute:{name}"), name.clone());
            if name == "style" {
                declarations(value).iter().for_each(|declaration| of_declaration(declaration, &mut found));
            }
            if let ("src", Some(kind)) = (name.as_str(), picture_kind(value)) {
                found.insert(format!("picture:{kind}"), value.clone());
            }
        }
    }
    for sheet in document.styles.iter().map(|style| Sheet::parse(style)) {
        for name in &sheet.at_rules {
            found.insert(format!("at:{name}"), format!("@{name}"));
        }
        for feature in sheet.media.iter().flat_map(|media| media.split('(').skip(1)) {
            let name = feature.split([':', ')', ' ']).next().unwrap_or_default();
            found.insert(format!("media:{name}"), name.to_owned());
        }
        for rule in &sheet.rules {
            of_selector(&rule.written, &mut found);
            rule.declarations.iter().for_each(|declaration| of_declaration(declaration, &mut found));
        }
    }
    found
}

fn of_declaration(declaration: &Declaration, found: &mut BTreeMap<String, String>) {
    let Declaration { property, value, .. } = declaration;
    if property.starts_with("mso-") {
        return;
    }
    let lower = value.to_lowercase();
    found.insert(format!("property:{property}"), property.clone());
    found.insert(format!("value:{property}={lower}"), format!("{property}: {value}"));
    if property == "display" {
        // However many blanks stand behind the colon, the value is what a template has.
        found.insert(format!("value:display={lower}"), value.clone());
    }
    let name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    for (at, _) in lower.match_indices('(') {
        let start = lower[..at].rfind(|c| !name(c)).map_or(0, |before| before + 1);
        if start < at {
            found.insert(format!("function:{}", &lower[start..at]), lower[start..=at].to_owned());
        }
    }
    for word in lower.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '/' | '+' | '*')) {
        let digits = word.trim_start_matches('-').trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let number = digits.len() < word.trim_start_matches('-').len();
        if number && (1..=4).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_alphabetic()) {
            found.insert(format!("unit:{digits}"), word.to_owned());
        }
    }
}

fn of_selector(written: &str, found: &mut BTreeMap<String, String>) {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    for (at, _) in written.match_indices(':') {
        let rest = &written[at + 1..];
        let end = rest.find(|c| !name(c)).unwrap_or(rest.len());
        if end > 0 {
            found.insert(format!("pseudo:{}", &rest[..end]), format!(":{}", &rest[..end]));
        }
    }
    for sign in ["+", "~", "["] {
        if written.contains(sign) {
            found.insert(format!("selector:{sign}"), sign.to_owned());
        }
    }
}

fn picture_kind(src: &str) -> Option<&'static str> {
    let lower = src.to_lowercase();
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    match () {
        () if lower.starts_with("data:") => Some("data"),
        () if path.ends_with(".svg") => Some("svg"),
        () if path.ends_with(".webp") => Some("webp"),
        () if path.ends_with(".avif") => Some("avif"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_recognised_in_elements_attributes_and_style_sheets() {
        let html = "<style>@media (prefers-color-scheme: dark) { a:hover + b { width: calc(1rem + 2vw); display:grid } }</style>\
                    <video src='a.webp' style='POSITION:absolute;color:var(--x)'></video>";
        let found = features(&Document::parse(html));
        for how in [
            "at:media",
            "media:prefers-color-scheme",
            "pseudo:hover",
            "selector:+",
            "function:calc",
            "unit:rem",
            "unit:vw",
            "value:display=grid",
            "element:video",
            "picture:webp",
            "property:position",
            "function:var",
        ] {
            assert!(found.contains_key(how), "{how} in {found:?}");
        }
    }

    #[test]
    fn what_is_left_out_is_in_the_table() {
        let known: Vec<&str> = Programs::known().ways().collect();
        let unknown: Vec<&&str> = PLAINER.iter().chain(&OF_MJML).filter(|how| !known.contains(how)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
