//! The site key on disk, and who else can read it.
//!
//! Comes in: the configured reference. Goes out: a [`SiteKey`], made once where there is none. Two runs that make it at
//! the same time end with the same key.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tempfile::NamedTempFile;

use super::Project;
use crate::config::{Login, Transport};
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::plan::SiteKey;
use crate::secret::SecretRef;

/// The site key that a trial uses: the one that is there, else the key of trials. It never makes one.
///
/// # Errors
/// [`Error::Config`] for a key that is there and cannot be used.
pub fn site_key(project: &Project, env: impl Fn(&str) -> Option<String>) -> Result<SiteKey, Error> {
    if let SecretRef::File(path) = &project.config.site.key
        && !project.path(path).exists()
    {
        return Ok(SiteKey::trial());
    }
    read(project, env)
}

/// The site key that a send by a network uses: the one that is there, else a new one, written before this returns.
///
/// # Errors
/// [`Error::Config`] for a key that cannot be used (an `env:` one that is not set, too), [`Error::Io`] where a new one
/// cannot be written.
pub fn ensure_site_key(project: &Project, env: impl Fn(&str) -> Option<String>) -> Result<SiteKey, Error> {
    if let SecretRef::File(path) = &project.config.site.key {
        let path = project.path(path);
        if !path.exists() {
            make(&path)?;
        }
    }
    // Read back: another run may have been first.
    read(project, env)
}

/// A warning for each file with a secret that everybody on this computer can read.
pub fn secret_warnings(project: &Project) -> Vec<Finding> {
    let open = secret_files(project).into_iter().filter(|path| others_can_read(path)).map(|path| {
        let finding = Finding::warning("secret-file", "others on this computer can read this secret");
        let help = format!("take that from them: chmod 600 {}", quoted(&path));
        finding.at(Place::whole_file(&path)).help(help)
    });
    open.collect()
}

/// The files with secrets that the configuration names, whether they are there or not.
pub fn secret_files(project: &Project) -> Vec<PathBuf> {
    let mut references = vec![&project.config.site.key];
    if let Transport::Smtp(smtp) = &project.config.email.transport {
        references.extend(smtp.login.as_ref().map(|login| match login {
            Login::Password { password, .. } => password,
            Login::OAuth { oauth, .. } => &oauth.client_secret,
        }));
    }
    let files = references.into_iter().filter_map(|reference| match reference {
        SecretRef::File(path) => Some(project.path(path)),
        SecretRef::Env(_) => None,
    });
    files.collect()
}

fn read(project: &Project, env: impl Fn(&str) -> Option<String>) -> Result<SiteKey, Error> {
    let reference = &project.config.site.key;
    let file = project.config_file.as_deref().unwrap_or(Path::new("config.toml"));
    let wrong = |message: String| {
        let help = "restore the key from a backup: with another key nobody can be recognised who was written to before";
        Error::Config(vec![Finding::error("site-key", message).at(Place::whole_file(file)).help(help)])
    };
    let secret =
        reference.resolve(&project.config.folder, env).map_err(|message| wrong(format!("site key: {message}")))?;
    let bytes = STANDARD.decode(secret.reveal()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.map(SiteKey::new).ok_or_else(|| wrong("site key: it must be 32 bytes in base64".to_owned()))
}

/// Writes a new key beside `path` and puts it there whole, unless there is one by now.
fn make(path: &Path) -> Result<(), Error> {
    let failed = |error| Error::io("write", path, error);
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| failed(io::Error::other(error)))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A temporary file is for its owner alone (0600) from the beginning.
    let mut file = NamedTempFile::new_in(folder).map_err(failed)?;
    writeln!(file, "{}", STANDARD.encode(key)).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(error.error)),
        // Either way there is a key now; its name must outlast a power cut before anything is made with it.
        _ => sync(folder).map_err(failed)?,
    }
    Ok(())
}

/// Makes the names in a folder last.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Whether a file can be read or written by others than its owner.
#[cfg(unix)]
pub fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
}

/// Files are not told apart by their owner here.
#[cfg(not(unix))]
pub fn others_can_read(_path: &Path) -> bool {
    false
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
