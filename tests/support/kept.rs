//! Where a project's sending record is kept: in its file, or, where `RUNDBRIEF_TEST_RECORD` is the address of a
//! PostgreSQL database, in a schema of its own there. The same tests run on both; what they look at in the record, and
//! change behind the program's back, they do here.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rundbrief::config::{DatabaseUrl, Kept};
use rundbrief::ledger::{Ledger, Mode, Record, RecordPlace, Release};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::Project;

#[path = "kept/behind.rs"]
mod behind;

/// What a configuration says that keeps the record in the project's folder.
pub const IN_A_FILE: &str = "sqlite:rundbrief.db";

/// The database that records are to be kept in instead, if there is one.
fn server() -> Option<String> {
    std::env::var("RUNDBRIEF_TEST_RECORD").ok().filter(|address| !address.is_empty())
}

/// Whether records are kept in files.
pub fn is_in_a_file() -> bool {
    server().is_none()
}

/// Whether a test that is about the record's file has nothing to look at, since the record is on a server; says so.
pub fn is_on_a_server(about: &str) -> bool {
    let there = !is_in_a_file();
    if there {
        let thread = std::thread::current();
        // Not with a macro: the test runner would keep it to itself.
        let line = format!("about files only: {}: {about}\n", thread.name().unwrap_or_default());
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
    there
}

/// The address of a schema that no other project uses, if records are kept in a database.
pub fn address() -> Option<String> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let base = server()?;
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_micros() % 1_000_000_000_000;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let joint = if base.contains('?') { '&' } else { '?' };
    Some(format!("{base}{joint}schema=p{since}_{}_{count}", std::process::id()))
}

/// A file of a project as it is to be: a configuration whose record would be in a file has it where the tests have theirs.
pub fn placed(name: &str, bytes: &[u8], address: &str) -> Vec<u8> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if name.ends_with(".toml") => text,
        _ => return bytes.to_vec(),
    };
    if text.contains(IN_A_FILE) {
        return text.replace(IN_A_FILE, address).into_bytes();
    }
    if name != "config.toml" || !text.contains("[site]") || text.contains(address) || text.contains("postgres://") {
        return bytes.to_vec();
    }
    let url = format!("[ledger]\nurl = \"{address}\"\n");
    match text.split_once("[ledger]\n") {
        Some((_, rest)) if rest.split("\n[").next().is_some_and(|own| own.contains("url =")) => bytes.to_vec(),
        Some((before, rest)) => format!("{before}{url}{rest}").into_bytes(),
        None => format!("{text}\n{url}").into_bytes(),
    }
}

impl Project {
    /// An empty one whose sending record is a file in it, also where the tests have theirs on a server.
    pub fn with_record_in_a_file() -> Project {
        Project { address: None, ..Project::empty() }
    }

    /// An empty one whose sending record is at this address.
    pub fn with_record_at(address: &str) -> Project {
        Project { address: Some(address.to_owned()), ..Project::empty() }
    }

    /// Where its record is, or will be.
    pub fn record_place(&self) -> RecordPlace {
        let kept = match &self.address {
            Some(address) => Kept::Database { address: DatabaseUrl::Written(address.clone()), password: None },
            None => Kept::File(PathBuf::from("rundbrief.db")),
        };
        RecordPlace::of(&kept, &self.path(""), |_| None).expect("is a place")
    }

    /// Waits until a preview asks the database again; a file it sees change.
    pub fn let_preview_look_again(&self) {
        if self.is_on_a_server() {
            std::thread::sleep(Duration::from_secs(6));
        }
    }

    pub fn is_on_a_server(&self) -> bool {
        self.address.is_some()
    }

    /// What messages call its record.
    pub fn record_name(&self) -> String {
        match self.record_place() {
            RecordPlace::File(_) => "rundbrief.db".to_owned(),
            place @ RecordPlace::Database(_) => place.to_string(),
        }
    }

    /// What its configuration names as the record.
    pub fn record_url(&self) -> String {
        self.address.clone().unwrap_or_else(|| IN_A_FILE.to_owned())
    }

    /// Whether it has a record.
    pub fn has_record(&self) -> bool {
        match self.record_place() {
            RecordPlace::File(path) => path.exists(),
            place @ RecordPlace::Database(_) => wait(async {
                let record = Record::existing(&place).await.expect("can be asked for");
                if let Some(record) = record {
                    record.shut().await;
                    return true;
                }
                false
            }),
        }
    }

    /// Works on its record, as another process would.
    pub fn on_books<T>(&self, work: impl AsyncFnOnce(&Record) -> T) -> T {
        wait(async {
            let record = Record::open(&self.record_place()).await.expect("opens");
            let done = work(&record).await;
            record.shut().await;
            done
        })
    }

    /// The same with what was released of the post `kurz`.
    pub fn on_record<T>(&self, work: impl AsyncFnOnce(&Record, &Release) -> T) -> T {
        self.on_books(async |record| {
            let release = record.release("kurz", Mode::Real).await.expect("reads").expect("was released");
            work(record, &release).await
        })
    }

    /// Changes the record in a way that no command of this version can. Says how many rows that were.
    pub fn sql(&self, statement: &str) -> u64 {
        self.meanwhile(statement, |rows| rows)
    }

    /// The same, and holds on to what that locks while `work` goes on.
    pub fn meanwhile<T>(&self, statement: &str, work: impl FnOnce(u64) -> T) -> T {
        let text = AssertSqlSafe(statement.to_owned());
        match self.beside() {
            Beside::File(mut connection) => {
                let done = wait(sqlx::raw_sql(text).execute(&mut connection)).expect("is done");
                let result = work(done.rows_affected());
                wait(connection.close()).expect("closes");
                result
            }
            Beside::Server(mut connection, runtime) => {
                let done = runtime.block_on(sqlx::raw_sql(text).execute(&mut connection)).expect("is done");
                let result = work(done.rows_affected());
                runtime.block_on(connection.close()).expect("closes");
                result
            }
        }
    }

    /// The first column of what a question finds, as texts; `None` where its tables are not there.
    pub fn ask(&self, question: &str) -> Option<Vec<String>> {
        if self.address.is_none() && !self.path("rundbrief.db").exists() {
            return None;
        }
        let text = AssertSqlSafe(question.to_owned());
        match self.beside() {
            Beside::File(mut connection) => {
                let found = wait(sqlx::query_scalar(text).fetch_all(&mut connection));
                wait(connection.close()).expect("closes");
                found.ok()
            }
            Beside::Server(mut connection, runtime) => {
                let found = runtime.block_on(sqlx::query_scalar(text).persistent(false).fetch_all(&mut connection));
                runtime.block_on(connection.close()).expect("closes");
                found.ok()
            }
        }
    }

    /// Whose mails are marked as on their way, once the server has finished what processes had begun that were killed.
    pub fn in_flight(&self) -> BTreeSet<String> {
        if !self.has_record() {
            return BTreeSet::new();
        }
        if self.is_on_a_server() {
            self.sql("BEGIN; LOCK TABLE delivery IN EXCLUSIVE MODE; COMMIT");
        }
        let marked = "SELECT address FROM delivery JOIN recipient ON recipient.release = delivery.release \
                      AND recipient.target = delivery.target WHERE delivery.state = 2";
        self.ask(marked).expect("has tables").into_iter().collect()
    }

    /// A connection to its record, as another program has one.
    fn beside(&self) -> Beside {
        let Some(address) = &self.address else {
            let options = SqliteConnectOptions::new().filename(self.path("rundbrief.db"));
            return Beside::File(wait(options.busy_timeout(Duration::from_secs(20)).connect()).expect("opens"));
        };
        let (base, schema) = address.rsplit_once("schema=").expect("has a schema");
        let runtime = runtime();
        let connection = runtime.block_on(async {
            let mut connection = PgConnection::connect(base.trim_end_matches(['?', '&'])).await.expect("connects");
            let set = AssertSqlSafe(format!("SET search_path TO {schema}"));
            sqlx::raw_sql(set).execute(&mut connection).await.expect("is set");
            connection
        });
        Beside::Server(connection, runtime)
    }
}

enum Beside {
    File(SqliteConnection),
    /// With what its socket belongs to.
    Server(PgConnection, tokio::runtime::Runtime),
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    runtime().block_on(work)
}
