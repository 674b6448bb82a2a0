//! Passwords: where they are kept, and that nobody else can read them.
//!
//! Comes in: a password that somebody types. Goes out: a file for its owner alone (0600, from its first byte on), and the
//! reference to it. A password never comes from the command line and is never shown.

use std::path::{Path, PathBuf};

use super::interview::{Extent, Interview};
use super::key::Key;
use super::prompter::Prompter;
use crate::error::Error;
use crate::project::others_can_read;
use crate::secret::Secret;

/// Where a password is kept that is typed.
pub const PASSWORD: &str = "smtp.password";
/// Where the client secret of an app registration is kept.
pub const SECRET: &str = "smtp.secret";

/// A secret that somebody typed, and the file for it.
pub struct Typed {
    pub file: PathBuf,
    pub secret: Secret,
}

impl<P: Prompter> Interview<'_, P> {
    /// Asks for a secret, unless it is known where it is. The file that is there is kept if nothing is typed.
    ///
    /// # Errors
    /// Nobody answers, or wrong too often.
    pub(super) async fn secret(&mut self, key: Key, what: &str, name: &str) -> Result<Option<Typed>, Error> {
        if self.answers.get(key).is_some() {
            return Ok(None);
        }
        let today = self.today(key);
        if today.is_some() && self.extent == Extent::Missing {
            return Ok(None);
        }
        let reference = today.clone().unwrap_or_else(|| format!("file:{name}"));
        let file = reference.strip_prefix("file:").map(|path| self.draft.folder().join(path));
        // One of a server before must not go to another one by itself.
        let kept = today.is_some() && file.as_ref().is_none_or(|file| file.exists());
        let found = today.is_none() && self.draft.is_new() && file.as_ref().is_some_and(|file| file.exists());
        if !self.prompter.is_there() {
            match today {
                Some(_) => {}
                None if found => self.answers.set(key, reference),
                None => self.miss(key),
            }
            return Ok(None);
        }
        let Some(file) = file else { return Ok(None) };
        let question = match (kept || found, file.file_name().map(|name| name.to_string_lossy())) {
            (true, Some(name)) => format!("{what} (Enter keeps the one in {name}): "),
            _ => format!("{what} (is not shown): "),
        };
        for _ in 0..5 {
            let typed = self.prompter.secret(&question).await?;
            let typed = typed.trim_end_matches(['\r', '\n']);
            if typed.is_empty() && (kept || found) {
                if found {
                    self.answers.set(key, reference);
                }
                return Ok(None);
            }
            if typed.is_empty() || typed.chars().any(char::is_control) {
                self.prompter.say(if typed.is_empty() {
                    "  this is needed"
                } else {
                    "  this must be one line of text"
                });
                continue;
            }
            if today.is_none() {
                self.answers.set(key, reference);
            }
            return Ok(Some(Typed { file, secret: Secret::typed(typed) }));
        }
        Err(Error::Usage(format!("{what}: no answer that can be used, 5 times")))
    }
}

/// Takes a secret file from everybody but its owner, where the person agrees.
///
/// # Errors
/// Nobody answers; the file is somebody else's.
pub async fn close<P: Prompter>(prompter: &mut P, file: &Path) -> Result<bool, Error> {
    if !prompter.is_there() || !others_can_read(file) {
        return Ok(false);
    }
    prompter.say(&format!("\nOthers on this computer can read the secret in {}.", file.display()));
    let help = "It does what `chmod 600` does: the file can be read and written by its owner alone.";
    if !super::interview::yes(prompter, "Take that from them?", help, true).await? {
        return Ok(false);
    }
    only_for_the_owner(file).map_err(|error| Error::io("close to others", file, error))?;
    Ok(true)
}

#[cfg(unix)]
fn only_for_the_owner(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn only_for_the_owner(_file: &Path) -> std::io::Result<()> {
    Ok(())
}
