//! The networks that the program posts to by itself: whether each takes its login, and what it takes.
//!
//! Comes in: the configuration and a reader of the environment. Goes out: a line for each channel. Posts nothing. Hooks
//! have no login that could be tried without posting: of them it is only seen whether the address is there.

use std::cmp::Ordering;

use futures_util::future::join_all;

use super::Check;
use crate::channel::ChannelError;
use crate::channel::network::{Inspection, Remote, Trouble};
use crate::config::{Config, Network};
use crate::error::Exit;
use crate::render::teaser::length::Measure;

const CHECK: &str = "network";

/// Without `online` only what is seen on this computer.
pub async fn checks(config: &Config, env: impl Fn(&str) -> Option<String>, online: bool) -> Vec<Check> {
    let made = config.channels.iter().filter_map(|(name, network)| {
        let remote = Remote::of(network, &config.folder, &env).transpose()?;
        Some((name, network, remote))
    });
    let one = async |(name, network, remote): (&String, &Network, Result<Remote, ChannelError>)| match remote {
        Err(error) => stopped(name, error),
        Ok(remote) => look(name, network, &remote, online).await,
    };
    join_all(made.map(one)).await
}

async fn look(name: &str, network: &Network, remote: &Remote, online: bool) -> Check {
    if !online {
        return Check::not_checked(CHECK, format!("{name}: its secret is there; the login was left out (--offline)"));
    }
    match remote.inspect().await {
        None => {
            let label = network.kind.label();
            Check::ok(CHECK, format!("{name}: its secret is there; {label} cannot be asked without posting"))
        }
        Some(Ok(inspection)) => answered(name, network, &inspection),
        Some(Err(Trouble::NotNow(reason))) => {
            let help = "try again later; a send goes on without it and posts there when it answers";
            Check::error(CHECK, Exit::SomeDeferred, format!("{name}: {reason}")).help(help)
        }
        Some(Err(Trouble::Stop(error))) => stopped(name, error),
    }
}

fn answered(name: &str, network: &Network, inspection: &Inspection) -> Check {
    let said = format!("{name}: logged in as {}", inspection.account);
    let Some(most) = inspection.limits.characters else { return Check::ok(CHECK, said) };
    let said = format!("{said}; takes {most} characters");
    let ours = Measure::from(network).limit;
    match ours.cmp(&most) {
        Ordering::Greater => {
            let message = format!("{said}, and texts are made with up to {ours}");
            Check::warning(CHECK, message).help(format!("write characters = {most} into [channels.{name}]"))
        }
        Ordering::Less => {
            let help = format!(
                "texts are made with up to {ours}; characters = {most} in [channels.{name}] allows longer ones"
            );
            Check::ok(CHECK, said).help(help)
        }
        Ordering::Equal => Check::ok(CHECK, said),
    }
}

fn stopped(name: &str, error: ChannelError) -> Check {
    let (exit, message, help) = match error {
        ChannelError::Credentials { message, help } => (Exit::Credentials, message, help),
        ChannelError::Config { message, help } => (Exit::Config, message, help),
        ChannelError::Refused { message, help } => (Exit::SomeRejected, message, help),
        ChannelError::Local(error) => return Check::of_error(CHECK, &error),
    };
    Check::error(CHECK, exit, format!("{name}: {message}")).help(help)
}
