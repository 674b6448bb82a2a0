//! `members`: looking at a list before it is used, and keeping people from being written to.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Context, record};
use crate::cli;
use crate::config::List;
use crate::error::{Error, Exit};
use crate::members::table::Options;
use crate::project::list::MemberFile;
use crate::project::site_key;

mod show;
mod suppress;

/// Rows that are looked up in the sending record at once.
const BATCH: usize = 500;

pub async fn run(arguments: &cli::Members, context: &Context) -> Result<Exit, Error> {
    match arguments {
        cli::Members::Check { file } => check(file, context),
        cli::Members::Show { list } => show::run(list, context).await,
        cli::Members::Suppress(arguments) => {
            let whom = suppress::Whom::of(arguments)?;
            let ledger = record::open(context).await?;
            let key = record::lasting_key(context, &ledger).await?;
            record::belongs(context, &ledger, &key, false).await?;
            suppress::suppress(whom, context, &key, &ledger).await
        }
        cli::Members::Unsuppress { address } => {
            let key = site_key(&context.project, |name| std::env::var(name).ok())?;
            // Without a site key nobody was ever kept from being written to.
            let ledger = if key.is_trial() { None } else { record::existing(context).await? };
            if let Some(ledger) = &ledger {
                record::belongs(context, ledger, &key, false).await?;
            }
            suppress::unsuppress(address, context, &key, ledger.as_ref()).await
        }
    }
}

/// Says what is recognised in a table, which rows cannot be used, and which are the same person twice.
fn check(file: &Path, context: &Context) -> Result<Exit, Error> {
    let (columns, filter) = (BTreeMap::new(), BTreeMap::new());
    let opened = match configured(file, context) {
        Some((name, list)) => MemberFile::open(&context.project, name, list)?,
        None => MemberFile::open_path(file, &Options { columns: &columns, filter: &filter, sheet: None })?,
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
