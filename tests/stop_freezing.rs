//! `stop` while `run` is still writing down a long list: not one mail leaves.

#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use project::{POST, Project};
use smtp_server::{Script, Server};

/// Writing them down takes this build several seconds.
const MEMBERS: usize = 25_000;
/// As long as somebody with a typing error in a newsletter wants to wait.
const SECONDS: Duration = Duration::from_secs(3);

fn project(server: &Server) -> Project {
    let project = Project::new();
    let smtp = format!(
        "\n[email.smtp]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nper_minute = 0\n",
        server.port()
    );
    project.write("config.toml", project::config().replace("transport = \"outbox\"", "transport = \"smtp\"") + &smtp);
    let row = |number: usize| format!("Vorname{number};Muster;m{number}@example.org\n");
    let list = "Vorname;Nachname;E-Mail\n".to_owned() + &(0..MEMBERS).map(row).collect::<String>();
    project.write("newsletters/lists/members.csv", list);
    let post = POST.replace("link: https://www.example.org/kurz\n", "send_at: 2026-11-23 08:00\nchannels: [email]\n");
    project.write("newsletters/kurz.md", post);
    project
}

/// How many members are written down.
fn written(project: &Project) -> usize {
    let count = project.ask("SELECT address FROM recipient LIMIT 2000");
    count.map_or(0, |found| found.len())
}

#[test]
fn nothing_leaves_when_it_is_stopped_before_the_list_is_written_down() {
    let server = Server::start(Script::new());
    let project = project(&server);
    let mut run = Command::new(env!("CARGO_BIN_EXE_rundbrief"))
        .current_dir(project.path(""))
        .env_clear()
        .env("SOURCE_DATE_EPOCH", "1795420800")
        .env("XDG_CACHE_HOME", project.path("cache"))
        .arg("run")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // Some of the members are written down, not all.
    let began = Instant::now();
    while written(&project) < 2_000 {
        assert!(began.elapsed() < Duration::from_secs(60), "it writes nothing down");
        assert!(run.try_wait().expect("is asked").is_none(), "it has ended already");
        sleep(Duration::from_millis(5));
    }
    assert_eq!(server.connections(), 0, "it is still writing");
    let asked = Instant::now();
    let stop = project.run(&["stop", "kurz"]).code(0);
    let took = asked.elapsed();
    assert!(run.try_wait().expect("is asked").is_none(), "the run had ended before: {}", stop.stdout());
    stop.says("kurz has not been sent; cron will not begin it");
    assert!(took < SECONDS, "stop took {took:?}");

    let ended = run.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    assert_eq!(server.accepted_count(), 0, "{said}");
    project.run(&["run"]).code(0);
    assert_eq!(server.accepted_count(), 0, "cron does not begin it either");
    assert_eq!(said, "", "whoever stopped it knows");
    project.run(&["status"]).code(0).says("Nothing was sent yet.").says("stopped  kurz: Kurz berichtet");
}
