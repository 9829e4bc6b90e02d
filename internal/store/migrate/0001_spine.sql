-- Portable between SQLite and Postgres: TEXT ids, BIGINT milliseconds UTC (0: never),
-- BOOLEAN. A comment of the form /*SQLITE: words*/ is switched on for SQLite only.
-- Every table leads with the village in its key: nothing on a text's path touches two.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO meta (name, value) VALUES ('villages', 1);

CREATE TABLE village (
    id      TEXT PRIMARY KEY,
    data    TEXT NOT NULL,
    hash    TEXT NOT NULL,      -- of the file it was last imported from
    edited  BOOLEAN NOT NULL,   -- changed in the console since
    version BIGINT NOT NULL
);

-- What is counted, so that nothing counts rows; and the numbers that are drawn.
CREATE TABLE counter (
    village TEXT PRIMARY KEY,
    seq     BIGINT NOT NULL DEFAULT 0,
    number  BIGINT NOT NULL DEFAULT 0,
    inbound BIGINT NOT NULL DEFAULT 0,
    handled BIGINT NOT NULL DEFAULT 0,
    queued  BIGINT NOT NULL DEFAULT 0,
    sent    BIGINT NOT NULL DEFAULT 0,
    failed  BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE inbound (
    village     TEXT NOT NULL,
    seq         BIGINT NOT NULL,
    id          TEXT NOT NULL,
    channel     TEXT NOT NULL,
    external_id TEXT NOT NULL,
    address     TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    text        TEXT NOT NULL,
    media       TEXT NOT NULL,
    at          BIGINT NOT NULL,
    throttled   BOOLEAN NOT NULL DEFAULT FALSE,
    revived     BOOLEAN NOT NULL DEFAULT FALSE,
    dead        BOOLEAN NOT NULL DEFAULT FALSE,
    tries       BIGINT NOT NULL DEFAULT 0,
    result      TEXT NOT NULL DEFAULT '',
    error       TEXT NOT NULL DEFAULT '',
    handled_at  BIGINT,
    PRIMARY KEY (village, seq)
) /*SQLITE: WITHOUT ROWID*/;
CREATE UNIQUE INDEX inbound_once ON inbound (village, channel, external_id);
CREATE INDEX inbound_talk ON inbound (village, address, handled_at, seq);
CREATE INDEX inbound_open ON inbound (village, seq, address, at) WHERE handled_at IS NULL;
CREATE INDEX inbound_dead ON inbound (village, id) WHERE dead;

-- Which texts a matter came of.
CREATE TABLE about (
    village TEXT NOT NULL,
    matter  TEXT NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (village, matter, seq)
) /*SQLITE: WITHOUT ROWID*/;

CREATE TABLE resident (
    village    TEXT NOT NULL,
    address    TEXT NOT NULL,
    name       TEXT NOT NULL,
    area       TEXT NOT NULL,
    place      TEXT NOT NULL,
    language   TEXT NOT NULL,
    channel    TEXT NOT NULL,
    sender     TEXT NOT NULL,
    contact    TEXT NOT NULL,
    opt_out    TEXT NOT NULL,
    opt_out_at BIGINT NOT NULL,
    greeted    BOOLEAN NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (village, address)
) /*SQLITE: WITHOUT ROWID*/;

CREATE TABLE talk (
    village TEXT NOT NULL,
    address TEXT NOT NULL,
    data    TEXT NOT NULL,
    wake_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (village, address)
) /*SQLITE: WITHOUT ROWID*/;
CREATE INDEX talk_wake ON talk (wake_at) WHERE wake_at > 0;

-- A matter's present row; its words are in content, its history in event.
CREATE TABLE matter (
    village     TEXT NOT NULL,
    id          TEXT NOT NULL,
    number      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    code        TEXT NOT NULL,
    state       TEXT NOT NULL,
    area        TEXT NOT NULL,
    resident    TEXT NOT NULL,
    assignee    TEXT NOT NULL,
    merged_into TEXT NOT NULL,
    open        BOOLEAN NOT NULL,
    private     BOOLEAN NOT NULL,
    rating      BIGINT NOT NULL,
    raised_at   BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,    -- when the clock has something to do
    version     BIGINT NOT NULL,    -- seq of its last event
    sealed      BIGINT NOT NULL,    -- seq of its last sealed event
    data        TEXT NOT NULL,
    PRIMARY KEY (village, id)
) /*SQLITE: WITHOUT ROWID*/;
CREATE UNIQUE INDEX matter_number ON matter (village, number) WHERE number <> '';
CREATE INDEX matter_raised ON matter (village, raised_at, id);
CREATE INDEX matter_state ON matter (village, state, kind);
CREATE INDEX matter_code ON matter (village, code) WHERE open;
CREATE INDEX matter_next ON matter (next_at) WHERE next_at > 0;
CREATE INDEX matter_merged ON matter (village, merged_into) WHERE merged_into <> '';
CREATE INDEX matter_rated ON matter (village, rating) WHERE rating > 0;
CREATE INDEX matter_unsealed ON matter (village, id) WHERE version > sealed;

-- Who a matter concerns: who raised it and who joined. origin is the merged matter they came from.
CREATE TABLE party (
    village TEXT NOT NULL,
    address TEXT NOT NULL,
    matter  TEXT NOT NULL,
    origin  TEXT NOT NULL,
    PRIMARY KEY (village, address, matter, origin)
) /*SQLITE: WITHOUT ROWID*/;
CREATE INDEX party_matter ON party (village, matter);

-- What can be erased: the words. id is a matter's; subject is the seq of the event
-- that said them, or 'matter' for the words as they now stand. who said them, or
-- of whom they are.
CREATE TABLE content (
    village TEXT NOT NULL,
    id      TEXT NOT NULL,
    subject TEXT NOT NULL,
    salt    BYTEA NOT NULL,
    text    TEXT NOT NULL,
    who     TEXT NOT NULL,
    PRIMARY KEY (village, id, subject)
) /*SQLITE: WITHOUT ROWID*/;
CREATE INDEX content_who ON content (village, who) WHERE who <> '';

-- The record: never changed. body is the exact bytes that hash covers.
CREATE TABLE event (
    village TEXT NOT NULL,
    matter  TEXT NOT NULL,
    seq     BIGINT NOT NULL,
    body    TEXT NOT NULL,
    hash    BYTEA NOT NULL,
    PRIMARY KEY (village, matter, seq)
) /*SQLITE: WITHOUT ROWID*/;

CREATE TABLE seal (
    n      BIGINT PRIMARY KEY,
    at     BIGINT NOT NULL,
    leaves BIGINT NOT NULL,
    prev   BYTEA NOT NULL,
    root   BYTEA NOT NULL,
    hash   BYTEA NOT NULL
);
CREATE TABLE leaf (
    village TEXT NOT NULL,
    matter  TEXT NOT NULL,
    seq     BIGINT NOT NULL,
    hash    BYTEA NOT NULL,
    seal    BIGINT NOT NULL,
    PRIMARY KEY (village, matter, seq)
) /*SQLITE: WITHOUT ROWID*/;
CREATE INDEX leaf_seal ON leaf (seal);

CREATE TABLE outbox (
    village     TEXT NOT NULL,
    id          TEXT NOT NULL,
    n           BIGINT NOT NULL,    -- the order of writing
    channel     TEXT NOT NULL,
    address     TEXT NOT NULL,
    sender      TEXT NOT NULL,
    text        TEXT NOT NULL,
    priority    BIGINT NOT NULL,
    matter      TEXT NOT NULL,
    staff       TEXT NOT NULL,
    closing     BOOLEAN NOT NULL,
    topic       TEXT NOT NULL,
    ask_kind    TEXT NOT NULL,
    ask_matter  TEXT NOT NULL,
    ask_options TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    not_before  BIGINT NOT NULL,    -- held until then
    late_at     BIGINT NOT NULL,    -- from then on it holds nobody up
    pending     BOOLEAN NOT NULL,   -- queued or sending
    status      TEXT NOT NULL,
    tries       BIGINT NOT NULL DEFAULT 0,
    again_at    BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT NOT NULL DEFAULT 0,
    due_at      BIGINT NOT NULL,    -- the latest of written, held, tried again and lease: what it is found by
    started_at  BIGINT NOT NULL DEFAULT 0,
    provider_id TEXT NOT NULL DEFAULT '',
    error       TEXT NOT NULL DEFAULT '',
    dead        BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (village, id)
) /*SQLITE: WITHOUT ROWID*/;
CREATE INDEX outbox_due ON outbox (channel, sender, priority, due_at, n) WHERE pending;
CREATE INDEX outbox_lane ON outbox (village, address, topic) WHERE pending;
CREATE INDEX outbox_talk ON outbox (village, address, n);
CREATE INDEX outbox_ask ON outbox (village, address, started_at) WHERE ask_kind <> '';
CREATE INDEX outbox_matter ON outbox (village, matter) WHERE matter <> '';
CREATE INDEX outbox_provider ON outbox (provider_id) WHERE provider_id <> '';
CREATE INDEX outbox_dead ON outbox (village, id) WHERE dead;

CREATE TABLE callback (
    village TEXT NOT NULL,
    id      TEXT NOT NULL,
    address TEXT NOT NULL,
    reason  TEXT NOT NULL,
    matter  TEXT NOT NULL,
    note    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    done_by TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    PRIMARY KEY (village, id)
) /*SQLITE: WITHOUT ROWID*/;

CREATE TABLE act_key (
    village TEXT NOT NULL,
    key     TEXT NOT NULL,
    matter  TEXT NOT NULL,
    digest  TEXT NOT NULL,
    version BIGINT NOT NULL,    -- of the matter that was answered
    at      BIGINT NOT NULL,
    PRIMARY KEY (village, key)
) /*SQLITE: WITHOUT ROWID*/;

-- Sign-in. Of a link only the SHA-256 of its token is kept.
CREATE TABLE link (
    token   TEXT PRIMARY KEY,
    village TEXT NOT NULL,
    staff   TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE TABLE session (
    token   TEXT PRIMARY KEY,
    data    BYTEA NOT NULL,
    expires BIGINT NOT NULL
);
