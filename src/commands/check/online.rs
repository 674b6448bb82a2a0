//! `check --online`: whether links answer, and whether the networks' own servers take the texts.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};

use super::super::{Context, networks};
use super::Looked;
use crate::channel::network::{Remote, Trouble};
use crate::check::Answer;
use crate::config::Transport;
use crate::error::Error;
use crate::finding::Finding;
use crate::http::{Client, HttpError};
use crate::project::with_lines;

/// So many are asked at once, so that no website feels it.
const AT_ONCE: usize = 4;

/// Asks each link once: HEAD, then GET where a website does not know HEAD.
///
/// # Errors
/// No request can be made at all.
pub async fn answers(
    context: &Context,
    links: impl Iterator<Item = String>,
) -> Result<BTreeMap<String, Answer>, Error> {
    // Whoever sends to this computer tries things out, and may link to it.
    let here = matches!(&context.project.config.email.transport, Transport::Smtp(smtp) if smtp.is_loopback());
    let client = Client::for_pages(here).map_err(|error| {
        let finding = Finding::error("link", format!("the links cannot be asked: {error}"));
        Error::input(finding.help("run it without --online"))
    })?;
    let links: BTreeSet<String> = links.collect();
    let asked = stream::iter(links).map(|link| {
        let client = &client;
        async move {
            let answer = answer(client.visit(&link).await);
            (link, answer)
        }
    });
    Ok(asked.buffer_unordered(AT_ONCE).collect().await)
}

/// The texts that are longer than the instances take that they go to. A network that says nothing is noted: `doctor` says
/// what is wrong with it.
pub(super) async fn too_long(context: &Context, looked: &[Looked]) -> Vec<Finding> {
    let config = &context.project.config;
    let posted = |name: &String| looked.iter().any(|post| post.channels.contains(name));
    let chosen = config.channels.iter().filter(|(name, _)| posted(name));
    let made: Vec<(&String, Remote)> = chosen
        .filter_map(|(name, network)| {
            let remote = Remote::of(network, &config.folder, |name| std::env::var(name).ok());
            Some((name, remote.ok().flatten()?))
        })
        .collect();
    let mut findings = Vec::new();
    for (name, answer) in networks::asked_of(made.iter().map(|(name, remote)| (*name, remote))).await {
        match answer {
            Ok(inspection) => findings.extend(looked.iter().filter_map(|post| {
                networks::excess(&name, &inspection.limits, &post.loaded.post, &post.rendered.teasers)
            })),
            Err(Trouble::NotNow(_) | Trouble::Stop(_)) => {
                context.screen.note(&format!("{name} does not say what it takes; `rundbrief doctor` says why."));
            }
        }
    }
    with_lines(findings)
}

fn answer(visited: Result<u16, HttpError>) -> Answer {
    match visited {
        Ok(200..=399) => Answer::Alive,
        Ok(404) => Answer::Dead("the website has no such page (404)".to_owned()),
        Ok(410) => Answer::Dead("the page was removed (410)".to_owned()),
        Ok(status) => Answer::Doubtful(format!("the website says {status}")),
        Err(error @ (HttpError::Url(_) | HttpError::Private(_) | HttpError::Redirects(_))) => {
            Answer::Dead(error.to_string())
        }
        Err(error) => Answer::Doubtful(error.to_string()),
    }
}
