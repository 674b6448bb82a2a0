//! `rundbrief preview` at work, and what it answers to a browser's requests.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::project::Project;

/// 23 November 2026, 09:00 in Berlin.
pub const NOW: &str = "1795420800";
/// Nothing that a test waits for takes longer.
const LONG: Duration = Duration::from_secs(90);

/// A preview that runs; it ends with this value.
pub struct Preview {
    child: Child,
    pub port: u16,
    pub token: String,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// By their names in small letters.
    pub headers: BTreeMap<String, String>,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }
}

impl Preview {
    /// Of the post `kurz`.
    pub fn start(project: &Project) -> Preview {
        Preview::start_with(project, &["kurz"], |_| ())
    }

    pub fn start_with(project: &Project, arguments: &[&str], change: impl FnOnce(&mut Command)) -> Preview {
        let mut command = command(project, arguments);
        change(&mut command);
        let mut child = command.stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().expect("is piped"));
        said.read_line(&mut line).expect("it says where it is");
        // What it says later must find a reader.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let rest = line.trim().strip_prefix("http://127.0.0.1:").unwrap_or_else(|| panic!("no address: {line:?}"));
        let (port, token) = rest.trim_end_matches('/').split_once('/').expect("a port and a token");
        Preview { port: port.parse().expect("a port"), token: token.to_owned(), child }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks below the token.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", &format!("/{}/{path}", self.token), &[], "")
    }

    /// Any request; a header that is named takes the place of the usual one.
    #[track_caller]
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let host = format!("127.0.0.1:{}", self.port);
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        let usual = [("Host", host.as_str())];
        let named = |name: &str| headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        for (name, value) in usual.iter().filter(|(name, _)| !named(name)).chain(headers) {
            head += &format!("{name}: {value}\r\n");
        }
        if method == "POST" {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        answer_of(self.connect(), &format!("{head}\r\n{body}"))
    }

    /// A connection that says nothing yet.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(LONG)).expect("is set");
        stream
    }

    /// Everything that the page shows, as the first member sees it.
    #[track_caller]
    pub fn view(&self) -> Value {
        self.get("view.json?member=").json()
    }

    #[track_caller]
    pub fn plan(&self) -> Value {
        self.get("plan.json").json()
    }

    /// Waits until the page shows something.
    #[track_caller]
    pub fn until(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let view = self.view();
            if is_so(&view) {
                return view;
            }
            assert!(began.elapsed() < LONG, "{what}: not within {LONG:?}, but {view:#}");
            sleep(Duration::from_millis(30));
        }
    }

    /// What the button sends.
    #[track_caller]
    pub fn test(&self, to: &str, member: &str) -> Value {
        let origin = format!("http://127.0.0.1:{}", self.port);
        let headers = [("Origin", origin.as_str()), ("Content-Type", "application/json")];
        let body = json!({ "to": to, "member": member }).to_string();
        self.ask("POST", &format!("/{}/test", self.token), &headers, &body).json()
    }

    /// Ctrl-C, and how it ended.
    pub fn end(mut self) -> ExitStatus {
        let done = Command::new("sh").args(["-c", &format!("kill -INT {}", self.child.id())]).status();
        assert!(done.expect("there is a shell").success(), "it runs no more");
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("can be waited for") {
                return status;
            }
            assert!(began.elapsed() < LONG, "it does not end");
            sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command, not started yet.
pub fn command(project: &Project, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rundbrief"));
    command.current_dir(project.path("")).env_clear().env("SOURCE_DATE_EPOCH", NOW);
    command.env("XDG_CACHE_HOME", project.path("cache")).arg("preview").args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Sends a request and reads the answer to its end.
#[track_caller]
pub fn answer_of(mut stream: TcpStream, request: &str) -> Answer {
    stream.write_all(request.as_bytes()).expect("is sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("is answered");
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_else(|| panic!("no head: {bytes:?}"));
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    Answer { status, headers, bytes: bytes[end + 4..].to_vec() }
}
