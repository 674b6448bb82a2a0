//! The outbox: every delivery becomes one file, `<path>/<slug>/<channel>/<delivery>.eml` or `.txt`. A trial.
//!
//! A file is written beside its place and renamed, so that a reader never sees half of one. What a killed run left
//! half written is cleared away by the next one.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use super::{Channel, ChannelError, Gate, Outcome, Outgoing, Repeat};
use crate::error::Error;

/// A folder that stands in for the mail server and the networks.
#[derive(Debug, Clone)]
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

    /// Whether a trial of a post lies here; test mails alone are none.
    pub fn has_trial(&self, slug: &str) -> bool {
        let Ok(entries) = fs::read_dir(self.folder(slug)) else { return false };
        let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
        names != [TESTS]
    }

    /// Makes the folder of a post and clears away what a killed run left half written there, unless another run is
    /// writing at this moment. Hold what comes back while delivering.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be made, read or locked.
    pub fn enter(&self, slug: &str) -> Result<Inside, Error> {
        let folder = self.folder(slug);
        fs::create_dir_all(&folder).map_err(|error| Error::io("make the folder", &folder, error))?;
        let path = self.root.join(".lock");
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = open.map_err(|error| Error::io("write", &path, error))?;
        if file.try_lock().is_ok() {
            sweep(&folder).map_err(|error| Error::io("clear", &folder, error))?;
            file.unlock().map_err(|error| Error::io("lock", &path, error))?;
        }
        for _ in 0..LOCK_TRIES {
            match file.try_lock_shared() {
                Ok(()) => return Ok(Inside { _lock: file }),
                Err(TryLockError::WouldBlock) => sleep(LOCK_PAUSE),
                Err(TryLockError::Error(error)) => return Err(Error::io("lock", &path, error)),
            }
        }
        let busy = io::Error::new(io::ErrorKind::TimedOut, "another rundbrief has been clearing it for ten seconds");
        Err(Error::io("lock", &path, busy))
    }
}

/// The folder beside the channels' where test mails lie.
pub const TESTS: &str = "test";

/// How long another run may clear the outbox; it needs milliseconds.
const LOCK_TRIES: u32 = 200;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// The ending of a file that is being written; its name begins with a dot.
const UNFINISHED: &str = ".part";

/// Says to other runs that files are being written, however this one ends.
#[derive(Debug)]
#[must_use = "the outbox is entered as long as this is held"]
pub struct Inside {
    _lock: File,
}

/// Removes unfinished files from the channels' folders of a post.
fn sweep(folder: &Path) -> io::Result<()> {
    for channel in fs::read_dir(folder)? {
        let channel = channel?;
        if !channel.file_type()?.is_dir() {
            continue;
        }
        for entry in fs::read_dir(channel.path())? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') && name.ends_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

impl Channel for Outbox {
    async fn deliver(&mut self, outgoing: &Outgoing<'_>, gate: &impl Gate) -> Result<Outcome, ChannelError> {
        let folder = self.folder(outgoing.slug).join(outgoing.channel);
        let file = folder.join(format!("{}.{}", outgoing.name, outgoing.content.extension()));
        if gate.open().is_err() {
            return Ok(Outcome::Withheld);
        }
        write_beside(&folder, &file, &outgoing.content.bytes())?;
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
        .suffix(UNFINISHED)
        .tempfile_in(folder)
        .map_err(|error| Error::io("write in", folder, error))?;
    beside.write_all(bytes).map_err(|error| Error::io("write", file, error))?;
    beside.persist(file).map_err(|error| Error::io("write", file, error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::{Closed, Content, Envelope, Times};
    use crate::render::email::message::Message;

    struct Open;

    impl Gate for Open {
        fn open(&self) -> Result<(), Closed> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_delivery_made_twice_is_one_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut outbox = Outbox::new(folder.path().join("outbox"));
        let envelope = Envelope { from: "a@example.org", to: "b@example.org" };
        let content = Content::Message { envelope, message: Message::Whole(b"Subject: x\r\n\r\n") };
        let outgoing = Outgoing {
            slug: "tagung",
            channel: "email",
            name: "4a",
            id: "",
            times: Times::default(),
            corrects: None,
            content,
            next: None,
        };
        outbox.deliver(&outgoing, &Open).await.expect("is written");
        outbox.deliver(&outgoing, &Open).await.expect("is written again");
        let files: Vec<_> = fs::read_dir(outbox.folder("tagung").join("email"))
            .expect("the folder is there")
            .map(|entry| entry.expect("readable").file_name())
            .collect();
        assert_eq!(files, ["4a.eml"]);
    }
}
