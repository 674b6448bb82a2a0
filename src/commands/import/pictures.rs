//! `--images`: fetches a draft's pictures, and writes them beside the post.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::load::{TIME, client};
use super::{Context, OTHER_NAME};
use crate::commands::new_file::write_new;
use crate::error::Error;
use crate::import::{Draft, picture};

/// The largest picture that is fetched, in bytes.
const MAX_BYTES: usize = 10 * 1000 * 1000;

/// Pictures on their way to their places.
#[derive(Default)]
pub struct Files {
    /// By address: the file's name, or why there is none.
    pub names: BTreeMap<String, Result<String, String>>,
    bytes: BTreeMap<String, Vec<u8>>,
}

impl Files {
    /// Writes them into the post's folder; one that is there with the same bytes stays.
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>, Error> {
        let mut written: Vec<PathBuf> = Vec::new();
        for (name, bytes) in &self.bytes {
            let path = folder.join(name);
            if fs::read(&path).is_ok_and(|there| there == *bytes) {
                continue;
            }
            if let Err(error) = write_new(folder, &path, bytes, OTHER_NAME) {
                written.iter().for_each(|file| _ = fs::remove_file(file));
                return Err(error);
            }
            written.push(path);
        }
        Ok(written)
    }
}

/// Fetches every picture. What cannot be fetched or shown is a reason in [`Files::names`] and ends nothing.
pub async fn fetch(draft: &Draft, post: &Path, folder: Option<&Path>, context: &Context) -> Result<Files, Error> {
    let slug = post.file_stem().and_then(|stem| stem.to_str()).unwrap_or("post").to_owned();
    let client = client(context)?;
    let mut files = Files::default();
    for (index, url) in picture::addresses(draft).into_iter().enumerate() {
        let outcome = if index >= picture::MOST {
            Err(format!("only {} pictures are fetched for one post", picture::MOST))
        } else {
            context.screen.note(&format!("fetching {url}"));
            bytes(&client, &url, folder).await
        };
        let named = outcome.and_then(|bytes| match picture::name(&slug, &url, &bytes) {
            Ok(name) => Ok((free(&name, &bytes, &files.bytes), bytes)),
            Err(error) => Err(error.to_string()),
        });
        let name = named.map(|(name, bytes)| {
            files.bytes.insert(name.clone(), bytes);
            name
        });
        files.names.insert(url, name);
    }
    Ok(files)
}

async fn bytes(client: &crate::http::Client, url: &str, folder: Option<&Path>) -> Result<Vec<u8>, String> {
    let relative = !url.contains("://");
    if let (true, Some(folder)) = (relative, folder) {
        return fs::read(folder.join(url)).map_err(|_| "the file is not beside the page".to_owned());
    }
    let fetched = client.fetch(url, MAX_BYTES, TIME).await.map_err(|error| error.to_string())?;
    match fetched.status {
        200..=299 => Ok(fetched.body),
        status => Err(format!("the website answered with status {status}")),
    }
}

/// A name that no other picture of the post has.
fn free(name: &str, bytes: &[u8], taken: &BTreeMap<String, Vec<u8>>) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "jpg"));
    let names = std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{stem}-{number}.{ending}")));
    let is_free = |name: &String| taken.get(name).is_none_or(|other| other == bytes);
    names.into_iter().find(is_free).expect("there is always a next number")
}
