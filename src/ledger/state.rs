//! The states of a release and of a delivery, and the numbers that stand for them in the database.

use serde::Serialize;

/// Whether a release may reach anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i64)]
pub enum Mode {
    /// Files in the outbox; never settles a real delivery.
    Trial = 0,
    Real = 1,
}

/// What a release is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i64)]
pub enum Purpose {
    /// It says what nobody has been told yet.
    Publication = 0,
    /// It puts right what an earlier revision said, where that went.
    Correction = 1,
}

impl Purpose {
    /// The purpose for a number of the database.
    pub fn from_number(number: i64) -> Option<Purpose> {
        [Purpose::Publication, Purpose::Correction].into_iter().find(|purpose| *purpose as i64 == number)
    }
}

/// What a part's content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i64)]
pub enum Form {
    /// A compiled mail.
    Mail = 0,
    /// A feed item.
    Item = 1,
    /// A text that a person posts.
    Text = 2,
    /// What the program posts to a network by itself.
    Payload = 3,
}

impl Form {
    /// The form for a number of the database.
    pub fn from_number(number: i64) -> Option<Form> {
        [Form::Mail, Form::Item, Form::Text, Form::Payload].into_iter().find(|form| *form as i64 == number)
    }
}

/// The life of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub enum ReleaseState {
    /// Recipients are still being added; nothing is sent, and a crash leaves nothing behind.
    Freezing = 0,
    Open = 1,
    Stopped = 2,
    Settled = 3,
}

/// The life of a delivery: `pending → claimed → in_flight → sent | deferred | failed | uncertain`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i64)]
pub enum DeliveryState {
    Pending = 0,
    Claimed = 1,
    InFlight = 2,
    Sent = 3,
    Deferred = 4,
    Failed = 5,
    Uncertain = 6,
}

impl DeliveryState {
    /// The state for a number of the database.
    pub fn from_number(number: i64) -> Option<DeliveryState> {
        [
            DeliveryState::Pending,
            DeliveryState::Claimed,
            DeliveryState::InFlight,
            DeliveryState::Sent,
            DeliveryState::Deferred,
            DeliveryState::Failed,
            DeliveryState::Uncertain,
        ]
        .into_iter()
        .find(|state| *state as i64 == number)
    }
}

impl ReleaseState {
    /// The state for a number of the database.
    pub fn from_number(number: i64) -> Option<ReleaseState> {
        [ReleaseState::Freezing, ReleaseState::Open, ReleaseState::Stopped, ReleaseState::Settled]
            .into_iter()
            .find(|state| *state as i64 == number)
    }
}

/// How many deliveries are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    pub pending: u64,
    pub claimed: u64,
    pub in_flight: u64,
    pub sent: u64,
    pub deferred: u64,
    pub failed: u64,
    pub uncertain: u64,
}

impl Totals {
    /// Adds `count` deliveries of the state with this number; an unknown number is an error of the caller's data.
    pub fn add(&mut self, state: i64, count: u64) -> Option<()> {
        let field = match state {
            0 => &mut self.pending,
            1 => &mut self.claimed,
            2 => &mut self.in_flight,
            3 => &mut self.sent,
            4 => &mut self.deferred,
            5 => &mut self.failed,
            6 => &mut self.uncertain,
            _ => return None,
        };
        *field += count;
        Some(())
    }

    /// Adds the counts of another part.
    pub fn merge(&mut self, other: &Totals) {
        self.pending += other.pending;
        self.claimed += other.claimed;
        self.in_flight += other.in_flight;
        self.sent += other.sent;
        self.deferred += other.deferred;
        self.failed += other.failed;
        self.uncertain += other.uncertain;
    }

    /// Deliveries that are not settled yet.
    pub fn open(&self) -> u64 {
        self.pending + self.claimed + self.in_flight + self.deferred
    }

    pub fn all(&self) -> u64 {
        self.open() + self.sent + self.failed + self.uncertain
    }
}
