-- Matters about which a language model is still to be asked. No words: they are
-- read when it is asked. due_at is when the next may take it: after a lease, a
-- pause, or when the next day's budget begins.
CREATE TABLE refine (
    village TEXT NOT NULL,
    matter  TEXT NOT NULL,
    due_at  BIGINT NOT NULL,
    tries   BIGINT NOT NULL DEFAULT 0,
    dead    BOOLEAN NOT NULL DEFAULT FALSE,
    error   TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (village, matter)
) /*SQLITE: WITHOUT ROWID*/;
CREATE INDEX refine_due ON refine (due_at) WHERE NOT dead;

-- What the model cost a village, by its local day.
CREATE TABLE model_use (
    village TEXT NOT NULL,
    day     TEXT NOT NULL,
    calls   BIGINT NOT NULL,
    tokens  BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (village, day)
) /*SQLITE: WITHOUT ROWID*/;

-- Matters whose sorting a person put right: what there is to learn from.
CREATE TABLE lesson (
    village TEXT NOT NULL,
    matter  TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (village, matter)
) /*SQLITE: WITHOUT ROWID*/;
CREATE INDEX lesson_at ON lesson (village, at);
