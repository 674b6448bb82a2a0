//! Freezing a release, and what was frozen.

use sqlx::{Row, query};

use super::lock::FreezeLock;
use super::rows::{read_delivery, read_form, read_release, read_target};
use super::{BUSY, SqliteLedger, digest, json_array, revision};
use crate::ledger::{Delivery, Ledger, LedgerError, Mode, NewRelease, Part, Release, Totals};
use crate::plan::Target;

impl Ledger for SqliteLedger {
    async fn hold(&self) -> Result<(), LedgerError> {
        if self.freezing.lock().expect("no holder panics").is_some() {
            return Ok(());
        }
        let Some(path) = &self.path else { return Ok(()) };
        let lock = FreezeLock::take(path, BUSY).await?;
        *self.freezing.lock().expect("no holder panics") = Some(lock);
        // What is added before the seal is worth nothing without it, so it need not survive a power cut (sqlite.org/pragma.html:
        // in WAL mode, NORMAL loses the last transactions then, and nothing else).
        query("PRAGMA synchronous = NORMAL").execute(&self.pool).await?;
        query("DELETE FROM release WHERE state = 0").execute(&self.pool).await?;
        query("DELETE FROM recipient WHERE wave > (SELECT waves FROM release WHERE id = recipient.release)")
            .execute(&self.pool)
            .await?;
        query("DELETE FROM refusal").execute(&self.pool).await?;
        Ok(())
    }

    async fn release(&self, slug: &str, mode: Mode) -> Result<Option<Release>, LedgerError> {
        let sql = "SELECT * FROM release WHERE slug = ? AND mode = ? AND state <> 0 ORDER BY revision DESC LIMIT 1";
        let row = query(sql).bind(slug).bind(mode as i64).fetch_optional(&self.pool).await?;
        row.map(|row| read_release(&row)).transpose()
    }

    async fn begin(&self, new: &NewRelease) -> Result<Release, LedgerError> {
        self.hold().await?;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        // The number of a trial that was forgotten is not given again: a process may still be at work on it.
        let number = "INSERT INTO meta (name, value) SELECT 'last_release', coalesce(max(id), 0) + 1 FROM release WHERE true \
                      ON CONFLICT (name) DO UPDATE SET value = max(CAST(value AS INTEGER) + 1, CAST(excluded.value AS INTEGER)) \
                      RETURNING CAST(value AS INTEGER) AS number";
        let number: i64 = query(number).fetch_one(&mut *transaction).await?.try_get("number")?;
        let sql = "INSERT INTO release (id, slug, revision, mode, code, audience, state, waves, created_at, key, purpose) \
                   SELECT ?6, ?1, coalesce(max(revision), 0) + 1, ?2, ?3, zeroblob(32), 0, 0, ?4, ?5, ?7 \
                   FROM release WHERE slug = ?1 AND mode = ?2 RETURNING *";
        let row = query(sql)
            .bind(&new.slug)
            .bind(new.mode as i64)
            .bind(&new.code[..])
            .bind(new.created_at)
            .bind(&new.key)
            .bind(number)
            .bind(new.purpose as i64)
            .fetch_one(&mut *transaction)
            .await?;
        let release = read_release(&row)?;
        for (number, part) in (0_i64..).zip(&new.parts) {
            let digest = digest(&part.body);
            query("INSERT OR IGNORE INTO content (digest, body) VALUES (?, ?)")
                .bind(&digest[..])
                .bind(&part.body[..])
                .execute(&mut *transaction)
                .await?;
            query("INSERT INTO part (release, part, channel, list, form, digest) VALUES (?, ?, ?, ?, ?, ?)")
                .bind(release.id)
                .bind(number)
                .bind(&part.channel)
                .bind(&part.list)
                .bind(part.form as i64)
                .bind(&digest[..])
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(release)
    }

    async fn known(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        self.known_or_waiting(release, targets).await
    }

    async fn seal(&self, release: i64, wave: i64, audience: [u8; 32]) -> Result<(), LedgerError> {
        query("PRAGMA synchronous = FULL").execute(&self.pool).await?;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        if wave == 1 {
            revision::take_place(&mut transaction, release).await?;
        }
        query(
            "INSERT INTO delivery (release, part, target, state) \
             SELECT release, part, target, 0 FROM recipient WHERE release = ? AND wave = ?",
        )
        .bind(release)
        .bind(wave)
        .execute(&mut *transaction)
        .await?;
        if wave == 1 {
            revision::add_channels(&mut transaction, release).await?;
        }
        // A stop that came while the wave was made holds: nothing of it may leave.
        let open = "UPDATE release SET waves = ?1, audience = ?2, state = CASE WHEN state = 2 OR \
                    (SELECT kind FROM event WHERE slug = release.slug AND kind IN ('stopped', 'went_on') \
                    ORDER BY id DESC LIMIT 1) = 'stopped' THEN 2 ELSE 1 END WHERE id = ?3";
        query(open).bind(wave).bind(&audience[..]).bind(release).execute(&mut *transaction).await?;
        query("DELETE FROM refusal").execute(&mut *transaction).await?;
        transaction.commit().await?;
        self.unlock_freezing();
        Ok(())
    }

    async fn withdraw_refused(&self, release: i64, reason: &str, at: i64) -> Result<u64, LedgerError> {
        let sql = "UPDATE delivery SET state = 5, settled_at = ?3, detail = ?2 WHERE release = ?1 AND state IN (0, 4) \
                   AND (part, target) IN (SELECT part, target FROM refusal WHERE release = ?1)";
        let query = query(sql).bind(release).bind(reason).bind(at);
        Ok(query.execute(&self.pool).await?.rows_affected())
    }

    async fn discard(&self, release: i64, wave: i64) -> Result<(), LedgerError> {
        query("PRAGMA synchronous = FULL").execute(&self.pool).await?;
        query("DELETE FROM recipient WHERE release = ? AND wave = ?")
            .bind(release)
            .bind(wave)
            .execute(&self.pool)
            .await?;
        query("DELETE FROM release WHERE id = ? AND state = 0").bind(release).execute(&self.pool).await?;
        query("DELETE FROM refusal").execute(&self.pool).await?;
        self.unlock_freezing();
        Ok(())
    }

    async fn parts(&self, release: i64) -> Result<Vec<Part>, LedgerError> {
        let sql =
            "SELECT channel, list, form, body FROM part JOIN content USING (digest) WHERE release = ? ORDER BY part";
        let rows = query(sql).bind(release).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                Ok(Part {
                    channel: row.try_get("channel")?,
                    list: row.try_get("list")?,
                    form: read_form(row)?,
                    body: row.try_get::<Vec<u8>, _>("body")?.into(),
                })
            })
            .collect()
    }

    async fn pending(
        &self,
        release: i64,
        part: i64,
        after: Option<Target>,
        limit: u32,
    ) -> Result<Vec<Delivery>, LedgerError> {
        let sql = "SELECT d.part, d.target, d.state, d.attempts, d.first_at, d.due_at, r.address, r.name, r.slots FROM delivery d \
                   LEFT JOIN recipient r ON r.release = d.release AND r.target = d.target \
                   WHERE d.release = ? AND d.part = ? AND d.target > ? AND d.state = 0 \
                   ORDER BY d.target LIMIT ?";
        let rows = query(sql)
            .bind(release)
            .bind(part)
            .bind(after.map_or(Vec::new(), |target| target.0.to_vec()))
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read_delivery).collect()
    }

    async fn close(&self, release: i64) -> Result<(), LedgerError> {
        let sql = "UPDATE release SET state = 3 WHERE id = ?1 AND state = 1 \
                   AND NOT EXISTS (SELECT 1 FROM delivery WHERE release = ?1 AND (state IN (0, 4) OR state IN (1, 2) OR state = 6))";
        query(sql).bind(release).execute(&self.pool).await.map(drop).map_err(LedgerError::from)
    }

    async fn forget_trial(&self, release: i64) -> Result<(), LedgerError> {
        // The next release may get the same number.
        let events = "DELETE FROM event WHERE release IN (SELECT id FROM release WHERE mode = 0 AND slug = \
                      (SELECT slug FROM release WHERE id = ? AND mode = 0))";
        query(events).bind(release).execute(&self.pool).await?;
        let sql = "DELETE FROM release WHERE mode = 0 AND slug = (SELECT slug FROM release WHERE id = ? AND mode = 0)";
        query(sql).bind(release).execute(&self.pool).await?;
        query("DELETE FROM content WHERE digest NOT IN (SELECT digest FROM part)")
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(LedgerError::from)
    }

    async fn totals(&self, release: i64) -> Result<Vec<(i64, Totals)>, LedgerError> {
        let sql = "SELECT part, state, count(*) AS number FROM delivery WHERE release = ? \
                   GROUP BY part, state ORDER BY part, state";
        let rows = query(sql).bind(release).fetch_all(&self.pool).await?;
        let mut totals: Vec<(i64, Totals)> = Vec::new();
        for row in &rows {
            let part: i64 = row.try_get("part")?;
            let state: i64 = row.try_get("state")?;
            let number: i64 = row.try_get("number")?;
            if totals.last().is_none_or(|(last, _)| *last != part) {
                totals.push((part, Totals::default()));
            }
            let (_, sums) = totals.last_mut().expect("one was pushed above");
            sums.add(state, number.unsigned_abs())
                .ok_or_else(|| LedgerError::Damaged(format!("a delivery has the unknown state {state}")))?;
        }
        Ok(totals)
    }

    async fn suppressed(&self, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        let sql = "SELECT target FROM suppression WHERE target IN (SELECT unhex(value) FROM json_each(?))";
        let rows = query(sql).bind(json_array(targets)).fetch_all(&self.pool).await?;
        rows.iter().map(|row| read_target(row, "target")).collect()
    }
}
