//! `check --online`: whether links answer.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};

use super::super::Context;
use crate::check::Answer;
use crate::config::Transport;
use crate::error::Error;
use crate::finding::Finding;
use crate::http::{Client, HttpError};

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
