-- What other programs are still to be told of the queues: written with the change
-- it tells of, gone when it was told.
CREATE TABLE feed (
    village TEXT NOT NULL,
    matter  TEXT NOT NULL,
    version BIGINT NOT NULL,
    left_q  TEXT NOT NULL,    -- the queue it left, or ''
    in_q    TEXT NOT NULL,    -- the queue it is in now, or ''
    at      BIGINT NOT NULL,
    data    TEXT NOT NULL,    -- JSON without words
    PRIMARY KEY (village, matter, version)
) /*SQLITE: WITHOUT ROWID*/;
CREATE INDEX feed_at ON feed (at);
