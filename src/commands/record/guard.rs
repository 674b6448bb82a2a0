//! Whether the sending record is what it seems: not an old backup, not a copy, not ahead of the clock.
//!
//! Comes in: the record, what bears witness to it, where it lies now. Goes out: leave to send, or a refusal that says what
//! to do. Only for sends that reach people.

use std::path::Path;

use super::super::when::full;
use super::super::{Context, state_folder};
use super::home::{Home, Moved};
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::ledger::{Books, Heard, LedgerError, Record, Roll, Uses, Work};

/// A clock that is behind the record by less is not worth a word, in milliseconds.
const APART: i64 = 5 * 60_000;
/// By so much the clock of one run differs from that of the next without a jump.
const EVEN: i64 = 2_000;
/// What the person may do who knows better.
const ONLY_IF: &str = "send once with --new-ledger";

/// Lets a record send that is what it seems, or that a person says is right (`new`), and has its uses witnessed.
///
/// # Errors
/// [`Error::Config`] for one that is behind its last use, or that is a copy.
pub async fn admit(context: &Context, ledger: &Record, new: bool) -> Result<(), Error> {
    let at = |error: LedgerError| error.at(&ledger.place());
    let state = state_folder();
    // Before the record itself, which only grows meanwhile if another send is at work.
    let heard = ledger.attend(state.as_deref()).await.map_err(at)?;
    let uses = ledger.uses().await.map_err(at)?;
    let here = home(ledger);
    let moved = moved(here.as_ref(), ledger).await.map_err(at)?;
    match of(context, ledger, &moved, &heard, &uses) {
        Some(doubt) if !new => return Err(Error::Config(vec![doubt])),
        Some(_) => {
            // What was said of it until now was said of another one. A database that only takes another's place keeps its
            // name: on each computer that uses it somebody says so once.
            let is_behind = heard.own.as_ref().is_some_and(|own| own.uses > uses.count);
            if ledger.file().is_some() || is_behind {
                ledger.renew_identity().await.map_err(at)?;
            }
            ledger.attend(state.as_deref()).await.map_err(at)?;
            context.screen.note("The sending record is taken as it is from now on, since --new-ledger says so.");
        }
        None => {}
    }
    if let Moved::From(old) = &moved {
        context.screen.note(&format!("The sending record was moved here from {}.", old.display()));
    }
    if let Some(here) = here.filter(|_| moved != Moved::Not) {
        ledger.set_fact("home", &here.to_string()).await.map_err(at)?;
    }
    tell_the_time(context, ledger, &uses).await
}

/// Why a send to people would be refused with this record; notes nothing.
///
/// # Errors
/// The record's.
pub async fn doubt(context: &Context, ledger: &Record) -> Result<Option<Finding>, LedgerError> {
    let heard = ledger.attend(state_folder().as_deref()).await?;
    let uses = ledger.uses().await?;
    let moved = moved(home(ledger).as_ref(), ledger).await?;
    Ok(of(context, ledger, &moved, &heard, &uses))
}

/// Where the file is; a database on a server has one address, wherever it lies.
fn home(ledger: &Record) -> Option<Home> {
    ledger.file().map(Home::here)
}

async fn moved(here: Option<&Home>, ledger: &Record) -> Result<Moved, LedgerError> {
    match here {
        Some(here) => here.compare(ledger).await,
        None => Ok(Moved::Not),
    }
}

fn of(context: &Context, ledger: &Record, moved: &Moved, heard: &Heard, uses: &Uses) -> Option<Finding> {
    match moved {
        Moved::Copied(old) => Some(copied(ledger, old)),
        Moved::Elsewhere => Some(elsewhere(ledger)),
        Moved::Not | Moved::First | Moved::From(_) => behind(context, ledger, heard, uses),
    }
}

/// Behind what was witnessed: it was restored from a backup, or is another one than was used here.
fn behind(context: &Context, ledger: &Record, heard: &Heard, uses: &Uses) -> Option<Finding> {
    let (message, which) = match heard {
        Heard { own: Some(own), .. } if own.uses > uses.count => {
            let until = match uses.at {
                Some(at) => format!("what it knows ends on {}", full(context, at)),
                None => "it knows of no send".to_owned(),
            };
            let used = full(context, own.at);
            let message = format!("the sending record is older than its last use: it was used on {used}, and {until}");
            (message, "a newer backup of it")
        }
        Heard { other: Some(other), .. } => {
            (format!("this is not the sending record that was used here on {}", full(context, other.at)), "that one")
        }
        _ => return None,
    };
    let help = format!(
        "restore {which}: with this record, people can get again what they have; only if you are sure that nobody can, \
         {ONLY_IF}"
    );
    Some(about(ledger, "record-restored", message, &help))
}

fn copied(ledger: &Record, old: &Path) -> Finding {
    let message = format!("the sending record is a copy of {}, which is still there", old.display());
    let help = format!(
        "send from there, since two records of the same sends would write to everybody twice; if nobody sends from there \
         any more, {ONLY_IF}"
    );
    about(ledger, "record-copied", message, &help)
}

fn elsewhere(ledger: &Record) -> Finding {
    let message = "the sending record was used on another computer until now".to_owned();
    let help = format!(
        "two computers that send with copies of one record would write to everybody twice; if nobody sends from the other \
         one any more, {ONLY_IF}"
    );
    about(ledger, "record-copied", message, &help)
}

fn about(ledger: &Record, rule: &'static str, message: String, help: &str) -> Finding {
    Finding::error(rule, message).at(Place::whole_file(Path::new(&ledger.place()))).help(help)
}

/// The same before anything is decided by what is due. While something is being sent, which keeps its own time, nothing is
/// said or changed.
///
/// # Errors
/// The record's.
pub async fn go_by_the_clock(context: &Context, ledger: &Record) -> Result<(), Error> {
    let at = |error: LedgerError| error.at(&ledger.place());
    if ledger.workers(context.clock.now()).await.map_err(at)? > 0 {
        return Ok(());
    }
    let uses = ledger.uses().await.map_err(at)?;
    tell_the_time(context, ledger, &uses).await
}

/// Says when this computer's clock is behind the record, and has nothing wait for it to catch up.
async fn tell_the_time(context: &Context, ledger: &Record, uses: &Uses) -> Result<(), Error> {
    let at = |error: LedgerError| error.at(&ledger.place());
    let now = context.clock.now();
    let Some(used) = uses.at.filter(|used| used.saturating_sub(now) > EVEN) else { return Ok(()) };
    if used.saturating_sub(now) > APART {
        let message = format!(
            "this computer's clock shows {}, but the sending record was last used on {}",
            full(context, now),
            full(context, used)
        );
        let help = "set the clock right; nobody is written to twice for that, but times in reports can be wrong";
        context.screen.findings(&[Finding::warning("clock", message).help(help)]);
    }
    // A send that goes on meanwhile keeps the time that it began with.
    if ledger.workers(now).await.map_err(at)? == 0 {
        let back = ledger.rewind(now).await.map_err(at)?;
        tracing::info!("what waits is due {} seconds sooner, as the clock is behind", back / 1000);
    }
    Ok(())
}
