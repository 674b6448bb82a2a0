//! The outbox: every delivery becomes one file, `<path>/<slug>/<channel>/<delivery>.eml` or `.txt`. A trial.
//!
//! A file is written beside its place and renamed, so that a reader never sees half of one.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Channel, Outcome, Outgoing, Repeat};
use crate::error::Error;

/// A folder that stands in for the mail server and the networks.
#[derive(Debug)]
pub struct Outbox {
    root: PathBuf,
}

impl Outbox {
    pub fn new(root: PathBuf) -> Outbox {
        Outbox { root }
    }

    /// Where the files of a post lie.
    pub fn folder(&self, slug: &str) -> PathBuf {
        self.root.join(slug)
    }
}

impl Channel for Outbox {
    async fn deliver(&self, outgoing: &Outgoing<'_>) -> Result<Outcome, Error> {
        let folder = self.folder(outgoing.slug).join(outgoing.channel);
        let file = folder.join(format!("{}.{}", outgoing.name, outgoing.content.extension()));
        write_beside(&folder, &file, outgoing.content.bytes())?;
        Ok(Outcome::Sent { receipt: file.display().to_string() })
    }

    fn repeat(&self) -> Repeat {
        Repeat::Always
    }
}

fn write_beside(folder: &Path, file: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| Error::io("make the folder", folder, error))?;
    let mut beside = tempfile::Builder::new()
        .prefix(".")
        .suffix(".part")
        .tempfile_in(folder)
        .map_err(|error| Error::io("write in", folder, error))?;
    beside.write_all(bytes).map_err(|error| Error::io("write", file, error))?;
    beside.persist(file).map_err(|error| Error::io("write", file, error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::Content;

    #[tokio::test]
    async fn a_delivery_made_twice_is_one_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let outbox = Outbox::new(folder.path().join("outbox"));
        let outgoing =
            Outgoing { slug: "tagung", channel: "email", name: "4a", content: Content::Message(b"Subject: x\r\n\r\n") };
        outbox.deliver(&outgoing).await.expect("is written");
        outbox.deliver(&outgoing).await.expect("is written again");
        let files: Vec<_> = fs::read_dir(outbox.folder("tagung").join("email"))
            .expect("the folder is there")
            .map(|entry| entry.expect("readable").file_name())
            .collect();
        assert_eq!(files, ["4a.eml"]);
    }
}
