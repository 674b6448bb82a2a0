//! Text that cannot be read on its ground, in light and in dark mode.
//!
//! Styles are resolved as a mail program does that knows style blocks: what is written into elements, over it what style
//! blocks insist on, in dark mode those of `prefers-color-scheme: dark` too. What is see-through or a picture is not known.

use std::collections::BTreeSet;

use super::color::color;
use super::css::{Declaration, Sheet, declarations};
use super::html::Document;
use super::{in_templates, own_templates};
use crate::check::rule::Rule;
use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::config::Color;
use crate::finding::Place;

pub(super) const CONTRAST: Rule = Rule::warning(
    "contrast",
    "text in the mail has too little contrast, in light or in dark mode",
    "take a darker or a lighter colour: 4.5 : 1 is needed, 3 : 1 from 24 px on (WCAG 2.2, 1.4.3)",
);

const READABLE: f64 = 4.5;
const READABLE_LARGE: f64 = 3.0;

/// What matters of an element's style, after inheritance.
#[derive(Debug, Clone)]
pub(super) struct Style {
    /// `None`: not known.
    pub color: Option<Color>,
    pub ground: Option<Color>,
    /// CSS pixels.
    pub size: f64,
    pub bold: bool,
    pub hidden: bool,
    /// A box of its own with a ground or padding, such as a button.
    pub block: bool,
    /// Vertical padding, in CSS pixels, and the line's height.
    pub padding: f64,
    pub line_height: f64,
}

pub(super) fn look(subject: &Subject<'_>, document: &Document, told: &mut Told) {
    let sheets: Vec<Sheet> = document.styles.iter().map(|style| Sheet::parse(style)).collect();
    let mut known = BTreeSet::new();
    for dark in [false, true] {
        let styles = styles(document, &sheets, dark);
        for (element, style) in document.elements.iter().zip(&styles) {
            let text = element.text.trim();
            let (Some(color), Some(ground)) = (&style.color, &style.ground) else { continue };
            if style.hidden || !text.contains(char::is_alphanumeric) {
                continue;
            }
            let large = style.size >= 24.0 || (style.bold && style.size >= 18.66);
            let needed = if large { READABLE_LARGE } else { READABLE };
            let ratio = color.contrast(ground);
            let pair = (color.as_str().to_owned(), ground.as_str().to_owned(), dark);
            if ratio + 0.005 < needed && known.insert(pair) {
                let mode = if dark { "dark mode" } else { "light mode" };
                let shown: String = text.chars().take(30).collect();
                let (color, ground) = (color.as_str(), ground.as_str());
                let message = format!(
                    "“{}” has a contrast of {ratio:.1} : 1 in {mode} ({color} on {ground}), less than {needed:.1} : 1",
                    shown.trim()
                );
                told.add(&CONTRAST, place(subject, color, ground), message);
            }
        }
    }
}

/// Where one of the colours is written, as it may be.
fn place(subject: &Subject<'_>, color: &str, ground: &str) -> Place {
    let short = |hex: &str| {
        let digits: Vec<char> = hex.chars().skip(1).collect();
        let doubled = digits.chunks(2).all(|pair| pair.len() == 2 && pair[0] == pair[1]);
        if doubled { format!("#{}", digits.chunks(2).map(|pair| pair[0]).collect::<String>()) } else { hex.to_owned() }
    };
    let written = [color, ground]
        .into_iter()
        .flat_map(|hex| [hex.to_owned(), short(hex), hex.to_uppercase(), short(hex).to_uppercase()]);
    let found = written.into_iter().find_map(|hex| in_templates(subject, &hex));
    let first = own_templates(subject).next().map(|template| Place::whole_file(&template.origin));
    found.or(first).unwrap_or_else(|| subject.key("title"))
}

/// The style of each element.
pub(super) fn styles(document: &Document, sheets: &[Sheet], dark: bool) -> Vec<Style> {
    let mut styles: Vec<Style> = Vec::with_capacity(document.elements.len());
    for (index, element) in document.elements.iter().enumerate() {
        let mut style = match element.parent {
            Some(parent) => Style { block: false, padding: 0.0, ..styles[parent].clone() },
            None => Style {
                color: Color::parse("#000000").ok(),
                ground: Color::parse("#ffffff").ok(),
                size: 16.0,
                bold: false,
                hidden: false,
                block: false,
                padding: 0.0,
                line_height: 24.0,
            },
        };
        match element.name.as_str() {
            "b" | "strong" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "th" => style.bold = true,
            "title" | "style" | "script" => style.hidden = true,
            "a" => style.color = Color::parse("#0000ee").ok(),
            _ => {}
        }
        if let Some(ground) = element.attribute("bgcolor").and_then(color) {
            style.ground = Some(ground);
        }
        for declaration in declared(document, index, sheets, dark) {
            style.apply(&declaration);
        }
        styles.push(style);
    }
    styles
}

/// The declarations of an element, the ones that win last.
fn declared(document: &Document, index: usize, sheets: &[Sheet], dark: bool) -> Vec<Declaration> {
    let mut of_sheets: Vec<((usize, usize, usize), &Declaration)> = Vec::new();
    for rule in sheets.iter().flat_map(|sheet| &sheet.rules) {
        let applies = match &rule.media {
            None => true,
            Some(media) => dark && media.contains("prefers-color-scheme") && media.contains("dark"),
        };
        let meant = rule.selectors.iter().filter(|_| applies).filter(|selector| selector.means(document, index));
        if let Some(specificity) = meant.map(|selector| selector.specificity).max() {
            of_sheets.extend(rule.declarations.iter().map(|declaration| (specificity, declaration)));
        }
    }
    of_sheets.sort_by_key(|(specificity, _)| *specificity);
    let inline = declarations(document.elements[index].attribute("style").unwrap_or_default());
    let sheet = |important: bool| {
        of_sheets.iter().filter(move |(_, one)| one.important == important).map(|(_, one)| (*one).clone())
    };
    let own = |important: bool| inline.iter().filter(move |one| one.important == important).cloned();
    sheet(false).chain(own(false)).chain(sheet(true)).chain(own(true)).collect()
}

impl Style {
    fn apply(&mut self, declaration: &Declaration) {
        let value = declaration.value.as_str();
        match declaration.property.as_str() {
            "color" if value == "inherit" => {}
            "color" => self.color = color(value),
            "background" | "background-color" => match value {
                "transparent" | "none" | "inherit" => {}
                _ => {
                    self.ground = color(value);
                    self.block = true;
                }
            },
            "background-image" if value != "none" => self.ground = None,
            "font-size" => self.size = pixels(value, self.size).unwrap_or(self.size),
            "line-height" => {
                let number: Option<f64> = value.parse().ok();
                self.line_height =
                    number.map(|times| times * self.size).or(pixels(value, self.size)).unwrap_or(self.line_height);
            }
            "font-weight" => {
                self.bold = matches!(value, "bold" | "bolder") || value.parse().is_ok_and(|weight: u32| weight >= 600);
            }
            "display" => {
                self.hidden |= value == "none";
                self.block |= matches!(value, "block" | "inline-block");
            }
            "visibility" => self.hidden |= value == "hidden",
            "opacity" => self.hidden |= value.parse() == Ok(0.0),
            "padding" => {
                let sides: Vec<f64> = value.split_whitespace().filter_map(|side| pixels(side, self.size)).collect();
                self.padding = match sides.as_slice() {
                    [] => 0.0,
                    [all] | [all, _] => 2.0 * all,
                    [top, _, bottom, ..] => top + bottom,
                };
            }
            "padding-top" | "padding-bottom" => self.padding += pixels(value, self.size).unwrap_or(0.0),
            _ => {}
        }
    }
}

/// A length in CSS pixels; `before` is what `em` and `%` are of.
fn pixels(value: &str, before: f64) -> Option<f64> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(value.len());
    let number: f64 = value[..end].parse().ok()?;
    match &value[end..] {
        "px" | "" => Some(number),
        "em" => Some(number * before),
        "%" => Some(number * before / 100.0),
        "rem" => Some(number * 16.0),
        "pt" => Some(number * 4.0 / 3.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrasts(html: &str, css: &str, dark: bool) -> Vec<String> {
        let document = Document::parse(html);
        let styles = styles(&document, &[Sheet::parse(css)], dark);
        let shown = |color: &Option<Color>| color.as_ref().map_or("?", Color::as_str).to_owned();
        let texts = document.elements.iter().zip(&styles).filter(|(element, _)| !element.text.is_empty());
        texts.map(|(_, style)| format!("{} on {}", shown(&style.color), shown(&style.ground))).collect()
    }

    #[test]
    fn style_blocks_win_only_where_they_insist() {
        let html = "<div class='card' style='background:#fff'><p style='color:#333333'>a <b>b</b></p></div>";
        let css = ".card { background: #eee } p { color: red !important }\
                   @media (prefers-color-scheme: dark) { .card { background-color: #111 !important } .card p { color: #eee !important } }";
        assert_eq!(contrasts(html, css, false), ["#ff0000 on #ffffff", "#ff0000 on #ffffff"]);
        assert_eq!(contrasts(html, css, true), ["#eeeeee on #111111", "#eeeeee on #111111"]);
    }

    #[test]
    fn a_picture_behind_the_text_is_not_guessed_about() {
        let html = "<td style='background:url(a.png)'>a</td><td bgcolor='#000'>b</td>";
        assert_eq!(contrasts(html, "", false), ["#000000 on ?", "#000000 on #000000"]);
    }
}
