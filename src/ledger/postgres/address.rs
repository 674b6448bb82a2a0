//! The address of a PostgreSQL ledger.
//!
//! Comes in: `postgres://user:password@host:5432/database?sslmode=verify-full&sslrootcert=ca.pem&schema=rundbrief`. Goes
//! out: how to connect, and a place for messages that has no password. What libpq takes from the environment (PGPASSWORD,
//! ~/.pgpass) is taken too. Nothing goes over a network in the clear unless `sslmode=disable` says so.

use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::ledger::LedgerError;

/// The schema whose tables are the record, unless the address names another.
const SCHEMA: &str = "rundbrief";
/// PostgreSQL cuts longer names (postgresql.org/docs/current/sql-syntax-lexical.html).
const LONGEST_NAME: usize = 63;

/// Where a ledger is.
#[derive(Debug)]
pub struct PostgresAddress {
    pub(super) options: PgConnectOptions,
    /// Lower-case letters, digits and underscores: it can stand in SQL as it is.
    pub(super) schema: String,
    place: String,
}

impl PostgresAddress {
    /// Reads an address; a certificate's file in it is relative to `folder`.
    ///
    /// # Errors
    /// [`LedgerError::Address`], which does not repeat the address.
    pub fn parse(url: &str, folder: &Path) -> Result<PostgresAddress, LedgerError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(LedgerError::Address("it does not begin with postgres://".to_owned()));
        }
        let (url, schema) = without_schema(url);
        let url = from_folder(&url, folder);
        files_are_there(&url)?;
        let schema = schema.unwrap_or(SCHEMA).to_owned();
        if !is_name(&schema) {
            let message = "schema must be lower-case letters, digits and underscores, and begin with a letter";
            return Err(LedgerError::Address(message.to_owned()));
        }
        let options = PgConnectOptions::from_str(&url).map_err(|error| LedgerError::Address(plain(&error)))?;
        // A pooler that gives each transaction another session (pgbouncer.org/features.html) keeps no prepared statements
        // and knows no `extra_float_digits`.
        let options = options.application_name("rundbrief").statement_cache_capacity(0).extra_float_digits(None);
        let options = encrypted(options, has_authority(&url));
        let place = place(&options, &schema);
        Ok(PostgresAddress { options, schema, place })
    }

    /// The same with a password that is kept apart from it.
    #[must_use]
    pub fn with_password(self, password: &str) -> PostgresAddress {
        PostgresAddress { options: self.options.password(password), ..self }
    }

    /// Where it is, without a password, for messages.
    pub fn place(&self) -> &str {
        &self.place
    }
}

/// Takes `schema=` out of the query of an address: the database library does not know it.
fn without_schema(url: &str) -> (String, Option<&str>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let schema = query.split('&').rev().find_map(|pair| pair.strip_prefix("schema="));
    let rest: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("schema=")).collect();
    let url = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
    (url, schema)
}

/// The keys of an address that name a file.
const FILES: [&str; 7] = ["sslrootcert", "ssl-root-cert", "ssl-ca", "sslcert", "ssl-cert", "sslkey", "ssl-key"];

/// Has relative files in the query of an address begin in a folder.
fn from_folder(url: &str, folder: &Path) -> String {
    let Some((base, query)) = url.split_once('?') else { return url.to_owned() };
    let moved = query.split('&').map(|pair| match pair.split_once('=') {
        Some((key, file)) if FILES.contains(&key) && !file.starts_with('/') => {
            let folder = folder.to_string_lossy().replace('%', "%25").replace('&', "%26").replace('#', "%23");
            let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
            format!("{key}={folder}{file}")
        }
        _ => pair.to_owned(),
    });
    format!("{base}?{}", moved.collect::<Vec<_>>().join("&"))
}

/// The library would take a file that is not there for a database that does not answer.
fn files_are_there(url: &str) -> Result<(), LedgerError> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    for (key, file) in query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| FILES.contains(key)) {
        let file = file.replace("%26", "&").replace("%23", "#").replace("%25", "%");
        if let Err(error) = std::fs::File::open(&file) {
            return Err(LedgerError::Address(format!("{key} names {file}, which cannot be read: {error}")));
        }
    }
    Ok(())
}

fn is_name(schema: &str) -> bool {
    schema.len() <= LONGEST_NAME
        && schema.starts_with(|first: char| first.is_ascii_lowercase())
        && schema.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether the address names who signs the server's certificate.
fn has_authority(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|pair| ["sslrootcert=", "ssl-root-cert=", "ssl-ca="].iter().any(|key| pair.starts_with(key)))
}

/// `prefer`, which goes on in the clear without a word, is enough only where nothing leaves the machine.
fn encrypted(options: PgConnectOptions, has_authority: bool) -> PgConnectOptions {
    match options.get_ssl_mode() {
        PgSslMode::Allow | PgSslMode::Prefer if !is_local(&options) => {
            options.ssl_mode(if has_authority { PgSslMode::VerifyFull } else { PgSslMode::Require })
        }
        _ => options,
    }
}

fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || address.is_ok_and(|address| address.is_loopback())
}

fn place(options: &PgConnectOptions, schema: &str) -> String {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    let host = match options.get_socket() {
        Some(socket) => format!("({})", socket.display()),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let schema = if schema == SCHEMA { String::new() } else { format!("?schema={schema}") };
    format!("postgres://{}@{host}/{database}{schema}", options.get_username())
}

/// What the library says of an address, which may repeat a part of it, without any value.
fn plain(error: &sqlx::Error) -> String {
    let text = error.to_string();
    match text.contains("ssl") {
        true => "sslmode must be disable, require, verify-ca or verify-full".to_owned(),
        false if text.contains("port") => "its port is no number".to_owned(),
        false => "it cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<PostgresAddress, LedgerError> {
        PostgresAddress::parse(url, Path::new("verein"))
    }

    fn mode(url: &str) -> PgSslMode {
        parse(url).expect("is an address").options.get_ssl_mode()
    }

    #[test]
    fn nothing_goes_over_a_network_in_the_clear_unless_it_is_asked_for() {
        for url in
            ["postgres://u@db.example.org/x", "postgres://u@db.example.org/x?sslmode=prefer", "postgres://u@10.0.0.7/x"]
        {
            assert!(matches!(mode(url), PgSslMode::Require), "{url}");
        }
        // Any file will do, as long as it is there.
        let own = "postgres://u@db.example.org/x?sslrootcert=Cargo.toml";
        let own = PostgresAddress::parse(own, Path::new(env!("CARGO_MANIFEST_DIR"))).expect("is an address");
        assert!(matches!(own.options.get_ssl_mode(), PgSslMode::VerifyFull), "who names an authority wants it asked");
        assert!(matches!(mode("postgres://u@db.example.org/x?sslmode=disable"), PgSslMode::Disable));
        for url in ["postgres://u@localhost/x", "postgres://u@127.0.0.1/x", "postgres://u@[::1]/x"] {
            assert!(matches!(mode(url), PgSslMode::Prefer), "{url}");
        }
    }

    #[test]
    fn the_place_names_no_password_and_nothing_else_does() {
        let address = parse("postgres://anna:s3cret@db.example.org:6432/verein?schema=brief&sslmode=require");
        let address = address.expect("is an address");
        assert_eq!(address.place, "postgres://anna@db.example.org:6432/verein?schema=brief");
        assert_eq!(address.schema, "brief");
        for bad in [
            "postgres://anna:s3cret@db.example.org:99999/verein",
            "postgres://anna:s3cret@db.example.org/verein?sslmode=s3cret",
            "postgres://anna:s3cret@db.example.org/verein?schema=s3cret;drop",
            "mysql://anna:s3cret@db.example.org/verein",
            "postgres://anna:s3cret@[::/verein",
        ] {
            let error = parse(bad).expect_err("is no address");
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        }
    }

    #[test]
    fn a_certificate_is_looked_for_beside_the_configuration() {
        let moved = |url| from_folder(url, Path::new("a b&c"));
        assert_eq!(
            moved("postgres://h/d?sslrootcert=ca.pem&sslmode=require"),
            "postgres://h/d?sslrootcert=a b%26c/ca.pem&sslmode=require"
        );
        assert_eq!(moved("postgres://h/d?sslrootcert=/etc/ca.pem"), "postgres://h/d?sslrootcert=/etc/ca.pem");
        assert_eq!(moved("postgres://h/d"), "postgres://h/d");
    }
}
