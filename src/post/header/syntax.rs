//! Explains why a header is no YAML, in words for people who never meant to write YAML.
//!
//! Comes in: the header's text and the parser's error. Goes out: a message, the place and what to write instead.

use crate::post::header::yaml::{SyntaxError, TOO_DEEP, TOO_LONG, TOO_MUCH};
use crate::post::report::Spot;

/// A syntax error as it is told; the spot's line counts within the header.
pub(super) struct Explained {
    pub message: String,
    pub help: String,
    pub spot: Spot,
}

/// What a line of the header says.
struct Pair<'y> {
    indented: bool,
    key: &'y str,
    value: &'y str,
    /// Characters before the value.
    column: usize,
}

/// Says what is wrong and what to do.
pub(super) fn explain(yaml: &str, error: &SyntaxError) -> Explained {
    let lines: Vec<&str> = yaml.lines().collect();
    let whole = |message: &str, help: &str| Explained {
        message: message.to_owned(),
        help: help.to_owned(),
        spot: Spot { line: error.line, column: error.column, width: 1 },
    };
    match error.message.as_str() {
        TOO_LONG => return whole(TOO_LONG, "write the text below the header, after the second `---`"),
        TOO_DEEP => return whole(TOO_DEEP, "a header has at most lists of maps; put text with brackets in quotes"),
        TOO_MUCH => {
            let line = lines.iter().position(|line| line.contains('&')).map_or(1, |index| index + 1);
            let spot = Spot { line, column: 1, width: lines.get(line - 1).map_or(1, |line| line.chars().count()) };
            return Explained { spot, ..whole(TOO_MUCH, "write the values out, without `&` and `*`") };
        }
        message if message.contains("more than one document") => return second_document(&lines),
        _ => {}
    }
    tab(&lines, error)
        .or_else(|| comment_in_brackets(&lines, error))
        .or_else(|| open_quote(&lines, error))
        .or_else(|| open_bracket(&lines, error))
        .or_else(|| line_without_key(&lines, error))
        .or_else(|| value_in_line(&lines, error))
        .unwrap_or_else(|| {
            let message = format!("the header is not valid YAML: {}", first_clause(&error.message));
            whole(&message, "each line is `key: value`; put text with special characters in quotes")
        })
}

/// `--- more` or `...` inside the header, which end a YAML document.
fn second_document(lines: &[&str]) -> Explained {
    let index = lines.iter().position(|line| line.starts_with("---") || line.starts_with("...")).unwrap_or(0);
    Explained {
        message: "this line ends the header's YAML before the line `---` that ends the header".to_owned(),
        help: "delete it, or write exactly three hyphens, `---`, where the header ends".to_owned(),
        spot: Spot { line: index + 1, column: 1, width: lines.get(index).map_or(1, |line| line.chars().count()) },
    }
}

/// A tab in front of a line, at or before the error.
fn tab(lines: &[&str], error: &SyntaxError) -> Option<Explained> {
    let has_tab = |line: &str| line[..line.len() - line.trim_start().len()].contains('\t');
    let index = lines.iter().take(error.line).position(|line| has_tab(line)).filter(|index| index + 2 >= error.line)?;
    let column = lines[index].find('\t').map_or(1, |at| at + 1);
    Some(Explained {
        message: "a tab at the beginning of a line; the header (YAML) takes spaces only".to_owned(),
        help: "replace the tab by two spaces".to_owned(),
        spot: Spot { line: index + 1, column, width: 1 },
    })
}

/// `title: "Zitat` or `title: "Zitat“`.
fn open_quote(lines: &[&str], error: &SyntaxError) -> Option<Explained> {
    let (line, column) = place_after(&error.message, "quoted scalar at line ")?;
    let rest: String = lines.get(line - 1)?.chars().skip(column - 1).collect();
    if error.message.contains("escape character") {
        return Some(Explained {
            message: "a backslash inside \"…\" begins a special character".to_owned(),
            help: "put the text in single quotes, '…', or write each backslash twice".to_owned(),
            spot: Spot { line: error.line, column: error.column, width: 1 },
        });
    }
    let quote = rest.chars().next()?;
    let help = if rest.trim_end().ends_with(['“', '”', '’', '‘']) {
        format!("close it with the same sign it begins with: {quote}")
    } else {
        format!("add the closing {quote}")
    };
    let message = "a quote is opened here and never closed".to_owned();
    Some(Explained { message, help, spot: Spot { line, column, width: rest.trim_end().chars().count() } })
}

/// `tags: [#a, #b]`, the end of which is a comment.
fn comment_in_brackets(lines: &[&str], error: &SyntaxError) -> Option<Explained> {
    let flow = error.message.contains("flow") || error.message.contains("node content");
    let open = |line: &str| line.find('[').is_some_and(|at| line[at..].contains("[#") || line[at..].contains(" #"));
    let index = lines.iter().take(error.line).rposition(|line| open(line)).filter(|_| flow)?;
    let column = lines[index].find('#').map_or(1, |at| lines[index][..at].chars().count() + 1);
    Some(Explained {
        message: "`#` begins a comment in YAML, so the bracket before it is never closed".to_owned(),
        help: "write tags without `#`: `tags: [Fachkräfte, Cluster]`".to_owned(),
        spot: Spot { line: index + 1, column, width: lines[index].chars().count() + 1 - column },
    })
}

/// `tags: [a, b`.
fn open_bracket(lines: &[&str], error: &SyntaxError) -> Option<Explained> {
    let (line, column) = place_after(&error.message, "parsing a flow sequence at line ")
        .or_else(|| place_after(&error.message, "parsing a flow mapping at line "))?;
    let rest: String = lines.get(line - 1)?.chars().skip(column - 1).collect();
    let spot = Spot { line, column, width: rest.trim_end().chars().count() };
    let (open, close) = if rest.starts_with('{') { ('{', '}') } else { ('[', ']') };
    let message = format!("the entries after `{open}` are not separated by commas, or `{close}` is missing");
    let help = format!(
        "close it with `{close}`, put commas between the entries, and quotes around text with commas or colons"
    );
    Some(Explained { message, help, spot })
}

/// A line of text among the keys.
fn line_without_key(lines: &[&str], error: &SyntaxError) -> Option<Explained> {
    if !error.message.contains("could not find expected ':'") {
        return None;
    }
    let (line, _) = place_after(&error.message, "simple key at line ")?;
    Some(Explained {
        message: "this line is not `key: value`".to_owned(),
        help: "begin it with a key and a colon; the text of the post comes after the second `---`".to_owned(),
        spot: Spot { line, column: 1, width: lines.get(line - 1)?.chars().count() },
    })
}

/// Special characters in the value of the line that the error is about.
fn value_in_line(lines: &[&str], error: &SyntaxError) -> Option<Explained> {
    let text = lines.get(error.line - 1).copied().unwrap_or("");
    let pair = pair(text)?;
    let quoted = format!("put the whole text in quotes: `{}: {}`", pair.key, in_quotes(pair.value));
    let explained = |message: String, help: String| {
        let spot = Spot { line: error.line, column: pair.column + 1, width: pair.value.chars().count() };
        Some(Explained { message, help, spot })
    };
    let first = pair.value.chars().next().unwrap_or(' ');
    if error.message.contains("mapping values are not allowed") {
        if !first_is_quote(first) && (pair.value.contains(": ") || pair.value.ends_with(':')) {
            return explained("the text contains a colon, which YAML reads as another key".to_owned(), quoted);
        }
        if pair.indented {
            let help = "begin the line without spaces, in the same column as the keys above".to_owned();
            return explained("this line is indented although no key above it has entries".to_owned(), help);
        }
    }
    if first_is_quote(first) && pair.value.chars().skip(1).any(|c| c == first) && !pair.value[1..].ends_with(first) {
        return explained("text after the closing quote".to_owned(), quoted);
    }
    if matches!(first, '@' | '`' | '%' | '*' | '&' | '!' | '|' | '>' | '?' | '-' | ',' | ']' | '}') {
        return explained(format!("text that begins with `{first}` needs quotes"), quoted);
    }
    None
}

fn first_is_quote(first: char) -> bool {
    matches!(first, '"' | '\'')
}

/// A text in the quotes that need no escapes.
fn in_quotes(value: &str) -> String {
    if value.contains('"') || value.contains('\\') {
        format!("'{}'", value.replace('\'', "''"))
    } else {
        format!("\"{value}\"")
    }
}

/// Key and value of a line like `  key: value  # comment` or `- key: value`.
fn pair(line: &str) -> Option<Pair<'_>> {
    let (before, value) = line.split_once(": ").or_else(|| line.strip_suffix(':').map(|before| (before, "")))?;
    let key = before.trim_start().trim_start_matches("- ").trim();
    let column = line.chars().count() - line[before.len()..].trim_start_matches([':', ' ']).chars().count();
    let indented = line.starts_with(' ');
    (!key.is_empty() && !key.starts_with(['#', '"', '\''])).then(|| Pair { indented, key, value: value.trim(), column })
}

/// Line and column behind a phrase of the parser: `… at line 3 column 8`.
fn place_after(message: &str, phrase: &str) -> Option<(usize, usize)> {
    let (_, rest) = message.split_once(phrase)?;
    let mut numbers = rest.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let mut next = || numbers.next()?.parse::<usize>().ok().filter(|number| *number > 0);
    Some((next()?, next()?))
}

/// The parser's own words without the places that are told anyway.
fn first_clause(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}
