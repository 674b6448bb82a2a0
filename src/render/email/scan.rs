//! What a template may do with a member, read from its source before anything is rendered.
//!
//! Comes in: a template's text. Goes out: a finding for each place that does more with `member` or
//! `unsubscribe_url` than print it. The engine's hooks see tests and comparisons of two slots, but not
//! `member.city == "Köln"`, which would be silently false for every member; so the source is read as well.

use std::ops::Range;

use crate::finding::{Finding, Place};
use crate::render::Template;

/// Findings for everything but `{{ member.field }}`, `{{ member["field"] }}`, `{{ member.get("field", default="…") }}`,
/// `{{ unsubscribe_url }}` and `unsubscribe_url is [not] defined`.
pub(super) fn misuses(template: &Template) -> Vec<Finding> {
    let mut findings = Vec::new();
    for tag in tags(&template.text) {
        let tokens = tokens(&template.text, tag.inside.clone());
        let Some(at) = first_misuse(&tokens, tag.prints) else { continue };
        let field = match &tokens[at..] {
            [_, dot, field, ..] if dot.text == "." => format!(".{}", field.text),
            _ => String::new(),
        };
        let (name, offset) = (format!("{}{field}", tokens[at].text), tokens[at].offset);
        let shown = template.text[offset..tag.inside.end].trim_end().chars().count();
        findings
            .push(looked_at(&name).at(Place::at_offset(&template.origin, &template.text, offset).with_width(shown)));
    }
    findings
}

/// The finding for a template that looks at a member's data.
pub(super) fn looked_at(name: &str) -> Finding {
    let message = format!("a template cannot look at a member's data, as it does with `{name}`");
    let finding = Finding::error("member-in-template", message);
    if name == "unsubscribe_url" {
        return finding.help("write {{ unsubscribe_url }} as it is, without filter, condition or loop");
    }
    let field = name.strip_prefix("member.").filter(|field| *field != "get").unwrap_or("first_name");
    finding.help(format!(
        "write {{{{ member.{field} }}}} as it is, without filter, condition or loop; for an empty cell write \
         {{{{ member.get(\"{field}\", default=\"…\") }}}}"
    ))
}

/// The inside of `{{ … }}` (prints) or `{% … %}`.
struct Tag {
    prints: bool,
    inside: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    Text,
    Other,
}

#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
    offset: usize,
}

/// All tags of a template, without comments and `{% raw %}`.
fn tags(text: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|found| found + at) {
        at = match text.as_bytes().get(open + 1) {
            Some(b'#') => text[open..].find("#}").map_or(text.len(), |end| open + end + 2),
            Some(mark @ (b'{' | b'%')) => {
                let close = if *mark == b'{' { "}}" } else { "%}" };
                let end = end_of_tag(text, open + 2, close);
                let inside = open + 2..end;
                let raw = text[inside.clone()].trim_matches(['-', '+', ' ', '\n', '\t']) == "raw" && *mark == b'%';
                tags.push(Tag { prints: *mark == b'{', inside });
                if raw { end_of_raw(text, end) } else { (end + 2).min(text.len()) }
            }
            _ => open + 1,
        };
    }
    tags
}

/// Where the tag that began before `start` ends: at `close` outside strings and brackets.
fn end_of_tag(text: &str, start: usize, close: &str) -> usize {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (index, c) in text[start..].char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) => {
                if c == open {
                    quote = None;
                }
            }
            None if depth == 0 && text[start + index..].starts_with(close) => return start + index,
            None => match c {
                '"' | '\'' => quote = Some(c),
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            },
        }
    }
    text.len()
}

fn end_of_raw(text: &str, from: usize) -> usize {
    text[from..].find("endraw").map_or(text.len(), |end| from + end)
}

/// Names, strings and single characters of an expression; a leading and closing `-` or `+` belongs to the tag.
fn tokens(text: &str, inside: Range<usize>) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = inside.start;
    while let Some(c) = text[at..inside.end].chars().next() {
        let rest = &text[at..inside.end];
        let (kind, length) = match c {
            c if c.is_whitespace() => (Kind::Other, c.len_utf8()),
            '"' | '\'' => (Kind::Text, string_length(rest, c)),
            c if c.is_alphabetic() || c == '_' => {
                (Kind::Name, rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len()))
            }
            c => (Kind::Other, c.len_utf8()),
        };
        let at_edge = tokens.is_empty() || rest[length..].trim().is_empty();
        let of_the_tag = at_edge && matches!(c, '-' | '+');
        if !(c.is_whitespace() || of_the_tag) {
            tokens.push(Token { kind, text: &rest[..length], offset: at });
        }
        at += length;
    }
    tokens
}

fn string_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return index + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The first token that names a member where it may not stand.
fn first_misuse(tokens: &[Token<'_>], prints: bool) -> Option<usize> {
    if prints && is_print(tokens) {
        return None;
    }
    tokens.iter().enumerate().position(|(at, token)| {
        let attribute = at > 0 && tokens[at - 1].text == ".";
        match token.text {
            _ if token.kind != Kind::Name || attribute => false,
            "member" => true,
            "unsubscribe_url" => !asks_whether_defined(&tokens[at + 1..]),
            _ => false,
        }
    })
}

fn asks_whether_defined(after: &[Token<'_>]) -> bool {
    let words: Vec<&str> = after.iter().take(3).map(|token| token.text).collect();
    matches!(words.as_slice(), ["is", "defined", ..] | ["is", "not", "defined"])
}

/// Whether the whole expression prints one slot.
fn is_print(tokens: &[Token<'_>]) -> bool {
    let kinds: Vec<Kind> = tokens.iter().map(|token| token.kind).collect();
    let texts: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    matches!(
        (texts.as_slice(), kinds.as_slice()),
        (["unsubscribe_url"], _)
            | (["member", ".", _], [_, _, Kind::Name])
            | (["member", "[", _, "]"], [_, _, Kind::Text, _])
            | (["member", ".", "get", "(", _, ")"], [_, _, _, _, Kind::Text, _])
            | (
                ["member", ".", "get", "(", _, ",", "default", "=", _, ")"],
                [_, _, _, _, Kind::Text, _, _, _, Kind::Text, _]
            )
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn misused(text: &str) -> Vec<String> {
        let template = Template { text: text.to_owned(), origin: Path::new("email.mjml.j2").to_owned() };
        misuses(&template)
            .into_iter()
            .map(|finding| {
                let place = finding.place.expect("a place");
                format!("{}:{}+{}", place.line, place.column, place.width)
            })
            .collect()
    }

    #[test]
    fn printing_a_slot_is_allowed() {
        for text in [
            "{{ member.salutation }}",
            "{{- member['Firma'] -}}",
            "{{member.get( \"city\", default = \"}} 'x\" )}}",
            "<a href=\"{{ unsubscribe_url }}\">",
            "{% if unsubscribe_url is defined %}{% endif %}{% if unsubscribe_url is not defined %}{% endif %}",
            "{# member.city == 1 #}{% raw %}{{ member.city|upper }}{% endraw %}{{ post.member }}",
            "{{ \"member\" }}",
        ] {
            assert_eq!(misused(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn everything_else_is_found_with_its_place() {
        for (text, place) in [
            ("{{ member.city == \"Köln\" }}", "1:4+21"),
            ("x\n{{ member.city|upper }}", "2:4+17"),
            ("{% if member.city in [\"Köln\"] %}", "1:7+23"),
            ("{% set m = member %}", "1:12+6"),
            ("{{ {\"a\":{\"b\": 1}} == member.x }}", "1:22+8"),
            ("{{ greet(member) }}", "1:10+7"),
            ("{% if unsubscribe_url == 'x' %}", "1:7+22"),
            ("{% raw %}{% endraw %}{{ member }}", "1:25+6"),
        ] {
            assert_eq!(misused(text), [place], "{text}");
        }
    }
}
