//! Freezing a release, and what was frozen.
//!
//! Only one process at a time adds recipients: whoever owns the row in `preparation`, as long as its lease lasts. Each addition
//! renews it in its own transaction, so that nothing is added or sealed by one that lost it.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row};
use tokio::time::{Instant, sleep};

use super::base::{Base, CLOCK, How, PATIENCE, built, sql};
use super::keeper::Keeper;
use super::rows::{RELEASE, after, bytes, read_delivery, read_form, read_release, read_targets, text};
use super::{PostgresLedger, revision};
use crate::ledger::{Delivery, LEASE, Ledger, LedgerError, Mode, NewRelease, Part, Release, Totals};
use crate::plan::Target;

const LOOK_AGAIN: Duration = Duration::from_millis(50);

impl PostgresLedger {
    /// Becomes the one who adds recipients, and clears away what an interrupted one added.
    pub(super) async fn take_hold(&self) -> Result<(), LedgerError> {
        if *self.freezing.lock().expect("no holder panics") {
            return Ok(());
        }
        self.keep();
        let began = Instant::now();
        while !self.base.run(How::LONG.light(), async |connection| self.try_to_hold(connection).await).await? {
            if began.elapsed() >= PATIENCE {
                return Err(LedgerError::Busy);
            }
            sleep(LOOK_AGAIN).await;
        }
        *self.freezing.lock().expect("no holder panics") = true;
        Ok(())
    }

    async fn try_to_hold(&self, connection: &mut PgConnection) -> Result<bool, LedgerError> {
        // A seal that takes long has the row for itself; it is not waited for here, where the wait has a limit.
        let take = format!(
            "UPDATE preparation SET owner = $1, expires_at = {CLOCK} + $2 WHERE name IN (SELECT name FROM preparation \
             WHERE owner = $1 OR expires_at <= {CLOCK} FOR UPDATE SKIP LOCKED)"
        );
        let taken = built(take).bind(&self.owner[..]).bind(LEASE).execute(&mut *connection).await?;
        if taken.rows_affected() == 0 {
            return Ok(false);
        }
        drop_releases(connection, "state = 0", None).await?;
        let waves = "DELETE FROM recipient r USING release l WHERE l.id = r.release AND r.wave > l.waves";
        sql(waves).execute(&mut *connection).await?;
        sql("DELETE FROM refusal").execute(&mut *connection).await?;
        Ok(true)
    }

    /// Renews the hold within a transaction, and has it until its end.
    ///
    /// # Errors
    /// [`LedgerError::Busy`] for one that lost it.
    pub(super) async fn keep_hold(&self, connection: &mut PgConnection) -> Result<(), LedgerError> {
        let renew = format!("UPDATE preparation SET expires_at = {CLOCK} + $2 WHERE owner = $1");
        match built(renew).bind(&self.owner[..]).bind(LEASE).execute(connection).await?.rows_affected() {
            0 => Err(LedgerError::Busy),
            _ => Ok(()),
        }
    }

    async fn let_hold_go(&self, connection: &mut PgConnection) -> Result<(), LedgerError> {
        let free = "UPDATE preparation SET owner = '', expires_at = 0 WHERE owner = $1";
        sql(free).bind(&self.owner[..]).execute(connection).await?;
        Ok(())
    }

    fn holds_no_more(&self) {
        *self.freezing.lock().expect("no holder panics") = false;
    }

    /// Has what is held by the database's clock renewed from now on.
    pub(super) fn keep(&self) {
        self.keeper.get_or_init(|| Keeper::start(self.base.clone(), self.owner));
    }

    /// Whether a seal that may have happened did: the hold went with it.
    async fn was_sealed(
        &self,
        connection: &mut PgConnection,
        release: i64,
        wave: i64,
        audience: &[u8; 32],
    ) -> Result<bool, LedgerError> {
        let look = "SELECT 1 FROM release WHERE id = $1 AND waves = $2 AND audience = $3 AND state <> 0";
        let look = sql(look).bind(release).bind(wave).bind(&audience[..]);
        Ok(look.fetch_optional(connection).await?.is_some())
    }
}

/// Drops releases with everything that belongs to them. `what` is a condition on `release` in which $1 may stand.
pub(super) async fn drop_releases(
    connection: &mut PgConnection,
    what: &str,
    release: Option<i64>,
) -> Result<(), LedgerError> {
    for table in ["recipient", "delivery", "refusal"] {
        let rows = built(format!("DELETE FROM {table} WHERE release IN (SELECT id FROM release WHERE {what})"));
        bound(rows, release).execute(&mut *connection).await?;
    }
    bound(built(format!("DELETE FROM release WHERE {what}")), release).execute(connection).await?;
    Ok(())
}

type Statement<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

fn bound(statement: Statement<'_>, release: Option<i64>) -> Statement<'_> {
    match release {
        Some(release) => statement.bind(release),
        None => statement,
    }
}

impl Ledger for PostgresLedger {
    async fn hold(&self) -> Result<(), LedgerError> {
        self.take_hold().await
    }

    async fn release(&self, slug: &str, mode: Mode) -> Result<Option<Release>, LedgerError> {
        let newest = format!(
            "SELECT {RELEASE} FROM release WHERE slug = $1 AND mode = $2 AND state <> 0 ORDER BY revision DESC LIMIT 1"
        );
        self.base
            .run(How::LIGHT, async |connection| {
                let row = built(newest.clone()).bind(slug).bind(mode as i64).fetch_optional(connection).await?;
                row.map(|row| read_release(&row)).transpose()
            })
            .await
    }

    async fn begin(&self, new: &NewRelease) -> Result<Release, LedgerError> {
        self.take_hold().await?;
        let begin = format!(
            "INSERT INTO release (slug, revision, mode, code, audience, state, waves, created_at, key, purpose) \
             SELECT $1, coalesce(max(revision), 0) + 1, $2, $3, $6, 0, 0, $4, $5, $7 \
             FROM release WHERE slug = $1 AND mode = $2 RETURNING {RELEASE}"
        );
        let content = "INSERT INTO content (digest, body) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let part = "INSERT INTO part (release, part, channel, list, form, digest) VALUES ($1, $2, $3, $4, $5, $6)";
        // What is begun twice is swept by the next one that begins.
        self.base
            .run(How::AGAIN.once(), async |connection| {
                self.keep_hold(connection).await?;
                let begin = built(begin.clone()).bind(&new.slug).bind(new.mode as i64).bind(&new.code[..]);
                let begin = begin.bind(new.created_at).bind(&new.key).bind(&[0_u8; 32][..]).bind(new.purpose as i64);
                let release = read_release(&begin.fetch_one(&mut *connection).await?)?;
                for (number, content_part) in (0_i64..).zip(&new.parts) {
                    let digest = digest(&content_part.body);
                    let content = sql(content).bind(&digest[..]).bind(&content_part.body[..]);
                    content.execute(&mut *connection).await?;
                    let part = sql(part).bind(release.id).bind(number).bind(&content_part.channel);
                    let part = part.bind(&content_part.list).bind(content_part.form as i64).bind(&digest[..]);
                    part.execute(&mut *connection).await?;
                }
                Ok(release)
            })
            .await
    }

    async fn known(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        self.known_or_waiting(release, targets).await
    }

    async fn seal(&self, release: i64, wave: i64, audience: [u8; 32]) -> Result<(), LedgerError> {
        let deliveries = "INSERT INTO delivery (release, part, target, state) \
                          SELECT release, part, target, 0 FROM recipient WHERE release = $1 AND wave = $2";
        // A stop that came while the wave was made holds: nothing of it may leave.
        let open = "UPDATE release SET waves = $1, audience = $2, state = CASE WHEN state = 2 OR \
                    (SELECT kind FROM event WHERE slug = release.slug AND kind IN ('stopped', 'went_on') \
                    ORDER BY id DESC LIMIT 1) = 'stopped' THEN 2 ELSE 1 END WHERE id = $3";
        let sealed = self.base.run(How::LONG, async |connection| {
            match self.keep_hold(connection).await {
                Err(LedgerError::Busy) if self.was_sealed(connection, release, wave, &audience).await? => return Ok(()),
                held => held?,
            }
            if wave == 1 {
                revision::take_place(connection, release).await?;
            }
            sql(deliveries).bind(release).bind(wave).execute(&mut *connection).await?;
            if wave == 1 {
                revision::add_channels(connection, release).await?;
            }
            sql(open).bind(wave).bind(&audience[..]).bind(release).execute(&mut *connection).await?;
            sql("DELETE FROM refusal").execute(&mut *connection).await?;
            self.let_hold_go(connection).await
        });
        sealed.await?;
        self.holds_no_more();
        look_over(&self.base).await;
        Ok(())
    }

    async fn withdraw_refused(&self, release: i64, reason: &str, at: i64) -> Result<u64, LedgerError> {
        let withdraw = "UPDATE delivery d SET state = 5, settled_at = $3, detail = $2 FROM refusal r \
                        WHERE d.release = $1 AND d.state IN (0, 4) \
                        AND r.release = d.release AND r.part = d.part AND r.target = d.target";
        self.base
            .run(How::ONCE, async |connection| {
                let withdraw = sql(withdraw).bind(release).bind(text(reason)).bind(at);
                Ok(withdraw.execute(connection).await?.rows_affected())
            })
            .await
    }

    async fn discard(&self, release: i64, wave: i64) -> Result<(), LedgerError> {
        let discarded = self.base.run(How::LONG, async |connection| {
            match self.keep_hold(connection).await {
                // Whoever has the hold now has swept what this one added; what is there is theirs.
                Err(LedgerError::Busy) => return Ok(()),
                held => held?,
            }
            let rows = sql("DELETE FROM recipient WHERE release = $1 AND wave = $2");
            rows.bind(release).bind(wave).execute(&mut *connection).await?;
            drop_releases(connection, "id = $1 AND state = 0", Some(release)).await?;
            sql("DELETE FROM refusal").execute(&mut *connection).await?;
            self.let_hold_go(connection).await
        });
        discarded.await?;
        self.holds_no_more();
        Ok(())
    }

    async fn parts(&self, release: i64) -> Result<Vec<Part>, LedgerError> {
        let parts = "SELECT p.channel, p.list, p.form, c.body FROM part p JOIN content c ON c.digest = p.digest \
                     WHERE p.release = $1 ORDER BY p.part";
        let rows = self
            .base
            .run(How::LIGHT, async |connection| Ok(sql(parts).bind(release).fetch_all(connection).await?))
            .await?;
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
        from: Option<Target>,
        limit: u32,
    ) -> Result<Vec<Delivery>, LedgerError> {
        let page = "SELECT d.part, d.target, d.state, d.attempts, d.first_at, d.due_at, r.address, r.name, r.slots \
                    FROM delivery d LEFT JOIN recipient r ON r.release = d.release AND r.target = d.target \
                    WHERE d.release = $1 AND d.part = $2 AND d.target > $3 AND d.state = 0 ORDER BY d.target LIMIT $4";
        let rows = self.base.run(How::LIGHT, async |connection| {
            let page = sql(page).bind(release).bind(part).bind(after(from)).bind(i64::from(limit));
            Ok(page.fetch_all(connection).await?)
        });
        rows.await?.iter().map(read_delivery).collect()
    }

    async fn close(&self, release: i64) -> Result<(), LedgerError> {
        let close = "UPDATE release SET state = 3 WHERE id = $1 AND state = 1 AND NOT EXISTS \
                     (SELECT 1 FROM delivery WHERE release = $1 AND state IN (0, 4)) AND NOT EXISTS \
                     (SELECT 1 FROM delivery WHERE release = $1 AND state IN (1, 2, 6))";
        self.base
            .run(How::AGAIN, async |connection| {
                sql(close).bind(release).execute(connection).await?;
                Ok(())
            })
            .await
    }

    async fn forget_trial(&self, release: i64) -> Result<(), LedgerError> {
        let trials = "mode = 0 AND slug = (SELECT slug FROM release WHERE id = $1 AND mode = 0)";
        let content = "DELETE FROM content WHERE digest NOT IN (SELECT digest FROM part)";
        self.base
            .run(How::LONG, async |connection| {
                let events =
                    built(format!("DELETE FROM event WHERE release IN (SELECT id FROM release WHERE {trials})"));
                events.bind(release).execute(&mut *connection).await?;
                drop_releases(connection, trials, Some(release)).await
            })
            .await?;
        // By itself: one that another process takes into use at this moment stays, and so do all.
        let swept = self.base.run(How::AGAIN, async |connection| {
            let mut nested = connection.begin().await?;
            sql(content).execute(&mut *nested).await?;
            Ok(nested.commit().await?)
        });
        match swept.await {
            Err(LedgerError::Database(reason)) => {
                tracing::debug!("contents that nobody needs stay for now: {reason}");
                Ok(())
            }
            swept => swept,
        }
    }

    async fn totals(&self, release: i64) -> Result<Vec<(i64, Totals)>, LedgerError> {
        let count = "SELECT part, state, count(*) AS number FROM delivery WHERE release = $1 \
                     GROUP BY part, state ORDER BY part, state";
        let rows = self
            .base
            .run(How::LIGHT, async |connection| Ok(sql(count).bind(release).fetch_all(connection).await?))
            .await?;
        let mut totals: Vec<(i64, Totals)> = Vec::new();
        for row in &rows {
            let (part, state, number): (i64, i64, i64) =
                (row.try_get("part")?, row.try_get("state")?, row.try_get("number")?);
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
        let look = "SELECT target FROM suppression WHERE target = ANY ($1)";
        self.base
            .run(How::LIGHT, async |connection| {
                read_targets(&sql(look).bind(bytes(targets)).fetch_all(connection).await?)
            })
            .await
    }
}

/// Has the database count what it holds now: it would take a large new table for an empty one, and read it whole.
pub(super) async fn look_over(base: &Base) {
    let counted = base.run(How::LONG.light(), async |connection| {
        sql("ANALYZE delivery").execute(&mut *connection).await?;
        sql("ANALYZE recipient").execute(&mut *connection).await?;
        Ok(())
    });
    if let Err(error) = counted.await {
        tracing::debug!("the database does not count its rows: {error}");
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}
