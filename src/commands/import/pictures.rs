//! `--images`: fetches a draft's pictures, and writes them beside the post.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::load::{TIME, client};
use super::{Context, OTHER_NAME, folder_of};
use crate::commands::new_file::write_new;
use crate::error::Error;
use crate::http::HttpError;
use crate::import::{Draft, picture};

/// The largest picture that is fetched, in bytes.
const MAX_BYTES: usize = 10 * 1000 * 1000;
const TOO_LARGE: &str = "it has more than 10 MB";

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
            bytes(&client, &url, draft.base.as_deref(), folder).await
        };
        let named = outcome.and_then(|bytes| match picture::name(&slug, &url, &bytes) {
            Ok(name) => Ok((free(&name, &bytes, &files.bytes, folder_of(post)), bytes)),
            Err(reason) => Err(reason),
        });
        let name = named.map(|(name, bytes)| {
            files.bytes.insert(name.clone(), bytes);
            name
        });
        files.names.insert(url, name);
    }
    Ok(files)
}

async fn bytes(
    client: &crate::http::Client,
    url: &str,
    base: Option<&str>,
    folder: Option<&Path>,
) -> Result<Vec<u8>, String> {
    if url.contains("://") {
        return load(client, url).await;
    }
    if let Some(bytes) = folder.and_then(|folder| beside(url, folder)) {
        return bytes;
    }
    match picture::absolute(url, base) {
        Some(url) => load(client, &url).await,
        None => Err("the file is not beside the page".to_owned()),
    }
}

async fn load(client: &crate::http::Client, url: &str) -> Result<Vec<u8>, String> {
    let fetched = client.fetch(url, MAX_BYTES, TIME).await.map_err(|error| match error {
        HttpError::TooLarge(_) => TOO_LARGE.to_owned(),
        error => error.to_string(),
    })?;
    match fetched.status {
        200..=299 => Ok(fetched.body),
        status => Err(format!("the website answered with status {status}")),
    }
}

/// The file that a saved page names, at or below the page's folder; `None` where there is none.
fn beside(url: &str, folder: &Path) -> Option<Result<Vec<u8>, String>> {
    let name = url.split(['?', '#']).next().unwrap_or(url);
    let decoded = picture::decoded(name);
    let path = [Path::new(name), Path::new(&decoded)].into_iter().find_map(|name| {
        let inside = name.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        Some(folder.join(name)).filter(|path| inside && path.is_file())
    })?;
    match fs::metadata(&path) {
        Ok(about) if about.len() > MAX_BYTES as u64 => Some(Err(TOO_LARGE.to_owned())),
        _ => Some(fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))),
    }
}

/// A name that no other picture of the post has, and no other file of its folder.
fn free(name: &str, bytes: &[u8], taken: &BTreeMap<String, Vec<u8>>, place: &Path) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "jpg"));
    let names = std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{stem}-{number}.{ending}")));
    let is_free = |name: &String| {
        let path = place.join(name);
        let in_folder = path.symlink_metadata().is_err() || fs::read(&path).is_ok_and(|there| there == bytes);
        in_folder && taken.get(name).is_none_or(|other| other == bytes)
    };
    names.into_iter().find(is_free).expect("there is always a next number")
}
