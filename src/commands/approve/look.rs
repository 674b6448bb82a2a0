//! What a send to people would freeze of a post as it is now, without a trace.

use super::super::approval::{Now, Standing, Texts, note_present};
use super::super::audience::{Mail, decisions};
use super::super::ready::Ready;
use super::super::send::plan_in_words;
use super::super::survey::{self, code_of};
use super::super::when::moment;
use super::super::{Context, record};
use crate::dispatch::Chosen;
use crate::dispatch::freeze::{Sums, Wave};
use crate::error::Error;
use crate::ledger::{Approvals, Ledger, LedgerError, Mode, Record, Release, Roll, Scratch, Totals};
use crate::plan::Plan;

/// Everything that a person approves.
pub(super) struct Look<'a> {
    pub ready: &'a Ready,
    pub record: Record,
    pub plan: Plan,
    pub sums: Sums,
    /// What a send would go on with.
    earlier: Option<Release>,
    /// What became of it so far.
    before: Vec<(i64, Totals)>,
    /// Whether nothing of it is left that this program delivers.
    done: bool,
    new: Scratch,
}

/// Whether the lists fit the post, before a sending record is made for it.
///
/// # Errors
/// What is wrong with the lists.
pub(super) fn can_be_planned(context: &Context, ready: &Ready) -> Result<(), Error> {
    decisions(context, &ready.key, ready.lang(), &Mail::of_ready(ready), &[]).map(drop)
}

impl<'a> Look<'a> {
    /// Looks at the post, its lists and the sending record, which is there.
    ///
    /// # Errors
    /// What is wrong with the lists; the record's.
    pub(super) async fn at(context: &Context, ready: &'a Ready) -> Result<Look<'a>, Error> {
        let record = record::open(context).await?;
        let at = |error: LedgerError| error.at(&record.place());
        let earlier = record.release(ready.slug(), Mode::Real).await.map_err(at)?;
        let same = earlier.as_ref().is_some_and(|release| release.code == ready.digest);
        let (before, done) = match &earlier {
            Some(release) => (record.totals(release.id).await.map_err(at)?, survey::is_done(&record, release).await?),
            None => (Vec::new(), false),
        };
        let new = Scratch::new();
        let limited = context.project.config.limited_domains();
        // Another content can only go to those who have nothing yet.
        let (on, replaces) = if same { (earlier.as_ref(), None) } else { (None, earlier.as_ref()) };
        let wave = Wave {
            roll: &new,
            release: 0,
            number: 1,
            record: Some(&record),
            earlier: on,
            replaces,
            corrects: None,
            limited,
        };
        let mails = Mail::of_ready(ready);
        let sums = wave.fill(decisions(context, &ready.key, ready.lang(), &mails, &[])?).await?;
        let before_now = same.then_some(&before[..]);
        let plan = survey::plan(ready.slug(), &ready.code(), &ready.parts, &sums, before_now, &[]);
        Ok(Look { ready, record, plan, sums, earlier, before, done, new })
    }

    /// What was released of the post, where that is not what the files say now.
    pub(super) fn another_release(&self) -> Option<&Release> {
        self.earlier.as_ref().filter(|release| release.code != self.ready.digest)
    }

    /// Whether everybody who is to get it has something of it.
    pub(super) fn is_sent(&self) -> bool {
        self.done && self.sums.total() == 0
    }

    /// The post, its code and the plan.
    pub(super) fn shown(&self, context: &Context) -> String {
        let mut text = format!("{}\nrelease code {}\n", self.ready.loaded.post.header.title, self.ready.code());
        let mut before = &self.before[..];
        if let Some(release) = self.another_release() {
            let (code, slug) = (code_of(release), self.ready.slug());
            text += &match self.is_sent() {
                true => format!(
                    "The post has changed since it was sent ({code}). This is about the files as they are now, with which \
                     `rundbrief correct {slug}` puts right what was sent.\n"
                ),
                false => format!(
                    "The post has changed since its release: {code} was released and goes on as it is. This is about the \
                     files as they are now.\n"
                ),
            };
            before = &[];
        }
        if self.ready.loaded.post.header.draft {
            text += "It is still a draft, which no timer sends: draft: true\n";
        }
        let chosen = Chosen { channels: &[], lists: &[] };
        text += "\n";
        text += &plan_in_words(context, &self.plan, &self.sums, &self.ready.parts, before, chosen);
        text.trim_end().to_owned()
    }

    /// What is said of a post that everybody has, or will have, who is to get it.
    pub(super) fn nothing_to_approve(&self, context: &Context) -> Option<String> {
        let release = self.earlier.as_ref().filter(|_| self.sums.total() == 0)?;
        let same = release.code == self.ready.digest;
        let slug = self.ready.slug();
        let what = format!("({}, {})", code_of(release), moment(context, release.created_at));
        match (self.done, same) {
            (true, true) => Some(format!(
                "{slug} was sent already {what}, and nobody has joined since: there is nothing to approve."
            )),
            (false, true) => Some(format!(
                "{slug} was released already {what}, and nobody has joined since: it goes on without another approval.\n\
                 See: rundbrief status {slug}"
            )),
            // What was sent can be put right.
            (_, false) => None,
        }
    }

    /// How it stands with the last approval.
    ///
    /// # Errors
    /// The record's.
    pub(super) async fn standing(&self, context: &Context) -> Result<Standing, Error> {
        let approvals = self.record.approvals(self.ready.slug()).await;
        if approvals.map_err(|error| error.at(&self.record.place()))?.is_empty() {
            return Ok(Standing::Never);
        }
        self.note_present().await?;
        let now = Now {
            slug: self.ready.slug(),
            code: self.ready.digest,
            texts: Some(Texts::of(context, self.ready)),
            audience: self.sums.audience.0,
            freezing: None,
            released: false,
            whole: true,
        };
        now.standing(context, &self.record).await
    }

    /// Notes whom a send would add.
    ///
    /// # Errors
    /// The record's.
    pub(super) async fn note_present(&self) -> Result<(), Error> {
        note_present(&self.record, &self.new, &self.ready.parts).await
    }
}
