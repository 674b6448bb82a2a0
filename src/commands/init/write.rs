//! Files of `init`: each written beside its place and renamed, so that none is ever half there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::secrets::Typed;
use crate::error::Error;

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    /// Its owner (0600), from the first byte on.
    Owner,
    /// Whoever may read the folder; a file that is there keeps its permissions.
    All,
}

/// A password for its owner alone, in place of the one that was there.
///
/// # Errors
/// [`Error::Io`].
pub fn secret(typed: &Typed) -> Result<(), Error> {
    put(&typed.file, format!("{}\n", typed.secret.reveal()).as_bytes(), Readers::Owner)
}

/// A new file; one that is there stays.
///
/// # Errors
/// [`Error::Io`].
pub fn unless_there(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if path.exists() { Ok(()) } else { put(path, bytes, Readers::All) }
}

/// The configuration, unless somebody has changed it since it was read.
///
/// # Errors
/// [`Error::Io`]; [`Error::Usage`] for a file that is another one by now.
pub fn config(path: &Path, before: Option<&str>, text: &str) -> Result<(), Error> {
    let now = match fs::read_to_string(path) {
        Ok(now) => Some(now),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Error::io("read", path, error)),
    };
    if now.as_deref() != before {
        let message =
            format!("{} was changed by somebody else meanwhile and was left as it is; run it again", path.display());
        return Err(Error::Usage(message));
    }
    put(path, text.as_bytes(), Readers::All)
}

fn put(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), Error> {
    // What a link leads to is replaced, not the link.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let failed = |error| Error::io("write", path, error);
    let folder = folder_of(path);
    fs::create_dir_all(&folder).map_err(|error| Error::io("make the folder", &folder, error))?;
    let mut beside = NamedTempFile::new_in(&folder).map_err(failed)?;
    beside.write_all(bytes).map_err(failed)?;
    if readers == Readers::All {
        permissions(path, beside.path()).map_err(failed)?;
    }
    beside.as_file().sync_all().map_err(failed)?;
    beside.persist(path).map(drop).map_err(|error| failed(error.error))
}

fn folder_of(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

#[cfg(unix)]
fn permissions(path: &Path, beside: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let before = fs::metadata(path).map(|about| about.permissions());
    fs::set_permissions(beside, before.unwrap_or_else(|_| fs::Permissions::from_mode(0o644)))
}

#[cfg(not(unix))]
fn permissions(_path: &Path, _beside: &Path) -> std::io::Result<()> {
    Ok(())
}
