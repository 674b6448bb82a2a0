//! What keeps the preview to itself: who is let in, and the headers that every answer has.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Shared;
use crate::preview::guard::{self, Guard, Refused};

/// The page itself: its own script and style, frames from here, nothing from anywhere else.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                    frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// A mail in its frame: its own styles and our pictures; no script, no form.
pub const FRAME: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox allow-same-origin \
                         allow-popups allow-popups-to-escape-sandbox; base-uri 'none'; form-action 'none'; \
                         frame-ancestors 'self'";

/// The same headers for every answer, also for those that refuse. COOP and CORP keep other pages from holding on to ours.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Lets in what the guard lets in, and puts on every answer what keeps it here.
pub async fn guarded(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut response = match allowed(&shared.guard, &request) {
        Ok(()) => next.run(request).await,
        Err(Refused::NotFound) => (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response(),
        Err(Refused::Forbidden) => {
            (StatusCode::FORBIDDEN, "Only the preview's own page is answered.\n").into_response()
        }
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(PAGE));
    response
}

fn allowed(guard: &Guard, request: &Request) -> Result<(), Refused> {
    let token = request.uri().path().split('/').nth(1).unwrap_or_default();
    let text = |name: HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
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
