//! Errors of the databases in the ledger's words.
//!
//! Comes in: an error of the database library. Goes out: a [`LedgerError`] that says whether waiting, space, a backup or
//! an administrator helps. The codes of one database say nothing about the other: each has its own table.

use sqlx::Error;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;

use super::LedgerError;

impl From<Error> for LedgerError {
    fn from(error: Error) -> LedgerError {
        match &error {
            Error::Database(database) => match database.try_downcast_ref::<PgDatabaseError>() {
                Some(postgres) => of_postgres(postgres.code(), postgres.message()),
                None => of_sqlite(database.code().as_deref(), &error),
            },
            // So rustls says what it does not accept, also of a certificate (rustls's `Stream`).
            Error::Io(cause) if cause.kind() == std::io::ErrorKind::InvalidData => LedgerError::Tls(cause.to_string()),
            // Only a connection over a network breaks in these ways.
            Error::Io(cause) => LedgerError::Away(cause.to_string()),
            Error::Tls(cause) => LedgerError::Tls(cause.to_string()),
            Error::BeginFailed => LedgerError::Away("it began no transaction".to_owned()),
            Error::PoolTimedOut => LedgerError::Locked,
            _ => LedgerError::Database(error.to_string()),
        }
    }
}

impl From<MigrateError> for LedgerError {
    fn from(error: MigrateError) -> LedgerError {
        match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => LedgerError::Newer,
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => LedgerError::Damaged(other.to_string()),
        }
    }
}

/// SQLite's primary result codes (sqlite.org/rescode.html).
fn of_sqlite(code: Option<&str>, error: &Error) -> LedgerError {
    match code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff) {
        Some(5 | 6) => LedgerError::Locked,
        Some(11 | 26) => LedgerError::Damaged(error.to_string()),
        Some(8) => LedgerError::ReadOnly,
        Some(10) => LedgerError::Disk,
        Some(13) => LedgerError::Full,
        Some(14) => LedgerError::Unopenable,
        _ => LedgerError::Database(error.to_string()),
    }
}

/// PostgreSQL's codes (postgresql.org/docs/current/errcodes-appendix.html).
fn of_postgres(code: &str, message: &str) -> LedgerError {
    let message = message.to_owned();
    match code {
        // Serialization failure, deadlock, lock not available: the same again usually works.
        "40001" | "40P01" | "55P03" => LedgerError::Locked,
        // Shut down, crashed, starting up, too many connections, stood still in the middle of a transaction.
        "57P01" | "57P02" | "57P03" | "57P05" | "53300" | "25P03" => LedgerError::Away(message),
        "53100" => LedgerError::Full,
        "25006" => LedgerError::ReadOnly,
        "58030" => LedgerError::Disk,
        "3D000" => LedgerError::NoDatabase,
        "42501" => LedgerError::Rights(message),
        // A table, column or constraint is missing or of another kind, or there where it should not be yet.
        "42P01" | "42P07" | "42703" | "42P10" | "42804" | "42809" | "42883" | "XX001" | "XX002" => {
            LedgerError::Damaged(message)
        }
        _ if code.starts_with("08") => LedgerError::Away(message),
        _ if code.starts_with("28") => LedgerError::Login,
        _ => LedgerError::Database(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_one_database_are_not_read_as_those_of_the_other() {
        // 25006 & 0xff is 174, but 40013 & 0xff would be SQLite's `full`.
        assert!(matches!(of_postgres("25006", "read-only"), LedgerError::ReadOnly));
        assert!(matches!(of_postgres("40013", "?"), LedgerError::Database(_)));
        assert!(matches!(of_sqlite(Some("13"), &Error::RowNotFound), LedgerError::Full));
        for away in ["57P01", "57P03", "08006", "53300", "25P03"] {
            assert!(matches!(of_postgres(away, "x"), LedgerError::Away(_)), "{away}");
        }
        for login in ["28P01", "28000"] {
            assert!(matches!(of_postgres(login, "x"), LedgerError::Login), "{login}");
        }
    }
}
