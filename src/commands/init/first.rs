//! What shows that it works, once everything is written: the login, the list's check, the sample mail.
//!
//! Comes in: the project as it is on disk now. Goes out: what each step came to. What fails here takes nothing back: the
//! files stay, and a second run goes on with them.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::list::told;
use super::prompter::Prompter;
use super::secrets::{self, Typed};
use super::write;
use crate::channel::smtp::{Probe, SmtpRelay};
use crate::commands::{Context, send};
use crate::config::{Login, SmtpSettings, Transport};
use crate::error::{Error, Exit};
use crate::project::list::MemberFile;
use crate::secret::{Secret, SecretRef};

/// How often a password may be typed again that the server refuses.
const AGAIN: usize = 2;

/// What the steps came to.
#[derive(Debug, Default)]
pub struct First {
    pub exit: Option<Exit>,
    pub login: Value,
    pub list: Value,
    pub test: Value,
    pub errors: Vec<Value>,
}

impl First {
    fn ended(&mut self, exit: Exit) {
        self.exit = self.exit.max(Some(exit));
    }

    fn failed(&mut self, context: &Context, error: &Error) {
        context.screen.failure(error);
        self.errors.extend(super::super::screen::error_entries(error));
        self.ended(error.exit());
    }

    /// Logs in, where a server takes the mails. Says whether a test mail could go out.
    pub async fn log_in<P: Prompter>(&mut self, context: &Context, prompter: &mut P) -> bool {
        let Transport::Smtp(settings) = &context.project.config.email.transport else { return true };
        context.screen.result("\nMail server");
        for again in 0..=AGAIN {
            let error = match probe(context, settings).await {
                Ok(Probe::Ready { server }) => {
                    let did = if settings.login.is_some() { "logged in at" } else { "reached" };
                    context.screen.result(&format!("  {did} {}:{} ({server})", settings.host, settings.port));
                    self.login = json!({ "outcome": "ready", "server": server });
                    return true;
                }
                Ok(Probe::NotNow { reason }) => {
                    let help = "check host and port in [email.smtp]; if they are right, try again later".to_owned();
                    let message = reason.replace("; check host and port in [email.smtp]", "");
                    self.login = json!({ "outcome": "not-now", "reply": reason });
                    let error =
                        Error::Channel { channel: "mail server".to_owned(), message, help, exit: Exit::SomeDeferred };
                    self.failed(context, &error);
                    return false;
                }
                Err(error) => error,
            };
            self.login = json!({ "outcome": "refused" });
            let typed = match error.exit() {
                Exit::Credentials if again < AGAIN => another(context, settings, prompter, &error).await,
                _ => Ok(None),
            };
            let kept = typed.and_then(|typed| typed.map(|typed| write::secret(&typed)).transpose());
            match kept {
                Ok(Some(())) => {}
                Ok(None) => {
                    self.failed(context, &error);
                    return false;
                }
                Err(other) => {
                    self.failed(context, &other);
                    return false;
                }
            }
        }
        false
    }

    /// Says what is recognised in the list and what cannot be used.
    pub fn look_at_list(&mut self, context: &Context, name: &str) {
        let Some(list) = context.project.config.lists.get(name) else { return };
        context.screen.result(&format!("\nMember list {}", context.project.path(&list.file).display()));
        let looked = MemberFile::open(&context.project, name, list).and_then(|opened| {
            let recognised = opened.recognised().clone();
            opened.check().map(|check| (check.text(&recognised), check))
        });
        match looked {
            Err(error) => self.failed(context, &error),
            Ok((text, check)) => {
                context.screen.result(&told(&text));
                if check.members.is_empty() {
                    context.screen.result("  Nobody on it would be written to.");
                }
                self.ended(if check.rejected.is_empty() { Exit::Settled } else { Exit::SomeRejected });
                self.list = json!({
                    "name": name,
                    "members": check.members.len(),
                    "rejected": check.rejected,
                    "merged": check.merged.len(),
                    "left_out": check.left_out.values().sum::<u64>(),
                });
            }
        }
    }

    /// Sends the post to one address, marked as a test.
    pub async fn send_test(&mut self, context: &Context, post: &Path, address: &str) {
        context.screen.result("\nTest mail");
        match send::test(context, post, address).await {
            Err(error) => self.failed(context, &error),
            Ok((exit, document)) => {
                self.errors.extend(document["errors"].as_array().into_iter().flatten().cloned());
                self.test = document;
                self.ended(exit);
            }
        }
    }
}

async fn probe(context: &Context, settings: &SmtpSettings) -> Result<Probe, Error> {
    let env = |name: &str| std::env::var(name).ok();
    let relay = SmtpRelay::new(settings, &context.project.config.folder, env);
    let relay = relay.map_err(|error| error.of("mail server"))?;
    relay.probe().await.map_err(|error| error.of("mail server"))
}

/// Asks for another password, where one is kept in a file and somebody is there.
async fn another<P: Prompter>(
    context: &Context,
    settings: &SmtpSettings,
    prompter: &mut P,
    error: &Error,
) -> Result<Option<Typed>, Error> {
    let (what, reference) = match &settings.login {
        Some(Login::Password { password, .. }) => ("Password", password),
        Some(Login::OAuth { oauth, .. }) => ("Client secret", &oauth.client_secret),
        None => return Ok(None),
    };
    let SecretRef::File(file) = reference else { return Ok(None) };
    if !prompter.is_there() {
        return Ok(None);
    }
    context.screen.failure(error);
    let typed = prompter.secret(&format!("{what} again (Enter leaves it as it is): ")).await?;
    let typed = typed.trim_end_matches(['\r', '\n']);
    let file: PathBuf = context.project.path(file);
    Ok((!typed.is_empty()).then(|| Typed { file, secret: Secret::typed(typed) }))
}

/// Offers to take secrets from others who can read them.
///
/// # Errors
/// Nobody answers; a file is somebody else's.
pub async fn close_secrets<P: Prompter>(context: &Context, prompter: &mut P) -> Result<(), Error> {
    for file in crate::project::secret_files(&context.project) {
        secrets::close(prompter, &file).await?;
    }
    Ok(())
}
