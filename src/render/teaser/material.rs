//! What a post offers for a teaser, in pieces that are used whole or not at all.
//!
//! Comes in: a [`Source`]. Goes out: [`Material`]: the lead's sentences, a key figure, a quotation with its speaker.
//! Never shortens anything.

use std::sync::LazyLock;

use super::{figure, quoted};
use crate::post::sentence::{WordSet, sentences, strip_dateline, word_set};
use crate::post::{Block, BlockKind, Post, plain_text};
use crate::render::Source;

/// The pieces of a post's teaser.
#[derive(Debug, Default)]
pub struct Material {
    pub title: String,
    /// The lead's sentences, those of one quotation together; without a quotation whose speaker is not named.
    pub lead: Vec<String>,
    /// A sentence with a number that people remember, from behind the lead.
    pub figure: Option<String>,
    /// Somebody's words with that person's name, from behind the lead.
    pub quote: Option<String>,
    /// For a digest: the titles of its posts in one sentence.
    pub issue: Option<String>,
}

/// Words with which a sentence points back; without the one before it, it says nothing.
static POINTING_BACK: WordSet = LazyLock::new(|| {
    word_set(
        "Davon Dabei Dadurch Dafür Daher Damit Danach Daneben Dann Daran Darauf Darin Darüber Darum \
         Dazu Dennoch Deshalb Dies Diese Dieser Dieses Diesen Diesem Dort Er Sie Es Ihr Ihre Seine \
         Zudem Außerdem Auch Aber Doch Und Oder Denn Das Hierzu Hierbei Jedoch So Letztere \
         He She It They This That These Those Its Their His Her But And Or So Also However Then \
         There Here Of",
    )
});

/// Reads a post's material.
pub fn material(source: &Source) -> Material {
    let post = source.post;
    let lang = &post.header.lang;
    let lead_text = post.lead().map(|content| tidy(&plain_text(content))).unwrap_or_default();
    let stripped = strip_dateline(&lead_text);
    let stripped = post.header.event.as_ref().and_then(|event| event.place.as_deref()).map_or(stripped, |place| {
        [". ", " – ", " — "]
            .iter()
            .find_map(|mark| stripped.strip_prefix(place)?.strip_prefix(mark))
            .unwrap_or(stripped)
    });
    let lead = units(stripped, lang).into_iter().filter(|unit| usable(unit)).collect();
    let rest: Vec<String> = behind_the_lead(post).iter().flat_map(|text| units(text, lang)).collect();
    Material {
        title: tidy(&post.header.title),
        figure: key_figure(&rest),
        quote: quotation(&rest).or_else(|| block_quotation(&post.body, lang)),
        issue: issue(source),
        lead,
    }
}

/// The text of every paragraph and list item but the lead, in order.
fn behind_the_lead(post: &Post) -> Vec<String> {
    let is_paragraph = |block: &Block| matches!(block.kind, BlockKind::Paragraph(_));
    let lead = post.body.iter().position(is_paragraph);
    let mut found = Vec::new();
    let (before, after) = post.body.split_at(lead.map_or(0, |lead| lead + 1));
    collect(&before[..before.len().saturating_sub(1)], &mut found);
    collect(after, &mut found);
    found
}

fn collect(blocks: &[Block], found: &mut Vec<String>) {
    for block in blocks {
        match &block.kind {
            BlockKind::Paragraph(content) => found.push(tidy(&plain_text(content))),
            BlockKind::List { items, .. } => items.iter().for_each(|item| collect(item, found)),
            _ => {}
        }
    }
}

/// One line, with single ordinary spaces; no-break spaces stay.
fn tidy(text: &str) -> String {
    let breaks = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}');
    let text: String = text.chars().filter(|c| !c.is_control() || c.is_whitespace()).collect();
    text.split(breaks).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Sentences, with those of one quotation or bracket kept together, and a quotation with the sentence that says who
/// spoke.
fn units(text: &str, lang: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    for sentence in sentences(text, lang) {
        match units.last_mut() {
            Some(last) if quoted::is_open(last) || attributes(last, sentence) => {
                last.push(' ');
                last.push_str(sentence);
            }
            _ => units.push(sentence.to_owned()),
        }
    }
    units
}

/// Whether `sentence` only says who spoke before: `Das sagte Anna Muster.`
fn attributes(quotation: &str, sentence: &str) -> bool {
    let says = ["Das sagte ", "Das betonte ", "Das erklärte ", "Mit diesen Worten ", "So ", "This is what "];
    quoted::has_statement(quotation)
        && !quoted::names_speaker(quotation)
        && says.iter().any(|start| sentence.starts_with(start))
}

/// A statement stands only with its speaker, and nothing stands that does not end.
fn usable(unit: &str) -> bool {
    !quoted::is_open(unit) && (!quoted::has_statement(unit) || quoted::names_speaker(unit))
}

fn stands_alone(unit: &str) -> bool {
    let first = unit.trim_start_matches(|c: char| !c.is_alphanumeric());
    let first = &first[..first.find(|c: char| !c.is_alphanumeric()).unwrap_or(first.len())];
    let complete = unit.ends_with(['.', '!', '?', '“', '”', '"', '«', '»', ')', '…']);
    complete && !POINTING_BACK.contains(first)
}

/// The first of the best key figures.
fn key_figure(units: &[String]) -> Option<String> {
    let mut best: Option<(u8, &String)> = None;
    for unit in units.iter().filter(|unit| usable(unit) && stands_alone(unit)) {
        let score = figure::score(unit);
        if score > best.map_or(0, |(best, _)| best) {
            best = Some((score, unit));
        }
    }
    best.map(|(_, unit)| unit.clone())
}

/// The first statement whose speaker is named.
fn quotation(units: &[String]) -> Option<String> {
    let named = |unit: &&String| quoted::has_statement(unit) && usable(unit);
    units.iter().find(named).cloned()
}

/// A block quotation whose last line names the speaker behind a dash.
fn block_quotation(blocks: &[Block], lang: &str) -> Option<String> {
    blocks.iter().find_map(|block| match &block.kind {
        BlockKind::Quote(inner) => {
            let mut paragraphs = Vec::new();
            collect(inner, &mut paragraphs);
            attributed(&paragraphs.join(" "), lang)
        }
        _ => None,
    })
}

fn attributed(text: &str, lang: &str) -> Option<String> {
    let (at, dash) = ["— ", "– "].iter().filter_map(|dash| text.rfind(dash).map(|at| (at, dash))).max()?;
    let (words, speaker) = (text[..at].trim_end(), text[at + dash.len()..].trim());
    let is_name = speaker.starts_with(char::is_uppercase) && speaker.chars().count() <= 100;
    if words.is_empty() || !is_name || !words.ends_with(['.', '!', '?', '…', '“', '”', '"', '«', '»']) {
        return None;
    }
    let quotations = quoted::quotations(words);
    let marked = match quotations.as_slice() {
        [all] if *all == (0..words.len()) => words.to_owned(),
        [] if lang.to_lowercase().starts_with("de") => format!("„{words}“"),
        [] => format!("“{words}”"),
        _ => return None,
    };
    Some(format!("{marked} – {speaker}"))
}

/// `In dieser Ausgabe: …` with the titles of a digest's posts.
fn issue(source: &Source) -> Option<String> {
    let titles: Vec<String> =
        source.sections.iter().flat_map(|section| &section.posts).map(|post| tidy(&post.header.title)).collect();
    (!titles.is_empty()).then(|| source.words.fill("teaser.in_this_issue", &[("titles", &titles.join(" · "))]))
}
