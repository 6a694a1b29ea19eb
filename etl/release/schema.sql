-- The tables of a release. Longitude and latitude are degrees in EPSG:4326; x and y are whole
-- metres east and south of the north-west corner of Web Mercator (EPSG:3857), for the map's
-- cells; geometry is WKB in EPSG:4326; areas are km2 measured in EPSG:3035.

CREATE TABLE release (
    release_id    VARCHAR PRIMARY KEY,
    created_at    TIMESTAMP NOT NULL,          -- UTC
    previous_id   VARCHAR,                     -- the release that was current when this was built
    input_hashes  MAP(VARCHAR, VARCHAR) NOT NULL,  -- file name -> SHA-256
    tool_versions MAP(VARCHAR, VARCHAR) NOT NULL,
    counts        MAP(VARCHAR, BIGINT) NOT NULL    -- table -> rows
);

CREATE TABLE gate (
    gate   VARCHAR PRIMARY KEY,
    label  VARCHAR NOT NULL,
    value  DOUBLE,                              -- what was measured
    bound  VARCHAR NOT NULL,                    -- what was allowed, as a phrase
    passed BOOLEAN NOT NULL,
    waived BOOLEAN NOT NULL                     -- failed, but accepted on the command line
);

CREATE TABLE source (
    source      VARCHAR PRIMARY KEY,
    title       VARCHAR NOT NULL,
    used_for    VARCHAR NOT NULL,
    attribution VARCHAR NOT NULL,
    licence     VARCHAR NOT NULL,
    licence_url VARCHAR,
    url         VARCHAR,
    edition     VARCHAR
);

CREATE TABLE region (
    nuts_id   VARCHAR PRIMARY KEY,
    level     TINYINT NOT NULL,
    name      VARCHAR NOT NULL,
    name_en   VARCHAR,                          -- usual in English, where that differs
    country   VARCHAR NOT NULL,                 -- ISO 3166-1
    parent_id VARCHAR,
    area_km2  DOUBLE NOT NULL,
    lon       DOUBLE NOT NULL,                  -- a point inside, for labels
    lat       DOUBLE NOT NULL,
    geometry  BLOB NOT NULL
);

-- Land next to the NUTS area, drawn as plain background.
CREATE TABLE neighbour (
    name     VARCHAR PRIMARY KEY,
    geometry BLOB NOT NULL
);

CREATE TABLE indicator (
    indicator      VARCHAR PRIMARY KEY,
    label          VARCHAR NOT NULL,
    unit           VARCHAR NOT NULL,
    source         VARCHAR NOT NULL,
    description    VARCHAR NOT NULL
);

CREATE TABLE region_indicator (
    nuts_id   VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    year      SMALLINT NOT NULL,
    value     DOUBLE NOT NULL,
    unit      VARCHAR NOT NULL,
    source    VARCHAR NOT NULL,
    PRIMARY KEY (nuts_id, indicator, year)
);

CREATE TABLE valley (
    valley_id             VARCHAR PRIMARY KEY,
    name                  VARCHAR NOT NULL,
    country               VARCHAR NOT NULL,
    nuts_codes            VARCHAR[] NOT NULL,
    anchor_city           VARCHAR NOT NULL,
    coordinator           VARCHAR,
    coordinator_type      VARCHAR,
    website               VARCHAR,
    interreg_cyber_partner BOOLEAN,
    ecso_region_member    BOOLEAN,
    s3_priorities         VARCHAR[] NOT NULL,
    summary               VARCHAR,
    evidence              VARCHAR,
    source_url            VARCHAR,
    org_id                VARCHAR,              -- the coordinator, if it is in the register
    area_km2              DOUBLE NOT NULL,
    lon                   DOUBLE NOT NULL,      -- a point inside, for labels
    lat                   DOUBLE NOT NULL,
    geometry              BLOB NOT NULL
);

-- A town: organisations at one place share one symbol on the map.
CREATE TABLE place (
    place_id   VARCHAR PRIMARY KEY,
    name       VARCHAR NOT NULL,
    country    VARCHAR NOT NULL,
    geoname_id BIGINT,
    lon        DOUBLE NOT NULL,
    lat        DOUBLE NOT NULL,
    x          INTEGER NOT NULL,
    y          INTEGER NOT NULL,
    nuts0      VARCHAR NOT NULL,
    nuts1      VARCHAR NOT NULL,
    nuts2      VARCHAR NOT NULL,
    nuts3      VARCHAR NOT NULL
);

CREATE TABLE organisation (
    org_id             VARCHAR PRIMARY KEY,
    name               VARCHAR NOT NULL,
    former_names       VARCHAR[] NOT NULL,
    type               VARCHAR NOT NULL,
    city               VARCHAR NOT NULL,
    country            VARCHAR NOT NULL,
    place_id           VARCHAR NOT NULL,
    lon                DOUBLE NOT NULL,
    lat                DOUBLE NOT NULL,
    x                  INTEGER NOT NULL,
    y                  INTEGER NOT NULL,
    location_precision VARCHAR NOT NULL,
    nuts0              VARCHAR NOT NULL,
    nuts1              VARCHAR NOT NULL,
    nuts2              VARCHAR NOT NULL,
    nuts3              VARCHAR NOT NULL,
    valley_id          VARCHAR,
    website            VARCHAR,
    founded            SMALLINT,
    domains            VARCHAR[] NOT NULL,
    sectors            VARCHAR[] NOT NULL,
    functions          VARCHAR[] NOT NULL,
    evidence           VARCHAR NOT NULL,
    source_url         VARCHAR NOT NULL,
    notes              VARCHAR,
    checked_on         VARCHAR,                 -- ISO 8601, a day or a month
    status             VARCHAR NOT NULL,        -- active, or acquired: the others are in ended_organisation
    status_year        SMALLINT,
    successor_id       VARCHAR,                 -- owner or successor in the register
    successor_name     VARCHAR,                 -- or elsewhere
    status_source_url  VARCHAR,
    ordinal            INTEGER NOT NULL          -- in the order of names: its bit in a search's answer
);

-- Organisations that closed or merged: they have a page, an identifier and a history, and are no
-- part of anything that is shown, found, listed or counted. So `organisation` holds the others, and
-- no query has to leave these out.
CREATE TABLE ended_organisation AS SELECT * EXCLUDE (ordinal) FROM organisation;

-- The full-text index: a word finds terms, a term is had by organisations. See etl/release/search_index.py.
CREATE TYPE search_field AS ENUM (
    'name', 'subtitle', 'name_part', 'initials', 'former', 'town', 'region', 'website', 'type', 'type_name',
    'domain', 'sector', 'function', 'notes',
    -- What words do in a question; see ecosystem/common/search_words.py. Nobody has these terms.
    'subject', 'alone', 'asking', 'near', 'vicinity', 'here', 'label',
    'events', 'investors', 'documents', 'network', 'partnerships', 'practices', 'programmes'
);

CREATE TABLE search_word (
    word  VARCHAR NOT NULL,                     -- folded
    field search_field NOT NULL,
    term  INTEGER NOT NULL
);

CREATE TABLE search_posting (
    term    INTEGER NOT NULL,
    ordinal INTEGER NOT NULL                    -- of the organisation
);

-- Every town of the gazetteer, to measure distances from.
CREATE TABLE town (
    town_id    VARCHAR NOT NULL,
    name       VARCHAR NOT NULL,
    country    VARCHAR NOT NULL,                -- ISO 3166-1
    lon        DOUBLE NOT NULL,
    lat        DOUBLE NOT NULL,
    population INTEGER NOT NULL,                -- 0 where it is unknown
    names      VARCHAR[] NOT NULL               -- folded, in all languages, its own first
);

-- The other files of the register have a table each that takes their rows as they are. It is made
-- from their Table Schema in data/schema; only where that says too little it stands here.

-- Who got the label Cybersecurity Made in Europe. Whether it is valid depends on the day on which
-- somebody asks: see ecosystem/finding/made_in_europe.py.
CREATE TABLE label (
    org_id VARCHAR NOT NULL, issuer VARCHAR NOT NULL, awarded DATE NOT NULL,
    valid_until DATE NOT NULL,                   -- the last day
    reference VARCHAR,                           -- number or address of the certificate
    source_url VARCHAR NOT NULL,
    PRIMARY KEY (org_id, awarded)
);

-- What the ETL could not take, cell by cell.
CREATE TABLE rejected (
    file   VARCHAR NOT NULL,
    "row"  INTEGER NOT NULL,                     -- as a spreadsheet counts: the header is row 1
    name   VARCHAR,
    "column" VARCHAR NOT NULL,
    value  VARCHAR,
    reason VARCHAR NOT NULL,
    mend   VARCHAR NOT NULL,
    step   VARCHAR NOT NULL                      -- what refused it: validate, locate, deduplicate
);

-- Pairs that may be one organisation; a person decides.
CREATE TABLE duplicate_candidate (
    org_id_a VARCHAR NOT NULL, org_id_b VARCHAR NOT NULL, score DOUBLE NOT NULL,
    evidence VARCHAR NOT NULL, km DOUBLE NOT NULL, same_website BOOLEAN NOT NULL,
    PRIMARY KEY (org_id_a, org_id_b)
);

-- Organisations that were merged into another: their old addresses lead to it.
CREATE TABLE organisation_alias (
    org_id VARCHAR PRIMARY KEY, merged_into VARCHAR NOT NULL
);

-- What changed from release to release: the history of the release before and the rows of this
-- one. field, old and new are empty for added and removed ones.
CREATE TABLE change (
    release_id  VARCHAR NOT NULL,
    released_at TIMESTAMP NOT NULL,             -- UTC
    resource    VARCHAR NOT NULL,               -- the list: organisations, events, ...
    row_id      VARCHAR NOT NULL,               -- identifier of the row; made of its content if none
    name        VARCHAR NOT NULL,
    kind        VARCHAR NOT NULL,               -- added, removed, changed; organisations: merged, moved
    field       VARCHAR,                        -- column
    old         VARCHAR,
    new         VARCHAR,                        -- of a merged one: what it was merged into
    nuts3       VARCHAR,                        -- where the row is or last was; or a larger region
    valley_id   VARCHAR
);
