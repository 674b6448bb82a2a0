//! Inline content as plain text.
//!
//! Comes in: inline content. Goes out: its text without markup, where breaks are spaces; without or with what is struck.

use crate::post::Inline;

/// The text as it is meant where nothing can be shown as struck: without what is.
pub fn plain_text(content: &[Inline]) -> String {
    let mut writer = Writer { text: String::new(), struck: false, gap: false };
    writer.inlines(content);
    if writer.gap {
        writer.text.truncate(writer.text.trim_end_matches(' ').len());
    }
    writer.text
}

/// The text letter for letter, also what is struck.
pub fn whole_text(content: &[Inline]) -> String {
    let mut writer = Writer { text: String::new(), struck: true, gap: false };
    writer.inlines(content);
    writer.text
}

struct Writer {
    text: String,
    /// Whether struck text is written.
    struck: bool,
    /// Struck text was just left out: a space on both sides would be one too many.
    gap: bool,
}

impl Writer {
    fn inlines(&mut self, content: &[Inline]) {
        for inline in content {
            match inline {
                Inline::Text(part) | Inline::Code(part) => self.push(part),
                Inline::Strike(_) if !self.struck => self.gap = true,
                Inline::Emphasis(inner)
                | Inline::Strong(inner)
                | Inline::Strike(inner)
                | Inline::Link { content: inner, .. } => self.inlines(inner),
                Inline::SoftBreak | Inline::HardBreak => self.push(" "),
            }
        }
    }

    fn push(&mut self, part: &str) {
        let mut part = part;
        if self.gap {
            let begins = self.text.chars().next_back().is_none_or(|c| c.is_whitespace() || "([„‚‹»".contains(c));
            if begins {
                part = part.strip_prefix(' ').unwrap_or(part);
            }
            if part.starts_with(['.', ',', ';', ':', '!', '?', ')', ']', '…']) {
                self.text.truncate(self.text.trim_end_matches(' ').len());
            }
            self.gap = part.is_empty();
        }
        self.text.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_struck_leaves_no_trace() {
        let text = |part: &str| Inline::Text(part.to_owned());
        let strike = || Inline::Strike(vec![text("alt")]);
        let plain = |before: &str, behind: &str| plain_text(&[text(before), strike(), text(behind)]);
        for (before, behind, expected) in [
            ("am ", " 19. Mai", "am 19. Mai"),
            ("Es ist ", ".", "Es ist."),
            ("", " neu", "neu"),
            ("neu ", "", "neu"),
            ("(", " neu)", "(neu)"),
            ("(neu ", ")", "(neu)"),
            ("„", " neu“", "„neu“"),
            ("bis\u{a0}", " 13 Uhr", "bis\u{a0}13 Uhr"),
            ("un", "möglich", "unmöglich"),
        ] {
            assert_eq!(plain(before, behind), expected);
        }
        assert_eq!(plain_text(&[strike()]), "");
        let breaks = [text("am"), Inline::SoftBreak, strike(), Inline::SoftBreak, strike(), text("19. Mai")];
        assert_eq!(plain_text(&breaks), "am 19. Mai");
        assert_eq!(whole_text(&[text("am "), strike(), text(" Tag")]), "am alt Tag");
    }
}
