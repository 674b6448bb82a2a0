//! The command line: arguments and help texts, nothing else.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};
use jiff::civil::Date;

mod completions;
mod global;
mod init;
mod manual;
mod mistake;
mod reference;
mod send;
mod shell;

pub use completions::{Completions, Shell, completions};
pub use global::{Color, Format, Global, LogFormat};
pub use init::Init;
pub use manual::{Man, Page, pages};
pub use mistake::{asks_for_json, mistake};
pub use send::{Correct, Send};
pub use shell::quoted;

/// One recap post in: the e-mail to your members, a teaser for each network and the feed item out.
#[derive(Debug, Parser)]
#[command(name = "rundbrief", version, max_term_width = 100, propagate_version = true)]
#[command(after_help = reference::after_help())]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Set everything up for a first real send, or change single answers later
    ///
    /// Asks for your organisation, the sender, the mail server, the member list and your own address; checks each answer at
    /// once; shows what it is going to write and asks. Then it logs in at the mail server, looks at the list and sends you
    /// a sample mail. Each answer can be given as an option instead. Run again, it changes only what is asked for.
    Init(Box<Init>),
    /// Begin a new post, with its header filled in as a draft
    New(New),
    /// Make a post, as a draft, of a page on your website or of text copied from one
    ///
    /// Takes over what the page says: headline, day, author, category, picture, text. What it does not say, and what only you
    /// can decide, stands as a comment in the post's header and is listed. Nothing is guessed, no file is overwritten.
    Import(Import),
    /// Say what is wrong with a post, with file, line and what to do
    ///
    /// Looks at content, German typography, the mail, law, networks, the feed and the plan. Without a post: every post that
    /// was not sent yet, drafts too. Ends with 65 if there is an error, which `send` refuses as well; a warning is only
    /// said. `[check]` in config.toml silences a rule or raises it.
    Check(Check),
    /// Make everything from a post as files, to look at: e-mail, teasers, feed item, plan
    Build(Build),
    /// Show a post in the browser as every reader will see it, and follow the files as you save them
    ///
    /// The page is on this computer alone: phone and desktop, light and dark, without pictures, as text, as any member of
    /// the list, with the texts for networks, the feed and who gets it. Ctrl-C ends it.
    Preview(Preview),
    /// Send a post to the members: each member once, however often this is run
    ///
    /// With the outbox (the default) each mail becomes a file on this computer and nothing leaves it. With a mail server it
    /// shows who gets what and how long it takes, and asks before anything leaves. Run again, it goes on where it stopped
    /// and writes to nobody twice; what was refused for now is tried again.
    Send(Send),
    /// Put right what was sent of a post, after an edit of its file
    ///
    /// Shows what changed and what happens where, and asks. The feed's item and a Mastodon or Matrix post change where they
    /// are, a Bluesky post gets an answer, webhooks are told; what a person posted is listed to be corrected by hand. The mail
    /// goes again only with --mail, marked as a correction, to those who got the first one and to nobody else.
    Correct(Correct),
    /// Approve a post for sending: this very content, for these people
    ///
    /// Shows the plan and the release code and notes who approved. Where the configuration says `[approval] required = true`,
    /// nothing is sent to people without it; an edit after it, or too many people added or gone, needs a new one.
    Approve(Approve),
    /// Send everything that is due; for cron and timers
    ///
    /// Takes every post whose `send_at` has come and that is no draft, and what was refused for now and is due again. Says
    /// nothing when there is nothing to do; otherwise one line a post. Never asks, never adds people to a post that is
    /// being sent, and may be started as often as you like: two at once share the work.
    Run,
    /// Work on whatever is being sent, beside others on any number of machines
    ///
    /// Needs a sending record in a PostgreSQL database, the configuration and the site key; no post and no list. Joins what
    /// `send` and `run` have begun there and goes on until it is told to end: on Ctrl-C or SIGTERM it finishes what it has in
    /// hand. The feed is left to the machine that sends, as it is a file there.
    Work(Work),
    /// Stop a send within seconds, wherever it runs, until `rundbrief send` goes on
    ///
    /// Works from another terminal and against a send of cron. What was handed to the mail server is finished; nothing more
    /// leaves. A post that was not sent yet is not begun by cron.
    Stop(Stop),
    /// Show what became of a send: what may not have arrived, who was refused, what waits
    ///
    /// Without a post: every post that was sent, the newest first. Works while a send is running. With a post, the exit
    /// code says how it stands: 0 done, 69 some were refused, 75 some wait, 76 some may not have arrived.
    Status(Status),
    /// Decide about mails and posts that may or may not have arrived
    ///
    /// `rundbrief status POST` names them. Only a person can find out, by asking or from the mail server's log.
    Resolve(Resolve),
    /// Note where a text was posted that you post by hand
    Posted(Posted),
    /// Make a report of a send: for the board, on screen or on paper, or as a table
    ///
    /// In the language of the site. Without --out as Markdown on standard output. Works while a send is running, and
    /// after the post's file is gone.
    Report(Report),
    /// Show what a member got or did not get, and why
    Explain(Explain),
    /// Look at the member lists, and keep people from being written to
    #[command(subcommand)]
    Members(Members),
    /// Look after the sending record itself
    #[command(subcommand)]
    Ledger(Ledger),
    /// Look for whatever stands in the way of a send: mail server, sending record, lists, links, DNS
    ///
    /// Sends no mail and unsubscribes nobody. Each line says what was found and, below it, what to do. The exit code is 0
    /// when nothing is an error, else that of the worst: 65 a list, 74 the sending record, 75 a server that cannot be
    /// reached now, 77 the login, 78 the configuration or the DNS.
    Doctor(Doctor),
    /// Print a script with which your shell completes commands, options and files when you press Tab
    Completions(Completions),
    /// Print the manual page, or write one for each command into a folder
    ///
    /// Without --out it is rundbrief(1), to be read with `rundbrief man | man -l -`. Pages that are there are replaced.
    Man(Man),
}

#[derive(Debug, Args)]
pub struct Work {
    /// How many of the connections to the mail server this worker takes at most (otherwise as many as are free)
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub connections: Option<u16>,
}

#[derive(Debug, Args)]
pub struct Doctor {
    /// Look only at this computer: no mail server, no website, no DNS
    #[arg(long)]
    pub offline: bool,
    /// Look at what `rundbrief work` needs here: a sending record that machines share, its key, and no lists
    #[arg(long)]
    pub worker: bool,
}

#[derive(Debug, Args)]
pub struct New {
    /// The headline; the file's name is made from it
    #[arg(value_name = "TITLE")]
    pub title: String,
    /// A digest: a post that lists other posts under one introduction
    #[arg(long, requires = "since")]
    pub digest: bool,
    /// The digest takes the posts published on this day or later (2026-11-01)
    #[arg(long, value_name = "DATE", requires = "digest", value_parser = day)]
    pub since: Option<Date>,
}

#[derive(Debug, Args)]
pub struct Import {
    /// A web address, a saved page, a text file, or - for what comes on standard input
    #[arg(value_name = "URL|FILE|-", value_hint = ValueHint::FilePath)]
    pub source: String,
    /// The language of the text, such as de or en-GB (otherwise the page's own)
    #[arg(long, value_name = "LANG")]
    pub lang: Option<String>,
    /// The post's file, or the folder for it (otherwise newsletters/<date>-<headline>.md)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Fetch the pictures and put them beside the post
    #[arg(long)]
    pub images: bool,
    /// Show what has changed since this post was made; with --out, write it anew under its own header
    #[arg(long, value_name = "POST", value_hint = ValueHint::FilePath, conflicts_with = "images")]
    pub diff: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Check {
    /// Posts: Markdown files, or their names in newsletters/
    #[arg(value_name = "POST", value_hint = ValueHint::FilePath)]
    pub posts: Vec<PathBuf>,
    /// Ask every link whether it answers, too
    #[arg(long)]
    pub online: bool,
}

#[derive(Debug, Args)]
pub struct Build {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST", value_hint = ValueHint::FilePath)]
    pub post: PathBuf,
    /// Where the folder with the files is made
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, default_value = "out")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Preview {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST", value_hint = ValueHint::FilePath)]
    pub post: PathBuf,
    /// Start the browser
    #[arg(long, conflicts_with = "export")]
    pub open: bool,
    /// The port of this computer (without it, a free one)
    #[arg(long, value_name = "NUMBER", conflicts_with = "export")]
    pub port: Option<u16>,
    /// Write one file instead, to be mailed to whoever releases the post; it has no member's data in it
    #[arg(long, value_name = "FILE.html", value_hint = ValueHint::FilePath)]
    pub export: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Approve {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST", value_hint = ValueHint::FilePath)]
    pub post: PathBuf,
    /// Who approves it; without it you are asked
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// What is to be remembered with it
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Show who approved it and whether that still holds
    #[arg(long, conflicts_with_all = ["by", "note", "revoke"])]
    pub show: bool,
    /// Take the approval back; what is sent already is not undone
    #[arg(long, conflicts_with_all = ["by", "note"])]
    pub revoke: bool,
}

#[derive(Debug, Args)]
pub struct Stop {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST", value_hint = ValueHint::FilePath)]
    pub post: PathBuf,
}

#[derive(Debug, Args)]
pub struct Status {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST", value_hint = ValueHint::FilePath)]
    pub post: Option<PathBuf>,
    /// Go on showing it until nothing is being sent any more
    #[arg(long)]
    pub watch: bool,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("decision").required(true)))]
pub struct Resolve {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST", value_hint = ValueHint::FilePath)]
    pub post: PathBuf,
    /// They have not arrived: the next `rundbrief send` sends them again
    #[arg(long, group = "decision")]
    pub send_again: bool,
    /// They have arrived: they are not sent again
    #[arg(long, group = "decision")]
    pub count_as_sent: bool,
    /// Only these of them, a post on a network by the name of its channel; without any, all of the post
    #[arg(value_name = "ADDRESS")]
    pub addresses: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Posted {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST", value_hint = ValueHint::FilePath)]
    pub post: PathBuf,
    /// The network, such as mastodon
    #[arg(value_name = "CHANNEL")]
    pub channel: String,
    /// Where it can be seen now
    #[arg(value_name = "URL")]
    pub url: String,
}

#[derive(Debug, Args)]
pub struct Report {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST", value_hint = ValueHint::FilePath)]
    pub post: PathBuf,
    /// The file to write: .html (prints well), .csv (every delivery, for Excel) or .md
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// The member's e-mail address
    #[arg(value_name = "ADDRESS")]
    pub address: String,
}

#[derive(Debug, Subcommand)]
pub enum Members {
    /// Say what is recognised in a list and which rows cannot be used, and why
    Check {
        /// A CSV or Excel (.xlsx) file
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Show who on a list would be written to and how each is addressed, and who would not and why
    Show {
        /// The list's name: what stands behind `lists.` in config.toml
        #[arg(value_name = "LIST")]
        list: String,
    },
    /// Never write to somebody again, whatever a list says
    ///
    /// For people who unsubscribed and for addresses that do not exist any more. The sending record keeps no address of
    /// them, only a mark that recognises it.
    Suppress(Suppress),
    /// Let somebody be written to again, because they asked for it
    Unsuppress {
        /// The address: anna@example.org
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Show the name of the sending record, with the line for config.toml that asks for it
    ///
    /// With that line, a send refuses every other record: one that is empty since the file was lost, or one of another
    /// project. Gives the record a name if it has none.
    Id,
    /// Bring the sending record up to date with this version of rundbrief
    ///
    /// Every command that opens it does that by itself. Of a file, a copy of how it was before is kept beside it for a month;
    /// of a database make a backup first.
    Migrate,
    /// Move the sending record from a file into the database that config.toml names
    ///
    /// For when one computer becomes several. Who got what, who must not be written to, what still waits and who approved
    /// it: everything comes along. Write the address of the database into config.toml first, and have nothing send with
    /// the file meanwhile. The file stays as it is, and nothing uses it any more.
    Move {
        /// The file: rundbrief.db
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
}

/// Exactly one of them.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Suppress {
    /// The address: anna@example.org
    #[arg(value_name = "ADDRESS")]
    pub address: Option<String>,
    /// A table of unsubscribes or bounces from any tool, or a text with an address a line
    ///
    /// The column is found by its heading (E-Mail, Empfänger, Recipient …), else by its look. Rows that say that all is
    /// well (delivered, opened) are left alone.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// What an unsubscribe mail has in its subject: `unsubscribe 0123…`; or a member's whole unsubscribe link
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<String>,
}

/// A day of the command line.
fn day(written: &str) -> Result<Date, String> {
    let german = || Date::strptime("%d.%m.%Y", written).map_or_else(|_| "2026-11-01".to_owned(), |day| day.to_string());
    written.parse().map_err(|_| format!("write it as year-month-day: {}", german()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
