//! One connection of a lane: takes marked deliveries, hands each to its channel, says what each outcome means.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::super::compose::delivery_id;
use super::super::control::Phase;
use super::super::job::{Workbench, domain};
use super::super::queue::Item;
use super::super::retry::{Refused, next_try};
use super::gate::LaneGate;
use super::trouble::Advice;
use super::{Failure, Lane};
use crate::channel::way::{Session, Way};
use crate::channel::{Channel, ChannelError, Content, Outcome, Outgoing, Repeat, Slow, Times};
use crate::ledger::{DeliveryState, Pacing, Seat, Settled, Work};
use crate::metrics::Counted;

/// How long a connection without a place waits before it asks again.
const SEAT_PAUSE: Duration = Duration::from_millis(250);
/// A delivery under which the connection fails so often is tried again later, so that it does not hold up the others.
const FAILURES: u32 = 3;
/// What is said of a delivery whose answer was not waited for.
const ABANDONED: &str = "the program was ended before the answer came";

impl<L: Work + Pacing> Lane<'_, L> {
    /// Delivers until the queue is closed.
    pub(super) async fn connection(&self) {
        let Some(_seat) = self.take_seat().await else { return };
        if self.state.seated.replace(self.state.seated.get() + 1) == 0 {
            self.state.began.set(self.run.clock.elapsed());
        }
        self.queue().settled();
        let mut session = self.way.session();
        let (mut bench, mut next_bench) = (Workbench::default(), Workbench::default());
        let line = Counted::new(&self.meter);
        let mut free = self.run.clock.now();
        let mut next: Option<Item> = None;
        loop {
            let before = next.take().filter(|item: &Item| self.queue().is_still_there(item.delivery.key()));
            let is_composed = before.is_some();
            if is_composed {
                std::mem::swap(&mut bench, &mut next_bench);
            }
            let item = match before {
                Some(item) => item,
                None => match self.queue().next().await {
                    Some(item) => item,
                    None => break,
                },
            };
            if !self.wait_for(item.slot).await {
                self.queue().give_back(item.delivery.key());
            } else if is_composed || self.compose(&item, &mut bench) {
                self.meter.paced(item.slot - free.max(item.held));
                next = self.next_one(&mut next_bench);
                let next = next.as_ref().and_then(|next| self.content(next, &next_bench));
                self.one(item, &bench, next, &mut session, &line).await;
            }
            free = self.run.clock.now();
        }
        session.close().await;
    }

    /// Makes a delivery's content; one that cannot be made is concluded.
    fn compose<'c>(&'c self, item: &Item, bench: &mut Workbench<'c>) -> bool {
        let run = self.run;
        let Some(job) = self.jobs.get(&item.delivery.part) else {
            self.queue().give_back(item.delivery.key());
            return false;
        };
        let composed = job.compose(&item.delivery, run.composer, &run.clock.zoned(), bench);
        if let Err(reason) = composed {
            self.conclude(item, DeliveryState::Failed, reason);
            return false;
        }
        true
    }

    /// What was composed.
    fn content<'b>(&'b self, item: &'b Item, bench: &'b Workbench<'b>) -> Option<Content<'b>> {
        Some(self.jobs.get(&item.delivery.part)?.content(&item.delivery, bench))
    }

    /// The mail that a connection sends after the one that it begins now, composed, where there is more than enough for all
    /// connections: the server can be told of it beforehand. Not where all that is marked is in doubt when this process dies.
    fn next_one<'c>(&'c self, bench: &mut Workbench<'c>) -> Option<Item> {
        if !matches!(self.way, Way::Smtp(_)) || !self.run.ledger.tells_starts() || self.is_ending() {
            return None;
        }
        let item = self.queue().beforehand(self.connections, self.run.clock.now())?;
        if !self.compose(&item, bench) {
            self.queue().is_still_there(item.delivery.key());
            return None;
        }
        Some(item)
    }

    /// A place among those that all processes share. `None`: everything is done, or the lane ends.
    async fn take_seat(&self) -> Option<Option<Seat>> {
        let Some(name) = &self.seats else { return Some(None) };
        let standing = &self.state.standing;
        standing.set(standing.get() + 1);
        let seat = self.look_for_seat(name).await;
        standing.set(standing.get() - 1);
        seat
    }

    async fn look_for_seat(&self, name: &str) -> Option<Option<Seat>> {
        loop {
            match self.run.ledger.seat(name, self.places).await {
                Ok(Some(seat)) => return Some(Some(seat)),
                Ok(None) => {}
                Err(error) => self.fail(Failure::Ledger(error)),
            }
            if self.queue().is_closed() || self.is_ending() {
                return None;
            }
            // However many stand here, the ledger is asked as often as by one.
            tokio::time::sleep(SEAT_PAUSE * self.state.standing.get().max(1)).await;
        }
    }

    /// Waits until a delivery may leave. `false`: the lane is ending.
    async fn wait_for(&self, slot: i64) -> bool {
        loop {
            if self.is_ending() {
                return false;
            }
            let mut wait = u64::try_from(slot - self.run.clock.now()).unwrap_or(0);
            if self.run.is_overdue() {
                // The ledger sees this process again with its next sign of life, or never.
                wait = wait.max(SEAT_PAUSE.as_millis() as u64);
            }
            if wait == 0 {
                return true;
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(wait)) => {}
                () = self.run.control.reached(Phase::Finish) => {}
            }
        }
    }

    /// Delivers one and concludes it.
    async fn one(
        &self,
        item: Item,
        bench: &Workbench<'_>,
        next: Option<Content<'_>>,
        session: &mut Session,
        line: &Counted<'_>,
    ) {
        let key = item.delivery.key();
        let run = self.run;
        let Some(content) = self.content(&item, bench) else {
            return self.queue().give_back(key);
        };
        let name = match &item.delivery.recipient {
            Some(_) => run.composer.name(key.target),
            None => run.release.slug.clone(),
        };
        let id = match &content {
            Content::Message { .. } => String::new(),
            _ => delivery_id(run.release, self.name, key.target),
        };
        let (frozen, first_try, now) = (run.release.created_at, item.delivery.first_at, run.clock.now());
        let times = Times { frozen, first_try, now };
        let corrects = run.corrects.get(self.name).map(String::as_str);
        let slug = &run.release.slug;
        let outgoing = Outgoing { slug, channel: self.name, name: &name, id: &id, times, corrects, content, next };
        let (opened, stood, since) = (Cell::new(false), Cell::new(session.is_connected()), Cell::new(Instant::now()));
        let gate = LaneGate { lane: self, key, id: &name, opened, stood, line, since };
        let outcome = tokio::select! {
            biased;
            outcome = session.deliver(&outgoing, &gate) => outcome,
            () = gate.is_given_up() => {
                // The connection went with it.
                line.set(false);
                return match gate.opened.get() {
                    true => self.lost(&item, ABANDONED),
                    false => self.queue().give_back(key),
                };
            }
        };
        line.set(session.is_connected());
        match &outcome {
            Ok(Outcome::Untried { .. } | Outcome::Withheld) | Err(_) => {}
            Ok(_) if gate.opened.get() => self.meter.answered(gate.stage()),
            Ok(_) => self.meter.invited(gate.stage()),
        }
        match outcome {
            Ok(outcome) => self.outcome(item, outcome, gate.stood.get()).await,
            Err(error) => {
                // It was not taken. Where its content had left, that is noted at once, so that a crash before the lane's
                // end does not leave it in doubt.
                if gate.opened.get() && !matches!(error, ChannelError::Local(_)) {
                    self.defer(&item, error.to_string(), None);
                } else {
                    self.queue().give_back(key);
                }
                self.fail(Failure::Channel(error));
            }
        }
    }

    /// What an outcome means for the delivery, the pace and the lane; `stood`: a connection was ready for it.
    async fn outcome(&self, item: Item, outcome: Outcome, stood: bool) {
        let key = item.delivery.key();
        if let Err(error) = self.note_health(&outcome).await {
            self.fail(Failure::Ledger(error));
        }
        if !matches!(outcome, Outcome::Untried { .. } | Outcome::Withheld) {
            self.state.trouble.over();
            self.state.answered.set(self.state.answered.get() + 1);
        }
        match outcome {
            Outcome::Sent { receipt } => {
                self.state.suspicion.borrow_mut().calm();
                self.conclude(&item, DeliveryState::Sent, receipt);
            }
            Outcome::Deferred { reason, retry_after, slow } => {
                self.defer(&item, reason, retry_after);
                self.slow(slow, &item).await;
            }
            Outcome::Rejected { reason, policy } => {
                self.conclude(&item, DeliveryState::Failed, reason.clone());
                self.suspect(policy, &item, &reason);
            }
            Outcome::Uncertain { reason } => self.lost(&item, &reason),
            Outcome::Untried { reason, slow } => {
                self.slow(slow, &item).await;
                self.untried(item, reason, stood && slow.is_none()).await;
            }
            Outcome::Withheld if self.is_ending() => self.queue().give_back(key),
            // This process stood still while the server asked for the content; it goes on when the ledger has seen it.
            Outcome::Withheld => self.queue().put_back(item),
        }
    }

    /// An answer was lost: a person decides, unless doing it again is harmless; then, too, once it has been tried long enough.
    fn lost(&self, item: &Item, reason: &str) {
        match self.way.repeat() {
            Repeat::Never => self.conclude(item, DeliveryState::Uncertain, reason.to_owned()),
            Repeat::Always | Repeat::Until(_) => {
                self.defer_or(DeliveryState::Uncertain, item, reason.to_owned(), None);
            }
        }
    }

    /// The connection failed before the content left: another try at once, on another connection. `broke`: it was one that
    /// was ready for this delivery, and the server asked for no slower pace.
    async fn untried(&self, mut item: Item, reason: String, broke: bool) {
        self.run.tally.say(&reason);
        self.meter.broken.inc();
        self.tell_not_tried(&item.delivery, &reason);
        item.failures += 1;
        let advice = self.state.trouble.note(self.run.clock.elapsed(), self.connections);
        if advice == Advice::GiveUp {
            // Under which connections break again and again, counts as tried, so that it is not tried for ever.
            match broke && item.failures >= FAILURES {
                true => self.defer(&item, reason.clone(), None),
                false => self.queue().give_back(item.delivery.key()),
            }
            return self.fail(Failure::Unreachable(reason));
        }
        match (item.failures >= FAILURES, self.state.answered.get() > 0) {
            (true, true) => self.defer(&item, reason, None),
            // Nobody was answered yet: it may be the server, or this one. Another one tells.
            (true, false) => self.queue().put_last(item),
            (false, _) => self.queue().put_back(item),
        }
        if let Advice::Wait(wait) = advice {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.run.control.reached(Phase::Finish) => {}
            }
        }
    }

    fn defer(&self, item: &Item, reason: String, retry_after: Option<Duration>) {
        self.defer_or(DeliveryState::Failed, item, reason, retry_after);
    }

    /// Has it tried again later; `at_last` is what it becomes where it has been tried long enough.
    fn defer_or(&self, at_last: DeliveryState, item: &Item, reason: String, retry_after: Option<Duration>) {
        let now = self.run.clock.now();
        let delivery = &item.delivery;
        let (attempts, first_at) = (delivery.attempts + 1, delivery.first_at.unwrap_or(now));
        match next_try(Refused { attempts, first_at, now, retry_after }, &self.run.retry, (self.run.random)()) {
            Some(next) => {
                let mut settled = self.settled(item, DeliveryState::Deferred, reason);
                (settled.due_at, settled.hold_until) = (next.due_at, next.hold_until);
                self.write_down(item, settled);
            }
            None => self.conclude(item, at_last, format!("given up: {reason}")),
        }
    }

    fn conclude(&self, item: &Item, state: DeliveryState, detail: String) {
        self.write_down(item, self.settled(item, state, detail));
    }

    fn settled(&self, item: &Item, state: DeliveryState, detail: String) -> Settled {
        Settled { key: item.delivery.key(), state, due_at: 0, hold_until: 0, detail, at: self.run.clock.now() }
    }

    /// Into the journal with whatever else there is at this moment, into the ledger with the next group.
    fn write_down(&self, item: &Item, settled: Settled) {
        if let Err(error) = self.run.ledger.answer(&self.run.worker, self.run.release.id, &settled) {
            // It still goes into the ledger.
            self.fail(Failure::Ledger(error));
        }
        self.run.tally.say("");
        self.run.tally.count(self.name, |counts| match settled.state {
            DeliveryState::Sent => counts.sent += 1,
            DeliveryState::Deferred => counts.deferred += 1,
            DeliveryState::Uncertain => counts.uncertain += 1,
            _ => counts.failed += 1,
        });
        let meter = &self.meter;
        match settled.state {
            DeliveryState::Sent => meter.sent.inc(),
            DeliveryState::Deferred => meter.deferred.inc(),
            DeliveryState::Uncertain => meter.uncertain.inc(),
            _ => meter.failed.inc(),
        };
        if item.delivery.attempts > 0 {
            meter.retries.inc();
        }
        self.tell_outcome(&item.delivery, &settled);
        self.queue().conclude(settled);
    }

    async fn slow(&self, slow: Option<Slow>, item: &Item) {
        let Some(pace) = &self.pace else { return };
        let now = self.run.clock.now();
        let slowed = match slow {
            Some(Slow::Relay) => pace.slow_relay(now).await,
            Some(Slow::Domain) => pace.slow_domain(&domain(&item.delivery), now).await,
            None => Ok(()),
        };
        if let Err(error) = slowed {
            self.fail(Failure::Ledger(error));
        }
    }

    /// Whether a refusal was meant for the whole send.
    fn suspect(&self, policy: Option<String>, item: &Item, reason: &str) {
        let mut suspicion = self.state.suspicion.borrow_mut();
        let Some(code) = policy else { return suspicion.calm() };
        let Some(hit) = suspicion.note(&code, &domain(&item.delivery), item.delivery.key()) else { return };
        self.state.reopen.borrow_mut().extend(hit);
        let message = format!("five domains in a row refused with {code}: {reason}");
        let help =
            "this is about the sender or the content, not about the members; mend it, then send again".to_owned();
        self.fail(Failure::Channel(ChannelError::Refused { message, help }));
    }
}
