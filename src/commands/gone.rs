//! Receivers that said that they are gone for good: remembered in the sending record, so that nobody calls them again.
//!
//! What is kept is a fingerprint of the channel's address and secrets: with another one of either, it is another receiver.

use crate::dispatch::Ways;
use crate::ledger::{Books, LedgerError};

/// Before a run: nothing goes to those that are known to be gone.
pub async fn heed(ways: &Ways<'_>, ledger: &impl Books) -> Result<(), LedgerError> {
    for (name, remote) in &ways.networks {
        let Some(fingerprint) = remote.fingerprint() else { continue };
        if ledger.fact(&fact(name)).await? == Some(fingerprint) {
            remote.give_up();
        }
    }
    Ok(())
}

/// After a run: who has said so.
pub async fn note(ways: &Ways<'_>, ledger: &impl Books) -> Result<(), LedgerError> {
    for (name, remote) in ways.networks.iter().filter(|(_, remote)| remote.is_gone()) {
        let Some(fingerprint) = remote.fingerprint() else { continue };
        ledger.set_fact(&fact(name), &fingerprint).await?;
    }
    Ok(())
}

fn fact(channel: &str) -> String {
    format!("gone {channel}")
}
