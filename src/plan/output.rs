//! Where a run writes, and what it may spend: both are a shard's own.

use std::path::{Path, PathBuf};

use super::names::plain;
use super::shard::Shard;
use crate::secret::Secret;
use crate::spec::Document;
use crate::spec::diagnostic::Problem;
use crate::spec::expand::Environment;
use crate::spec::keys::is_key;
use crate::spec::tree::PathSegment;
use crate::spec::types::{BudgetSpec, PictureFormat, PictureMedium, PostgresSpec, StoreSpec};
use crate::store::{Database, Location};

/// Output folder, store and formats.
#[derive(Debug, Clone)]
pub struct OutputPlan {
    /// Folder of the tables and charts.
    pub folder: PathBuf,
    /// The folder around it, with the history of all its experiments.
    pub outer: PathBuf,
    /// The store, shared by the experiments of the parent folder, or by several machines.
    pub store: Location,
    /// Picture formats.
    pub formats: Vec<PictureFormat>,
    /// Where the pictures will be seen.
    pub medium: PictureMedium,
    /// Whether the values of charts are written.
    pub chart_data: bool,
    /// Whether the page of the run is written.
    pub report: bool,
}

/// The part of a budget that a shard may spend; clients of a database spend one together. Time passes for all of them alike.
pub(super) fn budget(mut budget: BudgetSpec, shard: Option<Shard>, store: &Location) -> BudgetSpec {
    let spends_together = |shard: &Shard| shard.is_client() && store.file().is_none();
    if let Some(shard) = shard.filter(|shard| !spends_together(shard)) {
        budget.max_cost = budget.max_cost.map(|cost| cost / f64::from(shard.count()));
        budget.max_requests = budget.max_requests.map(|requests| shard.part(requests));
    }
    budget
}

/// Where results and responses go; a shard has both for itself, so that shards of one folder do not meet.
pub(super) fn output(
    document: &Document,
    (folder, environment): (&Path, &Environment),
    shard: Option<Shard>,
    problems: &mut Vec<Problem>,
) -> OutputPlan {
    let spec = &document.spec;
    let chosen = spec.output.dir.clone().unwrap_or_else(|| Path::new("outputs").join(&spec.name));
    let mut out = plain(&folder.join(chosen));
    let own = |name: &str| shard.map_or_else(|| name.to_owned(), |shard| shard.name(name));
    if let Some(name) = out.file_name().map(|name| name.to_string_lossy().into_owned()) {
        out.set_file_name(own(&name));
    }
    let outer = out.parent().filter(|outer| !outer.as_os_str().is_empty()).unwrap_or(Path::new("."));
    OutputPlan {
        store: match &spec.output.store {
            None => Location::File(outer.join(own("store")).with_extension("sqlite")),
            Some(StoreSpec::Sqlite(file)) => Location::File(own_file(&plain(&folder.join(&file.path)), shard)),
            Some(StoreSpec::Postgres(database)) => {
                problems.extend(unfit(database).map(|problem| document.located(problem, &at_store())));
                Location::Database(in_database(database, environment))
            }
        },
        outer: outer.to_owned(),
        folder: out.clone(),
        formats: spec.output.formats.clone(),
        medium: spec.output.medium,
        chart_data: spec.output.chart_data,
        report: spec.output.report,
    }
}

/// The file of a shard beside that of all.
fn own_file(path: &Path, shard: Option<Shard>) -> PathBuf {
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    match (shard, name) {
        (Some(shard), Some(name)) => {
            let mut file = path.with_file_name(shard.name(&name));
            path.extension().into_iter().for_each(|end| file = file.with_added_extension(end));
            file
        }
        _ => path.to_owned(),
    }
}

/// The database whose address a variable holds, in a schema or in the one that is not named.
///
/// # Errors
/// That is no name of a variable, or of a schema; the text says so.
pub fn database_named(variable: &str, schema: Option<&str>, environment: &Environment) -> Result<Database, String> {
    let spec = PostgresSpec::named(variable, schema);
    match unfit(&spec) {
        Some(Problem { message, help, .. }) => Err([message].into_iter().chain(help).collect::<Vec<_>>().join("; ")),
        None => Ok(in_database(&spec, environment)),
    }
}

fn in_database(spec: &PostgresSpec, environment: &Environment) -> Database {
    let url = environment.get(&spec.url_env).filter(|value| !value.trim().is_empty());
    Database {
        variable: spec.url_env.clone(),
        url: url.map(|url| Secret::new(url)),
        schema: spec.schema.clone(),
        pool: usize::try_from(spec.pool.get()).unwrap_or(usize::MAX),
        patience: spec.patience.0,
    }
}

/// Most connections of one run: a database has about a hundred for all of its users.
const MOST_CONNECTIONS: u32 = 64;

/// Longest name of a schema.
const LONGEST_SCHEMA: usize = 63;

/// What is wrong with how a database is named. An address is not shown: it holds a password.
fn unfit(spec: &PostgresSpec) -> Option<Problem> {
    if spec.url_env.contains("://") || is_key(&spec.url_env) {
        let help = "put the address into an environment variable and write the name of that variable, such as `url_env: \
                    SMALLBENCH_STORE`; change a password that others may have read";
        return Some(Problem::new("`url_env` holds an address instead of the name of a variable").help(help));
    }
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_word = spec.schema.len() <= LONGEST_SCHEMA && spec.schema.chars().all(is_plain);
    if !is_word || !spec.schema.starts_with(|c: char| c.is_ascii_lowercase() || c == '_') {
        let help = "a schema is a word of small letters, digits and `_`, such as `smallbench`";
        return Some(Problem::new(format!("`{}` cannot be the schema of a store", spec.schema)).help(help));
    }
    (spec.pool.get() > MOST_CONNECTIONS)
        .then(|| Problem::new(format!("`pool` is at most {MOST_CONNECTIONS}")).help("four are enough for most runs"))
}

fn at_store() -> [PathSegment; 3] {
    ["output", "store", "postgres"].map(|key| PathSegment::Key(key.into()))
}
