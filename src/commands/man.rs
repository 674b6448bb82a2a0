//! `man`: the manual, on standard output or as files.

use std::fs;

use serde_json::json;

use super::screen::Screen;
use crate::cli;
use crate::error::{Error, Exit};

/// Prints the page of the whole, or writes all pages into a folder.
///
/// # Errors
/// A folder that cannot be written to.
pub fn run(arguments: &cli::Man, screen: Screen) -> Result<Exit, Error> {
    let pages = cli::pages();
    let Some(folder) = &arguments.out else {
        let page = &pages[0];
        screen.result(page.text.trim_end());
        screen.json(&json!({ "pages": [{ "file": page.file, "text": page.text }] }));
        return Ok(Exit::Settled);
    };
    fs::create_dir_all(folder).map_err(|error| Error::io("make the folder", folder, error))?;
    for page in &pages {
        let path = folder.join(&page.file);
        fs::write(&path, &page.text).map_err(|error| Error::io("write", &path, error))?;
    }
    screen.result(&format!("{} pages written to {}.", pages.len(), folder.display()));
    screen.json(&json!({ "pages": pages.iter().map(|page| json!({ "file": page.file })).collect::<Vec<_>>() }));
    Ok(Exit::Settled)
}
