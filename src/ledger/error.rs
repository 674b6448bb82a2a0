//! Why the ledger could not do what it was asked, and what to do about it.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::error;
use crate::finding::{Finding, Place};

/// Why the ledger could not do what it was asked.
#[derive(Debug, Error)]
pub enum LedgerError {
    #[error("it was written by a newer version of rundbrief")]
    Newer,
    #[error("it is locked by another program")]
    Locked,
    #[error("it is damaged or no sending record: {0}")]
    Damaged(String),
    /// The file was put there after the log beside it was written.
    #[error("it was put there while the log of another one, {}, lay beside it", .0.display())]
    Mixed(PathBuf),
    #[error("the disk is full")]
    Full,
    #[error("it cannot be opened")]
    Unopenable,
    #[error("it cannot be written to")]
    ReadOnly,
    #[error("the disk does not read or write it")]
    Disk,
    #[error("{0}")]
    Database(String),
    #[error("another send is being prepared")]
    Busy,
    /// It cannot move as long as somebody works with it.
    #[error("a send is at work with it")]
    AtWork,
    /// A record cannot move to where another one is.
    #[error("there is a sending record already")]
    Occupied,
    /// A file whose record is in a database now, and where.
    #[error("it was moved to {0}")]
    Moved(String),
    /// Of an earlier revision something is claimed or leaving, or was while the new one was made.
    #[error("the earlier text of this post is still being sent")]
    InHand,
    /// A file beside the database.
    #[error("{0}")]
    Beside(String),
    /// A database on a server that cannot be reached, is shut down or starts up.
    #[error("the database does not answer: {0}")]
    Away(String),
    #[error("the connection to the database cannot be encrypted as it must be: {0}")]
    Tls(String),
    /// What is wrong with the address of a database; never with its password.
    #[error("the address of the database cannot be used: {0}")]
    Address(String),
    /// An address or a password that is somewhere else than in the configuration, and is not there.
    #[error("{0}")]
    Secret(String),
    #[error("the database refuses the login")]
    Login,
    #[error("there is no such database")]
    NoDatabase,
    #[error("the database does not allow it: {0}")]
    Rights(String),
    /// This process stood still, or was cut off, for longer than others wait for it.
    #[error("this process showed no life for so long that others may have taken over what it had in hand")]
    Overtaken,
}

/// What is wrong in the configuration.
fn wrong(file: &str, message: String, help: &str) -> error::Error {
    error::Error::Config(vec![Finding::error("ledger", message).at(Place::whole_file(Path::new(file))).help(help)])
}

/// What begins the place of a record that a server keeps.
const SERVER: &str = "postgres://";

impl LedgerError {
    /// Whether it can be over by itself, or by what somebody does elsewhere.
    pub fn passes(&self) -> bool {
        match self {
            LedgerError::Locked
            | LedgerError::Full
            | LedgerError::ReadOnly
            | LedgerError::Disk
            | LedgerError::Busy
            | LedgerError::InHand
            | LedgerError::AtWork
            | LedgerError::Away(_)
            | LedgerError::Overtaken => true,
            LedgerError::Newer
            | LedgerError::Damaged(_)
            | LedgerError::Mixed(_)
            | LedgerError::Unopenable
            | LedgerError::Database(_)
            | LedgerError::Beside(_)
            | LedgerError::Tls(_)
            | LedgerError::Address(_)
            | LedgerError::Secret(_)
            | LedgerError::Login
            | LedgerError::NoDatabase
            | LedgerError::Rights(_)
            | LedgerError::Occupied
            | LedgerError::Moved(_) => false,
        }
    }

    /// The error of a command, with where the record is kept (of a place that cannot be told: the configuration) and what to
    /// do.
    pub fn at(self, place: &str) -> error::Error {
        let help = match &self {
            LedgerError::InHand => {
                let help =
                    "nothing was changed; `rundbrief stop` ends what is being sent, then try again in a few seconds";
                return error::Error::Underway { message: self.to_string(), help: help.to_owned() };
            }
            LedgerError::AtWork => {
                let help = "nothing was changed; end that send, or wait until it has ended, then run this again";
                return error::Error::Underway { message: format!("{place}: {self}"), help: help.to_owned() };
            }
            LedgerError::Address(_) => {
                return wrong(place, self.to_string(), "it must be of the form postgres://USER@HOST:5432/DATABASE");
            }
            LedgerError::Secret(_) => {
                let help =
                    "set it, or have url or password name something else that has it: \"env:NAME\" or \"file:NAME\"";
                return wrong(place, format!("the database of the sending record: {self}"), help);
            }
            LedgerError::Login => {
                let help =
                    "check the user in [ledger] url, and the password: it is read from what [ledger] password names";
                return error::Error::LedgerLogin {
                    place: place.to_owned(),
                    message: self.to_string(),
                    help: help.to_owned(),
                };
            }
            LedgerError::Newer => "install the version that wrote it, or a later one; nothing was changed",
            LedgerError::Locked | LedgerError::Busy => "wait until the other one has finished, then run this again",
            LedgerError::Damaged(_) if place.starts_with(SERVER) => {
                "if another program keeps its tables there, name a schema of its own for the record: ?schema=NAME at the end of \
                 [ledger] url; if it was a sending record, have it restored from a backup: without it nobody knows who was \
                 written to"
            }
            LedgerError::Damaged(_) => {
                "restore it from a backup, or move it away to begin a new one; without it nobody knows who was written to"
            }
            LedgerError::Mixed(log) => {
                let log = log.display();
                let help = format!(
                    "if you restored it from a backup, delete {log} (and the file that ends in -shm); if not, and the two \
                     belong together, run `touch {log}`; nothing was changed"
                );
                return error::Error::Ledger { place: place.to_owned(), message: self.to_string(), help };
            }
            LedgerError::Full if place.starts_with(SERVER) => {
                "have whoever looks after the database free some space, and run the command again; what was recorded is kept"
            }
            LedgerError::Full => "free some space and run the command again; what was recorded is kept",
            LedgerError::Unopenable => "[ledger] url must name a file in a folder that can be written to",
            LedgerError::ReadOnly if place.starts_with(SERVER) => {
                "the database takes no changes now: it may be a copy of another one, or short of space; name the one that \
                 takes changes, or ask who looks after it, then run the command again; what was recorded is kept"
            }
            LedgerError::ReadOnly => "check who owns the file and its folder",
            LedgerError::Disk => "check the disk and the free space; keep the sending record on a local disk",
            LedgerError::Beside(_) => "check the free space and who owns the folder, then run the command again",
            LedgerError::Away(_) => {
                "what was recorded is kept; see that the database runs and can be reached from here, then run the command \
                 again: it goes on where it was"
            }
            LedgerError::Tls(text) if text.contains("does not support") => {
                "have whoever looks after the database switch encryption on there (ssl = on); only within a network that is \
                 safe by itself, add sslmode=disable to its address"
            }
            LedgerError::Tls(_) => {
                "if an own authority signed its certificate, add sslmode=verify-full&sslrootcert=FILE to the address of \
                 the database; only within a network that is safe by itself, add sslmode=disable"
            }
            LedgerError::NoDatabase => "check the last part of the address; `createdb` makes a database",
            LedgerError::Rights(_) => {
                "the user needs a schema of its own: have an administrator run `CREATE SCHEMA rundbrief AUTHORIZATION \
                 USER` in this database, with the user's name"
            }
            LedgerError::Occupied => {
                "nothing was changed; a record can only move to where none is: name another schema for it, ?schema=NAME at \
                 the end of [ledger] url"
            }
            LedgerError::Moved(_) => {
                "name that database in [ledger] url, or take the configuration that does; nobody sends with this file any more"
            }
            LedgerError::Overtaken => "run the command again: it goes on with what nobody has sent",
            LedgerError::Database(_) => "",
        };
        error::Error::Ledger { place: place.to_owned(), message: self.to_string(), help: help.to_owned() }
    }
}
