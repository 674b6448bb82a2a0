//! The ledger in a PostgreSQL database: for any number of machines.
//!
//! No file lies beside it. Whoever works shows life with a lease: what a process that died had claimed waits again when its
//! lease is over, and what it had marked becomes what the channel's rule says, since nobody else knows how far it got. The
//! process itself keeps in memory what it started and what was answered, also while the database is away.

use std::path::Path;
use std::sync::{Mutex, OnceLock};

use sqlx::Row;

use super::{LedgerError, Roll, Witness};
use crate::plan::{Recipient, Target};

mod address;
mod approval;
mod arrival;
mod base;
mod books;
mod clock;
mod freeze;
mod identity;
mod keeper;
mod migrate;
mod own;
mod pace;
mod recover;
mod revision;
mod rows;
mod turn;
mod work;

pub use address::PostgresAddress;
use base::{Base, CLOCK, How, built, sql};
use keeper::Keeper;
use own::Own;
use rows::{after, bytes, read_recipient, read_targets, text};

/// A ledger in a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresLedger {
    base: Base,
    /// The version that its tables had when it was opened; 0: it had none.
    from: i64,
    place: String,
    /// Nobody else's: what this object holds by the database's clock has it beside it.
    owner: [u8; 16],
    /// Whether this object adds recipients, as far as it knows.
    freezing: Mutex<bool>,
    /// This process's worker, while it is one.
    own: Mutex<Option<Own>>,
    /// Who is told how far the record is; nobody before [`PostgresLedger::attend`].
    witness: Mutex<Option<Witness>>,
    /// Renews what is held by the database's clock, once something is.
    keeper: OnceLock<Keeper>,
}

impl PostgresLedger {
    /// Opens the record at an address, which is made if it is not there, and brings its tables up to date.
    ///
    /// # Errors
    /// [`LedgerError::Newer`] for tables that this version does not know, [`LedgerError::Address`] for what is no address,
    /// and whatever keeps it from the database: [`LedgerError::Away`], `Tls`, `Login`, `NoDatabase`, `Rights`.
    pub async fn open(url: &str) -> Result<PostgresLedger, LedgerError> {
        PostgresLedger::at(&PostgresAddress::parse(url, Path::new(""))?).await
    }

    /// The same, of an address that was read.
    ///
    /// # Errors
    /// As [`PostgresLedger::open`].
    pub async fn at(address: &PostgresAddress) -> Result<PostgresLedger, LedgerError> {
        PostgresLedger::on(Base::connect(address).await?, address).await
    }

    /// The record at an address, if there is one.
    ///
    /// # Errors
    /// As [`PostgresLedger::open`].
    pub async fn existing(address: &PostgresAddress) -> Result<Option<PostgresLedger>, LedgerError> {
        let base = Base::connect(address).await?;
        if migrate::found(&base).await? == 0 {
            base.close().await;
            return Ok(None);
        }
        PostgresLedger::on(base, address).await.map(Some)
    }

    /// The clock of the database at an address, in milliseconds since 1970, whether it has a record or not.
    ///
    /// # Errors
    /// As [`PostgresLedger::open`].
    pub async fn clock(address: &PostgresAddress) -> Result<i64, LedgerError> {
        let base = Base::connect(address).await?;
        let now = time(&base).await;
        base.close().await;
        now
    }

    /// Waits, for two seconds at the most, until the database knows of everything that was dropped in this process.
    pub async fn all_given_back() {
        keeper::all_given_back().await;
    }

    async fn on(base: Base, address: &PostgresAddress) -> Result<PostgresLedger, LedgerError> {
        let from = migrate::migrate(&base).await?;
        Ok(PostgresLedger {
            base,
            from,
            place: address.place().to_owned(),
            owner: random()?,
            freezing: Mutex::new(false),
            own: Mutex::new(None),
            witness: Mutex::new(None),
            keeper: OnceLock::new(),
        })
    }

    /// The version that its tables had when it was opened; 0: it had none.
    pub fn found(&self) -> i64 {
        self.from
    }

    /// The version of its tables.
    pub fn version(&self) -> i64 {
        migrate::newest()
    }

    /// The database's clock, in milliseconds since 1970: the one that all machines share.
    ///
    /// # Errors
    /// The database's.
    pub async fn now(&self) -> Result<i64, LedgerError> {
        time(&self.base).await
    }

    /// Up to `limit` recipients of a release's part after the given target, in their order.
    ///
    /// # Errors
    /// The database's.
    pub async fn recipients(
        &self,
        release: i64,
        part: i64,
        from: Option<Target>,
        limit: u32,
    ) -> Result<Vec<Recipient>, LedgerError> {
        let page = "SELECT part, target, address, name, slots FROM recipient \
                    WHERE release = $1 AND part = $2 AND target > $3 ORDER BY target LIMIT $4";
        let rows = self.base.run(How::LIGHT, async |connection| {
            let page = sql(page).bind(release).bind(part).bind(after(from)).bind(i64::from(limit));
            Ok(page.fetch_all(connection).await?)
        });
        rows.await?.iter().filter_map(|row| read_recipient(row).transpose()).collect()
    }

    /// Gives back what it holds and closes every connection.
    pub async fn shut(self) {
        self.let_go().await;
    }

    /// The same where somebody else still holds the ledger; it answers nothing any more.
    pub async fn let_go(&self) {
        if self.keeper.get().is_some() {
            // What it held ends with its lease.
            let _ = keeper::give_all_back(&self.base, self.owner).await;
        }
        self.base.close().await;
    }
}

impl Drop for PostgresLedger {
    fn drop(&mut self) {
        if self.keeper.get().is_some() {
            keeper::give_all_back_soon(self.base.clone(), self.owner);
        }
    }
}

impl Roll for PostgresLedger {
    fn place(&self) -> String {
        self.place.clone()
    }

    async fn refuse(&self, release: i64, part: i64, targets: &[Target]) -> Result<(), LedgerError> {
        self.take_hold().await?;
        let note = "INSERT INTO refusal (release, part, target) SELECT $1, $2, target FROM UNNEST($3) AS n (target) \
                    ON CONFLICT DO NOTHING";
        self.base
            .run(How::LIGHT, async |connection| {
                self.keep_hold(connection).await?;
                sql(note).bind(release).bind(part).bind(bytes(targets)).execute(connection).await?;
                Ok(())
            })
            .await
    }

    async fn refused(&self, release: i64, part: i64, targets: &[Target]) -> Result<Vec<Target>, LedgerError> {
        let look = "SELECT target FROM refusal WHERE release = $1 AND part = $2 AND target = ANY ($3)";
        self.base
            .run(How::LIGHT, async |connection| {
                read_targets(&sql(look).bind(release).bind(part).bind(bytes(targets)).fetch_all(connection).await?)
            })
            .await
    }

    async fn add(&self, release: i64, wave: i64, recipients: &[Recipient]) -> Result<Vec<Target>, LedgerError> {
        self.take_hold().await?;
        let add = "INSERT INTO recipient (release, target, address, name, slots, part, wave) \
                   SELECT $1, n.target, n.address, n.name, n.slots, n.part, $2 \
                   FROM UNNEST($3, $4, $5, $6, $7) AS n (target, address, name, slots, part) \
                   ON CONFLICT DO NOTHING RETURNING target";
        let each = |value: fn(&Recipient) -> String| recipients.iter().map(value).collect::<Vec<_>>();
        let targets: Vec<_> = recipients.iter().map(|recipient| recipient.target).collect();
        let parts: Vec<_> = recipients.iter().map(|recipient| recipient.part).collect();
        let (addresses, names) = (each(|r| text(&r.address).into_owned()), each(|r| text(&r.name).into_owned()));
        let slots = each(|recipient| serde_json::Value::from(recipient.slots.as_slice()).to_string());
        // Nothing of it counts before the seal, which is durable and comes later; but who is new is said once.
        self.base
            .run(How::LIGHT.once(), async |connection| {
                self.keep_hold(connection).await?;
                let add = sql(add).bind(release).bind(wave).bind(bytes(&targets)).bind(&addresses).bind(&names);
                read_targets(&add.bind(&slots).bind(&parts).fetch_all(connection).await?)
            })
            .await
    }
}

async fn time(base: &Base) -> Result<i64, LedgerError> {
    base.run(How::LIGHT, async |connection| {
        let row = built(format!("SELECT {CLOCK} AS now")).fetch_one(connection).await?;
        Ok(row.try_get("now")?)
    })
    .await
}

fn random() -> Result<[u8; 16], LedgerError> {
    let mut token = [0; 16];
    getrandom::fill(&mut token).map_err(|error| LedgerError::Database(format!("no random numbers: {error}")))?;
    Ok(token)
}
