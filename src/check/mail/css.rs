//! Style sheets and `style` attributes as declarations with their selectors and media queries.
//!
//! Comes in: CSS. Goes out: rules in their order. Never fails: what it does not understand it passes over.

use super::select::Selector;

/// One declaration, name in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Declaration {
    pub property: String,
    pub value: String,
    pub important: bool,
}

/// A block of declarations.
#[derive(Debug)]
pub(super) struct Rule {
    pub selectors: Vec<Selector>,
    /// As written, in lower case, for `a + b`.
    pub written: String,
    /// The condition of the `@media` around it, in lower case.
    pub media: Option<String>,
    pub declarations: Vec<Declaration>,
}

/// A style sheet.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub rules: Vec<Rule>,
    /// Names of the at-rules, without `@`: `media`, `font-face`.
    pub at_rules: Vec<String>,
    /// Conditions of `@media`.
    pub media: Vec<String>,
}

impl Sheet {
    pub(super) fn parse(css: &str) -> Sheet {
        let mut sheet = Sheet::default();
        sheet.block(&without_comments(css), None, 0);
        sheet
    }

    fn block(&mut self, css: &str, media: Option<&str>, depth: usize) {
        let mut rest = css.trim_start();
        while !rest.is_empty() && depth < 4 {
            let end = rest.find(['{', ';', '}']).unwrap_or(rest.len());
            let head = rest[..end].trim().to_lowercase();
            match rest[end..].chars().next() {
                Some('{') => {
                    let (inside, behind) = braces(&rest[end + 1..]);
                    self.rule(&head, inside, media, depth);
                    rest = behind.trim_start();
                }
                Some(_) => {
                    self.at_rules.extend(at_name(&head));
                    rest = rest[end + 1..].trim_start();
                }
                None => rest = "",
            }
        }
    }

    fn rule(&mut self, head: &str, inside: &str, media: Option<&str>, depth: usize) {
        let Some(name) = at_name(head) else {
            let selectors = head.split(',').filter_map(Selector::parse).collect();
            let declarations = declarations(inside);
            self.rules.push(Rule {
                selectors,
                written: head.to_owned(),
                media: media.map(str::to_owned),
                declarations,
            });
            return;
        };
        let condition = head[1 + name.len()..].trim().to_owned();
        match name.as_str() {
            "media" => {
                self.media.push(condition.clone());
                self.block(inside, Some(&condition), depth + 1);
            }
            "supports" => self.block(inside, media, depth + 1),
            _ => {}
        }
        self.at_rules.push(name);
    }
}

fn at_name(head: &str) -> Option<String> {
    let name = head.strip_prefix('@')?;
    Some(name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect())
}

/// What stands up to the closing brace, and what follows it.
fn braces(css: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    for (at, c) in css.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return (&css[..at], &css[at + 1..]),
            '}' => depth -= 1,
            _ => {}
        }
    }
    (css, "")
}

fn without_comments(css: &str) -> String {
    let mut text = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        text.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, behind)| behind);
    }
    text + rest
}

/// The declarations of a block or of a `style` attribute.
pub(super) fn declarations(block: &str) -> Vec<Declaration> {
    let declaration = |written: &str| {
        let (property, value) = written.split_once(':')?;
        let value = value.trim();
        let plain = value.strip_suffix("!important").map(str::trim_end);
        let property = property.trim().to_lowercase();
        (!property.is_empty()).then(|| Declaration {
            property,
            value: plain.unwrap_or(value).to_owned(),
            important: plain.is_some(),
        })
    };
    block.split(';').filter_map(declaration).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rules_inside_and_outside_of_media_queries() {
        let css = "/* x { */ p, .a b { color: RED; margin:0 !important } @media (max-width: 9px) { p { top: 0 } } @import 'x';\
                   @font-face { src: url(a) } q { }";
        let sheet = Sheet::parse(css);
        assert_eq!(sheet.at_rules, ["media", "import", "font-face"]);
        let shown: Vec<String> = sheet.rules.iter().map(|rule| format!("{:?} {}", rule.media, rule.written)).collect();
        assert_eq!(shown, ["None p, .a b", "Some(\"(max-width: 9px)\") p", "None q"]);
        let important = Declaration { property: "margin".into(), value: "0".into(), important: true };
        assert_eq!(sheet.rules[0].declarations[1], important);
    }

    #[test]
    fn anything_ends() {
        for css in ["{", "}", "@", "@media{", "a{b:c", "/*", ";;;", "a:b:c{d", "@media @media {{{{{{"] {
            let _ = Sheet::parse(css);
        }
    }
}
