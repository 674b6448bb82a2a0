//! `check`: what is wrong with posts, and what keeps one from being sent.

use std::path::{Path, PathBuf};

use jiff::Zoned;

use super::ready::{Ready, channels_of, lists_of};
use super::screen::finding_entry;
use super::send::order::{By, Order};
use super::{Context, record, survey};
use crate::check::{Facts, Rendered, Settings, Subject, check, urls};
use crate::cli;
use crate::error::{Error, Exit};
use crate::finding::Finding;
use crate::ledger::{Books, Mode, Roll, SqliteLedger};
use crate::post::Slug;
use crate::project::{Loaded, with_lines};

mod audiences;
mod online;

use audiences::Audiences;

/// A post that could be read, with what it becomes.
struct Looked {
    loaded: Loaded,
    rendered: Rendered,
    lists: Vec<String>,
    channels: Vec<String>,
}

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
    for file in &files {
        match look(context, file) {
            Ok(post) => looked.push(post),
            // The other posts are looked at all the same.
            Err(Error::Input(found)) => findings.extend(settings.weigh(found)),
            Err(other) => return Err(other),
        }
    }
    let mut facts = Facts { now: Some(context.now.datetime()), ..Facts::default() };
    if arguments.online {
        let nothing = Facts::default();
        let links = looked.iter().flat_map(|post| urls(&post.subject(context, &nothing, &settings)));
        facts.answers = online::answers(context, links).await?;
    }
    let mut audiences = Audiences::new(context, record.as_ref()).await?;
    for post in &looked {
        facts.audiences =
            audiences.of(post.loaded.post.header.lang.as_str(), &post.lists, post.rendered.email.as_ref()).await?;
        let subject = post.subject(context, &facts, &settings);
        findings.extend(check(&subject, &settings, post.made()));
    }
    findings.extend(audiences.into_findings());
    answer(context, files.len(), facts.answers.len(), &findings);
    Ok(if findings.iter().any(Finding::is_error) { Exit::Data } else { Exit::Settled })
}

/// The posts of the folder that no real send has released, by name.
async fn not_sent(context: &Context, record: Option<&SqliteLedger>) -> Result<Vec<PathBuf>, Error> {
    let mut files = context.project.post_files()?;
    let Some(record) = record else { return Ok(files) };
    let releases = record.releases().await.map_err(|error| error.at(&record.place()))?;
    let sent = |slug: &str| releases.iter().any(|release| release.mode == Mode::Real && release.slug == slug);
    files.retain(|file| Slug::of_file(file).map_or(true, |slug| !sent(slug.as_str())));
    Ok(files)
}

fn look(context: &Context, file: &Path) -> Result<Looked, Error> {
    let loaded = context.project.load_measured(file)?;
    let (lists, channels) = (lists_of(context, &loaded), channels_of(context, &loaded));
    let list = lists.first().map(String::as_str).unwrap_or_default();
    let rendered = Rendered::of(&loaded.source(&context.project.config), list, &channels);
    Ok(Looked { loaded, rendered, lists, channels })
}

impl Looked {
    fn subject<'s>(&'s self, context: &'s Context, facts: &'s Facts, settings: &'s Settings) -> Subject<'s> {
        let made = (self.rendered.email.as_ref(), self.rendered.teasers.as_slice());
        let source = self.loaded.source(&context.project.config);
        Subject::new(source, (&self.channels, &self.lists), made, facts, settings)
    }

    /// What was found by reading the post and by making its mail and teasers. The posts of a digest speak for themselves.
    fn made(&self) -> Vec<Finding> {
        let mut made = self.loaded.post.findings.clone();
        made.extend(with_lines(self.rendered.findings.clone()));
        made
    }
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
    let settings = Settings::of(&context.project.config.check).map_err(Error::Config)?;
    let (channels, lists) = (channels_of(context, &ready.loaded), lists_of(context, &ready.loaded));
    let made = (ready.renditions.emails.first().map(|(_, email)| email), ready.renditions.teasers.as_slice());
    let facts = Facts { now: Some(Zoned::datetime(&context.now)), ..Facts::default() };
    let subject =
        Subject::new(ready.loaded.source(&context.project.config), (&channels, &lists), made, &facts, &settings);
    let mut errors = check(&subject, &settings, ready.warnings.clone());
    errors.retain(Finding::is_error);
    if errors.is_empty() {
        return Ok(());
    }
    if matches!(order.by, By::Person { .. }) {
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
