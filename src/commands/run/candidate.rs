//! The posts that a run looks at: what stands in `newsletters/` with a time to be sent, and what is open in the record.
//!
//! Comes in: the folder and the sending record. Goes out: candidates, the one whose time came first at the front. Nothing
//! is rendered, and drafts are not looked at.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::Context;
use super::super::revisions::is_by_hand;
use super::super::ways::mode;
use super::due::Standing;
use crate::error::Error;
use crate::ledger::{Books, Ledger, LedgerError, Record, Release, ReleaseState, Roll};
use crate::plan::schedule::Window;

/// The most lines that are taken for a header without an end.
const HEADER: usize = 100;

/// A post that may be due.
pub struct Candidate {
    /// The slug. Of a file whose name is none, the name without its ending: by it the record knows what was said of it.
    pub slug: String,
    pub file: PathBuf,
    pub window: Option<Window>,
    /// Why the post cannot be read.
    pub unreadable: Option<Error>,
}

/// All of them.
///
/// # Errors
/// A folder or record that cannot be read. A post that cannot be read is no error here.
pub async fn candidates(context: &Context, record: Option<&Record>) -> Result<Vec<Candidate>, Error> {
    let mut found: BTreeMap<String, Candidate> = BTreeMap::new();
    for file in context.project.post_files()? {
        let Some(stem) = file.file_stem() else { continue };
        let slug = stem.to_string_lossy().into_owned();
        if let Some(candidate) = of_file(context, slug, file) {
            found.insert(candidate.slug.clone(), candidate);
        }
    }
    if let Some(record) = record {
        let releases = record.releases().await.map_err(|error| error.at(&record.place()))?;
        let open = |release: &&Release| release.mode == mode(context) && release.state == ReleaseState::Open;
        for release in releases.iter().filter(open) {
            found.entry(release.slug.clone()).or_insert_with(|| of_release(context, &release.slug));
        }
    }
    let mut candidates: Vec<Candidate> = found.into_values().collect();
    candidates.sort_by_key(|candidate| candidate.window.map(|window| window.opens));
    Ok(candidates)
}

/// A post with a time. One with errors is a candidate if it has a time and is no draft, as far as that can be told; one
/// that cannot be opened always is.
fn of_file(context: &Context, slug: String, file: PathBuf) -> Option<Candidate> {
    let zone = &context.project.config.site.zone;
    let (window, unreadable) = match context.project.post(&file) {
        Ok(post) if post.header.draft => return None,
        Ok(post) => (Some(Window::of(post.header.send_at, post.header.not_after, zone)?), None),
        Err(error @ Error::Input(_)) => {
            let bytes = context.project.bytes(&file).ok()?;
            (None, is_scheduled(&bytes).then_some(error))
        }
        // Its name is no longer in the folder either.
        Err(_) if file.symlink_metadata().is_err() => return None,
        Err(error) => (None, Some(error)),
    };
    Some(Candidate { slug, file, window, unreadable })
}

/// Whether a text that does not parse as a post has a time in its header, or what may have been meant as one, and is no
/// draft; in whatever encoding it is.
fn is_scheduled(bytes: &[u8]) -> bool {
    // Without a byte order mark, UTF-16 reads as ASCII with a NUL beside each character.
    let text = encoding_rs::UTF_8.decode(bytes).0.replace('\0', "");
    let is_fence = |line: &str| line.trim_end() == "---";
    let mut lines = text.lines().skip_while(|line| line.trim().is_empty()).peekable();
    let fenced = lines.next_if(|line| is_fence(line)).is_some();
    let ends = |line: &str| if fenced { is_fence(line) } else { line.trim().is_empty() };
    let header: Vec<&str> = lines.take_while(|line| !ends(line)).take(HEADER).collect();
    let has = |start: &str| header.iter().any(|line| line.starts_with(start));
    has("send_at:") && !has("draft: true")
}

/// A post that is open in the record and has no time of its own.
fn of_release(context: &Context, slug: &str) -> Candidate {
    let file = context.project.post_file(Path::new(slug));
    Candidate { slug: slug.to_owned(), file, window: None, unreadable: None }
}

/// How the newest release of a post stands.
///
/// # Errors
/// The record's.
pub async fn standing(context: &Context, record: &Record, slug: &str) -> Result<Option<Standing>, Error> {
    let at = |error: LedgerError| error.at(&record.place());
    let Some(release) = record.release(slug, mode(context)).await.map_err(at)? else { return Ok(None) };
    // First who works, then what is done: one that ends in between is then not taken for one that broke off.
    let workers = record.workers(context.clock.now()).await.map_err(at)?;
    let parts = record.outline(release.id).await.map_err(at)?;
    let own = |number: i64| {
        let part = usize::try_from(number).ok().and_then(|number| parts.get(number));
        part.is_some_and(|part| !is_by_hand(release.mode, part))
    };
    let mut standing = Standing { state: release.state, untried: 0, next: None, orphaned: false };
    let mut deferred = 0;
    for (_, totals) in record.totals(release.id).await.map_err(at)?.iter().filter(|(number, _)| own(*number)) {
        standing.untried += totals.pending;
        deferred += totals.deferred;
        standing.orphaned |= workers == 0 && totals.claimed + totals.in_flight > 0;
    }
    if deferred > 0 {
        standing.next = record.moments(release.id).await.map_err(at)?.next;
    }
    Ok(Some(standing))
}
