//! Approvals in a PostgreSQL ledger. Who was added and who is gone is compared in the database, whatever the length of the
//! lists. Who would get a post now and is in no release stands in a table under this object's own mark: a pooler may give
//! the next transaction another session, which would not see a temporary one.

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::PostgresLedger;
use super::base::{CLOCK, How, built, sql};
use super::keeper::sweep_present;
use super::rows::{bytes, read_digest, text};
use crate::ledger::{Approval, Approvals, Approved, Changed, LedgerError, NewApproval, People};
use crate::plan::Recipient;

/// Who would get the post $1 now, $2 being the release whose wave is frozen, for the object $4; a target may come several
/// times. What a frozen wave has is in `recipient`, and after a month only in `delivery`.
const AUDIENCE: &str = "WITH audience (target, name) AS ( \
    SELECT d.target, '' FROM release r JOIN part p ON p.release = r.id AND p.channel = 'email' \
        JOIN delivery d ON d.release = p.release AND d.part = p.part WHERE r.slug = $1 AND r.mode = 1 \
    UNION ALL SELECT c.target, coalesce(nullif(c.name, ''), c.address) FROM release r \
        JOIN recipient c ON c.release = r.id AND (c.wave <= r.waves OR r.id = $2) WHERE r.slug = $1 AND r.mode = 1 \
    UNION ALL SELECT target, name FROM present WHERE owner = $4) ";
/// The columns that [`read_approval`] reads.
const APPROVAL: &str = "id, slug, code, audience, by_whom, note, texts, people, created_at, revoked_at";
/// By name, whatever the case, and the same on every server.
const BY_NAME: &str = "lower(name) COLLATE \"C\", target";

impl PostgresLedger {
    async fn people(&self, sql: [String; 2], of: (&Approval, Option<i64>), limit: u32) -> Result<People, LedgerError> {
        let [count, names] = sql.map(|sql| format!("{AUDIENCE}{sql}"));
        let (approval, freezing) = of;
        self.base
            .run(How::LONG.light(), async |connection| {
                let count = built(count.clone()).bind(&approval.slug).bind(freezing).bind(approval.id);
                let count: i64 = count.bind(&self.owner[..]).fetch_one(&mut *connection).await?.try_get("number")?;
                if count == 0 {
                    return Ok(People::default());
                }
                let names = built(names.clone()).bind(&approval.slug).bind(freezing).bind(approval.id);
                let rows = names.bind(&self.owner[..]).bind(i64::from(limit)).fetch_all(connection).await?;
                let names = rows.iter().map(|row| Ok(row.try_get("name")?)).collect::<Result<_, LedgerError>>()?;
                Ok(People { count: count.unsigned_abs(), names })
            })
            .await
    }
}

impl Approvals for PostgresLedger {
    async fn note_present(&self, people: &[Recipient]) -> Result<(), LedgerError> {
        self.keep();
        let note = format!(
            "INSERT INTO present (owner, target, name, noted_at) SELECT $1, n.target, n.name, {CLOCK} \
             FROM UNNEST($2, $3) AS n (target, name) ON CONFLICT DO NOTHING"
        );
        let targets: Vec<_> = people.iter().map(|recipient| recipient.target).collect();
        let named = |recipient: &Recipient| {
            let name = if recipient.name.is_empty() { &recipient.address } else { &recipient.name };
            text(name).into_owned()
        };
        let names: Vec<_> = people.iter().map(named).collect();
        self.base
            .run(How::LIGHT, async |connection| {
                sweep_present(connection).await?;
                let note = built(note.clone()).bind(&self.owner[..]).bind(bytes(&targets)).bind(&names);
                note.execute(connection).await?;
                Ok(())
            })
            .await
    }

    async fn approve(&self, new: &NewApproval, freezing: Option<i64>) -> Result<Approval, LedgerError> {
        let insert = "INSERT INTO approval (slug, code, audience, by_whom, note, texts, created_at) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
        let people = format!(
            "{AUDIENCE} INSERT INTO approved (approval, target, name) \
             SELECT $3, target, max(name) FROM audience GROUP BY target"
        );
        let count = format!("UPDATE approval SET people = $1 WHERE id = $2 RETURNING {APPROVAL}");
        let replaced = "DELETE FROM approved WHERE approval IN (SELECT id FROM approval WHERE slug = $1 AND id <> $2)";
        self.base
            .run(How::LONG.once(), async |connection| {
                let insert = sql(insert).bind(&new.slug).bind(&new.code[..]).bind(&new.audience[..]);
                let insert = insert.bind(text(&new.by)).bind(text(&new.note)).bind(text(&new.texts)).bind(new.at);
                let id: i64 = insert.fetch_one(&mut *connection).await?.try_get("id")?;
                let people = built(people.clone()).bind(&new.slug).bind(freezing).bind(id).bind(&self.owner[..]);
                let people = people.execute(&mut *connection).await?.rows_affected();
                let count = built(count.clone()).bind(people.cast_signed()).bind(id);
                let row = count.fetch_one(&mut *connection).await?;
                sql(replaced).bind(&new.slug).bind(id).execute(connection).await?;
                read_approval(&row)
            })
            .await
    }

    async fn approvals(&self, slug: &str) -> Result<Vec<Approval>, LedgerError> {
        let all = format!("SELECT {APPROVAL} FROM approval WHERE slug = $1 ORDER BY id DESC");
        let rows = self
            .base
            .run(How::LIGHT, async |connection| Ok(built(all.clone()).bind(slug).fetch_all(connection).await?));
        rows.await?.iter().map(read_approval).collect()
    }

    async fn revoke_approvals(&self, slug: &str, at: i64) -> Result<bool, LedgerError> {
        let revoke = "UPDATE approval SET revoked_at = $1 WHERE slug = $2 AND revoked_at IS NULL";
        let people = "DELETE FROM approved WHERE approval IN (SELECT id FROM approval WHERE slug = $1)";
        self.base
            .run(How::ONCE, async |connection| {
                let revoked = sql(revoke).bind(at).bind(slug).execute(&mut *connection).await?.rows_affected();
                sql(people).bind(slug).execute(connection).await?;
                Ok(revoked > 0)
            })
            .await
    }

    async fn changed_since(
        &self,
        approval: &Approval,
        freezing: Option<i64>,
        names: u32,
    ) -> Result<Changed, LedgerError> {
        let others = "WHERE NOT EXISTS (SELECT 1 FROM approved a WHERE a.approval = $3 AND a.target = audience.target)";
        let added = [
            format!("SELECT count(DISTINCT target) AS number FROM audience {others}"),
            format!(
                "SELECT name FROM (SELECT target, max(name) AS name FROM audience {others} GROUP BY target) AS n \
                 WHERE name <> '' ORDER BY {BY_NAME} LIMIT $5"
            ),
        ];
        let away = "approval = $3 AND NOT EXISTS (SELECT 1 FROM audience a WHERE a.target = approved.target)";
        let gone = [
            format!("SELECT count(*) AS number FROM approved WHERE {away}"),
            format!("SELECT name FROM approved WHERE name <> '' AND {away} ORDER BY {BY_NAME} LIMIT $5"),
        ];
        Ok(Changed {
            added: self.people(added, (approval, freezing), names).await?,
            gone: self.people(gone, (approval, freezing), names).await?,
        })
    }

    async fn approval_of(&self, slug: &str, code: &[u8; 32]) -> Result<Option<Approved>, LedgerError> {
        let last = "SELECT by_whom, note, created_at FROM approval \
                    WHERE slug = $1 AND code = $2 AND revoked_at IS NULL ORDER BY id DESC LIMIT 1";
        let read = |row: PgRow| {
            Ok(Approved { by: row.try_get("by_whom")?, note: row.try_get("note")?, at: row.try_get("created_at")? })
        };
        self.base
            .run(How::LIGHT, async |connection| {
                sql(last).bind(slug).bind(&code[..]).fetch_optional(connection).await?.map(read).transpose()
            })
            .await
    }
}

/// Deletes the names of people in approvals from before a time, unless a send of the post is still open. They are known by
/// their targets then.
pub(super) async fn forget_names(ledger: &PostgresLedger, before: i64) -> Result<(), LedgerError> {
    let old = "SELECT id FROM approval WHERE named = 1 AND created_at < $1 AND NOT EXISTS \
               (SELECT 1 FROM release r WHERE r.slug = approval.slug AND r.mode = 1 AND r.state IN (1, 2))";
    ledger
        .base
        .run(How::LONG, async |connection| {
            for row in sql(old).bind(before).fetch_all(&mut *connection).await? {
                let id: i64 = row.try_get("id")?;
                let names = sql("UPDATE approved SET name = '' WHERE approval = $1").bind(id);
                names.execute(&mut *connection).await?;
                sql("UPDATE approval SET named = 0 WHERE id = $1").bind(id).execute(&mut *connection).await?;
            }
            Ok(())
        })
        .await
}

fn read_approval(row: &PgRow) -> Result<Approval, LedgerError> {
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
