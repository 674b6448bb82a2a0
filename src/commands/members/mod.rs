//! `members`: looking at a list before it is used, and keeping people from being written to.

use std::collections::BTreeMap;
use std::path::Path;

use super::Context;
use crate::cli;
use crate::config::List;
use crate::error::{Error, Exit};
use crate::ledger::SqliteLedger;
use crate::members::table::Options;
use crate::project::list::MemberFile;

mod show;

/// Rows that are looked up in the sending record at once.
const BATCH: usize = 500;

pub async fn run(arguments: &cli::Members, context: &Context) -> Result<Exit, Error> {
    match arguments {
        cli::Members::Check { file } => check(file, context),
        cli::Members::Show { list } => show::run(list, context).await,
    }
}

/// The sending record, if there is one. Looking at a list does not make it.
async fn record(context: &Context) -> Result<Option<SqliteLedger>, Error> {
    let path = context.project.path(&context.project.config.ledger.path);
    if !path.exists() {
        return Ok(None);
    }
    SqliteLedger::open(&path).await.map(Some).map_err(|error| error.at(&path.display().to_string()))
}

/// Says what is recognised in a table, which rows cannot be used, and which are the same person twice.
fn check(file: &Path, context: &Context) -> Result<Exit, Error> {
    let nothing = BTreeMap::new();
    let opened = match configured(file, context) {
        Some((name, list)) => MemberFile::open(&context.project, name, list)?,
        None => MemberFile::open_path(file, &Options { columns: &nothing, filter: &nothing, sheet: None })?,
    };
    let recognised = opened.recognised().clone();
    let check = opened.check()?;
    context.screen.result(check.text(&recognised).trim_end());
    context.screen.json(&check);
    Ok(if check.rejected.is_empty() { Exit::Settled } else { Exit::SomeRejected })
}

/// The configured list that reads this file, whose `columns`, `where` and `sheet` then count.
fn configured<'a>(file: &Path, context: &'a Context) -> Option<(&'a String, &'a List)> {
    let real = std::fs::canonicalize(file).ok()?;
    let mut lists = context.project.config.lists.iter();
    lists.find(|(_, list)| std::fs::canonicalize(context.project.path(&list.file)).is_ok_and(|path| path == real))
}
