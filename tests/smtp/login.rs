//! Logins by password and by access token.

use std::sync::Mutex;
use std::time::Duration;

use rundbrief::channel::ChannelError;
use rundbrief::channel::smtp::Probe;
use rundbrief::config::{Login, OAuthSettings, Security, SmtpSettings};
use rundbrief::secret::SecretRef;

use super::secure::{stopped, trusting};
use crate::smtp_channel::{deliver, patient, relay, settings, spoken};
use crate::smtp_server::{Answer, Certificate, Script, Server, Stage};
use crate::token_server::TokenServer;

/// Every secret is `secret`.
fn password(server: &Server) -> SmtpSettings {
    let password = SecretRef::parse("env:PASSWORD").expect("a reference");
    let login = Login::Password { username: "rundbrief".into(), password };
    SmtpSettings { login: Some(login), ..settings(server, Security::None) }
}

fn oauth(server: &Server, token_url: String, allow_private: bool) -> SmtpSettings {
    let client_secret = SecretRef::parse("env:CLIENT").expect("a reference");
    let (scope, client_id) = ("https://outlook.office365.com/.default".into(), "app".into());
    let oauth = OAuthSettings { token_url, scope, client_id, client_secret, allow_private };
    let login = Login::OAuth { username: "rundbrief@example.org".into(), oauth };
    SmtpSettings { login: Some(login), ..settings(server, Security::None) }
}

#[tokio::test]
async fn a_password_goes_by_plain_and_by_login_and_only_under_tls() {
    for mechanism in ["PLAIN LOGIN", "LOGIN"] {
        let script = Script::new().password("rundbrief", "secret").mechanisms(mechanism).starttls(Certificate::good());
        let server = Server::start(script);
        let (trusting, _file) = trusting(&server, Security::StartTls);
        let settings = SmtpSettings { login: password(&server).login, ..trusting };
        assert_eq!(spoken(&deliver(&mut relay(&settings, patient()).session(), "anna@example.org").await), "sent");
        let lines: Vec<_> = server.lines().into_iter().map(|(_, line)| line).collect();
        let place = |word: &str| lines.iter().position(|line| line.starts_with(word)).expect("was said");
        assert!(place("STARTTLS") < place("AUTH"), "{lines:?}");
        assert_eq!(server.count("EHLO"), 2);
    }
}

#[tokio::test]
async fn a_refused_login_stops_the_send_with_what_the_server_said_and_what_to_do() {
    for (answer, outcome, says) in [
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled",
            "stop: credentials",
            "Authenticated SMTP",
        ),
        ("535 5.7.3 Authentication unsuccessful", "stop: credentials", "app password"),
        ("535 Authentication credentials invalid", "stop: credentials", "user name"),
        ("534 5.7.9 Application-specific password required", "stop: credentials", "app password"),
        ("550 5.7.30 Basic authentication is not supported for Client Submission", "stop: credentials", "oauth"),
        ("538 5.7.11 encryption required", "stop: credentials", "538"),
        ("454 4.7.0 Temporary authentication failure", "untried, slow the relay", "454 4.7.0"),
        ("432 4.7.12 a password transition is needed", "untried, slow the relay", "432"),
        ("421 4.7.0 too many logins", "untried, slow the relay", "421"),
        ("354 what?", "untried", "354"),
    ] {
        let server =
            Server::start(Script::new().password("rundbrief", "secret").at(Stage::Auth, Answer::reply(answer)));
        let result = deliver(&mut relay(&password(&server), patient()).session(), "anna@example.org").await;
        assert_eq!(spoken(&result), outcome, "{answer}");
        let said = result.map_or_else(stopped, |outcome| format!("{outcome:?}"));
        assert!(said.contains(says) && said.contains(&answer[..3]) && !said.contains("secret"), "{said}");
        assert_eq!((server.count("MAIL"), server.count("AUTH")), (0, 1), "{answer}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_during_the_login_costs_no_try() {
    for answer in [Answer::close(), Answer::reset(), Answer::raw("hm\r\n")] {
        let server = Server::start(Script::new().password("rundbrief", "secret").at(Stage::Auth, answer));
        let outcome = deliver(&mut relay(&password(&server), patient()).session(), "anna@example.org").await;
        assert_eq!(spoken(&outcome), "untried");
    }
}

#[tokio::test]
async fn a_server_that_offers_no_fitting_login_is_a_setting_to_correct() {
    let none = Server::start(Script::new());
    let tokens_only = Server::start(Script::new().token(|_| true));
    for (server, says) in [(&none, "587"), (&tokens_only, "oauth")] {
        let error = relay(&password(server), patient()).probe().await.expect_err("no login");
        assert!(matches!(error, ChannelError::Config { .. }), "{error:?}");
        let said = stopped(error);
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn a_secret_that_is_not_there_is_named_and_none_is_shown() {
    let server = Server::start(Script::new());
    let settings = password(&server);
    let made = |env: fn(&str) -> Option<String>| {
        rundbrief::channel::smtp::SmtpRelay::new(&settings, std::path::Path::new("/"), env)
    };
    let said = stopped(made(|_| None).expect_err("is not set"));
    assert!(said.contains("PASSWORD"), "{said}");
    let relay = made(|_| Some("hunter2".into())).expect("a relay");
    assert!(!format!("{relay:?}").contains("hunter2"));
}

#[tokio::test]
async fn one_access_token_serves_all_sessions() {
    let tokens = TokenServer::granting(3600);
    let server = Server::start(Script::new().token(|token| token == "token-1"));
    let relay = relay(&oauth(&server, tokens.url(), true), patient());
    for _ in 0..3 {
        assert_eq!(spoken(&deliver(&mut relay.session(), "anna@example.org").await), "sent");
    }
    assert_eq!(server.count("AUTH XOAUTH2"), 3);
    let expected = "grant_type=client_credentials&client_id=app&client_secret=secret&\
                    scope=https%3A%2F%2Foutlook.office365.com%2F.default";
    assert_eq!(tokens.requests(), [expected]);
    assert!(!format!("{relay:?}").contains("token-1"));
}

#[tokio::test]
async fn a_token_is_renewed_a_minute_before_it_ends() {
    let tokens = TokenServer::granting(61);
    let server = Server::start(Script::new().token(|_| true));
    let relay = relay(&oauth(&server, tokens.url(), true), patient());
    assert_eq!(spoken(&deliver(&mut relay.session(), "anna@example.org").await), "sent");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(spoken(&deliver(&mut relay.session(), "anna@example.org").await), "sent");
    assert_eq!(tokens.requests().len(), 2);
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    let tokens = TokenServer::granting(3600);
    let known = Mutex::new(Vec::new());
    let server = Server::start(Script::new().token(move |token| {
        known.lock().expect("not poisoned").push(token.to_owned());
        token == "token-2"
    }));
    let renewed = relay(&oauth(&server, tokens.url(), true), patient());
    assert_eq!(spoken(&deliver(&mut renewed.session(), "anna@example.org").await), "sent");
    assert_eq!((tokens.requests().len(), server.connections()), (2, 2));

    let tokens = TokenServer::granting(3600);
    let server = Server::start(Script::new().token(|_| false));
    let refused = relay(&oauth(&server, tokens.url(), true), patient());
    let error = deliver(&mut refused.session(), "anna@example.org").await;
    assert_eq!(spoken(&error), "stop: credentials");
    let said = stopped(error.expect_err("refused"));
    assert!(said.contains("535 5.7.3") && said.contains("SMTP.SendAsApp"), "{said}");
    assert_eq!((tokens.requests().len(), server.connections()), (2, 2));
}

#[tokio::test]
async fn an_inspection_renews_a_refused_token_once_and_sends_nothing() {
    for (good, logged_in) in [("token-2", true), ("token-9", false)] {
        let tokens = TokenServer::granting(3600);
        let server = Server::start(Script::new().token(move |token| token == good));
        let relay = relay(&oauth(&server, tokens.url(), true), patient());
        let inspection = relay.inspect("a@example.org", "a@example.org").await;
        let offers = inspection.greeted.expect("is greeted");
        assert_eq!((offers.mechanisms, offers.size), (vec!["XOAUTH2".to_owned()], Some(52_428_800)));
        assert_eq!(inspection.login.expect("was tried").is_ok(), logged_in, "{good}");
        assert_eq!((inspection.sender.is_some(), tokens.requests().len()), (logged_in, 2), "{good}");
        assert_eq!((server.count("DATA"), server.accepted_count()), (0, 0));
    }
}

#[tokio::test]
async fn what_gives_no_token_is_told_apart() {
    let denied =
        "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client secret.\\r\\nTrace\"}";
    for (status, body, outcome, says) in [
        (401, denied, "stop: credentials", "AADSTS7000215: Invalid client secret."),
        (400, denied, "stop: credentials", "client_secret"),
        (404, "<html>", "stop: config", "tenant"),
        (200, "{}", "stop: config", "token_url"),
        (302, "", "stop: config", "302"),
        (503, "", "untried, slow the relay", "503"),
        (429, "", "untried, slow the relay", "429"),
    ] {
        let tokens = TokenServer::start(move |_| (status, body.to_owned()));
        let server = Server::start(Script::new().token(|_| true));
        let result =
            deliver(&mut relay(&oauth(&server, tokens.url(), true), patient()).session(), "a@example.org").await;
        assert_eq!(spoken(&result), outcome, "{status} {body}");
        let said = result.map_or_else(stopped, |outcome| format!("{outcome:?}"));
        assert!(said.contains(says) && !said.contains("/tenant/token") && !said.contains("Trace"), "{said}");
    }
}

#[tokio::test]
async fn tokens_from_a_private_address_need_permission() {
    let tokens = TokenServer::granting(3600);
    let server = Server::start(Script::new().token(|_| true));
    for url in [tokens.url(), tokens.url().replace("http:", "https:"), "https://169.254.169.254/token".into()] {
        let error = deliver(&mut relay(&oauth(&server, url, false), patient()).session(), "a@example.org").await;
        assert_eq!(spoken(&error), "stop: config");
        let said = stopped(error.expect_err("private"));
        assert!(said.contains("allow_private"), "{said}");
    }
    assert!(tokens.requests().is_empty());
    let nobody = "http://127.0.0.1:1/token".into();
    let outcome = relay(&oauth(&server, nobody, true), patient()).probe().await.expect("nothing to stop");
    assert!(matches!(outcome, Probe::NotNow { .. }), "{outcome:?}");
}
