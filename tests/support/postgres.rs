//! A schema of its own for each test in the database that `RUNDBRIEF_POSTGRES` names, and a server of its own for tests
//! that stop one.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use rundbrief::ledger::PostgresLedger;

/// Debian's place of the server's programs; elsewhere `RUNDBRIEF_POSTGRES_BIN` names it.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// The address of a schema that no other run uses.
pub fn address(test: &str) -> String {
    let base = std::env::var("RUNDBRIEF_POSTGRES").expect("RUNDBRIEF_POSTGRES is the address of a database");
    with_schema(&base, test)
}

fn with_schema(base: &str, test: &str) -> String {
    let joint = if base.contains('?') { '&' } else { '?' };
    let name: String = test.chars().take(40).collect();
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    format!("{base}{joint}schema={name}_{}", since.as_nanos() % 1_000_000_000_000_000)
}

pub async fn open(address: &str) -> PostgresLedger {
    PostgresLedger::open(address).await.expect("opens")
}

/// A connection beside the ledger, for what a test does behind its back.
pub async fn beside(address: &str) -> (sqlx::PgPool, String) {
    let (base, rest) = address.split_once('?').expect("has a schema");
    let schema = rest.split('&').find_map(|pair| pair.strip_prefix("schema=")).expect("has a schema");
    (sqlx::PgPool::connect(base).await.expect("connects"), schema.to_owned())
}

/// A server of a test's own, on a free port of the loopback; it goes with this.
pub struct Server {
    folder: tempfile::TempDir,
    port: u16,
}

impl Server {
    pub fn start() -> Server {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("binds").local_addr().expect("has one").port();
        // The server refuses to run as root.
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let server = Server { folder, port };
        let data = server.data();
        run(server
            .program("initdb")
            .args(["--auth=trust", "--username=anna", "--no-sync", "--encoding=UTF8", "-D"])
            .arg(data));
        server.go();
        server
    }

    /// Has it encrypt from now on. Says where the certificate is, which it signed itself for `localhost`.
    pub fn encrypt(&self) -> PathBuf {
        let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("signs");
        let (certificate, key) = (self.data().join("server.crt"), self.data().join("server.key"));
        std::fs::write(&certificate, signed.cert.pem()).expect("is written");
        std::fs::write(&key, signed.signing_key.serialize_pem()).expect("is written");
        run(Command::new("chmod").arg("600").arg(&key));
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&certificate).arg(&key));
        }
        let settings = self.data().join("postgresql.conf");
        let text = std::fs::read_to_string(&settings).expect("is there");
        std::fs::write(settings, text + "\nssl = on\n").expect("is written");
        self.kill();
        self.go();
        certificate
    }

    /// Starts it, also after [`Server::kill`].
    pub fn go(&self) {
        let options = format!("-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories=''", self.port);
        let log = self.folder.path().join("log");
        let mut start = self.program("pg_ctl");
        run(start.args(["-w", "-o", &options, "-l"]).arg(log).arg("-D").arg(self.data()).arg("start"));
    }

    /// Ends it as a crash does.
    pub fn kill(&self) {
        run(self.program("pg_ctl").args(["-m", "immediate", "-D"]).arg(self.data()).arg("stop"));
    }

    pub fn address(&self) -> String {
        with_schema(&format!("postgres://anna@127.0.0.1:{}/postgres", self.port), "own")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let folder = std::env::var("RUNDBRIEF_POSTGRES_BIN").unwrap_or_else(|_| PROGRAMS.to_owned());
        let program = format!("{folder}/{name}");
        if !is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        let _ = stop.args(["-m", "immediate", "-D"]).arg(self.data()).arg("stop").stdout(Stdio::null()).status();
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("runs");
    output.stdout == b"0\n"
}

fn run(command: &mut Command) {
    // Not a pipe: the server keeps what it inherits.
    let status = command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).status().expect("runs");
    assert!(status.success(), "{command:?}");
}
