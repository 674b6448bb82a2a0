//! A witness outside the database of how far the sending record was, so that an old backup in its place is recognised.
//!
//! Comes in: how often the record was used, right after the record has noted that itself. Goes out: what the files say
//! that are kept for it, one beside the record and one in the user's own state folder. It is never ahead of an honest
//! record: the record is written first, durably, and a file that could not be written is only behind.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::private;

const HEAD: &str = "rundbrief witness 1";
/// What a witness says is shorter; whatever is longer is none.
const LONGEST: u64 = 200;

/// The files that bear witness to one record.
#[derive(Debug)]
pub struct Witness {
    /// The record's own identity.
    identity: String,
    /// The first is the one beside a record in a file: it speaks for the place.
    files: Vec<PathBuf>,
    /// Whether something of this process is on the disk already.
    synced: AtomicBool,
}

/// What one file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Testimony {
    /// Of the record that it saw.
    pub identity: String,
    /// How often that was used by then.
    pub uses: i64,
    /// When that was, in milliseconds since 1970.
    pub at: i64,
}

/// What all of them say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// The furthest that this record was seen.
    pub own: Option<Testimony>,
    /// Another record was used at this place.
    pub other: Option<Testimony>,
}

impl Witness {
    /// For the record of this identity: the file `beside` it, if it is a file itself, and one in `state`, if there is such
    /// a folder.
    pub fn new(identity: &str, beside: impl Into<Option<PathBuf>>, state: Option<&Path>) -> Witness {
        let mut files: Vec<PathBuf> = beside.into().into_iter().collect();
        files.extend(state.map(|folder| folder.join(format!("{identity}.witness"))));
        Witness { identity: identity.to_owned(), files, synced: AtomicBool::new(false) }
    }

    /// What was noted so far. To be asked before the record itself, which only grows meanwhile.
    pub fn heard(&self) -> Heard {
        let mut heard = Heard::default();
        for said in self.files.iter().filter_map(|file| read(file)) {
            let side = if said.identity == self.identity { &mut heard.own } else { &mut heard.other };
            if side.as_ref().is_none_or(|before| before.uses < said.uses) {
                *side = Some(said);
            }
        }
        heard
    }

    /// Notes that the record was used so often. The first note of a process is on the disk when this returns; the others
    /// survive the end of the process, not that of the machine.
    pub(super) fn note(&self, uses: i64, at: i64) {
        let durably = !self.synced.swap(true, Ordering::Relaxed);
        self.write(uses, at, durably);
    }

    /// The same, on the disk when this returns.
    pub(super) fn conclude(&self, uses: i64, at: i64) {
        self.write(uses, at, true);
    }

    fn write(&self, uses: i64, at: i64, durably: bool) {
        let testimony = Testimony { identity: self.identity.clone(), uses, at };
        for file in &self.files {
            // What cannot be written is behind the record, which refuses nobody.
            if let Err(error) = write(file, &testimony, durably) {
                tracing::debug!("cannot note in {} how far the sending record is: {error}", file.display());
            }
        }
    }
}

/// Other processes write too. Of two that write at once the one that is behind may win; the next note mends that.
fn write(path: &Path, testimony: &Testimony, durably: bool) -> io::Result<()> {
    let ahead = |said: Testimony| said.identity == testimony.identity && said.uses > testimony.uses;
    if read(path).is_some_and(ahead) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        private::make_folder(folder)?;
    }
    // In place and always as long: a kill leaves the line before or this one.
    let mut file = private::options().create(true).truncate(false).write(true).open(path)?;
    let Testimony { identity, uses, at } = testimony;
    file.write_all(format!("{HEAD} {identity} {uses:020} {at:020}\n").as_bytes())?;
    if durably {
        file.sync_data()?;
    }
    Ok(())
}

/// `None` for a file that is not there or says nothing; after a power cut it may be empty.
fn read(path: &Path) -> Option<Testimony> {
    let file = File::open(path).ok()?;
    let text = io::read_to_string(io::Read::take(file, LONGEST)).ok()?;
    let mut words = text.strip_suffix('\n')?.strip_prefix(HEAD)?.split_ascii_whitespace();
    let identity = words.next()?.to_owned();
    let (uses, at) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    words.next().is_none().then_some(Testimony { identity, uses, at })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn witnesses(folder: &Path, identity: &str) -> Witness {
        Witness::new(identity, folder.join("beside/witness"), Some(&folder.join("state")))
    }

    fn said(identity: &str, uses: i64) -> Option<Testimony> {
        Some(Testimony { identity: identity.to_owned(), uses, at: 1_700_000_000_000 + uses })
    }

    #[test]
    fn the_furthest_counts_and_one_file_is_enough() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let witness = witnesses(folder.path(), "a");
        assert_eq!(witness.heard(), Heard::default());
        witness.note(9, 1_700_000_000_009);
        witness.note(10, 1_700_000_000_010);
        witness.note(7, 1_700_000_000_007);
        assert_eq!(witness.heard(), Heard { own: said("a", 10), other: None }, "it never goes back");
        fs::remove_file(folder.path().join("beside/witness")).expect("is removed");
        assert_eq!(witness.heard().own, said("a", 10));
        fs::write(folder.path().join("state/a.witness"), "").expect("is emptied, as by a power cut");
        assert_eq!(witness.heard(), Heard::default());
    }

    #[test]
    fn another_record_at_the_same_place_is_noticed_and_takes_it_over() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        witnesses(folder.path(), "a").note(3, 1_700_000_000_003);
        let witness = witnesses(folder.path(), "b");
        assert_eq!(witness.heard(), Heard { own: None, other: said("a", 3) });
        witness.note(1, 1_700_000_000_001);
        assert_eq!(witness.heard(), Heard { own: said("b", 1), other: None });
        assert_eq!(witnesses(folder.path(), "a").heard().own, said("a", 3), "in its own folder it is still known");
    }

    #[test]
    fn half_a_line_says_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let witness = witnesses(folder.path(), "a");
        witness.note(3, 1_700_000_000_003);
        let text = fs::read_to_string(folder.path().join("beside/witness")).expect("is there");
        for bad in [&text[..text.len() - 2], "rundbrief witness 1 a 3\n", "\0\0\0\0", "rundbrief witness 1 a x 3\n"] {
            fs::write(folder.path().join("beside/witness"), bad).expect("is written");
            assert_eq!(read(&folder.path().join("beside/witness")), None, "{bad:?}");
        }
    }
}
