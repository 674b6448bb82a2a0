//! Which requests are answered: those of the page itself, from this computer.
//!
//! A page of somebody else that is open in the same browser can send requests to 127.0.0.1. It does not know the token in
//! the address; a name that it points to 127.0.0.1 (DNS rebinding) shows in `Host`; and a form that it posts shows in
//! `Origin` and `Sec-Fetch-Site` (Fetch Standard, "Origin header"; W3C Fetch Metadata).

/// The headers of a request that matter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    pub host: Option<&'a str>,
    pub origin: Option<&'a str>,
    pub fetch_site: Option<&'a str>,
    pub content_type: Option<&'a str>,
    pub posts: bool,
}

/// What is let in.
#[derive(Debug, Clone)]
pub struct Guard {
    token: String,
    port: u16,
}

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Another token, or none: there is nothing here.
    NotFound,
    /// Another host, or another page.
    Forbidden,
}

impl Guard {
    pub fn new(token: String, port: u16) -> Guard {
        Guard { token, port }
    }

    /// The page's own address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/{}/", self.port, self.token)
    }

    /// Whether a request to a token is answered.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, token: &str, request: &Request<'_>) -> Result<(), Refused> {
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{}", self.port));
        if !request.host.is_some_and(|host| hosts.iter().any(|own| own.eq_ignore_ascii_case(host))) {
            return Err(Refused::Forbidden);
        }
        if !same(token.as_bytes(), self.token.as_bytes()) {
            return Err(Refused::NotFound);
        }
        // Browsers that tell where a request comes from; `none` is a person who typed the address.
        if request.fetch_site.is_some_and(|site| !["same-origin", "none"].contains(&site)) {
            return Err(Refused::Forbidden);
        }
        let own_origin = |origin: &str| hosts.iter().any(|own| origin == format!("http://{own}"));
        let is_json = request.content_type.is_some_and(|kind| kind.starts_with("application/json"));
        let origin_fits = request.origin.map_or(!request.posts, own_origin);
        if !origin_fits || (request.posts && !is_json) {
            return Err(Refused::Forbidden);
        }
        Ok(())
    }
}

/// Compares without telling by the time it takes how much was right.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |differs, (left, right)| differs | (left ^ right)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: Option<&str> = Some("127.0.0.1:4747");
    const OWN: Option<&str> = Some("http://127.0.0.1:4747");

    fn guard() -> Guard {
        Guard::new("0123abcd".to_owned(), 4747)
    }

    fn post() -> Request<'static> {
        let content_type = Some("application/json");
        Request { host: HOST, origin: OWN, content_type, posts: true, ..Request::default() }
    }

    #[test]
    fn the_page_itself_is_let_in() {
        let get = Request { host: HOST, ..Request::default() };
        for request in [
            get,
            Request { host: Some("LOCALHOST:4747"), ..get },
            Request { fetch_site: Some("same-origin"), ..get },
            Request { fetch_site: Some("none"), ..get },
            post(),
        ] {
            assert_eq!(guard().check("0123abcd", &request), Ok(()), "{request:?}");
        }
    }

    #[test]
    fn others_are_not() {
        let get = Request { host: HOST, ..Request::default() };
        for (token, request, expected) in [
            ("0123abce", get, Refused::NotFound),
            ("", get, Refused::NotFound),
            ("0123abcd", Request { host: None, ..get }, Refused::Forbidden),
            ("0123abcd", Request { host: Some("evil.example:4747"), ..get }, Refused::Forbidden),
            ("0123abcd", Request { host: Some("127.0.0.1:80"), ..get }, Refused::Forbidden),
            ("0123abcd", Request { fetch_site: Some("cross-site"), ..get }, Refused::Forbidden),
            ("0123abcd", Request { origin: Some("https://evil.example"), ..get }, Refused::Forbidden),
            ("0123abcd", Request { origin: None, ..post() }, Refused::Forbidden),
            ("0123abcd", Request { origin: Some("null"), ..post() }, Refused::Forbidden),
            ("0123abcd", Request { content_type: Some("text/plain"), ..post() }, Refused::Forbidden),
        ] {
            assert_eq!(guard().check(token, &request), Err(expected), "{token} {request:?}");
        }
    }
}
