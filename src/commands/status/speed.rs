//! How fast a send goes, from what several looks saw, whoever sends.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::commands::progress::{duration, rate_of};

/// Looks that are older say nothing about now.
const WINDOW: Duration = Duration::from_secs(60);
/// Two looks that are closer together say too little.
const ENOUGH: Duration = Duration::from_secs(2);

/// How many deliveries were settled at each look.
#[derive(Debug, Default)]
pub struct Speed(VecDeque<(Instant, u64)>);

impl Speed {
    pub fn note(&mut self, now: Instant, settled: u64) {
        self.0.push_back((now, settled));
        while self.0.len() > 2 && self.0.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW) {
            self.0.pop_front();
        }
    }

    /// Settled a second, once that can be said.
    fn rate(&self) -> Option<f64> {
        let ((first, from), (last, to)) = (self.0.front()?, self.0.back()?);
        let took = last.duration_since(*first);
        let done = to.checked_sub(*from).filter(|done| *done > 0)?;
        (took >= ENOUGH).then(|| done as f64 / took.as_secs_f64())
    }

    /// `About 20 a second · 3 min left.`, or nothing; `waiting` is what was not tried yet.
    pub fn text(&self, waiting: u64) -> String {
        match self.rate() {
            Some(rate) if waiting > 0 => {
                let left = Duration::from_secs_f64((waiting as f64 / rate).min(1e8));
                format!("About {} \u{b7} {} left.\n", rate_of(rate), duration(left))
            }
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_that_of_the_last_minute() {
        let (mut speed, began) = (Speed::default(), Instant::now());
        let at = |seconds| began + Duration::from_secs(seconds);
        speed.note(at(0), 0);
        speed.note(at(1), 50);
        assert_eq!(speed.text(1_000), "", "one second says too little");
        speed.note(at(10), 200);
        assert_eq!(speed.text(1_000), "About 20 a second \u{b7} 50 s left.\n");
        assert_eq!(speed.text(0), "");
        speed.note(at(100), 200);
        assert_eq!(speed.text(1_000), "", "it stands still");
        speed.note(at(160), 230);
        assert_eq!(speed.text(60), "About 30 a minute \u{b7} 2 min left.\n");
    }
}
