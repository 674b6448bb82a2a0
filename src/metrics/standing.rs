//! How the deliveries of one post stand, shown as long as it is being sent.

use std::cell::RefCell;
use std::collections::HashSet;

use super::{Kept, Metrics};

/// The figures of one post; they are taken away with this, so that a worker of many days does not show all it has sent.
#[derive(Debug)]
pub struct Standing<'a> {
    metrics: &'a Metrics,
    post: &'a str,
    shown: RefCell<HashSet<Kept>>,
}

impl Metrics {
    /// For a post that is being sent.
    pub fn post<'a>(&'a self, slug: &'a str) -> Standing<'a> {
        Standing { metrics: self, post: slug, shown: RefCell::default() }
    }
}

impl Standing<'_> {
    /// Shows how many deliveries of a channel are in a state.
    pub fn show(&self, channel: &str, state: &'static str, number: u64) {
        let kept = Kept { post: self.post.to_owned(), channel: channel.to_owned(), state };
        self.metrics.deliveries.get_or_create(&kept).set(i64::try_from(number).unwrap_or(i64::MAX));
        self.shown.borrow_mut().insert(kept);
    }
}

impl Drop for Standing<'_> {
    fn drop(&mut self) {
        for kept in self.shown.borrow().iter() {
            self.metrics.deliveries.remove(kept);
        }
    }
}
