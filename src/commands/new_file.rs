//! A file that is written beside its place and renamed, and never over another one.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::error::Error;

/// Writes the file in `folder`, which is made if it is not there.
///
/// # Errors
/// [`Error::Usage`] where a file is there already, with `other` as what to do.
pub fn write_new(folder: &Path, path: &Path, bytes: &[u8], other: &str) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| Error::io("make the folder", folder, error))?;
    let mut beside = tempfile::NamedTempFile::new_in(folder).map_err(|error| Error::io("write in", folder, error))?;
    beside.write_all(bytes).map_err(|error| Error::io("write", path, error))?;
    make_readable(beside.path()).map_err(|error| Error::io("write", path, error))?;
    beside.persist_noclobber(path).map(drop).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => {
            Error::Usage(format!("{} is there already and was left as it is; {other}", path.display()))
        }
        _ => Error::io("write", path, error.error),
    })
}

/// Temporary files are private; what is written for people may be read by whoever may read its folder.
#[cfg(unix)]
pub fn make_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
pub fn make_readable(_path: &Path) -> io::Result<()> {
    Ok(())
}
