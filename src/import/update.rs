//! An existing post beside what its page says today: what changed, and the post with the new text under its author's
//! header.
//!
//! Comes in: the post, its file's text, and the draft. Goes out: the differences and the new text. Writes nothing.
//! Paragraphs are compared as they are read, so that lines broken elsewhere are no difference.

use super::Draft;
use crate::post::{Block, Post, write_markdown};

mod diff;

pub use diff::{Change, Piece};

/// What an update would do.
#[derive(Debug, Clone)]
pub struct Update {
    /// Paragraphs that went, came, or were changed, in order. Empty: the text is the same.
    pub changes: Vec<Change>,
    /// What the page says otherwise than the header, one sentence each. The header stays.
    pub header: Vec<String>,
    /// The author's header with the page's text.
    pub text: String,
}

/// Compares. `written` is the post's file as it stands.
pub fn update(post: &Post, written: &str, draft: &Draft) -> Update {
    let (before, after) = (lines(&post.body), lines(&draft.body));
    Update {
        changes: diff::paragraphs(&before, &after),
        header: header(post, draft),
        text: format!("{}{}", author_header(written), write_markdown(&draft.body)),
    }
}

/// A text for each block, as Markdown.
fn lines(blocks: &[Block]) -> Vec<String> {
    let texts = blocks.iter().map(|block| write_markdown(std::slice::from_ref(block)));
    texts.map(|text| text.replace('\n', " ").trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

/// Everything up to the end of the second line `---`.
fn author_header(written: &str) -> String {
    let written = written.trim_start_matches('\u{FEFF}').replace("\r\n", "\n");
    let mut fences = 0;
    let mut end = 0;
    for line in written.split_inclusive('\n') {
        end += line.len();
        fences += usize::from(line.trim_end() == "---");
        if fences == 2 {
            break;
        }
    }
    let mut header = written[..end].to_owned();
    if !header.ends_with('\n') {
        header.push('\n');
    }
    header
}

fn header(post: &Post, draft: &Draft) -> Vec<String> {
    let header = &post.header;
    let mut found = Vec::new();
    let mut compare = |what: &str, mine: Option<String>, theirs: Option<String>| {
        if let Some(theirs) = theirs
            && mine.as_ref() != Some(&theirs)
        {
            let mine = mine.map_or_else(|| "none".to_owned(), |mine| format!("“{mine}”"));
            found.push(format!("{what}: the page says “{theirs}”, your header {mine}"));
        }
    };
    compare("title", Some(header.title.clone()), draft.title.clone());
    compare("date", header.date.map(|date| date.to_string()), draft.date.map(|date| date.to_string()));
    compare("author", header.author.clone(), draft.author.clone());
    compare("link", header.link.clone(), draft.link.clone());
    found
}
