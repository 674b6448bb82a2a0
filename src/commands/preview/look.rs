//! What the preview's page shows, from the post as it lies on the desk.
//!
//! Comes in: the table. Goes out: a [`View`]. What cannot be shown is an error in its place, with its line.

use super::people::{recipient, sample};
use super::plan::thousands;
use super::table::Table;
use crate::commands::Context;
use crate::commands::ready::Ready;
use crate::commands::released::is_by_hand;
use crate::commands::sample::Sample;
use crate::error::Error;
use crate::finding::{Finding, Severity};
use crate::ledger::Mode;
use crate::preview::inbox::{DESKTOP, PHONE, row};
use crate::preview::share;
use crate::preview::view::{Card, Item, Mail, Part, Remark, Source, View, Who};
use crate::render::Shown;
use crate::render::html::escaped;
use crate::words::Words;

/// Everything, as a member sees it; `address` empty for the first one.
pub async fn view(table: &Table, version: u64, address: &str) -> View {
    let context = &table.context;
    let words = context.project.words();
    let source = source(table);
    let ready = match &table.ready {
        Ok(ready) => ready,
        Err(error) => return broken(table, version, error, source),
    };
    let header = &ready.loaded.post.header;
    let (recipient, problem) = match recipient(context, ready, address).await {
        Ok(recipient) => (recipient, None),
        Err(error) => (None, Some(error)),
    };
    let shown = sample(context, ready, recipient.as_ref());
    let member = Who {
        address: if recipient.is_some() { shown.recipient.address.clone() } else { String::new() },
        name: shown.recipient.name.clone(),
        list: shown.list.to_owned(),
        invented: recipient.is_none(),
    };
    let mut findings: Vec<Remark> = ready.warnings.iter().map(|finding| remark(table, finding)).collect();
    if let Some(Error::Input(found)) = &problem {
        findings.extend(found.iter().map(|finding| remark(table, finding)));
    }
    let mail = match problem {
        // The picked member is not there any more; a list that cannot be read is the plan's to show.
        Some(error @ Error::Usage(_)) => Part::Wrong(error.to_string()),
        _ => Part::Shown(mail(context, ready, &shown, &words)),
    };
    View {
        version,
        title: header.title.clone(),
        lang: header.lang.clone(),
        code: Some(ready.code()),
        member,
        mail,
        teasers: Part::Shown(cards(ready, &words)),
        feed: Part::Shown(item(ready)),
        findings,
        source,
    }
}

/// A post that cannot be shown: the same error in each of its parts.
fn broken(table: &Table, version: u64, error: &Error, source: Source) -> View {
    let text = error.to_string();
    let findings = match error {
        Error::Input(found) | Error::Config(found) => found.iter().map(|finding| remark(table, finding)).collect(),
        _ => Vec::new(),
    };
    View {
        version,
        title: table.named.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        lang: table.context.project.config.site.lang.clone(),
        code: None,
        member: Who { invented: true, ..Who::default() },
        mail: Part::Wrong(text.clone()),
        teasers: Part::Wrong(text.clone()),
        feed: Part::Wrong(text),
        findings,
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
    let card = |teaser: &crate::render::teaser::Teaser| {
        let numbers =
            [("length", thousands(teaser.length as u64, words)), ("limit", thousands(teaser.limit as u64, words))];
        let numbers: Vec<(&str, &str)> = numbers.iter().map(|(name, text)| (*name, text.as_str())).collect();
        Card {
            channel: teaser.channel.clone(),
            network: share::title(teaser.kind).to_owned(),
            text: teaser.text.clone(),
            length: teaser.length,
            limit: teaser.limit,
            count: words.fill("preview.count", &numbers),
            by_hand: is_by_hand(Mode::Real, &teaser.channel),
            share: share::url(teaser.kind, &teaser.text, header.link.as_deref()),
            picture: picture.as_ref().map(|(name, _)| name.clone()),
            alt: picture.as_ref().map(|(_, alt)| alt.clone()),
        }
    };
    ready.renditions.teasers.iter().map(card).collect()
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

fn source(table: &Table) -> Source {
    let text = std::fs::read(&table.file).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    Source { file: table.file.display().to_string(), lines: text.lines().map(str::to_owned).collect() }
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
