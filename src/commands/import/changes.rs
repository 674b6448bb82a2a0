//! `import --diff`: what the page says otherwise than a post that was made of it.

use std::fs;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::{Context, NEW_NAME, check, folder_of, is_there};
use crate::cli;
use crate::commands::new_file::write_new;
use crate::error::{Error, Exit};
use crate::import::Draft;
use crate::import::picture::{caption_text, place};
use crate::import::update::{Change, Piece, update};
use crate::post::{Block, BlockKind};

/// Shows the changes; with `--out`, writes the page's text under the author's header. The post itself stays as it is.
pub fn run(post: &Path, arguments: &cli::Import, draft: &mut Draft, context: &Context) -> Result<Exit, Error> {
    let out = arguments.out.as_deref();
    let file = context.project.post_file(post);
    let existing = context.project.post(&file)?;
    let written = fs::read_to_string(&file).map_err(|error| Error::io("read", &file, error))?;
    // Pictures are the author's: those of the post stay, those of the page are only named.
    let there: Vec<String> = existing.body.iter().filter_map(|block| caption_text(&block.kind)).collect();
    draft.captions.retain(|caption| !there.contains(caption));
    place(draft, &Default::default());
    keep_pictures(&existing.body, &mut draft.body);
    let update = update(&existing, &written, draft);
    let mut lines: Vec<String> = update.changes.iter().map(shown).collect();
    if lines.is_empty() {
        lines.push(format!("The text of {} is the page's.", file.display()));
    }
    if !update.header.is_empty() {
        lines.push("\nYour header stays as it is:".to_owned());
        lines.extend(update.header.iter().map(|says| format!("  - {says}")));
    }
    if let Some(out) = out {
        if out.exists() {
            return Err(is_there(out, NEW_NAME));
        }
        check(out, &update.text, &arguments.source, context)?;
        write_new(folder_of(out), out, update.text.as_bytes(), NEW_NAME)?;
        lines.push(format!("\nWritten with your header: {}", out.display()));
    } else if !update.changes.is_empty() {
        lines.push("\nNothing was written; --out FILE writes the page's text under your header.".to_owned());
    }
    context.screen.result(&lines.join("\n"));
    context.screen.json(&json!({
        "post": file.display().to_string(),
        "changed": !update.changes.is_empty(),
        "changes": update.changes.iter().map(document).collect::<Vec<_>>(),
        "header": update.header,
        "file": out.map(|out| out.display().to_string()),
    }));
    Ok(Exit::Settled)
}

/// Puts the post's own pictures back, each behind the paragraph that it stood behind; where that one has changed, before
/// the one that it stood before; else at the end.
fn keep_pictures(before: &[Block], body: &mut Vec<Block>) {
    let is_picture = |block: &Block| matches!(block.kind, BlockKind::Picture(_));
    let text = |block: &Block| crate::post::write_markdown(std::slice::from_ref(block)).replace('\n', " ");
    let place = |body: &[Block], wanted: Option<&Block>| {
        let wanted = text(wanted?);
        body.iter().position(|block| text(block) == wanted)
    };
    for (index, picture) in before.iter().enumerate().filter(|(_, block)| is_picture(block)) {
        // A picture before this one is in its place already.
        let behind = index.checked_sub(1).map(|at| &before[at]);
        let next = before[index..].iter().find(|block| !is_picture(block));
        let at = match (place(body, behind), place(body, next)) {
            (Some(at), _) => at + 1,
            (None, Some(at)) => at,
            (None, None) if index == 0 => 0,
            (None, None) => body.len(),
        };
        body.insert(at, picture.clone());
    }
}

fn shown(change: &Change) -> String {
    let red = Style::new().fg_color(Some(AnsiColor::Red.into()));
    let green = Style::new().fg_color(Some(AnsiColor::Green.into()));
    match change {
        Change::Removed(text) => format!("{red}- {text}{red:#}"),
        Change::Added(text) => format!("{green}+ {text}{green:#}"),
        Change::Changed(pieces) => {
            let parts = pieces.iter().enumerate().map(|(index, piece)| match piece {
                Piece::Same(text) => around(text, index == 0, index + 1 == pieces.len()),
                Piece::Removed(text) => format!("{red}[-{text}-]{red:#}"),
                Piece::Added(text) => format!("{green}{{+{text}+}}{green:#}"),
            });
            format!("~ {}", parts.collect::<Vec<_>>().join(" "))
        }
    }
}

/// The words beside a change; the middle of what is the same is left out.
fn around(text: &str, first: bool, last: bool) -> String {
    const WORDS: usize = 6;
    let words: Vec<&str> = text.split(' ').collect();
    if words.len() <= 2 * WORDS + 2 {
        return text.to_owned();
    }
    let (start, end) = (words[..WORDS].join(" "), words[words.len() - WORDS..].join(" "));
    match (first, last) {
        (true, _) => format!("… {end}"),
        (_, true) => format!("{start} …"),
        _ => format!("{start} … {end}"),
    }
}

fn document(change: &Change) -> serde_json::Value {
    match change {
        Change::Removed(text) => json!({ "kind": "removed", "text": text }),
        Change::Added(text) => json!({ "kind": "added", "text": text }),
        Change::Changed(pieces) => {
            let side =
                |wanted: fn(&Piece) -> Option<&str>| pieces.iter().filter_map(wanted).collect::<Vec<_>>().join(" ");
            let before = side(|piece| match piece {
                Piece::Same(text) | Piece::Removed(text) => Some(text),
                Piece::Added(_) => None,
            });
            let after = side(|piece| match piece {
                Piece::Same(text) | Piece::Added(text) => Some(text),
                Piece::Removed(_) => None,
            });
            json!({ "kind": "changed", "before": before, "after": after })
        }
    }
}
