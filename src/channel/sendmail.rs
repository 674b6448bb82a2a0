//! Mail through a local program that takes it on its standard input, as Postfix, Exim and msmtp bring one.
//!
//! Comes in: `[email.sendmail]`, and mails. Goes out: what the program's exit code says (sysexits.h). The program gets
//! the addresses as arguments of its own, never through a shell.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use super::envelope::{BadEnvelope, WireEnvelope};
use super::{Channel, ChannelError, Content, Envelope, Gate, Outcome, Outgoing, Repeat};
use crate::config::SendmailSettings;

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

    fn start(&self, envelope: &WireEnvelope) -> Result<Child, ChannelError> {
        let from = if envelope.from.is_empty() { "<>" } else { &envelope.from };
        Command::new(&self.command)
            .args(["-i", "-f", from, "--", &envelope.to])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| self.unusable(&format!("cannot be started: {error}")))
    }

    fn unusable(&self, what: &str) -> ChannelError {
        ChannelError::Config {
            message: format!("{} {what}", self.command.display()),
            help: "install it, or correct command in [email.sendmail]".into(),
        }
    }

    /// What the end of the program means; `complete` if it took all that was written.
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
        let mut child = self.start(&envelope)?;
        if gate.open().is_err() {
            // Killed while its input is still open: it must not take an empty mail for a whole one.
            let _ = child.kill().await;
            return Ok(Outcome::Withheld);
        }
        match timeout(self.limit, hand_over(&mut child, &with_plain_line_ends(&message.whole()))).await {
            Ok(Ok((status, complete, complaint))) => self.verdict(status, complete, &complaint),
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

/// Writes the mail and waits for the end: the exit status, whether all was taken, what was complained about.
async fn hand_over(child: &mut Child, message: &[u8]) -> std::io::Result<(ExitStatus, bool, String)> {
    let mut input = child.stdin.take().expect("its input was piped");
    let errors = child.stderr.take().expect("its errors were piped");
    let write = async move {
        let written = input.write_all(message).await;
        written.is_ok() && input.flush().await.is_ok()
    };
    let complaint = tokio::spawn(complaint(errors));
    let (complete, status) = tokio::join!(write, child.wait());
    // What it left running in the background may hold its errors open for ever.
    let complaint = timeout(LAST_WORDS, complaint).await;
    Ok((status?, complete, complaint.ok().and_then(Result::ok).unwrap_or_default()))
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
