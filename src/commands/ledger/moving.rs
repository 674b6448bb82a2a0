//! `ledger move`: the sending record goes from a file into the database that the configuration names.

use std::path::Path;

use serde_json::json;

use super::super::ways::ways;
use super::super::{Context, record};
use crate::dispatch::clear_up;
use crate::error::{Error, Exit};
use crate::finding::{Finding, Place};
use crate::ledger::{Books, Carried, LedgerError, Record, RecordPlace, Roll, SqliteLedger};

/// Moves it, whole or not at all.
///
/// # Errors
/// [`Error::Config`] where the configuration names no database, or another site key than the file was made with; the errors
/// of both records.
pub async fn run(file: &Path, context: &Context) -> Result<Exit, Error> {
    let place = record::place(context)?;
    must_be_a_database(&place, context)?;
    if !file.is_file() {
        let help = "name the file that [ledger] url named until now: rundbrief ledger move rundbrief.db".to_owned();
        return Err(Error::Missing { what: "sending record", path: file.to_owned(), help });
    }
    let at_file = |error: LedgerError| error.at(&file.display().to_string());
    let from = Record::Sqlite(SqliteLedger::open(file).await.map_err(at_file)?);
    // One that only trials were made with has no key.
    if from.fact("key").await.map_err(at_file)?.is_some() {
        let key = record::lasting_key(context, &from).await?;
        record::belongs(context, &from, &key, false).await?;
    }
    // What a send that was killed had in hand, only the file and its journal know.
    clear_up(&from, &ways(context)?, &context.clock).await.map_err(at_file)?;
    let to = record::open(context).await?;
    let carried = match (&from, &to) {
        (Record::Sqlite(from), Record::Postgres(to)) => to.take_along(from).await,
        _ => Err(LedgerError::Database("a record moves from a file into a database".to_owned())),
    };
    let carried = carried.map_err(|error| match error {
        LedgerError::AtWork => at_file(error),
        error => error.at(&to.place()),
    })?;
    context.screen.result(&told(&carried, file, &to.place()));
    context.screen.json(&json!({
        "from": file.display().to_string(),
        "to": to.place(),
        "releases": carried.releases,
        "deliveries": carried.deliveries,
        "suppressions": carried.suppressions,
    }));
    from.shut().await;
    to.shut().await;
    Ok(Exit::Settled)
}

fn must_be_a_database(place: &RecordPlace, context: &Context) -> Result<(), Error> {
    if place.file().is_none() {
        return Ok(());
    }
    let finding = Finding::error("ledger-move", "the configuration names a file as the sending record, not a database")
        .help("write its address into config.toml first: [ledger] url = \"postgres://USER@HOST/DATABASE\"");
    Err(Error::Config(vec![match context.project.config_file.as_deref() {
        Some(file) => finding.at(Place::whole_file(file)),
        None => finding,
    }]))
}

fn told(carried: &Carried, file: &Path, place: &str) -> String {
    let counted = |number: u64, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    format!(
        "Moved to {place}: {} with {}, and {} that must not be written to.\n\
         {} stays as it was, and nothing uses it any more. It has members' addresses: delete it when the database is backed up.",
        counted(carried.releases, "release", "releases"),
        counted(carried.deliveries, "delivery", "deliveries"),
        counted(carried.suppressions, "address", "addresses"),
        file.display(),
    )
}
