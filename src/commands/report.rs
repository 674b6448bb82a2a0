//! `report`: what became of a post's sends, as a page for people or a table.
//!
//! Only looks: nothing is sent and the sending record is not changed. A file is written beside its place and renamed;
//! one that is no report is never overwritten.

use std::path::Path;

use super::Context;
use super::new_file::may_replace;
use super::released::Released;
use crate::cli;
use crate::error::{Error, Exit};
use crate::ledger::{Books, Release};
use crate::report::{self, Format};

mod file;
mod people;
pub mod read;
mod rows;

use file::ReportFile;

pub async fn run(arguments: &cli::Report, context: &Context) -> Result<Exit, Error> {
    let format = arguments.out.as_deref().map(format_of).transpose()?;
    let words = context.project.words();
    if let (Some(out), Some(format)) = (&arguments.out, format) {
        may_replace("--out", out, "report", |first, last| format.is_report(first, last, &words))?;
    }
    let released = Released::find(context, &arguments.post).await?;
    let releases = releases(&released).await?;
    let report = read::report(context, &released.record, &releases, &words).await?;
    let mut document = report::document::document(&report);
    match (&arguments.out, format) {
        (Some(out), Some(format)) => {
            let mut file = ReportFile::begin(out)?;
            file.write(&format.page(&report, &words))?;
            if format.has_rows() {
                rows::write(context, &released.record, &releases, &report, format, &words, &mut file).await?;
            }
            file.finish()?;
            context.screen.result(&format!("The report is in {}", out.display()));
            document["file"] = out.display().to_string().into();
        }
        _ => context.screen.result(report::markdown(&report, &words).trim_end()),
    }
    context.screen.json(&document);
    released.record.shut().await;
    Ok(Exit::Settled)
}

/// Everything that was released of the post, in the mode of the one that was found; the oldest first.
async fn releases(released: &Released) -> Result<Vec<Release>, Error> {
    let mut all = released.record.releases().await.map_err(|error| released.at(error))?;
    all.retain(|one| one.slug == released.release.slug && one.mode == released.release.mode);
    all.sort_by_key(|one| one.revision);
    Ok(all)
}

fn format_of(out: &Path) -> Result<&'static dyn Format, Error> {
    let ending = out.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    report::format_of(ending).ok_or_else(|| {
        let help = "end it with .html for a page, .csv for a table or .md for Markdown";
        Error::Usage(format!("--out {}: what should it be?\n  = help: {help}", out.display()))
    })
}
