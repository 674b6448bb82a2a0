//! The sending record of a project, opened for a command.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::Context;
use crate::dispatch::Clock;
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::ledger::{Books, LedgerError, Record, RecordPlace, Roll};
use crate::plan::SiteKey;
use crate::project::{ensure_site_key, site_key};

mod guard;
mod home;

pub use guard::go_by_the_clock;

/// Where the sending record is, or will be.
///
/// # Errors
/// A database whose address or password cannot be had.
pub fn place(context: &Context) -> Result<RecordPlace, Error> {
    let config = &context.project.config;
    let place = RecordPlace::of(&config.ledger.kept, &config.folder, |name| std::env::var(name).ok());
    let file = context.project.config_file.as_deref().unwrap_or(Path::new("config.toml"));
    place.map_err(|error| error.at(&file.display().to_string()))
}

/// The sending record, if there is one. Looking does not make it.
pub async fn existing(context: &Context) -> Result<Option<Record>, Error> {
    let place = place(context)?;
    let record = Record::existing(&place).await.map_err(|error| error.at(&place.to_string()))?;
    Ok(record.inspect(|record| tell_of_upgrade(context, record)))
}

/// How far two clocks may be apart without a word.
const APART: SignedDuration = SignedDuration::from_mins(2);

/// Has a command go by the clock that everybody shares who uses the record: that of the database, if it is in one. A time
/// that was set for this run counts more.
///
/// # Errors
/// The database's.
pub async fn by_its_clock(context: Context) -> Result<Context, Error> {
    if super::time_is_set() {
        return Ok(context);
    }
    let place = place(&context)?;
    let Some(there) = place.clock().await.map_err(|error| error.at(&place.to_string()))? else { return Ok(context) };
    let there = Timestamp::from_millisecond(there).unwrap_or_else(|_| context.clock.timestamp());
    tell_of_clock(&context, there);
    let now = there.to_zoned(context.now.time_zone().clone());
    Ok(Context { clock: Clock::starting(&now), now, ..context })
}

/// Says when this computer's clock is far from the one that counts.
pub fn tell_of_clock(context: &Context, there: Timestamp) {
    let apart = context.clock.timestamp().duration_since(there);
    if apart.abs() > APART {
        let way = if apart.is_positive() { "ahead of" } else { "behind" };
        let minutes = apart.abs().as_mins();
        let message =
            format!("this computer's clock is {minutes} minutes {way} the one of the sending record's database");
        let help = "set the clock right; this run goes by the database's";
        context.screen.findings(&[Finding::warning("clock", message).help(help)]);
    }
}

/// Whether there is a sending record.
pub async fn is_there(context: &Context) -> Result<bool, Error> {
    let place = place(context)?;
    if let Some(file) = place.file() {
        return Ok(file.exists());
    }
    let Some(record) = existing(context).await? else { return Ok(false) };
    record.shut().await;
    Ok(true)
}

/// The sending record, made if it is not there.
pub async fn open(context: &Context) -> Result<Record, Error> {
    let place = place(context)?;
    let folder = place.file().and_then(Path::parent);
    if let Some(folder) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| Error::io("make the folder", folder, error))?;
    }
    let record = Record::open(&place).await.map_err(|error| error.at(&place.to_string()))?;
    tell_of_upgrade(context, &record);
    Ok(record)
}

/// Says when it was written by an older version, and copied.
fn tell_of_upgrade(context: &Context, record: &Record) {
    if let Some(upgrade) = record.upgraded() {
        context.screen.note(&format!(
            "The sending record was brought up to date; a copy of how it was is kept for a month: {}",
            upgrade.copy.display()
        ));
    }
}

/// The site key, made if there is none, unless the record was made with one: then it is lost, and a new one would not do.
///
/// # Errors
/// [`Error::Config`] for a key that cannot be used.
pub async fn lasting_key(context: &Context, ledger: &Record) -> Result<SiteKey, Error> {
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
pub async fn forget_old_recipients(context: &Context, ledger: &Record) -> Result<(), Error> {
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
pub async fn vouch(context: &Context, ledger: &Record, key: &SiteKey, new: bool) -> Result<(), Error> {
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
    let Some(ledger) = existing(context).await? else { return Ok(None) };
    let doubt = guard::doubt(context, &ledger).await.map_err(|error| error.at(&ledger.place()));
    ledger.let_go().await;
    doubt
}

/// Whether this record was made with this site key, and is the one that the configuration names. `new`: the person says
/// that it is a new one.
///
/// # Errors
/// [`Error::Config`] for another key or another record.
pub async fn belongs(context: &Context, ledger: &Record, key: &SiteKey, new: bool) -> Result<(), Error> {
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
