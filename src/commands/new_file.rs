//! A file that is written beside its place and renamed, and never over what is none of its kind.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::Error;

/// By so much of its beginning and its end a file is known.
const LOOK: u64 = 4_096;

/// Whether the place that was named with an option is free, or has a file that may be replaced: an empty one, or one that
/// `is_earlier` knows by its beginning and its end. `what` it would have to be stands in the error.
///
/// # Errors
/// [`Error::Usage`] for a file that is something else, such as the post itself, and for what is no file.
pub fn may_replace(
    option: &str,
    place: &Path,
    what: &str,
    is_earlier: impl Fn(&[u8], &[u8]) -> bool,
) -> Result<(), Error> {
    let failed = |error: io::Error| Error::io("read", place, error);
    let kind = match fs::metadata(place) {
        Ok(about) => about.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    if !kind.is_file() {
        let found = if kind.is_dir() { "a folder" } else { "a device or pipe" };
        return Err(Error::Usage(format!("{option} {}: this is {found}; name a file", place.display())));
    }
    let (first, last) = File::open(place).and_then(|mut file| ends(&mut file)).map_err(failed)?;
    if first.is_empty() || is_earlier(&first, &last) {
        return Ok(());
    }
    let help = "choose another name, or move it away first";
    Err(Error::Usage(format!("{option} {}: this file is there and is no {what}\n  = help: {help}", place.display())))
}

fn ends(file: &mut File) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let length = file.metadata()?.len();
    file.take(LOOK).read_to_end(&mut first)?;
    file.seek(SeekFrom::Start(length.saturating_sub(LOOK)))?;
    file.take(LOOK).read_to_end(&mut last)?;
    Ok((first, last))
}

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
