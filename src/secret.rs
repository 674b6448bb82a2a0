//! Secrets by reference: `env:NAME` or `file:PATH` in the configuration, never the secret itself.
//!
//! Comes in: the reference as written. Goes out: a [`SecretRef`], and through a reader that is passed in, a
//! [`Secret`] that does not print itself. Never logs and never shows a value.

use std::fmt::{self, Debug, Formatter};
use std::path::{Path, PathBuf};

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretRef {
    /// An environment variable.
    Env(String),
    /// A file; only its first line counts.
    File(PathBuf),
}

impl SecretRef {
    /// Reads `env:NAME` or `file:PATH`.
    ///
    /// # Errors
    /// A sentence that says how to move a literal secret out of the configuration. It never repeats the value.
    pub fn parse(written: &str) -> Result<SecretRef, String> {
        if let Some(name) = written.strip_prefix("env:").filter(|name| !name.is_empty()) {
            return Ok(SecretRef::Env(name.to_owned()));
        }
        if let Some(path) = written.strip_prefix("file:").filter(|path| !path.is_empty()) {
            return Ok(SecretRef::File(PathBuf::from(path)));
        }
        Err("a secret must not stand in the configuration itself; put it into a file that only you can read and write \
             `file:NAME` here, or into an environment variable and write `env:NAME`"
            .to_owned())
    }

    /// Resolves the reference. Relative files are relative to `folder`; `env` looks up a variable.
    ///
    /// # Errors
    /// A sentence that names the variable or file, never a value.
    pub fn resolve(&self, folder: &Path, env: impl Fn(&str) -> Option<String>) -> Result<Secret, String> {
        let value = match self {
            SecretRef::Env(name) => env(name).ok_or_else(|| format!("the environment variable {name} is not set"))?,
            SecretRef::File(path) => {
                let path = folder.join(path);
                let text = std::fs::read_to_string(&path)
                    .map_err(|error| format!("cannot read the secret in {}: {error}", path.display()))?;
                text.lines().next().unwrap_or("").to_owned()
            }
        };
        if value.is_empty() { Err("the secret is empty".to_owned()) } else { Ok(Secret(value)) }
    }
}

/// A secret value. `Debug` shows `[secret]`; there is no `Display` and no `Serialize`.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// One that somebody typed.
    pub fn typed(value: &str) -> Secret {
        Secret(value.to_owned())
    }

    /// The value itself, for the one call that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Debug for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_secret_is_refused_without_being_repeated() {
        let error = SecretRef::parse("hunter2").expect_err("a literal");
        assert!(error.contains("file:NAME") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_resolved_secret_does_not_print_itself() {
        let reference = SecretRef::parse("env:PASSWORD").expect("a reference");
        let secret = reference.resolve(Path::new("."), |_| Some("hunter2".into())).expect("is set");
        assert_eq!((format!("{secret:?}").as_str(), secret.reveal()), ("[secret]", "hunter2"));
    }
}
