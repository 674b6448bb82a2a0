//! Passwords and keys: each is there, is not empty, and nobody else on this computer can read it.
//!
//! Comes in: the project and a reader of the environment. Goes out: a line for each. Never shows a value.

use super::Check;
use crate::config::{Config, Login, Transport};
use crate::error::Exit;
use crate::project::{Project, secret_warnings};
use crate::secret::SecretRef;

const CHECK: &str = "secrets";

pub fn checks(project: &Project, env: impl Fn(&str) -> Option<String>) -> Vec<Check> {
    let open = secret_warnings(project);
    let mut checks = Vec::new();
    if let Some((key, reference)) = password(&project.config) {
        checks.push(match reference.resolve(&project.config.folder, env) {
            Ok(_) => Check::ok(CHECK, format!("{key}: {}", found(project, reference))),
            Err(problem) => {
                Check::error(CHECK, Exit::Config, format!("{key}: {problem}")).help(how(project, reference))
            }
        });
    }
    for finding in open {
        let file = finding.place.as_ref().map(|place| format!("{}: ", place.file.display())).unwrap_or_default();
        checks.push(Check::warning(CHECK, file + &finding.message).help(finding.help.unwrap_or_default()));
    }
    checks
}

/// What the mail server wants to know, beside the name. The site key is looked at with the sending record, to which it
/// belongs.
fn password(config: &Config) -> Option<(&'static str, &SecretRef)> {
    let Transport::Smtp(smtp) = &config.email.transport else { return None };
    Some(match smtp.login.as_ref()? {
        Login::Password { password, .. } => ("the password of the mail server", password),
        Login::OAuth { oauth, .. } => ("the client secret of the mail server", &oauth.client_secret),
    })
}

fn found(project: &Project, reference: &SecretRef) -> String {
    match reference {
        SecretRef::Env(name) => format!("the environment variable {name} is set"),
        SecretRef::File(path) => format!("{} is there", project.path(path).display()),
    }
}

fn how(project: &Project, reference: &SecretRef) -> String {
    match reference {
        SecretRef::Env(name) => format!("set {name} where rundbrief runs, for cron or a timer too"),
        SecretRef::File(path) => {
            let path = project.path(path);
            format!("write it into {}, alone on the first line, and run: chmod 600 {}", path.display(), path.display())
        }
    }
}
