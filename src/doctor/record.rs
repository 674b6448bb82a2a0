//! The sending record: it can be written to, lies on a local disk, is the one that the configuration means, and was made
//! with this site key. And the clock, which must not be behind it.
//!
//! Comes in: the project, the time and a reader of the environment. Goes out: a line for each. Makes no record and no
//! key; one that is there is brought up to this version's form, as by every command that reads it.

use std::path::Path;
use std::time::Duration;

use jiff::Zoned;
use tokio::time::timeout;

use super::disk::{self, Elsewhere};
use super::{Check, State, readers};
use crate::error::{Error, Exit};
use crate::ledger::{Books, LedgerError, Record, RecordPlace};
use crate::project::{Project, site_key};
use crate::secret::SecretRef;

const CHECK: &str = "sending-record";
/// The name of the key's line.
pub const KEY: &str = "site-key";
const CLOCK: &str = "clock";

/// How long another process that is writing is waited for.
const BUSY: Duration = Duration::from_secs(5);
/// A database on a server says by itself that it does not answer.
const OPENS: Duration = Duration::from_secs(15);
/// How far the clocks of two computers may be apart, in milliseconds.
const SLACK: i64 = 2 * 60 * 1000;

pub async fn checks(project: &Project, now: &Zoned, env: impl Fn(&str) -> Option<String>) -> Vec<Check> {
    let place = match RecordPlace::of(&project.config.ledger.kept, &project.config.folder, &env) {
        Ok(place) => place,
        Err(error) => {
            let file = project.config_file.as_deref().unwrap_or(Path::new("config.toml"));
            return vec![Check::of_error(CHECK, &error.at(&file.display().to_string()))];
        }
    };
    let mut checks = Vec::new();
    let opened = match timeout(OPENS, Record::existing(&place)).await {
        Err(_) => return vec![busy(&place)],
        Ok(Err(error)) => return vec![Check::of_error(CHECK, &error.at(&place.to_string()))],
        Ok(Ok(opened)) => opened,
    };
    let Some(ledger) = opened else {
        checks.push(not_yet(project, &place));
        checks.extend(place.file().and_then(disk));
        checks.push(key(project, None, env));
        return checks;
    };
    let looked = look(project, &ledger, &place, now, env).await;
    match looked {
        Ok(found) => checks.extend(found),
        Err(error) => checks.push(Check::of_error(CHECK, &error.at(&place.to_string()))),
    }
    if checks.iter().all(|check| check.state != State::NotChecked) {
        // Otherwise its only connection still waits for the other process.
        ledger.shut().await;
    }
    if let Some(file) = place.file() {
        checks.extend(readers::check(file));
        checks.extend(disk(file));
    }
    checks
}

async fn look(
    project: &Project,
    ledger: &Record,
    place: &RecordPlace,
    now: &Zoned,
    env: impl Fn(&str) -> Option<String>,
) -> Result<Vec<Check>, LedgerError> {
    let writable = writable(ledger, place).await?;
    if writable.state == State::NotChecked {
        return Ok(vec![writable]);
    }
    let mut checks = vec![writable];
    checks.extend(identity(project, place, ledger.fact("id").await?.as_deref()));
    checks.push(key(project, ledger.fact("key").await?.as_deref(), &env));
    checks.extend(ledger.newest().await?.map(|newest| clock(newest, now)));
    // A time that was set for this run is nobody's clock.
    if env("SOURCE_DATE_EPOCH").is_none() {
        checks.extend(ledger.clock().await?.and_then(|there| apart(there, now)));
    }
    Ok(checks)
}

/// The record itself, and a file's folder: workers keep their files beside it.
async fn writable(ledger: &Record, place: &RecordPlace) -> Result<Check, LedgerError> {
    match timeout(BUSY, ledger.try_write()).await {
        Err(_) | Ok(Err(LedgerError::Locked)) => return Ok(busy(place)),
        Ok(written) => written?,
    }
    let releases = ledger.releases().await?.len();
    let posts = if releases == 1 { "1 send".to_owned() } else { format!("{releases} sends") };
    Ok(match place.file().and_then(folder_problem) {
        Some(problem) => problem,
        None => Check::ok(CHECK, format!("{place} can be read and written to; {posts} in it")),
    })
}

fn busy(place: &RecordPlace) -> Check {
    let check = Check::not_checked(CHECK, format!("{place} is being written to by another process"));
    check.help("run this again when the other one has finished")
}

fn not_yet(project: &Project, place: &RecordPlace) -> Check {
    if let Some(id) = &project.config.ledger.id {
        let message = format!("there is no {place}, but [ledger] id names the record {id}");
        let check = Check::error(CHECK, Exit::Config, message);
        return check.help(
            "restore the record from a backup, so that nobody is written to twice; if it is really new, send once with \
             --new-ledger",
        );
    }
    match place.file().and_then(folder_problem) {
        Some(problem) => problem,
        None => Check::ok(CHECK, format!("there is none yet; the first send makes {place}")),
    }
}

/// Whether a file can be made in the nearest folder that is there.
fn folder_problem(path: &Path) -> Option<Check> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = absolute.ancestors().skip(1).find(|folder| folder.is_dir())?;
    let error = tempfile::tempfile_in(folder).err()?;
    Some(Check::of_error(CHECK, &Error::io("write in", folder, error)))
}

fn disk(path: &Path) -> Option<Check> {
    let help = "set [ledger] url to a file on a disk of this computer: elsewhere it can be damaged, or two computers can \
                write to somebody twice; keep copies there as backups";
    let message = match disk::where_is(path)? {
        Elsewhere::Network(kind) => format!("{} lies on a network or shared disk ({kind})", path.display()),
        Elsewhere::Synchronised(program) => {
            format!("{} lies in a folder that {program} keeps in step with other computers", path.display())
        }
    };
    Some(Check::warning(CHECK, message).help(help))
}

/// Whether it is the record that the configuration names.
fn identity(project: &Project, place: &RecordPlace, known: Option<&str>) -> Option<Check> {
    match (&project.config.ledger.id, known) {
        (Some(id), Some(known)) if id == known => None,
        (Some(id), known) => {
            let what = if known.is_some() { "another one" } else { "one without a name" };
            let check = Check::error(CHECK, Exit::Config, format!("{place} is {what}, not {id} as in [ledger] id"));
            Some(check.help(
                "restore the record from a backup, so that nobody is written to twice; if it is really new, send once \
                 with --new-ledger",
            ))
        }
        (None, Some(known)) => {
            let check = Check::warning(CHECK, format!("{place} has the name {known}, which the configuration lacks"));
            Some(check.help(format!("add to [ledger]: id = \"{known}\", so that a lost or copied record is noticed")))
        }
        (None, None) => None,
    }
}

/// The site key, and whether it is the one that the record was made with.
fn key(project: &Project, made_with: Option<&str>, env: impl Fn(&str) -> Option<String>) -> Check {
    let place = match &project.config.site.key {
        SecretRef::File(path) => project.path(path).display().to_string(),
        SecretRef::Env(name) => format!("the environment variable {name}"),
    };
    let key = match site_key(project, env) {
        Ok(key) => key,
        Err(error) => return Check::of_error(KEY, &error),
    };
    let restore = "restore the key from a backup: with another key nobody can be recognised who was written to or must \
                   not be written to";
    match made_with {
        Some(_) if key.is_trial() => {
            let message = format!("{place} is gone, but the sending record was made with it");
            Check::error(KEY, Exit::Config, message).help(restore)
        }
        Some(fingerprint) if key.fingerprint() != fingerprint => {
            let message = format!("{place} is not the key that the sending record was made with");
            Check::error(KEY, Exit::Config, message).help(restore)
        }
        Some(_) => Check::ok(KEY, format!("{place} fits the sending record")).help("keep it with your backups"),
        None if key.is_trial() => Check::ok(KEY, format!("there is none yet; the first real send makes {place}")),
        None => Check::ok(KEY, format!("{place} is there; keep it with your backups")),
    }
}

/// Nothing can have been noted in the future.
fn clock(newest: i64, now: &Zoned) -> Check {
    let time = now.strftime("%-d %B %Y, %H:%M");
    if newest <= now.timestamp().as_millisecond() + SLACK {
        return Check::ok(CLOCK, format!("it is {time} here, and nothing in the sending record is later"));
    }
    let newest = jiff::Timestamp::from_millisecond(newest).map(|at| at.to_zoned(now.time_zone().clone()));
    let newest = newest.map(|at| at.strftime("%-d %B %Y, %H:%M").to_string()).unwrap_or_default();
    Check::warning(CLOCK, format!("it is {time} here, but the sending record has something of {newest}"))
        .help("set this computer's clock; what was refused for now would wait, and paces would be wrong")
}

/// Whether this computer's clock goes with that of the database, which counts for everybody.
fn apart(there: i64, now: &Zoned) -> Option<Check> {
    let apart = now.timestamp().as_millisecond() - there;
    if apart.abs() <= SLACK {
        return None;
    }
    let (minutes, way) = (apart.abs() / 60_000, if apart > 0 { "ahead of" } else { "behind" });
    let message = format!("this computer's clock is {minutes} minutes {way} the database's, which counts");
    Some(
        Check::warning(CLOCK, message).help("set this computer's clock; logs and `send_at` are told by the database's"),
    )
}
