//! Words of a command line that is suggested, so that it can be copied into a shell.

use std::fmt::Display;

/// A word as a POSIX shell takes it: in single quotation marks where it has anything but letters, digits and `/._-=@:+,`
/// (POSIX, Shell Command Language, 2.2.2).
pub fn quoted(word: impl Display) -> String {
    let word = word.to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-=@:+,".contains(c);
    // zsh takes `=name` for where that program lies.
    if !word.is_empty() && word.chars().all(is_plain) && !word.starts_with('=') {
        return word;
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted_and_nothing_else() {
        for (word, shown) in [
            ("newsletters/2026-11-größe.md", "newsletters/2026-11-größe.md"),
            ("newsletters/2026 Herbst/q.md", "'newsletters/2026 Herbst/q.md'"),
            ("a&b.md", "'a&b.md'"),
            ("l'ami.md", r"'l'\''ami.md'"),
            ("~/a.md", "'~/a.md'"),
            ("$x", "'$x'"),
            ("=ls", "'=ls'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), shown);
        }
    }
}
