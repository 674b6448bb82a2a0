//! The plan: what a send would do. For every member a decision, for every channel the sums.
//!
//! Comes in: a member, the slots of the mail, the site key. Goes out: a [`Decision`], and a [`Plan`] that preview,
//! dry run and dispatch share. Pure: members stream through it, nothing is written and nothing is asked.

use std::collections::BTreeMap;

use hmac::{Hmac, Mac};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::config::{List, Sender};
use crate::members::address::Address;
use crate::members::salutation::salutation;
use crate::members::{Member, Row};
use crate::render::email::message::values_for;
use crate::render::email::slot::Slot;

pub mod duration;
pub mod schedule;
mod target;
mod token;

pub use target::Target;
pub use token::Token;

/// The site key: makes targets and unsubscribe tokens, so that neither can be guessed from an address.
#[derive(Clone)]
pub struct SiteKey([u8; 32]);

impl SiteKey {
    pub fn new(bytes: [u8; 32]) -> SiteKey {
        SiteKey(bytes)
    }

    /// The key of trials on a site that has none yet. A trial reaches nobody, so its targets protect nothing.
    pub fn trial() -> SiteKey {
        SiteKey(Sha256::digest(b"rundbrief trial").into())
    }

    /// Whether it is the key of trials, which no record of real sends may be made with.
    pub fn is_trial(&self) -> bool {
        self.0 == SiteKey::trial().0
    }

    /// The target of an address.
    pub fn target(&self, address: &Address) -> Target {
        Target(first_16(&self.mac(&[b"target", address.normalized().as_bytes()])))
    }

    /// The opaque token that takes one member off one list.
    pub fn unsubscribe_token(&self, list: &str, target: Target) -> String {
        let mac = self.mac(&[b"unsubscribe", list.as_bytes(), &target.0]);
        Target(first_16(&mac)).hex()
    }

    /// Tells one key from another without telling the key: 16 lower-case hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        self.mac(&[b"fingerprint"])[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

fn first_16(bytes: &[u8; 32]) -> [u8; 16] {
    let mut first = [0; 16];
    first.copy_from_slice(&bytes[..16]);
    first
}

/// One member of a release, as frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub target: Target,
    pub address: String,
    /// For the To header; may be empty.
    pub name: String,
    /// In the order of the part's slots.
    pub slots: Vec<String>,
    /// Index of the release's part.
    pub part: i64,
}

/// Why a member gets no mail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// The list's `where` leaves the row out.
    LeftOut { column: String },
    /// The row has no usable address, or is damaged.
    Rejected,
    /// The mail wants a value that the member's row does not have.
    NoValue { field: String },
    /// The address stands on the list twice, or on an earlier list as well.
    Duplicate,
    /// Another row of the same list refuses for the address.
    Refused,
    /// The address must not be written to.
    Suppressed,
    /// An earlier run of this send has the member already.
    Known,
    /// Joined since the post was approved, and needs a new approval.
    NotApproved,
}

impl Skip {
    /// The stable name in `plan.json`.
    pub fn key(&self) -> String {
        match self {
            Skip::LeftOut { column } => format!("left_out:{column}"),
            Skip::Rejected => "rejected".to_owned(),
            Skip::NoValue { field } => format!("no_value:{field}"),
            Skip::Duplicate => "duplicate".to_owned(),
            Skip::Refused => "refused_in_another_row".to_owned(),
            Skip::Suppressed => "suppressed".to_owned(),
            Skip::Known => "already_in_this_send".to_owned(),
            Skip::NotApproved => "not_approved".to_owned(),
        }
    }

    /// The reason as people read it on the terminal, after a number.
    pub fn words(&self) -> String {
        match self {
            Skip::LeftOut { column } => format!("left out by the list's column “{column}”"),
            Skip::Rejected => "without a usable address (see `rundbrief members check`)".to_owned(),
            Skip::NoValue { field } => format!("with an empty “{field}”, which the mail needs"),
            Skip::Duplicate => "more than once on the lists (each is written to once)".to_owned(),
            Skip::Refused => "whom another row of the list leaves out (see `rundbrief members check`)".to_owned(),
            Skip::Suppressed => "who must not be written to".to_owned(),
            Skip::Known => "already in this send".to_owned(),
            Skip::NotApproved => "who joined and whom the approval is not for".to_owned(),
        }
    }
}

/// What happens to one row of a list. All refusals of a list come before its other decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The target is not written to as a member of this part's list.
    Refuse {
        part: i64,
        target: Target,
    },
    Write(Recipient),
    Skip(Skip),
}

/// What the decision about a list's members needs to know.
#[derive(Clone)]
pub struct Audience<'a> {
    pub name: &'a str,
    pub list: &'a List,
    pub sender: &'a Sender,
    /// The post's language, where the list has none.
    pub lang: &'a str,
    pub key: &'a SiteKey,
    pub slots: &'a [Slot],
    /// Index of the release's part for this list.
    pub part: i64,
}

impl Audience<'_> {
    /// Whether a row of the list gets the mail. Duplicates and suppressions are the ledger's to know.
    pub fn decide(&self, row: Row) -> Decision {
        match row {
            Row::Member(member) => self.decide_member(&member),
            Row::Rejected { .. } => Decision::Skip(Skip::Rejected),
            Row::LeftOut { column, .. } => Decision::Skip(Skip::LeftOut { column }),
        }
    }

    /// What it means for the list that a row of it refuses for an address.
    pub fn refuse(&self, address: &Address) -> Decision {
        Decision::Refuse { part: self.part, target: self.key.target(address) }
    }

    fn decide_member(&self, member: &Member) -> Decision {
        let target = self.key.target(&member.address);
        let slots = match values_for(self.slots, |field| self.value(member, target, field)) {
            Ok(slots) => slots,
            Err(field) => return Decision::Skip(Skip::NoValue { field }),
        };
        Decision::Write(Recipient {
            target,
            address: member.address.as_str().to_owned(),
            name: display_name(member),
            slots,
            part: self.part,
        })
    }

    /// The value of a slot for a member; `None` for an empty cell.
    fn value(&self, member: &Member, target: Target, field: &str) -> Option<String> {
        match field {
            "salutation" => {
                let lang = member.field("language").or(self.list.language.as_deref()).unwrap_or(self.lang);
                Some(salutation(member, lang, self.list.informal, self.list.salutation.as_deref()))
            }
            "unsubscribe_url" => unsubscribe_url(self.sender, self.key, self.name, target),
            "email" => Some(member.address.as_str().to_owned()),
            _ => member.field(field).map(str::to_owned),
        }
    }
}

/// A member's own unsubscribe address for a list, where the sender has one (RFC 8058).
pub fn unsubscribe_url(sender: &Sender, key: &SiteKey, list: &str, target: Target) -> Option<String> {
    let template = sender.unsubscribe.url.as_deref()?;
    Some(template.replace("{token}", &key.unsubscribe_token(list, target)))
}

/// First and last name, or the whole name, for the To header.
fn display_name(member: &Member) -> String {
    match (member.field("first_name"), member.field("last_name")) {
        (Some(first), Some(last)) => format!("{first} {last}"),
        (first, last) => member.field("name").or(last).or(first).unwrap_or_default().to_owned(),
    }
}

/// What a send does, by channel. Serialised as `plan.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    pub slug: String,
    /// The release code, as people read it.
    pub code: String,
    pub channels: BTreeMap<String, ChannelPlan>,
}

/// What a send does on one channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ChannelPlan {
    /// Deliveries that this send adds.
    pub targets: u64,
    /// How many rows are skipped, by reason.
    pub skipped: BTreeMap<String, u64>,
}

/// A digest of a set of recipients that does not depend on their order: the sum of their digests modulo 2²⁵⁶.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AudienceDigest(pub [u8; 32]);

impl AudienceDigest {
    /// Adds one recipient.
    pub fn add(&mut self, recipient: &Recipient) {
        let mut hasher = Sha256::new();
        hasher.update(recipient.target.0);
        hasher.update(recipient.part.to_le_bytes());
        for text in [&recipient.address, &recipient.name].into_iter().chain(&recipient.slots) {
            hasher.update((text.len() as u64).to_le_bytes());
            hasher.update(text);
        }
        let mut carry = 0_u16;
        for (sum, byte) in self.0.iter_mut().zip(hasher.finalize()) {
            carry += u16::from(*sum) + u16::from(byte);
            *sum = (carry & 0xff) as u8;
            carry >>= 8;
        }
    }
}

/// The digest of a release's content: of every part's channel, list and body, in the order of their names.
pub fn release_digest<'a>(parts: impl IntoIterator<Item = (&'a str, &'a str, [u8; 32])>) -> [u8; 32] {
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort_unstable();
    let mut hasher = Sha256::new();
    for (channel, list, digest) in parts {
        for name in [channel, list] {
            hasher.update((name.len() as u64).to_le_bytes());
            hasher.update(name);
        }
        hasher.update(digest);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipient(byte: u8) -> Recipient {
        let address = format!("m{byte}@example.org");
        Recipient { target: Target([byte; 16]), address, name: String::new(), slots: vec!["Guten Tag".into()], part: 0 }
    }

    #[test]
    fn the_audience_digest_does_not_depend_on_the_order() {
        let (mut forward, mut backward) = (AudienceDigest::default(), AudienceDigest::default());
        (0..50).for_each(|byte| forward.add(&recipient(byte)));
        (0..50).rev().for_each(|byte| backward.add(&recipient(byte)));
        assert_eq!(forward, backward);
        forward.add(&recipient(51));
        assert_ne!(forward, backward);
    }

    #[test]
    fn the_release_digest_depends_on_channel_list_and_content_but_not_on_their_order() {
        let (a, b) = (("email", "members", [1; 32]), ("feed", "", [2; 32]));
        assert_eq!(release_digest([a, b]), release_digest([b, a]));
        assert_ne!(release_digest([a]), release_digest([("email", "board", [1; 32])]));
    }

    #[test]
    fn a_fingerprint_tells_keys_apart() {
        let fingerprint = SiteKey::new([7; 32]).fingerprint();
        assert_eq!(fingerprint, SiteKey::new([7; 32]).fingerprint());
        assert_ne!(fingerprint, SiteKey::new([8; 32]).fingerprint());
        assert!(fingerprint.len() == 16 && fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()), "{fingerprint}");
    }

    #[test]
    fn an_unsubscribe_token_belongs_to_one_key_one_list_and_one_member() {
        let key = SiteKey::new([7; 32]);
        let token = key.unsubscribe_token("members", Target([1; 16]));
        assert_eq!(token.len(), 32);
        assert_ne!(token, key.unsubscribe_token("board", Target([1; 16])));
        assert_ne!(token, key.unsubscribe_token("members", Target([2; 16])));
        assert_ne!(token, SiteKey::new([8; 32]).unsubscribe_token("members", Target([1; 16])));
    }
}
