//! `preview --export`: the page as one file, with an invented member and without anybody's data.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::super::Context;
use super::super::ready::Ready;
use super::super::sample::Sample;
use super::super::survey::{Survey, survey};
use super::plan::thousands;
use super::{look, plan};
use crate::config::Images;
use crate::error::{Error, Exit};
use crate::ledger::Part;
use crate::post::picture::{Format, Prepared};
use crate::preview::export::{Export, page};
use crate::preview::frame::in_light_of;
use crate::render::date;
use crate::words::Words;

/// Writes the file; it is there whole or not at all.
pub async fn run(post: &Path, file: &Path, context: &Context) -> Result<Exit, Error> {
    let ready = Ready::make(context, post)?;
    context.screen.findings(&ready.warnings);
    let survey = survey(context, &ready, &[]).await?;
    let html = document(context, &ready, &survey);
    write(file, &html)?;
    context.screen.result(&format!(
        "{}\nrelease code {}; it has no member's data in it and can be mailed",
        file.display(),
        ready.code()
    ));
    context.screen.json(&json!({ "file": file.display().to_string(), "code": ready.code() }));
    Ok(Exit::Settled)
}

fn document(context: &Context, ready: &Ready, survey: &Survey) -> String {
    let config = &context.project.config;
    let words = context.project.words();
    let sample = Sample::of(context, ready, None);
    let values = &sample.recipient.slots;
    let email = sample.email;
    let data = |name: &str| {
        let image = email.images.iter().find(|image| image.prepared.name == name);
        image.map_or_else(String::new, |image| data_url(&image.prepared))
    };
    let mut html = in_light_of(&email.html_for(values, data), false);
    if let Images::Link { url } = &config.email.images {
        for image in &email.images {
            html = html.replace(&format!("{url}/{}", image.prepared.name), &data_url(&image.prepared));
        }
    }
    let cards = look::cards(ready, &words);
    let picture = cards.iter().find_map(|card| card.picture.clone());
    let picture = picture.and_then(|name| {
        let prepared = ready.loaded.pictures.iter().find(|picture| picture.name == name)?;
        Some((name, data_url(prepared)))
    });
    let now = context.clock.zoned();
    page(&Export {
        words: &words,
        lang: &config.site.lang,
        organisation: &config.site.name,
        title: &ready.loaded.post.header.title,
        code: &ready.code(),
        made: &words.fill(
            "preview.export_made",
            &[("time", &format!("{}, {}", date::long(&words, now.date()), now.strftime("%H:%M")))],
        ),
        from: &config.sender.from.to_string(),
        subject: &email.slots.fill(&email.subject, values),
        preheader: &email.slots.fill(&email.preheader, values),
        html: &html,
        text: &sample.text(),
        cards: &cards,
        plan: &plan::plan(context, ready, survey),
        audience: &audience(context, survey, &words),
        picture,
    })
}

/// How many of which list get it, and why they may be written to.
fn audience(context: &Context, survey: &Survey, words: &Words) -> Vec<String> {
    let mails = (0_i64..).zip(&survey.parts).filter(|(_, part)| part.channel == "email");
    let line = |(number, part): (i64, &Part)| {
        let new = survey.sums.new.get(&number).copied().unwrap_or(0);
        let who = match new {
            1 => words.get("preview.members_one"),
            new => words.fill("preview.members", &[("number", &thousands(new, words))]),
        };
        let list = words.fill("preview.export_list", &[("list", &part.list)]);
        let basis = context.project.config.lists.get(&part.list).and_then(|list| list.basis.as_ref());
        let basis = basis.map(|basis| format!(", {}", words.fill("preview.export_basis", &[("basis", basis)])));
        format!("{who} {list}{}", basis.unwrap_or_default())
    };
    mails.map(line).collect()
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
    beside.persist(file).map(drop).map_err(|error| Error::io("write", file, error.error))
}
