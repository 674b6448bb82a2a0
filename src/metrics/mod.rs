//! What a process does, counted for whoever watches it from outside.
//!
//! Comes in: what a send does, as numbers. Goes out: the figures in Prometheus' text format, at [`Listening`]. Made once a
//! process, cheap to clone, shared by all sends in it. No figure and no label is about a person: no address, no domain of
//! one, no subject; a post is named by its slug.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

mod connection;
mod listener;
mod meter;
mod standing;

pub use connection::Counted;
pub use listener::{Listening, is_offered_at};
pub use meter::{Meter, RecordStep};
pub use standing::Standing;

/// The kind of document that [`Metrics::text`] is.
pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// Upper ends of the classes of a duration, in seconds: from a commit to a server that lets one wait.
const CLASSES: [f64; 16] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];

/// Durations by what they are of.
type Durations<S> = Family<S, Histogram, fn() -> Histogram>;
/// Seconds that add up.
type Seconds = Counter<f64, AtomicU64>;

/// All figures of a process.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    /// Whether anybody can read them.
    offered: Arc<AtomicBool>,
    deliveries: Family<Kept, Gauge>,
    outcomes: Family<Ended, Counter>,
    retries: Family<OfChannel, Counter>,
    broken: Family<OfChannel, Counter>,
    open: Family<OfChannel, Gauge>,
    paced: Family<OfChannel, Seconds>,
    stages: Durations<OfStage>,
    record: Durations<OfRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kept {
    post: String,
    channel: String,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    channel: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfChannel {
    channel: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfStage {
    channel: String,
    stage: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRecord {
    step: &'static str,
}

fn durations() -> Histogram {
    Histogram::new(CLASSES)
}

impl Default for Metrics {
    fn default() -> Metrics {
        let constructor: fn() -> Histogram = durations;
        let (stages, record) = (Family::new_with_constructor(constructor), Family::new_with_constructor(constructor));
        let mut metrics = Metrics {
            registry: Arc::default(),
            offered: Arc::default(),
            deliveries: Family::default(),
            outcomes: Family::default(),
            retries: Family::default(),
            broken: Family::default(),
            open: Family::default(),
            paced: Family::default(),
            stages,
            record,
        };
        metrics.registry = Arc::new(metrics.registered());
        metrics
    }
}

impl Metrics {
    /// Every figure with its name and what it says.
    fn registered(&self) -> Registry {
        let mut all = Registry::with_prefix("rundbrief");
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        all.register("build", "The version of rundbrief", version);
        all.register(
            "deliveries",
            "Deliveries of the posts that this process is sending, by state, over all processes; counted every few seconds",
            self.deliveries.clone(),
        );
        all.register(
            "outcomes",
            "Deliveries that this process brought to an outcome: sent, deferred (will be tried again), failed, uncertain",
            self.outcomes.clone(),
        );
        all.register("retries", "Outcomes of deliveries that had been refused for now before", self.retries.clone());
        all.register(
            "connection_failures",
            "Connections that could not be made or broke before any content had left",
            self.broken.clone(),
        );
        all.register("connections_open", "Connections to the mail server at this moment", self.open.clone());
        all.register_with_unit(
            "pace_waited",
            "Time for which free connections kept a delivery back because of the pace that is configured or asked for",
            Unit::Seconds,
            self.paced.clone(),
        );
        all.register_with_unit(
            "stage_duration",
            "How long a stage took: connect (with encryption and login), envelope (until the content may go, or a \
             refusal), content (until it is answered)",
            Unit::Seconds,
            self.stages.clone(),
        );
        all.register_with_unit(
            "record_duration",
            "How long the sending record took: claim (choose what is next), mark (before it may leave), settle (outcomes)",
            Unit::Seconds,
            self.record.clone(),
        );
        all
    }

    /// All figures at this moment, as [`CONTENT_TYPE`].
    pub fn text(&self) -> String {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry).expect("a String takes everything");
        text
    }

    /// Whether it is worth counting what only readers want to know.
    pub fn is_offered(&self) -> bool {
        self.offered.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests;
