//! The preview's button: the mail as a test, to an address that somebody typed.

use std::path::PathBuf;

use super::super::Context;
use super::super::send::taker;
use super::super::send::test_mail::test;
use crate::cli;
use crate::preview::desk::{Going, Tested};

/// Sends it. What came of it is a sentence in the site's language; the server's own words are as they came.
pub fn send(context: Context, post: PathBuf, to: String, member: String) -> Going<Tested> {
    Box::pin(async move {
        let words = context.project.words();
        let to = to.trim().to_owned();
        let seen_by = Some(member).filter(|member| !member.is_empty());
        let arguments = cli::Send { post, test: vec![to.clone()], seen_by, ..cli::Send::default() };
        match test(&arguments, &context).await {
            Err(error) => Tested { ok: false, text: error.to_string() },
            Ok((_, document)) => {
                let mail = &document["mails"][0];
                let text = |name: &str| mail[name].as_str().unwrap_or_default();
                let outcome = match (text("outcome"), super::super::send::mode(&context)) {
                    ("accepted", crate::ledger::Mode::Trial) => "preview.test_written",
                    ("accepted", _) => "preview.test_accepted",
                    ("refused", _) => "preview.test_refused",
                    ("uncertain", _) => "preview.test_uncertain",
                    ("deferred", _) => "preview.test_deferred",
                    _ => "preview.test_not_sent",
                };
                let error = document["errors"][0]["message"].as_str().unwrap_or_default();
                let reply = if text("reply").is_empty() { error } else { text("reply") };
                let server = taker(&context);
                let values = [("to", to.as_str()), ("server", server.as_str()), ("reply", reply)];
                Tested { ok: text("outcome") == "accepted", text: words.fill(outcome, &values) }
            }
        }
    })
}
