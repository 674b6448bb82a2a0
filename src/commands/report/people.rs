//! Deliveries of a release by name, as a report shows them.

use crate::channel::network;
use crate::commands::Context;
use crate::commands::released::REFUSED_SINCE;
use crate::commands::when::zoned;
use crate::ledger::{AGAIN, Books, COUNTED, DELETED, DeliveryState, LedgerError, Record, Standing, WITHDRAWN};
use crate::report::{NAMED, Named, Person};
use crate::words::Words;

/// Those of one state, by address; `all`: how many there are. Mails come first among the parts of a release.
pub(super) async fn named(
    context: &Context,
    record: &Record,
    release: i64,
    state: DeliveryState,
    all: u64,
    words: &Words,
) -> Result<Named, LedgerError> {
    if all == 0 {
        return Ok(Named::default());
    }
    let most = usize::try_from(all).unwrap_or(NAMED).min(NAMED);
    let limit = u32::try_from(most).expect("a page names few");
    let standings = record.standings(release, state, None, limit).await?;
    let mut people: Vec<Person> = standings.iter().map(|standing| person(context, standing, words)).collect();
    people.sort_by(|a, b| a.address.cmp(&b.address));
    Ok(Named { people, all })
}

fn person(context: &Context, standing: &Standing, words: &Words) -> Person {
    Person {
        address: address(standing),
        name: standing.name.clone(),
        reason: reason(&standing.detail, words),
        due: (standing.state == DeliveryState::Deferred).then(|| zoned(context, standing.due_at)),
    }
}

/// The address, unless it was deleted.
pub(super) fn address(standing: &Standing) -> Option<String> {
    Some(standing.address.clone()).filter(|address| address != DELETED)
}

/// What is kept of a network's answer, in the site's language; an address stays as it is.
pub(super) fn receipt(detail: &str, words: &Words) -> String {
    let key = match detail {
        network::POSTED => "report.post_done",
        network::TAKEN => "report.post_taken",
        network::TOLD => "report.hub_told",
        COUNTED => "report.reason.counted",
        other => return other.to_owned(),
    };
    words.get(key)
}

/// What this program says in a reason, in the site's language; a server's words stay as they are.
pub(super) fn reason(detail: &str, words: &Words) -> String {
    let key = match detail {
        COUNTED => "report.reason.counted",
        AGAIN => "report.reason.again",
        WITHDRAWN => "report.reason.suppressed",
        REFUSED_SINCE => "report.reason.no_longer",
        other => return other.to_owned(),
    };
    words.get(key)
}
