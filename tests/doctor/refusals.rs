//! Every refusal that is explained, said by a mail server of the test.

use std::fmt::Write;

use super::{config, good, plain, project_to, secret};
use crate::project::Project;
use crate::smtp_server::{Answer, Certificate, Script, Server, Stage};

/// The lines about the mail server, and how the command ended.
fn told(project: &Project, server: &Server, code: i32) -> String {
    let ran = project.run(&["doctor"]).code(code);
    let stdout = plain(&ran.stdout(), server);
    let of_server = ["mail-server", "encryption", "offers", "login", "sender"];
    let mut kept = String::new();
    let mut keep = false;
    for line in stdout.lines().take_while(|line| !line.is_empty()) {
        if !line.starts_with(' ') {
            let name = line.get(13..).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
            keep = of_server.contains(&name);
        }
        if keep {
            writeln!(kept, "  {line}").expect("is kept");
        }
    }
    assert!(!stdout.contains("hunter2"), "no secret is shown: {stdout}");
    kept
}

fn at(stage: Stage, answer: &str) -> Script {
    good().at(stage, Answer::reply(answer))
}

#[test]
fn every_refusal_is_explained_with_what_to_do() {
    let mut all = String::new();
    for (stage, answer, code) in [
        (
            Stage::Auth,
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant",
            77,
        ),
        (
            Stage::Auth,
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy",
            77,
        ),
        (Stage::Auth, "535 5.7.3 Authentication unsuccessful", 77),
        (Stage::Auth, "550 5.7.30 Basic authentication is not supported for Client Submission", 77),
        (Stage::Auth, "534 5.7.9 Application-specific password required", 77),
        (Stage::Auth, "535 5.7.8 Username and Password not accepted", 77),
        (Stage::Auth, "535 Authentication credentials invalid", 77),
        (Stage::Auth, "454 4.7.0 Temporary authentication failure", 75),
        (Stage::Mail, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", 77),
        (Stage::Mail, "530 5.7.57 Client not authenticated to send mail", 77),
        (Stage::Mail, "535 not you", 77),
        (Stage::Mail, "451 4.3.0 later", 75),
        (Stage::Mail, "450 Mail send limit exceeded", 75),
        (Stage::Mail, "552 5.2.252 SendAsDenied; newsletter@example.org not allowed to send as x@example.org", 77),
        (Stage::Rcpt, "553 5.7.1 <newsletter@example.org>: Sender address rejected: not owned by user", 77),
        (Stage::Rcpt, "550 5.1.1 no such user", 0),
        (Stage::Rcpt, "450 4.2.0 greylisted", 75),
        (Stage::Greeting, "554 5.7.1 no access from your network", 75),
        (Stage::Greeting, "421 4.3.2 too many connections", 75),
    ] {
        let server = Server::start(at(stage, answer));
        let project = project_to(&server);
        writeln!(all, "{stage:?}: {answer} ({code})\n{}", told(&project, &server, code)).expect("is kept");
        assert_eq!(server.count("DATA"), 0);
    }
    insta::assert_snapshot!(all);
}

#[test]
fn what_goes_wrong_before_the_login_is_explained() {
    let mut all = String::new();
    let small = || good().without("SIZE");
    for (name, script, code) in [
        ("an expired certificate", Script::new().starttls(Certificate::expired()), 78),
        ("a certificate for another name", Script::new().starttls(Certificate::for_another_name()), 78),
        ("no encryption", Script::new().password("newsletter@example.org", "hunter2"), 78),
        ("no login that fits", Script::new().token(|_| true).starttls(Certificate::good()), 78),
        ("no limit of size", small(), 0),
        ("a small limit", small().offering("SIZE 1000000"), 0),
        ("nothing but the least", small().without("PIPELINING").without("8BITMIME").without("SMTPUTF8"), 0),
        ("it closes at once", Script::new().at(Stage::Greeting, Answer::close()), 75),
        ("something else listens there", Script::new().at(Stage::Greeting, Answer::raw("SSH-2.0-x\r\n")), 75),
    ] {
        let server = Server::start(script);
        let project = project_to(&server);
        writeln!(all, "{name} ({code})\n{}", told(&project, &server, code)).expect("is kept");
    }
    let server = Server::start(good());
    let project = project_to(&server);
    project.write("config.toml", config(server.port(), ""));
    writeln!(all, "an issuer that nobody knows (78)\n{}", told(&project, &server, 78)).expect("is kept");
    let tls = config(server.port(), "ca_file = \"ca.pem\"\n").replace("\"starttls\"", "\"tls\"");
    project.write("config.toml", tls);
    writeln!(all, "STARTTLS where TLS from the first byte is configured (78)\n{}", told(&project, &server, 78))
        .expect("is kept");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let project = Project::new();
    project.write("config.toml", config(nobody, ""));
    secret(&project, "smtp.password", "hunter2\n");
    let said = told(&project, &server, 75).replace(&nobody.to_string(), "PORT");
    writeln!(all, "nobody listens there (75)\n{said}").expect("is kept");
    insta::assert_snapshot!(all);
}
