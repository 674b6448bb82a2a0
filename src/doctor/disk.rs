//! Whether a file lies on a disk of this computer, and not on another one's or in a folder that a program keeps in step
//! with others. SQLite's locks do not hold there, so that two computers could write to somebody twice.
//!
//! Comes in: a path, and Linux's table of mounts. Goes out: what it lies on. Pure but for [`where_is`].

use std::path::{Component, Path, PathBuf};

/// What a file lies on, if that is not a local disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// A file system that other computers use too, by Linux's name.
    Network(String),
    /// A folder that a program copies to other computers.
    Synchronised(&'static str),
}

/// Where the file lies, links resolved; the file itself need not be there.
pub fn where_is(file: &Path) -> Option<Elsewhere> {
    let path = real(file);
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    network(&mounts, &path).map(Elsewhere::Network).or_else(|| synchronised(&path).map(Elsewhere::Synchronised))
}

/// The nearest folder that is there, resolved, with the rest of the path.
fn real(file: &Path) -> PathBuf {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    for folder in file.ancestors() {
        if let Ok(real) = folder.canonicalize() {
            return real.join(file.strip_prefix(folder).unwrap_or(Path::new("")));
        }
    }
    file
}

/// The file system of the mount that holds `path`, if it is one over a network or shared with another machine. `mounts`
/// is `/proc/self/mountinfo` (proc(5)): the fifth field is the mount point, the type follows a lone `-`.
pub fn network(mounts: &str, path: &Path) -> Option<String> {
    let mount = |line: &str| {
        let (before, after) = line.split_once(" - ")?;
        let point = PathBuf::from(unescaped(before.split(' ').nth(4)?));
        let kind = after.split(' ').next()?.to_owned();
        path.starts_with(&point).then(|| (point.components().count(), kind))
    };
    // Of mounts at the same place the last one is seen.
    let (_, kind) = mounts.lines().filter_map(mount).max_by_key(|(depth, _)| *depth)?;
    is_network(&kind).then_some(kind)
}

/// Blanks and backslashes stand as three octal digits.
fn unescaped(field: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(field.to_owned(), |text, (written, meant)| text.replace(written, meant))
}

fn is_network(kind: &str) -> bool {
    const KINDS: &[&str] = &[
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "smb2",
        "9p",
        "afs",
        "ceph",
        "glusterfs",
        "davfs",
        "ncpfs",
        "vboxsf",
        "prl_fs",
        "virtiofs",
        "lustre",
        "ocfs2",
        "gfs2",
    ];
    // Of file systems in user space those on a local disk are few.
    const LOCAL: &[&str] = &["fuse.ntfs-3g", "fuse.exfat", "fuse.lxcfs", "fuse.encfs", "fuse.gocryptfs", "fuse.bindfs"];
    KINDS.contains(&kind) || (kind.starts_with("fuse.") && !LOCAL.contains(&kind))
}

/// The program that keeps one of the folders of `path` in step, by the folder's usual name.
pub fn synchronised(path: &Path) -> Option<&'static str> {
    let names = path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy().to_lowercase()),
        _ => None,
    });
    names.into_iter().find_map(|name| {
        const EXACT: &[(&str, &str)] = &[
            ("dropbox", "Dropbox"),
            ("onedrive", "OneDrive"),
            ("nextcloud", "Nextcloud"),
            ("owncloud", "ownCloud"),
            ("iclouddrive", "iCloud"),
            ("icloud drive", "iCloud"),
            ("mobile documents", "iCloud"),
            ("google drive", "Google Drive"),
            ("googledrive", "Google Drive"),
            ("my drive", "Google Drive"),
            ("meine ablage", "Google Drive"),
            ("seafile", "Seafile"),
            ("megasync", "MEGA"),
            ("pcloud drive", "pCloud"),
        ];
        // `Dropbox (Verband)`, `OneDrive - Verband`, `GoogleDrive-a@b.de`, `Nextcloud2`.
        let begins = |start: &str| {
            let rest = name.strip_prefix(start)?;
            (rest.is_empty() || rest.starts_with([' ', '-', '(']) || rest.bytes().all(|b| b.is_ascii_digit()))
                .then_some(())
        };
        EXACT.iter().find(|(start, _)| begins(start).is_some()).map(|(_, program)| *program)
    })
}
