//! Certificates for the scripted server, good and bad ones, made in the test.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivatePkcs8KeyDer;

/// A certificate with its key and the issuer's certificate.
#[derive(Clone)]
pub struct Certificate {
    pub(super) config: Arc<ServerConfig>,
    pub(super) ca_pem: String,
}

impl Certificate {
    /// For 127.0.0.1 and localhost, by an issuer of its own.
    pub fn good() -> Certificate {
        Certificate::make(&["127.0.0.1", "localhost"], 2090)
    }

    pub fn expired() -> Certificate {
        Certificate::make(&["127.0.0.1", "localhost"], 2020)
    }

    pub fn for_another_name() -> Certificate {
        Certificate::make(&["mail.example.net"], 2090)
    }

    /// The certificate of its issuer.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    fn make(names: &[&str], until: i32) -> Certificate {
        let mut authority = CertificateParams::new(Vec::new()).expect("parameters");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        authority.not_before = date_time_ymd(2015, 1, 1);
        authority.not_after = date_time_ymd(2095, 1, 1);
        let authority_key = KeyPair::generate().expect("a key");
        let ca_pem = authority.self_signed(&authority_key).expect("is signed").pem();
        let issuer = Issuer::new(authority, authority_key);

        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut leaf = CertificateParams::new(names).expect("names");
        leaf.not_before = date_time_ymd(2016, 1, 1);
        leaf.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let leaf = leaf.signed_by(&key, &issuer).expect("is signed");

        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
            .expect("key and certificate fit");
        Certificate { config: Arc::new(config), ca_pem }
    }
}
