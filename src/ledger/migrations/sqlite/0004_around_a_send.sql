-- What stands around a send: who released it, what happened when, which revision replaced which.

CREATE TABLE event (                     -- what a report and a later run want to know; never about one member
    id      INTEGER PRIMARY KEY,
    slug    TEXT NOT NULL,
    release INTEGER,                     -- NULL: about the post, before or beside any release
    kind    TEXT NOT NULL,               -- src/ledger/event.rs names them
    detail  TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX event_of ON event (slug, at);

DROP TABLE approval;
CREATE TABLE approval (                  -- who gave a post free, and what it was then
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    slug       TEXT NOT NULL,
    code       BLOB NOT NULL,            -- SHA-256 of the content, as of a release
    audience   BLOB NOT NULL,            -- sum over the recipients
    by_whom    TEXT NOT NULL,
    note       TEXT NOT NULL,
    texts      TEXT NOT NULL,            -- JSON: what was read, to show what changed since
    people     INTEGER NOT NULL DEFAULT 0,
    named      INTEGER NOT NULL DEFAULT 1,   -- 0: the names in `approved` were deleted
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX approval_of ON approval (slug, id);

CREATE TABLE approved (                  -- who would have got it then; goes when another approval counts, or none any more
    approval INTEGER NOT NULL REFERENCES approval (id) ON DELETE CASCADE,
    target   BLOB NOT NULL,
    name     TEXT NOT NULL,              -- for people to read: name or address; deleted with the recipients of the release
    PRIMARY KEY (approval, target)
) STRICT, WITHOUT ROWID;
