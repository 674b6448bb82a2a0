//! DMARC policies (RFC 7489, section 6.3), and which domains belong together.
//!
//! Pure: comes in a text, goes out a [`Policy`] or what is wrong with it.

use crate::doctor::dns::dkim::key::tags;

/// What receivers are asked to do with mails that fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    None,
    Quarantine,
    Reject,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub wish: Wish,
    /// For the domains below; `None`: the same.
    pub below: Option<Wish>,
    /// `aspf=s`: the domain of the bounces must be the sender's own, not one beside it.
    pub strict_spf: bool,
    /// Somebody gets reports (`rua`).
    pub reports: bool,
}

/// Whether a TXT record is one of DMARC.
pub fn is_dmarc(text: &str) -> bool {
    tags(text).first().is_some_and(|(name, value)| *name == "v" && *value == "DMARC1")
}

impl Policy {
    /// # Errors
    /// A sentence about what keeps receivers from taking it.
    pub fn parse(text: &str) -> Result<Policy, String> {
        let tags = tags(text);
        let tag = |name: &str| tags.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
        let wish = |name: &str| tag(name).map(|value| wish(value).ok_or_else(|| format!("{name}={value} is unknown")));
        let reports = tag("rua").is_some_and(|to| !to.is_empty());
        let main = wish("p").transpose()?;
        Ok(Policy {
            wish: main.ok_or("it does not say what to do with mails that fail (p=)")?,
            below: wish("sp").transpose()?,
            strict_spf: tag("aspf").is_some_and(|mode| mode.eq_ignore_ascii_case("s")),
            reports,
        })
    }
}

fn wish(value: &str) -> Option<Wish> {
    match value.to_ascii_lowercase().as_str() {
        "none" => Some(Wish::None),
        "quarantine" => Some(Wish::Quarantine),
        "reject" => Some(Wish::Reject),
        _ => None,
    }
}

/// The domain and those above it that can belong to the same organisation, the nearest first. Without a list of all
/// endings under which names are sold, `co.uk` and its like are told by their look.
pub fn up(domain: &str) -> Vec<&str> {
    let organisation = organisation(domain);
    let mut names = vec![domain];
    let mut rest = domain;
    while rest != organisation {
        let Some((_, above)) = rest.split_once('.') else { break };
        names.push(above);
        rest = above;
    }
    names
}

/// What an organisation has registered: `verband.de` of `news.verband.de`.
pub fn organisation(domain: &str) -> &str {
    const SECOND: &[&str] = &["co", "com", "org", "net", "ac", "gov", "gv", "or", "edu", "ne", "me", "ltd", "plc"];
    let labels: Vec<&str> = domain.split('.').collect();
    let keep = match labels.as_slice() {
        [.., second, top] if top.len() == 2 && SECOND.contains(second) => 3,
        _ => 2,
    };
    let dropped = labels.len().saturating_sub(keep);
    let start: usize = labels[..dropped].iter().map(|label| label.len() + 1).sum();
    &domain[start..]
}
