//! `preview`: the local page, asked as a browser asks it; who else asks gets nothing.

#[path = "support/approving.rs"]
mod approving;
#[path = "support/browsing.rs"]
mod browsing;
#[path = "support/mailing.rs"]
mod mailing;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/smtp_server.rs"]
mod smtp_server;

#[path = "preview/busy.rs"]
mod busy;
#[path = "preview/export.rs"]
mod export;
#[path = "preview/findings.rs"]
mod findings;
#[path = "preview/guarded.rs"]
mod guarded;
#[path = "preview/members.rs"]
mod members;
#[path = "preview/open.rs"]
mod open;
#[path = "preview/plan.rs"]
mod plan;
#[path = "preview/saved.rs"]
mod saved;
#[path = "preview/test_mail.rs"]
mod test_mail;

use browsing::Preview;
use project::Project;
use serde_json::json;

#[test]
fn the_page_shows_the_post_as_its_readers_will_see_it() {
    let project = Project::new();
    let preview = Preview::start(&project);
    let view = preview.view();
    assert_eq!((&view["title"], &view["lang"]), (&json!("Kurz berichtet"), &json!("de")));
    let plan = project.run(&["--format", "json", "send", "kurz", "--dry-run"]).code(0).json();
    assert_eq!(view["code"], plan["code"], "what is shown is what is sent");
    let anna = json!({"address": "anna@example.org", "name": "Anna Muster", "list": "members", "invented": false});
    assert_eq!(view["member"], anna);
    let mail = &view["mail"]["shown"];
    assert_eq!(mail["subject"], "Kurz berichtet");
    assert!(mail["text"].as_str().expect("a text").contains("Sehr geehrte Frau Muster"), "{mail:#}");
    assert_eq!(view["feed"]["shown"]["link"], "https://www.example.org/kurz");
    for card in view["teasers"]["shown"].as_array().expect("cards") {
        let (text, length) = (card["text"].as_str().expect("a text"), card["length"].as_u64().expect("a length"));
        assert!(text.contains("#Verband") || card["channel"] == "plain", "{card:#}");
        assert!(length <= card["limit"].as_u64().expect("a limit"), "{card:#}");
        assert_eq!(card["count"], format!("{length} von {} Zeichen", card["limit"]).replace("000 Z", ".000 Z"));
    }
    let html = preview.get("mail?member=&dark=false&images=true").text();
    assert!(html.contains("<html lang=\"de\"") && html.contains("Sehr geehrte Frau Muster"), "{html}");
    assert!(preview.get("mail?member=&dark=true&images=true").text().contains("color-scheme: only dark"));
}

#[test]
fn the_page_is_whole_and_loads_nothing_from_elsewhere() {
    let project = Project::new();
    let preview = Preview::start(&project);
    let page = preview.get("");
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    let html = page.text();
    assert!(html.contains("<html lang=\"de\""), "{html}");
    let attributes = ["src=\"", "href=\""].map(|name| html.split(name).skip(1).collect::<Vec<_>>()).concat();
    let files: Vec<&str> = attributes.iter().filter_map(|rest| rest.split('"').next()).collect();
    let files: Vec<&str> = files.into_iter().filter(|file| !file.starts_with('#') && !file.is_empty()).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        assert!(!file.contains("//"), "{file} is from elsewhere");
        assert_eq!(preview.get(file).status, 200, "{file}");
    }
    assert_eq!(preview.get("none.js").status, 404);
    assert_eq!(preview.get("picture/none.jpg").status, 404);
}

#[test]
fn a_language_and_words_of_ones_own_are_those_of_the_page() {
    let project = Project::new();
    project.write("config.toml", project.read("config.toml").replace("lang = \"de\"", "lang = \"en\""));
    let preview = Preview::start(&project);
    let html = preview.get("").text();
    assert!(html.contains("<html lang=\"en\"") && html.contains("Send a test mail"), "{html}");
    project.write("config.toml", project::config());
    preview.until("the page is German", |_| preview.get("").text().contains("Testmail senden"));
}

#[test]
fn a_post_that_is_not_there_is_an_error_and_no_page() {
    let project = Project::new();
    let ran = project.run(&["preview", "kruz"]).code(66);
    ran.says("kruz");
}

#[test]
fn a_member_cannot_be_taken_off_a_list_by_a_click_in_the_preview() {
    let project = Project::new();
    let mailto = "mailto = \"abmelden@example.org\"";
    let url = format!("{mailto}, url = \"https://www.example.org/u/{{token}}\"");
    project.write("config.toml", project.read("config.toml").replace(mailto, &url));
    assert!(project.read("config.toml").contains("/u/{token}"), "the test has its link");
    project.write("rundbrief.key", "GvyPPE3+ylk0rind8R7dSUjzqJnTirl5iSWtJCbT05s=\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let own = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(project.path("rundbrief.key"), own).expect("is set");
    }
    let mut asked = String::new();
    let preview = Preview::start(&project);
    for member in ["", "anna@example.org", "ben@example.org"] {
        asked += &preview.get(&format!("view.json?member={member}")).text();
        for dark in [true, false] {
            asked += &preview.get(&format!("mail?member={member}&images=true&dark={dark}")).text();
        }
    }
    assert!(asked.contains("Sehr geehrter Herr Beispiel"), "the mail was there: {asked}");
    assert!(!asked.contains("example.org/u/"), "a link that works: {asked}");
    let export = project.path("x.html");
    project.run(&["preview", "kurz", "--export", export.to_str().expect("UTF-8")]).code(0);
    assert!(!project.read("x.html").contains("example.org/u/"));
}
