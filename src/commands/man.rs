//! `man`: the manual page on standard output, or every page as a file. Needs no project.
//!
//! A page of an earlier version is replaced; other files in the folder are left alone.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use jiff::tz::TimeZone;
use serde_json::json;

use super::new_file::make_readable;
use super::screen::Screen;
use crate::cli;
use crate::error::{Error, Exit};

/// Prints the page of the whole, or writes all pages into a folder.
///
/// # Errors
/// A folder that cannot be written to.
pub fn run(arguments: &cli::Man, screen: Screen) -> Result<Exit, Error> {
    let pages = cli::pages(super::now()?.to_zoned(TimeZone::UTC).date());
    let Some(folder) = &arguments.out else {
        let page = &pages[0];
        screen.result(page.text.trim_end());
        screen.json(&json!({ "pages": [{ "file": page.file, "text": page.text }] }));
        return Ok(Exit::Settled);
    };
    fs::create_dir_all(folder).map_err(|error| Error::io("make the folder", folder, error))?;
    for page in &pages {
        let path = folder.join(&page.file);
        replace(folder, &path, &page.text).map_err(|error| Error::io("write", &path, error))?;
    }
    screen.result(&format!("{} pages written to {}.", pages.len(), folder.display()));
    screen.json(&json!({ "pages": pages.iter().map(|page| json!({ "file": page.file })).collect::<Vec<_>>() }));
    Ok(Exit::Settled)
}

/// Whoever reads the page meanwhile sees the old one or the new one whole.
fn replace(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(text.as_bytes())?;
    make_readable(beside.path())?;
    beside.persist(path).map(drop).map_err(|error| error.error)
}
