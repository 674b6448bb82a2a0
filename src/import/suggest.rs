//! What may be meant: subject, teaser, event, tags, a quote with its speaker, a key figure. Made from the text's own
//! words; a person says whether it fits.

use super::{Draft, Suggestion, paragraphs, yaml};
use crate::post::sentence::{sentences, strip_dateline};
use crate::render::email::shorten;
use crate::render::teaser::figure;

mod event;
mod quote;
mod tags;

/// The longest teaser that is suggested, in characters; it fits every network but the shortest.
const TEASER: usize = 260;

/// Everything that is suggested.
pub(super) fn suggestions(draft: &Draft) -> Vec<Suggestion> {
    let lang = draft.lang.as_deref().unwrap_or("de");
    let texts = paragraphs(&draft.body);
    let mut found = Vec::new();
    let mut key = |key: &'static str, value: String, line: Option<String>| found.push(Suggestion { key, value, line });
    if let Some(title) = &draft.title {
        let subject = shorten::subject(title);
        if subject != *title {
            let line = format!("subject: {}", yaml::quoted(&subject));
            key("subject", subject, Some(line));
        }
    }
    if let Some(description) = description(draft) {
        let line = format!("preheader: {}", yaml::quoted(&description));
        key("preheader", description, Some(line));
    }
    if let Some(teaser) = draft.lead().and_then(|lead| teaser(&lead, lang)) {
        let line = format!("teaser: {}", yaml::quoted(&teaser));
        key("teaser", teaser, Some(line));
    }
    if let Some((value, line)) = event::event(draft) {
        key("event", value, Some(line));
    }
    let mut words = draft.keywords.clone();
    if words.is_empty() {
        words = tags::tags(draft.title.as_deref().unwrap_or(""), &texts, lang);
    }
    if !words.is_empty() {
        key("tags", words.join(", "), Some(format!("tags: {}", yaml::list(&words))));
    }
    for quote in quote::quotes(&texts, lang) {
        key("quote", quote, None);
    }
    if let Some(sentence) = key_figure(&texts, lang) {
        key("figure", sentence, None);
    }
    found
}

/// What the page says of itself, unless it is the lead's beginning.
fn description(draft: &Draft) -> Option<String> {
    let description = draft.description.as_deref()?.trim();
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let short = letters(description.trim_end_matches(['…', '.', ']', '[']));
    let begins = draft.lead().is_some_and(|lead| letters(&lead).starts_with(&short));
    let length = description.chars().count();
    (!begins && (20..=200).contains(&length)).then(|| description.to_owned())
}

/// The lead's first sentences, without its dateline.
fn teaser(lead: &str, lang: &str) -> Option<String> {
    let mut teaser = String::new();
    for sentence in sentences(strip_dateline(lead), lang) {
        let length = teaser.chars().count() + 1 + sentence.chars().count();
        if length > TEASER {
            break;
        }
        if !teaser.is_empty() {
            teaser.push(' ');
        }
        teaser.push_str(sentence);
    }
    Some(teaser).filter(|teaser| !teaser.is_empty())
}

/// The sentence with the best number.
fn key_figure(texts: &[String], lang: &str) -> Option<String> {
    let mut best: Option<(u8, String)> = None;
    for sentence in texts.iter().flat_map(|text| sentences(text, lang)) {
        let score = figure::score(sentence);
        let is_sentence = sentence.split_whitespace().count() >= 4;
        if is_sentence
            && score >= 2
            && sentence.chars().count() <= 300
            && best.as_ref().is_none_or(|(before, _)| score > *before)
        {
            best = Some((score, sentence.to_owned()));
        }
    }
    best.map(|(_, sentence)| sentence)
}
