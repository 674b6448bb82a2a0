//! The feed on the disk: locked, read, replaced whole.
//!
//! Comes in: a path and an item. Goes out: the file with the item in it, or an error and the file as it was. A reader,
//! a crash and a second rundbrief see the old file or the new one, never a part.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use jiff::Zoned;

use super::{ChannelInfo, FeedError, Upserted, upsert};
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::render::feed::FeedItem;

/// How long another rundbrief may hold the feed; it needs milliseconds.
const LOCK_TRIES: u32 = 200;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Puts an item into the feed at `path`, which is made if it does not exist. Its permissions stay.
///
/// # Errors
/// The file cannot be read, locked or written, or is no RSS 2.0 that can be extended; then it is unchanged.
pub fn write(path: &Path, info: &ChannelInfo, item: &FeedItem, built: &Zoned) -> Result<Upserted, Error> {
    let target = resolve(path)?;
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
    let _lock = lock(&target)?;
    let existing = match fs::read(&target) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(Error::io("read", path, source)),
    };
    let (bytes, outcome) = upsert(existing.as_deref(), info, item, built)
        .map_err(|error| Error::input(finding(path, existing.as_deref().unwrap_or_default(), &error)))?;
    if outcome != Upserted::Unchanged {
        replace(&target, folder, &bytes).map_err(|source| Error::io("write", path, source))?;
    }
    Ok(outcome)
}

/// The file that a symbolic link leads to, so that the link stays one.
fn resolve(path: &Path) -> Result<PathBuf, Error> {
    match fs::canonicalize(path) {
        Ok(target) => Ok(target),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.to_owned()),
        Err(source) => Err(Error::io("read", path, source)),
    }
}

/// Holds `.feed.xml.lock` beside the feed until it is dropped. The file stays: removing it would let two in.
fn lock(target: &Path) -> Result<File, Error> {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(".lock");
    let path = target.with_file_name(name);
    let open = OpenOptions::new().create(true).write(true).truncate(false).open(&path);
    let file = open.map_err(|source| Error::io("write", &path, source))?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => sleep(LOCK_PAUSE),
            Err(TryLockError::Error(source)) => return Err(Error::io("lock", &path, source)),
        }
    }
    let busy = io::Error::new(io::ErrorKind::TimedOut, "another rundbrief has been writing this feed for ten seconds");
    Err(Error::io("lock", &path, busy))
}

/// Writes beside, syncs, renames.
fn replace(target: &Path, folder: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".feed-");
    readable_by_the_web_server(&mut builder);
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Ok(metadata) = fs::metadata(target) {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// A new feed is as readable as any new file, not as private as a temporary one.
#[cfg(unix)]
fn readable_by_the_web_server(builder: &mut tempfile::Builder) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn readable_by_the_web_server(_builder: &mut tempfile::Builder) {}

/// The rename itself survives a power cut.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

fn finding(path: &Path, bytes: &[u8], error: &FeedError) -> Finding {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let place = if error.offset == 0 { Place::whole_file(path) } else { Place::at_offset(path, text, error.offset) };
    Finding::error("feed-damaged", format!("{}; it was left as it is", error.message)).at(place).help(error.help)
}
