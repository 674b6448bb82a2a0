//! Rows of PostgreSQL in the ledger's words, and values in PostgreSQL's.
//!
//! Comes in: a row of the database. Goes out: a value of the ledger, or what is wrong with the row.

use std::borrow::Cow;

use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::ledger::{Delivery, DeliveryKey, DeliveryState, Form, LedgerError, Mode, Purpose, Release, ReleaseState};
use crate::plan::{Recipient, Target};

/// The columns that [`read_release`] reads.
pub(super) const RELEASE: &str = "id, slug, revision, mode, code, audience, state, waves, created_at, key, purpose";

pub(super) fn read_release(row: &PgRow) -> Result<Release, LedgerError> {
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

pub(super) fn read_mode(row: &PgRow) -> Result<Mode, LedgerError> {
    let mode: i64 = row.try_get("mode")?;
    Ok(if mode == Mode::Trial as i64 { Mode::Trial } else { Mode::Real })
}

pub(super) fn read_form(row: &PgRow) -> Result<Form, LedgerError> {
    let number: i64 = row.try_get("form")?;
    Form::from_number(number).ok_or_else(|| LedgerError::Damaged(format!("a content has the unknown form {number}")))
}

/// A row of `delivery` joined with its recipient, as it was before it was claimed.
pub(super) fn read_delivery(row: &PgRow) -> Result<Delivery, LedgerError> {
    let state: i64 = row.try_get("state")?;
    Ok(Delivery {
        part: row.try_get("part")?,
        target: read_target(row)?,
        recipient: read_recipient(row)?,
        attempts: row.try_get("attempts")?,
        first_at: row.try_get("first_at")?,
        due_at: row.try_get("due_at")?,
        deferred: state == DeliveryState::Deferred as i64,
    })
}

/// The recipient in a row, if there is one.
pub(super) fn read_recipient(row: &PgRow) -> Result<Option<Recipient>, LedgerError> {
    let Some(address) = row.try_get::<Option<String>, _>("address")? else { return Ok(None) };
    let slots: String = row.try_get("slots")?;
    let slots = serde_json::from_str(&slots).map_err(|error| LedgerError::Damaged(error.to_string()))?;
    Ok(Some(Recipient {
        target: read_target(row)?,
        address,
        name: row.try_get("name")?,
        slots,
        part: row.try_get("part")?,
    }))
}

pub(super) fn read_key(row: &PgRow) -> Result<DeliveryKey, LedgerError> {
    Ok(DeliveryKey { part: row.try_get("part")?, target: read_target(row)? })
}

pub(super) fn read_target(row: &PgRow) -> Result<Target, LedgerError> {
    let bytes: Vec<u8> = row.try_get("target")?;
    bytes.try_into().map(Target).map_err(|_| LedgerError::Damaged("a target has not 16 bytes".to_owned()))
}

pub(super) fn read_targets(rows: &[PgRow]) -> Result<Vec<Target>, LedgerError> {
    rows.iter().map(read_target).collect()
}

pub(super) fn read_digest(row: &PgRow, column: &str) -> Result<[u8; 32], LedgerError> {
    let bytes: Vec<u8> = row.try_get(column)?;
    bytes.try_into().map_err(|_| LedgerError::Damaged(format!("a {column} has not 32 bytes")))
}

/// Targets as an array parameter.
pub(super) fn bytes(targets: &[Target]) -> Vec<Vec<u8>> {
    targets.iter().map(|target| target.0.to_vec()).collect()
}

/// Keys as two array parameters: parts and targets.
pub(super) fn columns<'a>(keys: impl IntoIterator<Item = &'a DeliveryKey>) -> (Vec<i64>, Vec<Vec<u8>>) {
    keys.into_iter().map(|key| (key.part, key.target.0.to_vec())).unzip()
}

/// Where a page begins: before everything, or after a target.
pub(super) fn after(target: Option<Target>) -> Vec<u8> {
    target.map_or(Vec::new(), |target| target.0.to_vec())
}

/// Text as PostgreSQL takes it: it knows no NUL (postgresql.org/docs/current/datatype-character.html), and a mail server
/// may say one.
pub(super) fn text(said: &str) -> Cow<'_, str> {
    if said.contains('\0') { said.replace('\0', "\u{FFFD}").into() } else { said.into() }
}
