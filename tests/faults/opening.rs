//! Servers that are not there, certificates that do not fit, logins that are refused.

use std::net::TcpListener;

use crate::smtp_server::{Answer, Certificate, Script, Server, Stage};
use crate::table::{Row, check, row};

const NONE: &str = "security = \"none\"";
const STARTTLS: &str = "security = \"starttls\"\nca_file = \"ca.pem\"";
const TLS: &str = "security = \"tls\"\nca_file = \"ca.pem\"";

/// The login in the row's server is `rundbrief` with `secret`.
fn login(password: &str) -> String {
    format!("{STARTTLS}\nusername = \"rundbrief\"\npassword = \"env:{password}\"")
}

fn encrypted(name: &'static str, certificate: Certificate, exit: i32, totals: &'static str) -> Row {
    row(name, Script::new().starttls(certificate), exit, totals).instead_of(NONE, STARTTLS)
}

fn with_login(name: &'static str, password: &str, exit: i32, totals: &'static str) -> Row {
    let script = Script::new().password("rundbrief", "secret").starttls(Certificate::good());
    row(name, script, exit, totals).instead_of(NONE, &login(password))
}

#[test]
fn a_certificate_that_does_not_fit_is_a_setting_and_nothing_is_sent() {
    check(vec![
        encrypted("a good one", Certificate::good(), 0, "sent 5"),
        encrypted("expired", Certificate::expired(), 78, "pending 5").says("expired"),
        encrypted("another server's", Certificate::for_another_name(), 78, "pending 5"),
        encrypted("by an unknown authority", Certificate::good(), 78, "pending 5").trusting(&Certificate::good()),
        row("TLS from the start", Script::new().implicit_tls(Certificate::good()), 0, "sent 5").instead_of(NONE, TLS),
        row("TLS from the start, expired", Script::new().implicit_tls(Certificate::expired()), 78, "pending 5")
            .instead_of(NONE, TLS),
        row("STARTTLS not offered", Script::new(), 78, "pending 5")
            .trusting(&Certificate::good())
            .instead_of(NONE, STARTTLS)
            .says("offers no encryption"),
        encrypted("STARTTLS refused", Certificate::good(), 78, "pending 5")
            .on(Stage::StartTls, |_| Answer::reply("502 5.5.1 no")),
        encrypted("STARTTLS not now", Certificate::good(), 0, "sent 5").on(Stage::StartTls, |seen| {
            if seen.connection <= 2 { Answer::reply("454 4.7.0 not now").and_close() } else { Answer::normal() }
        }),
    ]);
}

#[test]
fn a_refused_login_ends_the_send_and_a_busy_one_does_not() {
    check(vec![
        with_login("the right password", "RIGHT", 0, "sent 5"),
        with_login("a wrong password", "WRONG", 77, "pending 5").then(77, "pending 5").says("535"),
        with_login("no such variable", "NOWHERE", 78, "").unreleased().says("NOWHERE"),
        with_login("454 at the login", "RIGHT", 0, "sent 5").on(Stage::Auth, |seen| {
            if seen.connection <= 2 { Answer::reply("454 4.7.0 later").and_close() } else { Answer::normal() }
        }),
        with_login("closed at the login", "RIGHT", 0, "sent 5")
            .on(Stage::Auth, |seen| if seen.connection <= 2 { Answer::close() } else { Answer::normal() }),
        with_login("a mailbox that may not log in", "RIGHT", 77, "pending 5")
            .on(Stage::Auth, |_| Answer::reply("535 5.7.139 SmtpClientAuthentication is disabled"))
            .says("Authenticated SMTP"),
        row("no login offered", Script::new().starttls(Certificate::good()), 78, "pending 5")
            .instead_of(NONE, &login("RIGHT")),
        row("a server without TLS", Script::new().password("rundbrief", "secret"), 78, "pending 5")
            .trusting(&Certificate::good())
            .instead_of(NONE, &login("RIGHT")),
    ]);
}

#[test]
fn a_server_that_is_not_there_costs_nobody_a_try() {
    // Nobody listens on a port that was free a moment ago.
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let silent = Server::start(Script::new().at(Stage::Greeting, Answer::reply("421 4.3.2 busy").and_close()));
    let unknown = "host = \"nobody.invalid\"";
    check(vec![
        row("a closed port", Script::new(), 75, "pending 5")
            .at_port(closed)
            .then(75, "pending 5")
            .says("refuses connections"),
        row("always busy", Script::new(), 75, "pending 5").at_port(silent.port()).says("421"),
        row("a name that nobody knows", Script::new(), 75, "pending 5")
            .instead_of("host = \"127.0.0.1\"", unknown)
            .instead_of(NONE, "security = \"starttls\"")
            .instead_of("@example.org", "@rundbriefe-im-test.de")
            .instead_of("Musterstraße 1", "Testgasse 3")
            .says("nobody.invalid is not known"),
    ]);
}
