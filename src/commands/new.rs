//! `new`: a post with its header filled in, as a draft.

use std::path::Path;

use jiff::civil::Date;
use serde_json::json;

use super::Context;
use super::new_file::write_new;
use crate::cli::{self, quoted};
use crate::error::{Error, Exit};
use crate::post::{Post, file_name};

/// The longest name that is made from a title, in characters.
const LONGEST_NAME: usize = 60;

/// Writes `newsletters/<date>-<title>.md`; a file that is there stays as it is.
pub fn run(arguments: &cli::New, context: &Context) -> Result<Exit, Error> {
    let title = arguments.title.trim();
    if title.is_empty() || title.chars().any(char::is_control) {
        return Err(Error::Usage("the title must be one line of text".to_owned()));
    }
    let folder = context.project.path(Path::new("newsletters"));
    let today = context.now.with_time_zone(context.project.config.site.zone.clone()).date();
    let entries = match arguments.since {
        Some(since) => posts_since(context, since)?,
        None => Vec::new(),
    };
    if arguments.digest && entries.is_empty() {
        let since = arguments.since.map(|since| since.to_string()).unwrap_or_default();
        let message =
            format!("no post in {} has a date on or after {since}; a digest needs at least one", folder.display());
        return Err(Error::Usage(message));
    }
    let name = Some(file_name(title, LONGEST_NAME)).filter(|name| !name.is_empty());
    let path = folder.join(format!("{today}-{}.md", name.as_deref().unwrap_or("post")));
    let text = if arguments.digest { digest(context, title, today, &entries) } else { recap(context, title, today) };
    write_new(&folder, &path, text.as_bytes(), "choose another title")?;
    context.screen.result(&format!(
        "{}\nWrite below its header, then: rundbrief build {}",
        path.display(),
        quoted(path.display())
    ));
    context.screen.json(&json!({ "file": path.display().to_string() }));
    Ok(Exit::Settled)
}

/// Published posts of the folder from `since` on, oldest first; drafts, digests and broken posts are left out.
fn posts_since(context: &Context, since: Date) -> Result<Vec<Post>, Error> {
    let mut posts = Vec::new();
    for path in context.project.post_files()? {
        match context.project.post(&path) {
            Ok(post) if post.is_digest() || post.header.draft => {}
            Ok(post) if post.header.date.is_some_and(|date| date >= since) => posts.push(post),
            Ok(_) => {}
            Err(_) => {
                context.screen.note(&format!("{} has errors and is left out; see `rundbrief build`", path.display()))
            }
        }
    }
    posts.sort_by_key(|post| post.header.date);
    Ok(posts)
}

fn recap(context: &Context, title: &str, today: Date) -> String {
    let german = context.project.config.site.lang.starts_with("de");
    let (lead, more) = if german {
        (
            "Der erste Absatz sagt, was war: wer, wo, wann und was dabei herauskam.",
            "Dann das Wichtigste, in kurzen Absätzen.",
        )
    } else {
        (
            "The first paragraph says what happened: who, where, when, and what came of it.",
            "Then what matters, in short paragraphs.",
        )
    };
    format!(
        "{}# event: {{ name: \"…\", place: Berlin, date: {today} }}\n\
         # image: {{ src: photo.jpg, alt: \"what the picture shows\", credit: \"who took it\" }}\n\
         # link: https://…               where the article is published\n\
         # tags: [Word, Word]            hashtags of the teasers\n\
         draft: true\n---\n{lead}\n\n{more}\n",
        head(context, title, today)
    )
}

fn digest(context: &Context, title: &str, today: Date, entries: &[Post]) -> String {
    let german = context.project.config.site.lang.starts_with("de");
    let lead = if german {
        "Worum es in dieser Ausgabe geht, in zwei oder drei Sätzen."
    } else {
        "What this issue is about, in two or three sentences."
    };
    let posts: String = entries.iter().map(|post| format!("  - {}   # {}\n", post.slug, post.header.title)).collect();
    format!("{}posts:\n{posts}draft: true\n---\n{lead}\n", head(context, title, today))
}

fn head(context: &Context, title: &str, today: Date) -> String {
    let quoted = title.replace('\\', "\\\\").replace('"', "\\\"");
    format!("---\ntitle: \"{quoted}\"\nlang: {}\ndate: {today}\n", context.project.config.site.lang)
}
