//! Mails through a local program, here small shell scripts.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use rundbrief::channel::sendmail::Sendmail;
use rundbrief::channel::{Channel, Content, Envelope, Outgoing, Repeat, Times};
use rundbrief::config::SendmailSettings;
use rundbrief::render::email::message::Message;
use tempfile::TempDir;

use super::secure::stopped;
use crate::smtp_channel::{Door, MAIL, deliver, deliver_bytes, spoken};

/// A folder with a program in it.
struct Program {
    folder: TempDir,
}

impl Program {
    fn new(script: &str) -> Program {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bin/sendmail");
        fs::create_dir(folder.path().join("bin")).expect("is made");
        let text = format!("#!/bin/sh\ncd {}\n{script}\n", folder.path().display());
        fs::write(&path, text).expect("is written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("can be run");
        Program { folder }
    }

    fn channel(&self) -> Sendmail {
        Sendmail::new(&SendmailSettings { command: PathBuf::from("bin/sendmail") }, self.folder.path())
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(name)).ok()
    }
}

#[tokio::test]
async fn the_program_gets_addresses_as_arguments_and_the_mail_with_the_systems_line_ends() {
    let program = Program::new("for a in \"$@\"; do echo \"$a\" >> arguments; done; cat > mail");
    let mut channel = program.channel();
    let to = "anna$(touch.pwned)@example.org";
    assert_eq!(spoken(&deliver(&mut channel, to).await), "sent");
    let arguments = program.read("arguments").expect("was run");
    assert_eq!(arguments, format!("-i\n-f\nbounce@example.org\n--\n{to}\n"));
    assert_eq!(program.read("mail").expect("was run"), "Subject: Hallo\n\nGuten Tag\n");
    assert_eq!(channel.repeat(), Repeat::Never);
}

#[tokio::test]
async fn the_exit_code_says_what_became_of_the_mail() {
    for (script, outcome, says) in [
        ("cat > mail", "sent", "took it"),
        ("cat > mail; echo 'no such user' >&2; exit 67", "rejected", "no such user"),
        ("cat > mail; exit 65", "rejected", "65"),
        ("cat > mail; exit 68", "rejected", "68"),
        ("cat > mail; echo 'queue is full' >&2; exit 75", "deferred", "queue is full"),
        ("cat > mail; exit 70", "deferred", "70"),
        ("exit 75", "deferred", "75"),
        ("exit 77", "stop: config", "77"),
        ("exit 78", "stop: config", "command in [email.sendmail]"),
        ("exec ./is-not-there", "stop: config", "12"),
        ("cat > mail; kill -9 $$", "uncertain", "killed"),
        ("cat > mail; sleep 30", "uncertain", "did not end"),
        ("cat > mail; (sleep 30) & exit 0", "sent", "took it"),
    ] {
        let program = Program::new(script);
        let mut channel = program.channel().with_limit(Duration::from_secs(if says == "did not end" { 1 } else { 20 }));
        let result = deliver(&mut channel, "anna@example.org").await;
        assert_eq!(spoken(&result), outcome, "{script}: {result:?}");
        let said = result.map_or_else(stopped, |outcome| format!("{outcome:?}"));
        assert!(said.contains(says), "{script}: {said}");
    }
}

#[tokio::test]
async fn a_program_that_ends_early_and_content_leaves_the_mail_in_doubt() {
    let mut mail = MAIL.to_vec();
    mail.resize(4 * 1024 * 1024, b'x');
    let program = Program::new("head -c 10 > mail; exit 0");
    let outcome = deliver_bytes(&mut program.channel(), "anna@example.org", &mail, &Door::open()).await;
    assert_eq!(spoken(&outcome), "uncertain", "{outcome:?}");
    let outcome = deliver(&mut Program::new("exit 0").channel(), "anna@example.org").await;
    assert_eq!(spoken(&outcome), "uncertain", "{outcome:?}");
}

#[tokio::test]
async fn a_long_complaint_neither_blocks_the_program_nor_fills_the_record() {
    let program = Program::new("cat > mail; head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 75");
    let outcome = format!("{:?}", deliver(&mut program.channel(), "anna@example.org").await);
    assert!(outcome.contains("Deferred") && outcome.len() < 3000, "{} bytes", outcome.len());
}

#[tokio::test]
async fn a_closed_gate_gives_the_program_nothing_to_take() {
    let program = Program::new("echo begun > begin; cat > mail");
    let outcome = deliver_bytes(&mut program.channel(), "anna@example.org", MAIL, &Door::closed()).await;
    assert_eq!(spoken(&outcome), "withheld");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!((program.read("begin"), program.read("mail")), (None, None), "it is not even started");
}

#[tokio::test]
async fn an_address_that_looks_like_an_option_is_refused() {
    let program = Program::new("cat > mail");
    let mut channel = program.channel();
    for to in ["-Xlog@example.org", "--@example.org", "a@example.org\n-v"] {
        assert_eq!(spoken(&deliver(&mut channel, to).await), "rejected", "{to}");
    }
    let content = Content::Message {
        envelope: Envelope { from: "-oQ/tmp@example.org", to: "a@example.org" },
        message: Message::Whole(MAIL),
    };
    let outgoing = Outgoing {
        slug: "tagung",
        channel: "email",
        name: "4a",
        id: "",
        times: Times::default(),
        corrects: None,
        content,
        next: None,
    };
    assert_eq!(spoken(&channel.deliver(&outgoing, &Door::open()).await), "stop: config");
    assert_eq!(program.read("mail"), None);
}

#[tokio::test]
async fn a_program_that_cannot_be_run_is_a_setting_to_correct_and_no_try() {
    let missing = tempfile::tempdir().expect("a folder");
    let no_program = Program::new("cat > mail");
    let path = no_program.folder.path().join("bin/sendmail");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("can be changed");
    for folder in [missing.path(), no_program.folder.path()] {
        let settings = SendmailSettings { command: PathBuf::from("bin/sendmail") };
        let door = Door::open();
        let error = deliver_bytes(&mut Sendmail::new(&settings, folder), "anna@example.org", MAIL, &door).await;
        assert_eq!((spoken(&error).as_str(), door.asked.get()), ("stop: config", 0));
        assert!(stopped(error.expect_err("cannot be run")).contains("install it"));
    }
    let settings = SendmailSettings { command: PathBuf::from("no-such-mail-program") };
    let error = deliver(&mut Sendmail::new(&settings, missing.path()), "anna@example.org").await;
    assert_eq!(spoken(&error), "stop: config");
}
