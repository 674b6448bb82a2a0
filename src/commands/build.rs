//! `build`: everything that a post becomes, as files to look at. Also what `send --dry-run` writes.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::Context;
use super::ready::Ready;
use super::sample::Sample;
use super::screen::finding_entry;
use super::staging::Staging;
use super::survey::{self, Survey};
use crate::channel::network::{Described, Remote};
use crate::cli::{self, quoted};
use crate::config::Images;
use crate::error::{Error, Exit};
use crate::render::teaser::{Teaser, share};
use crate::render::{Shown, link};

/// Builds a post into `<out>/<slug>/`.
pub async fn run(arguments: &cli::Build, context: &Context) -> Result<Exit, Error> {
    let ready = Ready::make(context, &arguments.post)?;
    context.screen.findings(&ready.warnings);
    let survey = match survey::survey(context, &ready, &[]).await {
        // Whoever looks at a post need not have the members' addresses.
        Err(error @ Error::Missing { .. }) => {
            context.screen.note(&error.to_string().replacen("error", "warning", 1));
            context.screen.note("The mail is shown for an invented member.\n");
            Survey::of_nobody(&ready)
        }
        other => other?,
    };
    let folder = out_folder(context, &arguments.out, &ready)?;
    let files = stage(context, &ready, &folder, &survey)?.finish(OWNED)?;
    let text = format!(
        "{} files in {}\nrelease code {}\n{}Look at email.html in a browser, then: rundbrief send {}",
        files.len(),
        folder.display(),
        ready.code(),
        upload(context, &ready),
        quoted(arguments.post.display())
    );
    context.screen.result(&text);
    context.screen.json(&json!({
        "slug": ready.slug(),
        "code": ready.code(),
        "folder": folder.display().to_string(),
        "files": files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
        "findings": ready.warnings.iter().map(finding_entry).collect::<Vec<_>>(),
    }));
    Ok(Exit::Settled)
}

/// The folders below `<out>/<slug>` whose files are all made here.
pub const OWNED: &[&str] = &["teaser", "payload", "images", "messages"];

/// `<out>/<slug>`, unless that is where the outbox is.
pub fn out_folder(context: &Context, out: &Path, ready: &Ready) -> Result<PathBuf, Error> {
    let folder = out.join(ready.slug());
    if folder == context.project.path(&context.project.config.outbox.path) {
        let message =
            format!("a post cannot be called `{}`: its files would lie in the outbox; rename it", ready.slug());
        return Err(Error::Usage(message));
    }
    Ok(folder)
}

/// Where `images = "link"` has its pictures wait to be uploaded to `images_url`.
const PUBLISHED: &str = "public/images";

/// The line that says which pictures must be on the website before the mail shows them.
fn upload(context: &Context, ready: &Ready) -> String {
    match &context.project.config.email.images {
        Images::Link { url } if ready.renditions.emails.iter().any(|(_, email)| !email.images.is_empty()) => {
            let folder = context.project.path(Path::new(PUBLISHED));
            format!("First upload {} to {url}, where the mail finds its pictures.\n", folder.display())
        }
        _ => String::new(),
    }
}

/// Puts the pictures that the mail links to `public/images/`. Their names follow from their content, so one that is
/// there is left as it is.
pub fn publish_pictures(context: &Context, ready: &Ready) -> Result<(), Error> {
    if context.project.config.email.images == Images::Embed {
        return Ok(());
    }
    let folder = context.project.path(Path::new(PUBLISHED));
    let mut staging = None;
    for image in ready.renditions.emails.iter().flat_map(|(_, email)| &email.images) {
        if folder.join(&image.prepared.name).exists() {
            continue;
        }
        let staging = match &mut staging {
            Some(staging) => staging,
            None => staging.insert(Staging::new(&folder)?),
        };
        staging.write(&image.prepared.name, &image.prepared.bytes)?;
    }
    staging.map_or(Ok(()), |staging| staging.finish(&[]).map(drop))
}

/// The request that each network will get, without its secrets; a sentence where they cannot be read.
pub fn described(context: &Context, ready: &Ready) -> Vec<Result<(String, Described), String>> {
    let config = &context.project.config;
    let mut requests = Vec::new();
    for payload in &ready.renditions.payloads {
        let Some(network) = config.channels.get(&payload.channel) else { continue };
        match Remote::of(network, &config.folder, |name| std::env::var(name).ok()) {
            Ok(remote) => requests.extend(remote.map(|remote| Ok((payload.channel.clone(), remote.describe(payload))))),
            Err(error) => requests.push(Err(format!("{}: its request is not shown: {error}\n", payload.channel))),
        }
    }
    requests
}

/// Beside a text that a person posts: the picture, and a page that opens the network with the text in it.
fn stage_by_hand(staging: &mut Staging, context: &Context, ready: &Ready, teaser: &Teaser) -> Result<(), Error> {
    if ready.renditions.payloads.iter().any(|payload| payload.channel == teaser.channel) {
        return Ok(());
    }
    let post = &ready.loaded.post;
    let image = post.header.image.as_ref().and_then(|image| ready.loaded.pictures.of_post(post, image, Shown::Hero));
    if let Some(picture) = image.filter(|picture| !picture.bytes.is_empty()) {
        let ending = Path::new(&picture.name).extension().and_then(|ending| ending.to_str()).unwrap_or("jpg");
        staging.write(format!("teaser/{}.{ending}", teaser.channel), &picture.bytes)?;
    }
    let config = &context.project.config;
    let kind = config.networks().get(&teaser.channel).map(|network| network.kind);
    let link = post.header.link.as_deref().map(|url| link::tracked(url, &teaser.channel, "social", post.slug.as_str()));
    if let Some(url) = kind.and_then(|kind| share::url(kind, &teaser.text, link.as_deref())) {
        staging.write(format!("teaser/{}.url", teaser.channel), format!("[InternetShortcut]\r\nURL={url}\r\n"))?;
    }
    Ok(())
}

/// Refuses a folder of that name that no build has made: files in it would be replaced or removed.
fn may_fill(folder: &Path) -> Result<(), Error> {
    let has = |name: &&str| folder.join(name).exists();
    let is_earlier = ["email.mjml", "plan.json"].iter().any(has);
    let in_the_way = ["email.html", "email.txt", "email.eml", "item.xml"].iter().chain(OWNED).find(|name| has(name));
    match in_the_way.filter(|_| !is_earlier) {
        None => Ok(()),
        Some(name) => {
            let help = "choose another --out, or move it away first";
            let place = folder.join(name);
            Err(Error::Usage(format!("{} is there and is of no earlier build\n  = help: {help}", place.display())))
        }
    }
}

/// Puts all files of a build beside their places.
pub fn stage(context: &Context, ready: &Ready, folder: &Path, survey: &Survey) -> Result<Staging, Error> {
    may_fill(folder)?;
    let mut staging = Staging::new(folder)?;
    let sample = Sample::of(context, ready, survey.sums.first.as_ref());
    staging.write("email.mjml", &sample.email.mjml)?;
    staging.write("email.html", sample.html())?;
    staging.write("email.txt", sample.text())?;
    staging.write("email.eml", sample.message(context, ready)?)?;
    if context.project.config.email.images == Images::Embed {
        for image in &sample.email.images {
            staging.write(Path::new("images").join(&image.prepared.name), &image.prepared.bytes)?;
        }
    }
    for teaser in &ready.renditions.teasers {
        staging.write(format!("teaser/{}.txt", teaser.channel), &teaser.text)?;
        stage_by_hand(&mut staging, context, ready, teaser)?;
    }
    for payload in &ready.renditions.payloads {
        staging.write(format!("payload/{}.json", payload.channel), payload.shown() + "\n")?;
    }
    for described in described(context, ready) {
        match described {
            Ok((channel, request)) => staging.write(format!("payload/{channel}.http"), request.to_string())?,
            // Whoever looks at a post need not have the secrets.
            Err(sentence) => context.screen.note(&sentence),
        }
    }
    if let Some(item) = &ready.renditions.item {
        staging.write("item.xml", &item.xml)?;
    }
    publish_pictures(context, ready)?;
    let plan = serde_json::to_string_pretty(&survey.plan).expect("a plan has string keys");
    staging.write("plan.json", plan + "\n")?;
    Ok(staging)
}
