//! The journal of one worker beside a SQLite ledger: each start and each answer, written without a sync.
//!
//! Comes in: starts, answers, and what the database holds by now. Goes out: after a crash, what was started and what
//! was answered. It survives the end of the process, not that of the machine: the boot's identity stands in its head,
//! and under another boot it is not believed.
//!
//! Segments follow one another; one goes when the database holds everything that stands in it, so that the journal does
//! not grow with the list.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{DeliveryKey, DeliveryState, LedgerError, Settled, private};
use crate::plan::Target;

/// A segment this long is followed by a new one.
const SEGMENT: u64 = 4 << 20;
const HEAD: &str = "rundbrief journal 1 boot ";

/// The attempt that a line is about. An earlier attempt's lines say nothing about a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Attempt {
    pub release: i64,
    pub key: DeliveryKey,
    pub number: i64,
}

/// A journal that is written.
#[derive(Debug)]
pub(super) struct Journal {
    /// Segments are `<base>.<number>`.
    base: PathBuf,
    boot: Option<String>,
    segments: Vec<Segment>,
    next: u64,
    /// The segment in which each unsettled attempt has its last line; those before it say nothing any more.
    places: HashMap<Attempt, u64>,
    /// Lines that are to be written, and whose they are.
    waiting: String,
    whose: Vec<Attempt>,
}

#[derive(Debug)]
struct Segment {
    number: u64,
    file: File,
    size: u64,
    /// Unsettled attempts with their last line in it.
    open: u64,
}

/// What a journal says of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trace {
    /// Its content left, or began to.
    Started,
    Answered(Settled),
}

impl Journal {
    /// Begins a journal. Its first segment is there before anything is marked, so that a journal that is missing later
    /// can be told from one in which nothing was started.
    pub(super) fn begin(base: PathBuf, boot: Option<String>) -> Result<Journal, LedgerError> {
        let mut journal = Journal {
            base,
            boot,
            segments: Vec::new(),
            next: 1,
            places: HashMap::new(),
            waiting: String::new(),
            whose: Vec::new(),
        };
        journal.next_segment().map_err(|error| describe(&journal.base, &error))?;
        Ok(journal)
    }

    /// Notes that an attempt's content leaves now, and the answers before it.
    pub(super) fn start(&mut self, attempt: Attempt) -> Result<(), LedgerError> {
        let before = self.waiting.len();
        self.line('S', attempt, format_args!(""));
        let written = self.write();
        if written.is_err() {
            // It does not leave.
            self.waiting.truncate(before);
            self.whose.pop();
        }
        written
    }

    /// Notes the answer, to be written with the next start or by [`Journal::write`].
    pub(super) fn answer(&mut self, attempt: Attempt, settled: &Settled) {
        let detail = serde_json::Value::from(settled.detail.as_str());
        let state = settled.state as i64;
        let (due_at, hold_until, at) = (settled.due_at, settled.hold_until, settled.at);
        self.line('A', attempt, format_args!(" {state} {due_at} {hold_until} {at} {detail}"));
    }

    fn line(&mut self, kind: char, attempt: Attempt, rest: fmt::Arguments<'_>) {
        let (release, part, target) = (attempt.release, attempt.key.part, attempt.key.target);
        writeln!(self.waiting, "{kind} {release} {part} {target} {}{rest}", attempt.number)
            .expect("a string takes everything");
        self.whose.push(attempt);
    }

    /// Forgets an attempt that the database has settled; segments without any other go.
    pub(super) fn settled(&mut self, attempt: Attempt) {
        // What still waits to be written says nothing that anybody needs.
        self.whose.retain(|waits| *waits != attempt);
        let Some(number) = self.places.remove(&attempt) else { return };
        self.less_in(number);
        let current = self.next - 1;
        let done = |segment: &Segment| segment.open == 0 && segment.number != current;
        for segment in self.segments.iter().filter(|segment| done(segment)) {
            // A segment that stays says nothing that the database does not hold.
            let _ = fs::remove_file(segment_path(&self.base, segment.number));
        }
        self.segments.retain(|segment| !done(segment));
    }

    /// Writes what waits.
    pub(super) fn write(&mut self) -> Result<(), LedgerError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        if self.segments.last().is_none_or(|segment| segment.size > SEGMENT) {
            self.next_segment().map_err(|error| describe(&self.base, &error))?;
        }
        let segment = self.segments.last_mut().expect("one was begun above");
        // One write: a kill leaves whole lines, or half of the last one.
        if let Err(error) = segment.file.write_all(self.waiting.as_bytes()) {
            // A full disk may have taken half a line. It goes again, or whatever follows it could not be believed.
            let _ = segment.file.set_len(segment.size);
            return Err(describe(&self.base, &error));
        }
        segment.size += self.waiting.len() as u64;
        segment.open += self.whose.len() as u64;
        self.waiting.clear();
        let number = segment.number;
        for attempt in std::mem::take(&mut self.whose) {
            if let Some(before) = self.places.insert(attempt, number) {
                self.less_in(before);
            }
        }
        Ok(())
    }

    fn less_in(&mut self, number: u64) {
        if let Some(segment) = self.segments.iter_mut().find(|segment| segment.number == number) {
            segment.open -= 1;
        }
    }

    fn next_segment(&mut self) -> io::Result<()> {
        let path = segment_path(&self.base, self.next);
        let mut file = private::options().create_new(true).append(true).open(&path)?;
        let head = format!("{HEAD}{}\n", self.boot.as_deref().unwrap_or("unknown"));
        if let Err(error) = file.write_all(head.as_bytes()) {
            // On a full disk: it is tried again.
            let _ = fs::remove_file(path);
            return Err(error);
        }
        self.segments.push(Segment { number: self.next, file, size: head.len() as u64, open: 0 });
        self.next += 1;
        Ok(())
    }
}

fn describe(base: &Path, error: &io::Error) -> LedgerError {
    LedgerError::Beside(format!("cannot write the journal {}: {error}", base.display()))
}

/// What the journal under `base` says, if it was written under this boot and is whole. `None`: nothing can be believed.
/// One that is not there is not whole.
pub(super) fn read(base: &Path, boot: Option<&str>) -> Option<HashMap<Attempt, Trace>> {
    let boot = boot?;
    let mut traces = HashMap::new();
    let mut proved = false;
    let segments = segments(base).filter(|segments| !segments.is_empty())?;
    for path in segments {
        let bytes = fs::read(path).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, lines)) = text.split_once('\n') else {
            // Killed before its first line was whole: nothing else can have been written into it. But a power cut leaves
            // empty files too, so that one alone proves nothing.
            continue;
        };
        if head.strip_prefix(HEAD) != Some(boot) {
            return None;
        }
        proved = true;
        for line in lines.split_inclusive('\n') {
            match (read_line(line.trim_end_matches('\n')), line.ends_with('\n')) {
                (Some((attempt, trace)), _) => {
                    traces.insert(attempt, trace);
                }
                // The last line of a killed process: a start that was not written whole was not followed by content, and
                // an answer that was not is lost.
                (None, false) => {}
                (None, true) => return None,
            }
        }
    }
    proved.then_some(traces)
}

/// Removes what is left of a journal.
pub(super) fn remove(base: &Path) {
    for path in segments(base).unwrap_or_default() {
        let _ = fs::remove_file(path);
    }
}

/// The segments in their order. `None` when the folder cannot be read.
fn segments(base: &Path) -> Option<Vec<PathBuf>> {
    let prefix = format!("{}.", base.file_name()?.to_str()?);
    let mut found = Vec::new();
    for entry in fs::read_dir(base.parent()?).ok()? {
        let entry = entry.ok()?;
        let name = entry.file_name();
        if let Some(number) = name.to_str().and_then(|name| name.strip_prefix(&prefix)?.parse::<u64>().ok()) {
            found.push((number, entry.path()));
        }
    }
    found.sort();
    Some(found.into_iter().map(|(_, path)| path).collect())
}

fn segment_path(base: &Path, number: u64) -> PathBuf {
    let mut name = base.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{number}"));
    base.with_file_name(name)
}

fn read_line(line: &str) -> Option<(Attempt, Trace)> {
    let mut words = line.splitn(10, ' ');
    let kind = words.next()?;
    let release = words.next()?.parse().ok()?;
    let part = words.next()?.parse().ok()?;
    let target = Target::from_hex(words.next()?)?;
    let number = words.next()?.parse().ok()?;
    let key = DeliveryKey { part, target };
    let attempt = Attempt { release, key, number };
    if kind == "S" {
        return words.next().is_none().then_some((attempt, Trace::Started));
    }
    let mut next = || words.next()?.parse::<i64>().ok();
    let (state, due_at, hold_until, at) = (next()?, next()?, next()?, next()?);
    let state = DeliveryState::from_number(state)?;
    let detail = serde_json::from_str(words.next()?).ok()?;
    (kind == "A").then_some((attempt, Trace::Answered(Settled { key, state, due_at, hold_until, detail, at })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(byte: u8, number: i64) -> Attempt {
        Attempt { release: 3, key: DeliveryKey { part: 0, target: Target([byte; 16]) }, number }
    }

    fn sent(byte: u8, detail: &str) -> Settled {
        let key = attempt(byte, 1).key;
        Settled { key, state: DeliveryState::Sent, due_at: 0, hold_until: 0, detail: detail.to_owned(), at: 5 }
    }

    fn written(write: impl FnOnce(&mut Journal)) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let base = folder.path().join("worker");
        write(&mut Journal::begin(base.clone(), Some("a-boot".to_owned())).expect("begins"));
        (folder, base)
    }

    #[test]
    fn a_start_and_an_answer_come_back_under_the_same_boot() {
        let detail = "250 2.0.0 „ok“\nqueued";
        let (_folder, base) = written(|journal| {
            journal.start(attempt(1, 1)).expect("is written");
            journal.start(attempt(2, 1)).expect("is written");
            journal.answer(attempt(2, 1), &sent(2, detail));
            journal.write().expect("is written");
        });
        let traces = read(&base, Some("a-boot")).expect("is believed");
        assert_eq!(traces[&attempt(1, 1)], Trace::Started);
        assert_eq!(traces[&attempt(2, 1)], Trace::Answered(sent(2, detail)));
        assert_eq!(traces.get(&attempt(1, 2)), None, "another attempt");
        assert_eq!(read(&base, Some("another-boot")), None);
        assert_eq!(read(&base, None), None);
        remove(&base);
        assert_eq!(read(&base, Some("a-boot")), None, "a journal that was lost says nothing");
    }

    #[test]
    fn half_a_last_line_is_ignored_and_half_a_line_before_another_is_not_believed() {
        let (_folder, base) = written(|journal| {
            journal.start(attempt(1, 1)).expect("is written");
        });
        let path = segment_path(&base, 1);
        let mut text = fs::read_to_string(&path).expect("is there");
        text += "S 3 0 0202";
        fs::write(&path, &text).expect("is written");
        assert_eq!(read(&base, Some("a-boot")).expect("is believed").len(), 1);
        fs::write(&path, text + "\nS 3 0 03").expect("is written");
        assert_eq!(read(&base, Some("a-boot")), None);
    }

    #[test]
    fn a_start_that_cannot_be_noted_was_none_and_what_waits_is_noted_later() {
        let (_folder, base) = written(|journal| {
            let long = "x".repeat(5 << 20);
            journal.start(attempt(1, 1)).expect("is written");
            journal.start(attempt(2, 1)).expect("is written");
            journal.answer(attempt(1, 1), &sent(1, &long));
            journal.write().expect("is written");
            // The next segment cannot be begun, as on a full disk.
            let in_the_way = segment_path(&journal.base, 2);
            fs::write(&in_the_way, "").expect("is written");
            journal.answer(attempt(2, 1), &sent(2, "250 ok"));
            journal.start(attempt(3, 1)).expect_err("is refused");
            fs::remove_file(in_the_way).expect("is there");
            journal.write().expect("is written");
        });
        let traces = read(&base, Some("a-boot")).expect("is believed");
        assert!(matches!(traces[&attempt(1, 1)], Trace::Answered(_)));
        assert_eq!(traces[&attempt(2, 1)], Trace::Answered(sent(2, "250 ok")));
        assert_eq!(traces.get(&attempt(3, 1)), None, "it did not leave");
    }

    #[test]
    fn segments_go_when_the_database_holds_what_they_say() {
        let (folder, _) = written(|journal| {
            let long = "x".repeat(1 << 20);
            for byte in 0..20 {
                journal.start(attempt(byte, 1)).expect("is written");
                journal.answer(attempt(byte, 1), &sent(byte, &long));
                journal.write().expect("is written");
            }
            let files = || fs::read_dir(journal.base.parent().expect("a folder")).expect("readable").count();
            assert!(files() >= 4, "several segments, {}", files());
            (0..19).for_each(|byte| journal.settled(attempt(byte, 1)));
            assert!(journal.segments.len() <= 2);
            journal.settled(attempt(19, 1));
        });
        assert_eq!(
            fs::read_dir(folder.path()).expect("readable").count(),
            1,
            "the one that is written goes with its worker"
        );
    }
}
