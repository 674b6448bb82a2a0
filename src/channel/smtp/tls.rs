//! TLS 1.2 or newer to a mail server, and what a failed handshake means in plain words.
//!
//! Comes in: the host and, if the settings name one, a file with certificates to trust. Goes out: a configuration made
//! once. Never accepts a certificate that does not fit.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};

use super::failure::Failure;
use super::wire::Wire;
use crate::channel::ChannelError;

/// How to speak TLS to one host.
#[derive(Debug, Clone)]
pub struct Tls {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    host: String,
    ca_file: Option<PathBuf>,
}

impl Tls {
    /// Reads the certificates to trust: those of `ca_file` alone, else the system's.
    ///
    /// # Errors
    /// [`ChannelError::Config`]: the file cannot be read or holds none, the system has none, the host is no name.
    pub fn new(host: &str, ca_file: Option<PathBuf>) -> Result<Tls, ChannelError> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| ChannelError::Config {
            message: format!("{host:?} is no name of a mail server"),
            help: "correct host in [email.smtp]".into(),
        })?;
        let roots = match &ca_file {
            Some(path) => from_file(path)?,
            None => from_system()?,
        };
        // The provider is named because the process may hold none as its default.
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .expect("the provider knows both versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Tls { config: Arc::new(config), name, host: host.to_owned(), ca_file })
    }

    /// Puts TLS on a connection.
    pub async fn encrypt(&self, wire: &Wire, place: &str) -> Result<(), Failure> {
        let encrypted = wire.encrypt(self.config.clone(), self.name.clone()).await;
        encrypted.map_err(|error| self.failure(&error, place))
    }

    fn failure(&self, error: &io::Error, place: &str) -> Failure {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match inner {
            Some(rustls::Error::InvalidCertificate(error)) => self.certificate(error, place),
            Some(rustls::Error::InvalidMessage(_)) => Failure::config(
                format!("{place} does not speak TLS there"),
                "set security and port in [email.smtp] to what the provider says: \"starttls\" mostly goes with 587, \
                 \"tls\" with 465",
            ),
            Some(
                rustls::Error::PeerIncompatible(_)
                | rustls::Error::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure),
            ) => Failure::config(
                format!("{place} speaks only TLS that is not safe any more; 1.2 is the least"),
                "the mail server must be updated; ask who runs it",
            ),
            _ => Failure::NotNow { reason: format!("the TLS handshake with {place} failed: {error}"), slow: None },
        }
    }

    fn certificate(&self, error: &CertificateError, place: &str) -> Failure {
        let host = &self.host;
        let (what, help) = match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
                "has expired",
                "ask who runs the mail server to renew it; if it is valid, this computer's clock is wrong".to_owned(),
            ),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                ("is not valid yet", "set this computer's clock".to_owned())
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
                "is for another name",
                format!("write the server's name as the provider gives it as host in [email.smtp], not {host:?}"),
            ),
            // A bad signature is an issuer of the same name with another key, as a renewed one of one's own has.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                ("was issued by nobody this computer trusts", self.issuer_help())
            }
            CertificateError::Revoked => ("has been revoked", "ask who runs the mail server".to_owned()),
            _ => ("cannot be used", format!("ask who runs the mail server ({error})")),
        };
        Failure::config(format!("the certificate of {place} {what}"), help)
    }

    fn issuer_help(&self) -> String {
        match &self.ca_file {
            Some(path) => format!("put the certificate of its issuer into {}", path.display()),
            None => {
                "if the server has a certificate of its own, name its issuer's PEM file as ca_file in [email.smtp]; \
                     on a bare machine, install the package ca-certificates"
                    .to_owned()
            }
        }
    }
}

fn from_file(path: &Path) -> Result<RootCertStore, ChannelError> {
    let config = |message: String| ChannelError::Config {
        message,
        help: "ca_file in [email.smtp] must name a PEM file with the certificate of the server's issuer".into(),
    };
    let pem = std::fs::read(path).map_err(|error| config(format!("cannot read {}: {error}", path.display())))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let added = certificate.ok().and_then(|certificate| roots.add(certificate).ok());
        added.ok_or_else(|| config(format!("a certificate in {} is damaged", path.display())))?;
    }
    if roots.is_empty() { Err(config(format!("{} holds no certificate", path.display()))) } else { Ok(roots) }
}

fn from_system() -> Result<RootCertStore, ChannelError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(ChannelError::Config {
            message: "this computer trusts no certificate at all".into(),
            help: "install the package ca-certificates, or name a PEM file as ca_file in [email.smtp]".into(),
        });
    }
    Ok(roots)
}
