//! `[approval]`, `[notify]`, `[metrics]`, `[doctor]`: what stands around a send.
//!
//! Comes in: the sections as written. Goes out: their settings, with every problem told to the [`Checker`].

use std::net::SocketAddr;
use std::str::FromStr;

use lettre::message::{Mailbox, Mailboxes};

use super::super::ApprovalSettings;
use super::super::file::{self, Text};
use super::Checker;

/// How many recipients may change after an approval, unless the configuration says otherwise.
const MAY_CHANGE: u64 = 20;

impl Checker<'_> {
    pub(super) fn approval(&mut self, written: file::Approval) -> ApprovalSettings {
        let may_change = written.recipients_may_change.and_then(|number| {
            let read = u64::try_from(*number.get_ref()).ok();
            if read.is_none() {
                self.wrong(&number, "this must be 0 or more", "write how many people may be added or gone: 20");
            }
            read
        });
        ApprovalSettings { required: written.required, recipients_may_change: may_change.unwrap_or(MAY_CHANGE) }
    }

    /// One address or several with commas between (RFC 5322 section 3.4).
    pub(super) fn notify(&mut self, written: Option<file::Notify>) -> Vec<Mailbox> {
        let Some(file::Notify { to }) = written else { return Vec::new() };
        let one_line = !to.get_ref().chars().any(char::is_control);
        let read = Mailboxes::from_str(to.get_ref().trim()).map(|all| all.into_iter().collect::<Vec<_>>());
        match read {
            Ok(all) if one_line && !all.is_empty() => all,
            _ => {
                let help = "write it like \"newsletter@verband.de\", several with commas between";
                self.wrong(&to, "this is no e-mail address", help);
                Vec::new()
            }
        }
    }

    /// An address of this computer and a port. The figures name posts and channels, so that others may read them only where
    /// somebody wants that.
    pub(super) fn metrics(&mut self, written: &file::Metrics) -> Option<SocketAddr> {
        let listen = &written.listen;
        let address: Option<SocketAddr> = listen.get_ref().trim().parse().ok();
        let Some(address) = address.filter(|address| address.port() > 0) else {
            let help = "write an address of this computer and a port: listen = \"127.0.0.1:9187\"";
            self.wrong(listen, "this is no address to listen at", help);
            return None;
        };
        if !address.ip().to_canonical().is_loopback() && !written.allow_remote {
            let help = "write 127.0.0.1 for this computer alone; if others are to read them, write allow_remote = true \
                        below it and let a firewall say which";
            self.wrong(listen, "other computers could read the figures there", help);
            return None;
        }
        Some(address)
    }

    /// RFC 6376 section 3.1: labels of a host name.
    pub(super) fn selector(&mut self, written: &Text) -> Option<String> {
        let selector = written.get_ref().trim();
        let label =
            |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        if selector.split('.').all(label) {
            return Some(selector.to_owned());
        }
        let help = "your mail provider names it: what stands before ._domainkey in the DNS, such as s1 or selector1";
        self.wrong(written, "this is no DKIM selector", help);
        None
    }
}
