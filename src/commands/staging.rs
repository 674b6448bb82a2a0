//! A folder of files that appears whole or not at all.
//!
//! Files are first written into a folder beside the target, on the same disk; only when all of them are there are
//! they renamed into place. A full disk leaves the old files as they were.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::Error;

/// Files on their way into a folder.
#[derive(Debug)]
pub struct Staging {
    target: PathBuf,
    beside: TempDir,
    files: Vec<PathBuf>,
}

impl Staging {
    /// Begins to fill `target`, which is made if it is not there.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be made.
    pub fn new(target: &Path) -> Result<Staging, Error> {
        fs::create_dir_all(target).map_err(|error| Error::io("make the folder", target, error))?;
        let beside = tempfile::Builder::new()
            .prefix(".")
            .suffix(".part")
            .tempdir_in(target)
            .map_err(|error| Error::io("write in", target, error))?;
        Ok(Staging { target: target.to_owned(), beside, files: Vec::new() })
    }

    /// Writes one file; `name` is relative to the target.
    ///
    /// # Errors
    /// [`Error::Io`] that names the file at its place.
    pub fn write(&mut self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
        let name = name.as_ref();
        let path = self.beside.path().join(name);
        let folder = path.parent().unwrap_or(self.beside.path());
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, bytes))
            .map_err(|error| Error::io("write", &self.target.join(name), error))?;
        self.files.push(name.to_owned());
        Ok(())
    }

    /// Moves everything into place, and removes from the folders in `owned` what an earlier build left there and this
    /// one did not write. Says which files there are now.
    ///
    /// # Errors
    /// [`Error::Io`] for the first file that cannot be moved.
    pub fn finish(self, owned: &[&str]) -> Result<Vec<PathBuf>, Error> {
        for name in &self.files {
            let place = self.target.join(name);
            let folder = place.parent().unwrap_or(&self.target);
            fs::create_dir_all(folder)
                .and_then(|()| fs::rename(self.beside.path().join(name), &place))
                .map_err(|error| Error::io("write", &place, error))?;
        }
        for folder in owned {
            self.sweep(&self.target.join(folder))?;
        }
        Ok(self.files.iter().map(|name| self.target.join(name)).collect())
    }

    fn sweep(&self, folder: &Path) -> Result<(), Error> {
        let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
        for entry in entries.flatten() {
            let path = entry.path();
            let kept = path.strip_prefix(&self.target).is_ok_and(|name| self.files.iter().any(|file| file == name));
            if !kept && path.is_file() {
                fs::remove_file(&path).map_err(|error| Error::io("remove", &path, error))?;
            }
        }
        Ok(())
    }
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
