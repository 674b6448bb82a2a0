-- What a release is for: it says something, or corrects what an earlier revision of the post said.

ALTER TABLE release ADD COLUMN purpose INTEGER NOT NULL DEFAULT 0;   -- 0 publication, 1 correction
