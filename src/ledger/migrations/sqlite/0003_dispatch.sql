-- What dispatch through a network needs: who works on what, when a delivery may be tried again, how fast.

ALTER TABLE release ADD COLUMN key TEXT NOT NULL DEFAULT '';             -- fingerprint of the site key it was frozen with
ALTER TABLE delivery ADD COLUMN first_at INTEGER;                        -- when it was first handed over
ALTER TABLE delivery ADD COLUMN marked_at INTEGER;                       -- when it was last handed over
ALTER TABLE delivery ADD COLUMN hold_until INTEGER NOT NULL DEFAULT 0;   -- the other side asked not to come before

DROP INDEX delivery_open;
CREATE INDEX delivery_due ON delivery (release, part, due_at) WHERE state IN (0, 4);
CREATE INDEX delivery_held ON delivery (worker) WHERE state IN (1, 2);

DROP TABLE worker;
CREATE TABLE worker (                    -- a process that works on deliveries; it goes with the process
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token      BLOB NOT NULL UNIQUE,
    expires_at INTEGER NOT NULL
) STRICT;

DROP TABLE pace;
CREATE TABLE pace (
    name      TEXT PRIMARY KEY,          -- 'relay', or 'domain:' with a recipient domain that goes slower
    next_at   INTEGER NOT NULL,          -- when the next one may go
    interval  INTEGER NOT NULL,          -- slowed down to this, at least; 0: as configured
    slowed_at INTEGER NOT NULL           -- when the interval last changed
) STRICT, WITHOUT ROWID;

CREATE TABLE spent (                     -- how many went in each slice of a window, for hourly and daily limits
    name TEXT NOT NULL,
    slice INTEGER NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (name, slice)
) STRICT, WITHOUT ROWID;
