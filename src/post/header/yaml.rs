//! The YAML of a header as a tree that knows where each node stands.
//!
//! Comes in: the text between the two `---` lines. Goes out: [`Node`]s with every pair of every map (a second key of
//! the same name is kept, so that it can be named), or the syntax error. Never hangs: nodes, bytes and depth are
//! limited, aliases included.
//!
//! `yaml_serde` tells a position only with an error. Nodes are therefore numbered in reading order, and
//! [`locate`] reads the text once more and fails on purpose at the wanted number.

use std::cell::Cell;
use std::fmt::{self, Formatter};

use serde::de::{DeserializeSeed, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::{Deserializer, de};

/// The longest header. One with a hundred dates and posts has 10 kB.
const MAX_BYTES: usize = 64 * 1024;
/// The deepest flow nesting that is handed to the parser, whose time grows with its square.
const MAX_FLOW_DEPTH: usize = 50;
/// What aliases may unfold to.
const MAX_NODES: usize = 10_000;
const MAX_UNFOLDED_BYTES: usize = 256 * 1024;

/// One value of the header.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// Its number in reading order, for [`locate`].
    pub id: usize,
    pub value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// As Rust prints it, which need not be how it was written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// A value with a YAML tag, `!name value`.
    Tagged(String),
}

/// One pair of a map.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub key: Node,
    pub value: Node,
}

impl Entry {
    /// The key as text; keys that are no text are written as people write them.
    pub(super) fn name(&self) -> String {
        match &self.key.value {
            Value::Text(text) | Value::Number(text) => text.clone(),
            Value::Bool(value) => value.to_string(),
            Value::Null => "null".to_owned(),
            Value::Tagged(tag) => tag.clone(),
            Value::List(_) => "[…]".to_owned(),
            Value::Map(_) => "{…}".to_owned(),
        }
    }
}

impl Value {
    /// What it is, in words: `a number`.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "nothing",
            Value::Bool(_) => "a yes/no value",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map (`key: value`)",
            Value::Tagged(_) => "a YAML tag (it begins with `!`)",
        }
    }
}

/// Why a header is no YAML. Line and column from 1, within the header.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub message: String,
    pub line: usize,
    pub column: usize,
}

/// Reads the header into a tree.
///
/// # Errors
/// The parser's message with its place, or which limit was passed.
pub(super) fn parse(yaml: &str) -> Result<Node, SyntaxError> {
    let limit = |message: &str, (line, column)| Err(SyntaxError { message: message.to_owned(), line, column });
    if yaml.len() > MAX_BYTES {
        return limit(TOO_LONG, (1, 1));
    }
    if let Some(place) = too_deep(yaml) {
        return limit(TOO_DEEP, place);
    }
    let reading = Reading::new(None);
    match Seed(&reading).deserialize(serde_yaml::Deserializer::from_str(yaml)) {
        Ok(node) => Ok(node),
        Err(_) if reading.exhausted.get() => limit(TOO_MUCH, (1, 1)),
        Err(error) => {
            let (line, column) = error.location().map_or((1, 1), |location| (location.line(), location.column()));
            let message =
                if error.to_string().starts_with("recursion limit") { TOO_DEEP.to_owned() } else { error.to_string() };
            Err(SyntaxError { message, line, column })
        }
    }
}

pub(super) const TOO_LONG: &str = "the header is longer than 64 kB";
pub(super) const TOO_DEEP: &str = "the header is nested too deeply";
pub(super) const TOO_MUCH: &str = "the header's aliases (`*name`) unfold to more than a header can hold";

/// Line and column, from 1, of the node with the number `id`.
pub(super) fn locate(yaml: &str, id: usize) -> (usize, usize) {
    let reading = Reading::new(Some(id));
    let found = Seed(&reading).deserialize(serde_yaml::Deserializer::from_str(yaml));
    let location = found.err().and_then(|error| error.location());
    location.map_or((1, 1), |location| (location.line(), location.column()))
}

/// Where flow collections nest deeper than any header does. Brackets inside quotes count, too: no title has fifty.
fn too_deep(yaml: &str) -> Option<(usize, usize)> {
    let mut depth = 0_usize;
    for (line, text) in yaml.lines().enumerate() {
        for (column, c) in text.chars().enumerate() {
            match c {
                '[' | '{' => depth += 1,
                ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > MAX_FLOW_DEPTH {
                return Some((line + 1, column + 1));
            }
        }
    }
    None
}

/// The state of one pass over the text.
struct Reading {
    next: Cell<usize>,
    bytes: Cell<usize>,
    exhausted: Cell<bool>,
    stop_at: Option<usize>,
}

impl Reading {
    fn new(stop_at: Option<usize>) -> Reading {
        Reading { next: Cell::new(0), bytes: Cell::new(0), exhausted: Cell::new(false), stop_at }
    }

    fn take<E: de::Error>(&self, bytes: usize) -> Result<(), E> {
        self.bytes.set(self.bytes.get() + bytes);
        if self.next.get() <= MAX_NODES && self.bytes.get() <= MAX_UNFOLDED_BYTES {
            return Ok(());
        }
        self.exhausted.set(true);
        Err(E::custom(TOO_MUCH))
    }
}

#[derive(Clone, Copy)]
struct Seed<'r>(&'r Reading);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let id = self.0.next.get();
        self.0.next.set(id + 1);
        if self.0.stop_at == Some(id) {
            // A visitor that takes nothing: the error carries the node's position.
            return deserializer.deserialize_any(Stop).and_then(|()| Err(de::Error::custom("passed")));
        }
        Ok(Node { id, value: deserializer.deserialize_any(self)? })
    }
}

struct Stop;

impl Visitor<'_> for Stop {
    type Value = ();

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("the place of a node")
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        self.0.take(0).map(|()| Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        self.0.take(0).map(|()| Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        self.0.take(0).map(|()| Value::Number(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        self.0.take(0).map(|()| Value::Number(value.to_string()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Value, E> {
        self.0.take(0).map(|()| Value::Number(value.to_string()))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Value, E> {
        self.0.take(0).map(|()| Value::Number(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        self.0.take(0).map(|()| Value::Number(value.to_string()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.0.take(value.len()).map(|()| Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            self.0.take(0)?;
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = pairs.next_key_seed(self)? {
            self.0.take(0)?;
            map.push(Entry { key, value: pairs.next_value_seed(self)? });
        }
        Ok(Value::Map(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (tag, content) = tagged.variant::<String>()?;
        content.newtype_variant::<IgnoredAny>()?;
        self.0.take(0).map(|()| Value::Tagged(tag))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn entries(node: &Node) -> &[Entry] {
        match &node.value {
            Value::Map(entries) => entries,
            other => panic!("a map was expected, not {other:?}"),
        }
    }

    #[test]
    fn finds_keys_and_values_in_block_and_flow_style() {
        let yaml = "title: \"Ä: ö\"\nevent: { ort: Köln, date: 2024-11-07 }\ndates:\n  - name: x\n    när: y\n";
        let root = parse(yaml).expect("YAML");
        let top = entries(&root);
        assert_eq!(locate(yaml, top[1].key.id), (2, 1));
        let event = entries(&top[1].value);
        assert_eq!(locate(yaml, event[1].key.id), (2, 21));
        assert_eq!(locate(yaml, event[1].value.id), (2, 27));
        let Value::List(dates) = &top[2].value.value else { panic!("a list") };
        assert_eq!(locate(yaml, entries(&dates[0])[1].key.id), (5, 5));
    }

    #[test]
    fn keeps_both_keys_of_the_same_name() {
        let root = parse("a: 1\na: 2\n").expect("YAML");
        assert_eq!(entries(&root).iter().map(Entry::name).collect::<Vec<_>>(), ["a", "a"]);
    }

    #[test]
    fn bombs_end_quickly_with_an_error() {
        let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..30 {
            let previous = vec![format!("*a{}", n - 1); 10].join(", ");
            laughs.push_str(&format!("a{n}: &a{n} [{previous}]\n"));
        }
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(20_000), vec!["*a"; 5_000].join(", "));
        let nested = ["[".repeat(60_000), "{a: ".repeat(15_000), "- ".repeat(30_000), "? ".repeat(30_000)];
        let started = Instant::now();
        for bomb in [laughs, long].iter().chain(&nested) {
            let error = parse(bomb).expect_err("a bomb");
            assert!([TOO_DEEP, TOO_MUCH].contains(&error.message.as_str()), "{error:?}");
        }
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    }

    #[test]
    fn numbers_null_and_tags_are_kept_apart_from_text() {
        let root = parse("a: 2024\nb: 2024-11-07\nc:\nd: !x y\ne: no\nf: true\n").expect("YAML");
        let kinds: Vec<&str> = entries(&root).iter().map(|entry| entry.value.value.kind()).collect();
        assert_eq!(kinds, ["a number", "text", "nothing", "a YAML tag (it begins with `!`)", "text", "a yes/no value"]);
    }
}
