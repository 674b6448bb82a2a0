//! Every delivery as a row. They stream: a million of them take no more memory than five hundred.

use super::file::ReportFile;
use super::people::{address, reason};
use crate::commands::Context;
use crate::commands::revisions::is_by_hand;
use crate::commands::when::zoned;
use crate::error::Error;
use crate::ledger::{
    Books, COUNTED, DeliveryKey, DeliveryState, LedgerError, Mode, Part, Record, Release, Roll, Standing,
};
use crate::report::row::Outcome;
use crate::report::{Format, Report, Row};
use crate::words::Words;

/// Rows read at a time.
const BATCH: u32 = 500;

/// Writes all rows of the releases in their order.
///
/// # Errors
/// The record's, and those of the file.
pub(super) async fn write(
    context: &Context,
    record: &Record,
    releases: &[Release],
    report: &Report,
    format: &dyn Format,
    words: &Words,
    file: &mut ReportFile,
) -> Result<(), Error> {
    let at = |error: LedgerError| error.at(&record.place());
    for (release, revision) in releases.iter().zip(&report.revisions) {
        let replaced = report.is_replaced(revision);
        let parts = record.outline(release.id).await.map_err(at)?;
        let mut after: Option<DeliveryKey> = None;
        loop {
            let standings = record.deliveries(release.id, after, BATCH).await.map_err(at)?;
            for standing in &standings {
                let part = usize::try_from(standing.key.part).ok().and_then(|number| parts.get(number));
                let Some(part) = part else { continue };
                let address = address(standing);
                let detail = reason(&standing.detail, words);
                let row = Row {
                    revision: revision.number,
                    code: &revision.code,
                    channel: &part.channel,
                    list: &part.list,
                    basis: context.project.config.lists.get(&part.list).and_then(|list| list.basis.as_deref()),
                    address: address.as_deref(),
                    name: &standing.name,
                    outcome: outcome(release.mode, part, standing, replaced),
                    attempts: standing.attempts,
                    first: standing.first_at.map(|at| zoned(context, at)),
                    settled: standing.settled_at.map(|at| zoned(context, at)),
                    due: (standing.state == DeliveryState::Deferred).then(|| zoned(context, standing.due_at)),
                    detail: &detail,
                };
                file.write(&format.row(&row, words))?;
            }
            match standings.last() {
                Some(last) => after = Some(last.key),
                None => break,
            }
        }
    }
    Ok(())
}

fn outcome(mode: Mode, part: &Part, standing: &Standing, replaced: bool) -> Outcome {
    let by_hand = is_by_hand(mode, part);
    match standing.state {
        DeliveryState::Sent if mode == Mode::Trial => Outcome::Written,
        DeliveryState::Sent if by_hand => Outcome::Posted,
        DeliveryState::Sent if part.channel == "feed" => Outcome::InFeed,
        DeliveryState::Sent if standing.detail == COUNTED => Outcome::Counted,
        DeliveryState::Sent => Outcome::Accepted,
        DeliveryState::Pending if by_hand => Outcome::ToPost,
        DeliveryState::Pending if replaced => Outcome::Left,
        DeliveryState::Pending => Outcome::Waiting,
        DeliveryState::Claimed | DeliveryState::InFlight => Outcome::Sending,
        DeliveryState::Deferred => Outcome::Again,
        DeliveryState::Failed if standing.attempts == 0 => Outcome::TakenOut,
        DeliveryState::Failed => Outcome::Refused,
        DeliveryState::Uncertain => Outcome::Uncertain,
    }
}
