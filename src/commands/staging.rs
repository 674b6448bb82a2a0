//! A folder of files that appears whole or not at all.
//!
//! Files are first written into a folder beside the target, on the same disk; only when all of them are there are
//! they renamed into place. A full disk leaves the old files as they were. A file that is there already with the same
//! bytes is not written again.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::Error;

/// Files on their way into a folder.
#[derive(Debug)]
pub struct Staging {
    target: PathBuf,
    /// Made for the first file that has to be written.
    beside: Option<TempDir>,
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    /// Relative to the target.
    name: PathBuf,
    /// Lies in the folder beside; otherwise in its place already.
    written: bool,
}

impl Staging {
    /// Begins to fill `target`, which is made if it is not there.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be made.
    pub fn new(target: &Path) -> Result<Staging, Error> {
        fs::create_dir_all(target).map_err(|error| Error::io("make the folder", target, error))?;
        Ok(Staging { target: target.to_owned(), beside: None, files: Vec::new() })
    }

    /// Writes one file; `name` is relative to the target.
    ///
    /// # Errors
    /// [`Error::Io`] that names the file at its place.
    pub fn write(&mut self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
        let (name, bytes) = (name.as_ref(), bytes.as_ref());
        let written = !is_there(&self.target.join(name), bytes);
        if written {
            let path = self.beside()?.join(name);
            let folder = path.parent().expect("a file lies in a folder");
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&path, bytes))
                .map_err(|error| Error::io("write", &self.target.join(name), error))?;
        }
        self.files.push(File { name: name.to_owned(), written });
        Ok(())
    }

    fn beside(&mut self) -> Result<PathBuf, Error> {
        if let Some(beside) = &self.beside {
            return Ok(beside.path().to_owned());
        }
        let made = tempfile::Builder::new().prefix(".").suffix(".part").tempdir_in(&self.target);
        let beside = self.beside.insert(made.map_err(|error| Error::io("write in", &self.target, error))?);
        Ok(beside.path().to_owned())
    }

    /// Moves everything into place, and removes from the folders in `owned` what an earlier build left there and this
    /// one did not write. Says which files there are now.
    ///
    /// # Errors
    /// [`Error::Io`] for the first file that cannot be moved.
    pub fn finish(self, owned: &[&str]) -> Result<Vec<PathBuf>, Error> {
        if let Some(beside) = &self.beside {
            for file in self.files.iter().filter(|file| file.written) {
                let place = self.target.join(&file.name);
                let folder = place.parent().unwrap_or(&self.target);
                fs::create_dir_all(folder)
                    .and_then(|()| fs::rename(beside.path().join(&file.name), &place))
                    .map_err(|error| Error::io("write", &place, error))?;
            }
        }
        for folder in owned {
            self.sweep(&self.target.join(folder))?;
        }
        Ok(self.files.iter().map(|file| self.target.join(&file.name)).collect())
    }

    fn sweep(&self, folder: &Path) -> Result<(), Error> {
        let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
        for entry in entries.flatten() {
            let path = entry.path();
            let kept =
                path.strip_prefix(&self.target).is_ok_and(|name| self.files.iter().any(|file| file.name == name));
            if !kept && path.is_file() {
                fs::remove_file(&path).map_err(|error| Error::io("remove", &path, error))?;
            }
        }
        Ok(())
    }
}

/// Whether the file has these bytes; its length is looked at first.
fn is_there(path: &Path, bytes: &[u8]) -> bool {
    fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() == bytes.len() as u64)
        && fs::read(path).is_ok_and(|known| known == bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_appears_before_the_end_and_old_files_of_owned_folders_go() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = folder.path().join("post");
        fs::create_dir_all(target.join("teaser")).expect("is made");
        fs::write(target.join("teaser/old.txt"), "old").expect("is written");
        fs::write(target.join("notes.txt"), "mine").expect("is written");

        let mut staging = Staging::new(&target).expect("begins");
        staging.write("teaser/x.txt", "new").expect("is written");
        assert!(!target.join("teaser/x.txt").exists());

        staging.finish(&["teaser"]).expect("is moved");
        assert_eq!(fs::read_to_string(target.join("teaser/x.txt")).expect("is there"), "new");
        assert!(!target.join("teaser/old.txt").exists());
        assert!(target.join("notes.txt").exists(), "a file that is not ours stays");
        assert_eq!(fs::read_dir(&target).expect("readable").count(), 2, "no temporary folder stays");
    }
}
