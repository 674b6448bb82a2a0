//! A folder of files that appears whole or not at all.
//!
//! Files are first written into a folder beside the target, on the same disk; only when all of them are there are
//! they renamed into place. A full disk leaves the old files as they were. A file that is there already with the same
//! bytes is not written again.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::Error;

/// Files on their way into a folder.
#[derive(Debug)]
pub struct Staging {
    // The first field is dropped first: the temporary folder must be gone before its parent can be.
    // It is made for the first file that has to be written.
    beside: Option<TempDir>,
    made: Made,
    target: PathBuf,
    files: Vec<Staged>,
}

#[derive(Debug)]
struct Staged {
    /// Relative to the target.
    name: PathBuf,
    /// It lies in the folder beside; otherwise it is in its place already.
    written: bool,
}

/// Folders that were not there before, the outermost first. Those that are still empty at the end go again.
#[derive(Debug)]
struct Made(Vec<PathBuf>);

impl Made {
    fn for_target(target: &Path) -> Made {
        let missing = target.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let mut missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        missing.reverse();
        Made(missing)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // A folder with something in it is not removed, and those around it are not empty either.
        while self.0.pop().is_some_and(|folder| fs::remove_dir(folder).is_ok()) {}
    }
}

impl Staging {
    /// Begins to fill `target`, which is made if it is not there.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be made.
    pub fn new(target: &Path) -> Result<Staging, Error> {
        let made = Made::for_target(target);
        fs::create_dir_all(target).map_err(|error| Error::io("make the folder", target, error))?;
        Ok(Staging { beside: None, made, target: target.to_owned(), files: Vec::new() })
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
        self.files.push(Staged { name: name.to_owned(), written });
        Ok(())
    }

    /// The folder beside the target.
    fn beside(&mut self) -> Result<&Path, Error> {
        if self.beside.is_none() {
            let made = tempfile::Builder::new().prefix(".").suffix(".part").tempdir_in(&self.target);
            self.beside = Some(made.map_err(|error| Error::io("write in", &self.target, error))?);
        }
        Ok(self.beside.as_ref().expect("it was made above").path())
    }

    /// Moves everything into place, and removes from the folders in `owned` what an earlier build left there and this
    /// one did not write. Says which files there are now.
    ///
    /// # Errors
    /// [`Error::Io`] for the first file that cannot be moved.
    pub fn finish(mut self, owned: &[&str]) -> Result<Vec<PathBuf>, Error> {
        let written = || self.files.iter().filter(|file| file.written);
        for file in written() {
            self.make_room(&file.name)?;
        }
        for (file, beside) in written().zip(std::iter::repeat(&self.beside)) {
            let beside = beside.as_ref().expect("a file was written into it");
            let place = self.target.join(&file.name);
            fs::rename(beside.path().join(&file.name), &place).map_err(|error| Error::io("write", &place, error))?;
        }
        self.made.0.clear();
        for folder in owned {
            self.sweep(&self.target.join(folder))?;
        }
        Ok(self.files.iter().map(|file| self.target.join(&file.name)).collect())
    }

    /// Makes the folder of a file; says what would keep the file out before any other is moved.
    fn make_room(&self, name: &Path) -> Result<(), Error> {
        let place = self.target.join(name);
        let made = fs::create_dir_all(place.parent().unwrap_or(&self.target));
        let free = if place.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(()) };
        made.and(free).map_err(|error| Error::io("write", &place, error))
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
        && File::open(path).and_then(|file| reads_as(file, bytes)).unwrap_or(false)
}

/// Whether the file goes on with these bytes. Reads piece by piece: most files are the same, and none is kept.
fn reads_as(mut file: File, bytes: &[u8]) -> io::Result<bool> {
    let mut buffer = [0; 16 * 1024];
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = file.read(&mut buffer)?;
        match rest.strip_prefix(&buffer[..length]) {
            Some(left) if length > 0 => rest = left,
            _ => return Ok(false),
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_leaves_no_folder_that_was_not_there() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut staging = Staging::new(&folder.path().join("out/post")).expect("begins");
        staging.write("teaser/x.txt", "new").expect("is written");
        drop(staging);
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0);
    }

    #[test]
    fn a_folder_in_the_place_of_a_file_is_told_before_anything_is_moved() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir_all(folder.path().join("b.txt")).expect("is made");
        let mut staging = Staging::new(folder.path()).expect("begins");
        staging.write("a.txt", "new").expect("is written");
        staging.write("b.txt", "new").expect("is written");
        let error = staging.finish(&[]).expect_err("a folder is in the way").to_string();
        assert!(error.contains("b.txt"), "{error}");
        assert!(!folder.path().join("a.txt").exists());
    }

    #[test]
    fn a_file_that_is_the_same_already_is_left_alone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("same.txt"), "as before").expect("is written");
        fs::write(folder.path().join("other.txt"), "as before").expect("is written");
        let before = fs::metadata(folder.path().join("same.txt")).expect("is there").modified().expect("is known");
        let mut staging = Staging::new(folder.path()).expect("begins");
        staging.write("same.txt", "as before").expect("is kept");
        staging.write("other.txt", "as beside").expect("is written");
        assert_eq!(staging.finish(&[]).expect("is moved").len(), 2);
        let after = fs::metadata(folder.path().join("same.txt")).expect("is there").modified().expect("is known");
        assert_eq!(before, after);
        assert_eq!(fs::read_to_string(folder.path().join("other.txt")).expect("is there"), "as beside");
    }

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
