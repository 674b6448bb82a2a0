//! Mastodon: the requests, each answer, and that a status is posted once.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::posting::{
    SECRET, age, at, each_ending, killed, network, project, shown, talks_and_keeps_the_secret, unreachable,
};
use super::sending::{POST, Sent, rundbrief, send};
use super::smtp_server::{Script, Server};
use super::status;
use super::web_server::{Asked, Page};

const PUBLISH: &str = "/api/v1/statuses";

fn section(url: &str) -> String {
    format!("kind = \"mastodon\"\nurl = \"{url}\"\ntoken = \"file:net.secret\"\nvisibility = \"unlisted\"\n")
}

fn instance(characters: u64) -> Page {
    Page::json(
        200,
        &json!({ "configuration": {
            "statuses": { "max_characters": characters, "characters_reserved_per_url": 23 },
            "media_attachments": { "image_size_limit": 16_777_216 },
        } }),
    )
}

/// An instance that works.
fn good(asked: &Asked) -> Page {
    match asked.path.split('?').next().unwrap_or_default() {
        "/api/v2/media" => Page::json(200, &json!({ "id": "22" })),
        "/api/v1/statuses" => Page::json(200, &json!({ "id": "7", "url": "https://social.example/@verband/7" })),
        "/api/v1/accounts/verify_credentials" => Page::json(200, &json!({ "id": "1", "acct": "verband" })),
        "/api/v2/instance" => instance(500),
        "/api/v1/accounts/1/statuses" => Page::json(200, &json!([])),
        _ => Page::status(404),
    }
}

#[test]
fn a_picture_and_a_status_are_posted_and_the_place_is_noted() {
    let (mail, web) = (Server::start(Script::new()), network(good));
    let project = project(&mail, &section(&web.url("")));
    send(&project).code(0);
    let asked = web.asked();
    let key = asked[1].header("idempotency-key").to_owned();
    assert!(key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
    let all: String = asked.iter().map(|asked| shown(asked, &[(key.as_str(), "‹id›")])).collect();
    insta::assert_snapshot!("mastodon_requests", all);
    insta::assert_snapshot!("mastodon_status", status(&project, 0));
    let report = Sent::of(rundbrief(&project, &["report", POST, "--out", "r.md"]).output().expect("it runs")).code(0);
    assert!(project.read("r.md").contains("https://social.example/@verband/7"), "{}", report.said);
    talks_and_keeps_the_secret(&project);
    assert_eq!(at(&web, PUBLISH).len(), 1, "nothing twice");
}

#[test]
fn every_ending_has_its_state() {
    insta::assert_snapshot!("mastodon_endings", each_ending(PUBLISH, section, good));
}

#[test]
fn an_instance_that_is_not_there_is_tried_again() {
    unreachable(section, good, PUBLISH);
}

#[test]
fn a_send_that_is_killed_posts_again_under_the_same_key() {
    let posted = killed(PUBLISH, section, good);
    assert_eq!(posted.len(), 2);
    assert_eq!(posted[0].header("idempotency-key"), posted[1].header("idempotency-key"));
    assert_eq!(posted[0].body, posted[1].body);
}

#[test]
fn a_repetition_that_comes_late_looks_for_the_status_first() {
    for (content, posts, code) in [
        ("<p>Vorstand: <a href=\"LINK\">…</a></p>", 0, 0),
        ("<p>Etwas anderes <a href=\"https://www.example.org/anderes\">…</a></p>", 1, 0),
    ] {
        let mail = Server::start(Script::new());
        let broken = network(|asked| if asked.path == PUBLISH { Page::cut() } else { good(asked) });
        let project = project(&mail, &section(&broken.url("")));
        send(&project).code(75);
        age(&project, 3);
        let link = "https://www.example.org/kurz?utm_source=net&amp;utm_medium=social&amp;utm_campaign=kurz";
        let now = jiff::Timestamp::now();
        let old = now - jiff::SignedDuration::from_hours(30);
        let page = json!([
            { "id": "9", "created_at": now.to_string(), "content": "<p>Guten Morgen</p>" },
            { "id": "8", "created_at": now.to_string(), "content": content.replace("LINK", link),
              "url": "https://social.example/@verband/8" },
            { "id": "3", "created_at": old.to_string(), "content": format!("<p><a href=\"{link}\">früher</a></p>"),
              "url": "https://social.example/@verband/3" },
        ]);
        let web = network(move |asked| match asked.path.as_str() {
            path if path.starts_with("/api/v1/accounts/1/statuses") && path.contains("max_id") => Page::text("[]"),
            path if path.starts_with("/api/v1/accounts/1/statuses") => Page::json(200, &page),
            _ => good(asked),
        });
        project.write("config.toml", project.read("config.toml").replace(&broken.url(""), &web.url("")));
        send(&project).code(code);
        assert_eq!(at(&web, PUBLISH).len(), posts, "{content}");
        let place = if posts == 0 { "/@verband/8" } else { "/@verband/7" };
        let report = rundbrief(&project, &["report", POST, "--out", "r.md"]).output().expect("it runs");
        Sent::of(report).code(0);
        assert!(project.read("r.md").contains(place), "{}", project.read("r.md"));
    }
}

#[test]
fn an_instance_that_does_not_say_what_was_posted_is_not_posted_to_again() {
    let mail = Server::start(Script::new());
    let broken = network(|asked| if asked.path == PUBLISH { Page::cut() } else { good(asked) });
    let project = project(&mail, &section(&broken.url("")));
    send(&project).code(75);
    age(&project, 3);
    let silent = network(|asked| match asked.path.starts_with("/api/v1/accounts/1/statuses") {
        true => Page::status(503),
        false => good(asked),
    });
    project.write("config.toml", project.read("config.toml").replace(&broken.url(""), &silent.url("")));
    send(&project).code(75);
    assert_eq!(at(&silent, PUBLISH).len(), 0);
}

#[test]
fn a_picture_that_takes_time_is_waited_for() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let mail = Server::start(Script::new());
    let web = network(|asked| match asked.path.as_str() {
        "/api/v2/media" => Page::json(202, &json!({ "id": "22" })),
        "/api/v1/media/22" if ASKED.fetch_add(1, Ordering::SeqCst) == 0 => Page::json(206, &json!({ "id": "22" })),
        "/api/v1/media/22" => Page::json(200, &json!({ "id": "22" })),
        _ => good(asked),
    });
    let project = project(&mail, &section(&web.url("")));
    send(&project).code(0);
    assert_eq!(ASKED.load(Ordering::SeqCst), 2);
    assert!(at(&web, PUBLISH)[0].body.contains("\"media_ids\":[\"22\"]"), "{}", at(&web, PUBLISH)[0].body);
}

#[test]
fn a_picture_that_the_instance_refuses_is_left_out_and_that_is_said() {
    let mail = Server::start(Script::new());
    let web = network(|asked| match asked.path.as_str() {
        "/api/v2/media" => Page::json(422, &json!({ "error": "File is too large" })),
        _ => good(asked),
    });
    let project = project(&mail, &section(&web.url("")));
    send(&project).code(0);
    assert!(!at(&web, PUBLISH)[0].body.contains("media_ids"));
    Sent::of(rundbrief(&project, &["report", POST, "--out", "r.md"]).output().expect("it runs")).code(0);
    let report = project.read("r.md");
    assert!(report.contains("without the picture: Mastodon answered 422"), "{report}");
}

/// A send as a person makes it, which looks before it posts. The post's link leads to the test's own server.
fn send_online(project: &super::Project, web: &super::WebServer) -> Sent {
    project.write(POST, project.read(POST).replace("https://www.example.org/kurz", &web.url("/kurz")));
    Sent::of(rundbrief(project, &["send", POST, "--yes"]).output().expect("it runs"))
}

/// What an instance answers in another way than a good one.
type Differs = fn(&Asked) -> Option<Page>;

#[test]
fn what_the_instance_would_refuse_is_refused_before_anything_leaves() {
    let cases: [(&str, Differs, i32); 4] = [
        ("a token that expired", |asked| asked.path.starts_with("/api/v1/accounts").then(expired), 77),
        ("a text over its limit", |asked| (asked.path == "/api/v2/instance").then(|| instance(60)), 65),
        ("a website", |asked| asked.path.starts_with("/api").then(|| Page::text("<html>Hallo")), 78),
        ("a website without such pages", |asked| asked.path.starts_with("/api").then(|| Page::status(404)), 78),
    ];
    let mut all = String::new();
    for (what, differs, code) in cases {
        let mail = Server::start(Script::new());
        let web = network(move |asked| match asked.path.as_str() {
            "/kurz" => Page::text("da"),
            _ => differs(asked).unwrap_or_else(|| good(asked)),
        });
        let project = project(&mail, &section(&web.url("")));
        let sent = send_online(&project, &web).code(code);
        let error = sent.said[sent.said.find("error").expect("an error")..].to_owned();
        all += &format!("{what} ({code})\n{}\n\n", error.trim_end());
        assert_eq!((mail.accepted_count(), at(&web, "").iter().filter(|asked| asked.method != "HEAD").count()), (0, 0));
        assert!(!sent.said.contains(SECRET));
    }
    insta::assert_snapshot!("mastodon_refused_before", all);
}

fn expired() -> Page {
    Page::json(401, &json!({ "error": "The access token was revoked" }))
}

#[test]
fn an_instance_that_says_nothing_holds_nobody_up() {
    let mail = Server::start(Script::new());
    let web = network(|asked| if asked.path == "/kurz" { Page::text("da") } else { Page::status(503) });
    let project = project(&mail, &section(&web.url("")));
    send_online(&project, &web).code(75).says("net does not say now what it takes (Mastodon answered 503)");
    assert_eq!(mail.accepted_count(), 3);
}

#[test]
fn texts_are_made_to_fit_the_instance() {
    let mail = Server::start(Script::new());
    let web = network(|asked| match asked.path.as_str() {
        "/kurz" => Page::text("da"),
        "/api/v2/instance" => instance(100),
        _ => good(asked),
    });
    let project = project(&mail, &(section(&web.url("")) + "characters = 100\n"));
    send_online(&project, &web).code(0);
    let body: serde_json::Value = serde_json::from_str(&at(&web, PUBLISH)[0].body).expect("JSON");
    let text = body["status"].as_str().expect("a text");
    let length = rundbrief::render::teaser::length::length(text, rundbrief::config::NetworkKind::Mastodon);
    assert!(length <= 100, "{length}: {text}");
}

#[test]
fn nobody_is_named_by_accident() {
    for (teaser, named) in [
        ("teaser: \"Dank an @verband@social.example\"", false),
        ("teaser: { net: \"Dank an @verband@social.example\" }", true),
    ] {
        let (mail, web) = (Server::start(Script::new()), network(good));
        let project = project(&mail, &section(&web.url("")));
        project.write("config.toml", project.read("config.toml") + "\n[channels.x]\nkind = \"x\"\n");
        let post = project.read(POST).replace("tags:", &format!("{teaser}\ntags:"));
        project.write(POST, post.replace("channels: [email, net]", "channels: [email, net, x]"));
        send(&project).code(0);
        let body: serde_json::Value = serde_json::from_str(&at(&web, PUBLISH)[0].body).expect("JSON");
        let text = body["status"].as_str().expect("a text");
        assert_eq!(text.contains("@verband@social.example"), named, "{text:?}");
    }
}

#[test]
fn a_token_that_may_too_little_is_told_what_it_needs() {
    let mail = Server::start(Script::new());
    let narrow = Page::json(403, &json!({ "error": "This action is outside the authorized scopes" }));
    let web = network(move |asked| if asked.path == "/api/v2/media" { narrow.clone() } else { good(asked) });
    let project = project(&mail, &section(&web.url("")));
    send(&project).code(77).says("outside the authorized scopes").says("write:media");
    assert_eq!((mail.accepted_count(), at(&web, PUBLISH).len()), (3, 0));
}
