//! The line that `doctor` has for each network.

use std::path::Path;

use serde_json::{Value, json};

use super::{lines, secret};
use crate::project::{self, Project};
use crate::web_server::{Page, WebServer};

/// The end of a path, and what is answered there.
type Answer = (&'static str, u16, fn() -> Value);

/// Networks of every kind that can be asked, with an answer for each path.
fn answering(pages: &'static [Answer]) -> WebServer {
    WebServer::start(|asked| {
        let found = pages.iter().find(|(path, ..)| asked.path.ends_with(path));
        found.map_or(Page::status(404), |(_, status, body)| Page::json(*status, &body()))
    })
}

fn channels(url: &str) -> String {
    format!(
        "\n[channels.fediverse]\nkind = \"mastodon\"\nurl = \"{url}\"\ntoken = \"env:TOKEN\"\nallow_private = true\n\
         \n[channels.himmel]\nkind = \"bluesky\"\nurl = \"{url}\"\nhandle = \"verband.example.org\"\n\
         password = \"env:TOKEN\"\nallow_private = true\n\
         \n[channels.raum]\nkind = \"matrix\"\nurl = \"{url}\"\nroom = \"!r:example.org\"\ntoken = \"env:TOKEN\"\n\
         allow_private = true\n\
         \n[channels.team]\nkind = \"slack\"\nurl = \"env:TOKEN\"\n"
    )
}

async fn told(channels: &str, online: bool) -> String {
    let config = project::config() + channels;
    let config = rundbrief::config::Config::parse(Path::new("config.toml"), &config).expect("is valid");
    let env = |name: &str| (name == "TOKEN").then(|| "hunter2".to_owned());
    let told = lines(&rundbrief::doctor::networks::checks(&config, env, online).await);
    assert!(!told.contains("hunter2"), "{told}");
    told
}

fn account() -> Value {
    json!({ "id": "1", "acct": "verband" })
}

fn session() -> Value {
    json!({ "did": "did:plc:abc", "handle": "verband.example.org", "accessJwt": "jwt" })
}

fn instance(characters: u32) -> Value {
    json!({ "configuration": { "statuses": { "max_characters": characters, "characters_reserved_per_url": 23 } } })
}

fn joined() -> Value {
    json!({ "joined_rooms": ["!r:example.org"] })
}

fn who() -> Value {
    json!({ "user_id": "@verband:example.org" })
}

fn refused() -> Value {
    json!({ "error": "InvalidToken", "message": "not this one" })
}

#[tokio::test]
async fn each_network_says_whose_login_it_is_and_what_it_takes() {
    let mut all = String::new();
    let good = answering(&[
        ("/verify_credentials", 200, account),
        ("/api/v2/instance", 200, || instance(500)),
        ("createSession", 200, session),
        ("/whoami", 200, who),
        ("/joined_rooms", 200, joined),
    ]);
    all += &format!("all is well\n{}\n", told(&channels(&good.url("")), true).await);
    all += &format!("offline\n{}\n", told(&channels(&good.url("")), false).await);
    let asked = good.asked();
    assert!(asked.iter().all(|asked| asked.method == "GET" || asked.path.ends_with("createSession")), "{asked:?}");
    let refusing =
        answering(&[("/verify_credentials", 401, refused), ("createSession", 401, refused), ("/whoami", 401, refused)]);
    all += &format!("nobody is let in\n{}\n", told(&channels(&refusing.url("")), true).await);
    let busy = WebServer::always(Page::status(503));
    all += &format!("they are down\n{}\n", told(&channels(&busy.url("")), true).await);
    let website = WebServer::always(Page::text("<!doctype html><title>Willkommen</title>"));
    all += &format!("a website\n{}\n", told(&channels(&website.url("")), true).await);
    let outside = answering(&[("/whoami", 200, who), ("/joined_rooms", 200, || json!({ "joined_rooms": [] }))]);
    let room: String = channels(&outside.url(""))
        .split("\n[channels.")
        .filter(|section| section.starts_with("raum"))
        .map(|section| format!("\n[channels.{section}"))
        .collect();
    all += &format!("not in the room\n{}\n", told(&room, true).await);
    let small = answering(&[("/verify_credentials", 200, account), ("/api/v2/instance", 200, || instance(300))]);
    let large = answering(&[("/verify_credentials", 200, account), ("/api/v2/instance", 200, || instance(5000))]);
    for (what, server) in [("less than usual", small), ("more than usual", large)] {
        let own: String = channels(&server.url("")).split("\n[channels.h").next().expect("a section").to_owned();
        all += &format!("{what}\n{}\n", told(&own, true).await);
        let fitting = own + &format!("characters = {}\n", if what.starts_with("less") { 300 } else { 5000 });
        all += &format!("{what}, and said so\n{}\n", told(&fitting, true).await);
    }
    let missing = channels(&good.url("")).replace("env:TOKEN", "env:NO_SUCH_TOKEN");
    all += &format!("without secrets\n{}\n", told(&missing, false).await);
    insta::assert_snapshot!(all);
}

#[test]
fn the_command_looks_at_networks_too() {
    let good = answering(&[("/verify_credentials", 200, account), ("/api/v2/instance", 200, || instance(500))]);
    let project = Project::new();
    secret(&project, "token", "hunter2\n");
    let section = format!(
        "\n[channels.fediverse]\nkind = \"mastodon\"\nurl = \"{}\"\ntoken = \"file:token\"\nallow_private = true\n",
        good.url("")
    );
    project.write("config.toml", project::config() + &section);
    project.run(&["doctor"]).says("fediverse: logged in as @verband; takes 500 characters");
    let asked = good.asked().len();
    project.run(&["doctor", "--offline"]).says("the login was left out (--offline)");
    assert_eq!(good.asked().len(), asked);
}

#[test]
fn check_online_asks_the_instance_what_it_takes() {
    let small = answering(&[("/verify_credentials", 200, account), ("/api/v2/instance", 200, || instance(60))]);
    let project = Project::new();
    secret(&project, "token", "hunter2\n");
    let section = format!(
        "\n[channels.fediverse]\nkind = \"mastodon\"\nurl = \"{}\"\ntoken = \"file:token\"\nallow_private = true\n",
        small.url("")
    );
    project.write("config.toml", project::config() + &section);
    project.run(&["check", "kurz", "--online"]).code(65).says("its instance takes 60");
    project.write("config.toml", project::config() + &section + "characters = 60\n");
    let ran = project.run(&["check", "kurz", "--online"]);
    assert!(!(ran.stdout() + &ran.stderr()).contains("its instance takes"), "{}", ran.stdout());
}
