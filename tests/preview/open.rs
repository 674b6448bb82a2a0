//! `--open`: one browser, and none is no end.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::browsing::{Preview, command};
use super::project::Project;

/// A project with programs of these names, which are the only ones that the preview finds.
fn with_programs(programs: &[(&str, &str)]) -> Project {
    let project = Project::new();
    project.write("bin/.keep", "");
    for (name, script) in programs {
        project.write(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(project.path(&format!("bin/{name}")), fs::Permissions::from_mode(0o755)).expect("is set");
    }
    project
}

fn opened(project: &Project, arguments: &[&str]) -> Preview {
    let bin = project.path("bin");
    Preview::start_with(project, arguments, |command| {
        command.env("PATH", bin);
    })
}

/// Processes that have ended and that the preview has not taken leave of (proc(5): state Z).
fn zombies_of(parent: u32) -> usize {
    let stats = fs::read_dir("/proc").expect("Linux").flatten();
    let stats = stats.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    let fields = stats.filter_map(|stat| Some(stat.rsplit_once(") ")?.1.to_owned()));
    fields.filter(|rest| rest.starts_with(&format!("Z {parent} "))).count()
}

#[track_caller]
fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_browser_is_started_once_with_the_pages_address() {
    let project = with_programs(&[("xdg-open", "echo \"$@\" >> opened"), ("firefox", "echo twice >> opened")]);
    let preview = opened(&project, &["kurz", "--open"]);
    until("it was opened", || project.path("opened").exists() && !project.read("opened").is_empty());
    sleep(Duration::from_millis(300));
    let url = format!("http://127.0.0.1:{}/{}/\n", preview.port, preview.token);
    assert_eq!(project.read("opened"), url);
    until("nothing dead is left", || zombies_of(preview.pid()) == 0);
}

#[test]
fn without_being_asked_for_no_browser_is_started() {
    let project = with_programs(&[("xdg-open", "echo \"$@\" >> opened")]);
    let preview = opened(&project, &["kurz"]);
    assert_eq!(preview.get("version").status, 200);
    assert!(!project.path("opened").exists());
}

#[test]
fn where_one_cannot_be_started_the_next_is_and_a_browser_outlives_the_preview() {
    let program = "echo $$ > pid; echo \"$@\" >> opened; exec /bin/sleep 120";
    let project = with_programs(&[("xdg-open", "exit 3"), ("firefox", program)]);
    let preview = opened(&project, &["kurz", "--open"]);
    until("it was opened", || project.path("opened").exists());
    assert_eq!(zombies_of(preview.pid()), 0, "the one that failed is gone");
    assert_eq!(preview.end().code(), Some(0));
    let pid = project.read("pid");
    let pid = pid.trim();
    assert!(fs::metadata(format!("/proc/{pid}")).is_ok(), "the browser stays open");
    let killed = std::process::Command::new("sh").args(["-c", &format!("kill -KILL {pid}")]).status();
    assert!(killed.expect("there is a shell").success());
}

#[test]
fn no_browser_at_all_is_a_sentence_and_the_page_is_there() {
    for programs in [&[][..], &[("xdg-open", "exit 3"), ("firefox", "exit 1")]] {
        let project = with_programs(programs);
        let mut command = command(&project, &["kurz", "--open"]);
        command.env("PATH", project.path("bin")).stdout(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let mut said = String::new();
        let mut lines = BufReader::new(child.stderr.take().expect("is piped"));
        while !said.contains("browser") && lines.read_line(&mut said).expect("can be read") > 0 {}
        assert!(said.contains("No browser could be started; open the address yourself."), "{said}");
        assert!(child.try_wait().expect("can be asked").is_none(), "it goes on");
        child.kill().expect("ends");
        child.wait().expect("ended");
    }
}
