//! Before the first real send of a post: the networks that it is posted to must take the login and the text.
//!
//! Comes in: the post made ready, and the ways to the networks. Goes out: nothing, or an error that names what is
//! refused. A network that does not answer is no error: it is tried again later, and holds nobody up. With `--offline`
//! nobody is asked.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::ready::Ready;
use super::{Context, links};
use crate::channel::network::{Inspection, Limits, Remote, Trouble};
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::post::Post;
use crate::project::with_lines;
use crate::render::link;
use crate::render::teaser::Teaser;
use crate::render::teaser::length::URL_LENGTH;

/// Asks each network that takes part (`channels`, empty: all), all at once.
///
/// # Errors
/// A login is refused, what answers is no such network, or a text is longer than the instance takes.
pub async fn must_take(
    offline: bool,
    channels: &[String],
    context: &Context,
    ready: &Ready,
    networks: &BTreeMap<String, Remote>,
) -> Result<(), Error> {
    let chosen = |name: &str| channels.is_empty() || channels.iter().any(|channel| channel == name);
    let posted = |name: &str| ready.renditions.payloads.iter().any(|payload| payload.channel == name);
    let asked: Vec<_> = networks.iter().filter(|(name, _)| chosen(name) && posted(name)).collect();
    if asked.is_empty() || offline || links::was_released(context, ready).await? {
        return Ok(());
    }
    let (post, teasers) = (&ready.loaded.post, ready.renditions.teasers.as_slice());
    let mut findings = Vec::new();
    for (name, answer) in asked_of(asked).await {
        match answer {
            Ok(inspection) => findings.extend(excess(&name, &inspection.limits, post, teasers)),
            Err(Trouble::NotNow(reason)) => context
                .screen
                .note(&format!("{name} does not say now what it takes ({reason}); the rest goes out all the same.")),
            Err(Trouble::Stop(error)) => return Err(error.of(&name)),
        }
    }
    if findings.is_empty() { Ok(()) } else { Err(Error::Input(with_lines(findings))) }
}

/// What each network says of itself, all asked at once; those that can be asked.
pub async fn asked_of(
    networks: impl IntoIterator<Item = (&String, &Remote)>,
) -> Vec<(String, Result<Inspection, Trouble>)> {
    let one = async |(name, remote): (&String, &Remote)| Some((name.clone(), remote.inspect().await?));
    join_all(networks.into_iter().map(one)).await.into_iter().flatten().collect()
}

/// The text for a channel as its instance counts it, against what that takes.
pub fn excess(channel: &str, limits: &Limits, post: &Post, teasers: &[Teaser]) -> Option<Finding> {
    let teaser = teasers.iter().find(|teaser| teaser.channel == channel)?;
    let most = limits.characters?;
    let urls = link::urls(&teaser.text).len();
    let usual = URL_LENGTH;
    let length = limits.url.map_or(teaser.length, |url| (teaser.length + urls * url).saturating_sub(urls * usual));
    let over = length.checked_sub(most).filter(|over| *over > 0)?;
    let message = format!("the text for `{}` is {over} characters too long; its instance takes {most}", teaser.channel);
    let place = match post.header.lines.get("teaser") {
        Some(line) => Place::at_line(&post.file, "", *line, 1),
        None => Place::whole_file(&post.file),
    };
    let help = format!(
        "write characters = {most} into [channels.{}], so that texts are made to fit; one of your own must be shortened",
        teaser.channel
    );
    Some(Finding::error("teaser-too-long", message).at(place).help(help))
}
