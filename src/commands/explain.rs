//! `explain`: what a member got or did not get of every post, and why.
//!
//! Only looks. What the sending record does not know is looked up in the lists as they are now.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::released::title;
use super::revisions::newest_of_each;
use super::survey::code_of;
use super::when::{moment, stamp};
use super::{Context, record};
use crate::cli;
use crate::dispatch::Composer;
use crate::error::{Error, Exit};
use crate::ledger::{Books, Ledger, LedgerError, Mode, Passage, Record, Release, Roll, Suppression};
use crate::members::address::Address;
use crate::plan::SiteKey;
use crate::project::site_key;

mod fate;
mod lists;

use fate::Fate;
use lists::{Lists, Reason};

/// What is to be said about one post.
struct Told {
    release: Release,
    title: Option<String>,
    /// In how many texts the post went out.
    texts: usize,
    what: What,
    /// What became of the mails of earlier texts, the newest first.
    earlier: Vec<(Release, Fate)>,
}

enum What {
    Fate(Box<Fate>),
    /// Nothing was released to the address.
    Nothing(Vec<Reason>),
    /// The members are known by another key.
    OtherKey,
}

pub async fn run(arguments: &cli::Explain, context: &Context) -> Result<Exit, Error> {
    let address =
        Address::parse(&arguments.address).map_err(|error| Error::Usage(format!("{}: {error}", arguments.address)))?;
    let key = site_key(&context.project, |name| std::env::var(name).ok())?;
    let Some(record) = record::existing(context).await? else {
        context.screen.result(&format!("{address}\n\nNothing was sent yet, to nobody."));
        context.screen.json(&json!({ "address": address, "suppressed": null, "posts": [] }));
        return Ok(Exit::Settled);
    };
    let at = |error: LedgerError| error.at(&record.place());
    let suppression = record.suppression(key.target(&address)).await.map_err(at)?;
    let told = Explaining { context, record: &record, address: &address, key: &key, suppression: &suppression };
    let told = told.posts().await?;
    context.screen.result(&text(context, &address, &suppression, &told));
    context.screen.json(&json!({
        "address": address,
        "suppressed": suppression.as_ref().map(|known| json!({
            "since": stamp(known.created_at),
            "reason": known.reason,
        })),
        "posts": told.iter().map(document).collect::<Vec<_>>(),
    }));
    record.shut().await;
    Ok(Exit::Settled)
}

struct Explaining<'a> {
    context: &'a Context,
    record: &'a Record,
    address: &'a Address,
    key: &'a SiteKey,
    suppression: &'a Option<Suppression>,
}

impl Explaining<'_> {
    /// Every post, the newest first; its trial only where it was not sent for real.
    async fn posts(&self) -> Result<Vec<Told>, Error> {
        let at = |error: LedgerError| error.at(&self.record.place());
        let all = self.record.releases().await.map_err(at)?;
        let mut releases = newest_of_each(&all);
        let real: BTreeSet<String> =
            releases.iter().filter(|release| release.mode == Mode::Real).map(|release| release.slug.clone()).collect();
        releases.retain(|release| release.mode == Mode::Real || !real.contains(&release.slug));
        // A trial before the first real send knows its members by the key of trials.
        let trial = SiteKey::trial();
        let mut passages = self.record.history(self.key.target(self.address)).await.map_err(at)?;
        if trial.fingerprint() != self.key.fingerprint() {
            passages.extend(self.record.history(trial.target(self.address)).await.map_err(at)?);
        }
        let working = self.record.workers(self.context.clock.now()).await.map_err(at)? > 0;
        let mut lists = Lists::new(self.context, self.address, self.suppression.is_some());
        let mut told = Vec::with_capacity(releases.len());
        for newest in releases {
            let texts: Vec<&Release> =
                all.iter().filter(|release| release.slug == newest.slug && release.mode == newest.mode).collect();
            // The texts that the member has, or is to have; else the newest that was for everybody.
            let has = |release: &&&Release| self.passage(release, &passages).is_some();
            let mut had = texts.iter().filter(has);
            let for_all = || texts.iter().find(|release| !release.is_correction());
            let release = had.next().or_else(for_all).map_or(newest, |release| (*release).clone());
            let what = self.of_release(&release, &passages, working, &mut lists).await?;
            let earlier = had.filter_map(|earlier| Some(((*earlier).clone(), self.fate(earlier, &passages, working)?)));
            let (title, earlier) = (title(self.context, &release.slug), earlier.collect());
            told.push(Told { title, texts: texts.len(), release, what, earlier });
        }
        Ok(told)
    }

    /// The key that a release's members are known by, if it is at hand.
    fn key_of(&self, release: &Release) -> Option<SiteKey> {
        let trial = SiteKey::trial();
        match release.key.as_str() {
            "" => Some(self.key.clone()),
            known if known == self.key.fingerprint() => Some(self.key.clone()),
            known if known == trial.fingerprint() => Some(trial),
            _ => None,
        }
    }

    /// What became of the member's mail of a release.
    fn passage<'p>(&self, release: &Release, passages: &'p [Passage]) -> Option<&'p Passage> {
        let target = self.key_of(release)?.target(self.address);
        passages.iter().find(|passage| passage.release.id == release.id && passage.standing.key.target == target)
    }

    fn fate(&self, release: &Release, passages: &[Passage], working: bool) -> Option<Fate> {
        let (key, passage) = (self.key_of(release)?, self.passage(release, passages)?);
        let composer = Composer::new(&self.context.project.config.sender, &key, release);
        Some(Fate::of(self.context, passage, composer.message_id(key.target(self.address)), working))
    }

    async fn of_release(
        &self,
        release: &Release,
        passages: &[Passage],
        working: bool,
        lists: &mut Lists<'_>,
    ) -> Result<What, Error> {
        let Some(key) = &self.key_of(release) else { return Ok(What::OtherKey) };
        if let Some(fate) = self.fate(release, passages, working) {
            return Ok(What::Fate(Box::new(fate)));
        }
        let parts = self.record.parts(release.id).await.map_err(|error| error.at(&self.record.place()))?;
        lists.why_not(release, &parts, key).map(What::Nothing)
    }
}

/// For people: whether the address may be written to, then post by post.
fn text(context: &Context, address: &Address, suppression: &Option<Suppression>, told: &[Told]) -> String {
    let mut text = format!("{address}\n");
    if let Some(known) = suppression {
        text += &format!("must not be written to, since {}: {}\n", moment(context, known.created_at), known.reason);
    }
    if told.is_empty() {
        text += "\nNothing was sent yet, to nobody.\n";
    }
    for post in told {
        let slug = &post.release.slug;
        let name = post.title.as_ref().map_or_else(|| slug.clone(), |title| format!("{title} ({slug})"));
        let trial = if post.release.mode == Mode::Trial { ", only tried" } else { "" };
        text += &format!("\n{name}\nreleased {}{trial}\n", moment(context, post.release.created_at));
        if post.texts > 1 && matches!(post.what, What::Fate(_)) {
            text += &format!(
                "  of {} texts of this post, the one with the release code {}\n",
                post.texts,
                code_of(&post.release)
            );
        }
        let lines = match &post.what {
            What::Fate(fate) => fate.lines(context, slug, address),
            What::OtherKey => vec!["was sent with another site key; who got it cannot be found by address".to_owned()],
            What::Nothing(reasons) => reasons.iter().map(|reason| reason.text.clone()).collect(),
        };
        text += &lines.iter().map(|line| format!("  {line}\n")).collect::<String>();
        for (release, fate) in &post.earlier {
            text += &format!("  before that, the text with the release code {}\n", code_of(release));
            text += &fate.lines(context, slug, address).iter().map(|line| format!("    {line}\n")).collect::<String>();
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn document(told: &Told) -> Value {
    let mut document = json!({
        "slug": told.release.slug,
        "title": told.title,
        "code": code_of(&told.release),
        "revision": told.release.revision,
        "trial": told.release.mode == Mode::Trial,
        "released": stamp(told.release.created_at),
        "state": null,
        "list": null,
        "at": null,
        "due": null,
        "reply": null,
        "message_id": null,
        "reasons": [],
    });
    let earlier = told.earlier.iter().map(|(release, fate)| {
        let mut mail = json!({ "code": code_of(release), "revision": release.revision, "due": null });
        fate.add_to(&mut mail);
        mail
    });
    document["earlier"] = earlier.collect();
    match &told.what {
        What::Fate(fate) => fate.add_to(&mut document),
        What::OtherKey => document["state"] = "unknown".into(),
        What::Nothing(reasons) => {
            document["state"] = "not_released".into();
            document["reasons"] = reasons.iter().map(Reason::document).collect();
        }
    }
    document
}

/// A file's path is of no use in a sentence; the first line of an error says enough.
fn first_line(error: &Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

/// A list's file as it is named in messages.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
