//! What `status` says to people about all posts.

use super::look::{Look, Subject};
use super::text::counts;
use crate::commands::Context;
use crate::commands::survey::code_of;
use crate::commands::table::{aligned, cut};
use crate::commands::when::day;
use crate::report::Stage;

/// The most characters of a headline.
const TITLE: usize = 44;

/// One line for each post.
pub fn overview(context: &Context, looks: &[(&Subject, Look)]) -> String {
    if looks.is_empty() {
        return "Nothing was sent yet.".to_owned();
    }
    let rows: Vec<Vec<String>> = looks.iter().map(|(subject, look)| overview_row(context, subject, look)).collect();
    let lines = aligned(&rows, |_| false).join("\n");
    match looks[0].0.is_trial() {
        true => format!("Only tried so far, nothing has left this computer:\n{lines}"),
        false => lines,
    }
}

fn overview_row(context: &Context, subject: &Subject, look: &Look) -> Vec<String> {
    let slug = &subject.release.slug;
    let name = match &subject.title {
        Some(title) => format!("{slug}: {}", cut(title, TITLE)),
        None => slug.clone(),
    };
    // Of the mails, where there are some: the one item of the feed would only confuse.
    let mails = look.channels.get("email").filter(|totals| totals.all() > 0).unwrap_or(&look.own);
    let stage = match look.stage {
        Stage::Sending => " · being sent now",
        Stage::Stopped => " · stopped",
        Stage::Interrupted => " · broken off",
        Stage::Waiting | Stage::Undecided | Stage::Done => "",
    };
    vec![day(context, subject.release.created_at), name, code_of(&subject.release), counts(subject, mails) + stage]
}
