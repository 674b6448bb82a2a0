//! The way of a notification: the newsletter's own mail server, one mail for each address, within a minute.

use std::time::Duration;

use crate::channel::{Channel, Content, Envelope, Outcome, Outgoing, Times};
use crate::commands::once;
use crate::commands::ways::ways;
use crate::commands::{Context, signals};
use crate::dispatch::Phase;
use crate::error::Error;
use crate::finding::Finding;
use crate::render::email::message::{Message, Notice};
use crate::report::notice::Letter;

/// For all addresses together.
const LONGEST: Duration = Duration::from_secs(60);

/// The name of its channel in messages.
const CHANNEL: &str = "notification";

/// Sends the letter to everybody in `[notify] to`. Says what came of it, on one line; what failed is a warning too.
pub(super) async fn tell(context: &Context, letter: &Letter) -> String {
    let mut told = Vec::new();
    let mut signal = signals::listen();
    let ended = tokio::select! {
        told = tokio::time::timeout(LONGEST, send(context, letter, &mut told)) => match told {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("no answer within {} seconds", LONGEST.as_secs())),
        },
        _ = ended(&mut signal) => Some("ended before it was told".to_owned()),
    };
    if let Some(reason) = ended {
        warn(context, &reason);
        told.push(reason);
    }
    let told = told.join("; ");
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Comes back when somebody wants the program to end.
async fn ended(signal: &mut tokio::sync::watch::Receiver<Phase>) {
    if signal.wait_for(|phase| *phase >= Phase::Finish).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Says that somebody could not be told.
pub(super) fn warn(context: &Context, reason: &str) {
    let reason = reason.trim_start_matches("error: ");
    let (message, help) = reason.split_once("\n  = help: ").unwrap_or((reason, ""));
    let finding = Finding::warning("notify", format!("nobody was told by mail: {message}"));
    context.screen.findings(&[if help.is_empty() { finding } else { finding.help(help) }]);
}

async fn send(context: &Context, letter: &Letter, told: &mut Vec<String>) -> Result<(), Error> {
    let from = &context.project.config.sender.from;
    let mut session = ways(context)?.mail.session();
    for to in &context.project.config.notify {
        let notice = Notice {
            from,
            to,
            subject: &letter.subject,
            text: &letter.text,
            message_id: &format!("<notice.{}@{}>", unique(), from.email.domain()),
            date: &context.clock.zoned(),
        };
        let bytes = match notice.message() {
            Ok(bytes) => bytes,
            Err(error) => {
                failed(context, told, to.email.as_ref(), &error.to_string());
                continue;
            }
        };
        let envelope = Envelope { from: from.email.as_ref(), to: to.email.as_ref() };
        let content = Content::Message { envelope, message: Message::Whole(&bytes) };
        let outgoing = Outgoing {
            slug: CHANNEL,
            channel: CHANNEL,
            name: CHANNEL,
            id: "",
            times: Times::default(),
            corrects: None,
            content,
            next: None,
        };
        match once::deliver(&mut session, &outgoing).await {
            Ok(Outcome::Sent { receipt }) => told.push(format!("{} told: {receipt}", to.email)),
            Ok(other) => failed(context, told, to.email.as_ref(), &reason(other)),
            Err(error) => {
                session.close().await;
                return Err(error.of(CHANNEL));
            }
        }
    }
    session.close().await;
    Ok(())
}

fn failed(context: &Context, told: &mut Vec<String>, to: &str, reason: &str) {
    warn(context, &format!("{to}: {reason}"));
    told.push(format!("{to} could not be told: {reason}"));
}

fn reason(outcome: Outcome) -> String {
    match outcome {
        Outcome::Sent { receipt } => receipt,
        Outcome::Deferred { reason, .. }
        | Outcome::Rejected { reason, .. }
        | Outcome::Uncertain { reason }
        | Outcome::Untried { reason, .. } => reason,
        Outcome::Withheld => "it was kept back".to_owned(),
    }
}

/// Letters and digits that no other notification has. Without random numbers, the time must do.
fn unique() -> String {
    let random = getrandom::u64().unwrap_or_default();
    let now = jiff::Timestamp::now().as_nanosecond();
    format!("{now:x}.{random:016x}")
}
