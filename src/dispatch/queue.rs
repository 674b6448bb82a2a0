//! What stands between the feeder, the connections and the ledger of one lane: marked deliveries and their outcomes.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::ledger::{Delivery, DeliveryKey, Settled};

/// A marked delivery and when it may leave, in milliseconds since 1970.
#[derive(Debug)]
pub(super) struct Item {
    pub delivery: Delivery,
    pub slot: i64,
    /// Since when nothing but the pace holds it up, in the same measure.
    pub held: i64,
    /// How often a connection failed under it.
    pub failures: u32,
}

/// One lane's queue. All of a lane runs in one task, so nothing here is locked, and no borrow lasts over a wait.
#[derive(Debug, Default)]
pub(super) struct Queue {
    marked: RefCell<VecDeque<Item>>,
    /// Marked, and behind what is marked next.
    later: RefCell<VecDeque<Item>>,
    outcomes: RefCell<Vec<Settled>>,
    /// Marked, and certain not to have left.
    returned: RefCell<Vec<DeliveryKey>>,
    /// Taken by connections that have another one in hand.
    beforehand: RefCell<Vec<DeliveryKey>>,
    /// Taken out by connections and not concluded.
    in_hand: Cell<usize>,
    /// Connections that wait for one.
    idle: Cell<usize>,
    /// Whether outcomes are settled by whoever marks, as long as that goes on.
    settled_with_marks: Cell<bool>,
    closed: Cell<bool>,
    finished: Cell<bool>,
    items: Notify,
    changes: Notify,
    results: Notify,
    answers: Notify,
}

impl Queue {
    pub(super) fn push(&self, items: impl IntoIterator<Item = Item>) {
        let mut marked = self.marked.borrow_mut();
        marked.extend(items);
        marked.append(&mut self.later.borrow_mut());
        drop(marked);
        self.items.notify_waiters();
    }

    /// The next one to send; `None` when there will be no more.
    pub(super) async fn next(&self) -> Option<Item> {
        loop {
            let wait = self.items.notified();
            if let Some(item) = self.marked.borrow_mut().pop_front() {
                self.in_hand.set(self.in_hand.get() + 1);
                self.changes.notify_waiters();
                return Some(item);
            }
            if self.closed.get() {
                return None;
            }
            self.idle.set(self.idle.get() + 1);
            self.changes.notify_waiters();
            wait.await;
            self.idle.set(self.idle.get() - 1);
        }
    }

    /// The next one for a connection that has one in hand, if it may leave now and more than `others` are there. It waits for
    /// none, and asks when its turn comes whether it is [still](Queue::is_still_there) there.
    pub(super) fn beforehand(&self, others: usize, now: i64) -> Option<Item> {
        let mut marked = self.marked.borrow_mut();
        if marked.len() <= others {
            return None;
        }
        let item = marked.pop_front_if(|item| item.slot <= now)?;
        self.in_hand.set(self.in_hand.get() + 1);
        self.beforehand.borrow_mut().push(item.delivery.key());
        self.changes.notify_waiters();
        Some(item)
    }

    /// Whether what was taken beforehand is still the connection's to send; from now on it is in hand as any other.
    pub(super) fn is_still_there(&self, key: DeliveryKey) -> bool {
        let mut beforehand = self.beforehand.borrow_mut();
        let at = beforehand.iter().position(|taken| *taken == key);
        at.map(|at| beforehand.swap_remove(at)).is_some()
    }

    /// Nothing is marked next: what was to come behind it comes now.
    pub(super) fn bring_back(&self) {
        if !self.later.borrow().is_empty() {
            self.push([]);
        }
    }

    /// Connections that wait and will find nothing.
    pub(super) fn unserved(&self) -> usize {
        self.idle.get().saturating_sub(self.len())
    }

    /// One that was taken out goes back to the front.
    pub(super) fn put_back(&self, item: Item) {
        self.in_hand.set(self.in_hand.get() - 1);
        self.marked.borrow_mut().push_front(item);
        self.items.notify_waiters();
        self.changes.notify_waiters();
    }

    /// One that was taken out goes to the end: where little is marked at a time, behind what is marked next.
    pub(super) fn put_last(&self, item: Item) {
        self.in_hand.set(self.in_hand.get() - 1);
        let end = if self.settled_with_marks.get() { &self.later } else { &self.marked };
        end.borrow_mut().push_back(item);
        self.items.notify_waiters();
        self.changes.notify_waiters();
    }

    /// One that was taken out has its outcome.
    pub(super) fn conclude(&self, settled: Settled) {
        self.outcomes.borrow_mut().push(settled);
        self.in_hand.set(self.in_hand.get() - 1);
        self.results.notify_waiters();
        self.answers.notify_one();
        self.changes.notify_waiters();
    }

    /// Comes when something was concluded since the last call; `false`: and nothing more will be.
    pub(super) async fn answered(&self) -> bool {
        self.answers.notified().await;
        !self.finished.get()
    }

    /// One that was taken out did not leave and is not to be tried by this run.
    pub(super) fn give_back(&self, key: DeliveryKey) {
        self.returned.borrow_mut().push(key);
        self.in_hand.set(self.in_hand.get() - 1);
        self.changes.notify_waiters();
    }

    pub(super) fn len(&self) -> usize {
        self.marked.borrow().len()
    }

    /// Whether nothing is marked, sent or waiting to be settled.
    pub(super) fn is_idle(&self) -> bool {
        self.marked.borrow().is_empty()
            && self.later.borrow().is_empty()
            && self.in_hand.get() == 0
            && self.outcomes.borrow().is_empty()
    }

    /// Comes when something was taken out or concluded after this call, also before it is waited for.
    pub(super) fn changed(&self) -> Notified<'_> {
        self.changes.notified()
    }

    /// No more is coming; answers with what nobody has begun.
    pub(super) fn close(&self) -> Vec<DeliveryKey> {
        self.closed.set(true);
        self.marked.borrow_mut().append(&mut self.later.borrow_mut());
        let mut left: Vec<_> = self.marked.borrow_mut().drain(..).map(|item| item.delivery.key()).collect();
        // Whoever took one beforehand waits for the answer to another, for minutes perhaps.
        let mut beforehand = self.beforehand.borrow_mut();
        self.in_hand.set(self.in_hand.get() - beforehand.len());
        left.append(&mut beforehand);
        self.items.notify_waiters();
        self.results.notify_waiters();
        left
    }

    /// Leaves outcomes to whoever marks, until that ends.
    pub(super) fn settle_with_marks(&self) {
        self.settled_with_marks.set(true);
    }

    /// The outcomes so far, for whoever marks.
    pub(super) fn take_outcomes(&self) -> Vec<Settled> {
        std::mem::take(&mut *self.outcomes.borrow_mut())
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// No connection is at work any more.
    pub(super) fn finish(&self) {
        self.finished.set(true);
        self.answers.notify_one();
        self.results.notify_waiters();
    }

    /// Outcomes to settle, once there are some; `None` when there will be no more.
    pub(super) async fn outcomes(&self) -> Option<Vec<Settled>> {
        loop {
            let wait = self.results.notified();
            if !self.settled_with_marks.get() || self.closed.get() {
                let outcomes = self.take_outcomes();
                if !outcomes.is_empty() {
                    return Some(outcomes);
                }
            }
            if self.finished.get() {
                return None;
            }
            wait.await;
        }
    }

    /// Tells the feeder that outcomes are in the ledger now.
    pub(super) fn settled(&self) {
        self.changes.notify_waiters();
    }

    /// What was given back since the last call.
    pub(super) fn returned(&self) -> Vec<DeliveryKey> {
        std::mem::take(&mut *self.returned.borrow_mut())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::DeliveryState;
    use crate::plan::Target;

    fn item(byte: u8) -> Item {
        let target = Target([byte; 16]);
        let delivery =
            Delivery { part: 0, target, recipient: None, attempts: 0, first_at: None, due_at: 0, deferred: false };
        Item { delivery, slot: 0, held: 0, failures: 0 }
    }

    #[tokio::test]
    async fn what_happens_between_looking_and_waiting_is_not_missed() {
        let queue = Queue::default();
        queue.push([item(1)]);
        let changed = queue.changed();
        let taken = queue.next().await.expect("is there");
        tokio::time::timeout(std::time::Duration::from_secs(5), changed).await.expect("was told");
        let changed = queue.changed();
        let key = taken.delivery.key();
        queue.conclude(Settled {
            key,
            state: DeliveryState::Sent,
            due_at: 0,
            hold_until: 0,
            detail: String::new(),
            at: 0,
        });
        tokio::time::timeout(std::time::Duration::from_secs(5), changed).await.expect("was told");
        assert_eq!(queue.outcomes().await.expect("one").len(), 1);
        assert!(queue.is_idle());
    }
}
