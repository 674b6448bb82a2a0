//! `check`: what is wrong with posts, and what keeps one from being sent.

use std::path::PathBuf;

use jiff::Zoned;

use super::ready::Ready;
use super::screen::{error_findings, finding_entry};
use super::send::order::{By, Order};
use super::{Context, record, survey};
use crate::check::{Facts, Settings, urls};
use crate::cli;
use crate::error::{Error, Exit};
use crate::finding::Finding;
use crate::ledger::{Books, Mode, Record, Roll};
use crate::post::Slug;

mod audiences;
mod looked;
mod online;

pub use audiences::Audiences;
pub use looked::{Looked, of_ready};

/// Looks at posts and prints the findings.
pub async fn run(arguments: &cli::Check, context: &Context) -> Result<Exit, Error> {
    let settings = Settings::of(&context.project.config.check).map_err(Error::Config)?;
    let record = record::existing(context).await?;
    let files = match arguments.posts.as_slice() {
        [] => not_sent(context, record.as_ref()).await?,
        named => named.iter().map(|named| context.project.post_file(named)).collect(),
    };
    let mut findings = Vec::new();
    let mut looked = Vec::new();
    let mut exit = Exit::Settled;
    for file in &files {
        match Looked::at(context, file) {
            Ok(post) => looked.push(post),
            // The other posts are looked at all the same.
            Err(Error::Input(found)) => findings.extend(settings.weigh(found)),
            Err(error @ (Error::Missing { .. } | Error::Io { .. })) if files.len() > 1 => {
                exit = exit.max(error.exit());
                for found in error_findings(&error) {
                    // A template that cannot be read is one error for all.
                    if !findings.contains(&found) {
                        findings.push(found);
                    }
                }
            }
            Err(other) => return Err(other),
        }
    }
    let mut facts = Facts { now: Some(context.now.datetime()), ..Facts::default() };
    if arguments.online {
        let nothing = Facts::default();
        let links = looked.iter().flat_map(|post| urls(&post.subject(context, &nothing, &settings)));
        facts.answers = online::answers(context, links).await?;
        findings.extend(online::too_long(context, &looked).await);
    }
    let mut audiences = Audiences::new(context, record.as_ref()).await?;
    for post in &looked {
        let slots = post.rendered.email.as_ref().map(|email| email.slots.list.as_slice());
        facts.audiences = audiences.of(post.loaded.post.header.lang.as_str(), &post.lists, slots).await?;
        findings.extend(post.findings(context, &facts, &settings));
    }
    findings.extend(audiences.into_findings());
    answer(context, files.len(), facts.answers.len(), &findings);
    Ok(if findings.iter().any(Finding::is_error) { exit.max(Exit::Data) } else { exit })
}

/// The posts of the folder that no real send has released, by name.
async fn not_sent(context: &Context, record: Option<&Record>) -> Result<Vec<PathBuf>, Error> {
    let mut files = context.project.post_files()?;
    let Some(record) = record else { return Ok(files) };
    let releases = record.releases().await.map_err(|error| error.at(&record.place()))?;
    let sent = |slug: &str| releases.iter().any(|release| release.mode == Mode::Real && release.slug == slug);
    files.retain(|file| Slug::of_file(file).map_or(true, |slug| !sent(slug.as_str())));
    Ok(files)
}

fn answer(context: &Context, posts: usize, links: usize, findings: &[Finding]) {
    context.screen.findings_as_result(findings);
    let errors = findings.iter().filter(|finding| finding.is_error()).count();
    let warnings = findings.len() - errors;
    let some = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    let found = match (errors, warnings) {
        _ if posts == 0 => "every one is sent; name one to look at it again".to_owned(),
        (0, 0) => "nothing to say".to_owned(),
        (0, warnings) => some(warnings, "warning"),
        (errors, 0) => format!("{}; `rundbrief send` refuses what has one", some(errors, "error")),
        (errors, warnings) => {
            format!(
                "{} and {}; `rundbrief send` refuses what has an error",
                some(errors, "error"),
                some(warnings, "warning")
            )
        }
    };
    let asked = if links > 0 { format!(", {} asked", some(links, "link")) } else { String::new() };
    context.screen.result(&format!("{}{asked}: {found}", some(posts, "post")));
    context.screen.json(&findings.iter().map(finding_entry).collect::<Vec<_>>());
}

/// Refuses to begin a send of a post that has errors. What was released before goes on, whatever the file says by now.
///
/// # Errors
/// [`Error::Input`] with the errors.
pub async fn gate(order: &Order<'_>, context: &Context, ready: &Ready) -> Result<(), Error> {
    if order.force || was_released(context, ready).await? {
        return Ok(());
    }
    must_pass(matches!(order.by, By::Person { .. }), context, ready)
}

/// Refuses what has errors; `person`: somebody reads what is said about it.
///
/// # Errors
/// [`Error::Input`] with the errors.
pub fn must_pass(person: bool, context: &Context, ready: &Ready) -> Result<(), Error> {
    let settings = Settings::of(&context.project.config.check).map_err(Error::Config)?;
    let facts = Facts { now: Some(Zoned::datetime(&context.now)), ..Facts::default() };
    let mut errors = looked::judged(context, ready, &facts, &settings, ready.warnings.clone());
    errors.retain(Finding::is_error);
    if errors.is_empty() {
        return Ok(());
    }
    if person {
        context.screen.note("Nothing was sent, because of what follows; --force sends it all the same.\n");
    }
    Err(Error::Input(errors))
}

async fn was_released(context: &Context, ready: &Ready) -> Result<bool, Error> {
    let Some(record) = record::existing(context).await? else { return Ok(false) };
    let earlier = survey::earlier(context, ready, &record).await?;
    record.shut().await;
    Ok(earlier.is_some())
}
