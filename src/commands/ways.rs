//! The ways out of a send, as the configuration has them.

use std::collections::BTreeMap;

use super::Context;
use crate::channel::feed::FeedFile;
use crate::channel::network::Remote;
use crate::channel::outbox::Outbox;
use crate::channel::sendmail::Sendmail;
use crate::channel::smtp::SmtpRelay;
use crate::channel::way::Way;
use crate::config::Transport;
use crate::dispatch::Ways;
use crate::error::Error;
use crate::ledger::Mode;

/// Whether a send reaches anybody.
pub fn mode(context: &Context) -> Mode {
    if context.project.config.sends_by_network() { Mode::Real } else { Mode::Trial }
}

pub fn outbox(context: &Context) -> Outbox {
    Outbox::new(context.project.path(&context.project.config.outbox.path))
}

/// Everything that a send goes out by. No connection is made.
///
/// # Errors
/// [`Error::Channel`] for a secret that is missing or a certificate file of no use.
pub fn ways(context: &Context) -> Result<Ways<'_>, Error> {
    let config = &context.project.config;
    let feed = FeedFile::of(config, &context.now);
    let outbox = outbox(context);
    let networks = networks(context)?;
    Ok(match &config.email.transport {
        Transport::Outbox => Ways {
            mail: Way::Outbox(outbox.clone()),
            connections: 1,
            places: 1,
            relay: None,
            feed,
            texts: Some(outbox),
            networks: BTreeMap::new(),
        },
        Transport::Smtp(settings) => {
            let relay = SmtpRelay::new(settings, &config.folder, |name| std::env::var(name).ok());
            let relay = relay.map_err(|error| error.of("email"))?;
            Ways {
                mail: Way::Smtp(relay),
                connections: settings.connections,
                places: settings.connections,
                relay: Some((&settings.host, &settings.pace)),
                feed,
                texts: None,
                networks,
            }
        }
        Transport::Sendmail(settings) => {
            let mail = Way::Sendmail(Sendmail::new(settings, &config.folder));
            Ways { mail, connections: 1, places: 1, relay: None, feed, texts: None, networks }
        }
    })
}

/// The networks that the program posts to by itself; none in a trial.
fn networks(context: &Context) -> Result<BTreeMap<String, Remote>, Error> {
    let config = &context.project.config;
    let mut networks = BTreeMap::new();
    for (name, network) in config.channels.iter().filter(|_| config.sends_by_network()) {
        let remote = Remote::of(network, &config.folder, |name| std::env::var(name).ok());
        networks.extend(remote.map_err(|error| error.of(name))?.map(|remote| (name.clone(), remote)));
    }
    Ok(networks)
}

/// What takes the mails, as people read it.
pub fn taker(context: &Context) -> String {
    match &context.project.config.email.transport {
        Transport::Outbox => "the outbox".to_owned(),
        Transport::Smtp(smtp) => smtp.host.clone(),
        Transport::Sendmail(sendmail) => sendmail.command.display().to_string(),
    }
}
