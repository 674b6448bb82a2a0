//! Before the first real send of a post: what its mails lead readers to must be there.
//!
//! Comes in: the post made ready. Goes out: nothing, or an error that names each link and hosted picture that readers
//! would not reach. A website that only keeps programs out is no error, and neither is anything with `--offline`. What was
//! released before is not asked again: its mails are on the way.

use std::path::Path;

use futures_util::StreamExt;
use futures_util::stream;

use super::ready::Ready;
use super::{Context, build, record};
use crate::config::{Images, Transport};
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::http::{Client, HttpError};
use crate::ledger::{Ledger, Mode, Roll};
use crate::post::Post;
use crate::project::with_lines;

/// How many are asked at once.
const AT_ONCE: usize = 4;

/// Something that readers load or open.
struct Link {
    url: String,
    what: What,
}

enum What {
    /// The article, with the place of the line that says so.
    Article(Place),
    /// A picture that waits in this folder to be uploaded.
    Picture(String),
}

/// Asks for every link of what goes out by these channels (empty: all), once each.
///
/// # Errors
/// [`Error::Input`] with those that readers cannot reach.
pub async fn must_answer(offline: bool, channels: &[String], context: &Context, ready: &Ready) -> Result<(), Error> {
    let real = context.project.config.sends_by_network();
    if !real || offline || was_released(context, ready).await? {
        return Ok(());
    }
    let links = links(channels, context, ready);
    if links.iter().any(|link| matches!(link.what, What::Picture(_))) {
        // Whoever has to upload them finds them there.
        build::publish_pictures(context, ready)?;
    }
    let here = matches!(&context.project.config.email.transport, Transport::Smtp(smtp) if smtp.is_loopback());
    let client = Client::for_pages(here).map_err(|error| {
        let help = "send with --offline to leave the links unchecked";
        Error::input(Finding::error("link", format!("the links cannot be checked: {error}")).help(help))
    })?;
    let asked = stream::iter(links).map(|link| ask(&client, link)).buffered(AT_ONCE);
    let findings = with_lines(asked.filter_map(|finding| async { finding }).collect().await);
    if findings.iter().any(Finding::is_error) {
        return Err(Error::Input(findings));
    }
    context.screen.findings(&findings);
    Ok(())
}

async fn was_released(context: &Context, ready: &Ready) -> Result<bool, Error> {
    let Some(ledger) = record::existing(context).await? else { return Ok(false) };
    let release = ledger.release(ready.slug(), Mode::Real).await.map_err(|error| error.at(&ledger.place()))?;
    ledger.shut().await;
    Ok(release.is_some())
}

/// The articles of the post and of a digest's posts, and the pictures that its mails load, each once.
fn links(channels: &[String], context: &Context, ready: &Ready) -> Vec<Link> {
    let entries = ready.loaded.sections.iter().flat_map(|section| &section.posts);
    let mut links: Vec<Link> = std::iter::once(&ready.loaded.post).chain(entries).filter_map(article).collect();
    let by_mail = channels.is_empty() || channels.iter().any(|channel| channel == "email");
    if by_mail && let Images::Link { .. } = &context.project.config.email.images {
        let folder = context.project.path(Path::new("public/images"));
        let images = ready.renditions.emails.iter().flat_map(|(_, email)| &email.images);
        links.extend(images.map(|image| Link {
            url: image.src.clone(),
            what: What::Picture(folder.join(&image.prepared.name).display().to_string()),
        }));
    }
    let mut seen = std::collections::BTreeSet::new();
    links.retain(|link| seen.insert(link.url.clone()));
    links
}

fn article(post: &Post) -> Option<Link> {
    let url = post.header.link.clone()?;
    let place = match post.header.lines.get("link") {
        Some(line) => Place { line: *line, column: 1, ..Place::whole_file(&post.file) }.with_width("link".len()),
        None => Place::whole_file(&post.file),
    };
    Some(Link { url, what: What::Article(place) })
}

async fn ask(client: &Client, link: Link) -> Option<Finding> {
    let visited = client.visit(&link.url).await;
    let Link { url, what } = link;
    let there = match &what {
        What::Article(_) => "publish the article, or correct its link".to_owned(),
        What::Picture(file) => format!("upload {file} to that address"),
    };
    let error = |message: String, help: String| {
        let help = format!("{help}; or send with --offline, if you know that readers reach it");
        Some(Finding::error("link", message).help(help))
    };
    let again = || "try again when the website works".to_owned();
    let finding = match visited {
        Ok(200..=399) => None,
        Ok(status @ (404 | 410)) => error(format!("there is nothing at {url} (it answers {status})"), there),
        Ok(status @ 500..=599) => error(format!("the website fails at {url} (it answers {status})"), again()),
        // Many websites keep programs out, and let readers in.
        Ok(status) => Some(
            Finding::warning("link", format!("whether readers reach {url} is not known (it answers {status})"))
                .help("open it in a browser in which nobody is logged in"),
        ),
        Err(HttpError::Private(host)) => error(
            format!("{url} leads into a private network ({host}), where readers cannot reach it"),
            "write the address under which everybody reaches it".to_owned(),
        ),
        Err(problem @ (HttpError::Url(_) | HttpError::Redirects(_))) => error(format!("{url}: {problem}"), there),
        Err(problem) => error(format!("{url}: {problem}"), format!("check the address, or {}", again())),
    };
    match what {
        What::Article(place) => finding.map(|finding| finding.at(place)),
        What::Picture(_) => finding,
    }
}
