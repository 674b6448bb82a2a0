//! `--open`: the page in the browser that this person uses.
//!
//! Comes in: an address. Goes out: one browser. Never waits for it, leaves no dead process behind, and is not ended by the
//! Ctrl-C that ends the preview.

use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::super::screen::Screen;

/// A starter that fails sooner than this has started nothing; one that ends later was the browser itself.
const SOON: Duration = Duration::from_secs(5);

/// What opens an address, in the order in which they are tried.
const STARTERS: &[&[&str]] = if cfg!(target_os = "macos") {
    &[&["open"]]
} else if cfg!(windows) {
    &[&["cmd", "/c", "start", ""]]
} else {
    &[&["xdg-open"], &["sensible-browser"], &["firefox"], &["chromium"]]
};

/// Starts it in the background, and says so if there is none.
pub fn open(url: &str, screen: Screen) {
    let url = url.to_owned();
    thread::spawn(move || {
        if !STARTERS.iter().any(|starter| started(starter, &url)) {
            screen.note("No browser could be started; open the address yourself.");
        }
    });
}

/// Whether the browser was started. Waits for the starter, as the operating system wants it of a parent.
fn started(starter: &[&str], url: &str) -> bool {
    let mut command = Command::new(starter[0]);
    command.args(&starter[1..]).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let began = Instant::now();
    let ended = command.status();
    ended.is_ok_and(|ended: ExitStatus| ended.success() || began.elapsed() > SOON)
}
