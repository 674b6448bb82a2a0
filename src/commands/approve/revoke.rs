//! `approve --revoke`: takes back what was approved. What was sent is not undone.

use std::path::Path;

use serde_json::json;

use super::super::{Context, record, survey};
use crate::error::{Error, Exit};
use crate::ledger::{Approvals, Ledger, LedgerError, Mode, ReleaseState, Roll};
use crate::post::Slug;

/// Takes it back, while no send begins. The post's file need not be there any more.
pub(super) async fn revoke(post: &Path, context: &Context) -> Result<Exit, Error> {
    let slug = Slug::of_file(&context.project.post_file(post)).map_err(Error::Usage)?;
    let slug = slug.as_str();
    let (mut revoked, mut state) = (false, None);
    if let Some(ledger) = record::existing(context).await? {
        let at = |error: LedgerError| error.at(&ledger.place());
        ledger.hold().await.map_err(at)?;
        revoked = ledger.revoke_approvals(slug, context.clock.now()).await.map_err(at)?;
        if let Some(release) = ledger.release(slug, Mode::Real).await.map_err(at)? {
            state = Some((release.state, survey::is_done(&ledger, &release).await?));
        }
        ledger.shut().await;
    }
    let done = match revoked {
        true => format!("Taken back: {slug} is not approved any more."),
        false => format!("Nothing of {slug} is approved."),
    };
    let (release, sent) = match state {
        None | Some((ReleaseState::Freezing, _)) => (None, String::new()),
        Some((ReleaseState::Stopped, false)) => {
            (Some("stopped"), format!("\nIts send has begun and is stopped: rundbrief status {slug}"))
        }
        Some((_, true)) => {
            (Some("sent"), format!("\nIt was sent already, which cannot be undone: rundbrief status {slug}"))
        }
        Some((_, false)) => {
            (Some("open"), format!("\nIts send has begun and goes on all the same; to stop it: rundbrief stop {slug}"))
        }
    };
    context.screen.result(&(done + &sent));
    context.screen.json(&json!({ "slug": slug, "revoked": revoked, "release": release }));
    Ok(Exit::Settled)
}
