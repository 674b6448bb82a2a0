//! `[metrics]`: the figures of a process that sends, at an address of this computer.

use std::net::SocketAddr;

use super::Context;
use crate::cli::Command;
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::metrics::{Listening, is_offered_at};

/// Offers the figures where the configuration says so and the command sends, until the answer is dropped. Where another
/// rundbrief offers its own there already, this one goes on without: a timer's run must not fail for a run that goes on.
///
/// # Errors
/// [`Error::Config`] for an address that cannot be taken, before anything is sent.
pub fn offer(context: &Context, command: &Command) -> Result<Option<Listening>, Error> {
    let sends = match command {
        Command::Send(arguments) => !arguments.dry_run && arguments.test.is_empty(),
        Command::Correct(arguments) => !arguments.dry_run,
        Command::Run | Command::Work(_) => true,
        _ => false,
    };
    let Some(address) = context.project.config.metrics.filter(|_| sends) else { return Ok(None) };
    match Listening::at(address, &context.metrics) {
        Ok(listening) => {
            tracing::info!("the figures of this process are at http://{address}/metrics");
            Ok(Some(listening))
        }
        Err(_) if is_offered_at(address) => {
            tracing::info!("another rundbrief offers its figures at {address}; those of this one are not offered");
            Ok(None)
        }
        Err(error) => Err(refused(context, address, &error)),
    }
}

fn refused(context: &Context, address: SocketAddr, error: &std::io::Error) -> Error {
    let (why, help) = match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            ("another program has that port", "write another port into [metrics] listen, or end the other program")
        }
        std::io::ErrorKind::AddrNotAvailable => {
            ("this computer does not have that address", "write one that it has, such as 127.0.0.1:9187")
        }
        std::io::ErrorKind::PermissionDenied => {
            ("the system does not allow it", "write a port above 1023 into [metrics] listen")
        }
        _ => ("the system refuses it", "write another address into [metrics] listen, or remove the section"),
    };
    let message = format!("the figures cannot be offered at {address}: {why}; nothing was sent");
    let finding = Finding::error("metrics-listen", message).help(help);
    Error::Config(vec![match &context.project.config_file {
        Some(file) => finding.at(Place::whole_file(file)),
        None => finding,
    }])
}
