//! As whom the mail is shown: members that were looked up in the lists, kept for as long as the lists stay as they are.
//!
//! Comes in: an address, or none for the first member. Goes out: a recipient, an invented one, or why there is none. A
//! long list is read in a thread, and once for each member, not at every save of the post.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::super::Context;
use super::super::audience::Mail;
use super::super::ready::Ready;
use super::super::sample::{Sample, member};
use super::apart::Apart;
use super::stamps::Stamps;
use crate::error::Error;
use crate::plan::Recipient;
use crate::preview::desk::Going;
use crate::render::email::slot::Slot;

/// Where the link to unsubscribe leads here: a click in the preview must take nobody off a list.
const NOWHERE: &str = "https://www.example.org/";
/// The most members that are kept.
const MOST: usize = 200;

/// A member; `None`: nobody is on the lists, and an invented one is shown.
pub type Looked = Result<Option<Recipient>, Arc<Error>>;

/// What a member's values depend on, beside the member: lists, configuration, the mail's places, its language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Basis {
    lists: Stamps,
    places: Vec<(String, Vec<Slot>)>,
    lang: String,
}

impl Basis {
    fn of(context: &Context, ready: &Ready) -> Basis {
        let places = Mail::of_ready(ready).into_iter().map(|mail| (mail.list, mail.slots)).collect();
        Basis { lists: Stamps::of_lists(context), places, lang: ready.lang().to_owned() }
    }
}

/// Everybody who was looked up since the lists last changed.
#[derive(Default)]
struct Kept {
    basis: Basis,
    members: BTreeMap<String, Looked>,
}

/// The members who were asked for.
#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<Kept>>);

impl Seen {
    /// Who the mail is shown for, if that is known already; `address` empty for the first member.
    pub fn known(&self, context: &Context, ready: &Ready, address: &str) -> Option<Looked> {
        let kept = self.0.try_lock().ok()?;
        kept.members.get(address).filter(|_| kept.basis == Basis::of(context, ready)).cloned()
    }

    /// Looks somebody up. Whoever asks for the same one meanwhile waits for it.
    pub fn look_up(&self, context: &Context, ready: &Ready, named: &Path, address: &str) -> Going<()> {
        let (kept, apart) = (self.0.clone(), Apart::of(context, named));
        let (basis, address) = (Basis::of(context, ready), address.to_owned());
        Box::pin(async move {
            let mut kept = kept.lock().await;
            if kept.basis != basis || kept.members.len() >= MOST {
                *kept = Kept { basis, members: BTreeMap::new() };
            }
            if kept.members.contains_key(&address) {
                return;
            }
            let wanted = Some(address.clone()).filter(|address| !address.is_empty());
            let looked = apart.with_post(move |context, ready, runtime| {
                runtime.block_on(member(context, ready, &[], wanted.as_deref()))
            });
            let looked = looked.await.map_err(Arc::new);
            kept.members.insert(address, looked);
        })
    }
}

/// The mail as they see it, but for the way to unsubscribe.
pub fn sample<'a>(context: &Context, ready: &'a Ready, recipient: Option<&Recipient>) -> Sample<'a> {
    let mut sample = Sample::of(context, ready, recipient);
    let slots = sample.email.slots.list.iter().zip(&mut sample.recipient.slots);
    slots.filter(|(slot, _)| slot.field == "unsubscribe_url").for_each(|(_, value)| NOWHERE.clone_into(value));
    sample
}
