-- Who refuses in a row of a list while its recipients are frozen, so that no other row of that list writes to them.
-- Empty between two freezes: what a person wants stands in the list, not here.

CREATE TABLE refusal (
    release INTEGER NOT NULL REFERENCES release (id) ON DELETE CASCADE,
    part    INTEGER NOT NULL,
    target  BLOB NOT NULL,
    PRIMARY KEY (release, part, target)
) STRICT, WITHOUT ROWID;
