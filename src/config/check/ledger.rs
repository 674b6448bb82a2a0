//! `[ledger]`: where the sending record is kept.
//!
//! Comes in: the section as written. Goes out: a file or a database, with every problem told to the [`Checker`]. Never
//! repeats a password.

use std::path::PathBuf;

use super::super::file::{self, Text};
use super::super::{DatabaseUrl, Kept, LedgerSettings};
use super::Checker;
use crate::secret::SecretRef;

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
const FORMS: &str =
    "write url = \"sqlite:rundbrief.db\", or for a database \"postgres://USER@HOST/DATABASE\" and password = \"env:…\"";

impl Checker<'_> {
    pub(super) fn ledger(&mut self, ledger: file::Ledger) -> Option<LedgerSettings> {
        let id = ledger.id.map(Text::into_inner);
        let Some(url) = ledger.url else {
            self.no_password(ledger.password.as_ref());
            return Some(LedgerSettings { kept: Kept::File(PathBuf::from("rundbrief.db")), id });
        };
        let written = url.get_ref().as_str();
        if let Some(path) = written.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            self.no_password(ledger.password.as_ref());
            return Some(LedgerSettings { kept: Kept::File(PathBuf::from(path)), id });
        }
        let address = if SCHEMES.iter().any(|scheme| written.starts_with(scheme)) {
            if holds_password(written) {
                let message = "a password must not stand in the configuration itself";
                let help = "take it out of the address, and write password = \"env:DATABASE_PASSWORD\" or \
                            \"file:database.password\" below it";
                self.wrong(&url, message, help);
                return None;
            }
            DatabaseUrl::Written(written.to_owned())
        } else if let Ok(reference) = SecretRef::parse(written) {
            DatabaseUrl::Secret(reference)
        } else {
            self.wrong(&url, "the sending record is one SQLite file, or a PostgreSQL database", FORMS);
            return None;
        };
        let password = match ledger.password {
            Some(written) => Some(self.read(&written, SecretRef::parse, "password = \"env:DATABASE_PASSWORD\"")?),
            None => None,
        };
        Some(LedgerSettings { kept: Kept::Database { address, password }, id })
    }

    fn no_password(&mut self, password: Option<&Text>) {
        if let Some(password) = password {
            self.wrong(password, "a SQLite file has no password", "remove the line");
        }
    }
}

/// Whether a password stands in the address, before the host or among what follows `?`.
fn holds_password(url: &str) -> bool {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let authority = before.split("//").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || query.split('&').any(|pair| pair.starts_with("password="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_seen_wherever_it_stands() {
        for with in ["postgres://u:p@h/d", "postgres://u:p@@h:5432/d?sslmode=require", "postgres://h/d?password=p"] {
            assert!(holds_password(with), "{with}");
        }
        for without in ["postgres://u@h:5432/d", "postgres://h/d?sslmode=require", "postgres://u@[::1]:5432/d"] {
            assert!(!holds_password(without), "{without}");
        }
    }
}
