//! The gate before a send: where an approval is required, or a code was given, nothing of another content and nobody whom
//! the approval is not for passes.
//!
//! Comes in: what was filled and is not sealed yet. Goes out: a [`Pass`], or the error that says what changed. A trial needs
//! no approval, and neither does the rest of what was released before.

use serde_json::Value;

use super::super::approval::told::{self, not_approved, refusal};
use super::super::approval::{Now, Standing, Texts, changes_since, note_present, texts_now};
use super::super::ready::Ready;
use super::super::survey::Survey;
use super::super::{Context, login_name};
use super::order::Order;
use crate::dispatch::freeze::Sums;
use crate::error::Error;
use crate::ledger::{Approval, Approvals, Ledger, Mode, NewApproval, Part, Record, Release, Roll, Totals};
use crate::plan::Skip;
use crate::render::code::Code;

mod looked;

/// What is noted with the approval of a person who gave the code to `send`.
const IN_ONE_STEP: &str = "with send --approve";

/// A send that may go on.
#[derive(Debug, Default)]
pub(super) struct Pass {
    /// Who approved it, where that was asked for; ends with a line end.
    pub line: String,
    /// The same as JSON; null where it was not asked for.
    pub document: Value,
    /// To be noted once the person has said yes.
    given: Option<NewApproval>,
}

impl Pass {
    /// Notes the approval that was given with the send. Comes before the wave is sealed.
    ///
    /// # Errors
    /// The record's.
    pub(super) async fn note(&self, ledger: &Record, release: &Release) -> Result<(), Error> {
        let Some(given) = &self.given else { return Ok(()) };
        let noted = ledger.approve(given, Some(release.id)).await;
        noted.map(drop).map_err(|error| error.at(&ledger.place()))
    }
}

/// What stands at the gate.
pub(super) struct Gate<'a> {
    pub order: &'a Order<'a>,
    pub context: &'a Context,
    pub ready: &'a Ready,
    pub ledger: &'a Record,
    /// Begun or gone on with; its next wave is filled.
    pub release: &'a Release,
    pub parts: &'a [Part],
    /// What became of it so far.
    pub before: &'a [(i64, Totals)],
}

impl Gate<'_> {
    /// Whether the send may go on. People who joined without an approval are taken out of `sums` while others wait.
    ///
    /// # Errors
    /// [`Error::NotApproved`], and the record's; the wave is discarded then.
    pub(super) async fn open(&self, sums: &mut Sums) -> Result<Pass, Error> {
        let passed = match self.order.approve {
            Some(code) => self.with_code(code, sums).await,
            None => self.with_approval(sums).await,
        };
        if passed.is_err() {
            let freed = self.ledger.discard(self.release.id, self.release.waves + 1).await;
            freed.map_err(|error| error.at(&self.ledger.place()))?;
        }
        passed
    }

    /// A release that nobody was added to yet.
    fn begins(&self) -> bool {
        self.release.waves == 0
    }

    fn now(&self, sums: &Sums) -> Now<'_> {
        Now {
            slug: &self.release.slug,
            code: self.release.code,
            texts: texts_now(self.context, self.ready, &self.release.code),
            audience: sums.audience.0,
            freezing: Some(self.release.id),
            released: !self.begins(),
            whole: self.order.lists.is_empty(),
        }
    }

    async fn with_code(&self, code: Code, sums: &Sums) -> Result<Pass, Error> {
        let now = self.now(sums);
        let own = Code::of(&self.release.code);
        if own != code {
            return Err(self.another_code(code, &now, sums).await?);
        }
        let adds = self.begins() || sums.total() > 0;
        if self.release.mode == Mode::Trial || !adds {
            return Ok(Pass::default());
        }
        let texts = match now.texts {
            Some(texts) => texts.to_json(),
            None => self.texts_before().await?,
        };
        let given = NewApproval {
            slug: self.release.slug.clone(),
            code: self.release.code,
            audience: sums.audience.0,
            by: login_name().unwrap_or_else(|| "somebody at this computer".to_owned()),
            note: IN_ONE_STEP.to_owned(),
            texts,
            at: self.context.clock.now(),
        };
        let line = format!("  approved by {} with this command\n", given.by);
        let document = serde_json::json!({ "code": own.to_string(), "by": given.by, "note": given.note });
        Ok(Pass { line, document, given: Some(given) })
    }

    /// What was approved of a content that the files do not say any more; nothing where that is not known.
    async fn texts_before(&self) -> Result<String, Error> {
        let approvals = self.ledger.approvals(&self.release.slug).await;
        let mut approvals = approvals.map_err(|error| error.at(&self.ledger.place()))?.into_iter();
        let same = approvals.find(|approval| approval.code == self.release.code);
        Ok(same.map_or_else(|| Texts::default().to_json(), |approval| approval.texts))
    }

    /// The error about a code that is not that of what would be sent; what was approved with it is compared.
    async fn another_code(&self, code: Code, now: &Now<'_>, sums: &Sums) -> Result<Error, Error> {
        let approvals = self.ledger.approvals(now.slug).await.map_err(|error| error.at(&self.ledger.place()))?;
        let approved = approvals.iter().find(|approval| Code::of(&approval.code) == code);
        let changes = match approved {
            Some(approval) => changes_since(approval, now.texts.as_ref()),
            None if now.texts.is_none() => None,
            None => looked::changes_since(self.context, self.ready, code, sums.first.as_ref()),
        };
        let message = format!(
            "what would be sent of {} has the release code {}, not {code}: it has changed since",
            now.slug,
            Code::of(&now.code)
        );
        let help = format!("look at it again: rundbrief send {} --dry-run", now.slug);
        let shown = changes.as_deref().map(told::texts).unwrap_or_default();
        let document = changes.map_or(Value::Null, |changes| told::texts_document(&changes));
        Ok(not_approved(self.context, now.slug, message, &help, shown, document))
    }

    async fn with_approval(&self, sums: &mut Sums) -> Result<Pass, Error> {
        let required = self.context.project.config.approval.required && self.release.mode == Mode::Real;
        // What was released before needs no second approval, and a timer adds nobody to it.
        if !required || (!self.begins() && (sums.total() == 0 || self.order.is_timer())) {
            return Ok(Pass::default());
        }
        let now = self.now(sums);
        let standing = now.standing(self.context, self.ledger).await?;
        if let Standing::Valid(approval) = &standing {
            return Ok(Pass::by(self.context, approval));
        }
        let help = self.help(&standing);
        if self.begins() || !self.has_rest() {
            // Whoever reads what a timer said need not be allowed to know the members.
            return Err(refusal(self.context, &now, &standing, &help, !self.order.is_timer()));
        }
        let missing = told::missing(self.context, &now, &standing).unwrap_or_default();
        self.context.screen.note(&format!(
            "warning: {missing}; what was released before goes on without those who joined\n  = help: for them, {help}\n"
        ));
        let joined = sums.total();
        sums.new.clear();
        sums.limited.clear();
        sums.first = None;
        *sums.skipped.entry(Skip::NotApproved).or_default() += joined;
        Ok(Pass::default())
    }

    fn help(&self, standing: &Standing) -> String {
        match self.ready.digest == self.release.code {
            true => told::help(&self.release.slug, standing),
            // `approve` is about the files as they are now.
            false => format!(
                "the post has changed since its release; to send what was released: rundbrief send {} --approve {}",
                self.release.slug,
                Code::of(&self.release.code)
            ),
        }
    }

    /// Whether something of the release is left that this program delivers.
    fn has_rest(&self) -> bool {
        let own = |number: i64| {
            let part = usize::try_from(number).ok().and_then(|number| self.parts.get(number));
            part.is_some_and(|part| {
                ["email", "feed"].contains(&part.channel.as_str()) && self.order.chosen().takes(part)
            })
        };
        self.before.iter().any(|(number, totals)| own(*number) && totals.open() > 0)
    }
}

impl Pass {
    fn by(context: &Context, approval: &Approval) -> Pass {
        let line = format!("  approved by {}\n", told::who(context, approval));
        Pass { line, document: told::approval(approval), given: None }
    }
}

/// Why no approval is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unneeded {
    /// By the configuration, or because nothing reaches people.
    NotRequired,
    /// It is the rest of what was released before.
    GoesOn,
}

/// How it stands with the approval that a send would need, without a trace. `whole`: all lists of the post are looked at.
///
/// # Errors
/// The record's.
pub async fn approval_needed<'a>(
    context: &Context,
    ready: &'a Ready,
    survey: &Survey,
    whole: bool,
) -> Result<Result<(Now<'a>, Standing), Unneeded>, Error> {
    if !context.project.config.approval.required || super::mode(context) == Mode::Trial {
        return Ok(Err(Unneeded::NotRequired));
    }
    if survey.earlier.is_some() && survey.sums.total() == 0 {
        return Ok(Err(Unneeded::GoesOn));
    }
    let code = survey.earlier.as_ref().map_or(ready.digest, |release| release.code);
    let now = Now {
        slug: ready.slug(),
        code,
        texts: texts_now(context, ready, &code),
        audience: survey.sums.audience.0,
        freezing: None,
        released: survey.earlier.is_some(),
        whole,
    };
    let standing = match (&survey.record, &survey.new) {
        (Some(record), Some(new)) => {
            note_present(record, new, &survey.parts).await?;
            now.standing(context, record).await?
        }
        _ => Standing::Never,
    };
    Ok(Ok((now, standing)))
}

/// What the gate would say to a send, for a dry run: the line below the plan; empty where no approval is asked for.
///
/// # Errors
/// The record's.
pub(super) async fn foreseen(
    order: &Order<'_>,
    context: &Context,
    ready: &Ready,
    survey: &Survey,
) -> Result<Pass, Error> {
    let needed = approval_needed(context, ready, survey, order.lists.is_empty()).await?;
    let Ok((now, standing)) = needed else { return Ok(Pass::default()) };
    Ok(match (&standing, told::missing(context, &now, &standing)) {
        (Standing::Valid(approval), _) => Pass::by(context, approval),
        (_, missing) => {
            let line = format!("  needs an approval: {}\n", missing.unwrap_or_default());
            Pass { line, document: Value::Null, given: None }
        }
    })
}
