//! Lines of the configuration as an error may show them: without what could be a secret.
//!
//! Comes in: the file's text and a position. Goes out: a [`Place`] whose line hides such values. A secret in the wrong
//! place is exactly what some of these errors are about, and terminals are copied into mails.

use std::ops::Range;
use std::path::Path;

use crate::finding::Place;

/// Words in a key whose value is hidden.
const SECRET: [&str; 11] =
    ["pass", "kennwort", "token", "secret", "geheim", "key", "schluessel", "schlüssel", "login", "auth", "hook"];

/// Sections in which every value may be a secret, such as the address of a webhook.
const SECTIONS: [&str; 4] = ["channels", "email.smtp", "smtp", "oauth"];

/// Keys there that are shown all the same, as long as no user name hides in them.
const HARMLESS: [&str; 11] = [
    "kind",
    "provider",
    "host",
    "port",
    "security",
    "ca_file",
    "connections",
    "per_minute",
    "per_hour",
    "per_day",
    "per_domain",
];

/// The place of a part of the configuration, underlined.
pub(super) fn place(path: &Path, source: &str, span: Range<usize>) -> Place {
    let width = source.get(span.clone()).map_or(1, |part| part.lines().next().unwrap_or("").chars().count());
    shown(Place::at_offset(path, source, span.start).with_width(width), source)
}

/// The same place with the values of its line hidden where they may be secrets.
pub(super) fn shown(mut place: Place, source: &str) -> Place {
    let section = section(source, place.line);
    let line = place.text.to_lowercase();
    let within = |name: &str| section.starts_with(name) || line.trim_start().starts_with(name);
    let may_be_secret = SECRET.iter().any(|word| line.contains(word))
        || SECTIONS.iter().any(|name| within(name)) && !is_harmless(&line)
        || line.contains("://") && line.contains('@');
    if may_be_secret && !line.trim_start().starts_with('[') {
        place.text = hidden(&place.text);
    }
    place
}

fn is_harmless(line: &str) -> bool {
    let (key, value) = line.split_once('=').unwrap_or((line, ""));
    HARMLESS.contains(&key.trim()) && !value.contains('@')
}

/// The name of the section that a line stands in, in lower case.
fn section(source: &str, line: usize) -> String {
    let headers = source.lines().take(line).filter(|line| line.trim_start().starts_with('['));
    headers.last().unwrap_or_default().trim().trim_matches(['[', ']']).to_lowercase()
}

/// Everything behind the first `=` as dots, but for references, which are no secrets.
fn hidden(line: &str) -> String {
    let Some((key, value)) = line.split_once('=') else { return "•".repeat(line.chars().count()) };
    let text = value.trim().trim_matches(['"', '\'']);
    let reference = (text.starts_with("env:") || text.starts_with("file:")) && !text.contains(['"', '\'', '=']);
    if reference {
        return line.to_owned();
    }
    let dots = value.chars().map(|c| if c == ' ' || c == '"' { c } else { '•' });
    format!("{key}={}", dots.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn a_value_is_hidden_and_a_reference_is_not() {
        assert_eq!(hidden("password = \"geheim\""), "password = \"••••••\"");
        assert_eq!(hidden("key = \"file:rundbrief.key\""), "key = \"file:rundbrief.key\"");
        assert_eq!(hidden("  geheim\"\"\""), "•••••••••••");
    }
}
