//! Whether others on this computer can read the sending record, which holds members' addresses.
//!
//! Comes in: the record's path. Goes out: a line where they can. New files are made so that they cannot; older ones, and
//! ones that were copied here, keep their permissions.

use std::path::Path;

use super::Check;

const CHECK: &str = "sending-record";

#[cfg(unix)]
pub fn check(path: &Path) -> Option<Check> {
    let path = std::path::absolute(path).ok()?;
    let folder = path.parent()?;
    // Where others cannot get to, they cannot read.
    let closed = folder.ancestors().any(|folder| !others_can(folder, ENTER));
    let names = open_files(folder, &path.file_name()?.to_string_lossy());
    if closed || names.is_empty() {
        return None;
    }
    let message = format!("others on this computer can read members' addresses in {}", names.join(", "));
    let all = folder.join(path.file_name()?);
    Some(Check::warning(CHECK, message).help(format!("run: chmod -R o= {}*", quoted(&all.display().to_string()))))
}

/// Nothing is said where files are not told apart by their owner.
#[cfg(not(unix))]
pub fn check(_path: &Path) -> Option<Check> {
    None
}

#[cfg(unix)]
const READ: u32 = 0o004;
#[cfg(unix)]
const ENTER: u32 = 0o001;

#[cfg(unix)]
fn others_can(path: &Path, what: u32) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & what != 0)
}

/// The record, its log, its copies and the folder of its workers, as far as others can read them and something is in them.
#[cfg(unix)]
fn open_files(folder: &Path, database: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let is_own = |name: &str| {
        let rest = name.strip_prefix(database);
        rest.is_some_and(|rest| ["", "-wal", "-shm", "-workers"].contains(&rest) || rest.starts_with(".before-"))
    };
    let names = entries.flatten().filter(|entry| others_can(&entry.path(), READ));
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| is_own(name)).collect();
    names.sort();
    names
}

/// A path as a shell takes it.
#[cfg(unix)]
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
