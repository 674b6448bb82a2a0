//! What the preview's page shows, from the post as it lies on the desk.
//!
//! Comes in: the table. Goes out: a [`View`]. What cannot be shown is an error in its place, with its line.

use std::io::Read;

use super::numbers::thousands;
use super::seen::sample;
use super::table::Table;
use crate::commands::Context;
use crate::commands::ready::Ready;
use crate::commands::sample::Sample;
use crate::config::NetworkKind;
use crate::error::Error;
use crate::finding::{Finding, Severity};
use crate::preview::inbox::{DESKTOP, PHONE, row};
use crate::preview::view::{Card, Item, Mail, Part, Remark, Source, View, Who};
use crate::render::Shown;
use crate::render::html::escaped;
use crate::render::link::tracked;
use crate::render::teaser::{Teaser, share};
use crate::words::Words;

/// Everything, as a member sees it; `address` empty for the first one.
pub fn view(table: &Table, version: u64, address: &str) -> View {
    let context = &table.context;
    let words = context.project.words();
    let source = source(table);
    let (ready, looked) = match (&table.ready, table.shown_for(address)) {
        (Err(error), _) => return broken(table, version, error, source),
        (Ok(_), Some((ready, looked))) => (ready, looked),
        // The lists have changed since they were looked at; the page asks again when that is seen.
        (Ok(ready), None) => (ready, Ok(None)),
    };
    let recipient = looked.as_ref().ok().cloned().flatten();
    let shown = sample(context, ready, recipient.as_ref());
    let mail = match &looked {
        Err(error) if !address.is_empty() => Part::Wrong(unseen(error, address, &words)),
        // Lists that cannot be read are told in the plan; the mail is shown for somebody invented.
        _ => Part::Shown(mail(context, ready, &shown, &words)),
    };
    View {
        version,
        title: ready.loaded.post.header.title.clone(),
        organisation: context.project.config.site.name.clone(),
        lang: ready.lang().to_owned(),
        code: Some(ready.code()),
        member: who(&shown, recipient.is_none()),
        mail,
        teasers: Part::Shown(cards(ready, &words)),
        feed: Part::Shown(item(ready)),
        findings: remarks(table),
        source,
    }
}

fn who(shown: &Sample<'_>, invented: bool) -> Who {
    let address = if invented { String::new() } else { shown.recipient.address.clone() };
    Who { address, name: shown.recipient.name.clone(), list: shown.list.to_owned(), invented }
}

/// Why the mail cannot be shown for the member who was picked.
fn unseen(error: &Error, address: &str, words: &Words) -> String {
    match error {
        Error::Usage(_) => words.fill("preview.nobody", &[("address", address)]),
        other => other.to_string(),
    }
}

/// A post that cannot be shown: the same error in each of its parts.
fn broken(table: &Table, version: u64, error: &Error, source: Source) -> View {
    let text = error.to_string();
    View {
        version,
        title: table.named.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        organisation: table.context.project.config.site.name.clone(),
        lang: table.context.project.config.site.lang.clone(),
        code: None,
        member: Who { invented: true, ..Who::default() },
        mail: Part::Wrong(text.clone()),
        teasers: Part::Wrong(text.clone()),
        feed: Part::Wrong(text),
        findings: remarks(table),
        source,
    }
}

fn mail(context: &Context, ready: &Ready, shown: &Sample<'_>, words: &Words) -> Mail {
    let from = &context.project.config.sender.from;
    let sender = from.name.clone().unwrap_or_else(|| from.email.to_string());
    let email = shown.email;
    let fill = |text: &str| email.slots.fill(text, &shown.recipient.slots);
    let (subject, preheader) = (fill(&email.subject), fill(&email.preheader));
    let bytes = shown.message(context, ready).map_or(0, |message| message.len());
    let kilobytes = thousands((bytes as u64).div_ceil(1_000), words);
    let pictures = email.images.len().to_string();
    let html = thousands((email.html.len() as u64).div_ceil(1_000), words);
    Mail {
        from: from.to_string(),
        phone: row(PHONE, &sender, &subject, &preheader),
        desktop: row(DESKTOP, &sender, &subject, &preheader),
        subject,
        preheader,
        text: shown.text(),
        weight: words.fill("preview.weight", &[("kb", &kilobytes), ("html", &html), ("pictures", &pictures)]),
    }
}

/// A card for each network.
pub fn cards(ready: &Ready, words: &Words) -> Vec<Card> {
    let header = &ready.loaded.post.header;
    let picture = header.image.as_ref().and_then(|image| {
        let prepared = ready.loaded.pictures.of_post(&ready.loaded.post, image, Shown::Hero)?;
        Some((prepared.name.clone(), image.alt.clone()))
    });
    let slug = ready.slug();
    let link = |channel: &str| header.link.as_deref().map(|url| tracked(url, channel, "social", slug));
    let card = |teaser: &Teaser| {
        let numbers =
            [("length", thousands(teaser.length as u64, words)), ("limit", thousands(teaser.limit as u64, words))];
        let numbers: Vec<(&str, &str)> = numbers.iter().map(|(name, text)| (*name, text.as_str())).collect();
        Card {
            channel: teaser.channel.clone(),
            title: card_title(&teaser.channel, teaser.kind, words),
            network: teaser.kind.label().to_owned(),
            text: teaser.text.clone(),
            length: teaser.length,
            limit: teaser.limit,
            count: words.fill("preview.count", &numbers),
            by_hand: !ready.renditions.payloads.iter().any(|payload| payload.channel == teaser.channel),
            share: share::url(teaser.kind, &teaser.text, link(&teaser.channel).as_deref()),
            picture: picture.as_ref().map(|(name, _)| name.clone()),
            alt: picture.as_ref().map(|(_, alt)| alt.clone()),
        }
    };
    ready.renditions.teasers.iter().map(card).collect()
}

/// The network, with the channel's own name where it has one.
fn card_title(channel: &str, kind: NetworkKind, words: &Words) -> String {
    let network = match kind {
        NetworkKind::Plain => words.get("preview.any_network"),
        kind => kind.label().to_owned(),
    };
    if channel == kind.name() { network } else { format!("{channel} ({network})") }
}

fn item(ready: &Ready) -> Option<Item> {
    let shown = ready.renditions.item.as_ref()?.shown()?;
    Some(Item {
        title: shown.title,
        date: shown.date,
        link: shown.link,
        guid: shown.guid,
        description: shown.description,
    })
}

/// The feed item's text as a feed reader shows it: without any style of ours but a quiet one.
pub fn feed_page(ready: &Ready) -> Option<String> {
    let shown = ready.renditions.item.as_ref()?.shown()?;
    let lang = escaped(&ready.loaded.post.header.lang);
    Some(format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><base target=\"_blank\"><title>{}</title>\
         <style>:root {{ color-scheme: light }} body {{ font: 16px/1.6 Georgia, serif; color: #222; background: #fff; \
         max-width: 40em; margin: 0 auto; padding: 24px }} img {{ max-width: 100%; height: auto }}</style></head>\
         <body><h1>{}</h1>{}</body></html>",
        escaped(&shown.title),
        escaped(&shown.title),
        shown.content
    ))
}

/// The most of a file that is shown, in bytes; a post has at most half of it.
const SHOWN: u64 = 2 * 1024 * 1024;

fn source(table: &Table) -> Source {
    // Opening a pipe would wait for whoever writes into it.
    let is_file = std::fs::metadata(&table.file).is_ok_and(|about| about.is_file());
    let mut bytes = Vec::new();
    if let Some(file) = is_file.then(|| std::fs::File::open(&table.file).ok()).flatten() {
        // What cannot be read is told as the post's error.
        let _ = file.take(SHOWN).read_to_end(&mut bytes);
    }
    let text = String::from_utf8_lossy(&bytes);
    Source { file: table.file.display().to_string(), lines: text.lines().map(str::to_owned).collect() }
}

fn remarks(table: &Table) -> Vec<Remark> {
    table.checked.findings().iter().map(|finding| remark(table, finding)).collect()
}

fn remark(table: &Table, finding: &Finding) -> Remark {
    let place = finding.place.as_ref();
    let shown = place.map(|place| match (place.line, place.column) {
        (0, _) => place.file.display().to_string(),
        (line, 0) => format!("{}:{line}", place.file.display()),
        (line, column) => format!("{}:{line}:{column}", place.file.display()),
    });
    let line = place.filter(|place| place.file == table.file && place.line > 0).map(|place| place.line);
    Remark {
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        rule: finding.rule.to_owned(),
        message: finding.message.clone(),
        help: finding.help.clone(),
        place: shown.unwrap_or_default(),
        line,
        text: place.map(|place| place.text.trim_end().to_owned()).unwrap_or_default(),
    }
}
