//! The site key on disk.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Project;
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::plan::SiteKey;
use crate::secret::SecretRef;

/// The site key that a trial uses: the one that is there, else the key of trials. It never makes one.
///
/// # Errors
/// [`Error::Config`] for a key that is there and cannot be used.
pub fn site_key(project: &Project, env: impl Fn(&str) -> Option<String>) -> Result<SiteKey, Error> {
    let reference = &project.config.site.key;
    if let SecretRef::File(path) = reference
        && !project.path(path).exists()
    {
        return Ok(SiteKey::trial());
    }
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
