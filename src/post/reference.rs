//! What a post may point to: web addresses and pictures beside it.
//!
//! Comes in: an address or path as written. Goes out: the same, checked, or what is wrong and what to write instead.
//! Never asks the network or the disk whether the thing is there.

/// Why a reference cannot stand, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub message: String,
    pub help: String,
}

fn refused(message: impl Into<String>, help: impl Into<String>) -> Refused {
    Refused { message: message.into(), help: help.into() }
}

/// Checks an absolute http(s) URL.
pub(super) fn web(url: &str) -> Result<(), Refused> {
    let lower = url.to_lowercase();
    let Some(rest) = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")) else {
        return Err(refused(format!("`{url}` is not a full web address"), full_address_help(url)));
    };
    if let Some(bad) = url.chars().find(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"')) {
        // Percent-encoding is of the bytes in UTF-8 (RFC 3986, section 2.5).
        let encoded: String = bad.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02X}")).collect();
        return Err(refused(
            format!("`{}` contains {bad:?}, which cannot stand in a web address", url.escape_debug()),
            format!("write `{encoded}` in its place, or copy the address from the browser again"),
        ));
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    let host_ok = host.starts_with('[')
        || (host.starts_with(|c: char| c.is_alphanumeric())
            && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '_')));
    if host_ok {
        return Ok(());
    }
    Err(refused(format!("`{url}` names no website"), "copy the address from the browser's address line"))
}

/// Checks the target of a link in the text: http(s), `mailto:` or `tel:`.
pub(super) fn link(url: &str) -> Result<(), Refused> {
    if url.is_empty() {
        return Err(refused("a link without an address", "write the address in the round brackets"));
    }
    let lower = url.to_lowercase();
    if let Some(address) = lower.strip_prefix("mailto:") {
        let path = address.split('?').next().unwrap_or("");
        let plain = !url.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'));
        let whole = path.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        return if plain && whole {
            Ok(())
        } else {
            Err(refused(
                format!("`{}` is not an e-mail address", url.escape_debug()),
                "write `mailto:name@example.org`",
            ))
        };
    }
    if let Some(number) = lower.strip_prefix("tel:") {
        let ok = number.chars().any(|c| c.is_ascii_digit())
            && number.chars().all(|c| c.is_ascii_alphanumeric() || "+-.()*#;=".contains(c));
        return if ok {
            Ok(())
        } else {
            Err(refused(format!("`{url}` is not a telephone number"), "write it like `tel:+49301234567`"))
        };
    }
    web(url)
}

fn full_address_help(url: &str) -> String {
    let first = url.split(['/', '?', '#']).next().unwrap_or("");
    let scheme = first.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    if let Some(rest) = url.strip_prefix("//") {
        return format!("write `https://{rest}`");
    }
    if url.contains('@') && scheme.is_none() {
        return format!("write `mailto:{url}`");
    }
    if let Some(scheme) = scheme {
        return format!("`{scheme}:` does not work in a mail; use an address that begins with https://");
    }
    if url.starts_with('#') {
        return "a mail has no anchors to jump to; link to the published article, or leave the link out".to_owned();
    }
    const FILES: [&str; 10] = [".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".jpg", ".png", ".md"];
    if FILES.iter().any(|ending| url.to_lowercase().ends_with(ending)) && !first.contains("www.") {
        return "a mail carries no files: put it on your website and write its address there, https://…".to_owned();
    }
    if first.contains('.') && !first.starts_with('.') && !url.contains(char::is_whitespace) {
        return format!("write `https://{url}`");
    }
    "write the whole address, beginning with https://; a reader's mail program knows no folder of yours".to_owned()
}

/// Checks the path of a picture: relative, with `/`, and inside the post's folder. Whether a symbolic link leads out
/// of it is for whoever opens the file.
pub(super) fn picture(src: &str) -> Result<(), Refused> {
    let lower = src.to_lowercase();
    if src.trim().is_empty() {
        return Err(refused("a picture without a file", "write the picture's file name, like `foto.jpg`"));
    }
    if src.starts_with("//") || lower.contains("://") {
        return Err(refused(
            format!("the picture `{src}` lies on a website"),
            "save the picture beside the post and write its file name; a mail must not load anything from elsewhere",
        ));
    }
    if lower.starts_with("data:") || lower.starts_with("cid:") {
        return Err(refused(
            "the picture is written into the post itself",
            "save the picture as a file beside the post and write its file name",
        ));
    }
    if src.contains('\\') {
        return Err(refused(
            format!("the picture's path `{src}` contains a backslash"),
            format!("write `{}`, relative to the post", src.replace('\\', "/")),
        ));
    }
    if src.starts_with(['/', '~']) || src.contains(':') {
        return Err(refused(
            format!("the picture's path `{src}` holds on one computer only"),
            "put the picture beside the post and write its path from there, like `bilder/foto.jpg`",
        ));
    }
    let mut depth = 0_i32;
    for part in src.split('/') {
        depth += match part {
            "" | "." => 0,
            ".." => -1,
            _ => 1,
        };
        if depth < 0 {
            return Err(refused(
                format!("the picture's path `{src}` leads out of the post's folder"),
                "put the picture beside the post, or into a folder beside it",
            ));
        }
    }
    if depth == 0 || src.ends_with('/') {
        return Err(refused(format!("`{src}` is a folder, not a picture"), "write the picture's file name, too"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_full_addresses() {
        for url in ["https://example.org", "http://127.0.0.1:8080/a?b#c", "HTTPS://müller.example/ä", "https://[::1]/"]
        {
            assert_eq!(web(url), Ok(()), "{url}");
        }
        for url in ["mailto:info@example.org?subject=Hallo", "tel:+49-30-1234", "https://example.org/a*b"] {
            assert_eq!(link(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn says_what_to_write_instead() {
        let help = |url| link(url).expect_err("refused").help;
        assert_eq!(help("www.example.org/a"), "write `https://www.example.org/a`");
        assert_eq!(help("info@example.org"), "write `mailto:info@example.org`");
        assert!(help("javascript:alert(1)").contains("does not work in a mail"));
        assert!(help("/aktuelles").contains("whole address"));
        assert!(help("https://example.org/a b").contains("%20"));
    }

    #[test]
    fn a_picture_stays_in_the_posts_folder() {
        for src in ["foto.jpg", "bilder/foto 1.jpg", "bilder/../foto.jpg", "./foto.jpg", "über..uns.png"] {
            assert_eq!(picture(src), Ok(()), "{src}");
        }
        for src in [
            "../foto.jpg",
            "a/../../foto.jpg",
            "/etc/passwd",
            "C:/foto.jpg",
            "a\\b.jpg",
            "https://x/y.jpg",
            "..",
            "a/..",
        ] {
            assert!(picture(src).is_err(), "{src}");
        }
    }
}
