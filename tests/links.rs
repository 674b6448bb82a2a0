//! Before a real send: what the mail leads readers to must be there.

#[path = "support/mailing.rs"]
mod mailing;
#[path = "support/project.rs"]
#[allow(dead_code, reason = "each test binary uses a part of it")]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;
#[path = "support/web_server.rs"]
mod web_server;

use std::fmt::Write;
use std::time::Duration;

use project::{LIST, POST, Project, Ran};
use smtp_server::{Script, Server};
use web_server::{Page, WebServer};

const NOW: &str = "1795420800";

/// A project that sends to the server, with a post whose article is at `link`.
fn project(server: &Server, link: &str) -> Project {
    let project = mailing::project(server);
    project.write("config.toml", mailing::config(server).replace("where = { Newsletter = \"ja\" }\n", ""));
    project.write("newsletters/lists/members.csv", LIST);
    project.write("newsletters/kurz.md", POST.replace("https://www.example.org/kurz", link));
    project
}

fn send(project: &Project, more: &[&str]) -> Ran {
    project.run_as_it_is(NOW, &[&["send", "kurz", "--yes"], more].concat())
}

/// What was said, without the remark about the test's clock.
fn said(ran: &Ran) -> String {
    let lines = ran.stderr();
    let lines: Vec<&str> = lines.lines().filter(|line| !line.starts_with("SOURCE_DATE_EPOCH")).collect();
    lines.join("\n").trim_end().to_owned()
}

/// A web server where `/kurz` is answered so, and `/da` is there.
fn website(answer: Page) -> WebServer {
    WebServer::start(move |asked| if asked.path == "/da" { Page::text("da") } else { answer.clone() })
}

#[test]
fn every_answer_of_the_articles_website_is_told_apart() {
    let mut all = String::new();
    for (name, answer, code) in [
        ("it is there", Page::text("da"), 0),
        ("it has moved", Page::to("/da"), 0),
        ("it moves for ever", Page::to("/kurz"), 65),
        ("it leads to something else", Page::to("file:///etc/passwd"), 65),
        ("it is not there", Page::status(404), 65),
        ("it is gone", Page::status(410), 65),
        ("it wants a login", Page::status(401), 0),
        ("it keeps programs out", Page::status(403), 0),
        ("it was asked too often", Page::status(429), 0),
        ("something odd", Page::status(418), 0),
        ("it fails", Page::status(500), 65),
        ("it is being repaired", Page::status(503), 65),
    ] {
        let server = Server::start(Script::new());
        let website = website(answer);
        let project = project(&server, &website.url("/kurz"));
        let ran = send(&project, &[]).code(code);
        let said = said(&ran).replace(&website.port().to_string(), "PORT");
        writeln!(all, "{name} ({code})\n{said}\n").expect("is kept");
        assert_eq!(server.accepted_count(), if code == 0 { 2 } else { 0 }, "{name}");
        assert_eq!(project.has_record(), code == 0, "{name}: a refused send leaves nothing behind");
    }
    let server = Server::start(Script::new());
    let project = project(&server, "http://127.0.0.1:1/kurz");
    writeln!(all, "nobody is there (65)\n{}", said(&send(&project, &[]).code(65))).expect("is kept");
    insta::assert_snapshot!(all);
}

#[test]
fn a_server_that_does_not_know_head_is_asked_like_a_reader() {
    let server = Server::start(Script::new());
    for status in [403, 404, 405, 501] {
        let website =
            WebServer::start(move |asked| if asked.method == "HEAD" { Page::status(status) } else { Page::text("da") });
        let project = project(&server, &website.url("/kurz"));
        assert_eq!(said(&send(&project, &[]).code(0)), "", "{status}");
        let methods: Vec<String> = website.asked().into_iter().map(|asked| asked.method).collect();
        assert_eq!(methods, ["HEAD", "GET"]);
    }
}

#[test]
fn offline_trials_tests_and_a_send_that_goes_on_ask_nobody() {
    let server = Server::start(Script::new());
    let website = website(Page::status(404));
    let project = project(&server, &website.url("/kurz"));
    project.run_as_it_is(NOW, &["send", "kurz", "--dry-run"]).code(0);
    project.run_as_it_is(NOW, &["send", "kurz", "--test", "ich@example.com"]).code(0);
    send(&project, &["--offline"]).code(0);
    project.write("newsletters/lists/members.csv", LIST.to_owned() + "Frau;Cora;Neu;cora@example.org\n");
    send(&project, &[]).code(0).says("1 accepted");
    assert_eq!((website.asked().len(), server.accepted_count()), (0, 4));
    project.write("config.toml", project::config());
    project.write("newsletters/lang.md", project.read("newsletters/kurz.md"));
    project.run_as_it_is(NOW, &["send", "lang", "--force"]).code(0);
    assert_eq!(website.asked().len(), 0, "the outbox reaches nobody");
}

#[test]
fn hosted_pictures_must_be_there_before_the_mails_that_show_them() {
    let server = Server::start(Script::new());
    let website = WebServer::start(|asked| match asked.path.as_str() {
        path if path.starts_with("/bilder/") => Page::status(404),
        _ => Page::text("da"),
    });
    let project = project(&server, &website.url("/kurz"));
    let linked = format!("images = \"link\"\nimages_url = \"{}\"", website.url("/bilder"));
    project.write("config.toml", project.read("config.toml").replace("images = \"embed\"", &linked));
    let photo = concat!(env!("CARGO_MANIFEST_DIR"), "/newsletters/herbsttagung.jpg");
    project.write("newsletters/foto.jpg", std::fs::read(photo).expect("the sample's picture"));
    project.write("newsletters/kurz.md", project.read("newsletters/kurz.md") + "\n![Der Saal](foto.jpg)\n");
    let ran = send(&project, &[]).code(65).says("there is nothing at http://127.0.0.1").says("upload public/images/");
    let waits = project.files("public/images");
    assert!(waits.len() == 1 && ran.stderr().contains(&format!("public/images/{}", waits[0])), "{waits:?}");
    assert_eq!(server.accepted_count(), 0);
    send(&project, &["--channel", "feed"]).code(0);
    assert_eq!(website.asked().iter().filter(|asked| asked.path.starts_with("/bilder/")).count(), 2, "HEAD and GET");
}

#[test]
fn every_post_of_a_digest_must_be_there() {
    let server = Server::start(Script::new());
    let website = website(Page::status(404));
    let project = project(&server, &website.url("/kurz"));
    project.write("newsletters/alles.md", "---\ntitle: Alles\nlang: de\nposts: [kurz, lang]\n---\nZwei Berichte.\n");
    project.write("newsletters/lang.md", POST.replace("https://www.example.org/kurz", &website.url("/da")));
    let ran = project.run_as_it_is(NOW, &["send", "alles", "--yes"]).code(65).says("newsletters/kurz.md:5:1");
    assert!(!ran.stderr().contains("lang.md"), "{}", ran.stderr());
}

#[test]
fn a_link_into_the_house_is_an_error_unless_the_mail_server_is_in_it_too() {
    let server = Server::start(Script::new());
    let website = website(Page::text("da"));
    let project = project(&server, &website.url("/kurz"));
    let config = project.read("config.toml").replace("example.org", "verband-beispiel.de");
    let config = config.replace("Musterstraße 1", "Hauptstraße 7");
    project.write(
        "config.toml",
        config
            .replace("host = \"127.0.0.1\"", "host = \"mail.verband-beispiel.de\"")
            .replace("security = \"none\"", "security = \"tls\""),
    );
    send(&project, &[]).code(65).says("readers cannot open this link");
    let ran = send(&project, &["--force"]).code(65).says("leads into a private network (127.0.0.1)");
    assert_eq!((website.asked().len(), server.connections()), (0, 0), "{}", ran.stderr());
}

#[test]
fn a_website_that_says_nothing_keeps_nobody_waiting_for_long() {
    let server = Server::start(Script::new());
    let website = website(Page::text("da").late(Duration::from_secs(60)));
    let project = project(&server, &website.url("/kurz"));
    let began = std::time::Instant::now();
    send(&project, &[]).code(65).says("it took too long").says("--offline");
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
}
