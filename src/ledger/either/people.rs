//! What people ask of a sending record, and what they decide there, wherever it is kept.

use super::Record;
use crate::ledger::{
    Approval, Approvals, Approved, Aside, Books, ByHand, Changed, Decided, DeliveryKey, DeliveryState, Event, LastMail,
    LedgerError, Mode, Moments, NewApproval, Part, Passage, Release, ReleaseState, Revisions, Standing, Suppression,
    Uses,
};
use crate::plan::{Recipient, Target};

impl Books for Record {
    async fn releases(&self) -> Result<Vec<Release>, LedgerError> {
        ask!(wait self.releases())
    }

    async fn standings(
        &self,
        release: i64,
        state: DeliveryState,
        after: Option<DeliveryKey>,
        limit: u32,
    ) -> Result<Vec<Standing>, LedgerError> {
        ask!(wait self.standings(release, state, after, limit))
    }

    async fn deliveries(
        &self,
        release: i64,
        after: Option<DeliveryKey>,
        limit: u32,
    ) -> Result<Vec<Standing>, LedgerError> {
        ask!(wait self.deliveries(release, after, limit))
    }

    async fn standings_of_channels(&self, release: i64) -> Result<Vec<Standing>, LedgerError> {
        ask!(wait self.standings_of_channels(release))
    }

    async fn outline(&self, release: i64) -> Result<Vec<Part>, LedgerError> {
        ask!(wait self.outline(release))
    }

    async fn moments(&self, release: i64) -> Result<Moments, LedgerError> {
        ask!(wait self.moments(release))
    }

    async fn asides(&self, release: i64) -> Result<Vec<(i64, Aside)>, LedgerError> {
        ask!(wait self.asides(release))
    }

    async fn settle_by_hand(
        &self,
        release: i64,
        key: DeliveryKey,
        detail: &str,
        at: i64,
    ) -> Result<ByHand, LedgerError> {
        ask!(wait self.settle_by_hand(release, key, detail, at))
    }

    async fn history(&self, target: Target) -> Result<Vec<Passage>, LedgerError> {
        ask!(wait self.history(target))
    }

    async fn resolve(
        &self,
        release: i64,
        keys: Option<&[DeliveryKey]>,
        decided: Decided,
        at: i64,
    ) -> Result<u64, LedgerError> {
        ask!(wait self.resolve(release, keys, decided, at))
    }

    async fn set_state(&self, release: i64, state: ReleaseState) -> Result<(), LedgerError> {
        ask!(wait self.set_state(release, state))
    }

    async fn suppress(&self, targets: &[Target], reason: &str, at: i64) -> Result<u64, LedgerError> {
        ask!(wait self.suppress(targets, reason, at))
    }

    async fn unsuppress(&self, target: Target) -> Result<bool, LedgerError> {
        ask!(wait self.unsuppress(target))
    }

    async fn suppression(&self, target: Target) -> Result<Option<Suppression>, LedgerError> {
        ask!(wait self.suppression(target))
    }

    async fn recipient_targets(
        &self,
        release: i64,
        after: Option<Target>,
        limit: u32,
    ) -> Result<Vec<(String, Target)>, LedgerError> {
        ask!(wait self.recipient_targets(release, after, limit))
    }

    async fn forget_recipients(&self, before: i64) -> Result<u64, LedgerError> {
        ask!(wait self.forget_recipients(before))
    }

    async fn workers(&self, now: i64) -> Result<u64, LedgerError> {
        ask!(wait self.workers(now))
    }

    async fn note(&self, event: &Event) -> Result<(), LedgerError> {
        ask!(wait self.note(event))
    }

    async fn events(&self, slug: &str) -> Result<Vec<Event>, LedgerError> {
        ask!(wait self.events(slug))
    }

    async fn uses(&self) -> Result<Uses, LedgerError> {
        ask!(wait self.uses())
    }

    async fn fact(&self, name: &str) -> Result<Option<String>, LedgerError> {
        ask!(wait self.fact(name))
    }

    async fn note_fact(&self, name: &str, value: &str) -> Result<String, LedgerError> {
        ask!(wait self.note_fact(name, value))
    }

    async fn set_fact(&self, name: &str, value: &str) -> Result<(), LedgerError> {
        ask!(wait self.set_fact(name, value))
    }
}

impl Revisions for Record {
    async fn revisions(&self, slug: &str, mode: Mode) -> Result<Vec<Release>, LedgerError> {
        ask!(wait self.revisions(slug, mode))
    }

    async fn reached(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        ask!(wait self.reached(release, targets))
    }

    async fn last_mails(&self, release: i64, targets: &[Target]) -> Result<Vec<LastMail>, LedgerError> {
        ask!(wait self.last_mails(release, targets))
    }

    async fn waiting_for(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        ask!(wait self.waiting_for(release, targets))
    }

    async fn held(&self, release: i64, now: i64) -> Result<u64, LedgerError> {
        ask!(wait self.held(release, now))
    }

    async fn go_on(&self, event: &Event, open: Option<i64>, stops: u64) -> Result<bool, LedgerError> {
        ask!(wait self.go_on(event, open, stops))
    }
}

impl Approvals for Record {
    async fn note_present(&self, people: &[Recipient]) -> Result<(), LedgerError> {
        ask!(wait self.note_present(people))
    }

    async fn approve(&self, new: &NewApproval, freezing: Option<i64>) -> Result<Approval, LedgerError> {
        ask!(wait self.approve(new, freezing))
    }

    async fn approvals(&self, slug: &str) -> Result<Vec<Approval>, LedgerError> {
        ask!(wait self.approvals(slug))
    }

    async fn revoke_approvals(&self, slug: &str, at: i64) -> Result<bool, LedgerError> {
        ask!(wait self.revoke_approvals(slug, at))
    }

    async fn changed_since(
        &self,
        approval: &Approval,
        freezing: Option<i64>,
        names: u32,
    ) -> Result<Changed, LedgerError> {
        ask!(wait self.changed_since(approval, freezing, names))
    }

    async fn approval_of(&self, slug: &str, code: &[u8; 32]) -> Result<Option<Approved>, LedgerError> {
        ask!(wait self.approval_of(slug, code))
    }
}
