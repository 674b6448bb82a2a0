//! Looking into a SQLite ledger, and what a person decides there.

use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, query};

use super::approval::forget_names;
use super::beside::Holder;
use super::revision::{IS_NEWEST, leave_to_newest};
use super::rows::{read_form, read_release, read_target};
use super::{SqliteLedger, identity, json_array};
use crate::ledger::{
    AGAIN, Aside, Books, ByHand, COUNTED, DELETED, Decided, DeliveryKey, DeliveryState, Event, EventKind, LedgerError,
    Moments, Part, Passage, Release, ReleaseState, Standing, Suppression, Uses,
};
use crate::plan::Target;

impl Books for SqliteLedger {
    async fn releases(&self) -> Result<Vec<Release>, LedgerError> {
        let sql = "SELECT * FROM release WHERE state <> 0 ORDER BY created_at DESC, id DESC";
        query(sql).fetch_all(&self.pool).await?.iter().map(read_release).collect()
    }

    async fn standings(
        &self,
        release: i64,
        state: DeliveryState,
        after: Option<DeliveryKey>,
        limit: u32,
    ) -> Result<Vec<Standing>, LedgerError> {
        let sql = "SELECT d.*, r.address, r.name FROM delivery d \
                   LEFT JOIN recipient r ON r.release = d.release AND r.target = d.target \
                   WHERE d.release = ?1 AND d.state = ?2 AND (d.part, d.target) > (?3, ?4) \
                   ORDER BY d.part, d.target LIMIT ?5";
        let (part, target) = after.map_or((-1, Vec::new()), |key| (key.part, key.target.0.to_vec()));
        let query = query(sql).bind(release).bind(state as i64).bind(part).bind(target).bind(limit);
        query.fetch_all(&self.pool).await?.iter().map(read_standing).collect()
    }

    async fn deliveries(
        &self,
        release: i64,
        after: Option<DeliveryKey>,
        limit: u32,
    ) -> Result<Vec<Standing>, LedgerError> {
        let sql = "SELECT d.*, r.address, r.name FROM delivery d \
                   LEFT JOIN recipient r ON r.release = d.release AND r.target = d.target \
                   WHERE d.release = ?1 AND (d.part, d.target) > (?2, ?3) ORDER BY d.part, d.target LIMIT ?4";
        let (part, target) = after.map_or((-1, Vec::new()), |key| (key.part, key.target.0.to_vec()));
        let query = query(sql).bind(release).bind(part).bind(target).bind(limit);
        query.fetch_all(&self.pool).await?.iter().map(read_standing).collect()
    }

    async fn standings_of_channels(&self, release: i64) -> Result<Vec<Standing>, LedgerError> {
        let sql = "SELECT d.*, NULL AS address, NULL AS name FROM part p CROSS JOIN delivery d ON d.release = p.release \
                   AND d.part = p.part AND d.target = ?2 WHERE p.release = ?1 AND p.channel <> 'email' ORDER BY d.part";
        let query = query(sql).bind(release).bind(&Target::CHANNEL.0[..]);
        query.fetch_all(&self.pool).await?.iter().map(read_standing).collect()
    }

    async fn outline(&self, release: i64) -> Result<Vec<Part>, LedgerError> {
        let sql = "SELECT channel, list, form FROM part WHERE release = ? ORDER BY part";
        query(sql).bind(release).fetch_all(&self.pool).await?.iter().map(read_outline).collect()
    }

    async fn moments(&self, release: i64) -> Result<Moments, LedgerError> {
        let sql = "SELECT min(first_at) AS first, max(settled_at) AS last FROM delivery WHERE release = ? AND first_at IS NOT NULL";
        let row = query(sql).bind(release).fetch_one(&self.pool).await?;
        let due = "SELECT min(due_at) AS next FROM delivery WHERE release = ? AND state IN (0, 4) AND state = 4";
        let next = query(due).bind(release).fetch_one(&self.pool).await?.try_get("next")?;
        Ok(Moments { first: row.try_get("first")?, last: row.try_get("last")?, next })
    }

    async fn asides(&self, release: i64) -> Result<Vec<(i64, Aside)>, LedgerError> {
        let sql = "SELECT part, count(*) FILTER (WHERE state = 3) AS counted, \
                   count(*) FILTER (WHERE state = 5) AS taken_out FROM delivery \
                   WHERE release = ?1 AND ((state = 3 AND detail = ?2) OR (state = 5 AND attempts = 0)) \
                   GROUP BY part ORDER BY part";
        let rows = query(sql).bind(release).bind(COUNTED).fetch_all(&self.pool).await?;
        let number = |row: &SqliteRow, name| Ok::<_, LedgerError>(row.try_get::<i64, _>(name)?.unsigned_abs());
        let read = |row: &SqliteRow| {
            let aside = Aside { counted: number(row, "counted")?, taken_out: number(row, "taken_out")? };
            Ok((row.try_get("part")?, aside))
        };
        rows.iter().map(read).collect()
    }

    async fn settle_by_hand(
        &self,
        release: i64,
        key: DeliveryKey,
        detail: &str,
        at: i64,
    ) -> Result<ByHand, LedgerError> {
        let look = "SELECT state, detail FROM delivery WHERE release = ? AND part = ? AND target = ?";
        let settle = "UPDATE delivery SET state = 3, detail = ?4, settled_at = ?5 \
                      WHERE release = ?1 AND part = ?2 AND target = ?3";
        let target = &key.target.0[..];
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let row = query(look).bind(release).bind(key.part).bind(target).fetch_optional(&mut *transaction).await?;
        let state: Option<i64> = row.as_ref().map(|row| row.try_get("state")).transpose()?;
        let noted = match (state.and_then(DeliveryState::from_number), &row) {
            (Some(DeliveryState::Pending | DeliveryState::Deferred), _) => ByHand::Done,
            (Some(DeliveryState::Sent), Some(row)) => {
                ByHand::Replaced(row.try_get::<Option<String>, _>("detail")?.unwrap_or_default())
            }
            _ => return Ok(ByHand::Elsewhere),
        };
        let settle = query(settle).bind(release).bind(key.part).bind(target).bind(detail).bind(at);
        settle.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(noted)
    }

    async fn history(&self, target: Target) -> Result<Vec<Passage>, LedgerError> {
        let sql = "SELECT d.*, r.address, r.name, p.channel, p.list, p.form FROM release l \
                   JOIN part p ON p.release = l.id \
                   JOIN delivery d ON d.release = l.id AND d.part = p.part AND d.target = ?2 \
                   LEFT JOIN recipient r ON r.release = l.id AND r.target = ?2 WHERE l.id = ?1";
        let mut history = Vec::new();
        for release in self.releases().await? {
            let rows = query(sql).bind(release.id).bind(&target.0[..]).fetch_all(&self.pool).await?;
            for row in &rows {
                let part = read_outline(row)?;
                history.push(Passage { release: release.clone(), part, standing: read_standing(row)? });
            }
        }
        Ok(history)
    }

    async fn resolve(
        &self,
        release: i64,
        keys: Option<&[DeliveryKey]>,
        decided: Decided,
        at: i64,
    ) -> Result<u64, LedgerError> {
        let again = "UPDATE delivery SET state = 0, first_at = NULL, due_at = 0, hold_until = 0, \
                     worker = NULL, settled_at = NULL, detail = ?4 \
                     WHERE release = ?1 AND state = 6 AND (?2 IS NULL OR \
                     (part || ' ' || hex(target)) IN (SELECT value FROM json_each(?2)))";
        let count = "UPDATE delivery SET state = 3, settled_at = ?3, detail = ?4 \
                     WHERE release = ?1 AND state = 6 AND (?2 IS NULL OR \
                     (part || ' ' || hex(target)) IN (SELECT value FROM json_each(?2)))";
        let named = |key: &DeliveryKey| format!("{} {}", key.part, key.target.hex().to_uppercase());
        let keys = keys.map(|keys| Value::from(keys.iter().map(named).collect::<Vec<_>>()).to_string());
        let gone = "DELETE FROM delivery WHERE release = ?1 AND state = 6 AND (?2 IS NULL OR \
                    (part || ' ' || hex(target)) IN (SELECT value FROM json_each(?2)))";
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let newest = query(AssertSqlSafe(format!("SELECT {IS_NEWEST} AS newest"))).bind(release);
        let is_newest: bool = newest.fetch_one(&mut *transaction).await?.try_get("newest")?;
        if decided == Decided::SendAgain && !is_newest {
            leave_to_newest(&mut transaction, release, keys.as_deref()).await?;
        }
        let (sql, detail) = match decided {
            Decided::SendAgain if is_newest => (again, AGAIN),
            Decided::SendAgain => (gone, ""),
            Decided::CountAsSent => (count, COUNTED),
        };
        let done =
            query(sql).bind(release).bind(keys).bind(at).bind(detail).execute(&mut *transaction).await?.rows_affected();
        if done > 0 && decided == Decided::SendAgain && is_newest {
            let reopen = "UPDATE release SET state = 1 WHERE id = ? AND state = 3";
            query(reopen).bind(release).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(done)
    }

    async fn set_state(&self, release: i64, state: ReleaseState) -> Result<(), LedgerError> {
        let sql = format!(
            "UPDATE release SET state = ?2 WHERE id = ?1 AND {IS_NEWEST} AND (state IN (1, 2) OR (state = 3 AND EXISTS \
             (SELECT 1 FROM delivery WHERE release = ?1 AND (state IN (0, 4) OR state IN (1, 2) OR state = 6))))"
        );
        query(AssertSqlSafe(sql)).bind(release).bind(state as i64).execute(&self.pool).await?;
        Ok(())
    }

    async fn suppress(&self, targets: &[Target], reason: &str, at: i64) -> Result<u64, LedgerError> {
        let sql = "INSERT OR IGNORE INTO suppression (target, reason, created_at) \
                   SELECT unhex(value), ?2, ?3 FROM json_each(?1)";
        let query = query(sql).bind(json_array(targets)).bind(reason).bind(at);
        Ok(query.execute(&self.pool).await?.rows_affected())
    }

    async fn unsuppress(&self, target: Target) -> Result<bool, LedgerError> {
        let done = query("DELETE FROM suppression WHERE target = ?").bind(&target.0[..]).execute(&self.pool).await?;
        Ok(done.rows_affected() > 0)
    }

    async fn suppression(&self, target: Target) -> Result<Option<Suppression>, LedgerError> {
        let sql = "SELECT reason, created_at FROM suppression WHERE target = ?";
        let row = query(sql).bind(&target.0[..]).fetch_optional(&self.pool).await?;
        let read =
            |row: SqliteRow| Ok(Suppression { reason: row.try_get("reason")?, created_at: row.try_get("created_at")? });
        row.map(read).transpose()
    }

    async fn recipient_targets(
        &self,
        release: i64,
        after: Option<Target>,
        limit: u32,
    ) -> Result<Vec<(String, Target)>, LedgerError> {
        let sql = "SELECT p.list, r.target FROM recipient r JOIN part p ON p.release = r.release AND p.part = r.part \
                   WHERE r.release = ? AND r.target > ? ORDER BY r.target LIMIT ?";
        let after = after.map_or(Vec::new(), |target| target.0.to_vec());
        let rows = query(sql).bind(release).bind(after).bind(limit).fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok((row.try_get("list")?, read_target(row, "target")?))).collect()
    }

    async fn forget_recipients(&self, before: i64) -> Result<u64, LedgerError> {
        let old = "SELECT id FROM release WHERE state = 3 AND created_at < ?1 \
                   AND EXISTS (SELECT 1 FROM recipient r WHERE r.release = release.id) \
                   AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.release = release.id \
                   AND (d.settled_at >= ?1 OR d.state = 6))";
        let mut forgotten = 0;
        for row in query(old).bind(before).fetch_all(&self.pool).await? {
            let delete = query("DELETE FROM recipient WHERE release = ?").bind(row.try_get::<i64, _>("id")?);
            forgotten += delete.execute(&self.pool).await?.rows_affected();
        }
        forget_names(self, before).await?;
        Ok(forgotten)
    }

    /// The lock of a process says more than its last sign of life: it ends with the process.
    async fn workers(&self, _now: i64) -> Result<u64, LedgerError> {
        let mut living = 0;
        for row in query("SELECT token FROM worker").fetch_all(&self.pool).await? {
            let token: Vec<u8> = row.try_get("token")?;
            let token = token.try_into().map_err(|_| LedgerError::Damaged("a worker has no token".to_owned()))?;
            living += u64::from(matches!(self.beside()?.holder(&token)?, Holder::Lives));
        }
        Ok(living)
    }

    async fn note(&self, event: &Event) -> Result<(), LedgerError> {
        let sql = "INSERT INTO event (slug, release, kind, detail, at) VALUES (?, ?, ?, ?, ?)";
        let query = query(sql).bind(&event.slug).bind(event.release).bind(event.kind.name());
        query.bind(&event.detail).bind(event.at).execute(&self.pool).await.map(drop).map_err(LedgerError::from)
    }

    async fn events(&self, slug: &str) -> Result<Vec<Event>, LedgerError> {
        let sql = "SELECT * FROM event WHERE slug = ? ORDER BY at, id";
        query(sql).bind(slug).fetch_all(&self.pool).await?.iter().map(read_event).collect()
    }

    async fn uses(&self) -> Result<Uses, LedgerError> {
        identity::uses(&mut *self.pool.acquire().await?).await
    }

    async fn fact(&self, name: &str) -> Result<Option<String>, LedgerError> {
        let row = query("SELECT value FROM meta WHERE name = ?").bind(name).fetch_optional(&self.pool).await?;
        Ok(row.map(|row| row.try_get("value")).transpose()?)
    }

    async fn note_fact(&self, name: &str, value: &str) -> Result<String, LedgerError> {
        let sql = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value \
                   RETURNING value";
        Ok(query(sql).bind(name).bind(value).fetch_one(&self.pool).await?.try_get("value")?)
    }

    async fn set_fact(&self, name: &str, value: &str) -> Result<(), LedgerError> {
        let sql =
            "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        query(sql).bind(name).bind(value).execute(&self.pool).await?;
        Ok(())
    }
}

fn read_event(row: &SqliteRow) -> Result<Event, LedgerError> {
    let kind: String = row.try_get("kind")?;
    let kind = EventKind::from_name(&kind)
        .ok_or_else(|| LedgerError::Damaged(format!("an event has the unknown kind {kind}")))?;
    Ok(Event {
        slug: row.try_get("slug")?,
        release: row.try_get("release")?,
        kind,
        detail: row.try_get("detail")?,
        at: row.try_get("at")?,
    })
}

fn read_outline(row: &SqliteRow) -> Result<Part, LedgerError> {
    let form = read_form(row)?;
    Ok(Part { channel: row.try_get("channel")?, list: row.try_get("list")?, form, body: Vec::new().into() })
}

fn read_standing(row: &SqliteRow) -> Result<Standing, LedgerError> {
    let number: i64 = row.try_get("state")?;
    let state = DeliveryState::from_number(number)
        .ok_or_else(|| LedgerError::Damaged(format!("a delivery has the unknown state {number}")))?;
    let target = read_target(row, "target")?;
    Ok(Standing {
        key: DeliveryKey { part: row.try_get("part")?, target },
        state,
        address: row.try_get::<Option<String>, _>("address")?.unwrap_or_else(|| deleted(target)),
        name: row.try_get::<Option<String>, _>("name")?.unwrap_or_default(),
        attempts: row.try_get("attempts")?,
        first_at: row.try_get("first_at")?,
        due_at: row.try_get("due_at")?,
        settled_at: row.try_get("settled_at")?,
        detail: row.try_get::<Option<String>, _>("detail")?.unwrap_or_default(),
    })
}

/// What stands for the address of a member whose data were deleted; nothing where there is no member.
fn deleted(target: Target) -> String {
    if target == Target::CHANNEL { String::new() } else { DELETED.to_owned() }
}
