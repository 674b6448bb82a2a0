//! A request as people see it before it goes out: nothing in it lets anybody post.

use std::fmt::{self, Display, Formatter};

use crate::render::link;

/// One request. Secrets are not in it; what is known only when it goes out is described in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    pub method: &'static str,
    /// Without what is secret about it.
    pub address: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Described {
    pub(super) fn post(address: &str, body: String) -> Described {
        Described { method: "POST", address: address.to_owned(), headers: Vec::new(), body }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Described {
        self.headers.push((name, value.into()));
        self
    }
}

/// As RFC 9112 writes a request, with the whole address in the first line.
impl Display for Described {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.address)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {value}")?;
        }
        writeln!(f, "\n{}", self.body)
    }
}

/// Of an address that is a secret, what may be shown: the host.
pub(super) fn hidden(url: &str) -> String {
    let scheme = if url.starts_with("http://") { "http" } else { "https" };
    link::host(url).map_or_else(|| "(no address)".to_owned(), |host| format!("{scheme}://{host}/…"))
}
