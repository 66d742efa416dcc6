-- The fact store: one table a kind of fact with real types, the evidence beside each fact, and views over them.
-- What every table and column means stands in comments.tsv and is stored in the file by COMMENT ON.
--
-- No primary keys: a bulk delete through a key's index was measured to be 14 times slower. The store keeps rows unique
-- by deleting an article's rows before it inserts the new ones, in one transaction.
--
-- Long texts are compressed by zstd because it is told so: left to find out what fits them best, DuckDB takes twice the
-- time to write the file, and the file is half as large again.

-- Read first of all: a file with another version is refused, not guessed at.
CREATE TABLE store_version (version INTEGER);
INSERT INTO store_version VALUES (2);

CREATE TABLE articles (
    article_id VARCHAR, url VARCHAR, source VARCHAR, title VARCHAR, published_on DATE, published_at TIMESTAMP,
    author VARCHAR, province VARCHAR, report_from DATE, report_to DATE,
    text VARCHAR USING COMPRESSION zstd, content_hash VARCHAR, extractor VARCHAR, run_id VARCHAR
);

CREATE TABLE dates (
    fact_id VARCHAR, article_id VARCHAR, start_char INTEGER, end_char INTEGER, text VARCHAR,
    sentence VARCHAR USING COMPRESSION zstd, rule VARCHAR, confidence DOUBLE, flags VARCHAR[],
    date_from DATE, date_to DATE, value VARCHAR, resolved_from VARCHAR,
    run_id VARCHAR
);

CREATE TABLE documents (
    fact_id VARCHAR, article_id VARCHAR, start_char INTEGER, end_char INTEGER, text VARCHAR,
    sentence VARCHAR USING COMPRESSION zstd, rule VARCHAR, confidence DOUBLE, flags VARCHAR[],
    doc_type VARCHAR, symbol VARCHAR, number VARCHAR, year INTEGER, issuer_code VARCHAR, issuer VARCHAR, issued_on DATE,
    key VARCHAR,
    run_id VARCHAR
);

CREATE TABLE money (
    fact_id VARCHAR, article_id VARCHAR, start_char INTEGER, end_char INTEGER, text VARCHAR,
    sentence VARCHAR USING COMPRESSION zstd, rule VARCHAR, confidence DOUBLE, flags VARCHAR[],
    amount DECIMAL(38, 6), amount_max DECIMAL(38, 6), currency VARCHAR, mod VARCHAR, rate VARCHAR,
    run_id VARCHAR
);

CREATE TABLE counts (
    fact_id VARCHAR, article_id VARCHAR, start_char INTEGER, end_char INTEGER, text VARCHAR,
    sentence VARCHAR USING COMPRESSION zstd, rule VARCHAR, confidence DOUBLE, flags VARCHAR[],
    value DECIMAL(38, 6), value_max DECIMAL(38, 6), total DECIMAL(38, 6), unit VARCHAR, mod VARCHAR, rate VARCHAR,
    object VARCHAR, change VARCHAR, period VARCHAR, part_of VARCHAR,
    run_id VARCHAR
);

CREATE TABLE officials (
    fact_id VARCHAR, article_id VARCHAR, start_char INTEGER, end_char INTEGER, text VARCHAR,
    sentence VARCHAR USING COMPRESSION zstd, rule VARCHAR, confidence DOUBLE, flags VARCHAR[],
    name VARCHAR,
    run_id VARCHAR
);

CREATE TABLE positions (
    fact_id VARCHAR, article_id VARCHAR, ordinal INTEGER, title VARCHAR, organization VARCHAR, former BOOLEAN,
    run_id VARCHAR
);

CREATE TABLE furniture (
    article_id VARCHAR, start_char INTEGER, end_char INTEGER, text VARCHAR, reason VARCHAR, run_id VARCHAR
);

CREATE TABLE runs (
    run_id VARCHAR, started_at TIMESTAMP, finished_at TIMESTAMP, version VARCHAR, extractor VARCHAR,
    articles BIGINT, facts BIGINT, rejects BIGINT
);

CREATE TABLE rejects (
    reject_id VARCHAR, source VARCHAR, place VARCHAR, reason VARCHAR, first_seen TIMESTAMP, run_id VARCHAR
);

CREATE TABLE provinces (
    name VARCHAR, code_before VARCHAR, unit_before VARCHAR, iso_code VARCHAR, aliases VARCHAR[],
    code_2025 VARCHAR, name_2025 VARCHAR, unit_2025 VARCHAR, act_2025 VARCHAR,
    unit_today VARCHAR, act_today VARCHAR, today_from DATE
);

-- What the counts count: "how many people" is one join.
CREATE TABLE units (unit VARCHAR, class VARCHAR, ucum VARCHAR);

-- All facts in one shape. The two rtrim take "41.000000" to "41" and "2.600000" to "2.6";
-- a number that did not fit its column (NULL) is shown as it was written.
CREATE VIEW facts AS
WITH bounds (mod, sign) AS (
    VALUES ('APPROX', '~ '), ('MORE_THAN', '> '), ('LESS_THAN', '< '), ('EQUAL_OR_MORE', '≥ '), ('EQUAL_OR_LESS', '≤ ')
), offices AS (
    SELECT fact_id, string_agg(
        CASE WHEN former THEN 'nguyên ' ELSE '' END || title || CASE WHEN organization = '' THEN '' ELSE ' ' END
        || organization, '; ' ORDER BY ordinal
    ) AS held
    FROM positions GROUP BY fact_id
)
SELECT
    fact_id, article_id, 'date' AS kind, value,
    start_char, end_char, text, sentence, rule, confidence, flags, run_id
FROM dates
UNION ALL
SELECT
    fact_id, article_id, 'document', doc_type || ' ' || symbol || coalesce(strftime(issued_on, ' (%Y-%m-%d)'), ''),
    start_char, end_char, text, sentence, rule, confidence, flags, run_id
FROM documents
UNION ALL
SELECT
    fact_id, article_id, 'money',
    coalesce(
        coalesce(sign, '') || rtrim(rtrim(amount::VARCHAR, '0'), '.')
        || coalesce('–' || rtrim(rtrim(amount_max::VARCHAR, '0'), '.'), '')
        || ' ' || currency || coalesce('/' || rate, ''), text
    ),
    start_char, end_char, text, sentence, rule, confidence, flags, run_id
FROM money LEFT JOIN bounds USING (mod)
UNION ALL
SELECT
    fact_id, article_id, 'count',
    coalesce(
        coalesce(sign, '') || rtrim(rtrim(value::VARCHAR, '0'), '.')
        || coalesce('–' || rtrim(rtrim(value_max::VARCHAR, '0'), '.'), '')
        || coalesce('/' || rtrim(rtrim(total::VARCHAR, '0'), '.'), '')
        || CASE WHEN unit = '%' THEN '%' ELSE ' ' || unit END || coalesce('/' || rate, ''), text
    ),
    start_char, end_char, text, sentence, rule, confidence, flags, run_id
FROM counts LEFT JOIN bounds USING (mod)
UNION ALL
SELECT
    fact_id, article_id, 'official', name || coalesce(' (' || held || ')', ''),
    start_char, end_char, text, sentence, rule, confidence, flags, run_id
FROM officials LEFT JOIN offices USING (fact_id);

-- "In the borders of today" is one join and one GROUP BY.
CREATE VIEW article_places AS
WITH names AS (
    SELECT unnest(list_append(aliases, name)) AS province, code_2025, name_2025, unit_today FROM provinces
)
SELECT article_id, province, code_2025, name_2025 AS province_2025, unit_today
FROM articles LEFT JOIN names USING (province);
