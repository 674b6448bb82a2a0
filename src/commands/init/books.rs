//! The site key and the sending record, made before the configuration names them.
//!
//! Comes in: the project as it is going to be. Goes out: the record's id, the same in the configuration and the record. A
//! record that the configuration names and that is gone is not made anew: nobody would know who was written to.

use super::draft::Draft;
use super::key::Key;
use crate::commands::{Context, record};
use crate::config::Config;
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::ledger::{Books, LedgerError, Roll};

/// The id that the configuration has to get: that of the record that is there, else a new one. `None`: it has one.
///
/// # Errors
/// [`Error::Config`] where the configuration names a record that is not there; the record's.
pub async fn id(draft: &Draft, context: &Context) -> Result<Option<String>, Error> {
    let found = record::existing(context).await?;
    if let Some(id) = draft.current(Key::LedgerId, "") {
        if found.is_none() {
            let place = record::place(context)?;
            let message = format!("the sending record {place} is not there, and [ledger] id = \"{id}\" names it");
            let help = "restore it from a backup, so that nobody is written to twice; if it is really to be a new one, \
                        remove the line with the id";
            let finding = Finding::error("ledger-id", message).at(Place::whole_file(&draft.file)).help(help);
            return Err(Error::Config(vec![finding]));
        }
        return Ok(None);
    }
    let known = match &found {
        Some(ledger) => ledger.fact("id").await.map_err(|error| error.at(&ledger.place()))?,
        None => None,
    };
    Ok(Some(match known {
        Some(known) => known,
        None => new()?,
    }))
}

/// Makes what is not there: the key, the record, its id. Says which files were made.
///
/// # Errors
/// The key's and the record's; [`Error::Config`] where the two, or record and configuration, do not belong together.
pub async fn make(context: &Context) -> Result<(), Error> {
    let ledger = record::open(context).await?;
    let key = record::lasting_key(context, &ledger).await?;
    if let Some(id) = &context.project.config.ledger.id {
        let at = |error: LedgerError| error.at(&ledger.place());
        // Only into a record that knows none: `belongs` refuses another one.
        let unnamed = ledger.fact("id").await.map_err(at)?.is_none();
        if unnamed && !is_named(context)? {
            ledger.note_fact("id", id).await.map_err(at)?;
        }
    }
    record::belongs(context, &ledger, &key, false).await?;
    ledger.shut().await;
    Ok(())
}

/// Whether the configuration on disk names a record already.
fn is_named(context: &Context) -> Result<bool, Error> {
    let Some(file) = &context.project.config_file else { return Ok(false) };
    match std::fs::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::io("read", file, error)),
        Ok(text) => Ok(Config::parse(file, &text).map_err(Error::Config)?.ledger.id.is_some()),
    }
}

/// Letters and digits that no other record has.
fn new() -> Result<String, Error> {
    let mut bytes = [0; 6];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Usage(format!("this computer gives no random numbers: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
