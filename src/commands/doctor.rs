//! `doctor`: everything that can be looked at before a send, one line each.

use anstyle::{AnsiColor, Style};

use super::{Context, work};
use crate::cli;
use crate::config::Transport;
use crate::doctor::{Check, State, dns, exit, lists, networks, record, relay, secrets, settings, unsubscribe, ways};
use crate::error::{Error, Exit};
use crate::http::Client;

/// Said of what needs the network.
const LEFT_OUT: &str = "left out (--offline)";

/// Looks at everything, all that is not on this computer at once, and prints it in a fixed order.
pub async fn run(arguments: &cli::Doctor, context: &Context) -> Exit {
    let project = &context.project;
    let mut checks = settings::checks(project);
    checks.extend(secrets::checks(project, env));
    let record = record::checks(project, &context.now, env).await;
    let can_be_read = record.iter().all(|check| check.state == State::Ok || check.state == State::Warning);
    checks.extend(record);
    if can_be_read {
        checks.extend(what_it_seems(context).await);
    }
    if arguments.worker {
        for_a_worker(context, &mut checks);
    } else {
        checks.extend(lists::checks(project));
    }
    checks.extend(local_way(context));
    checks.extend(if arguments.offline { offline(context).await } else { online(context).await });
    context.screen.result(&text(&checks, if arguments.worker { "worker" } else { "send" }));
    context.screen.json(&checks);
    exit(&checks)
}

/// Whether `work` would begin here. What to do about a key that is missing is another thing than in the office.
fn for_a_worker(context: &Context, checks: &mut Vec<Check>) {
    const CHECK: &str = "worker";
    let error = match work::fit(context) {
        Ok(_) => return checks.push(Check::ok(CHECK, "it can join in what other machines begin, and needs no list")),
        Err(error) => error,
    };
    if matches!(&error, Error::Config(findings) if findings.iter().any(|finding| finding.rule == record::KEY)) {
        checks.retain(|check| check.check != record::KEY);
    }
    checks.push(Check::of_error(CHECK, &error));
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether the sending record is an old backup or a copy, with which a send to people would be refused.
async fn what_it_seems(context: &Context) -> Option<Check> {
    let doubt = match super::record::doubt(context).await {
        Ok(doubt) => doubt.map(|finding| Error::Config(vec![finding])),
        Err(error) => Some(error),
    };
    doubt.map(|error| Check::of_error("sending-record", &error))
}

/// How mails leave, where that is seen on this computer.
fn local_way(context: &Context) -> Option<Check> {
    let config = &context.project.config;
    match &config.email.transport {
        Transport::Outbox => Some(ways::outbox(&context.project.path(&config.outbox.path))),
        Transport::Sendmail(settings) => Some(ways::sendmail(settings)),
        Transport::Smtp(_) => None,
    }
}

/// One line for each family that is left out.
async fn offline(context: &Context) -> Vec<Check> {
    let config = &context.project.config;
    let mut checks = Vec::new();
    if matches!(config.email.transport, Transport::Smtp(_)) {
        checks.push(Check::not_checked("mail-server", LEFT_OUT));
    }
    checks.extend(networks::checks(config, env, false).await);
    match unsubscribe::without_page(config) {
        Some(check) => checks.push(check),
        None if config.sender.unsubscribe.url.is_some() => checks.push(Check::not_checked("unsubscribe", LEFT_OUT)),
        None => {}
    }
    checks.push(Check::not_checked("dns", LEFT_OUT));
    checks
}

async fn online(context: &Context) -> Vec<Check> {
    let posted = networks::checks(&context.project.config, env, true);
    let (relay, posted, page, dns) = tokio::join!(mail_server(context), posted, page(context), names(context));
    relay.into_iter().chain(posted).chain(page).chain(dns).collect()
}

async fn mail_server(context: &Context) -> Vec<Check> {
    let config = &context.project.config;
    match &config.email.transport {
        Transport::Smtp(settings) => relay::checks(config, settings, env).await,
        Transport::Outbox | Transport::Sendmail(_) => Vec::new(),
    }
}

/// The page to unsubscribe. In a trial against a mail server on this computer, the page may be here too.
async fn page(context: &Context) -> Option<Check> {
    let config = &context.project.config;
    let Some(url) = &config.sender.unsubscribe.url else { return unsubscribe::without_page(config) };
    let here = matches!(&config.email.transport, Transport::Smtp(smtp) if smtp.is_loopback());
    let client = match Client::new(here) {
        Ok(client) => client,
        Err(error) => return Some(Check::not_checked("unsubscribe", error.to_string())),
    };
    let mut bytes = [0; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        return Some(Check::not_checked("unsubscribe", format!("this computer gives no random numbers: {error}")));
    }
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(unsubscribe::page(url, &client, &digits).await)
}

async fn names(context: &Context) -> Vec<Check> {
    match dns::system::SystemZone::new() {
        Ok(zone) => dns::checks(&context.project.config, &zone).await,
        Err(dns::NoAnswer(reason)) => {
            vec![Check::not_checked("dns", format!("this computer's DNS servers are not known: {reason}"))]
        }
    }
}

/// A line for each check with its mark, what to do below it, and the sums for what is to be begun.
fn text(checks: &[Check], begun: &str) -> String {
    let width = checks.iter().map(|check| check.check.len()).max().unwrap_or(0);
    let mut text = String::new();
    for check in checks {
        let mark = format!("{:<11}", check.state.word());
        text += &format!("{}  {:<width$}  {}\n", colored(&mark, check.state), check.check, check.message);
        if let Some(help) = &check.help {
            text += &format!("{:indent$}= help: {help}\n", "", indent = 11 + 2 + width + 2);
        }
    }
    text + "\n" + &sums(checks, begun)
}

fn sums(checks: &[Check], begun: &str) -> String {
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    let several = |number: usize, word: &str| match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    };
    let (errors, warnings, open) = (count(State::Error), count(State::Warning), count(State::NotChecked));
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(several(errors, "error"));
    }
    if warnings > 0 {
        parts.push(several(warnings, "warning"));
    }
    if open > 0 {
        parts.push(format!("{open} not checked"));
    }
    match (errors, parts.is_empty()) {
        (_, true) => format!("Nothing stands in the way of a {begun}."),
        (0, false) => format!("No errors; {}.", parts.join(", ")),
        _ => format!("{}.", parts.join(", ")),
    }
}

fn colored(mark: &str, state: State) -> String {
    let color = match state {
        State::Ok => AnsiColor::Green,
        State::Warning => AnsiColor::Yellow,
        State::Error => AnsiColor::Red,
        State::NotChecked => AnsiColor::Cyan,
    };
    let style = Style::new().fg_color(Some(color.into())).bold();
    format!("{style}{mark}{style:#}")
}
