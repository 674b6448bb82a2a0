//! What is to be imported, as bytes: from the web, a file, or standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Context;
use crate::error::{Error, Exit};
use crate::finding::{Finding, Place};
use crate::http::{Client, Fetched, HttpError};
use crate::import::{MAX_BYTES, Refused, finding};

/// For a page with all its redirects.
pub const TIME: Duration = Duration::from_secs(20);

/// A page or text, and what is known of it.
pub struct Loaded {
    pub bytes: Vec<u8>,
    /// What messages call it.
    pub name: String,
    pub url: Option<String>,
    pub media_type: Option<String>,
    pub charset: Option<String>,
    /// Where a saved page's pictures are looked for.
    pub folder: Option<PathBuf>,
}

/// Loads what the user named.
pub async fn load(source: &str, context: &Context) -> Result<Loaded, Error> {
    if source == "-" {
        return local(read(io::stdin().lock(), Path::new("-"))?, "standard input", None);
    }
    if source.contains("://") {
        return page(source, context).await;
    }
    let path = Path::new(source);
    if path.is_dir() {
        let finding = Finding::error("import-not-text", "this is a folder, not a page or text");
        return Err(Error::input(finding.at(Place::whole_file(path)).help("name one file")));
    }
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let first = source.split('/').next().unwrap_or("");
            let help = if first.contains('.') && (source.contains('/') || first.starts_with("www.")) {
                format!("for a page on the web write https://{source}")
            } else {
                "name a web address, a saved page or a text file, or - for standard input".to_owned()
            };
            Error::Missing { what: "page or text", path: path.to_owned(), help }
        }
        _ => Error::io("read", path, error),
    })?;
    local(read(file, path)?, source, path.parent().map(Path::to_owned))
}

fn local(bytes: Vec<u8>, name: &str, folder: Option<PathBuf>) -> Result<Loaded, Error> {
    Ok(Loaded { bytes, name: name.to_owned(), url: None, media_type: None, charset: None, folder })
}

/// At most as much as an import takes, and a byte more to tell that there is more: a stream may have no end.
fn read(source: impl Read, path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    source.take(limit).read_to_end(&mut bytes).map_err(|error| Error::io("read", path, error))?;
    if bytes.len() > MAX_BYTES {
        return Err(Error::input(finding(&Refused::TooLarge, &path.display().to_string())));
    }
    Ok(bytes)
}

async fn page(url: &str, context: &Context) -> Result<Loaded, Error> {
    let client = client(context)?;
    let fetched = client.fetch(url, MAX_BYTES, TIME).await.map_err(|error| unreachable(url, &error))?;
    status(url, &fetched)?;
    Ok(Loaded {
        bytes: fetched.body,
        name: url.to_owned(),
        url: Some(fetched.url),
        media_type: fetched.media_type,
        charset: fetched.charset,
        folder: None,
    })
}

/// The client for pages and their pictures.
pub fn client(context: &Context) -> Result<Client, Error> {
    Client::new(context.project.config.import_private).map_err(|error| unreachable("", &error))
}

fn unreachable(url: &str, error: &HttpError) -> Error {
    match error {
        HttpError::Url(_) if url.starts_with("http://") => {
            let secure = url.replacen("http://", "https://", 1);
            Error::Usage(format!("pages are loaded by https:// only\n  = help: try {secure}"))
        }
        HttpError::Url(message) => {
            Error::Usage(format!("{url}: {message}\n  = help: copy the address from the browser"))
        }
        HttpError::Private(_) => Error::Usage(format!(
            "{error}\n  = help: save the page with a browser and import the file, or write `allow_private = true` below \
             [import] in config.toml"
        )),
        HttpError::TooLarge(_) => Error::input(finding(&Refused::TooLarge, url)),
        _ => {
            let help = "look whether a browser shows the page; if it does, save it there and import the file";
            Error::Channel {
                channel: "import".to_owned(),
                message: error.to_string(),
                help: help.to_owned(),
                exit: Exit::Io,
            }
        }
    }
}

/// Answers that are no page.
fn status(url: &str, fetched: &Fetched) -> Result<(), Error> {
    match fetched.status {
        200..=299 => Ok(()),
        401 | 403 | 407 => Err(Error::input(finding(&Refused::Login, url))),
        404 | 410 => {
            let help = "look the article up in a browser and copy its address from there".to_owned();
            Err(Error::Missing { what: "page", path: PathBuf::from(url), help })
        }
        status => {
            let help = "try it later; or open it in a browser, save the page there and import the file".to_owned();
            let message = format!("the website answered with status {status} instead of the page");
            Err(Error::Channel { channel: "import".to_owned(), message, help, exit: Exit::Io })
        }
    }
}
