//! The command line: arguments and help texts, nothing else.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

/// One recap post in: the e-mail to your members, a teaser for each network and the feed item out.
#[derive(Debug, Parser)]
#[command(name = "rundbrief", version, max_term_width = 100, propagate_version = true)]
#[command(after_help = "\
Begin with the sample:
  rundbrief build newsletters/2026-11-herbsttagung.md    look at everything in out/
  rundbrief send newsletters/2026-11-herbsttagung.md     one file for each member, on this computer

Exit codes:
   0  done
  64  the command line is wrong
  65  a post, template or list has errors
  66  a file is missing
  69  some rows or members could not be used
  74  reading, writing or the sending record failed
  75  some are tried again later; run it again
  76  some may not have arrived; decide with `rundbrief resolve`
  77  the mail server refused the login
  78  the configuration has errors")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// The heading of options that every command takes.
const EVERYWHERE: &str = "Everywhere";

/// What every command takes.
#[derive(Debug, Args)]
pub struct Global {
    /// The configuration; without one, a built-in example organisation is used
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How results are printed on standard output
    #[arg(long, global = true, help_heading = EVERYWHERE, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Say more about what is done (twice: everything)
    #[arg(short, long, global = true, help_heading = EVERYWHERE, action = ArgAction::Count)]
    pub verbose: u8,
    /// Say nothing but results and errors
    #[arg(short, long, global = true, help_heading = EVERYWHERE, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Whether to use colours
    #[arg(long, global = true, help_heading = EVERYWHERE, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people
    Human,
    /// One JSON document with stable names
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Also into files and pipes
    Always,
    /// Plain text
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Begin a new post, with its header filled in as a draft
    New(New),
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
    /// Send everything that is due; for cron and timers
    ///
    /// Takes every post whose `send_at` has come and that is no draft, and what was refused for now and is due again. Says
    /// nothing when there is nothing to do; otherwise one line a post. Never asks, never adds people to a post that is
    /// being sent, and may be started as often as you like: two at once share the work.
    Run,
    /// Show what became of a send: what may not have arrived, who was refused, what waits
    ///
    /// Without a post: every post that was sent, the newest first. Works while a send is running. With a post, the exit
    /// code says how it stands: 0 done, 69 some were refused, 75 some wait, 76 some may not have arrived.
    Status(Status),
    /// Decide about mails that may or may not have arrived
    ///
    /// `rundbrief status POST` names them. Only a person can find out, by asking or from the mail server's log.
    Resolve(Resolve),
    /// Note where a text was posted that you post by hand
    Posted(Posted),
    /// Show what a member got or did not get, and why
    Explain(Explain),
    /// Look at the member lists, and keep people from being written to
    #[command(subcommand)]
    Members(Members),
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
    #[arg(long, value_name = "DATE", requires = "digest")]
    pub since: Option<Date>,
}

#[derive(Debug, Args)]
pub struct Build {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST")]
    pub post: PathBuf,
    /// Where the folder with the files is made
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Preview {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST")]
    pub post: PathBuf,
    /// Start the browser
    #[arg(long, conflicts_with = "export")]
    pub open: bool,
    /// The port of this computer (without it, a free one)
    #[arg(long, value_name = "NUMBER", conflicts_with = "export")]
    pub port: Option<u16>,
    /// Write one file instead, to be mailed to whoever releases the post; it has no member's data in it
    #[arg(long, value_name = "FILE.html")]
    pub export: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Send {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST")]
    pub post: PathBuf,
    /// Show who would get what and write the files to out/, but send nothing and record nothing
    #[arg(long)]
    pub dry_run: bool,
    /// With --dry-run: also write every member's own message
    #[arg(long, requires = "dry_run")]
    pub messages: bool,
    /// Send the mail to these addresses alone, marked as a test; nothing is recorded and nobody is asked
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', conflicts_with_all = ["dry_run", "channels"])]
    pub test: Vec<String>,
    /// With --test: show what this member of the list would see (otherwise the first one)
    #[arg(long = "as", value_name = "ADDRESS", requires = "test")]
    pub seen_by: Option<String>,
    /// Only this list (may be given several times)
    #[arg(long = "list", value_name = "NAME")]
    pub lists: Vec<String>,
    /// Only this way out: email, feed or a network (may be given several times)
    #[arg(long = "channel", value_name = "NAME")]
    pub channels: Vec<String>,
    /// Do not ask before something leaves this computer
    #[arg(long)]
    pub yes: bool,
    /// The sending record is really a new one, although the configuration knows another
    #[arg(long)]
    pub new_ledger: bool,
}

#[derive(Debug, Args)]
pub struct Status {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST")]
    pub post: Option<PathBuf>,
    /// Go on showing it until nothing is being sent any more
    #[arg(long)]
    pub watch: bool,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("decision").required(true)))]
pub struct Resolve {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST")]
    pub post: PathBuf,
    /// They have not arrived: the next `rundbrief send` sends them again
    #[arg(long, group = "decision")]
    pub send_again: bool,
    /// They have arrived: they are not sent again
    #[arg(long, group = "decision")]
    pub count_as_sent: bool,
    /// Only these of them; without any, all of the post
    #[arg(value_name = "ADDRESS")]
    pub addresses: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Posted {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST")]
    pub post: PathBuf,
    /// The network, such as mastodon
    #[arg(value_name = "CHANNEL")]
    pub channel: String,
    /// Where it can be seen now
    #[arg(value_name = "URL")]
    pub url: String,
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
        #[arg(value_name = "FILE")]
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
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// What an unsubscribe mail has in its subject: `unsubscribe 0123…`; or a member's whole unsubscribe link
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<String>,
}

/// Commands that a later version has.
const LATER: [&str; 11] =
    ["init", "import", "check", "approve", "stop", "correct", "work", "report", "ledger", "doctor", "completions"];

/// What a later version's `send` takes.
const LATER_OPTIONS: [&str; 5] = ["--approve", "--rest-unchanged", "--rest-with-new-text", "--force", "--offline"];

/// What to answer to a command line that cannot be read, without `error: ` in front.
pub fn mistake(error: &clap::Error) -> String {
    let named = |kind| match error.get(kind) {
        Some(ContextValue::String(name)) => Some(name.split('=').next().unwrap_or(name).to_owned()),
        _ => None,
    };
    let later = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            named(ContextKind::InvalidSubcommand).and_then(|name| LATER.contains(&name.as_str()).then_some(name))
        }
        ErrorKind::UnknownArgument => {
            named(ContextKind::InvalidArg).filter(|name| LATER_OPTIONS.contains(&name.as_str()))
        }
        _ => None,
    };
    match later {
        Some(name) => format!(
            "`{name}` is not in this version yet\n  = help: `rundbrief help` shows what is; to look at a post, use \
             `rundbrief build POST`"
        ),
        None => {
            let text = error.render().to_string();
            text.strip_prefix("error: ").unwrap_or(&text).trim_end().to_owned()
        }
    }
}

/// Whether a command line that cannot be read asks for JSON all the same.
pub fn asks_for_json(arguments: impl Iterator<Item = OsString>) -> bool {
    let mut before = OsString::new();
    for argument in arguments {
        if argument == "--format=json" || (before == "--format" && argument == "json") {
            return true;
        }
        before = argument;
    }
    false
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
