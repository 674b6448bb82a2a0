//! The configuration, and what in it forbids a send by a network.
//!
//! Comes in: the project. Goes out: one line for the configuration as a whole, and one for each problem.

use super::Check;
use crate::config::Transport;
use crate::error::Exit;
use crate::finding::Finding;
use crate::project::Project;

const CHECK: &str = "config";

/// A configuration that cannot be read never comes here: it ends every command.
pub fn checks(project: &Project) -> Vec<Check> {
    let Some(file) = &project.config_file else {
        let check = Check::warning(CHECK, "there is no config.toml; the built-in example organisation is used");
        return vec![check.help("`rundbrief init` asks what a first real send needs, and writes it")];
    };
    let leave = match &project.config.email.transport {
        Transport::Outbox => "mails become files on this computer".to_owned(),
        Transport::Smtp(smtp) => format!("mails go out through {}", smtp.host),
        Transport::Sendmail(sendmail) => format!("mails go out through {}", sendmail.command.display()),
    };
    let mut checks = vec![Check::ok(CHECK, format!("{} has no mistakes; {leave}", file.display()))];
    checks.extend(project.config.network_problems().iter().map(problem));
    checks
}

fn problem(finding: &Finding) -> Check {
    let place = finding.place.as_ref().filter(|place| place.line > 0);
    let place = place.map(|place| format!("{}:{}: ", place.file.display(), place.line)).unwrap_or_default();
    let message = place + &finding.message;
    let check = match finding.is_error() {
        true => Check::error(CHECK, Exit::Config, message),
        false => Check::warning(CHECK, message),
    };
    check.help(finding.help.clone().unwrap_or_default())
}
