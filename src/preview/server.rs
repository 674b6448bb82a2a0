//! The local web server: the loop that looks at the files, takes the page's questions and asks the desk.
//!
//! Requests are taken by axum's tasks and answered one after the other by the desk, which is not shared between threads;
//! what takes its time goes on beside. Everything is inside the binary; nothing is loaded from anywhere else.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};

use super::desk::{Desk, Found, Frame, Going, Saying, Tested};
use super::guard::Guard;
use super::view::{Part, Plan, View};

mod assets;
mod closed;
mod routes;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(60);
/// Requests that wait for the desk; more are turned away.
const WAITING: usize = 256;

/// What the page is served with.
pub struct Serving {
    pub listener: TcpListener,
    pub guard: Guard,
    /// Ends the preview.
    pub until: Going<()>,
}

/// A question to the desk, and where the answer goes.
enum Ask {
    Page(oneshot::Sender<Saying>),
    View(String, oneshot::Sender<View>),
    Mail(Frame, oneshot::Sender<Option<String>>),
    Feed(oneshot::Sender<Option<String>>),
    Picture(String, oneshot::Sender<Option<(&'static str, Vec<u8>)>>),
    Find(String, oneshot::Sender<Found>),
    Plan(oneshot::Sender<Part<Plan>>),
    Test(Test, oneshot::Sender<Tested>),
}

impl Ask {
    /// Whose mail it is about; empty for the first member.
    fn member(&self) -> Option<&str> {
        match self {
            Ask::View(member, _) => Some(member),
            Ask::Mail(frame, _) => Some(&frame.member),
            Ask::Page(_) | Ask::Feed(_) | Ask::Picture(..) | Ask::Find(..) | Ask::Plan(_) | Ask::Test(..) => None,
        }
    }
}

/// What the page asks for with its button.
#[derive(Deserialize)]
struct Test {
    to: String,
    #[serde(default)]
    member: String,
}

/// What the routes work with.
struct Shared {
    guard: Guard,
    desk: mpsc::Sender<Ask>,
    version: watch::Receiver<u64>,
}

/// Serves the page until it is told to end.
///
/// # Errors
/// The listener's.
pub async fn serve(serving: Serving, mut desk: impl Desk) -> io::Result<()> {
    let Serving { listener, guard, until } = serving;
    let (asks, mut asked) = mpsc::channel(WAITING);
    let (versions, version) = watch::channel(1);
    let router = routes::router(Arc::new(Shared { guard, desk: asks.clone(), version }));
    let server = axum::serve(listener, router).into_future();
    let mut beside: FuturesUnordered<Going<()>> = FuturesUnordered::new();
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    tokio::pin!(server, until);
    loop {
        tokio::select! {
            ended = &mut server => return ended,
            () = &mut until => return Ok(()),
            Some(()) = beside.next() => {}
            _ = look.tick() => {
                if desk.refresh() {
                    versions.send_modify(|version| *version += 1);
                }
            }
            Some(ask) = asked.recv() => beside.extend(answer(&desk, ask, *versions.borrow(), &asks)),
        }
    }
}

/// Answers at once, or says what goes on beside. Whoever has gone away meanwhile gets no answer.
fn answer(desk: &impl Desk, ask: Ask, version: u64, asks: &mpsc::Sender<Ask>) -> Option<Going<()>> {
    if let Some(going) = ask.member().and_then(|member| desk.look_up(member)) {
        let asks = asks.clone();
        return Some(Box::pin(async move {
            going.await;
            // Asked anew, now that the member is known. A queue that is full turns it away like any other.
            let _ = asks.try_send(ask);
        }));
    }
    match ask {
        Ask::Page(reply) => drop(reply.send(desk.saying())),
        Ask::View(member, reply) => drop(reply.send(desk.view(version, &member))),
        Ask::Mail(frame, reply) => drop(reply.send(desk.mail(&frame))),
        Ask::Feed(reply) => drop(reply.send(desk.feed())),
        Ask::Picture(name, reply) => drop(reply.send(desk.picture(&name))),
        Ask::Find(text, reply) => return Some(as_long_as_wanted(desk.find(&text), reply)),
        Ask::Plan(reply) => {
            let going = desk.plan();
            return Some(Box::pin(async move { drop(reply.send(going.await)) }));
        }
        Ask::Test(test, reply) => {
            let going = desk.test(test.to, test.member);
            return Some(Box::pin(async move { drop(reply.send(going.await)) }));
        }
    }
    None
}

/// Dropped when nobody waits for it any more.
fn as_long_as_wanted<T: 'static>(going: Going<T>, mut reply: oneshot::Sender<T>) -> Going<()> {
    Box::pin(async move {
        tokio::select! {
            answer = going => drop(reply.send(answer)),
            () = reply.closed() => {}
        }
    })
}
