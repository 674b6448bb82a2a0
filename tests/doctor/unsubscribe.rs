//! Pages to unsubscribe, as websites answer them.

use std::fmt::Write;

use rundbrief::doctor::unsubscribe::page;
use rundbrief::http::Client;

use super::lines;
use crate::web_server::{Page, WebServer};

const DIGITS: &str = "00112233445566778899aabbccddeeff";

async fn told(server: &WebServer) -> String {
    let client = Client::new(true).expect("a client");
    let check = page(&server.url("/u/{token}"), &client, DIGITS).await;
    lines(&[check]).replace(&format!(":{}", server.port()), ":PORT")
}

#[tokio::test]
async fn every_answer_of_a_website_is_told_apart() {
    let mut all = String::new();
    for (name, answer) in [
        ("it knows what to do", Page::status(200)),
        ("nothing to say", Page::status(204)),
        ("an unknown token", Page::status(404)),
        ("a token that is gone", Page::status(410)),
        ("a token that cannot be", Page::status(400)),
        ("a page to look at alone", Page::status(405)),
        ("a static website", Page::status(501)),
        ("it leads elsewhere", Page::to("https://www.example.org/login")),
        ("it wants a login", Page::status(401)),
        ("a wall before it", Page::status(403)),
        ("a page that asks for a password", Page::text("<form><input name=p TYPE=\"password\"></form>")),
        ("asked too often", Page::status(429)),
        ("it fails", Page::status(500)),
        ("a teapot", Page::status(418)),
    ] {
        let server = WebServer::always(answer);
        writeln!(all, "{name}\n{}", told(&server).await).expect("is kept");
        let asked = server.asked();
        assert_eq!(asked.len(), 1, "{name}: nothing is followed");
        assert_eq!((asked[0].method.as_str(), asked[0].path.as_str()), ("POST", "/u/00112233445566778899aabbccddeeff"));
        assert_eq!(asked[0].body, "List-Unsubscribe=One-Click");
    }
    let closed = "http://127.0.0.1:1/u/{token}";
    let check = page(closed, &Client::new(true).expect("a client"), DIGITS).await;
    writeln!(all, "nobody there\n{}", lines(&[check])).expect("is kept");
    let check = page("https://127.0.0.1/u/{token}", &Client::new(false).expect("a client"), DIGITS).await;
    writeln!(all, "in the house\n{}", lines(&[check])).expect("is kept");
    assert!(!all.contains(DIGITS), "{all}");
    insta::assert_snapshot!(all);
}
