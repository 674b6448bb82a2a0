//! The zone that this computer's DNS servers know.
//!
//! Comes in: names. Goes out: their records. Each look-up ends within seconds; nothing is asked twice in one run.

use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{RData, RecordType};

use super::{NoAnswer, Zone};

/// For one question to one server.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How often a server is asked before it counts as silent.
const ATTEMPTS: usize = 2;

/// Asks the servers that the system names.
#[derive(Clone)]
pub struct SystemZone {
    resolver: TokioResolver,
}

impl SystemZone {
    /// # Errors
    /// The system names no DNS server.
    pub fn new() -> Result<SystemZone, NoAnswer> {
        let mut builder = TokioResolver::builder_tokio().map_err(|error| NoAnswer(plain(&error)))?;
        options(builder.options_mut());
        let resolver = builder.build().map_err(|error| NoAnswer(plain(&error)))?;
        Ok(SystemZone { resolver })
    }

    /// Asks one server alone.
    ///
    /// # Errors
    /// No resolver can be made.
    pub fn at(server: std::net::SocketAddr) -> Result<SystemZone, NoAnswer> {
        let mut connection = ConnectionConfig::udp();
        connection.port = server.port();
        let mut server = NameServerConfig::udp(server.ip());
        server.connections = vec![connection];
        let config = ResolverConfig::from_name_servers(vec![server]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        options(builder.options_mut());
        let resolver = builder.build().map_err(|error| NoAnswer(plain(&error)))?;
        Ok(SystemZone { resolver })
    }

    /// Every answer to a question as `read` takes it.
    async fn ask<T>(
        &self,
        name: &str,
        kind: RecordType,
        read: impl Fn(&RData) -> Option<T>,
    ) -> Result<Vec<T>, NoAnswer> {
        // With its dot at the end the name is whole: no local domain is tried behind it.
        match self.resolver.lookup(format!("{}.", name.trim_end_matches('.')), kind).await {
            Ok(found) => Ok(found.answers().iter().filter_map(|record| read(&record.data)).collect()),
            Err(NetError::Dns(DnsError::NoRecordsFound(none)))
                if matches!(none.response_code, ResponseCode::NXDomain | ResponseCode::NoError) =>
            {
                Ok(Vec::new())
            }
            Err(error) => Err(NoAnswer(format!("{name}: {}", plain(&error)))),
        }
    }
}

fn options(options: &mut ResolverOpts) {
    options.timeout = TIMEOUT;
    options.attempts = ATTEMPTS;
    // What counts is what the members' servers see.
    options.use_hosts_file = ResolveHosts::Never;
}

fn plain(error: &NetError) -> String {
    match error {
        NetError::Timeout => "it took too long".to_owned(),
        NetError::NoConnections => "no DNS server can be reached".to_owned(),
        NetError::Dns(DnsError::ResponseCode(code)) => format!("the DNS server says {code}"),
        NetError::Dns(DnsError::NoRecordsFound(none)) => format!("the DNS server says {}", none.response_code),
        other => other.to_string(),
    }
}

impl Zone for SystemZone {
    async fn txt(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        let read = |data: &RData| match data {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        };
        self.ask(name, RecordType::TXT, read).await
    }

    async fn mx(&self, name: &str) -> Result<Vec<String>, NoAnswer> {
        let read = |data: &RData| match data {
            RData::MX(exchange) => {
                let host = exchange.exchange.to_ascii();
                Some((exchange.preference, host.trim_end_matches('.').to_owned()))
            }
            _ => None,
        };
        let mut hosts = self.ask(name, RecordType::MX, read).await?;
        hosts.sort();
        Ok(hosts.into_iter().map(|(_, host)| host).collect())
    }

    async fn has_address(&self, name: &str) -> Result<bool, NoAnswer> {
        let read = |data: &RData| matches!(data, RData::A(_) | RData::AAAA(_)).then_some(());
        let (old, new) = tokio::join!(self.ask(name, RecordType::A, read), self.ask(name, RecordType::AAAA, read));
        match (old, new) {
            (Ok(found), _) | (_, Ok(found)) if !found.is_empty() => Ok(true),
            (Ok(_), Ok(_)) => Ok(false),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }
}
