//! The page's findings are those of `check`.

use serde_json::Value;

use super::browsing::Preview;
use super::project::{LIST, POST, Project};

const FILE: &str = "newsletters/kurz.md";

/// A post in which rules of several families find something.
fn doubtful() -> String {
    let body =
        "Ein Satz mit \"Zitat\" und 10 % sowie sowie mehr.\n\n# SCHREIEN\n\n[hier](https://bit.ly/x) und mehr.\n";
    POST.replace("link: ", "send_at: 2026-11-20 23:30\nlink: ") + "\n" + body
}

/// Rule, severity, place, message and help of each, in an order of no meaning.
fn found_by_check(project: &Project, code: i32) -> Vec<String> {
    let findings = project.run(&["--format", "json", "check", "kurz"]).code(code).json();
    let place = |one: &Value| match (one["line"].as_u64(), one["column"].as_u64()) {
        (None | Some(0), _) => one["file"].as_str().unwrap_or_default().to_owned(),
        (Some(line), column) => format!("{}:{line}:{}", one["file"].as_str().expect("a file"), column.unwrap_or(0)),
    };
    lines(findings.as_array().expect("findings"), place)
}

fn lines(findings: &[Value], place: impl Fn(&Value) -> String) -> Vec<String> {
    let line = |one: &Value| {
        let text = |name: &str| one[name].as_str().unwrap_or_default();
        [text("rule"), text("severity"), &place(one), text("message"), text("help")].join(" | ")
    };
    let mut lines: Vec<String> = findings.iter().map(line).collect();
    lines.sort();
    lines
}

/// Waits until the page finds what `check` finds.
#[track_caller]
fn finds_the_same(preview: &Preview, project: &Project, code: i32) -> (Value, Vec<String>) {
    let expected = found_by_check(project, code);
    let on_page = |view: &Value| {
        let place = |one: &Value| one["place"].as_str().unwrap_or_default().to_owned();
        lines(view["findings"].as_array().expect("findings"), place)
    };
    let view = preview.until(&format!("{expected:#?}"), |view| on_page(view) == expected);
    (view, expected)
}

#[test]
fn the_page_finds_what_check_finds_errors_first_each_with_its_line() {
    let project = Project::new();
    project.write(FILE, doubtful());
    project.write(
        "config.toml",
        project.read("config.toml") + "\n[check]\nlink-shortener = \"off\"\ndouble-word = \"error\"\n",
    );
    let preview = Preview::start(&project);
    let (view, found) = finds_the_same(&preview, &project, 65);
    assert!(found.len() >= 5, "{found:#?}");
    for rule in ["send-at-past", "send-at-night", "double-word"] {
        assert!(found.iter().any(|line| line.starts_with(rule)), "{rule} is not in {found:#?}");
    }
    let findings = view["findings"].as_array().expect("findings");
    let severities: Vec<&str> = findings.iter().filter_map(|one| one["severity"].as_str()).collect();
    let errors = severities.iter().filter(|severity| **severity == "error").count();
    assert!(errors > 0 && severities[..errors].iter().all(|severity| *severity == "error"), "{severities:?}");
    let source = view["source"]["lines"].as_array().expect("lines");
    for one in findings.iter().filter(|one| !one["line"].is_null()) {
        let line = usize::try_from(one["line"].as_u64().expect("a number")).expect("fits");
        let shown = source[line - 1].as_str().expect("a line").trim_end();
        assert_eq!(one["text"], shown, "{one}");
    }
    project.write(FILE, POST);
    finds_the_same(&preview, &project, 0);
}

#[test]
fn what_is_wrong_with_a_list_is_found_without_a_save_of_the_post() {
    let project = Project::new();
    let preview = Preview::start(&project);
    let heading = LIST.lines().next().expect("a heading").to_owned() + "\n";
    project.write("newsletters/lists/members.csv", &heading);
    let (_, found) = finds_the_same(&preview, &project, 0);
    assert!(found.iter().any(|line| line.starts_with("nobody-left")), "{found:#?}");
    project.write("newsletters/lists/members.csv", heading.replace("E-Mail", "Adresse 1"));
    let (view, found) = finds_the_same(&preview, &project, 65);
    assert!(found.iter().any(|line| line.contains("members.csv")), "{found:#?}");
    let of_list = view["findings"].as_array().expect("findings").iter().find(|one| one["severity"] == "error");
    assert!(of_list.expect("an error")["line"].is_null(), "it is in another file");
    project.write("newsletters/lists/members.csv", LIST);
    finds_the_same(&preview, &project, 0);
}

#[test]
fn a_post_that_cannot_be_shown_is_looked_at_as_far_as_it_can_be_read() {
    let project = Project::new();
    project.write(FILE, doubtful());
    let preview = Preview::start(&project);
    for (what, post) in [
        ("an unknown key", doubtful().replace("title:", "titel:")),
        ("no header", "Nur Text.\n".to_owned()),
        ("a picture that is not there", doubtful() + "\n![Ein Bild](none.jpg \"Foto: X\")\n"),
        (
            "a text that fits no network",
            doubtful().replace("link: ", &format!("teaser: {}\nlink: ", "lang ".repeat(900))),
        ),
    ] {
        project.write(FILE, post);
        let (view, _) = finds_the_same(&preview, &project, 65);
        assert_eq!(view["findings"][0]["severity"], "error", "{what}");
    }
    project.write("config.toml", project.read("config.toml") + "\n[check]\nsubjekt = \"off\"\n");
    let view = preview.until("the setting", |view| view["findings"].to_string().contains("subjekt"));
    assert!(view["findings"][0]["place"].as_str().expect("a place").starts_with("config.toml:"), "{view:#}");
}

#[test]
fn a_digest_finds_what_check_finds() {
    let project = Project::new();
    project.write("newsletters/anderes.md", doubtful());
    project.write(FILE, POST.replace("tags:", "posts: [anderes]\ntags:"));
    let preview = Preview::start(&project);
    finds_the_same(&preview, &project, 0);
}
