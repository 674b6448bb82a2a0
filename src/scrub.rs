//! Texts of others without the addresses in them.
//!
//! Comes in: what a server or a program said. Goes out: the same for logs, which go to places where no member's address
//! belongs. Rather takes out too much than too little.

/// What stands in the place of an address.
const HIDDEN: &str = "(address)";

/// The text without anything that looks like an e-mail address, written as such, in a link, or within another address.
pub fn addresses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(ends_word).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        out.push_str(if is_address(word) { HIDDEN } else { word });
        let gap = after.find(|c| !ends_word(c)).unwrap_or(after.len());
        out.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    out
}

/// The same, and without what stands before the @ of this address, which servers also say alone: `no user anna.muster`.
pub fn recipient(text: &str, address: &str) -> String {
    let text = addresses(text);
    let Some((local, _)) = address.rsplit_once('@') else { return text };
    let local = local.trim_matches('"');
    // `anna+news` is known as `anna` too.
    let plain = local.split('+').next().unwrap_or(local);
    without(&without(&text, local), plain)
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\'' | ',' | ';' | '„' | '“' | '”' | '`')
}

fn is_address(word: &str) -> bool {
    // Where the sending record is kept; the user of a database is nobody's mailbox.
    if word.starts_with("postgres://") || word.starts_with("postgresql://") {
        return false;
    }
    word.contains(['@', '＠']) || word.contains("%40") || word.contains("=40")
}

/// Without a word, in whatever case, where no letter or digit stands beside it.
fn without(text: &str, word: &str) -> String {
    let (text, word): (Vec<char>, Vec<char>) = (text.chars().collect(), word.chars().collect());
    if word.is_empty() {
        return text.into_iter().collect();
    }
    let same = |(a, b): (&char, &char)| a == b || a.to_lowercase().eq(b.to_lowercase());
    let joins = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|c| c.is_alphanumeric());
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let end = at + word.len();
        let found = end <= text.len() && text[at..end].iter().zip(&word).all(same);
        if found && !joins(at.checked_sub(1)) && !joins(Some(end)) {
            out.push_str(HIDDEN);
            at = end;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_out_however_a_server_says_it() {
        for (said, kept) in [
            ("550 5.1.1 <anna.muster@example.org>: no such user", "550 5.1.1 <(address)>: no such user"),
            ("550 ANNA.MUSTER@EXAMPLE.ORG unknown", "550 (address) unknown"),
            ("550 user Anna.Muster unknown in example.org", "550 user (address) unknown in example.org"),
            ("452 anna.muster: mailbox full", "452 (address): mailbox full"),
            ("550 see https://mx.example/?to=anna.muster%40example.org", "550 see (address)"),
            ("551 forward to \"real.person@gmx.example\"", "551 forward to \"(address)\""),
            ("550 bounces+anna.muster=example.org@lists.example refused", "550 (address) refused"),
            ("550 anna.muster=example.org refused", "550 (address)=example.org refused"),
            ("550 mailto:anna.muster@example.org;", "550 (address);"),
            ("550 Empfänger „anna.muster@example.org“ unbekannt", "550 Empfänger „(address)“ unbekannt"),
            ("250 2.0.0 Ok: queued as 4F8A2", "250 2.0.0 Ok: queued as 4F8A2"),
            ("no answer from postgres://web@db.example/post", "no answer from postgres://web@db.example/post"),
        ] {
            assert_eq!(recipient(said, "anna.muster@example.org"), kept);
        }
    }

    #[test]
    fn a_part_of_another_word_is_left_and_a_tag_is_not_needed() {
        assert_eq!(
            recipient("550 announced to ann, Ann!", "ann@example.org"),
            "550 announced to (address), (address)!"
        );
        assert_eq!(recipient("no user JÖRG here", "jörg+news@example.org"), "no user (address) here");
        assert_eq!(recipient("no user \"a b\"", "\"a b\"@example.org"), "no user \"(address)\"");
        assert_eq!(recipient("", ""), "");
    }
}
