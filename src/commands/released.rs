//! What was sent of a post that somebody names, for the commands that look at the sending record.
//!
//! The post's file need not be there any more: its name is what the record knows.

use std::path::Path;

use super::revisions::{self, Revision};
use super::{Context, record};
use crate::error::Error;
use crate::finding::nearest;
use crate::ledger::{Books, Ledger, LedgerError, Mode, Record, Release, Roll};
use crate::post::Slug;

/// Said of a delivery that a row of the list has refused since the release.
pub const REFUSED_SINCE: &str = "the list says since the release that this mail is not wanted";

/// A release with the record that holds it.
pub struct Released {
    pub record: Record,
    pub release: Release,
}

impl Released {
    /// The release of a post: the real one, else a trial.
    ///
    /// # Errors
    /// [`Error::NeverSent`], or a sending record that cannot be read.
    pub async fn find(context: &Context, named: &Path) -> Result<Released, Error> {
        let slug = Slug::of_file(&context.project.post_file(named)).map_err(Error::Usage)?;
        let Some(record) = record::existing(context).await? else { return Err(Never::sent(&slug, None)) };
        for mode in [Mode::Real, Mode::Trial] {
            let found = record.release(slug.as_str(), mode).await.map_err(|error| error.at(&record.place()))?;
            if let Some(release) = found {
                return Ok(Released { record, release });
            }
        }
        let known = record.releases().await.map_err(|error| error.at(&record.place()))?;
        Err(Never::sent(&slug, Some(&known)))
    }

    /// The real release of a post; a trial leaves nothing to decide about.
    ///
    /// # Errors
    /// As [`Released::find`].
    pub async fn real(context: &Context, named: &Path) -> Result<Released, Error> {
        let found = Released::find(context, named).await?;
        match found.release.mode {
            Mode::Real => Ok(found),
            Mode::Trial => {
                let help = "it was only tried, with files in the outbox; nothing has left this computer".to_owned();
                Err(Error::NeverSent { slug: found.release.slug, help })
            }
        }
    }

    /// The post in all its texts, the newest first.
    ///
    /// # Errors
    /// The record's.
    pub async fn revisions(&self) -> Result<Vec<Revision>, Error> {
        let Release { slug, mode, .. } = &self.release;
        revisions::of(&self.record, slug, *mode).await.map_err(|error| self.at(error))
    }

    /// An error of the record as that of a command.
    pub fn at(&self, error: LedgerError) -> Error {
        error.at(&self.record.place())
    }
}

/// A post that the record does not have.
pub struct Never;

impl Never {
    /// The error about it. `known`: what the record has, where there is one.
    pub fn sent(slug: &Slug, known: Option<&[Release]>) -> Error {
        let slug = slug.as_str().to_owned();
        let Some(known) = known else {
            return Error::NeverSent {
                slug,
                help: "there is no sending record yet; `rundbrief send` begins one".to_owned(),
            };
        };
        let help = match nearest(&slug, known.iter().map(|release| release.slug.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`rundbrief status` shows what was sent".to_owned(),
        };
        Error::NeverSent { slug, help }
    }
}

/// The post's headline, if its file can still be read.
pub fn title(context: &Context, slug: &str) -> Option<String> {
    let file = context.project.post_file(Path::new(slug));
    context.project.post(&file).ok().map(|post| post.header.title)
}
