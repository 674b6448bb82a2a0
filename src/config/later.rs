//! What the configuration of a later version has and this one does not do yet.
//!
//! Comes in: a kind of network. Goes out: whether it is one of those, and the [`Finding`] that says so kindly, with what
//! works today.

use crate::finding::Finding;

const KINDS: [&str; 8] = ["slack", "teams", "discord", "mattermost", "webhook", "matrix", "telegram", "websub"];

/// `kind = "slack"`, if a later version has it.
pub(super) fn kind(written: &str) -> Option<String> {
    KINDS.contains(&written).then(|| format!("kind = \"{written}\""))
}

/// Says that `name` is not there yet.
pub(super) fn finding(name: &str) -> Finding {
    let help = "remove this channel; a kind = \"plain\" writes a text to post by hand";
    Finding::error("config-not-yet", format!("{name} is not in this version yet")).help(help)
}
