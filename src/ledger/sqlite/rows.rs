//! Rows of SQLite in the ledger's words.
//!
//! Comes in: a row of the database. Goes out: a value of the ledger, or what is wrong with the row.

use std::borrow::Cow;

use serde::Deserialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::ledger::{Delivery, DeliveryState, Form, LedgerError, Mode, Purpose, Release, ReleaseState};
use crate::plan::{Recipient, Target};

pub(super) fn read_release(row: &SqliteRow) -> Result<Release, LedgerError> {
    let number: i64 = row.try_get("state")?;
    let purpose: i64 = row.try_get("purpose")?;
    Ok(Release {
        id: row.try_get("id")?,
        slug: row.try_get("slug")?,
        revision: row.try_get("revision")?,
        mode: read_mode(row)?,
        purpose: Purpose::from_number(purpose)
            .ok_or_else(|| LedgerError::Damaged(format!("a release has the unknown purpose {purpose}")))?,
        code: read_digest(row, "code")?,
        audience: read_digest(row, "audience")?,
        state: ReleaseState::from_number(number)
            .ok_or_else(|| LedgerError::Damaged(format!("a release has the unknown state {number}")))?,
        waves: row.try_get("waves")?,
        created_at: row.try_get("created_at")?,
        key: row.try_get("key")?,
    })
}

pub(super) fn read_mode(row: &SqliteRow) -> Result<Mode, LedgerError> {
    let mode: i64 = row.try_get("mode")?;
    Ok(if mode == Mode::Trial as i64 { Mode::Trial } else { Mode::Real })
}

pub(super) fn read_form(row: &SqliteRow) -> Result<Form, LedgerError> {
    let number: i64 = row.try_get("form")?;
    Form::from_number(number).ok_or_else(|| LedgerError::Damaged(format!("a content has the unknown form {number}")))
}

/// A row of `delivery` joined with its recipient.
pub(super) fn read_delivery(row: &SqliteRow) -> Result<Delivery, LedgerError> {
    let state: i64 = row.try_get("state")?;
    Ok(Delivery {
        part: row.try_get("part")?,
        target: read_target(row, "target")?,
        recipient: read_recipient(row)?,
        attempts: row.try_get("attempts")?,
        first_at: row.try_get("first_at")?,
        due_at: row.try_get("due_at")?,
        deferred: state == DeliveryState::Deferred as i64,
    })
}

/// What [`DELIVERIES`] gives: all rows in one value. A row each costs SQLite's thread and ours several times as much.
pub(super) fn read_deliveries(json: &str) -> Result<Vec<Delivery>, LedgerError> {
    let rows: Vec<DeliveryRow> = serde_json::from_str(json).map_err(|error| LedgerError::Damaged(error.to_string()))?;
    rows.into_iter().map(DeliveryRow::read).collect()
}

/// An aggregate over `d`, rows of `delivery`, and `r`, the recipient of each.
pub(super) const DELIVERIES: &str = "json_group_array(json_array(d.part, hex(d.target), d.state, d.attempts, d.first_at, \
                                     d.due_at, r.address, r.name, r.slots))";

/// One row of it.
#[derive(Deserialize)]
struct DeliveryRow<'a>(
    i64,
    Target,
    i64,
    i64,
    Option<i64>,
    i64,
    Option<String>,
    Option<String>,
    #[serde(borrow)] Option<Cow<'a, str>>,
);

impl DeliveryRow<'_> {
    fn read(self) -> Result<Delivery, LedgerError> {
        let DeliveryRow(part, target, state, attempts, first_at, due_at, address, name, slots) = self;
        let recipient = match (address, name, slots) {
            (Some(address), Some(name), Some(slots)) => {
                let slots = read_slots(&slots)?;
                Some(Recipient { target, address, name, slots, part })
            }
            _ => None,
        };
        let deferred = state == DeliveryState::Deferred as i64;
        Ok(Delivery { part, target, recipient, attempts, first_at, due_at, deferred })
    }
}

fn read_slots(json: &str) -> Result<Vec<String>, LedgerError> {
    serde_json::from_str(json).map_err(|error| LedgerError::Damaged(error.to_string()))
}

/// The recipient in a row, if there is one.
pub(super) fn read_recipient(row: &SqliteRow) -> Result<Option<Recipient>, LedgerError> {
    let Some(address) = row.try_get::<Option<String>, _>("address")? else { return Ok(None) };
    let slots = read_slots(row.try_get("slots")?)?;
    Ok(Some(Recipient {
        target: read_target(row, "target")?,
        address,
        name: row.try_get("name")?,
        slots,
        part: row.try_get("part")?,
    }))
}

pub(super) fn read_target(row: &SqliteRow, column: &str) -> Result<Target, LedgerError> {
    let bytes: Vec<u8> = row.try_get(column)?;
    bytes.try_into().map(Target).map_err(|_| LedgerError::Damaged("a target has not 16 bytes".to_owned()))
}

pub(super) fn read_digest(row: &SqliteRow, column: &str) -> Result<[u8; 32], LedgerError> {
    let bytes: Vec<u8> = row.try_get(column)?;
    bytes.try_into().map_err(|_| LedgerError::Damaged(format!("a {column} has not 32 bytes")))
}
