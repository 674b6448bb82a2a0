//! The local web server: its routes, and the loop that looks at the files and asks the desk.
//!
//! Requests are taken by axum's tasks and answered one after the other by the desk, which is not shared between threads.
//! Everything is inside the binary; nothing is loaded from anywhere else.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};

use super::desk::{Desk, Found, Frame, Going, Tested};
use super::guard::{self, Guard, Refused};
use super::view::{Part, Plan, View};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(60);
/// Requests that wait for the desk; more are turned away.
const WAITING: usize = 256;
/// The longest body of a request, in bytes.
const BODY: usize = 16 * 1024;

const PAGE: &str = include_str!("assets/page.html");
const STYLE: &str = include_str!("assets/page.css");
const SCRIPT: &str = include_str!("assets/page.js");

/// What the page is served with.
pub struct Serving {
    pub listener: TcpListener,
    pub guard: Guard,
    /// BCP 47, of the site.
    pub lang: String,
    /// The page's words, as a JSON object.
    pub words: String,
    /// Ends the preview.
    pub until: Going<()>,
}

/// A question to the desk, and where the answer goes.
enum Ask {
    View(String, oneshot::Sender<View>),
    Mail(Frame, oneshot::Sender<Option<String>>),
    Feed(oneshot::Sender<Option<String>>),
    Picture(String, oneshot::Sender<Option<(&'static str, Vec<u8>)>>),
    Find(String, oneshot::Sender<Found>),
    Plan(oneshot::Sender<Part<Plan>>),
    Test(Test, oneshot::Sender<Tested>),
}

/// What the page asks for with its button.
#[derive(Deserialize)]
struct Test {
    to: String,
    #[serde(default)]
    member: String,
}

struct Shared {
    guard: Guard,
    page: String,
    desk: mpsc::Sender<Ask>,
    version: watch::Receiver<u64>,
}

/// Serves the page until it is told to end.
///
/// # Errors
/// The listener's.
pub async fn serve(serving: Serving, mut desk: impl Desk) -> io::Result<()> {
    let Serving { listener, guard, lang, words, until } = serving;
    let (asks, mut asked) = mpsc::channel(WAITING);
    let (versions, version) = watch::channel(1);
    let page = PAGE.replace("%LANG%", &lang).replace("%WORDS%", &words.replace('<', "\\u003c"));
    let router = router(Arc::new(Shared { guard, page, desk: asks, version }));
    let server = axum::serve(listener, router).into_future();
    let mut tests: FuturesUnordered<Going<()>> = FuturesUnordered::new();
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    tokio::pin!(server, until);
    loop {
        tokio::select! {
            ended = &mut server => return ended,
            () = &mut until => return Ok(()),
            Some(()) = tests.next() => {}
            _ = look.tick() => {
                if desk.refresh() {
                    versions.send_modify(|version| *version += 1);
                }
            }
            Some(ask) = asked.recv() => {
                let version = *versions.borrow();
                if let Some(test) = answer(&mut desk, ask, version).await {
                    tests.push(test);
                }
            }
        }
    }
}

/// Answers at once, or says what goes on beside. Whoever has gone away meanwhile gets no answer.
async fn answer(desk: &mut impl Desk, ask: Ask, version: u64) -> Option<Going<()>> {
    match ask {
        Ask::View(member, reply) => drop(reply.send(desk.view(version, &member).await)),
        Ask::Mail(frame, reply) => drop(reply.send(desk.mail(&frame).await)),
        Ask::Feed(reply) => drop(reply.send(desk.feed())),
        Ask::Picture(name, reply) => drop(reply.send(desk.picture(&name))),
        Ask::Find(text, reply) => drop(reply.send(desk.find(&text))),
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

fn router(shared: Arc<Shared>) -> Router {
    let page = |kind: &'static str, text: &'static str| move || async move { typed(kind, text) };
    Router::new()
        .route("/{token}/", get(|State(shared): State<Arc<Shared>>| async move { typed(HTML, shared.page.clone()) }))
        .route("/{token}/page.css", get(page("text/css; charset=utf-8", STYLE)))
        .route("/{token}/page.js", get(page("text/javascript; charset=utf-8", SCRIPT)))
        .route("/{token}/version", get(version))
        .route("/{token}/view.json", get(view))
        .route("/{token}/plan.json", get(plan))
        .route("/{token}/mail", get(mail))
        .route("/{token}/feed", get(feed))
        .route("/{token}/picture/{name}", get(picture))
        .route("/{token}/members", get(members))
        .route("/{token}/test", post(test))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(middleware::from_fn_with_state(shared.clone(), guarded))
        .layer(axum::extract::DefaultBodyLimit::max(BODY))
        .with_state(shared)
}

const HTML: &str = "text/html; charset=utf-8";

/// The page itself: its own script and style, frames from here, nothing from anywhere else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                           frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// A mail in its frame: its own styles and our pictures; no script, no form.
const FRAME_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox allow-same-origin \
                            allow-popups allow-popups-to-escape-sandbox; base-uri 'none'; form-action 'none'; \
                            frame-ancestors 'self'";
/// The same without pictures.
const FRAME_POLICY_WITHOUT: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-same-origin \
                                    allow-popups allow-popups-to-escape-sandbox; base-uri 'none'; form-action 'none'; \
                                    frame-ancestors 'self'";

/// Lets in what the guard lets in, and puts on every answer what keeps it here.
async fn guarded(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut response = match allowed(&shared.guard, &request) {
        Ok(()) => next.run(request).await,
        Err(Refused::NotFound) => (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response(),
        Err(Refused::Forbidden) => {
            (StatusCode::FORBIDDEN, "Only the preview's own page is answered.\n").into_response()
        }
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    }
    response
}

fn allowed(guard: &Guard, request: &Request) -> Result<(), Refused> {
    let token = request.uri().path().split('/').nth(1).unwrap_or_default();
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    guard.check(
        token,
        &guard::Request {
            host: text(header::HOST),
            origin: text(header::ORIGIN),
            fetch_site: text(HeaderName::from_static("sec-fetch-site")),
            content_type: text(header::CONTENT_TYPE),
            posts: !request.method().is_safe(),
        },
    )
}

fn typed(kind: &'static str, body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, kind)], body.into()).into_response()
}

/// A document for a frame.
fn framed(policy: &'static str, html: Option<String>) -> Response {
    match html {
        Some(html) => ([(header::CONTENT_SECURITY_POLICY, policy)], typed(HTML, html)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Asks the desk; too many at once, or a preview that is ending, is said as such.
async fn ask<T>(shared: &Shared, question: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Result<T, StatusCode> {
    let (reply, answer) = oneshot::channel();
    shared.desk.try_send(question(reply)).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    answer.await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    member: String,
    q: String,
}

async fn version(State(shared): State<Arc<Shared>>) -> String {
    shared.version.borrow().to_string()
}

async fn view(State(shared): State<Arc<Shared>>, Query(named): Query<Named>) -> Result<Json<View>, StatusCode> {
    ask(&shared, |reply| Ask::View(named.member, reply)).await.map(Json)
}

async fn plan(State(shared): State<Arc<Shared>>) -> Result<Json<Part<Plan>>, StatusCode> {
    ask(&shared, Ask::Plan).await.map(Json)
}

async fn mail(State(shared): State<Arc<Shared>>, Query(frame): Query<Frame>) -> Result<Response, StatusCode> {
    let policy = if frame.images { FRAME_POLICY } else { FRAME_POLICY_WITHOUT };
    ask(&shared, |reply| Ask::Mail(frame, reply)).await.map(|html| framed(policy, html))
}

async fn feed(State(shared): State<Arc<Shared>>) -> Result<Response, StatusCode> {
    ask(&shared, Ask::Feed).await.map(|html| framed(FRAME_POLICY, html))
}

async fn picture(
    State(shared): State<Arc<Shared>>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, StatusCode> {
    match ask(&shared, |reply| Ask::Picture(name, reply)).await? {
        Some((kind, bytes)) => Ok(typed(kind, bytes)),
        None => Err(StatusCode::NOT_FOUND),
    }
}

async fn members(State(shared): State<Arc<Shared>>, Query(named): Query<Named>) -> Result<Json<Found>, StatusCode> {
    ask(&shared, |reply| Ask::Find(named.q, reply)).await.map(Json)
}

async fn test(State(shared): State<Arc<Shared>>, Json(test): Json<Test>) -> Result<Json<Tested>, StatusCode> {
    ask(&shared, |reply| Ask::Test(test, reply)).await.map(Json)
}
