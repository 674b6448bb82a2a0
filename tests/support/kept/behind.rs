//! What is done to a sending record behind the program's back: saved and put back, lost, locked, made to look newer or older.

use std::fs;

use super::Project;

impl Project {
    /// Has everything end that processes hold by their lease on a server, as if that long had passed since they were killed.
    /// Of a file the next process takes at once what a dead one held: there is nothing to do.
    pub fn let_leases_end(&self) {
        if self.is_on_a_server() && self.has_record() {
            self.sql("UPDATE worker SET expires_at = 1; UPDATE seat SET expires_at = 1; UPDATE preparation SET expires_at = 1");
        }
    }

    /// Does something while another program keeps everybody from the record.
    pub fn while_locked<T>(&self, work: impl FnOnce() -> T) -> T {
        let lock = match self.address {
            Some(_) => "BEGIN; LOCK TABLE release, delivery, worker, meta IN ACCESS EXCLUSIVE MODE",
            None => "BEGIN EXCLUSIVE",
        };
        self.meanwhile(lock, |_| work())
    }

    /// Has its record look as if a later version had written it.
    pub fn make_newer(&self) {
        self.sql(match self.address {
            Some(_) => "INSERT INTO migration (version, applied_at) VALUES (9999, 0)",
            None => {
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'later', 1, x'00', 0)"
            }
        });
    }

    /// The end of that.
    pub fn make_as_old_as_it_is(&self) {
        let table = if self.address.is_some() { "migration" } else { "_sqlx_migrations" };
        self.sql(&format!("DELETE FROM {table} WHERE version = 9999"));
    }

    /// Takes its record away, and leaves what bears witness to it.
    pub fn forget_record(&self) {
        match self.schema() {
            Some(schema) => drop(self.sql(&format!("DROP SCHEMA {schema} CASCADE"))),
            None => fs::remove_file(self.path("rundbrief.db")).expect("is removed"),
        }
    }

    /// Takes its record away, and what bears witness to it in the project's folder.
    pub fn lose_record(&self) {
        self.forget_record();
        if !self.is_on_a_server() {
            fs::remove_dir_all(self.path("rundbrief.db-workers")).expect("is removed");
        }
    }

    /// Keeps a copy of its record as it is now, while nobody uses it.
    pub fn save_record(&self, name: &str) {
        match self.schema() {
            None => drop(fs::copy(self.path("rundbrief.db"), self.path(name)).expect("is copied")),
            Some(_) => self.save_record_in_use(name),
        }
    }

    /// The same while it is used.
    pub fn save_record_in_use(&self, name: &str) {
        let Some(schema) = self.schema() else {
            self.sql(&format!("VACUUM INTO '{}'", self.path(name).display()));
            return;
        };
        let kept = saved(schema, name);
        self.sql(&format!(
            "DO $$ DECLARE t TEXT; BEGIN DROP SCHEMA IF EXISTS {kept} CASCADE; CREATE SCHEMA {kept}; \
             FOR t IN SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}' LOOP \
             EXECUTE format('CREATE TABLE {kept}.%I AS TABLE {schema}.%I', t, t); END LOOP; END $$"
        ));
    }

    /// Puts a copy of its record into its place.
    pub fn restore_record(&self, name: &str) {
        let Some(schema) = self.schema() else {
            fs::copy(self.path(name), self.path("rundbrief.db")).expect("is restored");
            return;
        };
        let kept = saved(schema, name);
        self.sql(&format!(
            "SET session_replication_role = replica; DO $$ DECLARE t TEXT; BEGIN \
             FOR t IN SELECT table_name FROM information_schema.tables WHERE table_schema = '{kept}' LOOP \
             EXECUTE format('DELETE FROM {schema}.%I', t); \
             EXECUTE format('INSERT INTO {schema}.%I SELECT * FROM {kept}.%I', t, t); END LOOP; END $$"
        ));
    }

    /// The schema that its record is in, if it is on a server.
    fn schema(&self) -> Option<&str> {
        self.address.as_ref().and_then(|address| address.rsplit_once("schema=")).map(|(_, schema)| schema)
    }
}

fn saved(schema: &str, name: &str) -> String {
    format!("{schema}_{}", name.replace(['.', '-'], "_"))
}
