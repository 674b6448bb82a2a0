//! The figures of one channel, looked up once, so that counting a delivery costs next to nothing.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use super::{Ended, Metrics, OfChannel, OfRecord, OfStage, Seconds};

/// Counts what goes through one channel.
#[derive(Debug, Clone)]
pub struct Meter {
    pub sent: Counter,
    /// Will be tried again.
    pub deferred: Counter,
    pub failed: Counter,
    pub uncertain: Counter,
    /// Outcomes of deliveries that were put off before.
    pub retries: Counter,
    /// Connections that failed before any content had left.
    pub broken: Counter,
    pub(super) open: Gauge,
    paced: Seconds,
    connect: Histogram,
    envelope: Histogram,
    content: Histogram,
    claim: Histogram,
    mark: Histogram,
    settle: Histogram,
}

/// What the sending record is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordStep {
    Claim,
    Mark,
    Settle,
}

impl Metrics {
    /// The figures of a channel; from now on they are all shown, be it with 0.
    pub fn channel(&self, channel: &str) -> Meter {
        let of = || OfChannel { channel: channel.to_owned() };
        let outcome = |outcome| self.outcomes.get_or_create_owned(&Ended { channel: channel.to_owned(), outcome });
        let stage = |stage| self.stages.get_or_create_owned(&OfStage { channel: channel.to_owned(), stage });
        let record = |step| self.record.get_or_create_owned(&OfRecord { step });
        Meter {
            sent: outcome("sent"),
            deferred: outcome("deferred"),
            failed: outcome("failed"),
            uncertain: outcome("uncertain"),
            retries: self.retries.get_or_create_owned(&of()),
            broken: self.broken.get_or_create_owned(&of()),
            open: self.open.get_or_create_owned(&of()),
            paced: self.paced.get_or_create_owned(&of()),
            connect: stage("connect"),
            envelope: stage("envelope"),
            content: stage("content"),
            claim: record("claim"),
            mark: record("mark"),
            settle: record("settle"),
        }
    }
}

impl Meter {
    /// A connection was made.
    pub fn connected(&self, took: Duration) {
        self.connect.observe(took.as_secs_f64());
    }

    /// The other side said whether it takes a delivery.
    pub fn invited(&self, took: Duration) {
        self.envelope.observe(took.as_secs_f64());
    }

    /// The other side answered to the content.
    pub fn answered(&self, took: Duration) {
        self.content.observe(took.as_secs_f64());
    }

    /// The sending record has done what it was asked for.
    pub fn recorded(&self, step: RecordStep, took: Duration) {
        let figure = match step {
            RecordStep::Claim => &self.claim,
            RecordStep::Mark => &self.mark,
            RecordStep::Settle => &self.settle,
        };
        figure.observe(took.as_secs_f64());
    }

    /// A free connection was held up by the pace, in milliseconds.
    pub fn paced(&self, milliseconds: i64) {
        if let Ok(milliseconds) = u64::try_from(milliseconds) {
            self.paced.inc_by(Duration::from_millis(milliseconds).as_secs_f64());
        }
    }
}
