//! A teaser from a post's material: whole pieces, as many as the network takes.
//!
//! Comes in: [`Material`], the link in its two forms, the hashtags, the network's kind. Goes out: the text, or `None`
//! where not even the link fits. Never longer than the limit; never cuts inside a word, a quotation or an abbreviation.

use super::length::{Measure, fits, is_readable, length};
use super::material::Material;
use super::{hashtag, quoted};
use crate::config::NetworkKind;

/// What a teaser is made of, beside the post's material.
#[derive(Debug)]
pub struct Frame<'a> {
    pub measure: Measure,
    /// With campaign parameters, then without: where a URL counts in full, the short one may be all that fits.
    pub links: Vec<String>,
    /// `Mehr dazu:`
    pub call: &'a str,
    pub hashtags: &'a [String],
}

/// What has been chosen so far.
#[derive(Debug, Clone, Default)]
struct Draft {
    opening: String,
    /// How many of the lead's sentences stand behind the first one.
    more_lead: usize,
    issue: bool,
    figure: bool,
    quote: bool,
    call: bool,
    hashtags: usize,
    link: Option<String>,
}

/// The most hashtags that help on a network; Threads takes one topic, a plain text none.
pub const fn most_hashtags(kind: NetworkKind) -> usize {
    match kind {
        NetworkKind::Threads => 1,
        kind if !kind.is_social() => 0,
        _ => hashtag::MOST,
    }
}

/// Composes the teaser.
pub fn compose(material: &Material, frame: &Frame) -> Option<String> {
    let mut draft = opening(material, frame)?;
    let from_lead = material.lead.first() == Some(&draft.opening);
    let hashtags = frame.hashtags.len().min(most_hashtags(frame.measure.kind));
    let grow = |draft: &mut Draft, change: &dyn Fn(&mut Draft)| {
        let mut larger = draft.clone();
        change(&mut larger);
        let grown = is_readable(&larger.render(material, frame), frame.measure);
        if grown {
            *draft = larger;
        }
        grown
    };
    grow(&mut draft, &|draft| draft.call = true);
    for count in 1..=hashtags.min(2) {
        grow(&mut draft, &|draft| draft.hashtags = count);
    }
    if material.issue.is_some() {
        grow(&mut draft, &|draft| draft.issue = true);
    }
    if material.figure.is_some() {
        grow(&mut draft, &|draft| draft.figure = true);
    }
    if material.quote.is_some() && is_long(frame.measure.kind) {
        grow(&mut draft, &|draft| draft.quote = true);
    }
    if from_lead {
        for count in 1..material.lead.len() {
            if !grow(&mut draft, &|draft| draft.more_lead = count) {
                break;
            }
        }
    }
    if material.quote.is_some() && !draft.quote {
        grow(&mut draft, &|draft| draft.quote = true);
    }
    if hashtags > draft.hashtags {
        grow(&mut draft, &|draft| draft.hashtags = hashtags);
    }
    Some(draft.render(material, frame))
}

/// Networks where several paragraphs are read.
const fn is_long(kind: NetworkKind) -> bool {
    matches!(kind, NetworkKind::LinkedIn | NetworkKind::Facebook) || !kind.is_social()
}

/// The lead's first sentence; where it does not fit the title; where that does not fit either a beginning of it; the
/// link alone if nothing else does.
fn opening(material: &Material, frame: &Frame) -> Option<Draft> {
    let sources: Vec<&String> =
        material.lead.first().into_iter().chain([&material.title]).filter(|text| !text.is_empty()).collect();
    let draft = |opening: &str, link: Option<&String>| Draft {
        opening: opening.to_owned(),
        link: link.cloned(),
        ..Draft::default()
    };
    let fitting = |draft: &Draft| fits(&draft.render(material, frame), frame.measure);
    let readable = |draft: &Draft| is_readable(&draft.render(material, frame), frame.measure);
    let links: Vec<Option<&String>> =
        if frame.links.is_empty() { vec![None] } else { frame.links.iter().map(Some).collect() };
    let mut whole: Vec<Draft> =
        sources.iter().flat_map(|text| links.iter().map(|link| draft(text, *link))).filter(fitting).collect();
    if !whole.is_empty() {
        let best = whole.iter().position(readable).unwrap_or(0);
        return Some(whole.swap_remove(best));
    }
    let link = *links.iter().min_by_key(|link| link.map_or(0, |link| length(link, frame.measure.kind)))?;
    let cut = sources.iter().find_map(|text| longest_cut(text, |cut| fitting(&draft(cut, link))));
    cut.map(|cut| draft(&cut, link)).or_else(|| link.map(|link| draft("", Some(link))).filter(fitting))
}

/// The longest beginning of a text with `…` that fits. It ends between two words, outside of quotations and brackets,
/// and neither behind an abbreviation nor between a number and its noun.
fn longest_cut(text: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
    let gaps: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).collect();
    let quotations = quoted::quotations(text);
    let cut = |at: usize| {
        let head = text[..at].trim_end_matches([',', ';', ':', '–', '—', '-', ' ']);
        (head, format!("{head} …"))
    };
    let fitting = gaps.partition_point(|at| fits(&cut(*at).1));
    gaps[..fitting].iter().rev().find_map(|at| {
        let (head, cut) = cut(*at);
        let inside = quotations.iter().any(|range| range.contains(at)) || quoted::is_open(head);
        let torn = head.ends_with(['.', '…']) || head.ends_with(|c: char| c.is_ascii_digit());
        (!inside && !torn && !head.is_empty() && fits(&cut)).then_some(cut)
    })
}

impl Draft {
    fn render(&self, material: &Material, frame: &Frame) -> String {
        let plain = frame.measure.kind == NetworkKind::Plain;
        let mut pieces = vec![self.opening.as_str()];
        pieces.extend(material.lead.iter().skip(1).take(self.more_lead).map(String::as_str));
        let mut paragraphs = vec![pieces.join(" ")];
        let figure = material.figure.as_ref().filter(|_| self.figure);
        let quote = material.quote.as_ref().filter(|quote| self.quote && Some(*quote) != figure);
        paragraphs
            .extend(material.issue.as_ref().filter(|_| self.issue).into_iter().chain(figure).chain(quote).cloned());
        paragraphs.retain(|text| !text.is_empty());
        let mut text = String::new();
        for paragraph in paragraphs {
            text.push_str(match ends_like_a_sentence(&text) {
                _ if text.is_empty() => "",
                true if plain || !is_long(frame.measure.kind) => " ",
                false if plain => " – ",
                _ => "\n\n",
            });
            text.push_str(&paragraph);
        }
        let call = match &self.link {
            Some(link) if self.call => format!("{} {link}", frame.call),
            Some(link) => link.clone(),
            None => String::new(),
        };
        let gap = match plain {
            true if ends_like_a_sentence(&text) => " ",
            true => " – ",
            false => "\n\n",
        };
        let parts = [text, call, frame.hashtags[..self.hashtags].join(" ")];
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        parts.join(gap)
    }
}

/// Titles do not; behind them the next sentence would run on.
fn ends_like_a_sentence(text: &str) -> bool {
    text.ends_with(['.', '!', '?', '…', '“', '”', '"', '«', '»', ')'])
}
