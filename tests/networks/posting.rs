//! A project whose mails go to one server of the test and whose network is another one, and what is seen there.

use std::time::{Duration, Instant};

use super::project::{self, Project};
use super::sending::{POST, Sent, config, list, members, rundbrief, send, start, until, wait};
use super::smtp_server::{Script, Server};
use super::web_server::{Asked, Page, WebServer};

/// The token or password of every network of the tests.
pub const SECRET: &str = "geheim-4711";
const PICTURE: &str =
    "image: { src: saal.jpg, alt: \"Der Saal, voll\", credit: \"Foto: Verband\" }\nchannels: [email, net]\ntags:";

/// A network that is not there any more.
pub fn nobody() -> String {
    "http://127.0.0.1:1".to_owned()
}

/// A post with a picture and a link, to three members and to the channel `net`, whose section goes on as given.
pub fn project(mail: &Server, channel: &str) -> Project {
    let project = Project::new();
    project.write("config.toml", config(mail.port()) + "\n[channels.net]\nallow_private = true\n" + channel);
    project.write("net.secret", SECRET);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(project.path("net.secret"), private).expect("is set");
    }
    project.write(POST, project::POST.replace("tags:", PICTURE));
    project.write("newsletters/saal.jpg", std::fs::read("newsletters/herbsttagung.jpg").expect("is there"));
    project.write("newsletters/lists/members.csv", list(&members(3)));
    project
}

/// A network of the test: each request is answered by its method and path.
pub fn network(answer: impl Fn(&Asked) -> Page + Send + Sync + 'static) -> WebServer {
    WebServer::start(answer)
}

/// The requests whose path holds this, without the others.
pub fn at(web: &WebServer, part: &str) -> Vec<Asked> {
    web.asked().into_iter().filter(|asked| asked.path.contains(part) && asked.method != "GET").collect()
}

/// A request as the golden cases hold it: what differs from run to run is replaced.
pub fn shown(asked: &Asked, replaced: &[(&str, &str)]) -> String {
    let named = ["authorization", "content-type", "idempotency-key"];
    let headers = asked.headers.iter().filter(|(name, _)| named.contains(&name.as_str()));
    let headers: String = headers.map(|(name, value)| format!("{name}: {value}\n")).collect();
    let body = match serde_json::from_str::<serde_json::Value>(&asked.body) {
        Ok(value) => format!("{value:#}"),
        // Of a picture, what stands before its bytes.
        Err(_) => asked.body.split('\u{fffd}').next().unwrap_or_default().replace('\r', ""),
    };
    let text = format!("{} {}\n{headers}\n{body}\n", asked.method, asked.path);
    replaced.iter().fold(text, |text, (found, name)| text.replace(found, name))
}

/// What was said, without the times of this run.
pub fn without_times(said: &str) -> String {
    let is_time = |word: &str| word.len() == 5 && word.as_bytes()[2] == b':' && word[..2].parse::<u8>().is_ok();
    let mut text = String::new();
    for line in said.lines() {
        // `sent 25 November 2026, 16:33`
        let line = line.find(" · sent ").map_or(line, |at| &line[..at + " · sent".len()]);
        let words: Vec<&str> = line.split(' ').map(|word| if is_time(word) { "‹time›" } else { word }).collect();
        text += &(words.join(" ") + "\n");
    }
    text
}

/// How the publishing request ends, and what becomes of it: the exit code of the send, and the state of the delivery.
pub struct Ending {
    pub what: &'static str,
    pub page: Page,
    pub code: i32,
    pub state: &'static str,
}

pub fn endings() -> Vec<Ending> {
    let error = |status: u16| Page::json(status, &serde_json::json!({ "error": "not so" }));
    let ending = |what, page, code, state| Ending { what, page, code, state };
    vec![
        ending("401", error(401), 77, "deferred"),
        ending("404", error(404), 78, "deferred"),
        ending("410", error(410), 78, "deferred"),
        ending("422", error(422), 69, "failed"),
        ending("429", error(429).header("Retry-After", "120"), 75, "deferred"),
        ending("500", error(500), 75, "deferred"),
        ending("a web page", Page::text("<!doctype html><title>Willkommen</title>"), 78, "deferred"),
        ending("no answer", Page::cut(), 75, "deferred"),
        ending("too late", Page::status(200).late(Duration::from_secs(17)), 75, "deferred"),
    ]
}

/// Sends against a network that ends so, looks at what is said and kept, and sends again to one that works: nothing is
/// posted twice, the mails are out, the secret is nowhere. `good` answers all requests but the publishing one, whose
/// path holds `publish`; `section` is the channel's with the network's address.
pub fn each_ending(publish: &'static str, section: fn(&str) -> String, good: fn(&Asked) -> Page) -> String {
    let mut table = String::new();
    for ending in endings() {
        let mail = Server::start(Script::new());
        let page = ending.page.clone();
        let broken = network(move |asked| match asked.path.contains(publish) && asked.method != "GET" {
            true => page.clone(),
            false => good(asked),
        });
        let project = project(&mail, &section(&broken.url("")));
        let sent = send(&project);
        assert_eq!(sent.status.code(), Some(ending.code), "{}: {}", ending.what, sent.said);
        assert_eq!((mail.accepted_count(), at(&broken, publish).len()), (3, 1), "{}", ending.what);
        let status = super::sending::status(&project);
        assert_eq!(status["channels"]["net"][ending.state], 1, "{}: {status}", ending.what);
        keeps_the_secret(&project, &sent, ending.what);
        table += &format!("{}: exit {}, {}\n{}\n", ending.what, ending.code, ending.state, reason(&sent));
        // An answer that asks for patience gets it; all others may be asked again at once.
        let working = network(good);
        project.write("config.toml", project.read("config.toml").replace(&broken.url(""), &working.url("")));
        let again = send(&project);
        let (code, posts) = match ending.what {
            "422" => (0, 0),
            "429" => (75, 0),
            _ => (0, 1),
        };
        assert_eq!(again.status.code(), Some(code), "{}: {}", ending.what, again.said);
        assert_eq!((mail.accepted_count(), at(&working, publish).len()), (3, posts), "{}", ending.what);
    }
    table
}

/// The lines that say what was wrong.
fn reason(sent: &Sent) -> String {
    let end = sent.said.lines().skip_while(|line| !line.contains("accepted by"));
    // The times of this run aside.
    let line = |line: &str| match (line.find(" from "), line.find(" on")) {
        (Some(from), Some(_)) => line[..from].to_owned(),
        _ => line.trim().to_owned(),
    };
    end.map(line)
        .filter(|line| !line.is_empty() && !line.contains(" a minute"))
        .map(|line| format!("    {line}\n"))
        .collect()
}

#[track_caller]
fn keeps_the_secret(project: &Project, sent: &Sent, what: &str) {
    assert!(!sent.said.contains(SECRET), "{what}: {}", sent.said);
    for file in project.files("").iter().filter(|file| *file != "net.secret") {
        let bytes = std::fs::read(project.path(file)).expect("is read");
        let found = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!found, "{what}: the secret is in {file}");
    }
}

/// The most that a program may say shows no secret.
#[track_caller]
pub fn talks_and_keeps_the_secret(project: &Project) {
    let said = rundbrief(project, &["-vv", "send", POST, "--yes", "--offline"]).env("RUST_LOG", "trace").output();
    let said = Sent::of(said.expect("it runs")).code(0);
    keeps_the_secret(project, &said, "-vv");
}

/// Nobody answers at all: nothing was posted.
pub fn unreachable(section: fn(&str) -> String, good: fn(&Asked) -> Page, publish: &str) {
    let mail = Server::start(Script::new());
    let project = project(&mail, &section(&nobody()));
    send(&project).code(75);
    assert_eq!(mail.accepted_count(), 3, "the mails are out");
    let working = network(good);
    project.write("config.toml", project.read("config.toml").replace(&nobody(), &working.url("")));
    send(&project).code(0);
    assert_eq!((mail.accepted_count(), at(&working, publish).len()), (3, 1));
}

/// Kills a send between the request that publishes and its answer, and sends again. Goes out: the publishing requests.
pub fn killed(publish: &'static str, section: fn(&str) -> String, good: fn(&Asked) -> Page) -> Vec<Asked> {
    let mail = Server::start(Script::new());
    let began = Instant::now();
    // The first answer never comes.
    let web = network(move |asked| match asked.path.contains(publish) && began.elapsed() < Duration::from_secs(4) {
        true => good(asked).late(Duration::from_secs(10)),
        false => good(asked),
    });
    let project = project(&mail, &section(&web.url("")));
    // What becomes of mails is looked at elsewhere.
    project.write(POST, project.read(POST).replace("[email, net]", "[net]"));
    let mut child = start(&project);
    until("the post is on its way", || !at(&web, publish).is_empty());
    child.kill().expect("is killed");
    wait(child);
    std::thread::sleep(Duration::from_secs(4).saturating_sub(began.elapsed()));
    send(&project).code(0);
    let status = super::sending::status(&project);
    assert_eq!(status["channels"]["net"]["sent"], 1, "{status}");
    at(&web, publish)
}

/// Makes the release older, as if nothing had gone out for so long.
pub fn age(project: &Project, hours: i64) {
    let statement = format!("UPDATE release SET created_at = created_at - {}", hours * 3_600_000);
    assert_eq!(project.sql(&statement), 1);
}
