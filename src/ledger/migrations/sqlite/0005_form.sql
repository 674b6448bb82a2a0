-- What a part's content is: it decides whether a person posts it, whatever the configuration says later.

ALTER TABLE part ADD COLUMN form INTEGER NOT NULL DEFAULT 2;   -- 0 mail, 1 feed item, 2 text, 3 payload
UPDATE part SET form = 0 WHERE channel = 'email';
UPDATE part SET form = 1 WHERE channel = 'feed';
