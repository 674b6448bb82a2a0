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
    // A pooler knows no `extra_float_digits`.
    let options: sqlx::postgres::PgConnectOptions = base.parse().expect("is an address");
    let pool = sqlx::PgPool::connect_with(options.extra_float_digits(None)).await;
    (pool.expect("connects"), schema.to_owned())
}

/// A server of a test's own, on a free port of the loopback; it goes with this.
pub struct Server {
    folder: tempfile::TempDir,
    port: u16,
}

impl Server {
    pub fn start() -> Server {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
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
        self.add("postgresql.conf", "ssl = on");
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

    /// Ends it in order; whoever is connected is told.
    pub fn stop(&self) {
        run(self.program("pg_ctl").args(["-m", "fast", "-D"]).arg(self.data()).arg("stop"));
    }

    /// Has a line in its settings from now on.
    pub fn set(&self, line: &str) {
        self.add("postgresql.conf", line);
        run(self.program("pg_ctl").arg("-D").arg(self.data()).arg("reload"));
    }

    /// Has a user log in with a password.
    pub fn ask_for_password(&self, user: &str, password: &str) {
        self.sql(&format!("CREATE ROLE {user} LOGIN PASSWORD '{password}'"));
        self.sql(&format!("GRANT CREATE ON DATABASE postgres TO {user}"));
        let rules = self.data().join("pg_hba.conf");
        let text = std::fs::read_to_string(&rules).expect("is there");
        let first = format!("host all {user} 127.0.0.1/32 scram-sha-256\n");
        std::fs::write(rules, first + &text).expect("is written");
        run(self.program("pg_ctl").arg("-D").arg(self.data()).arg("reload"));
    }

    /// Runs statements, each by itself, as an administrator does.
    pub fn sql(&self, statements: &str) {
        let port = self.port.to_string();
        let mut ask = self.program("psql");
        ask.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", &port, "-U", "anna", "postgres"]);
        for statement in statements.split(';').filter(|statement| !statement.trim().is_empty()) {
            ask.args(["-c", statement.trim()]);
        }
        let output = ask.current_dir("/").output().expect("runs");
        assert!(output.status.success(), "{statements}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Has it keep tables in a folder of their own.
    pub fn make_tablespace(&self, name: &str, folder: &std::path::Path) {
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder));
        }
        self.sql(&format!("CREATE TABLESPACE {name} LOCATION '{}'", folder.display()));
    }

    /// A pooler before it that gives each transaction another session.
    pub fn pooler(&self) -> Pooler {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let text = format!(
            "[databases]\npostgres = host=127.0.0.1 port={} dbname=postgres user=anna\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\npool_mode = transaction\nunix_socket_dir =\n\
             default_pool_size = 3\nlogfile = {folder}/log\npidfile = {folder}/pid\n",
            self.port,
            folder = folder.path().display()
        );
        std::fs::write(folder.path().join("pooler.ini"), text).expect("is written");
        if is_root() {
            run(Command::new("chown").arg("-R").arg("postgres").arg(folder.path()));
        }
        // Debian has it where only administrators look.
        run(as_its_user("/usr/sbin/pgbouncer").args(["-d", "-q"]).arg(folder.path().join("pooler.ini")));
        Pooler { folder, port }
    }

    /// Its address, in a schema that no other run uses.
    pub fn address(&self) -> String {
        with_schema(&format!("postgres://anna@127.0.0.1:{}/postgres", self.port), "own")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    fn add(&self, file: &str, line: &str) {
        let path = self.data().join(file);
        let text = std::fs::read_to_string(&path).expect("is there");
        std::fs::write(path, format!("{text}\n{line}\n")).expect("is written");
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let folder = std::env::var("RUNDBRIEF_POSTGRES_BIN").unwrap_or_else(|_| PROGRAMS.to_owned());
        as_its_user(&format!("{folder}/{name}"))
    }
}

/// A pooler of a test's own; it goes with this.
pub struct Pooler {
    folder: tempfile::TempDir,
    pub port: u16,
}

impl Drop for Pooler {
    fn drop(&mut self) {
        if let Ok(number) = std::fs::read_to_string(self.folder.path().join("pid")) {
            let _ = Command::new("kill").arg(number.trim()).status();
        }
    }
}

fn as_its_user(program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").expect("binds").local_addr().expect("has one").port()
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
