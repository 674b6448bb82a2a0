//! Members found by their name or address, for the picker.
//!
//! Comes in: what somebody typed. Goes out: a few names. A list is streamed and never held; one of a million rows is
//! looked through in a thread, for some seconds at the most, and no longer than somebody waits for the answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::apart::{Apart, beside};
use crate::error::Error;
use crate::members::{Member, Row};
use crate::preview::desk::{Found, Going, Match};
use crate::project::Project;
use crate::project::list::MemberFile;

/// How many are shown.
const MOST: usize = 20;
/// How long the lists are looked through.
const PATIENCE: Duration = Duration::from_secs(8);

/// Ends a search when nobody waits for it any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Members of the lists whose name or address has each word of the text in it. Dropping the answer ends the search.
pub fn find(apart: Apart, lists: Vec<String>, text: &str) -> Going<Found> {
    let wanted = text.split_whitespace().map(str::to_lowercase).collect();
    let wanting = Arc::new(AtomicBool::new(true));
    let waiting = Waiting(wanting.clone());
    Box::pin(async move {
        let _waiting = waiting;
        let search = Search { wanted, wanting, began: Instant::now(), found: Found::default() };
        let found = beside(move || Ok(search.through(&apart.project()?, &lists))).await;
        found.unwrap_or_else(|error| Found { error: Some(error.to_string()), ..Found::default() })
    })
}

struct Search {
    /// Words, in any order: people type `Muster Anna` as well.
    wanted: Vec<String>,
    wanting: Arc<AtomicBool>,
    began: Instant,
    found: Found,
}

impl Search {
    fn through(mut self, project: &Project, lists: &[String]) -> Found {
        for (name, list) in lists.iter().filter_map(|name| project.config.lists.get_key_value(name)) {
            let searched = MemberFile::open(project, name, list).and_then(|file| self.list(name, file));
            match searched {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => self.found.error = Some(error.to_string()),
            }
        }
        self.found
    }

    /// Whether it is worth going on with the next list.
    fn list(&mut self, name: &str, mut file: MemberFile) -> Result<bool, Error> {
        while let Some(row) = file.next_row() {
            if let Row::Member(member) = row?
                && self.is_meant(&member)
            {
                if self.found.members.len() == MOST {
                    self.found.more = true;
                    return Ok(false);
                }
                self.add(&member, name);
            }
            if self.began.elapsed() > PATIENCE {
                self.found.unread = true;
            }
            if self.found.unread || !self.wanting.load(Ordering::Relaxed) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_meant(&self, member: &Member) -> bool {
        let text = format!("{} {}", name_of(member), member.address).to_lowercase();
        self.wanted.iter().all(|word| text.contains(word))
    }

    fn add(&mut self, member: &Member, list: &str) {
        let address = member.address.to_string();
        if !self.found.members.iter().any(|known| known.address == address) {
            self.found.members.push(Match { address, name: name_of(member), list: list.to_owned() });
        }
    }
}

fn name_of(member: &Member) -> String {
    let field = |name: &str| member.field(name).unwrap_or_default();
    let both = format!("{} {}", field("first_name"), field("last_name"));
    match both.trim() {
        "" => field("name").to_owned(),
        both => both.to_owned(),
    }
}
