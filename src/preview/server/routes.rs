//! The addresses below the token, and what each answers.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tokio::sync::oneshot;

use super::closed::{FRAME, guarded};
use super::{Ask, Shared, Test, assets};
use crate::preview::desk::{Found, Frame, Tested};
use crate::preview::view::{Part, Plan, View};

/// The longest body of a request, in bytes.
const BODY: usize = 16 * 1024;

const HTML: &str = "text/html; charset=utf-8";

pub fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/{token}/", get(page))
        .route("/{token}/{file}", get(file))
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
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(shared)
}

fn typed(kind: &'static str, body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, kind)], body.into()).into_response()
}

/// A document for a frame.
fn framed(html: Option<String>, images: bool) -> Response {
    let policy = if images { FRAME.to_owned() } else { FRAME.replace("img-src 'self'; ", "") };
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

async fn page(State(shared): State<Arc<Shared>>) -> Result<Response, StatusCode> {
    ask(&shared, Ask::Page).await.map(|saying| typed(HTML, assets::page(&saying)))
}

async fn file(Path((_, name)): Path<(String, String)>) -> Response {
    match assets::file(&name) {
        Some((kind, text)) => typed(kind, text),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Asked for several times a second by every tab. An answer that waits for the next change would be quicker by some
/// milliseconds, but a browser has only six connections to one server: the seventh tab would get none.
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
    let images = frame.images;
    ask(&shared, |reply| Ask::Mail(frame, reply)).await.map(|html| framed(html, images))
}

async fn feed(State(shared): State<Arc<Shared>>) -> Result<Response, StatusCode> {
    ask(&shared, Ask::Feed).await.map(|html| framed(html, true))
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
