//! How long each step of a conversation with a mail server may take.
//!
//! RFC 5321, section 4.5.3.2. The limit after the final dot is long on purpose: a server that is slow to answer has
//! often taken the mail, and giving up early means writing twice.

use std::time::Duration;

/// Limits for the steps; the defaults are the standard's, but for the connection and the greeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Looking the name up, and the TCP connection to one address.
    pub connect: Duration,
    /// The greeting and the answer to EHLO; the TLS handshake.
    pub greeting: Duration,
    /// Each answer during the login.
    pub login: Duration,
    pub mail: Duration,
    pub recipient: Duration,
    pub data: Duration,
    /// Until the server takes the next bytes of the content.
    pub block: Duration,
    /// From the final dot to its answer.
    pub end: Duration,
    /// RSET and QUIT.
    pub polite: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        let seconds = Duration::from_secs;
        Timeouts {
            connect: seconds(10),
            greeting: seconds(60),
            login: seconds(60),
            mail: seconds(5 * 60),
            recipient: seconds(5 * 60),
            data: seconds(2 * 60),
            block: seconds(3 * 60),
            end: seconds(10 * 60),
            polite: seconds(5),
        }
    }
}
