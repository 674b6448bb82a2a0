//! `work`: machines that have the configuration and the site key, and nothing else, beside an office that sends.
//!
//! Needs a server: `RUNDBRIEF_POSTGRES` is the address of a database in which each test makes a schema of its own. Those that
//! stop a server start one of their own.

#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/postgres.rs"]
mod postgres;
#[allow(dead_code, reason = "each test binary uses a part of this module")]
#[path = "support/project.rs"]
mod project;
#[path = "support/sending.rs"]
mod sending;
#[path = "support/smtp_server.rs"]
mod smtp_server;
#[path = "support/web_server.rs"]
mod web_server;

#[path = "work_command/begun.rs"]
mod begun;
#[path = "work_command/clock.rs"]
mod clock;
#[path = "work_command/outage.rs"]
mod outage;
#[path = "work_command/pace.rs"]
mod pace;
#[path = "work_command/refused.rs"]
mod refused;
#[path = "work_command/scene.rs"]
mod scene;
#[path = "work_command/signals.rs"]
mod signals;
