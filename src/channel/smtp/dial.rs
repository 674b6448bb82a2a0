//! From a host name to a connection that is greeted, encrypted as the settings demand, and logged in.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use lettre::transport::smtp::extension::{ClientId, Extension};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::conversation::Conversation;
use super::failure::Failure;
use super::login::{Login, log_in};
use super::timeouts::Timeouts;
use super::tls::Tls;
use super::verdict;
use super::wire::Wire;
use crate::config::Security;

/// What it takes to connect.
#[derive(Debug)]
pub struct Dial {
    pub host: String,
    pub port: u16,
    /// `host:port`, for messages.
    pub place: Arc<str>,
    pub security: Security,
    /// Not there for [`Security::None`].
    pub tls: Option<Tls>,
    pub login: Option<Login>,
    pub timeouts: Timeouts,
}

impl Dial {
    /// A connection that is ready for MAIL. An access token that was refused is renewed once.
    pub async fn connect(&self) -> Result<Conversation, Failure> {
        match self.attempt(None).await {
            Err(Failure::Token { token, .. }) => self.attempt(Some(&token)).await,
            other => other,
        }
    }

    /// The same, without another try for an access token; `refused` is one that the server did not take.
    pub async fn attempt(&self, refused: Option<&str>) -> Result<Conversation, Failure> {
        let mut conversation = self.greet().await?;
        if let Some(login) = &self.login {
            log_in(&mut conversation, login, refused).await?;
        }
        Ok(conversation)
    }

    /// A connection that is greeted and encrypted as configured, before any login.
    pub async fn greet(&self) -> Result<Conversation, Failure> {
        let place = &self.place;
        let wire = self.socket().await?;
        let hello = hello(&wire);
        if let (Security::Tls, Some(tls)) = (self.security, &self.tls) {
            self.encrypt(tls, &wire).await?;
        }
        let opened = Conversation::open(wire, &hello, place.clone(), self.timeouts).await;
        let opened = opened.map_err(|lost| self.hinted(lost.into()))?;
        let mut conversation = opened.map_err(|reply| verdict::at_opening(place, &reply))?;
        if let (Security::StartTls, Some(tls)) = (self.security, &self.tls) {
            self.start_tls(tls, &mut conversation, &hello).await?;
        } else if let Err(reply) = conversation.learn(&hello).await?
            && reply.code == 421
        {
            return Err(verdict::at_opening(place, &reply));
        }
        Ok(conversation)
    }

    /// STARTTLS (RFC 3207); without it nothing goes on.
    async fn start_tls(&self, tls: &Tls, conversation: &mut Conversation, hello: &ClientId) -> Result<(), Failure> {
        let place = &self.place;
        let not_offered = |said: &str| {
            Failure::config(
                format!("{place} offers no encryption (STARTTLS){said}"),
                "set security = \"tls\" and port = 465 in [email.smtp], if the provider has that; nothing is sent in the \
                 clear",
            )
        };
        if !conversation.offers.supports_feature(Extension::StartTls) {
            return Err(not_offered(""));
        }
        let reply = conversation.command("STARTTLS", self.timeouts.greeting).await?;
        match reply.class() {
            2 => {}
            5 => return Err(not_offered(&format!(": {reply}"))),
            _ => return Err(verdict::at_opening(place, &reply)),
        }
        self.encrypt(tls, conversation.wire()).await?;
        let greeted = conversation.hello_again(hello).await?;
        greeted.map_err(|reply| verdict::at_opening(place, &reply))
    }

    async fn encrypt(&self, tls: &Tls, wire: &Wire) -> Result<(), Failure> {
        let limit = self.timeouts.greeting;
        match timeout(limit, tls.encrypt(wire, &self.place)).await {
            Ok(encrypted) => encrypted,
            Err(_) => {
                let reason = format!("the TLS handshake with {} took longer than {} s", self.place, limit.as_secs());
                Err(self.hinted(Failure::NotNow { reason, slow: None }))
            }
        }
    }

    /// A TCP connection to the first address that answers.
    async fn socket(&self) -> Result<Wire, Failure> {
        let place = &self.place;
        let not_now = |reason: String| Failure::NotNow { reason, slow: None };
        let looked_up = timeout(self.timeouts.connect, lookup_host((self.host.as_str(), self.port))).await;
        let Ok(Ok(found)) = looked_up else {
            return Err(not_now(format!(
                "the name {} is not known; check host in [email.smtp] and the network",
                self.host
            )));
        };
        let mut problem = format!("the name {} has no address", self.host);
        for address in self.permitted(found.collect())? {
            match timeout(self.timeouts.connect, TcpStream::connect(address)).await {
                Ok(Ok(socket)) => match Wire::new(socket) {
                    Ok(wire) => return Ok(wire),
                    Err(error) => problem = format!("{place} does not answer: {error}"),
                },
                Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    problem = format!("{place} refuses connections; check host and port in [email.smtp]");
                }
                Ok(Err(error)) => problem = format!("{place} does not answer: {error}"),
                Err(_) => problem = format!("{place} does not answer"),
            }
        }
        Err(not_now(problem))
    }

    /// Without encryption only this computer is spoken to, whatever its name says.
    fn permitted(&self, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Failure> {
        if self.security != Security::None || found.iter().all(|address| address.ip().to_canonical().is_loopback()) {
            return Ok(found);
        }
        Err(Failure::config(
            format!("{} is another computer, and mails do not go there in the clear", self.place),
            "set security = \"starttls\" or \"tls\" in [email.smtp]; \"none\" is for a server on this computer",
        ))
    }

    /// A server that says nothing may be waiting for TLS, or the other way round.
    fn hinted(&self, failure: Failure) -> Failure {
        let hint = match (self.security, self.port) {
            (Security::StartTls | Security::None, 465) => "; port 465 mostly wants security = \"tls\"",
            (Security::Tls, 587 | 25) => "; this port mostly wants security = \"starttls\"",
            _ => return failure,
        };
        match failure {
            Failure::NotNow { reason, slow } => Failure::NotNow { reason: reason + hint, slow },
            other => other,
        }
    }
}

/// This computer's full name, else its address on this connection (RFC 5321, section 4.1.4).
pub fn hello(wire: &Wire) -> ClientId {
    match ClientId::default() {
        ClientId::Domain(name) if is_full(&name) => ClientId::Domain(name),
        _ => match wire.local.ip().to_canonical() {
            std::net::IpAddr::V4(address) => ClientId::Ipv4(address),
            std::net::IpAddr::V6(address) => ClientId::Ipv6(address),
        },
    }
}

fn is_full(name: &str) -> bool {
    let fits = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    name.contains('.') && name.split('.').all(fits) && !name.ends_with(".local") && !name.ends_with(".localdomain")
}
