//! A project with a channel of every kind, all of which lead to one server of the test.

use super::project::{self, Project};
use super::sending::{POST, Sent, config, list, members, rundbrief};
use super::smtp_server::Server;
use super::web_server::{Asked, Page, WebServer};

/// Stands in every address, token and secret; nobody may ever read it.
pub const SECRET: &str = "geheim7361";
pub const WEBHOOK_SECRET: &str = "whsec_Z2VoZWltNzM2MWdlaGVpbTczNjFnZWhlaW0=";

/// What an author may write without knowing what it does to a chat.
pub const TEXT: &str = "@everyone @channel @here @all <!channel> &lt; Rückkehrer*innen und Kolleg*innen: \
                        24. Oktober, https://www.example.org/a_b_c?x=1&y=2, info@example.org";

/// Every kind, its channel having the kind's name.
pub const KINDS: [&str; 9] =
    ["discord", "mattermost", "ntfy", "rocketchat", "slack", "teams", "telegram", "webhook", "websub"];

/// The channels of these kinds, below `base`.
pub fn channels(project: &Project, kinds: &[&str], base: &str) -> String {
    let mut written = String::new();
    project.write("token", format!("{SECRET}:token"));
    project.write("webhook.secret", WEBHOOK_SECRET);
    for kind in kinds {
        project.write(&format!("{kind}.url"), format!("{base}/{kind}/{SECRET}"));
        let keys = match *kind {
            "telegram" => format!("url = \"{base}/telegram\"\ntoken = \"file:token\"\nchat = \"@verband\""),
            "ntfy" => format!("url = \"{base}/ntfy\"\ntoken = \"file:token\"\ntopic = \"verband\""),
            "webhook" => "url = \"file:webhook.url\"\nsecret = \"file:webhook.secret\"".to_owned(),
            "websub" => format!("url = \"{base}/websub/\""),
            hook => format!("url = \"file:{hook}.url\""),
        };
        written += &format!("\n[channels.{kind}]\nkind = \"{kind}\"\nallow_private = true\n{keys}\n");
    }
    written
}

/// One member, and the channels of these kinds.
pub fn project(mail: &Server, kinds: &[&str], base: &str) -> Project {
    let project = Project::new();
    let config = config(mail.port());
    project.write("config.toml", config + &channels(&project, kinds, base));
    let names: Vec<&str> = ["email", "feed"].iter().chain(kinds).copied().collect();
    let header = format!("channels: [{}]\nteaser: \"{TEXT}\"\ntags:", names.join(", "));
    project.write(POST, project::POST.replace("tags:", &header));
    project.write("newsletters/lists/members.csv", list(&members(1)));
    project
}

/// What a network answers that has posted something.
pub fn success(asked: &Asked) -> Page {
    let posted = |body| Page::json(200, &body);
    match asked.path.split('/').nth(1).unwrap_or_default() {
        "discord" if asked.method == "GET" => {
            posted(serde_json::json!({ "id": "9", "guild_id": "5", "channel_id": "7" }))
        }
        "discord" => posted(serde_json::json!({ "id": "1201", "channel_id": "7" })),
        "rocketchat" => posted(serde_json::json!({ "success": true })),
        "teams" => Page::status(202),
        "telegram" => posted(serde_json::json!({
            "ok": true, "result": { "message_id": 42, "chat": { "id": -100, "username": "verband" } }
        })),
        "ntfy" => posted(serde_json::json!({ "id": "xE73Iyuabi", "event": "message" })),
        "webhook" | "websub" => Page::status(204),
        _ => Page::text("ok"),
    }
}

/// How many requests posted something.
pub fn posts(web: &WebServer) -> usize {
    web.asked().iter().filter(|asked| asked.method == "POST").count()
}

/// The one request that posts something to a kind.
#[track_caller]
pub fn asked(web: &WebServer, kind: &str) -> Asked {
    let mut asked = web.asked();
    asked.retain(|asked| asked.method == "POST" && asked.path.split('/').nth(1) == Some(kind));
    assert_eq!(asked.len(), 1, "{kind}: {asked:?}");
    asked.remove(0)
}

pub fn run(project: &Project, arguments: &[&str]) -> Sent {
    Sent::of(rundbrief(project, arguments).output().expect("it runs"))
}
