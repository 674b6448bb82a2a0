//! The arguments of `send` and `correct`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

#[derive(Debug, Default, Args)]
pub struct Send {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST", value_hint = ValueHint::FilePath)]
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
    /// Do not look whether the article's link and its hosted pictures can be reached
    #[arg(long)]
    pub offline: bool,
    /// Approve and send in one step: the release code that you have seen, such as K7QF-3M2X
    ///
    /// Nothing is sent if the content has another code by now.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["dry_run", "test"])]
    pub approve: Option<String>,
    /// After an edit: the rest get what was released, as those who have it
    #[arg(long, conflicts_with_all = ["test", "rest_with_new_text"])]
    pub rest_unchanged: bool,
    /// After an edit: who has nothing yet gets the new text, and is looked up in the lists as they are now
    #[arg(long, conflicts_with_all = ["test", "lists"])]
    pub rest_with_new_text: bool,
    /// Do not ask before something leaves this computer
    #[arg(long)]
    pub yes: bool,
    /// Send although `rundbrief check` finds errors
    #[arg(long)]
    pub force: bool,
    /// Take the sending record as it is, although it is another one than last time: new, a copy or an older backup
    #[arg(long)]
    pub new_ledger: bool,
}

#[derive(Debug, Args)]
pub struct Correct {
    /// The post: a Markdown file, or its name in newsletters/
    #[arg(value_name = "POST", value_hint = ValueHint::FilePath)]
    pub post: PathBuf,
    /// Send the mail again too, marked as a correction, to those who got the first one
    #[arg(long)]
    pub mail: bool,
    /// Show what changed and what would happen where, but change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not look whether the article's link and its hosted pictures can be reached
    #[arg(long)]
    pub offline: bool,
    /// Approve and correct in one step: the release code that you have seen, such as K7QF-3M2X
    #[arg(long, value_name = "CODE", conflicts_with = "dry_run")]
    pub approve: Option<String>,
    /// Do not ask before something leaves this computer
    #[arg(long)]
    pub yes: bool,
    /// Correct although `rundbrief check` finds errors
    #[arg(long)]
    pub force: bool,
}
