//! Approvals in a SQLite ledger. Who was added and who is gone is compared in the database, whatever the length of the
//! lists.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, query};

use super::rows::read_digest;
use super::{SqliteLedger, json_array};
use crate::ledger::{Approval, Approvals, Approved, Changed, LedgerError, NewApproval, People};
use crate::plan::Recipient;

/// The table of [`Approvals::note_present`], which only this connection sees (sqlite.org/lang_createtable.html, TEMP).
const PRESENT: &str =
    "CREATE TEMP TABLE IF NOT EXISTS present (target BLOB PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID";

/// Who would get the post `?1` now, `?2` being the release whose wave is frozen; a target may come several times. What a
/// frozen wave has is in `recipient`, and after a month only in `delivery`.
const AUDIENCE: &str = "WITH audience (target, name) AS ( \
    SELECT d.target, '' FROM release r JOIN part p ON p.release = r.id AND p.channel = 'email' \
        JOIN delivery d ON d.release = p.release AND d.part = p.part WHERE r.slug = ?1 AND r.mode = 1 \
    UNION ALL SELECT c.target, coalesce(nullif(c.name, ''), c.address) FROM release r \
        JOIN recipient c ON c.release = r.id AND (c.wave <= r.waves OR r.id = ?2) WHERE r.slug = ?1 AND r.mode = 1 \
    UNION ALL SELECT target, name FROM temp.present) ";

impl SqliteLedger {
    async fn people(&self, sql: [&str; 2], of: (&Approval, Option<i64>), limit: u32) -> Result<People, LedgerError> {
        let [count, names] = sql.map(|sql| format!("{AUDIENCE}{sql}"));
        let (approval, freezing) = of;
        let count = query(sqlx::AssertSqlSafe(count)).bind(&approval.slug).bind(freezing).bind(approval.id);
        let count: i64 = count.fetch_one(&self.pool).await?.try_get("number")?;
        if count == 0 {
            return Ok(People::default());
        }
        let names = query(sqlx::AssertSqlSafe(names)).bind(&approval.slug).bind(freezing).bind(approval.id).bind(limit);
        let rows = names.fetch_all(&self.pool).await?;
        let names = rows.iter().map(|row| Ok(row.try_get("name")?)).collect::<Result<_, LedgerError>>()?;
        Ok(People { count: count.unsigned_abs(), names })
    }
}

impl Approvals for SqliteLedger {
    async fn note_present(&self, people: &[Recipient]) -> Result<(), LedgerError> {
        query(PRESENT).execute(&self.pool).await?;
        let rows = json_array(people.iter().map(|recipient| {
            (recipient.target, if recipient.name.is_empty() { &recipient.address } else { &recipient.name })
        }));
        let sql =
            "INSERT OR IGNORE INTO temp.present (target, name) SELECT unhex(value->>0), value->>1 FROM json_each(?)";
        query(sql).bind(rows).execute(&self.pool).await.map(drop).map_err(LedgerError::from)
    }

    async fn approve(&self, new: &NewApproval, freezing: Option<i64>) -> Result<Approval, LedgerError> {
        query(PRESENT).execute(&self.pool).await?;
        // Holding the ledger has made commits less durable, see `hold`.
        query("PRAGMA synchronous = FULL").execute(&self.pool).await?;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let sql = "INSERT INTO approval (slug, code, audience, by_whom, note, texts, created_at) \
                   VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id";
        let inserted = query(sql).bind(&new.slug).bind(&new.code[..]).bind(&new.audience[..]).bind(&new.by);
        let inserted = inserted.bind(&new.note).bind(&new.texts).bind(new.at).fetch_one(&mut *transaction).await?;
        let id: i64 = inserted.try_get("id")?;
        let people = format!(
            "{AUDIENCE} INSERT INTO approved (approval, target, name) \
             SELECT ?3, target, max(name) FROM audience GROUP BY target"
        );
        let people = query(sqlx::AssertSqlSafe(people)).bind(&new.slug).bind(freezing).bind(id);
        let people = people.execute(&mut *transaction).await?.rows_affected();
        let count = query("UPDATE approval SET people = ? WHERE id = ? RETURNING *");
        let row = count.bind(people.cast_signed()).bind(id).fetch_one(&mut *transaction).await?;
        let replaced = "DELETE FROM approved WHERE approval IN (SELECT id FROM approval WHERE slug = ? AND id <> ?)";
        query(replaced).bind(&new.slug).bind(id).execute(&mut *transaction).await?;
        transaction.commit().await?;
        read_approval(&row)
    }

    async fn approvals(&self, slug: &str) -> Result<Vec<Approval>, LedgerError> {
        let sql = "SELECT * FROM approval WHERE slug = ? ORDER BY id DESC";
        query(sql).bind(slug).fetch_all(&self.pool).await?.iter().map(read_approval).collect()
    }

    async fn revoke_approvals(&self, slug: &str, at: i64) -> Result<bool, LedgerError> {
        query("PRAGMA synchronous = FULL").execute(&self.pool).await?;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let revoked = query("UPDATE approval SET revoked_at = ? WHERE slug = ? AND revoked_at IS NULL");
        let revoked = revoked.bind(at).bind(slug).execute(&mut *transaction).await?.rows_affected();
        let people = "DELETE FROM approved WHERE approval IN (SELECT id FROM approval WHERE slug = ?)";
        query(people).bind(slug).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(revoked > 0)
    }

    async fn changed_since(
        &self,
        approval: &Approval,
        freezing: Option<i64>,
        names: u32,
    ) -> Result<Changed, LedgerError> {
        query(PRESENT).execute(&self.pool).await?;
        let added = [
            "SELECT count(DISTINCT target) AS number FROM audience \
             WHERE target NOT IN (SELECT target FROM approved WHERE approval = ?3)",
            "SELECT max(name) AS name FROM audience \
             WHERE target NOT IN (SELECT target FROM approved WHERE approval = ?3) \
             GROUP BY target HAVING max(name) <> '' ORDER BY max(name) COLLATE NOCASE, target LIMIT ?4",
        ];
        let gone = [
            "SELECT count(*) AS number FROM approved \
             WHERE approval = ?3 AND target NOT IN (SELECT target FROM audience)",
            "SELECT name FROM approved \
             WHERE approval = ?3 AND name <> '' AND target NOT IN (SELECT target FROM audience) \
             ORDER BY name COLLATE NOCASE, target LIMIT ?4",
        ];
        Ok(Changed {
            added: self.people(added, (approval, freezing), names).await?,
            gone: self.people(gone, (approval, freezing), names).await?,
        })
    }

    async fn approval_of(&self, slug: &str, code: &[u8; 32]) -> Result<Option<Approved>, LedgerError> {
        let sql = "SELECT by_whom, note, created_at FROM approval \
                   WHERE slug = ? AND code = ? AND revoked_at IS NULL ORDER BY id DESC LIMIT 1";
        let row = query(sql).bind(slug).bind(&code[..]).fetch_optional(&self.pool).await?;
        let read = |row: SqliteRow| {
            Ok(Approved { by: row.try_get("by_whom")?, note: row.try_get("note")?, at: row.try_get("created_at")? })
        };
        row.map(read).transpose()
    }
}

/// Deletes the names of people in approvals from before a time, unless a send of the post is still open. They are known by
/// their targets then.
pub(super) async fn forget_names(ledger: &SqliteLedger, before: i64) -> Result<(), LedgerError> {
    let old = "SELECT id FROM approval WHERE named = 1 AND created_at < ? \
               AND NOT EXISTS (SELECT 1 FROM release r WHERE r.slug = approval.slug AND r.mode = 1 AND r.state IN (1, 2))";
    for row in query(old).bind(before).fetch_all(&ledger.pool).await? {
        let id: i64 = row.try_get("id")?;
        let mut transaction = ledger.pool.begin_with("BEGIN IMMEDIATE").await?;
        query("UPDATE approved SET name = '' WHERE approval = ?").bind(id).execute(&mut *transaction).await?;
        query("UPDATE approval SET named = 0 WHERE id = ?").bind(id).execute(&mut *transaction).await?;
        transaction.commit().await?;
    }
    Ok(())
}

fn read_approval(row: &SqliteRow) -> Result<Approval, LedgerError> {
    Ok(Approval {
        id: row.try_get("id")?,
        slug: row.try_get("slug")?,
        code: read_digest(row, "code")?,
        audience: read_digest(row, "audience")?,
        by: row.try_get("by_whom")?,
        note: row.try_get("note")?,
        texts: row.try_get("texts")?,
        people: row.try_get::<i64, _>("people")?.unsigned_abs(),
        at: row.try_get("created_at")?,
        revoked_at: row.try_get("revoked_at")?,
    })
}
