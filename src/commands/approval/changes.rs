//! What changed in the texts of a post since they were approved.
//!
//! Comes in: the texts as approved and as they are now. Goes out: one [`Change`] for each text that reads differently, as
//! lines for people and as JSON. Pure.

use serde_json::{Value, json};

use super::texts::{Text, Texts, What};
use super::words::changed;

/// Lines of one text that are shown.
const LINES: usize = 40;

/// A text that reads differently now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub what: What,
    /// The lists or networks that it is so for; empty where there is no telling them apart.
    pub of: Vec<String>,
    /// `- before`, `+ after`.
    pub lines: Vec<String>,
}

/// The texts that read differently, in their order. What is the same for several lists is said once.
pub fn changes(before: &Texts, after: &Texts) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let gone = before.0.iter().filter(|text| find(after, text).is_none());
    for text in after.0.iter().chain(gone) {
        let read = |texts| find(texts, text).unwrap_or_default();
        let mut lines = changed(read(before), read(after));
        if lines.is_empty() {
            continue;
        }
        let more = lines.len().saturating_sub(LINES);
        lines.truncate(LINES);
        if more > 0 {
            lines.push(format!("… and {more} more lines"));
        }
        let of = Some(text.of.clone()).filter(|of| !of.is_empty());
        match changes.iter_mut().find(|change| change.what == text.what && change.lines == lines) {
            Some(change) => change.of.extend(of),
            None => changes.push(Change { what: text.what, of: of.into_iter().collect(), lines }),
        }
    }
    for change in &mut changes {
        let all = after.0.iter().filter(|text| text.what == change.what).count();
        if change.what != What::Teaser && change.of.len() == all {
            change.of.clear();
        }
    }
    changes
}

fn find<'a>(texts: &'a Texts, like: &Text) -> Option<&'a str> {
    let found = texts.0.iter().find(|text| text.what == like.what && text.of == like.of);
    found.map(|text| text.text.as_str())
}

impl Change {
    pub fn document(&self) -> Value {
        json!({ "what": self.what, "of": self.of, "lines": self.lines })
    }

    /// `Text of the mail (list board)`.
    fn heading(&self) -> String {
        let what = match self.what {
            What::Sender => "Sender of the mail",
            What::Subject => "Subject",
            What::Preheader => "Preheader",
            What::Text => "Text of the mail",
            What::Teaser => "Text for",
            What::Feed => "Feed",
        };
        match (self.what, self.of.is_empty()) {
            (_, true) => what.to_owned(),
            (What::Teaser, _) => format!("{what} {}", self.of.join(", ")),
            (_, false) => format!("{what} (list {})", self.of.join(", ")),
        }
    }
}

/// The changes as blocks of lines below their headings; the same lines stand once below all of theirs.
pub fn shown(changes: &[Change]) -> Vec<String> {
    let mut blocks: Vec<(Vec<String>, &[String])> = Vec::new();
    for change in changes {
        match blocks.iter_mut().find(|(_, lines)| *lines == change.lines) {
            Some((headings, _)) => headings.push(change.heading()),
            None => blocks.push((vec![change.heading()], &change.lines)),
        }
    }
    let block = |(headings, lines): &(Vec<String>, &[String])| {
        let lines: String = lines.iter().map(|line| format!("\n  {line}")).collect();
        format!("{}:{lines}", headings.join(" · "))
    };
    blocks.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(what: What, of: &str, text: &str) -> Text {
        Text { what, of: of.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn what_is_the_same_for_all_lists_is_said_once() {
        let texts = |word: &str, board: &str| {
            Texts(vec![
                text(What::Subject, "members", word),
                text(What::Text, "members", &format!("Hallo {word}")),
                text(What::Subject, "board", board),
                text(What::Text, "board", &format!("Hallo {word}")),
                text(What::Teaser, "mastodon", word),
                text(What::Teaser, "x", word),
            ])
        };
        let found = changes(&texts("eins", "eins"), &texts("zwei", "eins"));
        assert_eq!(
            shown(&found),
            [
                "Subject (list members) · Text for mastodon, x:\n  - eins\n  + zwei",
                "Text of the mail:\n  - Hallo eins\n  + Hallo zwei",
            ]
        );
        assert_eq!(changes(&texts("eins", "eins"), &texts("eins", "eins")), []);
    }

    #[test]
    fn a_text_that_came_or_went_is_shown_whole() {
        let feed = Texts(vec![text(What::Feed, "", "Neues")]);
        assert_eq!(shown(&changes(&Texts::default(), &feed)), ["Feed:\n  + Neues"]);
        assert_eq!(shown(&changes(&feed, &Texts::default())), ["Feed:\n  - Neues"]);
    }
}
