//! `members show`: who on a list would be written to and how each is addressed, and who would not and why.
//!
//! Text streams from the file to the terminal; JSON is one document and holds the list.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{BATCH, Context, record};
use crate::config::List;
use crate::error::{Error, Exit};
use crate::finding::{Finding, Place, nearest};
use crate::ledger::{Ledger, Record, Roll};
use crate::members::Row;
use crate::plan::{Audience, Target};
use crate::project::list::MemberFile;
use crate::project::site_key;
use crate::render::email::slot::Slot;

mod sorter;

use sorter::{LeftOut, REJECTED, SUPPRESSED, Shown, Sorter};

/// As JSON: `{list, members: [{row, address, salutation}], left_out: [{row, address, reason}]}`.
#[derive(Serialize)]
struct Document<'a> {
    list: &'a str,
    members: Vec<Shown>,
    left_out: Vec<LeftOut>,
}

pub async fn run(name: &str, context: &Context) -> Result<Exit, Error> {
    let list = list(name, context)?;
    let key = site_key(&context.project, |name| std::env::var(name).ok())?;
    let record = record::existing(context).await?;
    let mut file = MemberFile::open(&context.project, name, list)?;
    undecided(&file, name, context);
    let slots = [Slot { field: "salutation".to_owned(), default: None }];
    let config = &context.project.config;
    let audience =
        Audience { name, list, sender: &config.sender, lang: &config.site.lang, key: &key, slots: &slots, part: 0 };
    let mut sorter = Sorter { audience, refused: HashMap::new(), rows: HashMap::new() };
    while let Some(found) = file.next_refusals()? {
        for refused in found {
            sorter.refused.entry(key.target(&refused.address)).or_insert(refused);
        }
    }
    let mut document = Document { list: name, members: Vec::new(), left_out: Vec::new() };
    let mut sums: BTreeMap<&'static str, u64> = BTreeMap::new();
    loop {
        let batch: Vec<Row> =
            std::iter::from_fn(|| file.next_row()).take(BATCH).collect::<Result<Vec<Row>, Error>>()?;
        if batch.is_empty() {
            break;
        }
        let sorted: Vec<_> = batch.into_iter().map(|row| sorter.sort(row)).collect();
        for entry in without_suppressed(sorted, record.as_ref()).await? {
            match entry {
                Ok(shown) => {
                    *sums.entry("").or_default() += 1;
                    context.screen.result(&format!("{:<40}  {}", shown.address, shown.salutation));
                    context.screen.keep(&mut document.members, shown);
                }
                Err(left) => {
                    *sums.entry(left.kind).or_default() += 1;
                    context.screen.result(&format!("row {} is left out: {}", left.row, told(&left)));
                    context.screen.keep(&mut document.left_out, left);
                }
            }
        }
    }
    context.screen.result(&summary(&sums));
    context.screen.json(&document);
    Ok(if sums.contains_key(REJECTED) { Exit::SomeRejected } else { Exit::Settled })
}

/// The rows of a batch, those members left out that the sending record says must not be written to.
async fn without_suppressed(
    batch: Vec<Result<Shown, LeftOut>>,
    record: Option<&Record>,
) -> Result<Vec<Result<Shown, LeftOut>>, Error> {
    let Some(record) = record else { return Ok(batch) };
    let targets: Vec<Target> = batch.iter().flatten().map(|shown| shown.target).collect();
    let suppressed = record.suppressed(&targets).await.map_err(|error| error.at(&record.place()))?;
    let decide = |entry: Result<Shown, LeftOut>| {
        entry.and_then(|shown| match suppressed.contains(&shown.target) {
            false => Ok(shown),
            true => {
                let reason = "this address must not be written to".to_owned();
                Err(LeftOut { row: shown.row, address: Some(shown.address), reason, kind: SUPPRESSED })
            }
        })
    };
    Ok(batch.into_iter().map(decide).collect())
}

/// The configured list of that name.
fn list<'a>(name: &str, context: &'a Context) -> Result<&'a List, Error> {
    let lists = &context.project.config.lists;
    lists.get(name).ok_or_else(|| {
        let known = || lists.keys().map(String::as_str);
        let help = match nearest(name, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if lists.is_empty() => "the configuration has no [lists.NAME] yet".to_owned(),
            None => format!("the configuration has: {}", known().collect::<Vec<_>>().join(", ")),
        };
        Error::Usage(format!("there is no list `{name}`\n  = help: {help}"))
    })
}

/// Warns of columns that a person must decide about before anything is sent.
fn undecided(file: &MemberFile, name: &str, context: &Context) {
    let warning = |refusal: &crate::members::table::Refusal| {
        let message =
            format!("nothing is sent to this list before somebody says what the column “{}” means", refusal.heading);
        let finding = Finding::warning("undecided-refusal", message).at(Place::whole_file(&file.path));
        finding.help(format!("add below [lists.{name}]: {}", refusal.what_to_add()))
    };
    let warnings: Vec<Finding> = file.recognised().refusals.iter().map(warning).collect();
    context.screen.findings(&warnings);
}

fn told(left: &LeftOut) -> String {
    match &left.address {
        Some(address) => format!("{address}: {}", left.reason),
        None => left.reason.clone(),
    }
}

fn summary(sums: &BTreeMap<&'static str, u64>) -> String {
    let members = sums.get("").copied().unwrap_or_default();
    let mut text = format!("\n{members} would be written to");
    for (kind, count) in sums.iter().filter(|(kind, _)| !kind.is_empty()) {
        text.push_str(&format!("\n{count} {kind}"));
    }
    text
}
