-- Whom was erased, so that a restored backup can be told. who is a keyed hash of
-- the address (see secret): nobody can read from it whose number it was.
CREATE TABLE erasure (
    village TEXT NOT NULL,
    who     TEXT NOT NULL,
    at      BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    PRIMARY KEY (village, who)
) /*SQLITE: WITHOUT ROWID*/;

CREATE TABLE secret (
    name  TEXT PRIMARY KEY,
    value BYTEA NOT NULL
) /*SQLITE: WITHOUT ROWID*/;
