//! A person at a terminal: the binary behind a pseudo terminal, its questions read, answers typed.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::project::Project;

/// Nothing that is waited for takes longer.
const LONG: Duration = Duration::from_secs(60);

pub struct Terminal {
    keyboard: File,
    screen: Receiver<String>,
    child: Child,
    /// Everything that was to be seen, with what was typed and shown.
    pub seen: String,
    /// Up to here it was waited for.
    read: usize,
}

impl Terminal {
    /// Runs the binary in the project's folder, in a session of its own, so that Ctrl-C reaches it and nobody else.
    pub fn start(project: &Project, arguments: &[&str]) -> Terminal {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo terminal");
        grantpt(&master).and_then(|()| unlockpt(&master)).expect("it can be used");
        let name = ptsname(&master, Vec::new()).expect("it has a name").into_string().expect("in ASCII");
        let other_end = || OpenOptions::new().read(true).write(true).open(&name).expect("it can be opened");
        let child = Command::new("setsid")
            .args(["--ctty", env!("CARGO_BIN_EXE_rundbrief"), "--color", "never"])
            .args(arguments)
            .current_dir(project.path(""))
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("XDG_CACHE_HOME", project.path("cache"))
            .stdin(other_end())
            .stdout(other_end())
            .stderr(other_end())
            .spawn()
            .expect("setsid is there");
        let keyboard = File::from(master);
        let mut output = keyboard.try_clone().expect("it can be read too");
        let (sender, screen) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            let mut pending = Vec::new();
            // It ends with an error once the program is gone.
            while let Ok(read) = output.read(&mut bytes) {
                pending.extend_from_slice(&bytes[..read]);
                let whole = match std::str::from_utf8(&pending) {
                    Ok(_) => pending.len(),
                    Err(error) => error.valid_up_to(),
                };
                let text = String::from_utf8(pending.drain(..whole).collect()).expect("was checked");
                if read == 0 || sender.send(text).is_err() {
                    break;
                }
            }
        });
        Terminal { keyboard, screen, child, seen: String::new(), read: 0 }
    }

    /// Waits until a text is to be seen, behind what was waited for before.
    #[track_caller]
    pub fn until(&mut self, text: &str) {
        let started = Instant::now();
        loop {
            if let Some(at) = self.seen[self.read..].find(text) {
                self.read += at + text.len();
                return;
            }
            let left = LONG.saturating_sub(started.elapsed());
            match self.screen.recv_timeout(left) {
                Ok(more) => self.seen += &more.replace("\r\n", "\n"),
                Err(_) => panic!("{text:?} is not to be seen in\n{}", self.seen),
            }
        }
    }

    /// Waits for a question and types its answer.
    #[track_caller]
    pub fn answer(&mut self, question: &str, answer: &str) {
        self.until(question);
        self.press(&format!("{answer}\n"));
    }

    pub fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("it is typed");
    }

    /// Waits for the end. Goes out: the exit code.
    pub fn end(&mut self) -> Option<i32> {
        let status = self.child.wait().expect("it ends");
        while let Ok(more) = self.screen.recv_timeout(Duration::from_secs(2)) {
            self.seen += &more.replace("\r\n", "\n");
        }
        status.code()
    }

    /// Whether what is typed is shown.
    pub fn shows_letters(&self) -> bool {
        use rustix::termios::{LocalModes, tcgetattr};
        tcgetattr(&self.keyboard).expect("it has modes").local_modes.contains(LocalModes::ECHO)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
