//! `doctor`, as somebody meets it before the first real send.

#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;
#[path = "support/web_server.rs"]
mod web_server;

#[path = "doctor/disk.rs"]
mod disk;
#[path = "doctor/dns.rs"]
mod dns;
#[path = "doctor/networks.rs"]
mod networks;
#[path = "doctor/refusals.rs"]
mod refusals;
#[path = "doctor/unsubscribe.rs"]
mod unsubscribe;

use std::fs;

use project::Project;
use rundbrief::doctor::Check;
use smtp_server::{Certificate, Script, Server};

/// A project whose mails go to this server by TLS and with a password.
fn project_to(server: &Server) -> Project {
    let project = Project::new();
    project.write("config.toml", config(server.port(), "ca_file = \"ca.pem\"\n"));
    let issuer = Some(server.ca_pem().to_owned()).filter(|pem| !pem.is_empty());
    project.write("ca.pem", issuer.unwrap_or_else(|| Certificate::good().ca_pem().to_owned()));
    secret(&project, "smtp.password", "hunter2\n");
    project
}

fn config(port: u16, more: &str) -> String {
    project::config().replace("transport = \"outbox\"", "transport = \"smtp\"")
        + &format!(
            "\n[email.smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"starttls\"\nper_minute = 0\n\
             username = \"newsletter@example.org\"\npassword = \"file:smtp.password\"\n{more}"
        )
}

/// A file that only its owner can read.
fn secret(project: &Project, name: &str, text: &str) {
    project.write(name, text);
    private(project, name, 0o600);
}

fn private(project: &Project, name: &str, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(project.path(name), fs::Permissions::from_mode(mode)).expect("is set");
    }
    #[cfg(not(unix))]
    let _ = (project, name, mode);
}

fn good() -> Script {
    Script::new().password("newsletter@example.org", "hunter2").starttls(Certificate::good())
}

/// What was printed, without the port.
fn plain(text: &str, server: &Server) -> String {
    text.replace(&format!(":{}", server.port()), ":PORT")
}

/// The lines as the golden cases hold them.
fn lines(checks: &[Check]) -> String {
    let line = |check: &Check| {
        let help = check.help.as_ref().map(|help| format!("\n    = help: {help}")).unwrap_or_default();
        let exit = if check.exit as u8 == 0 { String::new() } else { format!(" ({})", check.exit as u8) };
        format!("  {}{exit} {}: {}{help}\n", check.state.word(), check.check, check.message)
    };
    checks.iter().map(line).collect()
}

#[test]
fn a_project_that_is_ready_is_told_so() {
    let server = Server::start(good());
    let project = project_to(&server);
    let ran = project.run(&["doctor"]).code(0);
    insta::assert_snapshot!(plain(&ran.stdout(), &server).replace(&project.record_name(), "rundbrief.db"));
    assert_eq!(
        (server.accepted_count(), server.count("MAIL"), server.count("RSET"), server.count("DATA")),
        (0, 1, 1, 0)
    );
    assert!(!project.has_record() && !project.path("rundbrief.key").exists(), "looking makes nothing");
}

#[test]
fn offline_leaves_the_network_out_and_says_so() {
    let server = Server::start(good());
    let project = project_to(&server);
    let ran = project.run(&["doctor", "--offline"]).code(0);
    insta::assert_snapshot!(plain(&ran.stdout(), &server).replace(&project.record_name(), "rundbrief.db"));
    assert_eq!(server.connections(), 0);
}

#[test]
fn the_answer_as_json_is_one_list_with_the_same_names() {
    let server = Server::start(good());
    let project = project_to(&server);
    let answer = project.run(&["--format", "json", "doctor"]).code(0).json();
    let checks = answer.as_array().expect("a list");
    for check in checks {
        let names: Vec<&str> = check.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(names, ["check", "help", "message", "state"], "{check}");
        let state = check["state"].as_str().expect("a state");
        assert!(["ok", "warning", "error", "not-checked"].contains(&state), "{check}");
    }
    let names: Vec<&str> = checks.iter().filter_map(|check| check["check"].as_str()).collect();
    assert_eq!(
        names,
        [
            "config",
            "secrets",
            "sending-record",
            "site-key",
            "lists",
            "mail-server",
            "encryption",
            "offers",
            "login",
            "sender",
            "unsubscribe",
            "dns"
        ]
    );
}

#[test]
fn without_a_configuration_it_says_what_is_used_and_what_to_do() {
    let project = Project::empty();
    project.write("newsletters/lists/members.example.csv", project::LIST);
    insta::assert_snapshot!(project.run(&["doctor"]).code(0).stdout());
}

#[test]
fn a_configuration_that_cannot_be_read_is_told_as_by_every_command() {
    let project = Project::new();
    project.write("config.toml", project::config().replace("[feed]", "[fede]"));
    project.run(&["doctor"]).code(78).says("unknown key `fede`").says("config.toml:");
}

#[cfg(unix)]
#[test]
fn secrets_are_looked_for_and_must_be_private() {
    let server = Server::start(good());
    let project = project_to(&server);
    let told = || {
        let ran = project.run(&["doctor", "--offline"]);
        let stdout = ran.stdout();
        let said: Vec<&str> = stdout.lines().filter(|line| line.contains("secret") || line.contains("chmod")).collect();
        said.join("\n")
    };
    let mut all = String::new();
    private(&project, "smtp.password", 0o644);
    all += &format!("others can read it\n{}\n\n", told());
    project.write("smtp.password", "\n");
    private(&project, "smtp.password", 0o600);
    all += &format!("it is empty\n{}\n\n", told());
    fs::remove_file(project.path("smtp.password")).expect("is removed");
    all += &format!("it is not there\n{}\n\n", told());
    project.run(&["doctor", "--offline"]).code(78);
    let config = project.read("config.toml").replace("file:smtp.password", "env:SMTP_PASSWORD");
    project.write("config.toml", config);
    all += &format!("a variable that is not set\n{}\n", told());
    insta::assert_snapshot!(all);
}

#[test]
fn the_record_the_key_and_the_name_of_the_record_must_belong_together() {
    let server = Server::start(Script::new());
    let project = Project::new();
    let config = project::config().replace("transport = \"outbox\"", "transport = \"smtp\"")
        + &format!("\n[email.smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n", server.port());
    let named = |id: &str| config.replace("[ledger]", &format!("[ledger]\nid = \"{id}\""));
    let mut all = String::new();
    let mut tell = |what: &str, now: &str, code: i32| {
        let ran = project.run_at(now, &["doctor", "--offline"]).code(code);
        let stdout = ran.stdout().replace(&project.record_name(), "rundbrief.db");
        let of_record = |line: &&str| {
            !["config ", "lists ", "mail-server", "unsubscribe", "dns "].iter().any(|other| line.contains(other))
        };
        let said: Vec<&str> =
            stdout.lines().filter(of_record).filter(|line| !line.contains("members suppress")).collect();
        all += &format!("{what} ({code})\n{}\n\n", said.join("\n").trim_end());
    };
    const NOW: &str = "1795420800";
    project.write("config.toml", named("verband-1"));
    tell("a record is named, and there is none", NOW, 78);
    project.write("config.toml", &config);
    project.run(&["send", "kurz", "--yes", "--channel", "feed"]).code(0);
    tell("after the first send", NOW, 0);
    tell("the clock is a day behind", "1795334400", 0);
    project.write("config.toml", named("verband-1"));
    tell("the record has no name", NOW, 78);
    project.run(&["send", "kurz", "--yes", "--channel", "feed", "--new-ledger"]).code(0);
    tell("it has the name", NOW, 0);
    project.write("config.toml", named("verband-2"));
    tell("it has another name", NOW, 78);
    project.write("config.toml", &config);
    tell("the configuration lacks the name", NOW, 0);
    let key = project.read("rundbrief.key");
    secret(&project, "rundbrief.key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    tell("another key", NOW, 78);
    secret(&project, "rundbrief.key", "nonsense\n");
    tell("a damaged key", NOW, 78);
    fs::remove_file(project.path("rundbrief.key")).expect("is removed");
    tell("the key is gone", NOW, 78);
    secret(&project, "rundbrief.key", &key);
    if !project.is_on_a_server() {
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(project.path(&format!("rundbrief.db{end}")));
        }
        project.write("rundbrief.db", "this is no database, whatever its name says, and long enough to look like one");
    } else {
        project.sql("ALTER TABLE release RENAME TO gone");
    }
    if project.is_on_a_server() {
        project.run(&["doctor", "--offline"]).code(74).says("relation \"release\" does not exist").says("?schema=NAME");
        all += include_str!("doctor/damaged.txt");
    } else {
        tell("the record is damaged", NOW, 74);
    }
    insta::assert_snapshot!(all);
}

/// Another process that holds the record for long, as a backup program may.
#[test]
fn a_record_that_is_in_use_keeps_nobody_waiting() {
    let project = Project::new();
    project.run(&["send", "kurz"]).code(0);
    let began = std::time::Instant::now();
    let ran = project.while_locked(|| project.run(&["doctor", "--offline"])).code(0);
    ran.says(&format!("{} is being written to by another process", project.record_name()));
    assert!(began.elapsed() < std::time::Duration::from_secs(12), "{:?}", began.elapsed());
}

#[test]
fn the_sender_that_is_asked_for_is_the_one_that_mails_come_from() {
    let server = Server::start(good());
    let project = project_to(&server);
    let config = project.read("config.toml").replace("[outbox]", "bounce_address = \"bounce@example.org\"\n\n[outbox]");
    project.write("config.toml", config);
    project.run(&["doctor"]).code(0).says("takes bounce+test@example.org as the sender");
    let lines: Vec<String> = server.lines().into_iter().map(|(_, line)| line).collect();
    let asked = lines.iter().position(|line| line == "MAIL FROM:<bounce+test@example.org>").expect("was asked");
    assert_eq!(&lines[asked + 1..], ["RCPT TO:<newsletter@example.org>", "RSET", "QUIT"]);
}

#[test]
fn lists_are_counted_and_what_is_wrong_with_one_is_the_exit_code() {
    let project = Project::new();
    let list = |text: &str, code: i32| {
        project.write("newsletters/lists/members.csv", text);
        let stdout = project.run(&["doctor", "--offline"]).code(code).stdout();
        let from =
            stdout.lines().skip_while(|line| !line.contains("  lists  ")).take_while(|line| !line.contains("outbox"));
        from.collect::<Vec<_>>().join("\n") + "\n\n"
    };
    let mut all = list(project::LIST, 0);
    all += &list("Name;E-Mail\nAnna;anna@example.org\nBen;ben@\n", 0);
    all += &list("Name;E-Mail\n", 0);
    all += &list("Name;Ort\nAnna;Berlin\n", 65);
    fs::remove_file(project.path("newsletters/lists/members.csv")).expect("is removed");
    let stdout = project.run(&["doctor", "--offline"]).code(66).stdout();
    all += stdout.lines().find(|line| line.contains("  lists  ")).expect("a line");
    insta::assert_snapshot!(all);
}

#[cfg(unix)]
#[test]
fn a_mail_program_must_be_there_and_be_a_program() {
    let project = Project::new();
    let sendmail = |command: &str| {
        let config = project::config().replace("transport = \"outbox\"", "transport = \"sendmail\"");
        // As in a trial, the example's addresses are errors of their own here.
        let command = project.path(command);
        let config = config + &format!("\n[email.sendmail]\ncommand = \"{}\"\n", command.display());
        project.write("config.toml", config);
        let stdout = project.run(&["doctor", "--offline"]).code(78).stdout();
        stdout.lines().find(|line| line.contains("mail-program")).unwrap_or_else(|| panic!("{stdout}")).to_owned()
    };
    project.write("bin/takes", "#!/bin/sh\n");
    assert!(sendmail("bin/takes").contains("bin/takes cannot be run"));
    private(&project, "bin/takes", 0o755);
    assert!(sendmail("bin/takes").starts_with("ok "), "{}", sendmail("bin/takes"));
    assert!(sendmail("bin").contains("cannot be run"), "a folder is no program");
    let missing = sendmail("bin/none");
    assert!(
        missing.starts_with("error ") && missing.contains("there is no ") && missing.ends_with("bin/none"),
        "{missing}"
    );
}
