//! How mails leave, where that is not a mail server over the network: the outbox's folder, a local program.
//!
//! Comes in: the settings. Goes out: a line for each. Starts nothing.

use std::path::Path;

use super::Check;
use crate::channel::sendmail::is_executable;
use crate::config::SendmailSettings;
use crate::error::{Error, Exit};

const OUTBOX: &str = "outbox";
const SENDMAIL: &str = "mail-program";

/// The folder that mails are written to; it, or the nearest that is there, takes files.
pub fn outbox(path: &Path) -> Check {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let place = path.display();
    match absolute.ancestors().find(|folder| folder.exists()) {
        Some(folder) if !folder.is_dir() => {
            Check::error(OUTBOX, Exit::Io, format!("{} is a file, and a folder is wanted", folder.display()))
                .help("set path in [outbox] to another folder")
        }
        Some(folder) => match tempfile::tempfile_in(folder) {
            Ok(_) => Check::ok(OUTBOX, format!("mails are written to {place}; nothing leaves this computer"))
                .help("to send for real: transport = \"smtp\" in [email]"),
            Err(error) => Check::of_error(OUTBOX, &Error::io("write in", folder, error)),
        },
        None => Check::error(OUTBOX, Exit::Io, format!("there is no folder for {place}")),
    }
}

/// The program is there and may be run.
pub fn sendmail(settings: &SendmailSettings) -> Check {
    let command = &settings.command;
    let place = command.display();
    if is_executable(command) {
        let check = Check::ok(SENDMAIL, format!("{place} is there and can be run"));
        return check.help("what becomes of a mail after it took it, only its own log says");
    }
    let message = if command.exists() { format!("{place} cannot be run") } else { format!("there is no {place}") };
    Check::error(SENDMAIL, Exit::Config, message).help("install it, or correct command in [email.sendmail]")
}
