//! The record's files hold members' addresses, so that no others on this computer may read them.
//!
//! Comes in: a path. Goes out: a file or folder for its owner alone; for the owner's group too where new files may be
//! written by it (umask 002 or 007: whoever set that wants to share). What is there already keeps its permissions.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

/// Owner and group, as far as the umask lets them.
#[cfg(unix)]
const SHARED: u32 = 0o660;
#[cfg(unix)]
const SHARED_FOLDER: u32 = 0o770;
#[cfg(unix)]
const GROUP_WRITES: u32 = 0o020;

/// To open a file with that is made if it is not there.
pub(super) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, SHARED);
    options
}

/// Makes an empty file, unless there is one.
pub(super) fn make(path: &Path) -> io::Result<()> {
    match options().create_new(true).write(true).open(path) {
        Ok(_) => own(path, 0o600),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes a folder and those above it, unless it is there.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, SHARED_FOLDER);
    builder.create(path)?;
    own(path, 0o700)
}

/// Takes a new file from a group that could only look.
#[cfg(unix)]
fn own(path: &Path, alone: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match fs::metadata(path) {
        Ok(about) if about.permissions().mode() & GROUP_WRITES == 0 => {
            fs::set_permissions(path, fs::Permissions::from_mode(alone))
        }
        // A folder that the last worker of another run has removed is made again by whoever needs it.
        Ok(_) | Err(_) => Ok(()),
    }
}

#[cfg(not(unix))]
fn own(_path: &Path, _alone: u32) -> io::Result<()> {
    Ok(())
}

/// A copy's permissions: those of what it is a copy of, but nothing for others.
pub(super) fn as_private_as(path: &Path) -> io::Result<fs::Permissions> {
    let permissions = fs::metadata(path)?.permissions();
    #[cfg(unix)]
    let permissions = {
        use std::os::unix::fs::PermissionsExt;
        fs::Permissions::from_mode(permissions.mode() & 0o770)
    };
    Ok(permissions)
}
