//! The page of the environment variables.

use super::markdown::Table;

/// The variables that the program reads, and what for.
const VARIABLES: [(&str, &str); 22] = [
    (
        "`api_key_env`, `headers_env`, `url_env`, `${NAME}` in a spec",
        "the variables that a spec names: keys, the address of a store, and parts of values",
    ),
    ("`HF_TOKEN`", "token for the Hugging Face Hub"),
    ("`HF_TOKEN_PATH`", "file with that token; by default `token` in `HF_HOME`"),
    ("`HF_ENDPOINT`", "address of the Hub or of a mirror; by default `https://huggingface.co`"),
    ("`HF_HOME`", "folder of the Hub's files; by default `huggingface` in the cache folder"),
    ("`HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`", "folder of cached datasets; by default `hub` in `HF_HOME`"),
    ("`HF_HUB_OFFLINE`", "`1`: datasets come from the cache alone"),
    ("`XDG_CACHE_HOME`, `HOME`, `USERPROFILE`", "where the cache folder is"),
    ("`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`", "proxy for servers and the Hub; lower case works as well"),
    ("`NO_PROXY`", "hosts that are reached without a proxy"),
    ("`NO_COLOR`", "set: no colours"),
    ("`CLICOLOR_FORCE`", "not `0`: colours also in a pipe"),
    ("`CLICOLOR`", "`0`: no colours"),
    ("`TERM`", "`dumb`: no colours"),
    ("`GITHUB_STEP_SUMMARY`", "file that `apply` adds its summary to, on GitHub's runners"),
    ("`SLURM_ARRAY_TASK_ID`, `_MIN`, `_MAX`, `_COUNT`", "the part of `--shard auto` or `--client auto`"),
    ("`JOB_COMPLETION_INDEX`", "the part of `--shard auto/N` or `--client auto/N`, from 0"),
    ("`SMALLBENCH_SITE`", "the site that this machine is, if `--site` does not say it"),
    (
        "`XDG_CONFIG_HOME`, `HOME`, `APPDATA`",
        "where the file `smallbench/site` is, which names the site if no variable does",
    ),
    ("`PATH`", "where programs that judge, and servers that a run starts, are found"),
    ("`TMPDIR`", "folder of temporary files"),
    ("`RUST_BACKTRACE`", "`1`: where an internal error comes from"),
];

pub(super) fn page() -> String {
    let mut table = Table::new(&["variable", "meaning"]);
    VARIABLES.iter().for_each(|(name, meaning)| table.row([*name, *meaning]));
    format!(
        "# Environment variables\n\nsmallbench has no settings of its own in the environment: what an experiment is \
         stands in its spec. It reads:\n\n{}",
        table.text()
    )
}
