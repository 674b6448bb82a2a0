//! The site key: made once, for its owner alone, and never over another one.

use std::fs;
use std::path::Path;
use std::thread;

use rundbrief::plan::SiteKey;
use rundbrief::project::{Project, ensure_site_key, secret_warnings, site_key};
use tempfile::TempDir;

fn project(folder: &Path) -> Project {
    fs::write(folder.join("config.toml"), rundbrief::config::BUILT_IN).expect("is written");
    Project::open(Some(&folder.join("config.toml")), folder).expect("is valid")
}

fn no_env(_: &str) -> Option<String> {
    None
}

fn temporary() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn a_trial_makes_no_key_and_the_first_send_by_a_network_does() {
    let folder = temporary();
    let project = project(folder.path());
    let file = folder.path().join("rundbrief.key");
    assert_eq!(site_key(&project, no_env).expect("a key").fingerprint(), SiteKey::trial().fingerprint());
    assert!(!file.exists());
    let made = ensure_site_key(&project, no_env).expect("a key").fingerprint();
    assert_ne!(made, SiteKey::trial().fingerprint());
    let written = fs::read_to_string(&file).expect("is there");
    assert_eq!(written.trim_end().len(), 44, "32 bytes in base64");
    assert_eq!(ensure_site_key(&project, no_env).expect("a key").fingerprint(), made);
    assert_eq!(site_key(&project, no_env).expect("a key").fingerprint(), made);
    assert_eq!(fs::read_to_string(&file).expect("is there"), written);
    let names = || fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    assert_eq!(names().count(), 2, "nothing is left beside: {:?}", names().collect::<Vec<_>>());
}

#[test]
fn runs_that_make_it_at_once_end_with_one_key() {
    let folder = temporary();
    let project = project(folder.path());
    for _ in 0..20 {
        let makers: Vec<_> = thread::scope(|scope| {
            let run = || ensure_site_key(&project, no_env).expect("a key").fingerprint();
            let running: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
            running.into_iter().map(|maker| maker.join().expect("it ends")).collect()
        });
        assert!(makers.iter().all(|fingerprint| *fingerprint == makers[0]), "{makers:?}");
        fs::remove_file(folder.path().join("rundbrief.key")).expect("is there");
    }
}

#[test]
fn a_key_that_is_damaged_is_never_replaced() {
    let folder = temporary();
    let project = project(folder.path());
    fs::write(folder.path().join("rundbrief.key"), "").expect("is written");
    let error = ensure_site_key(&project, no_env).map(|key| key.fingerprint()).expect_err("is damaged").to_string();
    assert!(error.contains("the secret is empty") && error.contains("backup"), "{error}");
    assert_eq!(fs::read_to_string(folder.path().join("rundbrief.key")).expect("is there"), "");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = temporary();
    let text = rundbrief::config::BUILT_IN.replace("file:rundbrief.key", "file:secrets/rundbrief.key");
    fs::write(folder.path().join("config.toml"), text).expect("is written");
    let project = Project::open(Some(&folder.path().join("config.toml")), folder.path()).expect("is valid");
    let error = ensure_site_key(&project, no_env).map(|key| key.fingerprint()).expect_err("no folder").to_string();
    assert!(error.contains("secrets/rundbrief.key"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_key_is_for_its_owner_alone_and_an_open_one_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let folder = temporary();
    let project = project(folder.path());
    assert_eq!(secret_warnings(&project), []);
    ensure_site_key(&project, no_env).expect("a key");
    let file = folder.path().join("rundbrief.key");
    let mode = fs::metadata(&file).expect("is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(secret_warnings(&project), []);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("are set");
    let warnings = secret_warnings(&project);
    assert_eq!(warnings.len(), 1);
    assert!(!warnings[0].is_error() && warnings[0].to_string().contains("chmod 600"), "{}", warnings[0]);

    let smtp = "transport = \"smtp\"\nsmtp = { host = \"mail.example.org\", username = \"x\", password = \"file:mail password\" }";
    let text = rundbrief::config::BUILT_IN.replace("transport = \"outbox\"", smtp);
    fs::write(folder.path().join("config.toml"), text).expect("is written");
    fs::write(folder.path().join("mail password"), "geheim").expect("is written");
    fs::set_permissions(folder.path().join("mail password"), fs::Permissions::from_mode(0o640)).expect("are set");
    let project = Project::open(Some(&folder.path().join("config.toml")), folder.path()).expect("is valid");
    let warnings = secret_warnings(&project);
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[1].to_string().contains("mail password'"), "a path that a shell takes: {}", warnings[1]);
}
