//! A project that sends through a mail server of the test, and what its members go through.

#![allow(dead_code, reason = "each test binary uses a part of this module")]

use super::project::{self, Project};
use super::smtp_server::{Answer, Script, Server, Stage};

/// Anna is accepted, Ben is refused, Cora's connection ends after the dot, Dora is asked to come later.
pub const LIST: &str = "Anrede;Vorname;Nachname;E-Mail;Newsletter\nFrau;Anna;Muster;anna@example.org;ja\n\
                        Herr;Ben;Beispiel;ben@example.org;ja\nFrau;Cora;Neu;cora@example.org;ja\n\
                        Frau;Dora;Spät;dora@example.org;ja\nHerr;Emil;Ohne;emil@example.org;nein\n\
                        ;Frida;Falsch;frida@example.org, fred@example.org;ja\n";

pub fn config(server: &Server) -> String {
    let smtp = format!(
        "transport = \"smtp\"\nsmtp = {{ host = \"{}\", port = {}, security = \"none\", connections = 1, \
         per_minute = 60000, per_hour = 100000, per_day = 100000 }}",
        server.host(),
        server.port()
    );
    let config = project::config().replace("transport = \"outbox\"", &smtp);
    config.replace("basis = ", "where = { Newsletter = \"ja\" }\nbasis = ")
}

/// The project, sending to the server.
pub fn project(server: &Server) -> Project {
    let project = Project::new();
    project.write("newsletters/lists/members.csv", LIST);
    project.write("config.toml", config(server));
    project
}

/// A server that does to each member what [`LIST`] says.
pub fn moody() -> Server {
    let script = Script::new().on(Stage::Rcpt, |seen| match seen.recipient() {
        "ben@example.org" => Answer::reply("550 5.1.1 no such user"),
        "dora@example.org" => Answer::reply("452 4.2.2 mailbox full"),
        _ => Answer::normal(),
    });
    Server::start(script.on(Stage::End, |seen| match seen.recipient() {
        "cora@example.org" => Answer::close(),
        _ => Answer::normal(),
    }))
}

/// What was printed, without the server's port and with one time for another try, which is a matter of chance.
pub fn plain(text: &str, server: &Server) -> String {
    let text = text.replace(&format!(":{}", server.port()), ":PORT");
    (0..10).fold(text, |text, minute| text.replace(&format!("from 09:0{minute} on"), "from 09:0* on"))
}
