//! What `status` says to people about one post.

use super::look::{Look, Subject};
use super::named::{Found, Named};
use crate::commands::Context;
use crate::commands::posted::{for_nobody, waits_for_nobody};
use crate::commands::revisions::{Revision, by_channel, sum};
use crate::commands::survey::code_of;
use crate::commands::table::aligned;
use crate::commands::when::{moment, short};
use crate::ledger::{DeliveryState, Standing, Totals};
use crate::report::Stage;

/// How many of those who were refused or wait are named; JSON names more.
const NAMED: usize = 20;

/// What the other side has: mails are accepted by a server, files are written.
fn done_word(subject: &Subject) -> &'static str {
    if subject.is_trial() { "written" } else { "accepted" }
}

/// `3 accepted · 1 refused`, without what there is none of.
pub fn counts(subject: &Subject, totals: &Totals) -> String {
    counts_of(totals, done_word(subject))
}

/// The same; `done` is what the other side did.
fn counts_of(totals: &Totals, done: &'static str) -> String {
    let numbers = [
        (totals.sent, done),
        (totals.pending + totals.claimed + totals.in_flight, "waiting"),
        (totals.deferred, "tried again"),
        (totals.failed, "refused"),
        (totals.uncertain, "may not have arrived"),
    ];
    let said: Vec<String> =
        numbers.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    if said.is_empty() { "nobody".to_owned() } else { said.join(" · ") }
}

/// The headline, the code and when it was.
pub fn head(context: &Context, subject: &Subject, look: &Look) -> String {
    let title = match &subject.title {
        Some(title) => format!("{title} ({})", subject.release.slug),
        None => subject.release.slug.clone(),
    };
    let trial = if subject.is_trial() { "only tried, nothing has left this computer · " } else { "" };
    let first = look.moments.first.unwrap_or(subject.release.created_at);
    let last = look.moments.last.filter(|_| look.own.open() == 0);
    let (from, to) = (moment(context, first), last.map(|last| moment(context, last)));
    let time = match to {
        None => format!("begun {from}"),
        Some(to) if to == from => format!("sent {from}"),
        Some(to) => format!("begun {from}, ended {to}"),
    };
    format!("{title}\n{trial}release code {} · {time}\n", code_of(&subject.release))
}

/// Counts by channel, what there is none of left out; empty where nothing is this program's to deliver.
pub fn counts_table(subject: &Subject, look: &Look) -> String {
    // What was put right later stands below.
    let published: Vec<Revision> = look.published().cloned().collect();
    let channels = by_channel(&published);
    let own: Vec<_> = channels.iter().filter(|(name, _)| !look.by_hand.contains(name)).collect();
    let all = sum(own.iter().map(|(_, totals)| *totals));
    type Count = fn(&Totals) -> u64;
    let columns: [(&str, Count); 5] = [
        (done_word(subject), |totals| totals.sent),
        ("waiting", |totals| totals.pending + totals.claimed + totals.in_flight),
        ("tried again", |totals| totals.deferred),
        ("refused", |totals| totals.failed),
        ("may not have arrived", |totals| totals.uncertain),
    ];
    let used: Vec<_> = (0..).zip(&columns).filter(|(at, (_, count))| *at == 0 || count(&all) > 0).collect();
    let heading = std::iter::once(String::new()).chain(used.iter().map(|(_, (word, _))| (*word).to_owned()));
    let mut rows = vec![heading.collect::<Vec<_>>()];
    for (name, totals) in own {
        let number = |at: usize, number: u64| if at > 0 && number == 0 { String::new() } else { number.to_string() };
        let numbers = used.iter().map(|(at, (_, count))| number(*at, count(totals)));
        rows.push(std::iter::once((*name).clone()).chain(numbers).collect());
    }
    aligned(&rows, |column| column > 0).iter().map(|line| format!("  {line}\n")).collect()
}

/// One line of a running send, where nothing can be drawn anew.
pub fn line(context: &Context, subject: &Subject, look: &Look) -> String {
    let time = context.clock.zoned().strftime("%H:%M:%S").to_string();
    format!("{time}  {}: {}", subject.release.slug, counts(subject, &look.own))
}

/// How it stands and what to do next.
pub fn closing(subject: &Subject, look: &Look) -> String {
    let slug = &subject.release.slug;
    let own = &look.own;
    match look.stage {
        Stage::Sending if own.claimed + own.in_flight == 0 => {
            "A send is running at this moment; what is left of this post waits.\n".to_owned()
        }
        Stage::Sending if look.workers > 1 => format!("{} processes are sending now.\n", look.workers),
        Stage::Sending => "It is being sent now.\n".to_owned(),
        Stage::Stopped if own.claimed + own.in_flight > 0 && look.workers > 0 => {
            "It was stopped; what was handed over waits for an answer, and nothing more leaves.\n".to_owned()
        }
        Stage::Stopped => format!("It was stopped; `rundbrief send {slug}` goes on.\n"),
        Stage::Interrupted => format!(
            "The last send did not end by itself, in the middle of {}.\n\
             `rundbrief send {slug}` finds out what became of them and goes on.\n",
            counted(own.claimed + own.in_flight, "delivery", "deliveries")
        ),
        Stage::Waiting if own.pending > 0 => format!("Nobody is sending; `rundbrief send {slug}` goes on.\n"),
        Stage::Waiting => format!("Nobody is sending; `rundbrief send {slug}` tries again.\n"),
        Stage::Undecided => String::new(),
        Stage::Done => "Nothing is left to send.\n".to_owned(),
    }
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Everything about a post: what needs a person first. `limit` says which one is used up.
pub fn post(context: &Context, subject: &Subject, look: &Look, named: &Named, limit: String) -> String {
    let slug = &subject.release.slug;
    let mut parts = vec![head(context, subject, look)];
    if !named.uncertain.is_empty() {
        let since = |standing: &Standing| match standing.settled_at {
            Some(at) => format!("since {}", short(context, at)),
            None => String::new(),
        };
        parts.push(format!(
            "{} may or may not have arrived:\n{}\
             Ask one of them, or look into the mail server's log. Then, for all or with addresses behind it:\n  \
             rundbrief resolve {slug} --send-again       they did not arrive\n  \
             rundbrief resolve {slug} --count-as-sent    they did\n",
            look.own.uncertain,
            list(&named.uncertain, usize::MAX, look.own.uncertain, since)
        ));
    }
    if !named.refused.is_empty() {
        let all = look.own.failed;
        let taken_out = named.refused.iter().any(|found| found.standing.attempts == 0);
        let what = if taken_out { "refused or taken out" } else { "refused" };
        parts.push(format!("{all} {what}:\n{}", list(&named.refused, NAMED, all, |_| String::new())));
    }
    if !named.again.is_empty() {
        let all = look.own.deferred;
        let from = |standing: &Standing| format!("from {} on", short(context, standing.due_at));
        parts.push(format!("{all} refused for now and tried again:\n{}", list(&named.again, NAMED, all, from)));
    }
    parts.push(counts_table(subject, look));
    parts.push(texts(context, subject, look));
    parts.push(posted(named));
    parts.push(corrections(context, look, named));
    parts.push(by_hand(subject, named));
    parts.push(limit);
    parts.push(left_alone(context, subject, look));
    parts.push(closing(subject, look));
    parts.retain(|part| !part.is_empty());
    parts.join("\n").trim_end().to_owned()
}

/// Who got which text, where there were several.
fn texts(context: &Context, subject: &Subject, look: &Look) -> String {
    let published: Vec<&Revision> = look.published().collect();
    if published.len() < 2 {
        return String::new();
    }
    let row = |revision: &Revision| {
        let released = format!("released {}", moment(context, revision.release.created_at));
        vec![code_of(&revision.release), counts(subject, &revision.mails()), released]
    };
    let rows: Vec<Vec<String>> = published.iter().rev().map(|revision| row(revision)).collect();
    let lines: String = aligned(&rows, |_| false).iter().map(|line| format!("  {line}\n")).collect();
    format!("The post went out in {} texts, by mail to:\n{lines}", published.len())
}

/// What was put right, channel by channel, the newest correction first.
fn corrections(context: &Context, look: &Look, named: &Named) -> String {
    let mut text = String::new();
    for revision in look.revisions.iter().filter(|revision| revision.release.is_correction()) {
        let (at, code) = (moment(context, revision.release.created_at), code_of(&revision.release));
        text += &format!("A correction of {at} (release code {code}):\n");
        let mut rows = Vec::new();
        let mails = revision.mails();
        if mails.all() > 0 {
            rows.push(vec!["email".to_owned(), counts_of(&mails, "accepted")]);
        }
        for found in named.corrections.iter().filter(|found| found.release == revision.release.id) {
            let standing = &found.standing;
            let on = |what: &str| match standing.settled_at {
                Some(at) => format!("{what} {}", moment(context, at)),
                None => what.to_owned(),
            };
            let by_hand = revision.is_by_hand(standing.key.part);
            let posted = named.by_hand.iter().any(|(channel, url)| *channel == found.channel && url.is_some());
            let said = match standing.state {
                DeliveryState::Sent => on("corrected"),
                DeliveryState::Pending if by_hand && !posted => continue,
                DeliveryState::Pending if by_hand => {
                    format!(
                        "to correct by hand, then: rundbrief posted {} {} https://…",
                        revision.release.slug, found.channel
                    )
                }
                DeliveryState::Failed => format!("not corrected: {}", one_line(&standing.detail)),
                DeliveryState::Uncertain => "may or may not be corrected".to_owned(),
                DeliveryState::Deferred => format!("tried again from {} on", short(context, standing.due_at)),
                DeliveryState::Pending | DeliveryState::Claimed | DeliveryState::InFlight => "waiting".to_owned(),
            };
            rows.push(vec![found.channel.clone(), said]);
        }
        text += &aligned(&rows, |_| false).iter().map(|line| format!("  {line}\n")).collect::<String>();
    }
    text
}

/// What waits for a network that the configuration does not have any more.
fn left_alone(context: &Context, subject: &Subject, look: &Look) -> String {
    let slug = &subject.release.slug;
    let mut text = String::new();
    for revision in &look.revisions {
        for (part, _) in revision.totals.iter().filter(|(part, _)| waits_for_nobody(context, revision, *part)) {
            let channel = revision.channel(*part);
            text += &for_nobody(slug, channel);
        }
    }
    text
}

/// One line a delivery: who, when, why.
fn list(found: &[Found], most: usize, all: u64, when: impl Fn(&Standing) -> String) -> String {
    let shown = &found[..found.len().min(most)];
    let who = |found: &Found| match found.standing.address.as_str() {
        "" if found.channel == "email" => "(address deleted)".to_owned(),
        "" => found.channel.clone(),
        address => address.to_owned(),
    };
    let row = |found: &Found| {
        let cells = [who(found), when(&found.standing), one_line(&found.standing.detail)];
        cells.into_iter().filter(|cell| !cell.is_empty()).collect()
    };
    let rows: Vec<Vec<String>> = shown.iter().map(row).collect();
    let mut text: String = aligned(&rows, |_| false).iter().map(|line| format!("  {line}\n")).collect();
    let left = all.saturating_sub(shown.len() as u64);
    if left > 0 {
        text += &format!("  and {left} more; `--format json` names more of them\n");
    }
    text
}

/// A server's answer may have several lines.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the program has posted, and where it can be seen.
fn posted(named: &Named) -> String {
    let rows: Vec<Vec<String>> =
        named.posted.iter().map(|(channel, place)| vec![channel.clone(), place.clone()]).collect();
    if rows.is_empty() {
        return String::new();
    }
    let lines = aligned(&rows, |_| false);
    "Posted:\n".to_owned() + &lines.iter().map(|line| format!("  {line}\n")).collect::<String>()
}

/// What a person posts: what is open, and where the rest can be seen.
fn by_hand(subject: &Subject, named: &Named) -> String {
    let slug = &subject.release.slug;
    let mut text = String::new();
    let posted = named.by_hand.iter().filter_map(|(channel, url)| Some(vec![channel.clone(), url.clone()?]));
    let posted: Vec<Vec<String>> = posted.collect();
    if !posted.is_empty() {
        text += "Posted by hand:\n";
        text += &aligned(&posted, |_| false).iter().map(|line| format!("  {line}\n")).collect::<String>();
    }
    let open = named.by_hand.iter().filter(|(_, url)| url.is_none());
    let open: Vec<&str> = open.map(|(channel, _)| channel.as_str()).collect();
    if !open.is_empty() {
        text += &format!(
            "To post by hand: {} (texts: rundbrief build {slug})\n  \
             then note where it is: rundbrief posted {slug} {} https://…\n",
            open.join(", "),
            open[0]
        );
    }
    text
}
