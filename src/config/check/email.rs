//! `[email]`: how mails leave, and how they carry pictures.
//!
//! Comes in: the section as written. Goes out: [`EmailSettings`], with every problem told to the [`Checker`].

use std::path::{Path, PathBuf};

use super::super::file::{self, Text};
use super::super::{EmailSettings, Images, SendmailSettings, SmtpSettings, Transport};
use super::Checker;
use crate::finding::nearest;

/// What somebody adds who wrote `transport = "smtp"` and nothing else.
const SMTP_LINES: &str = "add these lines and change what is yours:\n    [email.smtp]\n    provider = \"ionos\"\n    \
                          username = \"newsletter@example.org\"\n    password = \"file:smtp.password\"";

impl Checker<'_> {
    pub(super) fn email(&mut self, email: file::Email) -> Option<EmailSettings> {
        let with_smtp = email.smtp.is_some();
        let smtp = email.smtp.and_then(|smtp| self.smtp(smtp));
        let sendmail = self.sendmail(email.sendmail);
        let retry = self.retry(&email.retry);
        let images = self.images(email.images.as_ref(), email.images_url.as_ref());
        let transport = match email.transport {
            None => Some(Transport::Outbox),
            Some(written) if written.get_ref() == "smtp" && !with_smtp => {
                self.wrong(&written, "transport = \"smtp\" needs a section that says which mail server", SMTP_LINES);
                None
            }
            Some(written) => self.transport(&written, smtp, sendmail),
        };
        Some(EmailSettings { transport: transport?, images: images?, retry })
    }

    fn transport(
        &mut self,
        written: &Text,
        smtp: Option<SmtpSettings>,
        sendmail: Option<SendmailSettings>,
    ) -> Option<Transport> {
        match written.get_ref().as_str() {
            "outbox" => Some(Transport::Outbox),
            "smtp" => smtp.map(|smtp| Transport::Smtp(Box::new(smtp))),
            "sendmail" => sendmail.map(Transport::Sendmail),
            other => {
                let help = match nearest(other, ["outbox", "smtp", "sendmail"]) {
                    Some(near) => format!("did you mean transport = \"{near}\"?"),
                    None => {
                        "write transport = \"outbox\" (files on this computer), \"smtp\" or \"sendmail\"".to_owned()
                    }
                };
                self.wrong(written, format!("unknown transport `{other}`"), &help);
                None
            }
        }
    }

    fn sendmail(&mut self, written: file::Sendmail) -> Option<SendmailSettings> {
        let Some(command) = written.command else {
            return Some(SendmailSettings { command: PathBuf::from("/usr/sbin/sendmail") });
        };
        let path = command.get_ref();
        let example = "for example command = \"/usr/sbin/sendmail\"";
        if path.contains(" -") {
            self.wrong(&command, "this must be the program alone", &format!("rundbrief adds the options; {example}"));
            return None;
        }
        if !Path::new(path).is_absolute() {
            self.wrong(&command, format!("`{path}` is no whole path"), &format!("write it from the root; {example}"));
            return None;
        }
        Some(SendmailSettings { command: PathBuf::from(path) })
    }

    fn images(&mut self, images: Option<&Text>, url: Option<&Text>) -> Option<Images> {
        match images.map(|images| images.get_ref().as_str()) {
            None | Some("embed") => Some(Images::Embed),
            Some("link") => match url {
                Some(url) => Some(Images::Link { url: self.url(url)?.trim_end_matches('/').to_owned() }),
                None => {
                    self.wrong(
                        images?,
                        "images = \"link\" needs images_url",
                        "add where public/images/ is published: images_url = \"https://www.example.org/images\"",
                    );
                    None
                }
            },
            Some(other) => {
                let message = format!("`{other}` is no way to carry pictures");
                self.wrong(images?, message, "write images = \"embed\" or images = \"link\"");
                None
            }
        }
    }
}
