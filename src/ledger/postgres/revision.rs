//! The revisions of a post in a PostgreSQL ledger.

use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::PostgresLedger;
use super::base::{How, built, sql};
use super::rows::{RELEASE, bytes, read_release, read_target, read_targets, text};
use crate::ledger::revision::{SettledMail, last_of};
use crate::ledger::{DeliveryState, Event, EventKind, LastMail, LedgerError, Mode, Purpose, Release, Revisions};
use crate::plan::Target;

/// The sealed revisions before release $1.
const OLDER: &str = "SELECT o.id FROM release n JOIN release o ON o.slug = n.slug AND o.mode = n.mode \
                     AND o.revision < n.revision AND o.state <> 0 WHERE n.id = $1";

/// Whose mails count as known.
const REACHED: &str = "d.state NOT IN (0, 4)";
const REACHED_OR_WAITING: &str = "d.state NOT IN (0, 4) OR e.id = $1";

/// Of the mails of release $1 and its earlier revisions to targets $2, of which this holds.
fn mails_sql(what: &str, holds: &str) -> String {
    format!(
        "SELECT {what} FROM release n JOIN release e ON e.slug = n.slug AND e.mode = n.mode \
         AND e.revision <= n.revision AND (e.state <> 0 OR e.id = n.id) \
         JOIN part p ON p.release = e.id AND p.channel = 'email' \
         JOIN delivery d ON d.release = e.id AND d.part = p.part \
         WHERE d.target = ANY ($2) AND n.id = $1 AND ({holds})"
    )
}

/// Holds where release $1 is the newest of its post: one whose place was taken is never opened again.
pub(super) fn is_newest() -> &'static str {
    "NOT EXISTS (SELECT 1 FROM release o JOIN release n ON n.slug = o.slug AND n.mode = o.mode \
     AND n.revision > o.revision AND n.state <> 0 WHERE o.id = $1)"
}

impl Revisions for PostgresLedger {
    async fn revisions(&self, slug: &str, mode: Mode) -> Result<Vec<Release>, LedgerError> {
        let all = format!(
            "SELECT {RELEASE} FROM release WHERE slug = $1 AND mode = $2 AND state <> 0 ORDER BY revision DESC"
        );
        let rows = self.base.run(How::LIGHT, async |connection| {
            Ok(built(all.clone()).bind(slug).bind(mode as i64).fetch_all(connection).await?)
        });
        rows.await?.iter().map(read_release).collect()
    }

    async fn reached(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        self.known_of(release, targets, REACHED).await
    }

    async fn last_mails(&self, release: i64, targets: &[Target]) -> Result<Vec<LastMail>, LedgerError> {
        let look = mails_sql("d.target, e.id AS release, e.revision, d.part, d.state", "d.state IN (3, 5, 6)");
        self.base
            .run(How::LIGHT, async |connection| {
                let look = built(look.clone()).bind(release).bind(bytes(targets));
                let settled = look.fetch_all(connection).await?;
                let settled = settled.iter().map(|row| {
                    let mail = LastMail {
                        target: read_target(row)?,
                        release: row.try_get("release")?,
                        part: row.try_get("part")?,
                    };
                    let arrived = row.try_get::<i64, _>("state")? != DeliveryState::Failed as i64;
                    Ok(SettledMail { revision: row.try_get("revision")?, mail, arrived })
                });
                Ok(last_of(settled.collect::<Result<Vec<_>, LedgerError>>()?))
            })
            .await
    }

    async fn waiting_for(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        let look = "SELECT DISTINCT d.target FROM part p JOIN delivery d ON d.release = p.release AND d.part = p.part \
                    WHERE d.target = ANY ($2) AND p.release = $1 AND p.channel = 'email' AND d.state IN (0, 4)";
        self.base
            .run(How::LIGHT, async |connection| {
                read_targets(&sql(look).bind(release).bind(bytes(targets)).fetch_all(connection).await?)
            })
            .await
    }

    async fn held(&self, release: i64, now: i64) -> Result<u64, LedgerError> {
        let count = "SELECT count(*) AS number FROM delivery d JOIN worker w ON w.id = d.worker \
                     WHERE d.release = $1 AND d.state IN (1, 2) AND w.expires_at > $2";
        self.base
            .run(How::LIGHT, async |connection| {
                let row = sql(count).bind(release).bind(now).fetch_one(connection).await?;
                Ok(row.try_get::<i64, _>("number")?.unsigned_abs())
            })
            .await
    }

    async fn go_on(&self, event: &Event, open: Option<i64>, stops: u64) -> Result<bool, LedgerError> {
        let count = "SELECT count(*) AS number FROM event WHERE slug = $1 AND kind = $2";
        let note = "INSERT INTO event (slug, release, kind, detail, at) VALUES ($1, $2, $3, $4, $5)";
        let reopen = format!("UPDATE release SET state = 1 WHERE id = $1 AND state = 2 AND {}", is_newest());
        self.base
            .run(How::ONCE, async |connection| {
                // Against a stop that opens or shuts the same release at this moment.
                sql("SELECT id FROM release WHERE id = $1 FOR UPDATE").bind(open).execute(&mut *connection).await?;
                let count = sql(count).bind(&event.slug).bind(EventKind::Stopped.name());
                let number: i64 = count.fetch_one(&mut *connection).await?.try_get("number")?;
                if number.unsigned_abs() > stops {
                    return Ok(false);
                }
                let note = sql(note).bind(&event.slug).bind(event.release).bind(event.kind.name());
                note.bind(text(&event.detail)).bind(event.at).execute(&mut *connection).await?;
                if let Some(release) = open {
                    built(reopen.clone()).bind(release).execute(connection).await?;
                }
                Ok(true)
            })
            .await
    }
}

impl PostgresLedger {
    /// Those of the targets who have a mail, or for whom one of the release itself waits.
    pub(super) async fn known_or_waiting(&self, release: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        self.known_of(release, targets, REACHED_OR_WAITING).await
    }

    /// Those of the targets of one of whose mails this holds.
    async fn known_of(&self, release: i64, targets: &[Target], holds: &str) -> Result<Vec<Target>, LedgerError> {
        let look = mails_sql("DISTINCT d.target", holds);
        self.base
            .run(How::LIGHT, async |connection| {
                let look = built(look.clone()).bind(release).bind(bytes(targets));
                read_targets(&look.fetch_all(connection).await?)
            })
            .await
    }
}

/// Has a new revision, whose recipients are there and whose deliveries are not yet, take the place of the earlier ones.
///
/// # Errors
/// [`LedgerError::InHand`] when an earlier one is being sent, or was since the recipients were added; for a correction, when
/// something waits of what it corrects.
pub(super) async fn take_place(connection: &mut PgConnection, release: i64) -> Result<(), LedgerError> {
    // Whoever claims or marks has the release locked until that is done: after this, what they did is seen.
    let lock = format!("SELECT id FROM release WHERE id IN ({OLDER}) ORDER BY id FOR UPDATE");
    built(lock).bind(release).execute(&mut *connection).await?;
    let purpose = sql("SELECT purpose FROM release WHERE id = $1").bind(release).fetch_one(&mut *connection).await?;
    let correction = purpose.try_get::<i64, _>("purpose")? == Purpose::Correction as i64;
    // One of the new recipients has it; or, before a correction, something waits that is not for a person to post.
    let too_soon = if correction {
        format!(
            "SELECT 1 FROM release o JOIN part p ON p.release = o.id \
             JOIN delivery d ON d.release = p.release AND d.part = p.part \
             WHERE o.id IN ({OLDER}) AND o.purpose = 0 AND p.form <> 2 AND d.state IN (0, 4)"
        )
    } else {
        format!(
            "SELECT 1 FROM part p JOIN delivery d ON d.release = p.release AND d.part = p.part \
             JOIN recipient r ON r.release = $1 AND r.target = d.target \
             WHERE p.release IN ({OLDER}) AND p.channel = 'email' AND d.state NOT IN (0, 4)"
        )
    };
    let is_in_hand = format!(
        "SELECT EXISTS (SELECT 1 FROM delivery WHERE release IN ({OLDER}) AND state IN (1, 2)) \
         OR EXISTS ({too_soon}) AS found"
    );
    if built(is_in_hand).bind(release).fetch_one(&mut *connection).await?.try_get("found")? {
        return Err(LedgerError::InHand);
    }
    for step in [
        format!("DELETE FROM delivery WHERE release IN ({OLDER}) AND state IN (0, 4)"),
        format!("UPDATE release SET state = 3 WHERE id IN ({OLDER})"),
    ] {
        built(step).bind(release).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Makes the deliveries of a release's channels other than mail: of a publication, but for those that an earlier revision
/// has served.
pub(super) async fn add_channels(connection: &mut PgConnection, release: i64) -> Result<(), LedgerError> {
    let add = format!(
        "INSERT INTO delivery (release, part, target, state) SELECT p.release, p.part, $2, 0 FROM part p \
         WHERE p.release = $1 AND p.channel <> 'email' AND ((SELECT purpose FROM release WHERE id = $1) = 1 \
         OR NOT EXISTS (SELECT 1 FROM part q JOIN delivery d ON d.release = q.release AND d.part = q.part \
         WHERE q.release IN ({OLDER}) AND q.channel = p.channel))"
    );
    built(add).bind(release).bind(&Target::CHANNEL.0[..]).execute(connection).await?;
    Ok(())
}

/// The steps that leave what is in doubt of an earlier revision, and is to be sent again, to the newest one, since of the
/// earlier one nothing is sent any more: members are taken up as new, a channel gets the newest text. Of release $1, all of
/// it ($2) or what parts $3 and targets $4 name.
pub(super) fn left_to_newest() -> [String; 3] {
    const CHOSEN: &str = "d.release = $1 AND d.state = 6 AND ($2 OR (d.part, d.target) IN \
                          (SELECT k.part, k.target FROM UNNEST($3, $4) AS k (part, target)))";
    const NEWEST: &str = "(SELECT n.id FROM release o JOIN release n ON n.slug = o.slug AND n.mode = o.mode AND n.state <> 0 \
                          WHERE o.id = $1 ORDER BY n.revision DESC LIMIT 1)";
    [
        format!(
            "INSERT INTO delivery (release, part, target, state) SELECT n.id, q.part, d.target, 0 FROM delivery d \
             JOIN part p ON p.release = d.release AND p.part = d.part AND p.channel <> 'email' \
             JOIN release n ON n.id = {NEWEST} AND n.purpose = 0 JOIN part q ON q.release = n.id AND q.channel = p.channel \
             WHERE {CHOSEN} AND NOT EXISTS (SELECT 1 FROM delivery x WHERE x.release = n.id AND x.part = q.part)"
        ),
        format!(
            "UPDATE release r SET state = 1 WHERE r.id = {NEWEST} AND r.state = 3 \
             AND EXISTS (SELECT 1 FROM delivery x WHERE x.release = r.id AND x.state = 0) \
             AND EXISTS (SELECT 1 FROM delivery d WHERE {CHOSEN})"
        ),
        format!(
            "DELETE FROM recipient r WHERE r.release = $1 AND EXISTS \
             (SELECT 1 FROM delivery d WHERE d.target = r.target AND {CHOSEN})"
        ),
    ]
}
