//! `import`: a page or copied text as a post, a draft; or what has changed on the page since.

use std::path::{Path, PathBuf};

use super::Context;
use super::new_file::write_new;
use crate::cli;
use crate::error::{Error, Exit};
use crate::finding::{Finding, Place};
use crate::import::{self, Draft, Input};
use crate::post::{Post, file_name};

mod changes;
mod load;
mod pictures;
mod told;

/// The longest name that is made from a headline, in characters.
const LONGEST_NAME: usize = 60;

/// Loads, reads, writes, says what is left to decide.
pub async fn run(arguments: &cli::Import, context: &Context) -> Result<Exit, Error> {
    let lang = arguments.lang.as_deref().map(language).transpose()?;
    if let Some(out) = arguments.out.as_deref().filter(|out| out.is_file()) {
        return Err(is_there(out, if arguments.diff.is_some() { NEW_NAME } else { OTHER_NAME }));
    }
    let loaded = load::load(&arguments.source, context).await?;
    let input = Input {
        bytes: &loaded.bytes,
        url: loaded.url.as_deref(),
        media_type: loaded.media_type.as_deref(),
        charset: loaded.charset.as_deref(),
        lang,
        site: &context.project.config.site.name,
    };
    let mut draft = import::read(&input).map_err(|refused| Error::input(import::finding(&refused, &loaded.name)))?;
    if let Some(post) = &arguments.diff {
        return changes::run(post, arguments, &mut draft, context);
    }
    let path = target(arguments.out.as_deref(), &draft, context);
    if path.exists() {
        return Err(is_there(&path, OTHER_NAME));
    }
    let files = if arguments.images {
        pictures::fetch(&draft, &path, loaded.folder.as_deref(), context).await?
    } else {
        pictures::Files::default()
    };
    import::picture::place(&mut draft, &files.names);
    let text = import::post_text(&draft);
    check(&path, &text, &loaded.name, context)?;
    let folder = folder_of(&path);
    let written = files.write(folder)?;
    if let Err(error) = write_new(folder, &path, text.as_bytes(), OTHER_NAME) {
        written.iter().for_each(|file| _ = std::fs::remove_file(file));
        return Err(error);
    }
    told::told(&path, &text, &draft, &written, context);
    Ok(Exit::Settled)
}

const OTHER_NAME: &str = "name another file with --out, or see what changed with --diff";

const NEW_NAME: &str = "name a new file with --out; nothing is written over a post";

fn is_there(path: &Path, help: &str) -> Error {
    Error::Usage(format!("{} is there already and was left as it is\n  = help: {help}", path.display()))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A language that a header takes.
fn language(written: &str) -> Result<&str, Error> {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let primary = written.split('-').next().unwrap_or("");
    let letters = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    if letters && written.split('-').all(part) {
        return Ok(written);
    }
    Err(Error::Usage(format!("`{written}` is no language\n  = help: write `--lang de` or `--lang en-GB`")))
}

/// Where the post goes. A name never has a day that was not found.
fn target(out: Option<&Path>, draft: &Draft, context: &Context) -> PathBuf {
    let folder = match out {
        Some(out) if out.is_dir() || out.as_os_str().to_string_lossy().ends_with('/') => out.to_owned(),
        Some(out) => return out.to_owned(),
        None => context.project.path(Path::new("newsletters")),
    };
    let words = draft.title.clone().or_else(|| draft.lead()).unwrap_or_default();
    let name = Some(file_name(&words, LONGEST_NAME)).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| "post".to_owned());
    folder.join(match draft.date {
        Some(date) => format!("{date}-{name}.md"),
        None => format!("{name}.md"),
    })
}

/// Reads the post that is to be written; only a headline or language that nobody found may be missing in it.
fn check(path: &Path, text: &str, source: &str, context: &Context) -> Result<(), Error> {
    let Err(findings) = Post::parse(path, text.as_bytes(), &context.project.config.site.zone) else { return Ok(()) };
    let bad: Vec<Finding> =
        findings.into_iter().filter(|finding| finding.is_error() && finding.rule != "missing-key").collect();
    match bad.first() {
        None => Ok(()),
        Some(first) if first.rule == "bad-file-name" => Err(Error::Input(bad)),
        Some(first) => {
            let message = format!("no post can be made of this: {}", first.message);
            let finding = Finding::error("import-no-post", message).at(Place::whole_file(Path::new(source)));
            Err(Error::input(finding.help("copy the article's text into a text file and import that file")))
        }
    }
}
