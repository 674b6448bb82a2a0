//! From an SPF record to everything that it includes, with the look-ups that a receiver makes on the way (RFC 7208,
//! section 4.6.4).
//!
//! Comes in: a domain and a [`Zone`]. Goes out: a [`Walk`]. All names of one depth are asked at once; it ends long before
//! a record that includes itself could keep it.

use futures_util::future::try_join_all;

use super::record::{Mechanism, Qualifier, Record, has_macro, is_spf};
use crate::doctor::dns::{NoAnswer, Zone};

/// The most look-ups that a receiver makes.
pub const LOOKUPS_MAX: usize = 10;
/// The most of them that may find nothing.
pub const VOID_MAX: usize = 2;
/// Where counting ends: the record is broken long since.
pub const ENOUGH: usize = 40;

/// What was found on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walk {
    /// `include`, `a`, `mx`, `ptr`, `exists` and `redirect`, each one, wherever they stand.
    pub lookups: usize,
    /// Of them, the names that have no records.
    pub void: Vec<String>,
    /// Every domain whose record counts, the first included.
    pub domains: Vec<String>,
    /// What breaks the record.
    pub broken: Vec<String>,
    /// How every other server is taken.
    pub all: Option<Qualifier>,
    /// `ptr` stands somewhere, which RFC 7208 advises against.
    pub has_ptr: bool,
}

/// One name to ask.
enum Question {
    /// The record of an `include` (true) or `redirect` (false).
    Record(String, bool),
    Address(String),
    Exchange(String),
}

/// What was said to it.
enum Said {
    Texts(String, bool, Vec<String>),
    Nothing(String),
    Something,
}

/// # Errors
/// The DNS did not answer one of the questions.
pub async fn walk(domain: &str, first: &Record, zone: &impl Zone) -> Result<Walk, NoAnswer> {
    let mut walk = Walk { domains: vec![domain.to_owned()], all: first.all(), ..Walk::default() };
    let mut questions = walk.questions(domain, first);
    while !questions.is_empty() && walk.lookups <= ENOUGH {
        let said = try_join_all(questions.into_iter().map(|question| ask(question, zone))).await?;
        questions = said.into_iter().flat_map(|said| walk.take(said)).collect();
    }
    Ok(walk)
}

async fn ask(question: Question, zone: &impl Zone) -> Result<Said, NoAnswer> {
    let (name, found) = match question {
        Question::Record(name, include) => {
            let texts = zone.txt(&name).await?;
            return Ok(Said::Texts(name, include, texts));
        }
        Question::Address(name) => {
            let found = zone.has_address(&name).await?;
            (name, found)
        }
        Question::Exchange(name) => {
            let found = !zone.mx(&name).await?.is_empty();
            (name, found)
        }
    };
    Ok(if found { Said::Something } else { Said::Nothing(name) })
}

impl Walk {
    /// The look-ups of a record, counted, and those that can be made here.
    fn questions(&mut self, own: &str, record: &Record) -> Vec<Question> {
        let mut questions = Vec::new();
        let name = |written: &Option<String>| written.clone().unwrap_or_else(|| own.to_owned());
        for (_, mechanism) in &record.mechanisms {
            let question = match mechanism {
                Mechanism::All | Mechanism::Address => continue,
                Mechanism::Include(domain) => Some(Question::Record(domain.clone(), true)),
                Mechanism::A(domain) => Some(Question::Address(name(domain))),
                Mechanism::Mx(domain) => Some(Question::Exchange(name(domain))),
                Mechanism::Exists(_) => None,
                Mechanism::Ptr => {
                    self.has_ptr = true;
                    None
                }
            };
            self.lookups += 1;
            questions.extend(question);
        }
        if let (Some(domain), None) = (&record.redirect, record.all()) {
            self.lookups += 1;
            questions.push(Question::Record(domain.clone(), false));
        }
        questions.retain(|question| match question {
            Question::Record(name, _) | Question::Address(name) | Question::Exchange(name) => !has_macro(name),
        });
        questions
    }

    /// What an answer adds, and what is to be asked because of it.
    fn take(&mut self, said: Said) -> Vec<Question> {
        let (name, include, texts) = match said {
            Said::Something => return Vec::new(),
            Said::Nothing(name) => {
                self.void.push(name);
                return Vec::new();
            }
            Said::Texts(name, include, texts) => (name, include, texts),
        };
        if texts.is_empty() {
            self.void.push(name.clone());
        }
        let records: Vec<&String> = texts.iter().filter(|text| is_spf(text)).collect();
        let record = match records.as_slice() {
            [] => Err(format!("{name} has no SPF record")),
            [text] => Record::parse(text).map_err(|problem| format!("in the record of {name}, {problem}")),
            _ => Err(format!("{name} has {} SPF records", records.len())),
        };
        // A name that is included twice is asked and counted twice, as receivers do.
        self.domains.push(name.clone());
        match record {
            Ok(record) => {
                if !include {
                    self.all = self.all.or(record.all());
                }
                self.questions(&name, &record)
            }
            Err(problem) => {
                self.broken.push(problem);
                Vec::new()
            }
        }
    }
}
