//! Encryption: what is demanded, what is refused, and what is said about it.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rundbrief::channel::ChannelError;
use rundbrief::channel::smtp::{Probe, SmtpRelay, Timeouts};
use rundbrief::config::{Security, SmtpSettings};
use tempfile::NamedTempFile;

use crate::smtp_channel::{Door, deliver, deliver_bytes, large, patient, relay, settings, spoken};
use crate::smtp_server::{Answer, Certificate, Script, Server, Stage};

/// Settings that trust the server's issuer; the file must be kept.
pub fn trusting(server: &Server, security: Security) -> (SmtpSettings, NamedTempFile) {
    let file = NamedTempFile::new().expect("a file");
    fs::write(file.path(), server.ca_pem()).expect("is written");
    let settings = SmtpSettings { ca_file: Some(file.path().to_owned()), ..settings(server, security) };
    (settings, file)
}

/// Message and help of what stops a channel.
pub fn stopped(error: ChannelError) -> String {
    match error {
        ChannelError::Config { message, help }
        | ChannelError::Credentials { message, help }
        | ChannelError::Refused { message, help } => format!("{message} / {help}"),
        ChannelError::Local(error) => error.to_string(),
    }
}

#[tokio::test]
async fn mails_go_over_tls_with_an_issuer_of_ones_own() {
    let scripts = [
        (Security::StartTls, Script::new().starttls(Certificate::good())),
        (Security::Tls, Script::new().implicit_tls(Certificate::good())),
    ];
    for (security, script) in scripts {
        let server = Server::start(script);
        let (settings, _file) = trusting(&server, security);
        let mut session = relay(&settings, patient()).session();
        for to in ["anna@example.org", "ben@example.org"] {
            let outcome = deliver(&mut session, to).await;
            assert_eq!(spoken(&outcome), "sent", "{security:?}: {outcome:?}");
        }
        assert_eq!((server.connections(), server.accepted_count()), (1, 2));
        assert_eq!(server.pipelined().len(), 1, "{security:?}: several commands at once, under TLS too");
    }
}

#[tokio::test]
async fn what_is_offered_before_the_encryption_does_not_count_after_it() {
    let heard = AtomicUsize::new(0);
    let script = Script::new().starttls(Certificate::good()).on(Stage::Ehlo, move |_| {
        match heard.fetch_add(1, Ordering::Relaxed) {
            0 => Answer::normal(),
            _ => Answer::reply("250-scripted.example\n250 8BITMIME"),
        }
    });
    let server = Server::start(script);
    let (settings, _file) = trusting(&server, Security::StartTls);
    let outcome = deliver(&mut relay(&settings, patient()).session(), "anna@example.org").await;
    assert_eq!((spoken(&outcome).as_str(), server.pipelined().len()), ("sent", 0), "{outcome:?}");
}

#[tokio::test]
async fn a_certificate_that_does_not_fit_stops_the_send_and_is_explained() {
    type Make = fn() -> Certificate;
    let cases: [(&str, Make, bool, &str); 4] = [
        ("expired", Certificate::expired, true, "has expired"),
        ("wrong name", Certificate::for_another_name, true, "is for another name"),
        ("unknown issuer", Certificate::good, false, "ca_file"),
        ("unknown issuer, with a file", Certificate::good, false, "was issued by nobody this computer trusts"),
    ];
    for (name, make, trusted, says) in cases {
        for security in [Security::StartTls, Security::Tls] {
            let script = match security {
                Security::StartTls => Script::new().starttls(make()),
                _ => Script::new().implicit_tls(make()),
            };
            let server = Server::start(script);
            let other = Server::start(Script::new().starttls(Certificate::good()));
            let (mut settings, file) = trusting(&server, security);
            if !trusted {
                fs::write(file.path(), other.ca_pem()).expect("is written");
            }
            if name == "unknown issuer" {
                settings.ca_file = None;
            }
            let error = deliver(&mut relay(&settings, patient()).session(), "anna@example.org").await;
            let kind = spoken(&error);
            let said = stopped(error.expect_err(name));
            assert!(kind == "stop: config" && said.contains(says), "{name}, {security:?}: {kind}, {said}");
            assert_eq!(server.count("MAIL"), 0, "{name}");
        }
    }
}

#[tokio::test]
async fn a_server_without_encryption_gets_no_mail_and_no_login() {
    for script in [
        Script::new().password("rundbrief", "secret"),
        Script::new().starttls(Certificate::good()).at(Stage::StartTls, Answer::reply("502 5.5.1 not today")),
    ] {
        let server = Server::start(script);
        let error =
            deliver(&mut relay(&settings(&server, Security::StartTls), patient()).session(), "a@example.org").await;
        assert_eq!(spoken(&error), "stop: config");
        let said = stopped(error.expect_err("no encryption"));
        assert!(said.contains("STARTTLS") && said.contains("465"), "{said}");
        assert_eq!((server.count("MAIL"), server.count("AUTH")), (0, 0));
    }
}

#[tokio::test]
async fn encryption_that_is_not_available_for_now_costs_no_try() {
    let script = Script::new().starttls(Certificate::good());
    let server = Server::start(script.at(Stage::StartTls, Answer::reply("454 4.3.0 TLS not available")));
    let outcome =
        deliver(&mut relay(&settings(&server, Security::StartTls), patient()).session(), "a@example.org").await;
    assert_eq!(spoken(&outcome), "untried, slow the relay");
}

#[tokio::test]
async fn tls_at_a_port_that_speaks_plainly_is_a_setting_to_correct() {
    let server = Server::start(Script::new());
    let error = relay(&settings(&server, Security::Tls), patient()).probe().await.expect_err("no TLS there");
    let said = stopped(error);
    assert!(said.contains("does not speak TLS") && said.contains("starttls"), "{said}");
}

#[tokio::test]
async fn starttls_at_a_port_that_waits_for_tls_ends_after_its_time() {
    let server = Server::start(Script::new().implicit_tls(Certificate::good()));
    let limits = Timeouts { greeting: Duration::from_millis(200), ..patient() };
    let probed = relay(&settings(&server, Security::StartTls), limits).probe().await.expect("nothing to stop");
    assert!(matches!(probed, Probe::NotNow { .. }), "{probed:?}");
}

#[tokio::test]
async fn under_tls_too_a_content_that_did_not_leave_whole_has_not_arrived() {
    for (name, answer, expected) in [
        ("closed", Answer::close(), "deferred"),
        ("reset", Answer::reset(), "deferred"),
        ("not read any more", Answer::hang(), "deferred"),
        ("refused half way", Answer::reply("552 5.3.4 too big").and_hang(), "rejected"),
    ] {
        let script = Script::new().implicit_tls(Certificate::good());
        let server = Server::start(script.at_mail(Stage::Content, 1, answer));
        let (settings, _file) = trusting(&server, Security::Tls);
        let limits = Timeouts { block: Duration::from_millis(500), ..patient() };
        let mut session = relay(&settings, limits).session();
        let outcome = deliver_bytes(&mut session, "anna@example.org", &large(), &Door::open()).await;
        assert_eq!((spoken(&outcome).as_str(), server.accepted_count()), (expected, 0), "{name}: {outcome:?}");
        assert_eq!(spoken(&deliver(&mut session, "ben@example.org").await), "sent", "{name}");
    }
}

#[tokio::test]
async fn under_tls_too_a_connection_that_ended_between_two_mails_is_replaced() {
    let script = Script::new().starttls(Certificate::good());
    let server = Server::start(script.on(Stage::Answered, |seen| match seen.connection {
        1 => Answer::close(),
        _ => Answer::normal(),
    }));
    let (settings, _file) = trusting(&server, Security::StartTls);
    let mut session = relay(&settings, patient()).session();
    assert_eq!(spoken(&deliver(&mut session, "anna@example.org").await), "sent");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(spoken(&deliver(&mut session, "ben@example.org").await), "sent");
    assert_eq!(server.connections(), 2);
}

/// Somebody on the way could add an answer before the encryption begins (CVE-2011-0411).
#[tokio::test]
async fn what_was_said_before_the_encryption_is_forgotten() {
    let injected = "220 go ahead\r\n250-evil.example\r\n250 AUTH LOGIN\r\n";
    let script = Script::new().starttls(Certificate::good()).at(Stage::StartTls, Answer::raw(injected));
    let server = Server::start(script);
    let (settings, _file) = trusting(&server, Security::StartTls);
    let relay = relay(&settings, patient());
    assert_eq!(spoken(&deliver(&mut relay.session(), "anna@example.org").await), "sent");
    let probed = relay.probe().await.expect("no error");
    assert_eq!(probed, Probe::Ready { server: "scripted.example".into() });
}

#[tokio::test]
async fn nothing_goes_to_another_computer_in_the_clear() {
    let server = Server::start(Script::new());
    let settings = SmtpSettings { host: "192.0.2.1".into(), ..settings(&server, Security::None) };
    let error = relay(&settings, patient()).probe().await.expect_err("in the clear");
    assert!(stopped(error).contains("another computer"));
}

#[test]
fn a_certificate_file_that_is_of_no_use_is_named() {
    let server = Server::start(Script::new());
    let file = NamedTempFile::new().expect("a file");
    for (text, says) in
        [("", "holds no certificate"), ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "damaged")]
    {
        fs::write(file.path(), text).expect("is written");
        let settings = SmtpSettings { ca_file: Some(file.path().to_owned()), ..settings(&server, Security::Tls) };
        let error = SmtpRelay::new(&settings, std::path::Path::new("/"), |_| None).expect_err("of no use");
        let said = stopped(error);
        assert!(said.contains(says) && said.contains(&file.path().display().to_string()), "{said}");
    }
}
