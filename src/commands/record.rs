//! The sending record of a project, opened for a command.

use std::path::Path;

use super::Context;
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::ledger::{Books, LedgerError, Roll, SqliteLedger};
use crate::plan::SiteKey;
use crate::project::{ensure_site_key, site_key};

mod guard;
mod home;

/// The sending record, if there is one. Looking does not make it.
pub async fn existing(context: &Context) -> Result<Option<SqliteLedger>, Error> {
    let path = context.project.path(&context.project.config.ledger.path);
    if !path.exists() {
        return Ok(None);
    }
    opened(context, &path).await.map(Some)
}

/// The sending record, made if it is not there.
pub async fn open(context: &Context) -> Result<SqliteLedger, Error> {
    let path = context.project.path(&context.project.config.ledger.path);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| Error::io("make the folder", folder, error))?;
    }
    opened(context, &path).await
}

/// Opens it, and says when it was written by an older version and copied.
async fn opened(context: &Context, path: &Path) -> Result<SqliteLedger, Error> {
    let ledger = SqliteLedger::open(path).await.map_err(|error| error.at(&path.display().to_string()))?;
    if let Some(upgrade) = ledger.upgraded() {
        context.screen.note(&format!(
            "The sending record was brought up to date; a copy of how it was is kept for a month: {}",
            upgrade.copy.display()
        ));
    }
    Ok(ledger)
}

/// The site key, made if there is none, unless the record was made with one: then it is lost, and a new one would not do.
///
/// # Errors
/// [`Error::Config`] for a key that cannot be used.
pub async fn lasting_key(context: &Context, ledger: &SqliteLedger) -> Result<SiteKey, Error> {
    let env = |name: &str| std::env::var(name).ok();
    match ledger.fact("key").await.map_err(|error| error.at(&ledger.place()))? {
        Some(_) => site_key(&context.project, env),
        None => ensure_site_key(&context.project, env),
    }
}

/// Members' addresses stay in the record for so long after a release is settled, in milliseconds: until the bounces and
/// the questions have come.
const KEPT: i64 = 30 * 24 * 3_600_000;

/// Deletes the addresses of members from releases that were settled a month ago (GDPR Art. 5 (1) e).
///
/// # Errors
/// The record's.
pub async fn forget_old_recipients(context: &Context, ledger: &SqliteLedger) -> Result<(), Error> {
    let before = context.now.timestamp().as_millisecond() - KEPT;
    let forgotten = ledger.forget_recipients(before).await.map_err(|error| error.at(&ledger.place()))?;
    if forgotten > 0 {
        tracing::info!("{forgotten} addresses of releases that were settled a month ago are deleted from the record");
    }
    ledger.forget_copies(before);
    Ok(())
}

/// Whether this record may be used for a send that reaches people: it [`belongs`] here, it is not behind its last use
/// and no copy. `new`: the person says that it is a new one. From here on its uses are witnessed.
///
/// # Errors
/// [`Error::Config`] for another key or another record.
pub async fn vouch(context: &Context, ledger: &SqliteLedger, key: &SiteKey, new: bool) -> Result<(), Error> {
    belongs(context, ledger, key, new).await?;
    let admitted = guard::admit(context, ledger, new).await;
    if admitted.is_err() {
        // Its log goes with that, and cannot be taken for that of the file that is put in its place.
        ledger.let_go().await;
    }
    admitted
}

/// Why a send to people would be refused with the record that is there, before one is tried; notes nothing.
///
/// # Errors
/// The record's.
pub async fn doubt(context: &Context) -> Result<Option<Finding>, Error> {
    let path = context.project.path(&context.project.config.ledger.path);
    if !path.exists() {
        return Ok(None);
    }
    let ledger = SqliteLedger::open(&path).await.map_err(|error| error.at(&path.display().to_string()))?;
    let doubt = guard::doubt(context, &ledger).await.map_err(|error| error.at(&ledger.place()));
    ledger.let_go().await;
    doubt
}

/// Whether this record was made with this site key, and is the one that the configuration names. `new`: the person says
/// that it is a new one.
///
/// # Errors
/// [`Error::Config`] for another key or another record.
pub async fn belongs(context: &Context, ledger: &SqliteLedger, key: &SiteKey, new: bool) -> Result<(), Error> {
    let at = |error: LedgerError| error.at(&ledger.place());
    let file = context.project.config_file.as_deref().unwrap_or(Path::new("config.toml"));
    let wrong = |rule, message: String, help: &str| {
        Err(Error::Config(vec![Finding::error(rule, message).at(Place::whole_file(file)).help(help)]))
    };
    let noted = ledger.note_fact("key", &key.fingerprint()).await.map_err(at)?;
    if noted != key.fingerprint() {
        let message = format!("the site key is not the one that the sending record {} was made with", ledger.place());
        let help = "restore the key from a backup: with another key nobody can be recognised who was written to or \
                    must not be written to";
        return wrong("site-key", message, help);
    }
    let Some(id) = &context.project.config.ledger.id else { return Ok(()) };
    match ledger.fact("id").await.map_err(at)? {
        Some(known) if known == *id => Ok(()),
        _ if new => ledger.set_fact("id", id).await.map_err(at),
        known => {
            let what = if known.is_some() { "another one" } else { "empty" };
            let message = format!("the sending record {} is {what}, not {id} as in [ledger] id", ledger.place());
            let help = "restore the record from a backup, so that nobody is written to twice; if it is really new, send \
                        once with --new-ledger";
            ledger.let_go().await;
            wrong("ledger-id", message, help)
        }
    }
}
