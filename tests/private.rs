//! The sending record holds members' addresses: nobody else on the computer can read its files.

#![cfg(unix)]

#[path = "support/mailing.rs"]
mod mailing;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use project::{LIST, Project};
use rundbrief::ledger::SqliteLedger;
use smtp_server::{Script, Server};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("is set");
}

/// Everything that a send keeps of its own, and the folder of the workers.
fn kept(project: &Project) -> Vec<(String, u32)> {
    let mut kept: Vec<String> = project.files("").into_iter().filter(|name| name.contains("rundbrief.db")).collect();
    kept.push("rundbrief.db-workers".to_owned());
    kept.into_iter().map(|name| (name.clone(), mode(&project.path(&name)))).collect()
}

/// A real send to two members under this umask.
fn sent(umask: &str) -> Project {
    let server = Server::start(Script::new());
    let project = mailing::project(&server);
    project.write("newsletters/lists/members.csv", LIST);
    project.write("config.toml", mailing::config(&server).replace("where = { Newsletter = \"ja\" }\n", ""));
    let binary = assert_cmd::cargo::cargo_bin("rundbrief");
    let script = format!("umask {umask}; exec \"$0\" send kurz --yes --offline");
    let ran = Command::new("sh")
        .args(["-c", &script])
        .arg(binary)
        .current_dir(project.path(""))
        .env("XDG_CACHE_HOME", project.path("cache"))
        .env("XDG_STATE_HOME", project.path("state"))
        .output()
        .expect("it runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    project
}

#[test]
fn what_a_send_keeps_is_its_owner_s_alone() {
    if project::kept::is_on_a_server("who can read the file") {
        return;
    }
    let kept = kept(&sent("022"));
    assert!(kept.iter().any(|(name, _)| name == "rundbrief.db-workers/witness"), "{kept:?}");
    for (name, mode) in kept {
        assert_eq!(mode & 0o007, 0, "{name} is {mode:o}");
        if ["rundbrief.db", "rundbrief.db-workers"].contains(&name.as_str()) {
            assert_eq!(mode & 0o077, 0, "{name} is {mode:o}");
        }
    }
}

#[test]
fn whoever_shares_with_a_group_shares_the_record_too() {
    if project::kept::is_on_a_server("who can read the file") {
        return;
    }
    for (name, mode) in kept(&sent("002")) {
        assert_eq!(mode & 0o067, 0o060, "{name} is {mode:o}");
    }
}

#[tokio::test]
async fn the_log_beside_an_open_record_is_private_too_and_permissions_that_are_there_stay() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rundbrief.db");
    let ledger = SqliteLedger::open(&path).await.expect("opens");
    for name in ["rundbrief.db", "rundbrief.db-wal", "rundbrief.db-shm"] {
        assert_eq!(mode(&folder.path().join(name)) & 0o007, 0, "{name}");
    }
    ledger.shut().await;
    set_mode(&path, 0o644);
    SqliteLedger::open(&path).await.expect("opens").shut().await;
    assert_eq!(mode(&path), 0o644, "what a person has set stays");
}

#[test]
fn doctor_warns_of_a_record_that_others_can_read() {
    if project::kept::is_on_a_server("who can read the file") {
        return;
    }
    let project = sent("022");
    set_mode(&project.path(""), 0o755);
    let doctor = || project.run(&["doctor", "--offline"]).stdout();
    assert!(!doctor().contains("others on this computer"), "{}", doctor());
    set_mode(&project.path("rundbrief.db"), 0o644);
    project.write("rundbrief.db.before-3", "");
    set_mode(&project.path("rundbrief.db.before-3"), 0o644);
    let said = doctor();
    let names = "others on this computer can read members' addresses in rundbrief.db, rundbrief.db.before-3\n";
    assert!(said.contains(names) && said.contains("run: chmod -R o= "), "{said}");
    // The advice does what it says.
    let advice = said.lines().find_map(|line| line.split_once("run: chmod")).expect("advice").1;
    assert!(Command::new("sh").args(["-c", &format!("chmod{advice}")]).status().expect("runs").success());
    assert!(!doctor().contains("others on this computer"), "{}", doctor());
    // In a folder that they cannot enter, they cannot read either.
    set_mode(&project.path("rundbrief.db"), 0o644);
    set_mode(&project.path(""), 0o700);
    assert!(!doctor().contains("others on this computer"), "{}", doctor());
}
