//! `preview`: everything that a post becomes, on a local page that follows the files; or in one file for whoever releases it.

use serde_json::json;
use tokio::net::TcpListener;

use super::signals;
use super::{Context, ready::Ready};
use crate::cli;
use crate::dispatch::Phase;
use crate::error::{Error, Exit};
use crate::preview::guard::Guard;
use crate::preview::{Serving, serve};

mod apart;
mod approved;
mod browser;
mod checked;
mod export;
mod find;
mod look;
mod numbers;
mod plan;
mod plans;
mod seen;
mod stamps;
mod table;
mod test;
mod when;

use table::Table;

/// Serves the page until Ctrl-C, or writes it into a file.
pub async fn run(arguments: &cli::Preview, context: &Context) -> Result<Exit, Error> {
    if let Some(file) = &arguments.export {
        return export::run(&arguments.post, file, context).await;
    }
    let file = context.project.post_file(&arguments.post);
    if !file.is_file() {
        // What has errors is shown on the page; what is not there is none.
        Ready::make(context, &arguments.post)?;
    }
    let listener = listen(arguments.port).await?;
    let port = listener.local_addr().map_err(|error| no_port(arguments.port, &error))?.port();
    let guard = Guard::new(token()?, port);
    let url = guard.url();
    let table = Table::new(context, &arguments.post);
    context.screen.result(&format!("{url}\nOpen it in a browser on this computer. Ctrl-C ends the preview."));
    context.screen.json(&json!({ "url": url }));
    if arguments.open {
        browser::open(&url, context.screen);
    }
    let until = Box::pin(async {
        let mut signal = signals::listen();
        let _ = signal.wait_for(|phase| *phase >= Phase::Finish).await;
    });
    serve(Serving { listener, guard, until }, table).await.map_err(|error| no_port(Some(port), &error))?;
    Ok(Exit::Settled)
}

/// A port of this computer, to which nobody else comes.
async fn listen(port: Option<u16>) -> Result<TcpListener, Error> {
    TcpListener::bind(("127.0.0.1", port.unwrap_or(0))).await.map_err(|error| no_port(port, &error))
}

fn no_port(port: Option<u16>, error: &std::io::Error) -> Error {
    let which = port.map_or_else(|| "no port".to_owned(), |port| format!("port {port}"));
    let why = match error.kind() {
        std::io::ErrorKind::AddrInUse => "another program has it".to_owned(),
        _ => error.to_string(),
    };
    Error::Usage(format!(
        "{which} of this computer cannot be used for the preview: {why}\n  = help: choose another one with --port, or \
         leave it out: then a free one is taken"
    ))
}

/// 128 bits that nobody can guess, as hexadecimal digits.
fn token() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Usage(format!("this computer gives no random numbers: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
