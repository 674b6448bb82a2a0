//! `preview --export`: the page as one file, with an invented member and without anybody's data.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::super::Context;
use super::super::new_file::{make_readable, may_replace};
use super::super::ready::Ready;
use super::super::sample::Sample;
use super::super::survey::survey;
use super::numbers::moment;
use super::seen::sample;
use super::{look, plan};
use crate::config::Images;
use crate::error::{Error, Exit};
use crate::post::picture::{Format, Prepared};
use crate::preview::export::{Export, is_export, page};
use crate::preview::frame::in_light_of;
use crate::preview::view::Plan;

/// Writes the file; it is there whole or not at all. A file that is no earlier export is never overwritten.
pub async fn run(post: &Path, file: &Path, context: &Context) -> Result<Exit, Error> {
    may_replace("--export", file, "earlier export", |first, _| is_export(first))?;
    let ready = Ready::make(context, post)?;
    context.screen.findings(&ready.warnings);
    let survey = survey(context, &ready, &[]).await?;
    let plan = plan::plan(context, &ready, &survey).await?;
    let html = document(context, &ready, &plan);
    write(file, &html)?;
    context.screen.result(&format!(
        "{}\nrelease code {}; it has no member's data in it and can be mailed",
        file.display(),
        ready.code()
    ));
    context.screen.json(&json!({ "file": file.display().to_string(), "code": ready.code() }));
    Ok(Exit::Settled)
}

fn document(context: &Context, ready: &Ready, plan: &Plan) -> String {
    let config = &context.project.config;
    let words = context.project.words();
    let sample = sample(context, ready, None);
    let (email, values) = (sample.email, &sample.recipient.slots);
    let cards = look::cards(ready, &words);
    let picture = cards.iter().find_map(|card| card.picture.clone());
    let picture = picture.and_then(|name| {
        let prepared = ready.loaded.pictures.iter().find(|picture| picture.name == name)?;
        Some((name, data_url(prepared)))
    });
    let now = moment(&context.clock.zoned(), &words);
    page(&Export {
        words: &words,
        lang: &config.site.lang,
        post_lang: ready.lang(),
        organisation: &config.site.name,
        title: &ready.loaded.post.header.title,
        code: &ready.code(),
        made: &words.fill("preview.export_made", &[("time", &now)]),
        from: &config.sender.from.to_string(),
        subject: &email.slots.fill(&email.subject, values),
        preheader: &email.slots.fill(&email.preheader, values),
        html: &mail(context, &sample),
        text: &sample.text(),
        cards: &cards,
        plan,
        picture,
    })
}

/// The mail for nobody real, with its pictures inside.
fn mail(context: &Context, sample: &Sample<'_>) -> String {
    let images = &sample.email.images;
    let data = |name: &str| {
        let image = images.iter().find(|image| image.prepared.name == name);
        image.map_or_else(String::new, |image| data_url(&image.prepared))
    };
    let mut html = in_light_of(&sample.email.html_for(&sample.recipient.slots, data), false);
    if let Images::Link { url } = &context.project.config.email.images {
        for image in images {
            html = html.replace(&format!("{url}/{}", image.prepared.name), &data_url(&image.prepared));
        }
    }
    html
}

fn data_url(picture: &Prepared) -> String {
    let kind = match picture.format {
        Format::Jpeg => "image/jpeg",
        Format::Png => "image/png",
    };
    format!("data:{kind};base64,{}", STANDARD.encode(&picture.bytes))
}

fn write(file: &Path, html: &str) -> Result<(), Error> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder).map_err(|error| Error::io("write in", folder, error))?;
    beside.write_all(html.as_bytes()).map_err(|error| Error::io("write", file, error))?;
    make_readable(beside.path()).map_err(|error| Error::io("write", file, error))?;
    beside.persist(file).map(drop).map_err(|error| Error::io("write", file, error.error))
}
