//! The revisions of a post in a SQLite ledger.

use sqlx::{Row, Sqlite, Transaction, query};

use super::beside::Holder;
use super::rows::{read_release, read_target};
use super::{SqliteLedger, json_array};
use crate::ledger::revision::{SettledMail, last_of};
use crate::ledger::{DeliveryState, Event, EventKind, LastMail, LedgerError, Mode, Purpose, Release, Revisions};
use crate::plan::Target;

/// The sealed revisions before release ?1.
const OLDER: &str = "SELECT o.id FROM release n JOIN release o ON o.slug = n.slug AND o.mode = n.mode \
                     AND o.revision < n.revision AND o.state <> 0 WHERE n.id = ?1";

/// Holds where a release is the newest of its post: one whose place was taken is never opened again.
pub(super) const IS_NEWEST: &str = "NOT EXISTS (SELECT 1 FROM release o JOIN release n ON n.slug = o.slug \
                                    AND n.mode = o.mode AND n.revision > o.revision AND n.state <> 0 WHERE o.id = ?1)";

/// Whose mails count as known.
const REACHED: &str = "d.state NOT IN (0, 4)";
const REACHED_OR_WAITING: &str = "d.state NOT IN (0, 4) OR e.id = ?1";

/// Of the mails of release ?1 and its earlier revisions to targets ?2, of which this holds.
fn mails_sql(what: &str, holds: &str) -> String {
    format!(
        "SELECT {what} FROM release n CROSS JOIN release e ON e.slug = n.slug AND e.mode = n.mode \
         AND e.revision <= n.revision AND (e.state <> 0 OR e.id = n.id) \
         CROSS JOIN part p ON p.release = e.id AND p.channel = 'email' \
         CROSS JOIN delivery d ON d.release = e.id AND d.part = p.part \
         AND d.target IN (SELECT unhex(value) FROM json_each(?2)) \
         WHERE n.id = ?1 AND ({holds})"
    )
}

impl Revisions for SqliteLedger {
    async fn revisions(&self, slug: &str, mode: Mode) -> Result<Vec<Release>, LedgerError> {
        let sql = "SELECT * FROM release WHERE slug = ? AND mode = ? AND state <> 0 ORDER BY revision DESC";
        query(sql).bind(slug).bind(mode as i64).fetch_all(&self.pool).await?.iter().map(read_release).collect()
    }

    async fn reached(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        self.known_of(release, targets, REACHED).await
    }

    async fn last_mails(&self, release: i64, targets: &[Target]) -> Result<Vec<LastMail>, LedgerError> {
        let sql = mails_sql("d.target, e.id AS release, e.revision, d.part, d.state", "d.state IN (3, 5, 6)");
        let query = query(sqlx::AssertSqlSafe(sql)).bind(release).bind(json_array(targets));
        let rows = query.fetch_all(&self.pool).await?;
        let settled = rows.iter().map(|row| {
            let mail = LastMail {
                target: read_target(row, "target")?,
                release: row.try_get("release")?,
                part: row.try_get("part")?,
            };
            let arrived = row.try_get::<i64, _>("state")? != DeliveryState::Failed as i64;
            Ok(SettledMail { revision: row.try_get("revision")?, mail, arrived })
        });
        Ok(last_of(settled.collect::<Result<Vec<_>, LedgerError>>()?))
    }

    async fn waiting_for(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        let sql = "SELECT DISTINCT d.target FROM part p CROSS JOIN delivery d ON d.release = p.release AND d.part = p.part \
                   AND d.target IN (SELECT unhex(value) FROM json_each(?2)) \
                   WHERE p.release = ?1 AND p.channel = 'email' AND d.state IN (0, 4)";
        let rows = query(sql).bind(release).bind(json_array(targets)).fetch_all(&self.pool).await?;
        rows.iter().map(|row| read_target(row, "target")).collect()
    }

    /// The lock of a process says more than its last sign of life: it ends with the process.
    async fn held(&self, release: i64, _now: i64) -> Result<u64, LedgerError> {
        let sql = "SELECT w.token, count(*) AS number FROM worker w CROSS JOIN delivery d ON d.worker = w.id \
                   AND d.state IN (1, 2) WHERE d.release = ? GROUP BY w.id";
        let mut held = 0;
        for row in query(sql).bind(release).fetch_all(&self.pool).await? {
            let token: Vec<u8> = row.try_get("token")?;
            let token = token.try_into().map_err(|_| LedgerError::Damaged("a worker has no token".to_owned()))?;
            if matches!(self.beside()?.holder(&token)?, Holder::Lives) {
                held += row.try_get::<i64, _>("number")?.unsigned_abs();
            }
        }
        Ok(held)
    }

    async fn go_on(&self, event: &Event, open: Option<i64>, stops: u64) -> Result<bool, LedgerError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let count = "SELECT count(*) AS number FROM event WHERE slug = ? AND kind = ?";
        let count = query(count).bind(&event.slug).bind(EventKind::Stopped.name());
        let number: i64 = count.fetch_one(&mut *transaction).await?.try_get("number")?;
        if number.unsigned_abs() > stops {
            return Ok(false);
        }
        let note = query("INSERT INTO event (slug, release, kind, detail, at) VALUES (?, ?, ?, ?, ?)");
        let note = note.bind(&event.slug).bind(event.release).bind(event.kind.name());
        note.bind(&event.detail).bind(event.at).execute(&mut *transaction).await?;
        if let Some(release) = open {
            let sql = format!("UPDATE release SET state = 1 WHERE id = ?1 AND state = 2 AND {IS_NEWEST}");
            query(sqlx::AssertSqlSafe(sql)).bind(release).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

impl SqliteLedger {
    /// Those of the targets who have a mail, or for whom one of the release itself waits.
    pub(super) async fn known_or_waiting(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        self.known_of(release, targets, REACHED_OR_WAITING).await
    }

    /// Those of the targets of one of whose mails this holds.
    async fn known_of(&self, release: i64, targets: &[Target], holds: &str) -> Result<Vec<Target>, LedgerError> {
        let query =
            query(sqlx::AssertSqlSafe(mails_sql("DISTINCT d.target", holds))).bind(release).bind(json_array(targets));
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(|row| read_target(row, "target")).collect()
    }
}

/// Has a new revision, whose recipients are there and whose deliveries are not yet, take the place of the earlier ones.
///
/// # Errors
/// [`LedgerError::InHand`] when an earlier one is being sent, or was since the recipients were added; for a correction, when
/// something waits of what it corrects.
pub(super) async fn take_place(transaction: &mut Transaction<'_, Sqlite>, release: i64) -> Result<(), LedgerError> {
    let run = |what: &str| what.replace("{OLDER}", OLDER);
    let correction = is_correction(transaction, release).await?;
    let is_in_hand = run(if correction { CORRECTS_TOO_SOON } else { IS_IN_HAND });
    let row = query(sqlx::AssertSqlSafe(is_in_hand)).bind(release).fetch_one(&mut **transaction).await?;
    if row.try_get("found")? {
        return Err(LedgerError::InHand);
    }
    for step in [
        "DELETE FROM delivery WHERE release IN ({OLDER}) AND state IN (0, 4)",
        "UPDATE release SET state = 3 WHERE id IN ({OLDER})",
    ] {
        query(sqlx::AssertSqlSafe(run(step))).bind(release).execute(&mut **transaction).await?;
    }
    Ok(())
}

async fn is_correction(transaction: &mut Transaction<'_, Sqlite>, release: i64) -> Result<bool, LedgerError> {
    let row = query("SELECT purpose FROM release WHERE id = ?").bind(release).fetch_one(&mut **transaction).await?;
    Ok(row.try_get::<i64, _>("purpose")? == Purpose::Correction as i64)
}

/// Whether something of an earlier revision is in hand, or one of the new recipients has it.
const IS_IN_HAND: &str = "SELECT EXISTS (SELECT 1 FROM delivery WHERE release IN ({OLDER}) AND state IN (1, 2)) \
    OR EXISTS (SELECT 1 FROM part p CROSS JOIN recipient r CROSS JOIN delivery d ON d.release = p.release \
    AND d.part = p.part AND d.target = r.target WHERE p.release IN ({OLDER}) AND p.channel = 'email' \
    AND r.release = ?1 AND d.state NOT IN (0, 4)) AS found";

/// Whether something is in hand, or waits of a publication that is not for a person to post.
const CORRECTS_TOO_SOON: &str = "SELECT EXISTS (SELECT 1 FROM delivery WHERE release IN ({OLDER}) AND state IN (1, 2)) \
    OR EXISTS (SELECT 1 FROM release o CROSS JOIN part p CROSS JOIN delivery d ON d.release = p.release \
    AND d.part = p.part WHERE o.id IN ({OLDER}) AND o.purpose = 0 AND p.release = o.id AND p.form <> 2 \
    AND d.state IN (0, 4)) AS found";

/// Makes the deliveries of a release's channels other than mail: of a publication, but for those that an earlier revision
/// has served.
pub(super) async fn add_channels(transaction: &mut Transaction<'_, Sqlite>, release: i64) -> Result<(), LedgerError> {
    let sql = format!(
        "INSERT INTO delivery (release, part, target, state) \
         SELECT p.release, p.part, zeroblob(16), 0 FROM part p WHERE p.release = ?1 AND p.channel <> 'email' \
         AND ((SELECT purpose FROM release WHERE id = ?1) = 1 OR NOT EXISTS (SELECT 1 FROM part q JOIN delivery d ON d.release = q.release AND d.part = q.part \
         WHERE q.release IN ({OLDER}) AND q.channel = p.channel))"
    );
    query(sqlx::AssertSqlSafe(sql)).bind(release).execute(&mut **transaction).await?;
    Ok(())
}

/// Leaves what is in doubt of an earlier revision, and is to be sent again, to the newest one, since of the earlier one nothing
/// is sent any more: members are taken up as new, a channel gets the newest text. `keys` as in [`Books::resolve`].
///
/// [`Books::resolve`]: crate::ledger::Books::resolve
pub(super) async fn leave_to_newest(
    transaction: &mut Transaction<'_, Sqlite>,
    release: i64,
    keys: Option<&str>,
) -> Result<(), LedgerError> {
    for step in [
        "INSERT INTO delivery (release, part, target, state) SELECT n.id, q.part, d.target, 0 FROM delivery d \
         JOIN part p ON p.release = d.release AND p.part = d.part AND p.channel <> 'email' \
         JOIN release n ON n.id = {NEWEST} AND n.purpose = 0 JOIN part q ON q.release = n.id AND q.channel = p.channel \
         WHERE {CHOSEN} AND NOT EXISTS (SELECT 1 FROM delivery x WHERE x.release = n.id AND x.part = q.part)",
        "UPDATE release SET state = 1 WHERE id = {NEWEST} AND state = 3 \
         AND EXISTS (SELECT 1 FROM delivery x WHERE x.release = {NEWEST} AND x.state = 0) \
         AND EXISTS (SELECT 1 FROM delivery d WHERE {CHOSEN})",
        "DELETE FROM recipient WHERE release = ?1 AND target IN (SELECT d.target FROM delivery d WHERE {CHOSEN})",
    ] {
        let step = step.replace("{NEWEST}", NEWEST).replace("{CHOSEN}", CHOSEN);
        query(sqlx::AssertSqlSafe(step)).bind(release).bind(keys).execute(&mut **transaction).await?;
    }
    Ok(())
}

/// The newest sealed revision of the post of release ?1.
const NEWEST: &str = "(SELECT n.id FROM release o JOIN release n ON n.slug = o.slug AND n.mode = o.mode AND n.state <> 0 \
                      WHERE o.id = ?1 ORDER BY n.revision DESC LIMIT 1)";

/// What is in doubt of release ?1 and named by keys ?2, or all of it.
const CHOSEN: &str = "d.release = ?1 AND d.state = 6 AND (?2 IS NULL OR \
                      (d.part || ' ' || hex(d.target)) IN (SELECT value FROM json_each(?2)))";
