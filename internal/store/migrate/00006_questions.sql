-- What residents asked and nobody had written down.
CREATE TABLE question (
    village     TEXT NOT NULL,
    id          TEXT NOT NULL,
    address     TEXT NOT NULL,
    text        TEXT NOT NULL,
    at          BIGINT NOT NULL,
    answered_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (village, id)
) /*SQLITE: WITHOUT ROWID*/;
CREATE INDEX question_open ON question (village, at) WHERE answered_at = 0;
