//! Values as they are written into a header.

/// A text in quotes, on one line.
pub(super) fn quoted(text: &str) -> String {
    let line: String =
        text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    format!("\"{}\"", line.trim().replace('\\', "\\\\").replace('"', "\\\""))
}

/// A word bare where YAML reads it as it stands, else in quotes.
pub(super) fn word(text: &str) -> String {
    const TAKEN: [&str; 10] = ["true", "false", "yes", "no", "null", "on", "off", "y", "n", "~"];
    let plain = text.starts_with(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        && !text.ends_with(' ')
        && !TAKEN.contains(&text.to_lowercase().as_str());
    if plain { text.to_owned() } else { quoted(text) }
}

/// `[A, B]`.
pub(super) fn list(words: &[String]) -> String {
    format!("[{}]", words.iter().map(|text| word(text)).collect::<Vec<_>>().join(", "))
}

/// A text that may stand behind `# `.
pub(super) fn comment(text: &str) -> String {
    let text: String =
        text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
