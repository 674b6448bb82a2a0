//! The mail server: whether it can be reached, is encrypted, takes the login, what it offers, and whether it takes the
//! sender. No mail is sent.
//!
//! Comes in: the settings and the sender. Goes out: a line for each stage, up to the one at which it ended.

use std::time::Duration;

use tokio::time::timeout;

use super::Check;
use crate::channel::ChannelError;
use crate::channel::smtp::{Inspection, Offers, Permission, SmtpRelay, Timeouts, Trouble};
use crate::config::{Config, Images, Login, Security, SmtpSettings};
use crate::error::Exit;
use crate::render::email::message::{TEST_TOKEN, return_path};

const REACHED: &str = "mail-server";
const ENCRYPTION: &str = "encryption";
const LOGIN: &str = "login";
const OFFERS: &str = "offers";
const SENDER: &str = "sender";

/// For all of it.
const TOTAL: Duration = Duration::from_secs(45);
/// A mail with ten embedded pictures; each is at most 150 kB, a third more on its way.
const LARGEST: u64 = 2_200_000;
/// A mail whose pictures are linked.
const LARGEST_LINKED: u64 = 250_000;

/// What to do where nobody answers.
const WHERE: &str = "check host and port in [email.smtp]; if they are right, try again later, or ask who runs the network \
                     whether a firewall is in the way";

/// Shorter than for a send: somebody is waiting.
fn patience() -> Timeouts {
    let some = Duration::from_secs(15);
    Timeouts {
        connect: Duration::from_secs(5),
        greeting: some,
        login: some,
        mail: some,
        recipient: some,
        polite: Duration::from_secs(2),
        ..Timeouts::default()
    }
}

pub async fn checks(config: &Config, settings: &SmtpSettings, env: impl Fn(&str) -> Option<String>) -> Vec<Check> {
    let relay = match SmtpRelay::with_timeouts(settings, &config.folder, env, patience()) {
        Ok(relay) => relay,
        Err(error) => return vec![stopped(REACHED, error)],
    };
    let from = config.sender.from.email.to_string();
    let bounce = config.sender.bounce_address.as_ref().map(|bounce| return_path(bounce, TEST_TOKEN));
    let sender = match bounce {
        None => from.clone(),
        Some(Ok(bounce)) => bounce.to_string(),
        Some(Err(problem)) => return vec![Check::error(SENDER, Exit::Config, problem)],
    };
    match timeout(TOTAL, relay.inspect(&sender, &from)).await {
        Ok(inspection) => lines(config, settings, &sender, inspection),
        Err(_) => {
            let message = format!("{} does not answer within {} seconds", relay.place(), TOTAL.as_secs());
            vec![Check::error(REACHED, Exit::SomeDeferred, message).help("try again later, or ask who runs it")]
        }
    }
}

fn lines(config: &Config, settings: &SmtpSettings, sender: &str, inspection: Inspection) -> Vec<Check> {
    let place = format!("{}:{}", settings.host, settings.port);
    let offers = match inspection.greeted {
        Ok(offers) => offers,
        Err(Trouble::NotNow(reason)) => {
            let check = Check::error(REACHED, Exit::SomeDeferred, reason);
            return vec![check.help(WHERE)];
        }
        Err(Trouble::Stop(error)) => return vec![stopped(ENCRYPTION, error)],
    };
    let mut checks = vec![
        Check::ok(REACHED, format!("{place} answers as {}", offers.server)),
        encryption(settings.security, offers.encrypted),
        size(config, &offers),
    ];
    match inspection.login {
        None if settings.login.is_none() => checks.push(Check::ok(LOGIN, "none is configured, and none is tried")),
        None => {}
        Some(Ok(())) => checks.push(Check::ok(LOGIN, format!("{place} takes the login of {}", name(settings)))),
        Some(Err(trouble)) => checks.push(troubled(LOGIN, trouble)),
    }
    checks.extend(inspection.sender.map(|permission| sender_line(sender, &place, permission)));
    checks
}

fn name(settings: &SmtpSettings) -> &str {
    match &settings.login {
        Some(Login::Password { username, .. } | Login::OAuth { username, .. }) => username,
        None => "nobody",
    }
}

fn encryption(security: Security, encrypted: bool) -> Check {
    match (security, encrypted) {
        (Security::Tls, true) => Check::ok(ENCRYPTION, "TLS from the first byte, with a certificate that fits"),
        (Security::StartTls, true) => Check::ok(ENCRYPTION, "STARTTLS, with a certificate that fits"),
        _ => Check::ok(ENCRYPTION, "none; the server is on this computer"),
    }
}

fn size(config: &Config, offers: &Offers) -> Check {
    let known = ["PIPELINING", "8BITMIME", "SMTPUTF8"].into_iter().filter(|name| offers.has(name));
    let mut parts: Vec<String> = known.map(ToOwned::to_owned).collect();
    if !offers.mechanisms.is_empty() {
        parts.insert(0, format!("logins by {}", offers.mechanisms.join(", ")));
    }
    parts.insert(
        0,
        match offers.size {
            Some(size) => format!("mails of up to {}", bytes(size)),
            None => "mails of any size".to_owned(),
        },
    );
    let message = parts.join(" · ");
    let linked = matches!(config.email.images, Images::Link { .. });
    let needed = if linked { LARGEST_LINKED } else { LARGEST };
    match offers.size {
        Some(size) if size < needed => {
            let what = if linked { "a long mail can have" } else { "a mail with ten pictures can have" };
            let message = format!("{message}; {what} {}", bytes(needed));
            let help = if linked {
                "ask its provider for more"
            } else {
                "ask its provider for more, or set images = \"link\" in [email]"
            };
            Check::warning(OFFERS, message).help(help)
        }
        _ => Check::ok(OFFERS, message),
    }
}

fn bytes(size: u64) -> String {
    match size {
        0..1_000_000 => format!("{} kB", size.div_ceil(1000)),
        _ => format!("{}.{} MB", size / 1_000_000, size % 1_000_000 / 100_000),
    }
}

fn sender_line(sender: &str, place: &str, permission: Result<Permission, Trouble>) -> Check {
    match permission {
        Ok(Permission::Taken) => Check::ok(SENDER, format!("{place} takes {sender} as the sender; nothing was sent"))
            .help("some servers look closer at a whole mail: `rundbrief send POST --test you@…` shows it"),
        Ok(Permission::RecipientRefused(reply)) => {
            let message = format!("{place} takes {sender} as the sender, but no mail to the address in from: {reply}");
            Check::warning(SENDER, message).help("see that from in [sender] is a mailbox: people answer to it")
        }
        Err(trouble) => troubled(SENDER, trouble),
    }
}

fn troubled(check: &'static str, trouble: Trouble) -> Check {
    match trouble {
        Trouble::NotNow(reason) => Check::error(check, Exit::SomeDeferred, reason).help("try again later"),
        Trouble::Stop(error) => stopped(check, error),
    }
}

fn stopped(check: &'static str, error: ChannelError) -> Check {
    match error {
        ChannelError::Credentials { message, help } => Check::error(check, Exit::Credentials, message).help(help),
        ChannelError::Config { message, help } => Check::error(check, Exit::Config, message).help(help),
        ChannelError::Refused { message, help } => Check::error(check, Exit::SomeRejected, message).help(help),
        ChannelError::Local(error) => Check::of_error(check, &error),
    }
}
