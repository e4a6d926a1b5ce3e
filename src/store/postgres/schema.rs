//! The tables in the database, by version.

use tokio_postgres::{Client, Error, GenericClient};

use crate::store::postgres_error::PostgresError;

/// Format of the tables. Those that are only looked at may be older: what is read is the same in all formats so far, or
/// is looked for.
pub(super) const FORMAT: i64 = 4;

/// What leads from a format to the next: `STEPS[0]` makes the tables of format 1.
const STEPS: [&str; FORMAT as usize] = [FIRST, OVERLOADS, CLIENTS, ATTEMPTS];

/// Attempts that failed before the last one.
const ATTEMPTS: &str = "
CREATE TABLE failed_attempts(
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    key BYTEA NOT NULL,
    run TEXT NOT NULL,
    attempts TEXT NOT NULL,
    crc BIGINT NOT NULL,
    PRIMARY KEY(key, run)
);
";

/// Load levels that several clients send together.
const CLIENTS: &str = "
CREATE TABLE client_parts(
    key BYTEA NOT NULL,
    run TEXT NOT NULL,
    part TEXT NOT NULL,
    crc BIGINT NOT NULL,
    PRIMARY KEY(key, run)
);
CREATE TABLE arrivals(
    key BYTEA NOT NULL,
    client BIGINT NOT NULL,
    worker BIGINT NOT NULL REFERENCES workers(id) ON DELETE CASCADE,
    start_at TIMESTAMPTZ,
    PRIMARY KEY(key, client)
);
CREATE INDEX arrivals_by_worker ON arrivals(worker);
";

/// Texts that may be long are found by a hash, as an index of PostgreSQL takes no more than 2,704 bytes.
const FIRST: &str = "
CREATE TABLE settings(
    hash BYTEA PRIMARY KEY,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    digest TEXT NOT NULL,
    parameters TEXT NOT NULL,
    repeat BIGINT NOT NULL,
    level TEXT NOT NULL,
    crc BIGINT NOT NULL
);
CREATE TABLE prompts(
    hash BYTEA PRIMARY KEY,
    system TEXT,
    text TEXT NOT NULL
);
CREATE TABLE responses(
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    tx XID8 NOT NULL DEFAULT pg_current_xact_id(),
    key BYTEA PRIMARY KEY,
    settings BYTEA NOT NULL,
    prompt BYTEA NOT NULL,
    sample TEXT NOT NULL,
    run TEXT NOT NULL,
    status TEXT NOT NULL,
    fault TEXT,
    text TEXT NOT NULL,
    reasoning TEXT,
    finish_reason TEXT,
    attempts BIGINT NOT NULL,
    retry_ns BIGINT NOT NULL,
    headers_ns BIGINT,
    first_byte_ns BIGINT,
    first_token_ns BIGINT,
    first_content_ns BIGINT,
    last_token_ns BIGINT,
    end_ns BIGINT,
    prompt_tokens BIGINT,
    output_tokens BIGINT,
    cached_prompt_tokens BIGINT,
    reasoning_tokens BIGINT,
    server_total_ns BIGINT,
    server_load_ns BIGINT,
    server_prompt_eval_ns BIGINT,
    server_eval_ns BIGINT,
    throttled BIGINT NOT NULL,
    cache_write_tokens BIGINT,
    scheduled_ns BIGINT,
    permit_ns BIGINT,
    sent_ns BIGINT,
    connect_ns BIGINT,
    gaps BYTEA,
    cold BIGINT NOT NULL,
    warmup BIGINT NOT NULL,
    unanswered BIGINT NOT NULL,
    alternatives TEXT,
    calls TEXT,
    crc BIGINT NOT NULL
);
CREATE INDEX responses_by_sample ON responses USING hash (sample);
CREATE INDEX responses_that_warmed ON responses(settings) WHERE warmup <> 0;
CREATE TABLE stretches(
    key BYTEA PRIMARY KEY,
    requests BIGINT NOT NULL,
    elapsed_ns BIGINT NOT NULL
);
CREATE TABLE models(
    hash BYTEA PRIMARY KEY,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    digest TEXT,
    server_version TEXT,
    facts TEXT,
    crc BIGINT NOT NULL
);
CREATE TABLE verdicts(
    key BYTEA PRIMARY KEY,
    judge TEXT NOT NULL,
    class TEXT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    extracted TEXT,
    reason TEXT,
    crc BIGINT NOT NULL
);
CREATE TABLE telemetry(
    key BYTEA NOT NULL,
    run TEXT NOT NULL,
    part_ns BIGINT NOT NULL,
    stretch TEXT NOT NULL,
    crc BIGINT NOT NULL,
    PRIMARY KEY(key, run, part_ns)
);
CREATE TABLE provider_batches(
    token TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    batch TEXT,
    submitted BIGINT NOT NULL,
    keys BYTEA NOT NULL,
    crc BIGINT NOT NULL
);
CREATE TABLE fresh_runs(
    experiment TEXT NOT NULL,
    run TEXT NOT NULL,
    PRIMARY KEY(experiment, run)
);
CREATE TABLE workers(
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host TEXT NOT NULL,
    process BIGINT NOT NULL,
    started BIGINT NOT NULL,
    machine TEXT NOT NULL,
    run TEXT NOT NULL,
    experiment TEXT NOT NULL,
    since TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    heard TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    until TIMESTAMPTZ NOT NULL,
    stored BIGINT NOT NULL DEFAULT 0,
    team BIGINT
);
CREATE TABLE budgets(
    team BIGINT PRIMARY KEY,
    requests BIGINT NOT NULL DEFAULT 0,
    cost DOUBLE PRECISION NOT NULL DEFAULT 0
);
CREATE TABLE claims(
    key BYTEA PRIMARY KEY,
    worker BIGINT NOT NULL REFERENCES workers(id) ON DELETE CASCADE,
    batch BIGINT NOT NULL
);
CREATE INDEX claims_by_worker ON claims(worker, batch);
";

/// When a server was last too much asked, by the hash of its name, and until when it is left alone.
const OVERLOADS: &str = "
CREATE TABLE overloads(
    server BYTEA PRIMARY KEY,
    told TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL
);
";

/// The format of the tables in a schema; none if there are no tables.
pub(super) async fn found(client: &Client, schema: &str) -> Result<Option<i64>, Error> {
    if !has_table(client, &format!("\"{schema}\".formats")).await? {
        return Ok(None);
    }
    client.query_one(&format!("SELECT max(format) FROM \"{schema}\".formats"), &[]).await?.try_get(0)
}

/// True if there is a table of this name.
pub(super) async fn has_table(client: &impl GenericClient, name: &str) -> Result<bool, Error> {
    client.query_one(HAS_TABLE, &[&name]).await?.try_get(0)
}

/// True if there is a table of this name.
pub(super) const HAS_TABLE: &str = "SELECT to_regclass($1) IS NOT NULL";

/// Makes the tables, or brings older ones up to date, whole or not at all. Of several that do so at once, one does it and
/// the others find it done.
pub(super) async fn migrate(client: &mut Client, schema: &str) -> Result<(), Error> {
    let transaction = client.transaction().await?;
    // One lock for each schema; any number will do that nobody else takes.
    transaction.execute("SELECT pg_advisory_xact_lock(1935892069, hashtext($1))", &[&schema]).await?;
    transaction
        .batch_execute(&format!(
            "SET LOCAL client_min_messages TO warning; CREATE SCHEMA IF NOT EXISTS \"{schema}\"; \
             CREATE TABLE IF NOT EXISTS \"{schema}\".formats(format BIGINT NOT NULL, since TIMESTAMPTZ NOT NULL \
             DEFAULT clock_timestamp())"
        ))
        .await?;
    let found = found(transaction.client(), schema).await?.unwrap_or(0);
    for (step, format) in STEPS.iter().zip(1_i64..).filter(|(_, format)| *format > found) {
        transaction.batch_execute(step).await?;
        transaction.execute("INSERT INTO formats(format) VALUES ($1)", &[&format]).await?;
    }
    transaction.commit().await
}

/// Refuses tables of a newer version.
pub(super) fn check(found: i64, place: &str) -> Result<(), PostgresError> {
    match found {
        found if found > FORMAT => Err(PostgresError::Newer { place: place.to_owned(), found, known: FORMAT }),
        _ => Ok(()),
    }
}
