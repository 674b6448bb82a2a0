//! Who is answered: the page itself, from this computer.

use super::browsing::{Answer, Preview};
use super::project::Project;

#[track_caller]
fn has_its_headers(answer: &Answer) {
    for (name, expected) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(answer.headers.get(name).map(String::as_str), Some(expected), "{name} of {answer:?}");
    }
    let policy = &answer.headers["content-security-policy"];
    assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors"), "{policy}");
    assert!(!policy.contains("http"), "nothing from elsewhere: {policy}");
    assert!(!answer.headers.keys().any(|name| name.starts_with("access-control")), "{answer:?}");
}

#[test]
fn another_token_or_none_finds_nothing() {
    let project = Project::new();
    let preview = Preview::start(&project);
    assert_eq!(preview.token.len(), 32, "128 bits");
    let other = "0".repeat(32);
    let half = &preview.token[..16];
    for path in ["/", "/favicon.ico", &format!("/{other}/"), &format!("/{half}/view.json"), "//view.json", "/%00/"] {
        let answer = preview.ask("GET", path, &[], "");
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("Kurz berichtet"));
        has_its_headers(&answer);
    }
}

#[test]
fn another_host_name_or_another_page_is_refused() {
    let project = Project::new();
    let preview = Preview::start(&project);
    let view = format!("/{}/view.json?member=", preview.token);
    let own = format!("http://127.0.0.1:{}", preview.port);
    let json = ("Content-Type", "application/json");
    let port = format!("localhost:{}", preview.port);
    assert_eq!(preview.ask("GET", &view, &[("Host", &port)], "").status, 200);
    for headers in [
        &[("Host", "evil.example")][..],
        &[("Host", "127.0.0.1:1")],
        &[("Host", "127.0.0.1.evil.example")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Origin", "https://evil.example")],
    ] {
        let answer = preview.ask("GET", &view, headers, "");
        assert_eq!(answer.status, 403, "{headers:?}");
        has_its_headers(&answer);
    }
    let path = format!("/{}/test", preview.token);
    let body = "{\"to\": \"ich@example.com\"}";
    for headers in [
        &[("Origin", "https://evil.example"), json][..],
        &[("Origin", "null"), json],
        &[json],
        &[("Origin", &own), ("Content-Type", "text/plain")],
        &[("Origin", &own), ("Content-Type", "application/x-www-form-urlencoded")],
        &[("Origin", &own), json, ("Sec-Fetch-Site", "cross-site")],
    ] {
        let answer = preview.ask("POST", &path, headers, body);
        assert_eq!(answer.status, 403, "{headers:?}");
        has_its_headers(&answer);
    }
    assert!(!project.path("out").exists(), "no test was sent");
}

#[test]
fn every_answer_keeps_the_page_to_itself() {
    let project = Project::new();
    let preview = Preview::start(&project);
    for path in ["", "page.js", "version", "view.json", "plan.json", "mail", "feed", "members?q=a", "picture/x", "none"]
    {
        has_its_headers(&preview.get(path));
    }
    let policy = |path: &str| preview.get(path).headers["content-security-policy"].clone();
    assert!(policy("").contains("script-src 'self'") && !policy("").contains("unsafe"), "{}", policy(""));
    let mail = policy("mail?images=true");
    assert!(mail.contains("sandbox") && !mail.contains("script") && mail.contains("img-src 'self'"), "{mail}");
    assert!(!policy("mail?images=false").contains("img-src"), "pictures are off");
}

#[test]
fn what_is_no_request_of_the_page_is_answered_as_such() {
    let project = Project::new();
    let preview = Preview::start(&project);
    let own = format!("http://127.0.0.1:{}", preview.port);
    let headers = [("Origin", own.as_str()), ("Content-Type", "application/json")];
    let test = format!("/{}/test", preview.token);
    for (method, path, body, expected) in [
        ("POST", test.as_str(), "{", 400),
        ("POST", &test, "{\"an\": \"ich@example.com\"}", 422),
        ("POST", &test, &"x".repeat(100_000), 413),
        ("DELETE", &test, "", 405),
        ("GET", &format!("/{}/mail?dark=perhaps", preview.token), "", 400),
    ] {
        let answer = preview.ask(method, path, &headers, body);
        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.text());
        has_its_headers(&answer);
    }
    assert_eq!(preview.get("version").status, 200, "it is still there");
}
