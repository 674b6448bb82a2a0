//! What is taken along when a record moves from a file into a database on a server.
//!
//! Comes in: rows of the one. Goes out: the same rows, column by column, for the other. Which process is at what (workers,
//! places, preparations) is not taken along: a record moves at rest.

/// A table that both have, with the columns that they share. What refers to another table comes after it.
pub(super) struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
    /// Whether the database counts its `id` on.
    pub counts: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Number,
    Bytes,
    Text,
}

/// The values of some rows in one column.
#[derive(Debug)]
pub(super) enum Column {
    Numbers(Vec<Option<i64>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Texts(Vec<Option<String>>),
}

impl Column {
    pub(super) fn of(kind: Kind) -> Column {
        match kind {
            Kind::Number => Column::Numbers(Vec::new()),
            Kind::Bytes => Column::Bytes(Vec::new()),
            Kind::Text => Column::Texts(Vec::new()),
        }
    }
}

/// What was taken along.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    pub releases: u64,
    pub deliveries: u64,
    pub suppressions: u64,
}

impl Carried {
    pub(super) fn count(&mut self, table: &str, rows: u64) {
        match table {
            "release" => self.releases += rows,
            "delivery" => self.deliveries += rows,
            "suppression" => self.suppressions += rows,
            _ => {}
        }
    }
}

const fn table(name: &'static str, columns: &'static [(&'static str, Kind)]) -> Table {
    Table { name, columns, counts: false }
}

const fn counted(name: &'static str, columns: &'static [(&'static str, Kind)]) -> Table {
    Table { name, columns, counts: true }
}

use Kind::{Bytes, Number, Text};

/// All of them.
pub(super) const TABLES: &[Table] = &[
    counted(
        "release",
        &[
            ("id", Number),
            ("slug", Text),
            ("revision", Number),
            ("mode", Number),
            ("code", Bytes),
            ("audience", Bytes),
            ("state", Number),
            ("waves", Number),
            ("created_at", Number),
            ("key", Text),
            ("purpose", Number),
        ],
    ),
    table("content", &[("digest", Bytes), ("body", Bytes)]),
    table("asset", &[("digest", Bytes), ("bytes", Bytes)]),
    table(
        "part",
        &[
            ("release", Number),
            ("part", Number),
            ("channel", Text),
            ("list", Text),
            ("form", Number),
            ("digest", Bytes),
        ],
    ),
    table(
        "recipient",
        &[
            ("release", Number),
            ("target", Bytes),
            ("part", Number),
            ("wave", Number),
            ("address", Text),
            ("name", Text),
            ("slots", Text),
        ],
    ),
    table(
        "delivery",
        &[
            ("release", Number),
            ("part", Number),
            ("target", Bytes),
            ("state", Number),
            ("attempts", Number),
            ("due_at", Number),
            ("hold_until", Number),
            ("first_at", Number),
            ("marked_at", Number),
            ("settled_at", Number),
            ("detail", Text),
        ],
    ),
    table("suppression", &[("target", Bytes), ("reason", Text), ("created_at", Number)]),
    counted(
        "event",
        &[("id", Number), ("slug", Text), ("release", Number), ("kind", Text), ("detail", Text), ("at", Number)],
    ),
    counted(
        "approval",
        &[
            ("id", Number),
            ("slug", Text),
            ("code", Bytes),
            ("audience", Bytes),
            ("by_whom", Text),
            ("note", Text),
            ("texts", Text),
            ("people", Number),
            ("named", Number),
            ("created_at", Number),
            ("revoked_at", Number),
        ],
    ),
    table("approved", &[("approval", Number), ("target", Bytes), ("name", Text)]),
    table("spent", &[("name", Text), ("slice", Number), ("used", Number)]),
    table("meta", &[("name", Text), ("value", Text)]),
];
