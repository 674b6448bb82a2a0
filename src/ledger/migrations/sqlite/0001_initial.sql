-- The sending record: releases, their frozen content and recipients, one delivery for each (release, channel, target).
-- Times are integer milliseconds since 1970 (UTC). States are small integers; src/ledger/state.rs names them.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,              -- 'id': of this record; 'key': fingerprint of the site key
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE release (
    id         INTEGER PRIMARY KEY,
    slug       TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    mode       INTEGER NOT NULL,         -- 0 trial, 1 real
    code       BLOB NOT NULL,            -- SHA-256 of the content alone
    audience   BLOB NOT NULL,            -- sum over the recipients, in any order
    state      INTEGER NOT NULL,         -- 0 freezing, 1 open, 2 stopped, 3 settled
    waves      INTEGER NOT NULL,         -- how many times recipients were added
    created_at INTEGER NOT NULL,
    UNIQUE (slug, mode, revision)
) STRICT;

CREATE TABLE content (                   -- compiled mails, teasers, feed items; equal ones are kept once
    digest BLOB PRIMARY KEY,
    body   BLOB NOT NULL
) STRICT;

CREATE TABLE asset (                     -- pictures that payloads and networks carry
    digest BLOB PRIMARY KEY,
    bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE part (                      -- what a release says on one channel; mail differs by list
    release INTEGER NOT NULL REFERENCES release (id) ON DELETE CASCADE,
    part    INTEGER NOT NULL,            -- counted from 0 within the release
    channel TEXT NOT NULL,
    list    TEXT NOT NULL,               -- '' but for email
    digest  BLOB NOT NULL REFERENCES content (digest),
    PRIMARY KEY (release, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE recipient (                 -- deleted some days after the release is settled
    release INTEGER NOT NULL REFERENCES release (id) ON DELETE CASCADE,
    target  BLOB NOT NULL,               -- keyed digest of the normalised address
    address TEXT NOT NULL,
    name    TEXT NOT NULL,
    slots   TEXT NOT NULL,               -- JSON array, in the order of the part's slots
    part    INTEGER NOT NULL,
    wave    INTEGER NOT NULL,
    PRIMARY KEY (release, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
    release    INTEGER NOT NULL REFERENCES release (id) ON DELETE CASCADE,
    part       INTEGER NOT NULL,
    target     BLOB NOT NULL,            -- empty for a channel that has one delivery a post
    state      INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    due_at     INTEGER NOT NULL DEFAULT 0,
    worker     INTEGER,
    settled_at INTEGER,
    detail     TEXT,                     -- the peer's reply or the reason
    PRIMARY KEY (release, part, target)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_open ON delivery (release, state, due_at) WHERE state IN (0, 1, 2, 4);

CREATE TABLE suppression (
    target     BLOB PRIMARY KEY,
    reason     TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE approval (
    id         INTEGER PRIMARY KEY,
    slug       TEXT NOT NULL,
    code       BLOB NOT NULL,
    audience   BLOB NOT NULL,
    by_whom    TEXT NOT NULL,
    note       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE worker (
    id         INTEGER PRIMARY KEY,
    token      BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE pace (
    name       TEXT PRIMARY KEY,         -- 'relay', or a recipient domain with a limit of its own
    next_at    INTEGER NOT NULL,
    interval   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
