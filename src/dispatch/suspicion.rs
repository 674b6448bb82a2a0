//! Whether refusals are meant for one address or for the whole send. Pure.
//!
//! `5.7.x` (RFC 3463: security or policy) may be one recipient's filter. The same one from five domains in a row is
//! about the sender or the content, and going on would only make it worse.

use crate::ledger::DeliveryKey;

/// Domains in a row.
const ENOUGH: usize = 5;
/// Refusals that are remembered; one domain with very many members proves nothing.
const MOST: usize = 500;

/// The last refusals of one kind.
#[derive(Debug, Default)]
pub(super) struct Suspicion {
    code: String,
    refused: Vec<(String, DeliveryKey)>,
    /// It was meant for all. What other connections had begun by then is refused for the same reason.
    certain: bool,
}

impl Suspicion {
    /// Something else than a policy refusal came.
    pub(super) fn calm(&mut self) {
        self.refused.clear();
    }

    /// A policy refusal came. Answers with the deliveries that it hit when it is meant for all of them.
    pub(super) fn note(&mut self, code: &str, domain: &str, key: DeliveryKey) -> Option<Vec<DeliveryKey>> {
        if self.certain && self.code == code {
            return Some(vec![key]);
        }
        if self.code != code {
            self.refused.clear();
            self.code = code.to_owned();
        }
        if self.refused.len() == MOST {
            self.refused.remove(0);
        }
        self.refused.push((domain.to_owned(), key));
        let mut domains: Vec<&str> = self.refused.iter().map(|(domain, _)| domain.as_str()).collect();
        domains.sort_unstable();
        domains.dedup();
        self.certain = domains.len() >= ENOUGH;
        self.certain.then(|| self.refused.drain(..).map(|(_, key)| key).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Target;

    fn key(byte: u8) -> DeliveryKey {
        DeliveryKey { part: 0, target: Target([byte; 16]) }
    }

    #[test]
    fn the_same_refusal_from_five_domains_is_meant_for_all() {
        let mut suspicion = Suspicion::default();
        let domains = ["a.de", "b.de", "b.de", "c.de", "d.de"];
        for (domain, byte) in domains.iter().zip(1..) {
            assert_eq!(suspicion.note("5.7.1", domain, key(byte)), None, "{domain}");
        }
        let hit = suspicion.note("5.7.1", "e.de", key(6)).expect("five domains");
        assert_eq!(hit, (1..=6).map(key).collect::<Vec<_>>());
        suspicion.calm();
        assert_eq!(suspicion.note("5.7.1", "a.de", key(7)), Some(vec![key(7)]), "it had begun already");
    }

    #[test]
    fn another_code_or_an_accepted_mail_in_between_is_no_row() {
        let mut suspicion = Suspicion::default();
        for (domain, byte) in ["a.de", "b.de", "c.de", "d.de"].iter().zip(1..) {
            suspicion.note("5.7.1", domain, key(byte));
        }
        assert_eq!(suspicion.note("5.7.25", "e.de", key(5)), None);
        suspicion.calm();
        assert_eq!(suspicion.note("5.7.25", "f.de", key(6)), None);
    }
}
