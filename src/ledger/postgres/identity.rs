//! Which record this is, how far it is, and who bears witness to that outside the database.
//!
//! Each marking and each settling of a real release counts as a use, in its own transaction and in the worker's own row,
//! so that workers do not wait for one another. A backup that was put back is behind what the witness saw.

use std::path::Path;

use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::base::{How, sql};
use super::{PostgresLedger, random};
use crate::ledger::{Books, Heard, LedgerError, Uses, Witness, Worker};

/// The fact that tells this record from all others, wherever it lies.
const SELF: &str = "self";

impl PostgresLedger {
    /// The identity, made at random with the record. A copy of the database has the same.
    ///
    /// # Errors
    /// The database's.
    pub async fn identity(&self) -> Result<String, LedgerError> {
        if let Some(identity) = self.fact(SELF).await? {
            return Ok(identity);
        }
        self.note_fact(SELF, &hex(&random()?)).await
    }

    /// A new identity: what is said of the record so far is not meant for it any more.
    ///
    /// # Errors
    /// The database's.
    pub async fn renew_identity(&self) -> Result<(), LedgerError> {
        self.set_fact(SELF, &hex(&random()?)).await
    }

    /// Has each use of this record noted in the folder `state`. Says what stands there.
    ///
    /// # Errors
    /// The database's.
    pub async fn attend(&self, state: Option<&Path>) -> Result<Heard, LedgerError> {
        // No file can lie beside it: this one speaks for its address, as far as this user goes.
        let place = Sha256::digest(&self.place);
        let name = place[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>() + ".place";
        let beside = state.map(|folder| folder.join(name));
        let witness = Witness::new(&self.identity().await?, beside, state);
        let heard = witness.heard();
        *self.witness.lock().expect("no holder panics") = Some(witness);
        Ok(heard)
    }

    /// Writes something durably and takes it away again.
    ///
    /// # Errors
    /// Why it cannot be written to.
    pub async fn try_write(&self) -> Result<(), LedgerError> {
        self.base
            .run(How::AGAIN, async |connection| {
                let write = "INSERT INTO meta (name, value) VALUES ('a trial', '') ON CONFLICT DO NOTHING";
                sql(write).execute(&mut *connection).await?;
                sql("DELETE FROM meta WHERE name = 'a trial'").execute(connection).await?;
                Ok(())
            })
            .await
    }

    /// The newest time of all that is noted, in milliseconds since 1970.
    ///
    /// # Errors
    /// The database's.
    pub async fn newest(&self) -> Result<Option<i64>, LedgerError> {
        let newest = "SELECT max(at) AS at FROM (SELECT max(created_at) AS at FROM release \
                      UNION ALL SELECT max(first_at) FROM delivery UNION ALL SELECT max(settled_at) FROM delivery \
                      UNION ALL SELECT max(at) FROM event UNION ALL SELECT max(created_at) FROM suppression) AS all_of_them";
        self.base
            .run(How::LONG.light(), async |connection| Ok(sql(newest).fetch_one(connection).await?.try_get("at")?))
            .await
    }

    /// Tells the witness, if there is one.
    pub(super) fn testify(&self, uses: Option<i64>, at: i64) {
        let witness = self.witness.lock().expect("no holder panics");
        if let (Some(witness), Some(uses)) = (witness.as_ref(), uses) {
            witness.note(uses, at);
        }
    }

    /// Tells the witness how far the record is at the end of a run, so that it outlives the machine.
    pub(super) async fn testify_at_the_end(&self) -> Result<(), LedgerError> {
        if self.witness.lock().expect("no holder panics").is_none() {
            return Ok(());
        }
        let uses = self.uses().await?;
        if let (Some(witness), Some(at)) = (self.witness.lock().expect("no holder panics").as_ref(), uses.at) {
            witness.conclude(uses.count, at);
        }
        Ok(())
    }
}

/// How far the record is: what workers that are gone counted, and what those count that are there.
pub(super) async fn uses(connection: &mut PgConnection) -> Result<Uses, LedgerError> {
    let sum = "SELECT CAST(coalesce((SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'uses'), 0) \
               + coalesce(sum(uses), 0) AS BIGINT) AS uses, \
               greatest((SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'used_at'), max(used_at)) AS used_at \
               FROM worker";
    let row = sql(sum).fetch_one(connection).await?;
    Ok(Uses { count: row.try_get("uses")?, at: row.try_get("used_at")? })
}

/// Counts a use of a real release within the caller's transaction, and says how many there are; `None` for a trial, and
/// for a worker that was given up.
pub(super) async fn count_use(
    connection: &mut PgConnection,
    worker: &Worker,
    release: i64,
    now: i64,
) -> Result<Option<i64>, LedgerError> {
    let count = "UPDATE worker SET uses = uses + 1, used_at = $3 WHERE id = $1 AND token = $4 \
                 AND EXISTS (SELECT 1 FROM release WHERE id = $2 AND mode = 1)";
    let count = sql(count).bind(worker.id).bind(release).bind(now).bind(&worker.token[..]);
    match count.execute(&mut *connection).await?.rows_affected() {
        0 => Ok(None),
        _ => Ok(Some(uses(connection).await?.count)),
    }
}

/// Takes a worker off the record; what it counted stays.
pub(super) async fn strike_out(connection: &mut PgConnection, worker: i64) -> Result<(), LedgerError> {
    let strike = "WITH gone AS (DELETE FROM worker WHERE id = $1 RETURNING uses, used_at) \
                  INSERT INTO meta (name, value) SELECT n.name, CAST(n.value AS TEXT) FROM gone CROSS JOIN LATERAL \
                  (VALUES ('uses', gone.uses), ('used_at', gone.used_at)) AS n (name, value) WHERE gone.uses > 0 \
                  ON CONFLICT (name) DO UPDATE SET value = CAST(CASE meta.name \
                  WHEN 'uses' THEN CAST(meta.value AS BIGINT) + CAST(EXCLUDED.value AS BIGINT) \
                  ELSE greatest(CAST(meta.value AS BIGINT), CAST(EXCLUDED.value AS BIGINT)) END AS TEXT)";
    sql(strike).bind(worker).execute(connection).await?;
    Ok(())
}

fn hex(bytes: &[u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
