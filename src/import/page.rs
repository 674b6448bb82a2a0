//! A published or saved page: what it says about itself, and its article.
//!
//! Comes in: decoded HTML and where it was loaded from. Goes out: a draft, or why there is none. Runs no script, loads
//! nothing, and trusts no markup: the article is cleaned before it is read, and read as text, emphasis and links only.

use dom_query::Document;
use jiff::civil::Date;

use super::byline::{self, Part};
use super::chrome::chrome;
use super::dateline::dateline;
use super::picture::caption_text;
use super::{Draft, Input, Refused};
use crate::post::{Block, BlockKind, Event, Picture, whole_text, written_day};

mod addresses;
mod article;
mod blocks;
mod caption;
mod clean;
mod cms;
mod dom;
mod facts;
mod figure;
mod headline;
mod inlines;
mod json_ld;
mod keywords;
mod meta;
mod microdata;
mod nesting;
mod parts;
mod prepare;
mod protected;
mod refuse;
mod signs;
mod sources;
mod table;
mod teasers;
mod trim;

pub(super) use clean::absolute;
pub(super) use trim::is_related;

use addresses::Place;
use facts::Facts;

/// Makes a draft of a page.
///
/// # Errors
/// It has no article: a login, an error page, scripts alone, nothing.
pub(super) fn read(html: &str, input: &Input<'_>) -> Result<Draft, Refused> {
    nesting::check(html)?;
    let document = Document::from(html);
    nesting::check_tree(&document)?;
    let system = cms::system(&document);
    teasers::remove(&document);
    sources::settle(&document);
    let facts = facts::collect(&document, system);
    refuse::check(&document, &facts, input.url)?;
    let place = place(&document, &facts, input.url);
    refuse::check_way(&document, place.base.as_deref())?;
    let several = article::are_several(&document, system);
    let scripts = refuse::has_scripts(&document);
    signs::write_out(&document, facts.lang.as_deref());
    addresses::settle(&document, &place);
    let unreadable = protected::reveal(&document);
    let found = article::read(document, system, &facts);
    let caption = facts.image.as_ref().and_then(|image| image.caption.clone());
    let mut draft = draft(facts, input, &place);
    draft.left_out = unreadable;
    draft.left_out.extend(found.left_out);
    draft.captions = found.captions;
    draft.body = found.blocks;
    name_by_heading(&mut draft);
    head(&mut draft);
    trim::trim(&mut draft.body, draft.title.as_deref());
    blocks::level_headings(&mut draft.body);
    hero(&mut draft, caption);
    super::text::ask_for_one_category(&mut draft);
    if draft.body.is_empty() {
        return Err(if scripts { Refused::Scripts } else { Refused::NoText });
    }
    if scripts && is_placeholder(&draft) {
        return Err(Refused::Scripts);
    }
    if several {
        draft.ask("page", "the page seems to be a list of several articles; import the page of one of them", None);
    }
    draft.dateline = draft.lead().and_then(|lead| dateline(&lead));
    if let (None, Some(date)) = (draft.date, draft.dateline.as_ref().and_then(|dateline| dateline.date)) {
        draft.date = Some(date);
    }
    Ok(draft)
}

/// Where the page is; for a saved one, where it says that it is published. What relative addresses are relative to may be
/// another place (HTML, section 4.2.3).
fn place(document: &Document, facts: &Facts, url: Option<&str>) -> Place {
    let page = url.or(facts.link.as_deref().filter(|link| is_web(link))).map(str::to_owned);
    let base = document.base_uri().and_then(|base| clean::absolute(&base, page.as_deref())).or_else(|| page.clone());
    Place { base, page, saved: url.is_none() }
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// `Loading …`: so little that only a script's waiting sign can be meant.
fn is_placeholder(draft: &Draft) -> bool {
    let text = super::paragraphs(&draft.body).join(" ").to_lowercase();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let waits = ["javascript", "geladen", "loading", "ladevorgang"].iter().any(|word| text.contains(word));
    draft.body.len() <= 2 && (letters < 40 || (letters < 200 && waits))
}

/// The header's part of the facts.
fn draft(facts: Facts, input: &Input<'_>, place: &Place) -> Draft {
    let mut draft = Draft { title: facts.title, lang: facts.lang, base: place.base.clone(), ..Draft::default() };
    match facts.date.as_deref().map(|written| (written, written_day(written))) {
        Some((_, Some(date))) => draft.date = Some(date),
        Some((written, None)) => draft.ask_for_day(written),
        None => {}
    }
    if let Some(shown) = facts.shown_date {
        compare_day(&mut draft, shown);
    }
    draft.author = facts.author;
    draft.categories = facts.categories;
    draft.keywords = facts.keywords;
    draft.publisher = facts.publisher;
    draft.description = facts.description;
    let canonical = facts.link.and_then(|link| clean::absolute(&link, place.base.as_deref()));
    draft.link = canonical.or_else(|| input.url.map(str::to_owned)).filter(|link| crate::post::is_link(link));
    draft.event = facts.event.map(|event| Event {
        name: event.name,
        place: event.place,
        date: event.date.as_deref().and_then(written_day),
    });
    draft.event = draft.event.filter(|event| event.name.is_some() || event.place.is_some() || event.date.is_some());
    draft.image = facts.image.and_then(|image| {
        let (alt, credit) = (image.alt.or(image.caption).or(image.named).unwrap_or_default(), image.credit);
        let src = place.picture(&image.url)?;
        Some(Picture { src, alt, credit, link: None, line: 0, column: 0 })
    });
    draft
}

/// Asks which of two days is the one of publication.
fn compare_day(draft: &mut Draft, shown: Date) {
    let asked = draft.questions.iter().any(|question| question.key == "date");
    if let Some(date) = draft.date.filter(|date| *date != shown && !asked) {
        let says = format!("the page's data says it was published on {date}, readers see {shown}");
        draft.ask("date", says, Some(format!("date: {shown}")));
    }
}

/// The headline among the parts of a window's title: `Verein - Aktuelles - Sommerfest` above the heading `Sommerfest`.
fn name_by_heading(draft: &mut Draft) {
    let Some(title) = &draft.title else { return };
    let parts: Vec<&str> =
        [" - ", " – ", " | ", " :: ", " » ", " · ", ": "].iter().flat_map(|sign| title.split(sign)).collect();
    let found = draft.body.iter().find_map(|block| match &block.kind {
        BlockKind::Heading { content, .. } => {
            Some(whole_text(content)).filter(|text| text != title && parts.contains(&text.trim()))
        }
        _ => None,
    });
    draft.title = found.or(draft.title.take());
}

/// Takes small lines and the page's own headline off the beginning of the article.
fn head(draft: &mut Draft) {
    let mut kept = Vec::new();
    let mut days = Vec::new();
    let mut in_head = true;
    for block in std::mem::take(&mut draft.body) {
        let text = match &block.kind {
            BlockKind::Paragraph(content) | BlockKind::Heading { content, .. } => whole_text(content),
            BlockKind::Picture(_) => String::new(),
            _ => {
                in_head = false;
                String::new()
            }
        };
        if in_head && !text.is_empty() {
            if draft.title.as_deref().is_some_and(|title| same_text(title, &text)) || chrome(&text).is_some() {
                continue;
            }
            let heading = matches!(block.kind, BlockKind::Heading { .. });
            match byline::parts(&text).filter(|_| !heading) {
                Some(parts) => {
                    days.extend(parts.iter().filter_map(Part::day));
                    parts.into_iter().for_each(|part| take(part, draft));
                    continue;
                }
                None => in_head = heading,
            }
        }
        kept.push(block);
    }
    draft.body = kept;
    if let Some(shown) = days.first().filter(|_| !days.iter().any(|day| Some(*day) == draft.date)) {
        compare_day(draft, *shown);
    }
}

fn take(part: Part, draft: &mut Draft) {
    match part {
        Part::Date(date) if draft.date.is_none() => {
            draft.date = Some(date);
            draft.questions.retain(|question| question.key != "date");
        }
        Part::Author(name) if draft.author.is_none() => draft.author = Some(name),
        Part::Category(name) if draft.categories.is_empty() => draft.categories.push(name),
        Part::UnclearDate(written) if draft.date.is_none() => draft.ask_for_day(&written),
        _ => {}
    }
}

/// Whether two texts have the same letters.
fn same_text(one: &str, other: &str) -> bool {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    letters(one) == letters(other)
}

/// The header's picture: the page's own one, with what the article says about it; else the one the article begins with.
/// A mail shows no caption below it, so its caption is told and not taken for the lead.
fn hero(draft: &mut Draft, mut caption: Option<String>) {
    let same = |one: &str, other: &str| picture_stem(one) == picture_stem(other);
    let taken = draft.body.iter().position(|block| match (&block.kind, &draft.image) {
        (BlockKind::Picture(picture), Some(image)) => same(&image.src, &picture.src),
        (BlockKind::Picture(_), None) => true,
        _ => false,
    });
    let first = matches!(draft.body.first().map(|block| &block.kind), Some(BlockKind::Picture(_)));
    let taken = taken.filter(|at| draft.image.is_some() || (first && *at == 0));
    if let Some(at) = taken
        && let Block { kind: BlockKind::Picture(picture), .. } = draft.body.remove(at)
    {
        if let Some(text) = draft.body.get(at).and_then(|block| caption_text(&block.kind)) {
            draft.body.remove(at);
            caption = Some(text);
        }
        let image = draft.image.take().unwrap_or_else(|| picture.clone());
        draft.image = Some(Picture {
            alt: if picture.alt.is_empty() { image.alt } else { picture.alt },
            credit: picture.credit.or(image.credit),
            // A saved page's own file is nearer than the address of its data.
            src: if picture.src.contains("://") { image.src } else { picture.src.clone() },
            link: None,
            ..picture
        });
    }
    let alt = draft.image.as_ref().map(|image| image.alt.as_str()).unwrap_or_default();
    if let Some(caption) = caption.filter(|caption| !same_text(caption, alt)) {
        draft.left_out.push(format!("the caption of the first picture: “{caption}”"));
    }
}

/// A picture's file name without its ending and without what a system adds for a size: `tagung-300x200.jpg`,
/// `csm_tagung_0123456789.jpg`.
fn picture_stem(url: &str) -> String {
    let file = url.split(['?', '#']).next().unwrap_or(url).rsplit('/').next().unwrap_or(url);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let stem = stem.strip_prefix("csm_").and_then(|stem| stem.rsplit_once('_')).map_or(stem, |(stem, _)| stem);
    let sized = |tail: &str| {
        tail.split_once('x').is_some_and(|(w, h)| {
            let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            digits(w) && digits(h)
        }) || tail == "scaled"
    };
    match stem.rsplit_once('-') {
        Some((before, tail)) if sized(tail) => before.to_lowercase(),
        _ => stem.to_lowercase(),
    }
}
