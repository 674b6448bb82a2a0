//! Whether the page to unsubscribe takes one-click unsubscribes, as mail programs make them (RFC 8058).
//!
//! Comes in: the URL, the client, and random digits. Goes out: one line. The token is made up, so that nobody is
//! unsubscribed; whether a real one works only a real one shows.

use super::Check;
use crate::config::Config;
use crate::error::Exit;
use crate::http::{Client, HttpError, Reply, Request};

const CHECK: &str = "unsubscribe";

/// What RFC 8058, section 3.1, has a mail program send.
const BODY: &str = "List-Unsubscribe=One-Click";

/// What is said where no page is configured.
pub fn without_page(config: &Config) -> Option<Check> {
    let unsubscribe = &config.sender.unsubscribe;
    match (&unsubscribe.url, &unsubscribe.mailto) {
        (None, Some(mailto)) => Some(Check::ok(CHECK, format!("by mail to {mailto}; somebody must read it")).help(
            "`rundbrief members suppress --token \"SUBJECT\"` carries a wish out; Gmail and Yahoo want a page (url) \
                       from whoever sends more than 5,000 mails a day",
        )),
        _ => None,
    }
}

/// Posts to the page as a mail program does. `digits` are of no member: 32 random ones.
pub async fn page(url: &str, client: &Client, digits: &str) -> Check {
    let place = url.replace("{token}", "…");
    let url = url.replace("{token}", digits);
    let request = Request::post(&url).body("application/x-www-form-urlencoded", BODY.as_bytes().to_vec());
    match client.request(request).await {
        Ok(reply) => answered(&place, &reply),
        Err(error) => unanswered(&place, &error),
    }
}

fn answered(place: &str, reply: &Reply) -> Check {
    let status = reply.status;
    let said = format!("{place} answers {status} to a one-click unsubscribe with a made-up token");
    let wrong = |message: String, help: &str| Check::error(CHECK, Exit::Config, message).help(help);
    let only_a_real_one = "whether it takes out a member, only a real link shows: use the one in a mail to yourself";
    match status {
        200..300 if asks_for_password(&reply.body) => wrong(
            format!("{said}, with a page that asks for a password"),
            "the page must work without a login: mail \
                   programs call it by themselves (RFC 8058)",
        ),
        200..300 => Check::ok(CHECK, said).help(only_a_real_one),
        300..400 => wrong(
            format!("{said}: it leads elsewhere"),
            "mail programs do not follow (RFC 8058): set url in [sender] unsubscribe to where it leads",
        ),
        405 | 501 => wrong(
            format!("{said}: it does not know POST"),
            "let the page take a POST with List-Unsubscribe=One-Click and do it at once, without asking (RFC 8058)",
        ),
        401 | 403 | 407 => wrong(
            format!("{said}: it is not open to everybody"),
            "mail programs come without a login and without cookies (RFC 8058): open the page to them, in a firewall too",
        ),
        404 | 410 => Check::ok(CHECK, format!("{said}, as a page may that does not know it")).help(only_a_real_one),
        400 | 422 => Check::ok(CHECK, format!("{said}, as a page may that does not know it")).help(only_a_real_one),
        429 => Check::not_checked(CHECK, format!("{said}: it was asked too often")).help("try again later"),
        500.. => Check::error(CHECK, Exit::SomeDeferred, format!("{said}: the website fails"))
            .help("ask who runs the website; members cannot unsubscribe now"),
        _ => Check::warning(CHECK, said).help("ask who runs the website whether that is what it means to say"),
    }
}

fn asks_for_password(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body).to_lowercase();
    text.contains("type=\"password\"") || text.contains("type='password'") || text.contains("type=password")
}

fn unanswered(place: &str, error: &HttpError) -> Check {
    match error {
        HttpError::Private(_) => {
            let check = Check::error(CHECK, Exit::Config, format!("{place}: {error}"));
            check.help("members cannot reach it: set url in [sender] unsubscribe to a page on the Internet")
        }
        HttpError::TooLarge(_) => Check::warning(CHECK, format!("{place}: {error}")).help("a short answer is enough"),
        _ => Check::error(CHECK, Exit::SomeDeferred, format!("{place}: {error}"))
            .help("check url in [sender] unsubscribe, or ask who runs the website; members cannot unsubscribe now"),
    }
}
