//! What is saved while the preview runs, in whatever order and however wrong.

use std::fs;

use serde_json::Value;

use super::browsing::Preview;
use super::project::{self, LIST, POST, Project};

const FILE: &str = "newsletters/kurz.md";

/// The error in the place of the mail.
fn wrong(view: &Value) -> &str {
    view["mail"]["wrong"].as_str().unwrap_or_default()
}

fn text(view: &Value) -> &str {
    view["mail"]["shown"]["text"].as_str().unwrap_or_default()
}

#[test]
fn what_is_saved_is_shown_and_the_version_grows() {
    let project = Project::new();
    let preview = Preview::start(&project);
    let first = preview.view();
    project.write(FILE, POST.replace("drei", "vier"));
    let view = preview.until("the new text", |view| text(view).contains("vier Beschlüsse"));
    assert!(view["version"].as_u64() > first["version"].as_u64(), "{}", view["version"]);
    assert_ne!(view["code"], first["code"]);
    assert_eq!(preview.get("version").text(), view["version"].to_string());

    project.write("newsletters/lists/members.csv", LIST.replace("Muster", "Neumann"));
    preview.until("the new list", |view| text(view).contains("Frau Neumann"));
    project.write(
        "config.toml",
        project.read("config.toml").replace("lang = \"de\"", "lang = \"de\"\ntemplates = \"own\""),
    );
    project.write("own/email.mjml.j2", "<mjml><mj-body><mj-section><mj-column><mj-text>Eigenes <a href=\"{{ unsubscribe_url }}\">x</a></mj-text></mj-column></mj-section></mj-body></mjml>");
    preview.until("the template", |_| preview.get("mail?images=true").text().contains("Eigenes"));
    project.write("own/words.yaml", "de:\n  preview.kicker: Anschauen\n");
    preview.until("the words", |_| preview.get("").text().contains("Anschauen"));
}

#[test]
fn a_post_with_errors_says_so_in_each_part_and_recovers() {
    let project = Project::new();
    let preview = Preview::start(&project);
    project.write(FILE, POST.replace("title:", "titel:"));
    let view = preview.until("the error", |view| !wrong(view).is_empty());
    assert!(
        wrong(&view).contains("newsletters/kurz.md:2:1") && wrong(&view).contains("titel: Kurz"),
        "{}",
        wrong(&view)
    );
    assert_eq!((&view["teasers"]["wrong"], &view["feed"]["wrong"]), (&view["mail"]["wrong"], &view["mail"]["wrong"]));
    assert!(preview.plan()["wrong"].as_str().expect("an error").contains("kurz.md:2:1"));
    assert_eq!(&view["code"], &Value::Null);
    assert!(view["findings"].as_array().expect("findings").iter().any(|one| one["line"] == 2), "{view:#}");
    assert_eq!(view["source"]["lines"][1], "titel: Kurz berichtet");
    assert_eq!(preview.get("mail").status, 404);
    let tested = preview.test("ich@example.com", "");
    assert!(tested["ok"] == false && tested["text"].as_str().expect("a text").contains("titel"), "{tested}");
    assert!(!project.path("out").exists(), "the mail of before is not sent");

    project.write(FILE, POST);
    let view = preview.until("the mail", |view| wrong(view).is_empty());
    assert!(text(&view).contains("drei Beschlüsse") && !view["code"].is_null());
}

#[test]
fn it_also_starts_with_a_post_that_has_errors() {
    let project = Project::new();
    project.write(FILE, "\u{0}\u{1}---");
    let preview = Preview::start(&project);
    assert!(!wrong(&preview.view()).is_empty());
    project.write(FILE, b"---\ntitle: \xff\n");
    preview.until("not UTF-8", |view| wrong(view).contains("UTF-8"));
    project.write(FILE, POST);
    preview.until("the mail", |view| text(view).contains("drei"));
}

#[test]
fn a_template_without_end_is_an_error_and_the_server_stays() {
    let project = Project::new();
    let config = project.read("config.toml").replace("lang = \"de\"", "lang = \"de\"\ntemplates = \"own\"");
    project.write("config.toml", config);
    project.write("own/words.yaml", "de: {}\n");
    let preview = Preview::start(&project);
    let endless = "<mjml><mj-body>{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}\
                   {% endfor %}{% endfor %}{% endfor %}</mj-body></mjml>";
    project.write("own/email.mjml.j2", endless);
    let view = preview.until("the error", |view| wrong(view).contains("takes too long"));
    assert!(wrong(&view).contains("email.mjml.j2"), "{}", wrong(&view));
    fs::remove_file(project.path("own/email.mjml.j2")).expect("is removed");
    preview.until("the mail", |view| text(view).contains("drei"));
}

#[test]
fn a_configuration_that_breaks_while_it_runs_is_told_and_recovers() {
    let project = Project::new();
    let preview = Preview::start(&project);
    project.write("config.toml", "[site]\nnaem = \"x\"\n");
    let view = preview.until("the error", |view| !wrong(view).is_empty());
    assert!(wrong(&view).contains("config.toml:2"), "{}", wrong(&view));
    let finding = &view["findings"][0];
    let place = finding["place"].as_str().expect("a place");
    assert!(
        place.starts_with("config.toml:2:") && finding["line"].is_null(),
        "another file has no line here: {finding}"
    );
    assert!(preview.get("members?q=a").json()["error"].as_str().expect("an error").contains("config.toml"));
    assert_eq!(preview.test("ich@example.com", "")["ok"], false);
    fs::remove_file(project.path("config.toml")).expect("is removed");
    preview.until("it is gone", |view| wrong(view).contains("config.toml") && !wrong(view).contains("naem"));
    project.write("config.toml", project::config());
    preview.until("the mail", |view| text(view).contains("drei"));
}

#[test]
fn editors_that_rename_or_empty_a_file_before_they_write_it_do_not_make_an_error() {
    let project = Project::new();
    let preview = Preview::start(&project);
    for number in 1..=5 {
        let new = POST.replace("drei", &format!("{number}00"));
        match number % 3 {
            0 => project.write(FILE, ""),
            1 => fs::rename(project.path(FILE), project.path("newsletters/kurz.md~")).expect("is renamed"),
            _ => fs::remove_file(project.path(FILE)).expect("is removed"),
        }
        std::thread::sleep(std::time::Duration::from_millis(150));
        assert_eq!(wrong(&preview.view()), "", "{number}");
        project.write("newsletters/.kurz.md.swp", &new);
        fs::rename(project.path("newsletters/.kurz.md.swp"), project.path(FILE)).expect("is renamed");
        preview.until("the new text", |view| text(view).contains(&format!("{number}00 Beschlüsse")));
    }
    fs::remove_file(project.path(FILE)).expect("is removed");
    let view = preview.until("it is gone", |view| !wrong(view).is_empty());
    assert!(wrong(&view).contains("kurz"), "{}", wrong(&view));
    project.write(FILE, POST);
    preview.until("it is back", |view| text(view).contains("drei"));
}
