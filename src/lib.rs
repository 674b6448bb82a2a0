//! From one recap post to everything that leaves the house.
//!
//! A *post* is a Markdown file. It becomes *renditions*: an e-mail, a teaser for each network, a feed item. With the
//! members of its lists it makes a *plan*. A send freezes the plan's content and recipients as a *release* in the
//! *ledger*, and dispatches its *deliveries* through *channels*, each once.
//!
//! # The way data flows
//!
//! ```text
//! newsletters/x.md ─ post ─▶ Post ─ render ─▶ renditions ─ plan(+ members − suppressed) ─▶ Plan ─ freeze ─▶ ledger
//!                                                 │                                                          │
//!                                                 └──── build (files)                                        │
//!                        channel::{smtp, sendmail, outbox, feed, network} ◀──── dispatch ◀────────────────────┘
//! ```
//!
//! # The house, from the ground up
//!
//! | module | what it does |
//! |---|---|
//! | [`finding`] | one thing wrong in a user's file: place, line, what to do |
//! | [`error`] | what ends a command, and its exit code |
//! | [`secret`] | secrets by reference, never printed |
//! | [`words`] | what readers see, in German and English; `build.rs` makes a table of `templates/words.yaml` |
//! | [`scrub`] | what servers say, without addresses, for logs |
//! | [`metrics`] | what a process does, as figures for Prometheus |
//! | [`http`] | the one HTTP client, closed towards private networks |
//! | [`config`] | `config.toml` as validated types |
//! | [`post`] | header, Markdown, sentences, pictures |
//! | [`members`] | tables, addresses, salutations |
//! | [`render`] | the e-mail, teasers, the feed item, what networks are given |
//! | [`plan`] | who gets what, and who not and why |
//! | [`check`] | what is wrong with a post, rule by rule |
//! | [`project`] | the files on disk |
//! | [`ledger`] | releases, recipients, deliveries; the only module with a database |
//! | [`channel`] | the ways out |
//! | [`dispatch`] | freezes a wave; delivers what is open |
//! | [`report`] | what became of a send, as a page and as a notification |
//! | [`doctor`] | what stands in the way of a send: mail server, sending record, DNS |
//! | [`import`] | a published page or copied text as a draft post |
//! | [`preview`] | the local page that shows everything before it leaves |
//! | [`commands`] | one file a subcommand; the only module that prints |
//! | [`cli`] | arguments and help texts |
//!
//! `post`, `members`, `render`, `plan`, `check` and `import` are pure: values in, values out; no clock, network, environment, file or
//! printing. Time, keys and what the ledger knows are passed in.
//!
//! # The import rule
//!
//! Imports point one way: `finding, secret, words, http, cli, scrub, metrics` ← `error` ← `config, post, members` ← `render` ← `plan` ← `check`
//! ← `project` ← `ledger, channel` ← `dispatch` ← `doctor, import, preview, report` ← `commands` ← `main`. Modules of one level do
//! not import each other, and each library has its place (sqlx only in `ledger`, clap only in `cli`, …).
//! `tests/architecture.rs` reads every `use crate::` and fails on a violation.
//!
//! # Never twice
//!
//! Nothing is delivered that the ledger does not hold, and what it holds is frozen: a release's content and recipients
//! are written before the first delivery and do not change with the files. A process that delivers is a *worker*; it
//! claims deliveries, *marks* them durably right before they may leave, and opens a [`channel::Gate`] at the last moment,
//! which notes the start in a journal beside the ledger. The answer is noted there too and settled in groups. So after
//! any end another worker knows what had not left (it waits again), what was answered (it is settled), and what nobody
//! can know (it is *uncertain*, and a person decides), unless the channel says that doing it again is harmless
//! ([`channel::Repeat`]). What is marked and settled is counted too, in the ledger and by a witness outside it, so that
//! an old backup in the ledger's place is recognised, and so is a copy (`tests/guard.rs`).
//!
//! The ledger is a SQLite file, or a PostgreSQL database that any number of machines share ([`ledger::Record`] is whichever is
//! configured). There nobody can read the journal of a machine that died: so there is none, only what leaves at once is
//! marked, each outcome is settled in the same transaction as the next mark, a worker lives as long as its lease, and the
//! database's clock counts. What was started and answered a worker keeps in memory (`ledger/postgres/own.rs`), also while the
//! database is away; `work` waits for it with that, `send` does not (`Dispatch::holds_on`). One that the others gave up
//! meanwhile still settles what it knows, as long as nobody has said otherwise (`ledger/lost.rs`). What a dead worker had in
//! flight, one mail a connection at the most, is uncertain. `work` is nothing but more workers: what it must know beside the
//! ledger stands in the terms of a release (`commands/terms.rs`). A record moves from a file into a database at rest and as a
//! whole (`ledger/carried.rs`).
//!
//! Where a mail server takes it, the next mail's commands follow the content of this one (`channel/smtp/ahead.rs`); its content
//! still waits for its own mark and gate. Not with a database, where it would have to be marked too early
//! ([`ledger::Work::tells_starts`]).
//!
//! A post that was edited in the middle of its send goes on as it was, or as a new *revision*: a release of its own that
//! takes the place of the earlier one in one step ([`ledger::Ledger::seal`]), for those who have nothing yet
//! ([`ledger::Revisions`]). After that nothing of the earlier one leaves any more. An edit after the send is a revision too,
//! a *correction*: it changes what was said where that went, and takes nobody's place ([`ledger::Purpose`]).
//!
//! Tests kill, stop and starve workers at every stage (`tests/kill.rs`, `tests/together.rs`, `tests/faults.rs`), also as
//! programs on several machines (`tests/work_command.rs`), and the machines and the database under them (`tests/chaos.py`).
//! Whatever database is behind the ledger keeps one contract (`tests/ledger.rs`, `tests/ledger_postgres.rs`).

pub mod channel;
pub mod check;
#[allow(rustdoc::invalid_html_tags, reason = "help texts are for the terminal")]
pub mod cli;
pub mod commands;
pub mod config;
pub mod dispatch;
pub mod doctor;
pub mod error;
pub mod finding;
pub mod http;
pub mod import;
pub mod ledger;
pub mod members;
pub mod metrics;
pub mod plan;
pub mod post;
pub mod preview;
pub mod project;
pub mod render;
pub mod report;
pub mod scrub;
pub mod secret;
pub mod words;
