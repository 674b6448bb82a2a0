//! Looking into a PostgreSQL ledger, and what a person decides there.

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::approval::forget_names;
use super::base::{How, built, sql};
use super::revision::{is_newest, left_to_newest};
use super::rows::{RELEASE, after, bytes, columns, read_form, read_release, read_target, text};
use super::{PostgresLedger, identity};
use crate::ledger::{
    AGAIN, Aside, Books, ByHand, COUNTED, DELETED, Decided, DeliveryKey, DeliveryState, Event, EventKind, LedgerError,
    Moments, Part, Passage, Release, ReleaseState, Standing, Suppression, Uses,
};
use crate::plan::Target;

/// The columns that [`read_standing`] reads, of `delivery d` and `recipient r`.
const STANDING: &str = "d.part, d.target, d.state, d.attempts, d.first_at, d.due_at, d.settled_at, d.detail, \
                        r.address, r.name";

impl Books for PostgresLedger {
    async fn releases(&self) -> Result<Vec<Release>, LedgerError> {
        let all = format!("SELECT {RELEASE} FROM release WHERE state <> 0 ORDER BY created_at DESC, id DESC");
        let rows = self.base.run(How::LIGHT, async |connection| Ok(built(all.clone()).fetch_all(connection).await?));
        rows.await?.iter().map(read_release).collect()
    }

    async fn standings(
        &self,
        release: i64,
        state: DeliveryState,
        after: Option<DeliveryKey>,
        limit: u32,
    ) -> Result<Vec<Standing>, LedgerError> {
        self.page(release, Some(state), after, limit).await
    }

    async fn deliveries(
        &self,
        release: i64,
        after: Option<DeliveryKey>,
        limit: u32,
    ) -> Result<Vec<Standing>, LedgerError> {
        self.page(release, None, after, limit).await
    }

    async fn standings_of_channels(&self, release: i64) -> Result<Vec<Standing>, LedgerError> {
        let look = "SELECT d.part, d.target, d.state, d.attempts, d.first_at, d.due_at, d.settled_at, d.detail, \
                    CAST(NULL AS TEXT) AS address, CAST(NULL AS TEXT) AS name FROM part p \
                    JOIN delivery d ON d.release = p.release AND d.part = p.part AND d.target = $2 \
                    WHERE p.release = $1 AND p.channel <> 'email' ORDER BY d.part";
        let rows = self.base.run(How::LIGHT, async |connection| {
            Ok(sql(look).bind(release).bind(&Target::CHANNEL.0[..]).fetch_all(connection).await?)
        });
        rows.await?.iter().map(read_standing).collect()
    }

    async fn outline(&self, release: i64) -> Result<Vec<Part>, LedgerError> {
        let parts = "SELECT channel, list, form FROM part WHERE release = $1 ORDER BY part";
        let rows =
            self.base.run(How::LIGHT, async |connection| Ok(sql(parts).bind(release).fetch_all(connection).await?));
        rows.await?.iter().map(read_outline).collect()
    }

    async fn moments(&self, release: i64) -> Result<Moments, LedgerError> {
        let handed = "SELECT min(first_at) AS first, max(settled_at) AS last FROM delivery \
                      WHERE release = $1 AND first_at IS NOT NULL";
        let due = "SELECT min(due_at) AS next FROM delivery WHERE release = $1 AND state IN (0, 4) AND state = 4";
        self.base
            .run(How::LIGHT, async |connection| {
                let row = sql(handed).bind(release).fetch_one(&mut *connection).await?;
                let next = sql(due).bind(release).fetch_one(connection).await?.try_get("next")?;
                Ok(Moments { first: row.try_get("first")?, last: row.try_get("last")?, next })
            })
            .await
    }

    async fn asides(&self, release: i64) -> Result<Vec<(i64, Aside)>, LedgerError> {
        let count = "SELECT part, count(*) FILTER (WHERE state = 3) AS counted, \
                     count(*) FILTER (WHERE state = 5) AS taken_out FROM delivery \
                     WHERE release = $1 AND ((state = 3 AND detail = $2) OR (state = 5 AND attempts = 0)) \
                     GROUP BY part ORDER BY part";
        let rows = self.base.run(How::LIGHT, async |connection| {
            Ok(sql(count).bind(release).bind(COUNTED).fetch_all(connection).await?)
        });
        let number = |row: &PgRow, name| Ok::<_, LedgerError>(row.try_get::<i64, _>(name)?.unsigned_abs());
        let read = |row: &PgRow| {
            let aside = Aside { counted: number(row, "counted")?, taken_out: number(row, "taken_out")? };
            Ok((row.try_get("part")?, aside))
        };
        rows.await?.iter().map(read).collect()
    }

    async fn settle_by_hand(
        &self,
        release: i64,
        key: DeliveryKey,
        detail: &str,
        at: i64,
    ) -> Result<ByHand, LedgerError> {
        let look = "SELECT state, detail FROM delivery WHERE release = $1 AND part = $2 AND target = $3 FOR UPDATE";
        let settle = "UPDATE delivery SET state = 3, detail = $4, settled_at = $5 \
                      WHERE release = $1 AND part = $2 AND target = $3";
        let target = &key.target.0[..];
        self.base
            .run(How::ONCE, async |connection| {
                let look = sql(look).bind(release).bind(key.part).bind(target);
                let row = look.fetch_optional(&mut *connection).await?;
                let state: Option<i64> = row.as_ref().map(|row| row.try_get("state")).transpose()?;
                let noted = match (state.and_then(DeliveryState::from_number), &row) {
                    (Some(DeliveryState::Pending | DeliveryState::Deferred), _) => ByHand::Done,
                    (Some(DeliveryState::Sent), Some(row)) => {
                        ByHand::Replaced(row.try_get::<Option<String>, _>("detail")?.unwrap_or_default())
                    }
                    _ => return Ok(ByHand::Elsewhere),
                };
                let settle = sql(settle).bind(release).bind(key.part).bind(target).bind(text(detail)).bind(at);
                settle.execute(connection).await?;
                Ok(noted)
            })
            .await
    }

    async fn history(&self, target: Target) -> Result<Vec<Passage>, LedgerError> {
        let look = format!(
            "SELECT {STANDING}, p.channel, p.list, p.form FROM part p \
             JOIN delivery d ON d.release = p.release AND d.part = p.part AND d.target = $2 \
             LEFT JOIN recipient r ON r.release = p.release AND r.target = $2 WHERE p.release = $1 ORDER BY p.part"
        );
        let mut history = Vec::new();
        for release in self.releases().await? {
            let rows = self.base.run(How::LIGHT, async |connection| {
                Ok(built(look.clone()).bind(release.id).bind(&target.0[..]).fetch_all(connection).await?)
            });
            for row in &rows.await? {
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
        let which = "WHERE release = $1 AND state = 6 AND ($2 OR (part, target) IN \
                     (SELECT k.part, k.target FROM UNNEST($3, $4) AS k (part, target)))";
        let again = format!(
            "UPDATE delivery SET state = 0, first_at = NULL, due_at = 0, hold_until = 0, worker = NULL, \
             settled_at = NULL, detail = $5 {which}"
        );
        let count = format!("UPDATE delivery SET state = 3, settled_at = $6, detail = $5 {which}");
        let gone = format!("DELETE FROM delivery {which}");
        let newest = format!("SELECT {} AS newest", is_newest());
        let (parts, targets) = columns(keys.unwrap_or_default());
        self.base
            .run(How::LONG.once(), async |connection| {
                let newest = built(newest.clone()).bind(release).fetch_one(&mut *connection).await?;
                let is_newest: bool = newest.try_get("newest")?;
                let chosen = |statement: &String| {
                    built(statement.clone()).bind(release).bind(keys.is_none()).bind(&parts).bind(&targets)
                };
                if decided == Decided::SendAgain && !is_newest {
                    for step in left_to_newest() {
                        chosen(&step).execute(&mut *connection).await?;
                    }
                }
                let decision = match decided {
                    Decided::SendAgain if is_newest => chosen(&again).bind(AGAIN),
                    Decided::SendAgain => chosen(&gone),
                    Decided::CountAsSent => chosen(&count).bind(COUNTED).bind(at),
                };
                let done = decision.execute(&mut *connection).await?.rows_affected();
                if done > 0 && decided == Decided::SendAgain && is_newest {
                    let reopen = sql("UPDATE release SET state = 1 WHERE id = $1 AND state = 3").bind(release);
                    reopen.execute(connection).await?;
                }
                Ok(done)
            })
            .await
    }

    async fn set_state(&self, release: i64, state: ReleaseState) -> Result<(), LedgerError> {
        let set = format!(
            "UPDATE release SET state = $2 WHERE id = $1 AND {} AND (state IN (1, 2) OR (state = 3 AND (EXISTS \
             (SELECT 1 FROM delivery WHERE release = $1 AND state IN (0, 4)) OR EXISTS \
             (SELECT 1 FROM delivery WHERE release = $1 AND state IN (1, 2, 6)))))",
            is_newest()
        );
        self.base
            .run(How::AGAIN, async |connection| {
                built(set.clone()).bind(release).bind(state as i64).execute(connection).await?;
                Ok(())
            })
            .await
    }

    async fn suppress(&self, targets: &[Target], reason: &str, at: i64) -> Result<u64, LedgerError> {
        let add = "INSERT INTO suppression (target, reason, created_at) SELECT n.target, $2, $3 \
                   FROM UNNEST($1) AS n (target) ON CONFLICT DO NOTHING";
        self.base
            .run(How::ONCE, async |connection| {
                let add = sql(add).bind(bytes(targets)).bind(text(reason)).bind(at);
                Ok(add.execute(connection).await?.rows_affected())
            })
            .await
    }

    async fn unsuppress(&self, target: Target) -> Result<bool, LedgerError> {
        self.base
            .run(How::ONCE, async |connection| {
                let done = sql("DELETE FROM suppression WHERE target = $1").bind(&target.0[..]);
                Ok(done.execute(connection).await?.rows_affected() > 0)
            })
            .await
    }

    async fn suppression(&self, target: Target) -> Result<Option<Suppression>, LedgerError> {
        let look = "SELECT reason, created_at FROM suppression WHERE target = $1";
        let read =
            |row: PgRow| Ok(Suppression { reason: row.try_get("reason")?, created_at: row.try_get("created_at")? });
        self.base
            .run(How::LIGHT, async |connection| {
                sql(look).bind(&target.0[..]).fetch_optional(connection).await?.map(read).transpose()
            })
            .await
    }

    async fn recipient_targets(
        &self,
        release: i64,
        from: Option<Target>,
        limit: u32,
    ) -> Result<Vec<(String, Target)>, LedgerError> {
        let page = "SELECT p.list, r.target FROM recipient r JOIN part p ON p.release = r.release AND p.part = r.part \
                    WHERE r.release = $1 AND r.target > $2 ORDER BY r.target LIMIT $3";
        let rows = self.base.run(How::LIGHT, async |connection| {
            Ok(sql(page).bind(release).bind(after(from)).bind(i64::from(limit)).fetch_all(connection).await?)
        });
        rows.await?.iter().map(|row| Ok((row.try_get("list")?, read_target(row)?))).collect()
    }

    async fn forget_recipients(&self, before: i64) -> Result<u64, LedgerError> {
        let old = "DELETE FROM recipient WHERE release IN (SELECT id FROM release WHERE state = 3 AND created_at < $1 \
                   AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.release = release.id \
                   AND (d.settled_at >= $1 OR d.state = 6)))";
        let forgotten = self
            .base
            .run(How::LONG, async |connection| Ok(sql(old).bind(before).execute(connection).await?.rows_affected()));
        let forgotten = forgotten.await?;
        forget_names(self, before).await?;
        Ok(forgotten)
    }

    async fn workers(&self, now: i64) -> Result<u64, LedgerError> {
        let count = "SELECT count(*) AS number FROM worker WHERE expires_at > $1";
        self.base
            .run(How::LIGHT, async |connection| {
                let row = sql(count).bind(now).fetch_one(connection).await?;
                Ok(row.try_get::<i64, _>("number")?.unsigned_abs())
            })
            .await
    }

    async fn note(&self, event: &Event) -> Result<(), LedgerError> {
        let note = "INSERT INTO event (slug, release, kind, detail, at) VALUES ($1, $2, $3, $4, $5)";
        self.base
            .run(How::ONCE, async |connection| {
                let note = sql(note).bind(&event.slug).bind(event.release).bind(event.kind.name());
                note.bind(text(&event.detail)).bind(event.at).execute(connection).await?;
                Ok(())
            })
            .await
    }

    async fn events(&self, slug: &str) -> Result<Vec<Event>, LedgerError> {
        let all = "SELECT slug, release, kind, detail, at FROM event WHERE slug = $1 ORDER BY at, id";
        let rows = self.base.run(How::LIGHT, async |connection| Ok(sql(all).bind(slug).fetch_all(connection).await?));
        rows.await?.iter().map(read_event).collect()
    }

    async fn uses(&self) -> Result<Uses, LedgerError> {
        self.base.run(How::LIGHT, async |connection| identity::uses(connection).await).await
    }

    async fn fact(&self, name: &str) -> Result<Option<String>, LedgerError> {
        self.base
            .run(How::LIGHT, async |connection| {
                let row = sql("SELECT value FROM meta WHERE name = $1").bind(name).fetch_optional(connection).await?;
                Ok(row.map(|row| row.try_get("value")).transpose()?)
            })
            .await
    }

    async fn note_fact(&self, name: &str, value: &str) -> Result<String, LedgerError> {
        let note = "INSERT INTO meta (name, value) VALUES ($1, $2) \
                    ON CONFLICT (name) DO UPDATE SET value = meta.value RETURNING value";
        self.write_fact(note, name, value).await
    }

    async fn set_fact(&self, name: &str, value: &str) -> Result<(), LedgerError> {
        let set = "INSERT INTO meta (name, value) VALUES ($1, $2) \
                   ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value RETURNING value";
        self.write_fact(set, name, value).await.map(drop)
    }
}

impl PostgresLedger {
    async fn page(
        &self,
        release: i64,
        state: Option<DeliveryState>,
        after: Option<DeliveryKey>,
        limit: u32,
    ) -> Result<Vec<Standing>, LedgerError> {
        let page = format!(
            "SELECT {STANDING} FROM delivery d LEFT JOIN recipient r ON r.release = d.release AND r.target = d.target \
             WHERE d.release = $1 AND ($2::BIGINT IS NULL OR d.state = $2) AND (d.part, d.target) > ($3, $4) \
             ORDER BY d.part, d.target LIMIT $5"
        );
        let (part, target) = after.map_or((-1, Vec::new()), |key| (key.part, key.target.0.to_vec()));
        let rows = self.base.run(How::LIGHT, async |connection| {
            let page = built(page.clone()).bind(release).bind(state.map(|state| state as i64)).bind(part);
            Ok(page.bind(&target).bind(i64::from(limit)).fetch_all(connection).await?)
        });
        rows.await?.iter().map(read_standing).collect()
    }

    async fn write_fact(&self, write: &'static str, name: &str, value: &str) -> Result<String, LedgerError> {
        self.base
            .run(How::AGAIN, async |connection| {
                Ok(sql(write).bind(name).bind(value).fetch_one(connection).await?.try_get("value")?)
            })
            .await
    }
}

fn read_event(row: &PgRow) -> Result<Event, LedgerError> {
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

fn read_outline(row: &PgRow) -> Result<Part, LedgerError> {
    let form = read_form(row)?;
    Ok(Part { channel: row.try_get("channel")?, list: row.try_get("list")?, form, body: Vec::new().into() })
}

fn read_standing(row: &PgRow) -> Result<Standing, LedgerError> {
    let number: i64 = row.try_get("state")?;
    let state = DeliveryState::from_number(number)
        .ok_or_else(|| LedgerError::Damaged(format!("a delivery has the unknown state {number}")))?;
    let target = read_target(row)?;
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
