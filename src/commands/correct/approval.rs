//! The gate before a correction: where an approval is required, or a code was given, only that text passes.
//!
//! It goes to nobody who did not get the first one, so people are not compared.

use super::super::approval::{Content, Now, Since, Standing, changes_since, texts_now, told};
use super::super::ready::Ready;
use super::super::send::order::Order;
use super::super::{Context, login_name};
use crate::dispatch::freeze::Sums;
use crate::error::Error;
use crate::ledger::{Approvals, Changed, NewApproval, Record, Release, Roll};
use crate::render::code::Code;

/// A correction that may go on; with the approval that was given with it.
#[derive(Debug, Default)]
pub struct Pass(Option<NewApproval>);

impl Pass {
    /// Notes the approval that was given with the correction; `audience` is the sum over its recipients.
    ///
    /// # Errors
    /// The record's.
    pub async fn note(self, ledger: &Record, release: &Release, audience: [u8; 32]) -> Result<(), Error> {
        let Some(given) = self.0 else { return Ok(()) };
        let noted = ledger.approve(&NewApproval { audience, ..given }, Some(release.id)).await;
        noted.map(drop).map_err(|error| error.at(&ledger.place()))
    }
}

/// Whether the correction may go on.
///
/// # Errors
/// [`Error::NotApproved`], and the record's.
pub async fn pass(
    order: &Order<'_>,
    context: &Context,
    ledger: &Record,
    ready: &Ready,
    sums: &Sums,
) -> Result<Pass, Error> {
    let (slug, texts) = (ready.slug(), texts_now(context, ready, &ready.digest));
    if let Some(code) = order.approve {
        if code != Code::of(&ready.digest) {
            let message =
                format!("the post {slug} has the release code {}, not {code}: it has changed since", ready.code());
            let help = format!("look at it again: rundbrief correct {slug} --dry-run");
            return Err(told::not_approved(context, slug, message, &help, String::new(), serde_json::Value::Null));
        }
        return Ok(Pass(Some(NewApproval {
            slug: slug.to_owned(),
            code: ready.digest,
            audience: sums.audience.0,
            by: login_name().unwrap_or_else(|| "somebody at this computer".to_owned()),
            note: "with correct --approve".to_owned(),
            texts: texts.map(|texts| texts.to_json()).unwrap_or_default(),
            at: context.clock.now(),
        })));
    }
    if !context.project.config.approval.required || order.is_timer() {
        return Ok(Pass::default());
    }
    let approvals = ledger.approvals(slug).await.map_err(|error| error.at(&ledger.place()))?;
    let standing = match approvals.into_iter().next() {
        None => Standing::Never,
        Some(newest) if newest.revoked_at.is_some() => Standing::Revoked(newest),
        Some(newest) if newest.code == ready.digest => return Ok(Pass::default()),
        Some(newest) => {
            let content = changes_since(&newest, texts.as_ref()).map_or(Content::Unread, Content::Read);
            Standing::Outdated(newest, Since { content, people: Changed::default(), may_change: 0 })
        }
    };
    let now = Now {
        slug,
        code: ready.digest,
        texts,
        audience: sums.audience.0,
        freezing: None,
        released: false,
        whole: true,
    };
    Err(told::refusal(context, &now, &standing, &told::help(slug, &standing), true))
}
