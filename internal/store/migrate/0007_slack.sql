-- Codes by which staff link their Slack account. Of a code only the SHA-256 is kept.
CREATE TABLE slack_code (
    code    TEXT PRIMARY KEY,
    village TEXT NOT NULL,
    staff   TEXT NOT NULL,
    expires BIGINT NOT NULL
) /*SQLITE: WITHOUT ROWID*/;

-- Wrong codes by Slack account; forgotten at until.
CREATE TABLE slack_try (
    slack TEXT PRIMARY KEY,
    tries BIGINT NOT NULL,
    until BIGINT NOT NULL
) /*SQLITE: WITHOUT ROWID*/;

-- Who was linked to which account, and when: added to, never changed.
CREATE TABLE slack_link (
    village TEXT NOT NULL,
    staff   TEXT NOT NULL,
    at      BIGINT NOT NULL,
    slack   TEXT NOT NULL,
    was     TEXT NOT NULL,      -- the account she had before, or ''
    PRIMARY KEY (village, staff, at)
) /*SQLITE: WITHOUT ROWID*/;

-- Ids of what Slack sent and was taken in, kept a day: it sends some things again.
CREATE TABLE slack_seen (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL
) /*SQLITE: WITHOUT ROWID*/;
