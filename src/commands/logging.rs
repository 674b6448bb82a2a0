//! What this program and its libraries log: to standard error, for people or as one JSON object a line.
//!
//! Every line of JSON has `timestamp` (RFC 3339), `level`, `target` and `message`; what else it has depends on the event. With
//! JSON, everything that is said on standard error has this form, what [`super::screen::Screen`] says there too.

use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing_subscriber::EnvFilter;

use crate::cli::{Global, LogFormat};
use crate::scrub;

/// Where a line comes from that a command says itself.
const SCREEN: &str = "rundbrief";

/// Starts it; `RUST_LOG` has the last word on what is logged.
pub fn start(global: &Global, colors: bool) {
    let level = match (global.quiet, global.verbose) {
        (true, _) => "error",
        // What a database does when it is restarted is told by the commands.
        (_, 0) => "warn,sqlx=error",
        (_, 1) => "info,sqlx=warn",
        _ => "debug,sqlx=info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match global.log_format {
        LogFormat::Text => log.with_ansi(colors).init(),
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).with_span_list(false).init(),
    }
}

/// One line of JSON in the form of all the others; `more` is what else there is to say. Logs go to other places than the
/// terminal, where no member's address belongs: texts are without any.
pub fn line(level: &str, message: &str, more: &Value) -> String {
    let mut line = Map::new();
    line.insert("timestamp".to_owned(), Timestamp::now().to_string().into());
    line.insert("level".to_owned(), level.into());
    line.insert("message".to_owned(), message.into());
    line.extend(more.as_object().cloned().unwrap_or_default());
    line.insert("target".to_owned(), SCREEN.into());
    line.values_mut().for_each(scrub);
    Value::Object(line).to_string()
}

fn scrub(value: &mut Value) {
    if let Value::String(text) = value {
        *text = scrub::addresses(text);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_of_ones_own_has_the_form_of_the_others_and_no_address() {
        let more = json!({ "rule": "list", "help": "ask anna@example.org", "line": 4 });
        let line = line("ERROR", "two lines\nof anna@example.org", &more);
        assert!(!line.contains('\n'), "{line}");
        let read: Value = serde_json::from_str(&line).expect("is JSON");
        assert_eq!(
            (&read["level"], &read["message"], &read["help"], &read["line"], &read["target"]),
            (
                &json!("ERROR"),
                &json!("two lines\nof (address)"),
                &json!("ask (address)"),
                &json!(4),
                &json!("rundbrief")
            )
        );
        read["timestamp"].as_str().expect("is there").parse::<Timestamp>().expect("is a time");
    }
}
