//! Whether a relay likes the next mail's commands behind the content of this one, for all connections to it.
//!
//! Comes in: how what was said ahead ended. Goes out: who may say something ahead. As long as nobody knows, one connection
//! tries it, so that a relay that does not keep to RFC 2920 there hurts one mail at the most.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const UNKNOWN: u8 = 0;
const TRIED: u8 = 1;
const LIKED: u8 = 2;
const DISLIKED: u8 = 3;

/// What all connections to a relay know.
#[derive(Debug, Clone, Default)]
pub struct Manners(Arc<AtomicU8>);

impl Manners {
    /// One connection's part.
    pub fn of_one(&self) -> Ahead {
        Ahead { known: self.clone(), tries: false }
    }
}

/// One connection's part in it.
#[derive(Debug)]
pub struct Ahead {
    known: Manners,
    /// It is the one that tries.
    tries: bool,
}

impl Ahead {
    /// Whether this connection may say something ahead.
    pub fn may(&mut self) -> bool {
        let first =
            |known: &AtomicU8| known.compare_exchange(UNKNOWN, TRIED, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        self.tries = self.tries || first(&self.known.0);
        self.is_liked() || (self.tries && self.known.0.load(Ordering::Relaxed) == TRIED)
    }

    /// Whether a mail that was told of ahead was taken by this relay.
    pub fn is_liked(&self) -> bool {
        self.known.0.load(Ordering::Relaxed) == LIKED
    }

    /// One was.
    pub fn liked(&self) {
        self.known.0.store(LIKED, Ordering::Relaxed);
    }

    /// It was not, and none was before.
    pub fn disliked(&self) {
        self.known.0.store(DISLIKED, Ordering::Relaxed);
    }
}

impl Drop for Ahead {
    /// One that ends before it knows lets another one try.
    fn drop(&mut self) {
        if self.tries {
            let _ = self.known.0.compare_exchange(TRIED, UNKNOWN, Ordering::Relaxed, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tries_and_all_know() {
        let relay = Manners::default();
        let (mut one, mut other) = (relay.of_one(), relay.of_one());
        assert!(one.may() && !other.may() && one.may());
        one.liked();
        assert!(other.may() && other.is_liked());
        drop(one);
        assert!(other.may(), "what is known stays known");

        let relay = Manners::default();
        let (mut one, mut other) = (relay.of_one(), relay.of_one());
        assert!(one.may());
        drop(one);
        assert!(other.may(), "it is its turn");
        other.disliked();
        assert!(!other.may() && !relay.of_one().may());
    }
}
