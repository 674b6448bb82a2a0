//! Pages that are none: a login, an error that a server calls a success, scripts that would make the page.

use dom_query::{Document, NodeRef};

use super::facts::Facts;
use super::{dom, headline};
use crate::import::Refused;

/// A page with an article has more letters than this outside of its forms.
const LITTLE: usize = 500;

/// Refuses a login and an error page.
///
/// # Errors
/// [`Refused::Login`], [`Refused::NotFound`].
pub(super) fn check(document: &Document, facts: &Facts, url: Option<&str>) -> Result<(), Refused> {
    let letters = || letters(document);
    let asks = document.select("input[type=\"password\"]").exists();
    let path = url.map(|url| url.split(['?', '#']).next().unwrap_or(url).to_lowercase()).unwrap_or_default();
    let named = ["/login", "/signin", "/sign-in", "/anmelden", "/anmeldung", "/wp-login.php", "/sso"];
    let at_login =
        named.iter().any(|name| path.trim_end_matches('/').ends_with(name) || path.contains(&format!("{name}/")));
    if asks && (at_login || letters() < LITTLE) {
        return Err(Refused::Login);
    }
    let title = [facts.title.clone(), headline::text(document), dom::first_text(document, "head title")];
    for title in title.into_iter().flatten() {
        let lower = title.to_lowercase();
        let words = ["nicht gefunden", "not found", "existiert nicht", "does not exist", "fehler 404", "error 404"];
        let says = words.iter().any(|word| lower.contains(word)) || lower.starts_with("404");
        if says && title.chars().count() < 80 && letters() < LITTLE {
            return Err(Refused::NotFound(title));
        }
    }
    Ok(())
}

/// Refuses a page that is only there to check who asks, or to lead on to another one. `base` makes that address whole.
///
/// # Errors
/// [`Refused::Guarded`], [`Refused::Elsewhere`].
pub(super) fn check_way(document: &Document, base: Option<&str>) -> Result<(), Refused> {
    let title = dom::first_text(document, "head title").unwrap_or_default().to_lowercase();
    let guards =
        ["just a moment", "attention required", "checking your browser", "are you a robot", "einen moment, bitte"];
    let marks = "#challenge-form, #challenge-running, #cf-wrapper, .cf-turnstile, .h-captcha, .g-recaptcha";
    let guarded = guards.iter().any(|guard| title.starts_with(guard)) || document.select(marks).exists();
    if guarded && letters(document) < LITTLE {
        return Err(Refused::Guarded);
    }
    let refresh = dom::first_attribute(document, "meta[http-equiv=\"refresh\" i]", "content").unwrap_or_default();
    let at = refresh.to_lowercase().find("url=").map(|at| at + 4);
    let target = at.and_then(|at| refresh.get(at..)).map(|url| url.trim().trim_matches(['"', '\'']));
    match target.and_then(|url| super::clean::absolute(url, base)) {
        Some(url) if Some(url.as_str()) != base && letters(document) < LITTLE / 5 => Err(Refused::Elsewhere(url)),
        _ => Ok(()),
    }
}

/// Whether the page has scripts of its own.
pub(super) fn has_scripts(document: &Document) -> bool {
    document.select("script[src], script:not([type])").exists()
}

/// How many letters the page has outside of scripts, menus and forms.
fn letters(document: &Document) -> usize {
    let outside = ["script", "style", "noscript", "template", "nav", "header", "footer", "head", "title"];
    let in_form =
        |node: &NodeRef<'_>| node.ancestors_it(None).any(|outer| outer.has_name("form") && !dom::holds_page(&outer));
    let Some(body) = document.body() else { return 0 };
    let texts =
        body.descendants_it().filter(|node| node.is_text() && !dom::is_inside(node, &outside) && !in_form(node));
    texts.map(|node| node.text().chars().filter(|c| c.is_alphabetic()).count()).sum()
}
