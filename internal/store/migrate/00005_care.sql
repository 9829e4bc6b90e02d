-- Calls that were promised, who keeps the promise, and how it went. cause is what a
-- call is listed once for; rows of before have none.
ALTER TABLE callback ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE callback ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE callback ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE callback ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE callback ADD COLUMN taken_by TEXT NOT NULL DEFAULT '';
ALTER TABLE callback ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE callback ADD COLUMN tried_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE callback ADD COLUMN again_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE callback ADD COLUMN told BIGINT NOT NULL DEFAULT 0;
ALTER TABLE callback ADD COLUMN result TEXT NOT NULL DEFAULT '';
ALTER TABLE callback ADD COLUMN remark TEXT NOT NULL DEFAULT '';
ALTER TABLE callback ADD COLUMN kept BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE callback ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE UNIQUE INDEX callback_once ON callback (village, address, cause) WHERE done_at = 0 AND cause <> '';
CREATE INDEX callback_next ON callback (next_at) WHERE next_at > 0;
CREATE INDEX callback_matter ON callback (village, matter) WHERE matter <> '';

-- What was erased for its age: matters without words any more, and how far texts
-- were looked through.
ALTER TABLE matter ADD COLUMN wiped BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX matter_ended ON matter (village, ended_at) WHERE ended_at > 0 AND NOT wiped;
CREATE TABLE aged (
    village TEXT NOT NULL,
    what    TEXT NOT NULL,
    upto    TEXT NOT NULL,
    PRIMARY KEY (village, what)
) /*SQLITE: WITHOUT ROWID*/;
