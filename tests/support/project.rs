//! A project in a temporary folder, and the built binary run in it.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "kept.rs"]
pub mod kept;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use tempfile::TempDir;

/// 23 November 2026, 09:00 in Berlin.
const NOW: &str = "1795420800";

pub const POST: &str = "---\ntitle: Kurz berichtet\nlang: de\ndate: 2026-11-20\nlink: https://www.example.org/kurz\n\
                        tags: [Verband]\n---\nDer Vorstand hat am Freitag getagt. Er hat drei Beschlüsse gefasst.\n";

pub const LIST: &str =
    "Anrede;Vorname;Nachname;E-Mail\nFrau;Anna;Muster;anna@example.org\nHerr;Ben;Beispiel;ben@example.org\n";

pub struct Project {
    folder: TempDir,
    /// Where its sending record is, if that is no file in the folder.
    address: Option<String>,
}

impl Project {
    /// A post, a list with two members, the example configuration without logos.
    pub fn new() -> Project {
        let project = Project::empty();
        project.write("config.toml", config());
        project.write("newsletters/kurz.md", POST);
        project.write("newsletters/lists/members.csv", LIST);
        project
    }

    pub fn empty() -> Project {
        Project { folder: tempfile::tempdir().expect("a temporary folder"), address: kept::address() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("has a folder")).expect("is made");
        let placed = self.address.as_ref().map(|address| kept::placed(name, bytes.as_ref(), address));
        fs::write(path, placed.as_deref().unwrap_or(bytes.as_ref())).expect("is written");
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs the binary in the project's folder, with a fixed clock and no cache but the project's own.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_at(NOW, arguments)
    }

    /// The same at another time, in seconds since 1970. A real send looks at no link: the posts' lead to a website of
    /// nobody.
    pub fn run_at(&self, now: &str, arguments: &[&str]) -> Ran {
        let asks = arguments.contains(&"send") && arguments.contains(&"--yes") && !arguments.contains(&"--offline");
        let more: &[&str] = if asks { &["--offline"] } else { &[] };
        self.run_as_it_is(now, &[arguments, more].concat())
    }

    /// The same with nothing added, so that a real send looks whether its links can be reached.
    pub fn run_as_it_is(&self, now: &str, arguments: &[&str]) -> Ran {
        let output = Command::cargo_bin("rundbrief")
            .expect("the binary is built")
            .current_dir(self.folder.path())
            .env_clear()
            .env("SOURCE_DATE_EPOCH", now)
            .env("XDG_CACHE_HOME", self.path("cache"))
            .args(arguments)
            .output()
            .expect("it runs");
        Ran { output, command: arguments.join(" ") }
    }

    /// All files below a folder, relative to it, sorted.
    pub fn files(&self, folder: &str) -> Vec<String> {
        let root = self.path(folder);
        let mut found = Vec::new();
        collect(&root, &root, &mut found);
        found.sort();
        found
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            found.push(path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned());
        }
    }
}

/// The example configuration with a short list and no logos.
pub fn config() -> String {
    rundbrief::config::BUILT_IN
        .lines()
        .filter(|line| !line.starts_with("logo"))
        .map(|line| line.replace("members.example.csv", "members.csv") + "\n")
        .collect::<String>()
        .replace("[site.partners.stiftung]\ntext", "[site.partners.stiftung]\nlogo = \"none.png\"\ntext")
}

/// What a run of the binary came to.
pub struct Ran {
    output: Output,
    command: String,
}

impl Ran {
    pub fn stdout(&self) -> String {
        String::from_utf8(self.output.stdout.clone()).expect("UTF-8")
    }

    pub fn stderr(&self) -> String {
        String::from_utf8(self.output.stderr.clone()).expect("UTF-8")
    }

    #[track_caller]
    pub fn code(self, expected: i32) -> Ran {
        let code = self.output.status.code();
        assert_eq!(code, Some(expected), "{}\n{}\n{}", self.command, self.stdout(), self.stderr());
        assert!(!self.stderr().contains("panicked"), "{}", self.stderr());
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Ran {
        let all = self.stdout() + &self.stderr();
        assert!(all.contains(text), "{}: {text:?} is not in\n{all}", self.command);
        self
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout()).unwrap_or_else(|error| panic!("{error} in {}", self.stdout()))
    }
}
