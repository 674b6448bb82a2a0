//! The questions about the mail server and the account there.

use super::answers::{OTHER, OUTBOX};
use super::interview::{Extent, Interview, Question, ask, indented};
use super::key::Key;
use super::prompter::Prompter;
use super::secrets::{PASSWORD, SECRET, Typed};
use crate::commands::table::aligned;
use crate::config::{PROVIDERS, Provider, Security};
use crate::error::Error;
use crate::finding::nearest;

impl<P: Prompter> Interview<'_, P> {
    /// Everything that stands in `[email]`. Goes out: the secrets that were typed.
    ///
    /// # Errors
    /// Nobody answers, or wrong too often.
    pub async fn server(&mut self) -> Result<Vec<Typed>, Error> {
        self.provider().await?;
        let decided = self.answers.get(Key::Provider).map(str::to_owned).or_else(|| self.draft.transport_provider());
        let provider = match decided.as_deref() {
            None | Some(OUTBOX) => return Ok(Vec::new()),
            Some(OTHER) => None,
            Some(name) => PROVIDERS.into_iter().find(|known| known.name == name),
        };
        let own_host = provider.is_some_and(|provider| provider.host.is_some());
        if !own_host {
            self.address(provider).await?;
        }
        self.account(provider).await
    }

    async fn provider(&mut self) -> Result<(), Error> {
        let today = self.draft.transport_provider();
        if let Some(written) = self.answers.get(Key::Provider) {
            let known = named(written).map_err(|objection| Error::Usage(format!("--provider: {objection}")))?;
            self.answers.set(Key::Provider, known);
            return Ok(());
        }
        if self.answers.get(Key::Host).is_some() && today.as_deref().is_none_or(|today| today == OUTBOX) {
            self.answers.set(Key::Provider, OTHER);
            return Ok(());
        }
        let undecided = today.is_none() || today.as_deref() == Some(OUTBOX) && self.answers.touch_server();
        let wanted = self.extent == Extent::All || undecided;
        // A local program takes the mails, and the person who wrote that knows why.
        if self.draft.transport() == Some("sendmail") || !wanted {
            return Ok(());
        }
        if !self.prompter.is_there() {
            if undecided {
                self.miss(Key::Provider);
            }
            return Ok(());
        }
        let menu = format!("\nMail server: who takes your mails, and how many\n{}", menu());
        self.prompter.say(&menu);
        let question = Question {
            prompt: "Number or name",
            help: "Where your organisation's mail account is. The figures are what each is known to take; if your contract\n\
                   allows other ones, write them with --per-minute, --per-hour or --per-day.",
            default: today.clone(),
            optional: false,
        };
        let answer = ask(self.prompter, &question, named).await?;
        if answer != today {
            self.answers.set(Key::Provider, answer.unwrap_or_default());
        }
        Ok(())
    }

    /// Host, port and security of a server that is not known by its name.
    async fn address(&mut self, provider: Option<Provider>) -> Result<(), Error> {
        let relay = provider.is_some();
        let host = Question {
            prompt: "Its name",
            help: "As your provider or IT says it: mail.verband-muster.de; localhost is this computer.",
            default: relay.then(|| "localhost".to_owned()),
            optional: false,
        };
        self.value(Key::Host, host, str::to_owned).await?;
        // The configuration has good defaults for these two, which a person should see and nobody else needs.
        if !self.prompter.is_there() || !(self.extent == Extent::All || self.draft.is_other_server(&self.answers)) {
            return Ok(());
        }
        let local = self.known(Key::Host).is_some_and(|host| host == "localhost" || host.starts_with("127."));
        let (security, port) = match (relay, local) {
            (_, true) => ("none", "25"),
            (true, false) => ("starttls", "25"),
            (false, false) => ("starttls", "587"),
        };
        let question = Question {
            prompt: "Security",
            help: "starttls (usual with port 587), tls (usual with port 465), or none, on this computer only.",
            default: Some(security.to_owned()),
            optional: false,
        };
        self.value(Key::Security, question, str::to_owned).await?;
        let port = if self.known(Key::Security).as_deref() == Some("tls") { "465" } else { port };
        let question = Question {
            prompt: "Port",
            help: "As your provider says it: 587, 465 or 25.",
            default: Some(port.to_owned()),
            optional: false,
        };
        self.value(Key::Port, question, str::to_owned).await
    }

    async fn account(&mut self, provider: Option<Provider>) -> Result<Vec<Typed>, Error> {
        let needed = provider.is_some_and(|provider| provider.host.is_some());
        let sender = self.known(Key::From).map(|from| super::organisation::bare(&from).to_owned());
        let question = Question {
            prompt: "Account",
            help: "The user name at the mail server, mostly the whole address.",
            default: sender.filter(|_| needed && self.prompter.is_there()),
            optional: !needed,
        };
        self.value(Key::Username, question, str::to_owned).await?;
        if self.known(Key::Username).is_none() && !needed {
            return Ok(Vec::new());
        }
        let asked_for_app =
            [Key::Tenant, Key::ClientId, Key::ClientSecret].iter().any(|key| self.answers.get(*key).is_some());
        let app_today = self.today(Key::ClientId).is_some() && self.answers.get(Key::Password).is_none();
        let microsoft = provider.is_some_and(|provider| provider.name == "microsoft365");
        let app = match asked_for_app || app_today {
            true => true,
            false if microsoft && self.asks(Key::Password, false) => {
                let help = "Microsoft stops taking passwords from programs at the end of December 2026. Whoever runs your\n\
                            Microsoft 365 can register an application for you (Entra ID, App registrations) and give it the\n\
                            permission SMTP.SendAsApp and access to the mailbox.";
                self.yes("Log in by an app registration, not by a password?", help, true).await?
            }
            false => false,
        };
        if !app {
            return Ok(self.secret(Key::Password, "Password", PASSWORD).await?.into_iter().collect());
        }
        let tenant = Question {
            prompt: "Directory (tenant) ID",
            help: "It stands on the application's page in Microsoft Entra; your domain does, too.",
            ..Question::default()
        };
        self.value(Key::Tenant, tenant, str::to_owned).await?;
        let client =
            Question { prompt: "Application (client) ID", help: "It stands on the same page.", ..Question::default() };
        self.value(Key::ClientId, client, str::to_owned).await?;
        Ok(self.secret(Key::ClientSecret, "Client secret", SECRET).await?.into_iter().collect())
    }
}

/// The provider that an answer means.
///
/// # Errors
/// What is wrong with it.
pub fn named(written: &str) -> Result<String, String> {
    let names: Vec<&str> = PROVIDERS.iter().map(|provider| provider.name).chain([OTHER, OUTBOX]).collect();
    let lower = written.to_lowercase();
    if let Some(name) = lower.parse::<usize>().ok().and_then(|number| names.get(number.checked_sub(1)?)) {
        return Ok((*name).to_owned());
    }
    let title = PROVIDERS.iter().find(|provider| provider.title.eq_ignore_ascii_case(written)).map(|known| known.name);
    if let Some(name) = title.or_else(|| names.iter().copied().find(|name| *name == lower)) {
        return Ok(name.to_owned());
    }
    Err(match nearest(&lower, names.iter().copied()) {
        Some(near) => format!("`{written}` is not known\n  = help: did you mean {near}? Any other server: {OTHER}"),
        None => format!("`{written}` is not known\n  = help: one of {}; any other server: {OTHER}", names.join(", ")),
    })
}

fn menu() -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for provider in PROVIDERS {
        let place = match provider.host {
            Some(host) => format!("{host}:{}", provider.port),
            None => "on this computer or in your network".to_owned(),
        };
        let limits = match (provider.limits(), provider.host) {
            (limits, _) if provider.per_hour.is_some() => format!("{limits} or more, by your contract"),
            (limits, _) if !limits.is_empty() => limits,
            (_, None) => "no limit unless you write one".to_owned(),
            _ => "by your contract; 30 a minute to begin with".to_owned(),
        };
        let lock = match provider.security {
            Some(Security::Tls) => "TLS",
            Some(_) => "STARTTLS",
            None => "",
        };
        rows.push(vec![(rows.len() + 1).to_string(), provider.name.to_owned(), place, lock.to_owned(), limits]);
    }
    let more = [
        (OTHER, "any other server", "30 a minute to begin with"),
        (OUTBOX, "none yet: mails become files on this computer", ""),
    ];
    for (name, place, limits) in more {
        rows.push(vec![
            (rows.len() + 1).to_string(),
            name.to_owned(),
            place.to_owned(),
            String::new(),
            limits.to_owned(),
        ]);
    }
    indented(&aligned(&rows, |column| column == 0).join("\n"))
}
