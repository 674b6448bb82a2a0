//! `ledger`: the sending record itself, its name, its version and its place.

use std::path::PathBuf;

use serde_json::json;

use super::{Context, record};
use crate::cli;
use crate::error::{Error, Exit};
use crate::ledger::{Books, LedgerError, Record, Roll};

mod moving;

pub async fn run(arguments: &cli::Ledger, context: &Context) -> Result<Exit, Error> {
    if let cli::Ledger::Move { file } = arguments {
        return moving::run(file, context).await;
    }
    let Some(ledger) = record::existing(context).await? else {
        let path = PathBuf::from(record::place(context)?.to_string());
        let help = "the first `rundbrief send` begins it".to_owned();
        return Err(Error::Missing { what: "sending record", path, help });
    };
    match arguments {
        cli::Ledger::Id => id(context, &ledger).await?,
        cli::Ledger::Migrate | cli::Ledger::Move { .. } => migrate(context, &ledger),
    }
    ledger.shut().await;
    Ok(Exit::Settled)
}

/// Shows the record's name. One without a name gets one, unless the configuration asks for a name: then it may be the
/// wrong record, and only a send with `--new-ledger` gives it that name.
async fn id(context: &Context, ledger: &Record) -> Result<(), Error> {
    let at = |error: LedgerError| error.at(&ledger.place());
    let configured = context.project.config.ledger.id.as_deref();
    let known = ledger.fact("id").await.map_err(at)?;
    let id = match (known, configured) {
        (None, None) => Some(ledger.note_fact("id", &ledger.identity().await.map_err(at)?[..12]).await.map_err(at)?),
        (known, _) => known,
    };
    context.screen.result(&told(&ledger.place(), id.as_deref(), configured));
    context.screen.json(&json!({
        "record": ledger.place(),
        "id": id,
        "configured": configured,
        "line": id.as_deref().map(line),
    }));
    Ok(())
}

fn told(place: &str, id: Option<&str>, configured: Option<&str>) -> String {
    match (id, configured) {
        (Some(id), Some(configured)) if id == configured => {
            format!("The sending record {place} is {id}, as config.toml asks for.")
        }
        (Some(id), Some(configured)) => format!(
            "The sending record {place} is {id}, but config.toml asks for {configured}: a send to people is refused.\n\
             Restore the right one; if this is the right one, write instead:\n\n[ledger]\n{}",
            line(id)
        ),
        (Some(id), None) => format!(
            "The sending record {place} is {id}.\n\
             To have sends refuse every other one, write into config.toml:\n\n[ledger]\n{}",
            line(id)
        ),
        (None, configured) => format!(
            "The sending record {place} has no name, but config.toml asks for {}: a send to people is refused.\n\
             Restore the right one from a backup; if this one is really new, send once with --new-ledger.",
            configured.unwrap_or_default()
        ),
    }
}

/// The line of the configuration, under `[ledger]`.
fn line(id: &str) -> String {
    format!("id = {}", serde_json::Value::from(id))
}

/// Opening the record has brought it up to date already; says what that did.
fn migrate(context: &Context, ledger: &Record) {
    let (from, to) = (ledger.found(), ledger.version());
    let text = match from == to {
        true => format!("The sending record {} is up to date: version {to}.", ledger.place()),
        false => format!("The sending record {} was version {from} and is version {to} now.", ledger.place()),
    };
    context.screen.result(&text);
    context.screen.json(&json!({
        "record": ledger.place(),
        "from": from,
        "to": to,
        "copy": ledger.upgraded().map(|done| done.copy.display().to_string()),
    }));
}
