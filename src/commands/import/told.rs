//! What `import` says: the file, what a person must decide, what may be typing errors.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::Context;
use crate::cli::quoted;
use crate::import::Draft;

/// Prints it.
pub fn told(path: &Path, text: &str, draft: &Draft, pictures: &[PathBuf], context: &Context) {
    let mut lines = vec![path.display().to_string()];
    lines.extend(pictures.iter().map(|picture| picture.display().to_string()));
    if !draft.questions.is_empty() {
        lines.push("\nTo decide before it is sent:".to_owned());
        lines.extend(draft.questions.iter().map(|question| format!("  - {}", place(text, path, &question.says))));
    }
    if !draft.slips.is_empty() {
        lines.push("\nPerhaps typing errors, kept as the source has them:".to_owned());
        lines.extend(draft.slips.iter().map(|slip| format!("  - {slip}")));
    }
    if !draft.left_out.is_empty() {
        lines.push("\nOn the page, but not in the post:".to_owned());
        lines.extend(draft.left_out.iter().map(|what| format!("  - {what}")));
    }
    lines.push(format!(
        "\nRead it, decide, delete what you do not need, then: rundbrief build {}",
        quoted(path.display())
    ));
    context.screen.result(&lines.join("\n"));
    context.screen.json(&json!({
        "file": path.display().to_string(),
        "pictures": pictures.iter().map(|picture| picture.display().to_string()).collect::<Vec<_>>(),
        "title": draft.title,
        "lang": draft.lang,
        "date": draft.date.map(|date| date.to_string()),
        "dateline": draft.dateline.as_ref().map(|dateline| &dateline.place),
        "publisher": draft.publisher,
        "charset": draft.charset,
        "decide": draft.questions.iter().map(|question| {
            json!({ "key": question.key, "message": question.says, "line": line(text, &question.says) })
        }).collect::<Vec<_>>(),
        "suggestions": draft.suggestions.iter().map(|suggestion| {
            json!({ "key": suggestion.key, "value": suggestion.value })
        }).collect::<Vec<_>>(),
        "typing_errors": draft.slips,
        "left_out": draft.left_out,
    }));
}

/// The line of the post on which a remark stands, from 1.
fn line(text: &str, says: &str) -> Option<usize> {
    let says = says.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().position(|line| line.ends_with(&says)).map(|index| index + 1)
}

fn place(text: &str, path: &Path, says: &str) -> String {
    match line(text, says) {
        Some(line) => format!("{says} ({}:{line})", path.display()),
        None => says.to_owned(),
    }
}
