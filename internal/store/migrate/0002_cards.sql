-- Where a matter is shown in the chat. What it shows is not kept: it is drawn from
-- the matter's present row.
CREATE TABLE card (
    village     TEXT NOT NULL,
    matter      TEXT NOT NULL,
    channel     TEXT NOT NULL,
    ts          TEXT NOT NULL DEFAULT '',   -- the chat's own id of it; '' until it is posted
    wanted      BIGINT NOT NULL,            -- how often something of the matter changed
    shown       BIGINT NOT NULL DEFAULT 0,  -- as which it was drawn last
    due_at      BIGINT NOT NULL,            -- when it may be drawn; 0: it shows what is wanted
    lease_until BIGINT NOT NULL DEFAULT 0,
    begun_at    BIGINT NOT NULL DEFAULT 0,  -- when a posting began whose end nobody recorded
    tries       BIGINT NOT NULL DEFAULT 0,
    problem     TEXT NOT NULL DEFAULT '',   -- why it could not be drawn
    PRIMARY KEY (village, matter, channel)
) /*SQLITE: WITHOUT ROWID*/;
CREATE INDEX card_due ON card (channel, due_at) WHERE due_at > 0;
CREATE INDEX card_problem ON card (village, channel) WHERE problem <> '';
