//! A server that kills the sender at a given moment, and what it knows then about every mail.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::project::Project;
use crate::sending::{LONG, Sent, start, wait};
use crate::smtp_server::{Answer, Script, Seen, Stage};

/// Where a sender is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// EHLO came and has no answer.
    Ehlo,
    Mail,
    Rcpt,
    Data,
    /// The content has begun to come; the server takes no more of it.
    Content,
    /// All of it has come, and was taken; the answer has not gone out.
    Dot,
    /// The answer has gone out.
    Answered,
}

impl Point {
    const fn stage(self) -> Stage {
        match self {
            Point::Ehlo => Stage::Ehlo,
            Point::Mail => Stage::Mail,
            Point::Rcpt => Stage::Rcpt,
            Point::Data => Stage::Data,
            Point::Content => Stage::Content,
            Point::Dot => Stage::End,
            Point::Answered => Stage::Answered,
        }
    }
}

/// How far a mail got, as the server knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    /// The server asked for the content.
    Invited,
    Begun,
    Answered,
}

/// The last try of one address.
#[derive(Debug, Clone, Copy)]
struct Try {
    run: usize,
    connection: usize,
    progress: Progress,
}

#[derive(Default)]
struct State {
    /// Counts the senders.
    run: usize,
    sender: Option<Child>,
    order: Option<(Point, usize)>,
    kills: usize,
    /// Which sender a connection belongs to.
    runs: BTreeMap<usize, usize>,
    /// By address.
    tries: BTreeMap<String, Try>,
    /// The last address of each connection whose content came.
    last: BTreeMap<usize, String>,
    /// The last whose content was asked for: it may have been told of before the one before was answered (RFC 2920).
    invited: BTreeMap<usize, String>,
    killed: BTreeSet<usize>,
    /// What a power cut made uncertain.
    cut: BTreeSet<String>,
}

/// Shared by the test and its server.
#[derive(Clone, Default)]
pub struct Scene(Arc<Mutex<State>>);

impl Scene {
    pub fn new() -> Scene {
        Scene::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no handler has panicked")
    }

    /// Takes everything, writes down how far each mail got, and kills as ordered.
    pub fn script(&self) -> Script {
        let mut script = Script::new().without_contents();
        for stage in [Stage::Ehlo, Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Content, Stage::End, Stage::Answered] {
            let scene = self.clone();
            script = script.on(stage, move |seen| scene.state().see(seen));
        }
        script
    }

    /// Starts a sender and kills it when it gets somewhere for the n-th time.
    #[track_caller]
    pub fn kill_at(&self, project: &Project, point: Point, number: usize) {
        {
            let mut state = self.state();
            state.run += 1;
            state.order = Some((point, number));
            state.sender = Some(start(project));
        }
        let began = Instant::now();
        loop {
            let mut state = self.state();
            let Some(sender) = &mut state.sender else {
                drop(state);
                self.over_on_a_server(project);
                // The next one does not wait for that.
                return project.let_leases_end();
            };
            let ended = sender.try_wait().expect("its end can be asked for");
            assert!(ended.is_none(), "it ended by itself before {point:?} {number}: {ended:?}");
            drop(state);
            assert!(began.elapsed() < LONG, "{point:?} {number} was not reached");
            sleep(Duration::from_millis(5));
        }
    }

    /// After a kill, where a server keeps the record: nobody but the dead process knew how far it was with what it had
    /// marked, so all of that may be uncertain, as after a power cut.
    fn over_on_a_server(&self, project: &Project) {
        if project.is_on_a_server() {
            self.power_cut(project.in_flight());
        }
    }

    /// Starts senders at once and kills the first of them after this time. The others go on; waits for them.
    pub fn kill_after(&self, project: &Project, senders: usize, time: Duration) -> Vec<Sent> {
        self.state().run += 1;
        let mut senders: Vec<Child> = (0..senders).map(|_| start(project)).collect();
        sleep(time);
        let mut first = senders.remove(0);
        first.kill().expect("SIGKILL");
        let ended = first.wait().expect("it has ended");
        let mut state = self.state();
        if ended.code().is_none() {
            let run = state.run;
            state.killed.insert(run);
            state.kills += 1;
        }
        drop(state);
        self.over_on_a_server(project);
        if senders.is_empty() {
            project.let_leases_end();
        }
        senders.into_iter().map(wait).collect()
    }

    pub fn kills(&self) -> usize {
        self.state().kills
    }

    /// After a power cut all of these are uncertain, however far they got.
    pub fn power_cut(&self, addresses: BTreeSet<String>) {
        self.state().cut.extend(addresses);
    }

    /// What is uncertain must be what nobody can know, at most one a connection and kill.
    #[track_caller]
    pub fn check_uncertain(&self, uncertain: &BTreeSet<String>, connections: usize) {
        let state = self.state();
        let mut by_connection: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut by_run: BTreeMap<usize, usize> = BTreeMap::new();
        for address in uncertain.difference(&state.cut) {
            let attempt = state.tries.get(address).unwrap_or_else(|| panic!("{address} never got so far"));
            assert!(state.killed.contains(&attempt.run), "{address} is uncertain without a kill: {attempt:?}");
            let is_in = |last: &BTreeMap<usize, String>| last.get(&attempt.connection) == Some(address);
            let was_invited = attempt.progress == Progress::Invited && is_in(&state.invited);
            assert!(was_invited || is_in(&state.last), "its connection went on, so its answer was read: {attempt:?}");
            *by_connection.entry((attempt.run, attempt.connection)).or_default() += 1;
            *by_run.entry(attempt.run).or_default() += 1;
        }
        assert!(by_connection.values().all(|number| *number == 1), "{by_connection:?}");
        assert!(by_run.values().all(|number| *number <= connections), "{by_run:?}");
        for (address, attempt) in &state.tries {
            let in_doubt = attempt.progress == Progress::Begun;
            assert!(!in_doubt || uncertain.contains(address), "{address} was never answered: {attempt:?}");
        }
    }
}

impl State {
    fn see(&mut self, seen: &Seen<'_>) -> Answer {
        let run = *self.runs.entry(seen.connection).or_insert(self.run);
        self.write_down(seen, run);
        if !self.is_the_moment(seen.stage, run) {
            return Answer::normal();
        }
        let mut sender = self.sender.take().expect("a sender that talks is there");
        sender.kill().expect("SIGKILL");
        // Nothing goes out before it is gone for certain.
        sender.wait().expect("it has ended");
        self.kills += 1;
        self.killed.insert(run);
        if seen.stage == Stage::Content { Answer::close() } else { Answer::normal() }
    }

    fn write_down(&mut self, seen: &Seen<'_>, run: usize) {
        let progress = match seen.stage {
            Stage::Data => Progress::Invited,
            Stage::Content => Progress::Begun,
            Stage::Answered => Progress::Answered,
            _ => return,
        };
        let address = seen.recipient().to_owned();
        let last = if progress == Progress::Invited { &mut self.invited } else { &mut self.last };
        last.insert(seen.connection, address.clone());
        self.tries.insert(address, Try { run, connection: seen.connection, progress });
    }

    /// Counts down to the moment. What a dead sender left in the line does not count.
    fn is_the_moment(&mut self, stage: Stage, run: usize) -> bool {
        let Some((point, number)) = &mut self.order else { return false };
        if point.stage() != stage || run != self.run || self.sender.is_none() {
            return false;
        }
        *number -= 1;
        *number == 0
    }
}
