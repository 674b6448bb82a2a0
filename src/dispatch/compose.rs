//! One member's message, from what the ledger holds.

use std::fmt::Write;

use jiff::Zoned;
use sha2::{Digest, Sha256};

use crate::config::Sender;
use crate::ledger::Release;
use crate::plan::{Recipient, SiteKey, Target, unsubscribe_url};
use crate::render::email::message::pieces::Sink;
use crate::render::email::message::{self, Compiled, MergeError};

/// What stands for one delivery on its way, constant over every try: the first 16 bytes of a digest over the release and
/// the delivery's key, as 32 lower-case hexadecimal digits.
pub fn delivery_id(release: &Release, channel: &str, target: Target) -> String {
    let mut hasher = Sha256::new();
    for text in [release.slug.as_str(), channel] {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    hasher.update(release.revision.to_le_bytes());
    hasher.update(release.created_at.to_le_bytes());
    hasher.update(release.code);
    hasher.update(target.0);
    let digest: [u8; 32] = hasher.finalize().into();
    let mut id = String::with_capacity(32);
    for byte in &digest[..16] {
        write!(id, "{byte:02x}").expect("a string takes everything");
    }
    id
}

/// Makes the messages of one release.
#[derive(Clone)]
pub struct Composer<'a> {
    sender: &'a Sender,
    key: &'a SiteKey,
    /// The start of the release's digest, and its revision: the part of a Message-ID that all its mails share.
    release: String,
    revision: i64,
}

impl<'a> Composer<'a> {
    pub fn new(sender: &'a Sender, key: &'a SiteKey, release: &Release) -> Composer<'a> {
        Composer::of_content(sender, key, &release.code, release.revision)
    }

    /// For content that has no release yet, as in a build: revision 1.
    pub fn of_content(sender: &'a Sender, key: &'a SiteKey, code: &[u8; 32], revision: i64) -> Composer<'a> {
        let release = code[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        Composer { sender, key, release, revision }
    }

    /// What a delivery's file is called: constant over every try.
    pub fn name(&self, target: Target) -> String {
        match self.revision {
            1 => target.hex(),
            revision => format!("{target}-r{revision}"),
        }
    }

    /// The Message-ID of a delivery's mail, with its angle brackets: constant over every try.
    pub fn message_id(&self, target: Target) -> String {
        let domain = self.sender.from.email.domain();
        format!("<{target}.{}.r{}@{domain}>", self.release, self.revision)
    }

    /// Where the bounces of a delivery go: the sender's `bounce_address` with the target in it (VERP), else the sender.
    ///
    /// # Errors
    /// A sentence about a `bounce_address` that is too long for it.
    pub fn return_path(&self, target: Target) -> Result<String, String> {
        match &self.sender.bounce_address {
            Some(bounce) => message::return_path(bounce, &target.hex()).map(|address| address.to_string()),
            None => Ok(self.sender.from.email.to_string()),
        }
    }

    /// Writes the whole message of a member into `out`, which is emptied first. After an error nobody must send it.
    ///
    /// # Errors
    /// A value of the member that cannot stand in a message, such as a line break in a name.
    pub fn message<'c>(
        &self,
        compiled: &'c Compiled,
        list: &str,
        recipient: &Recipient,
        date: &Zoned,
        out: &mut impl Sink<'c>,
    ) -> Result<(), MergeError> {
        let url = unsubscribe_url(self.sender, self.key, list, recipient.target);
        let token = self.key.unsubscribe_token(list, recipient.target);
        let message_id = self.message_id(recipient.target);
        out.clear();
        compiled.merge_into(
            &message::Recipient {
                address: &recipient.address,
                display_name: Some(recipient.name.as_str()).filter(|name| !name.is_empty()),
                values: &recipient.slots,
                unsubscribe_url: url.as_deref(),
                unsubscribe_token: Some(&token),
                message_id: &message_id,
                date,
            },
            out,
        )
    }
}
