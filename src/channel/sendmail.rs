//! Mail through a local program that takes it on its standard input, as Postfix, Exim and msmtp bring one.
//!
//! Comes in: `[email.sendmail]`, and mails. Goes out: what the program's exit code says (sysexits.h). The program gets
//! the addresses as arguments of its own, never through a shell, and the mail as a file that is complete before it starts:
//! an input that ends early would be a whole mail to it.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use super::envelope::{BadEnvelope, WireEnvelope};
use super::{Channel, ChannelError, Content, Envelope, Gate, Outcome, Outgoing, Repeat};
use crate::config::SendmailSettings;
use crate::error::Error;

/// How long the program may take for one mail.
const LIMIT: Duration = Duration::from_secs(5 * 60);

/// How long after its end the program's complaint is waited for.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How much of what the program complains about is kept, in bytes.
const COMPLAINT_MAX: usize = 2048;

/// A local program that takes mails.
#[derive(Debug, Clone)]
pub struct Sendmail {
    command: PathBuf,
    limit: Duration,
}

impl Sendmail {
    /// A command with a folder in it is relative to `folder`; a bare name is looked for in `PATH`.
    pub fn new(settings: &SendmailSettings, folder: &Path) -> Sendmail {
        let bare = settings.command.components().count() == 1;
        let command = if bare { settings.command.clone() } else { folder.join(&settings.command) };
        Sendmail { command, limit: LIMIT }
    }

    /// The same with another limit for one mail.
    pub fn with_limit(self, limit: Duration) -> Sendmail {
        Sendmail { limit, ..self }
    }

    /// Whether it is there and may be run; a bare name is looked for only when it is started.
    fn is_ready(&self) -> bool {
        self.command.components().count() == 1 || is_executable(&self.command)
    }

    /// Starts the program with a mail as its input. It is in no group of ours: a Ctrl-C in the terminal is for this process,
    /// which lets the program end with the mail that it has.
    fn start(&self, envelope: &WireEnvelope, mail: File) -> io::Result<Child> {
        let from = if envelope.from.is_empty() { "<>" } else { &envelope.from };
        let mut command = Command::new(&self.command);
        #[cfg(unix)]
        command.process_group(0);
        command
            .args(["-i", "-f", from, "--", &envelope.to])
            .stdin(mail)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }

    fn unusable(&self, what: &str) -> ChannelError {
        ChannelError::Config {
            message: format!("{} {what}", self.command.display()),
            help: "install it, or correct command in [email.sendmail]".into(),
        }
    }

    /// What the end of the program means; `complete` if it read all of the mail.
    fn verdict(&self, status: ExitStatus, complete: bool, complaint: &str) -> Result<Outcome, ChannelError> {
        let program = self.command.display();
        let said = if complaint.is_empty() { String::new() } else { format!(": {complaint}") };
        let reason = |code: i32| format!("{program} ended with {code}{said}");
        let deferred = |code| Outcome::Deferred { reason: reason(code), retry_after: None, slow: None };
        Ok(match status.code() {
            None => Outcome::Uncertain { reason: format!("{program} was killed while it had the mail{said}") },
            Some(0) if complete => Outcome::Sent { receipt: format!("{program} took it") },
            Some(0) => Outcome::Uncertain { reason: format!("{program} ended before it had read the whole mail") },
            // EX_DATAERR, EX_NOUSER, EX_NOHOST.
            Some(code @ (65 | 67 | 68)) => Outcome::Rejected { reason: reason(code), policy: None },
            // EX_IOERR, EX_PROTOCOL: such programs end so, too, when the server was lost after it had the whole mail.
            Some(code @ (74 | 76)) => Outcome::Uncertain { reason: reason(code) },
            // EX_NOPERM, EX_CONFIG, and what shells say about a program that is missing.
            Some(code @ (77 | 78 | 126 | 127)) => return Err(self.unusable(&format!("ended with {code}{said}"))),
            // EX_TEMPFAIL (75) and whatever else.
            Some(code) => deferred(code),
        })
    }
}

impl Channel for Sendmail {
    async fn deliver(&mut self, outgoing: &Outgoing<'_>, gate: &impl Gate) -> Result<Outcome, ChannelError> {
        let Content::Message { envelope, message } = outgoing.content else {
            return Ok(Outcome::Rejected { reason: "only mails go through a mail program".into(), policy: None });
        };
        let envelope = match checked(envelope) {
            Ok(envelope) => envelope,
            Err(BadEnvelope::To(reason)) => return Ok(Outcome::Rejected { reason, policy: None }),
            Err(BadEnvelope::From(reason)) => {
                let help = "correct from or bounce_address in [sender]".into();
                return Err(ChannelError::Config { message: format!("nothing can be sent: {reason}"), help });
            }
        };
        if !self.is_ready() {
            // Found out before the gate, so that it counts as no try.
            return Err(self.unusable("is no program that can be run"));
        }
        let mail = with_plain_line_ends(&message.whole());
        let (mut ours, theirs) = in_file(&mail).map_err(|error| Error::io("write in", &std::env::temp_dir(), error))?;
        if gate.open().is_err() {
            return Ok(Outcome::Withheld);
        }
        let started = self.start(&envelope, theirs);
        let mut child = started.map_err(|error| self.unusable(&format!("cannot be started: {error}")))?;
        match timeout(self.limit, wait_for(&mut child)).await {
            Ok(Ok((status, complaint))) => {
                let complete = ours.stream_position().is_ok_and(|read| read >= mail.len() as u64);
                self.verdict(status, complete, &complaint)
            }
            Ok(Err(error)) => {
                let reason = format!("how {} ended cannot be learned: {error}", self.command.display());
                Ok(Outcome::Uncertain { reason })
            }
            Err(_) => {
                let _ = child.kill().await;
                let (program, limit) = (self.command.display(), self.limit.as_secs());
                Ok(Outcome::Uncertain { reason: format!("{program} did not end within {limit} seconds") })
            }
        }
    }

    /// The program may have taken a mail whose end nobody saw.
    fn repeat(&self) -> Repeat {
        Repeat::Never
    }
}

/// Whether this is a program that may be run.
#[cfg(unix)]
pub fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

/// Whether this is a program.
#[cfg(not(unix))]
pub fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// The envelope, with no address that the program could take for an option.
fn checked(envelope: Envelope<'_>) -> Result<WireEnvelope, BadEnvelope> {
    let envelope = WireEnvelope::new(envelope)?;
    let option = |address: &str| format!("the address {address:?} begins like an option of the mail program");
    if envelope.from.starts_with('-') {
        return Err(BadEnvelope::From(option(&envelope.from)));
    }
    if envelope.to.starts_with('-') {
        return Err(BadEnvelope::To(option(&envelope.to)));
    }
    Ok(envelope)
}

/// Local programs take the line ends of the system (sendmail's manual, "-i"); some send CR LF on as CR CR LF.
fn with_plain_line_ends(message: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(message.len());
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(text) => {
                plain.extend_from_slice(text);
                plain.push(b'\n');
            }
            None => plain.extend_from_slice(line),
        }
    }
    plain
}

/// The mail in a file that nobody else can open and that is gone with its last handle: one handle to see how far it was
/// read, and one to read from.
fn in_file(mail: &[u8]) -> io::Result<(File, File)> {
    let mut file = tempfile::tempfile()?;
    file.write_all(mail)?;
    file.rewind()?;
    Ok((file.try_clone()?, file))
}

/// Waits for the end: the exit status, what was complained about.
async fn wait_for(child: &mut Child) -> io::Result<(ExitStatus, String)> {
    let errors = child.stderr.take().expect("its errors were piped");
    let complaint = tokio::spawn(complaint(errors));
    let status = child.wait().await?;
    // What it left running in the background may hold its errors open for ever.
    let complaint = timeout(LAST_WORDS, complaint).await;
    Ok((status, complaint.ok().and_then(Result::ok).unwrap_or_default()))
}

/// All of it is read, so that the program never waits for us; its beginning is kept, on one line.
async fn complaint(mut errors: ChildStderr) -> String {
    let (mut kept, mut buffer) = (Vec::new(), [0; 1024]);
    while let Ok(read @ 1..) = errors.read(&mut buffer).await {
        let room = COMPLAINT_MAX - kept.len();
        kept.extend_from_slice(&buffer[..read.min(room)]);
    }
    let text = String::from_utf8_lossy(&kept);
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
