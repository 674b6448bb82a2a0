//! `members suppress` and `unsuppress`: who must not be written to, whatever a list says.
//!
//! An entry is an address' target under the site key, so the sending record holds no address of somebody who left.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use super::{BATCH, Context};
use crate::cli;
use crate::error::{Error, Exit};
use crate::ledger::{Books, LedgerError, Release};
use crate::members::Row;
use crate::members::address::Address;
use crate::members::check::Rejected;
use crate::members::suppression::{Entry, Suppressions, read};
use crate::members::table::Kind;
use crate::plan::{SiteKey, Target, Token};
use crate::project::list::MemberFile;

mod outcome;

use outcome::Outcome;

/// Whom it is about, with everything checked that can be before a site key and a sending record are made.
pub(super) enum Whom {
    Address(Address),
    File { origin: String, path: PathBuf, entries: Box<Suppressions<BufReader<File>>> },
    Token(Token),
}

impl Whom {
    /// # Errors
    /// An address that is none, a file that cannot be read, a text without a token.
    pub(super) fn of(arguments: &cli::Suppress) -> Result<Whom, Error> {
        match (&arguments.address, &arguments.file, &arguments.token) {
            (Some(address), ..) => parsed(address).map(Whom::Address),
            (_, Some(path), _) => {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let entries = Box::new(opened(path)?);
                Ok(Whom::File { origin: format!("from the file {name}"), path: path.clone(), entries })
            }
            (_, _, Some(token)) => Token::find(token).map(Whom::Token).map_err(Error::Usage),
            (None, None, None) => Err(Error::Usage("name an address, a file or a token".to_owned())),
        }
    }
}

pub(super) async fn suppress(whom: Whom, context: &Context, key: &SiteKey, ledger: &impl Books) -> Result<Exit, Error> {
    let stopping = |reason: &str| Stopping::new(ledger, reason, context);
    let outcome = match whom {
        Whom::Address(address) => stopping("by hand").finish_with(&[key.target(&address)]).await?,
        Whom::File { origin, path, entries } => from_file(&path, *entries, key, stopping(&origin)).await?,
        Whom::Token(token) => {
            let (list, target) = whose(&token, context, key, ledger).await?;
            context.screen.result(&format!("The token is that of a member of the list “{list}”."));
            stopping("by their link to unsubscribe").finish_with(&[target]).await?
        }
    };
    context.screen.result(&outcome.text());
    context.screen.json(&outcome);
    Ok(if outcome.rejected.is_empty() { Exit::Settled } else { Exit::SomeRejected })
}

pub(super) async fn unsuppress(
    address: &str,
    context: &Context,
    key: &SiteKey,
    ledger: Option<&impl Books>,
) -> Result<Exit, Error> {
    let address = parsed(address)?;
    let removed = match ledger {
        Some(ledger) => {
            let removed = ledger.unsuppress(key.target(&address)).await;
            removed.map_err(|error| error.at(&ledger.place()))?
        }
        None => false,
    };
    context.screen.result(&match removed {
        true => format!("{address} may be written to again. Do so only if they asked for it."),
        false => format!("{address} was not kept from being written to."),
    });
    context.screen.json(&serde_json::json!({ "address": address, "removed": removed }));
    Ok(Exit::Settled)
}

/// Writes suppressions down, a batch at a time.
struct Stopping<'a, L> {
    ledger: &'a L,
    reason: String,
    /// Milliseconds since 1970.
    at: i64,
    outcome: Outcome,
}

impl<'a, L: Books> Stopping<'a, L> {
    fn new(ledger: &'a L, reason: &str, context: &Context) -> Stopping<'a, L> {
        let at = context.now.timestamp().as_millisecond();
        Stopping { ledger, reason: reason.to_owned(), at, outcome: Outcome::default() }
    }

    async fn stop(&mut self, targets: &[Target]) -> Result<(), Error> {
        let new = self.ledger.suppress(targets, &self.reason, self.at).await;
        let new = new.map_err(|error| error.at(&self.ledger.place()))?;
        self.outcome.new += new;
        self.outcome.already += (targets.len() as u64).saturating_sub(new);
        Ok(())
    }

    async fn finish_with(mut self, targets: &[Target]) -> Result<Outcome, Error> {
        self.stop(targets).await?;
        Ok(self.outcome)
    }
}

fn opened(path: &Path) -> Result<Suppressions<BufReader<File>>, Error> {
    let kind = Kind::of_path(path).map_err(|error| error.into_error(path))?;
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let help = "name a table or a text with an address a line".to_owned();
            Error::Missing { what: "file", path: path.to_owned(), help }
        }
        _ => Error::io("read", path, error),
    })?;
    read(BufReader::new(file), kind).map_err(|error| error.into_error(path))
}

async fn from_file<L: Books>(
    file: &Path,
    entries: Suppressions<BufReader<File>>,
    key: &SiteKey,
    mut stopping: Stopping<'_, L>,
) -> Result<Outcome, Error> {
    let mut targets = Vec::with_capacity(BATCH);
    for entry in entries {
        match entry.map_err(|error| error.into_error(file))? {
            Entry::Address { address, .. } => targets.push(key.target(&address)),
            Entry::Rejected { row, reason } => stopping.outcome.rejected.push(Rejected { row, reason }),
            Entry::Well { value, .. } => *stopping.outcome.left_alone.entry(value).or_default() += 1,
        }
        if targets.len() >= BATCH {
            stopping.stop(&targets).await?;
            targets.clear();
        }
    }
    stopping.finish_with(&targets).await
}

/// The member that a token was made for: among all who were ever written to, else on the lists of today.
async fn whose(
    token: &Token,
    context: &Context,
    key: &SiteKey,
    ledger: &impl Books,
) -> Result<(String, Target), Error> {
    let failed = |error: LedgerError| error.at(&ledger.place());
    for Release { id, .. } in ledger.releases().await.map_err(failed)? {
        let mut after = None;
        loop {
            let batch = ledger.recipient_targets(id, after, BATCH as u32).await.map_err(failed)?;
            if let Some((list, target)) = token.whose(key, batch.iter().map(|(list, target)| (list.as_str(), *target)))
            {
                return Ok((list.to_owned(), target));
            }
            let Some((_, last)) = batch.last() else { break };
            after = Some(*last);
        }
    }
    for (name, list) in &context.project.config.lists {
        let Ok(mut file) = MemberFile::open(&context.project, name, list) else { continue };
        while let Some(row) = file.next_row() {
            let Row::Member(member) = row? else { continue };
            if let Some((_, target)) = token.whose(key, [(name.as_str(), key.target(&member.address))]) {
                return Ok((name.clone(), target));
            }
        }
    }
    let help = "if it came by mail, write the sender's address instead: rundbrief members suppress ADDRESS";
    Err(Error::Usage(format!("the token is that of nobody who was written to from here\n  = help: {help}")))
}

fn parsed(address: &str) -> Result<Address, Error> {
    Address::parse(address).map_err(|error| Error::Usage(error.to_string()))
}
