//! Single values of a TOML document, changed in place.
//!
//! Comes in: a document, the path of a value. Goes out: the document with that value alone changed; comments, blank lines
//! and the order stay.

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// A text of several lines stands between three quotation marks, as in the example.
pub(super) fn string(text: &str) -> Value {
    if !text.contains('\n') {
        return text.into();
    }
    let escaped = text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
    let closing = escaped.strip_suffix('"').map_or(escaped.clone(), |rest| format!("{rest}\\\""));
    format!("\"\"\"\n{closing}\"\"\"").parse().unwrap_or_else(|_| text.into())
}

pub(super) fn get<'a>(document: &'a DocumentMut, path: &[&str]) -> Option<&'a Item> {
    path.iter().try_fold(document.as_item(), |item, name| item.as_table_like()?.get(name))
}

/// Puts a value in, in place of what was there and with the comment that stood behind it.
pub(super) fn set(document: &mut DocumentMut, path: &[&str], value: Value) {
    let (name, parents) = path.split_last().expect("a value has a name");
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for (depth, parent) in parents.iter().enumerate() {
        let is_inline = ["unsubscribe", "oauth", "columns"].contains(parent);
        let missing = table.get(parent).and_then(Item::as_table_like).is_none();
        if missing {
            let new =
                if is_inline { Item::Value(Value::InlineTable(InlineTable::new())) } else { section(depth, path) };
            table.insert(parent, new);
        }
        table = table.get_mut(parent).and_then(Item::as_table_like_mut).expect("it was made a table");
    }
    match table.get_mut(name).and_then(Item::as_value_mut) {
        Some(old) => {
            let around = old.decor().clone();
            *old = value;
            *old.decor_mut() = around;
        }
        None => drop(table.insert(name, Item::Value(value))),
    }
}

/// A new section; `[lists]` itself has no line of its own.
fn section(depth: usize, path: &[&str]) -> Item {
    let mut table = Table::new();
    table.set_implicit(depth == 0 && path.len() > 2);
    Item::Table(table)
}

pub(super) fn remove(document: &mut DocumentMut, path: &[&str]) {
    let Some((name, parents)) = path.split_last() else { return };
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for parent in parents {
        match table.get_mut(parent).and_then(Item::as_table_like_mut) {
            Some(inner) => table = inner,
            None => return,
        }
    }
    table.remove(name);
}

/// Takes out what a new configuration leaves open.
pub(super) fn remove_empty(document: &mut DocumentMut) {
    for section in ["site", "sender"] {
        let Some(table) = document.get_mut(section).and_then(Item::as_table_mut) else { continue };
        table.retain(|_, item| item.as_str() != Some(""));
    }
}
