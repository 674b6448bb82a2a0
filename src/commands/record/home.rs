//! Where a sending record lives, so that a copy of it is told from one that was moved.
//!
//! Comes in: the record's file, this computer. Goes out: whether it is where it was used last, and if not, what became of
//! that place.

use std::fmt::{self, Display, Formatter};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ledger::{Books, LedgerError, Record, identity_of};

/// A place on a computer, as the record's fact `home` keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    path: String,
    /// A mark of the computer that tells it from others and tells nothing else; `None` where it has none.
    machine: Option<String>,
}

/// How a record came to where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// It is where it was.
    Not,
    /// No place was noted yet.
    First,
    /// It was moved, or what is there now is another one.
    From(PathBuf),
    /// It is also still there.
    Copied(PathBuf),
    /// It was on another computer, where nobody can look from here.
    Elsewhere,
}

impl Home {
    /// Where the file is, without detours over links.
    pub fn here(file: &Path) -> Home {
        let path = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        Home { path: path.to_string_lossy().into_owned(), machine: machine() }
    }

    /// Compares this place with the one that the record was used at.
    ///
    /// # Errors
    /// The database's.
    pub async fn compare(&self, ledger: &Record) -> Result<Moved, LedgerError> {
        let noted = ledger.fact("home").await?.and_then(|text| serde_json::from_str::<Home>(&text).ok());
        let Some(noted) = noted else { return Ok(Moved::First) };
        if let (Some(then), Some(now)) = (&noted.machine, &self.machine)
            && then != now
        {
            return Ok(Moved::Elsewhere);
        }
        if noted.path == self.path {
            let is_noted = self.machine.is_none() || noted == *self;
            return Ok(if is_noted { Moved::Not } else { Moved::First });
        }
        let old = PathBuf::from(noted.path);
        if is_same_file(&old, Path::new(&self.path)) {
            return Ok(Moved::First);
        }
        let own = ledger.identity().await?;
        Ok(match identity_of(&old).await {
            Ok(Some(there)) if there == own => Moved::Copied(old),
            Ok(_) => Moved::From(old),
            Err(error) => {
                tracing::info!("cannot look into {}: {error}", old.display());
                Moved::Copied(old)
            }
        })
    }
}

/// As the fact keeps it.
impl Display for Home {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// This installation of the system (machine-id(5)), which is confidential: only its digest leaves this function. Podman
/// gives a container a new one each time, which says nothing.
fn machine() -> Option<String> {
    if Path::new("/run/.containerenv").exists() {
        return None;
    }
    let id = fs::read_to_string("/etc/machine-id").ok()?;
    let id = id.trim();
    let digest = Sha256::digest(format!("rundbrief {id}"));
    (id.len() >= 32).then(|| digest[..8].iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(unix)]
fn is_same_file(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = |path: &Path| fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
    number(one).is_some_and(|one| number(other) == Some(one))
}

#[cfg(not(unix))]
fn is_same_file(_: &Path, _: &Path) -> bool {
    false
}
