//! The preview's button: the mail as a test, to an address that somebody typed.
//!
//! Comes in: the address, and as whom the mail is seen. Goes out: a sentence in the site's language about what came of it;
//! the server's own words are as they came. It is sent in a thread, since finding the member may take its time.

use serde_json::Value;

use super::super::Context;
use super::super::send::test_mail::test;
use super::super::ways::{mode, taker};
use super::apart::{Apart, ended};
use crate::cli;
use crate::error::Error;
use crate::ledger::Mode;
use crate::members::address::Address;
use crate::preview::desk::{Going, Tested};

/// Sends it.
pub fn send(apart: Apart, to: String, member: String) -> Going<Tested> {
    Box::pin(async move {
        let to = to.trim().to_owned();
        let asked = (to.clone(), member.clone());
        let seen_by = Some(member).filter(|member| !member.is_empty());
        let post = apart.named().to_owned();
        let arguments = cli::Send { post, test: vec![to], seen_by, ..cli::Send::default() };
        let going = apart.with_project(move |context, runtime| {
            let words = context.project.words();
            let (to, member) = (asked.0.as_str(), asked.1.as_str());
            if Address::parse(to).is_err() {
                return Ok(Tested { ok: false, text: words.fill("preview.test_no_address", &[("to", to)]) });
            }
            match runtime.block_on(test(&arguments, context)) {
                Ok((_, document)) => Ok(told(context, to, &document)),
                // The list has changed since the member was picked.
                Err(Error::Usage(_)) if !member.is_empty() => {
                    Ok(Tested { ok: false, text: words.fill("preview.nobody", &[("address", member)]) })
                }
                Err(error) => Err(error),
            }
        });
        let tested = match going {
            Ok(going) => ended(going.await),
            Err(error) => Err(error),
        };
        tested.unwrap_or_else(|error| Tested { ok: false, text: error.to_string() })
    })
}

fn told(context: &Context, to: &str, document: &Value) -> Tested {
    let mail = &document["mails"][0];
    let text = |name: &str| mail[name].as_str().unwrap_or_default();
    let outcome = match (text("outcome"), mode(context)) {
        ("accepted", Mode::Trial) => "preview.test_written",
        ("accepted", _) => "preview.test_accepted",
        ("refused", _) => "preview.test_refused",
        ("uncertain", _) => "preview.test_uncertain",
        ("deferred", _) => "preview.test_deferred",
        _ => "preview.test_not_sent",
    };
    let error = document["errors"][0]["message"].as_str().unwrap_or_default();
    let reply = if text("reply").is_empty() { error } else { text("reply") };
    let server = taker(context);
    let values = [("to", to), ("server", server.as_str()), ("reply", reply)];
    Tested { ok: text("outcome") == "accepted", text: context.project.words().fill(outcome, &values) }
}
