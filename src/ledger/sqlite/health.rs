//! Whether a SQLite ledger can be written to, and how far its times go: for whoever looks at the record as a whole.

use sqlx::{Row, query};

use super::SqliteLedger;
use crate::ledger::LedgerError;

impl SqliteLedger {
    /// Writes something durably and takes it away again.
    ///
    /// # Errors
    /// [`LedgerError::Locked`] while another process writes for long; else why it cannot be written to.
    pub async fn try_write(&self) -> Result<(), LedgerError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        query("INSERT INTO meta (name, value) VALUES ('a trial', '')").execute(&mut *transaction).await?;
        query("DELETE FROM meta WHERE name = 'a trial'").execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The newest time of all that is noted, in milliseconds since 1970.
    ///
    /// # Errors
    /// The database's.
    pub async fn newest(&self) -> Result<Option<i64>, LedgerError> {
        let sql = "SELECT max(at) AS at FROM (SELECT max(created_at) AS at FROM release \
                   UNION ALL SELECT max(first_at) FROM delivery UNION ALL SELECT max(settled_at) FROM delivery \
                   UNION ALL SELECT max(at) FROM event UNION ALL SELECT max(created_at) FROM suppression)";
        Ok(query(sql).fetch_one(&self.pool).await?.try_get("at")?)
    }
}
