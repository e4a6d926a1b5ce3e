//! What each check asks, and what to do about what it finds.

use super::CheckStatus::{self, Failed, Passed, Warned};

/// A check, as the reference and the documentation of this module list it.
pub struct Meaning {
    /// Its name.
    pub name: &'static str,
    /// The status of what it finds; a note is passed.
    pub finding: CheckStatus,
    /// What it looks for.
    pub asks: &'static str,
    /// What to do about a finding.
    pub remedy: &'static str,
}

const fn check(name: &'static str, finding: CheckStatus, asks: &'static str, remedy: &'static str) -> Meaning {
    Meaning { name, finding, asks, remedy }
}

/// Every check, in the order in which reports show them.
pub const CHECKS: [Meaning; 46] = [
    check(
        "surplus",
        Failed,
        "the server sent responses without a request, so answers may belong to other questions",
        "rerun the command, which asks the dropped questions again; connections of this server are not reused",
    ),
    check(
        "unlike_sites",
        Warned,
        "a model has another digest at one site than at another, so its times compare models as well as machines",
        "pull the same model at both sites, and measure the one that changed again",
    ),
    check(
        "client",
        Failed,
        "the client sent requests late, so it was the bottleneck",
        "use a faster client machine, fewer concurrent requests, or less load beside it",
    ),
    check(
        "clients",
        Failed,
        "of a load level that several clients sent together, one is missing, began late or did not come to its end; a warning says \
         what is not known of their clocks",
        "start all clients and measure the level again (`--fresh`)",
    ),
    check(
        "clock",
        Warned,
        "the client was suspended while answers arrived, so their times are unknown",
        "keep the machine awake during a run; `apply --fresh` measures again",
    ),
    check(
        "batch_api",
        Warned,
        "some answers came by a provider's batch API and have no times; where all of a model's did, that is a note",
        "measure times without `batch`: `apply --fresh` asks again",
    ),
    check(
        "outliers",
        Warned,
        "answers that took the client far longer than the server",
        "look at the network and at proxies between the two; the server's own durations are in `results.csv`",
    ),
    check(
        "context",
        Failed,
        "answers that reached the context size, or prompts rejected as too long",
        "a larger context (`num_ctx`, or the server's own setting), fewer examples, or a smaller `max_tokens`",
    ),
    check(
        "context_room",
        Warned,
        "prompts that leave less of the context than `max_tokens`, so that an answer may end before its limit",
        "a larger context (`num_ctx`, or the server's own setting), fewer examples, or a smaller `max_tokens`",
    ),
    check(
        "prefix_cache",
        Warned,
        "prompts that the server may have read from its cache, so that times to first token are too short",
        "`load: { cache_bust: true }`, unless the cache is what is to be measured",
    ),
    check(
        "input_length",
        Warned,
        "made prompts that are over 10 % longer or shorter than wanted, or whose length nobody counts",
        "leave out `tokens_per_word`, so that it is calibrated, or set it to the value that the check names",
    ),
    check(
        "capped",
        Warned,
        "more than 5 % of the answers were truncated at the token limit",
        "a larger `max_tokens`; the range of the score counts these answers as wrong, then as right",
    ),
    check(
        "unread",
        Warned,
        "more than 10 % of the answers state no single answer",
        "a prompt that asks for the form that the judge reads, or another judge; `explain` shows what was read",
    ),
    check(
        "unjudged",
        Warned,
        "answers that could not be judged and count in no score",
        "`explain` shows why; another judge or rubric may read them",
    ),
    check(
        "guessing",
        Warned,
        "a score that cannot be told from guessing",
        "more questions, or a model or prompt that fits the task; do not rank such models",
    ),
    check(
        "letter_bias",
        Warned,
        "one letter is chosen more often than the key has it",
        "`judge: { choice: { rotate: true } }` or `shuffle_choices`",
    ),
    check(
        "position_bias",
        Warned,
        "choices change with their place, or a place is chosen more often than it is right",
        "trust the score over rotations rather than that of one order",
    ),
    check(
        "same_answers",
        Warned,
        "two models are wrong in the same way beyond chance",
        "make sure that they are two models: the server may serve one under both names",
    ),
    check(
        "one_draw",
        Warned,
        "the temperature is above 0 and each question is asked once",
        "`generation: { repeats: 4 }`, or `temperature: 0`",
    ),
    check(
        "recited",
        Warned,
        "answers hold questions, or wrong choices, of the dataset that they were not shown: a sign of training on it",
        "do not compare this score with those of models that have not seen the dataset",
    ),
    check(
        "split",
        Warned,
        "the training or validation split of a dataset is asked",
        "ask the test split, or say so beside the score",
    ),
    check(
        "label_errors",
        Passed,
        "errors in the key of the dataset are known",
        "differences smaller than the share of errors mean little",
    ),
    check(
        "repeated_rows",
        Warned,
        "rows of a dataset have the id of another row, or its question with another right answer",
        "correct or remove the rows; until then each is asked and counted as a question of its own",
    ),
    check(
        "evidence",
        Warned,
        "more than 10 % of the verdicts rest on weak evidence",
        "a prompt that asks for a final answer in one form, or `least_evidence` in the judge",
    ),
    check("judge_family", Warned, "a model judges answers of its own family", "add a judge of another family"),
    check(
        "judge_agreement",
        Warned,
        "models of a judge agree too little; how far they agree is a note",
        "a rubric that leaves less open, or better judges",
    ),
    check(
        "order_decided",
        Warned,
        "the order of two answers decided too many comparisons; how many is a note",
        "a better judge; such comparisons count as ties",
    ),
    check(
        "calibration",
        Passed,
        "how far a judge agrees with labels of people",
        "a judge that agrees less than people do among themselves should not decide",
    ),
    check(
        "no_text",
        Warned,
        "answers without text: only reasoning, only a call of a tool, or nothing",
        "a larger `max_tokens`, `think: false`, or another endpoint API",
    ),
    check(
        "several_answers",
        Warned,
        "models are asked for several answers to each request (`extra_body: { n: 4 }`), or give them without being asked in this run; the first is read, and all are paid for",
        "`generation.repeats`, which reads each; `extra_body: { n: 1 }` for a server that gives several by itself",
    ),
    check(
        "answer_format",
        Warned,
        "answers do not have the form that `response_format` asked for: they are not JSON, or the schema does not allow them",
        "see the column `answer_format`; the server may ignore the form: use another API of it, or a larger `max_tokens` where answers are cut",
    ),
    check(
        "finish",
        Warned,
        "answers ended with a word that is not known, and count as complete; or the provider paused them before their end",
        "read some of them with `explain`; limit the provider's own tools (`max_uses`)",
    ),
    check(
        "faults",
        Warned,
        "requests failed; they are in no score and no latency",
        "rerun the command, which sends only them",
    ),
    check(
        "steady",
        Warned,
        "a load level was held for less than half of the run",
        "more requests per level, or a `duration`",
    ),
    check("one_run", Warned, "a load level was measured in several runs", "`apply --fresh` measures it in one"),
    check(
        "tokens_source",
        Warned,
        "output tokens that the server did not count; pieces of the stream stand in for them",
        "do not compare such rates between servers",
    ),
    check(
        "cycled",
        Passed,
        "samples were asked more than once, because a level has more requests than the dataset",
        "a larger dataset, if repeated prompts may be cached",
    ),
    check(
        "connections",
        Warned,
        "less than 90 % of the requests used a connection that was open",
        "allow keep-alive on the server or the proxy before it; else latencies contain handshakes",
    ),
    check(
        "throttled",
        Warned,
        "requests were sent while the server made the client slow down",
        "a lower load, or a higher limit at the provider",
    ),
    check(
        "reload",
        Warned,
        "the server loaded the model again in the middle of a run",
        "`keep_alive`, or more memory for the server; these answers are in no latency",
    ),
    check(
        "server_readings",
        Warned,
        "readings of the server's metrics failed, were never made, or say what cannot be, so that figures of the server have gaps",
        "look at the server's `/metrics` (llama-server needs `--metrics`, SGLang `--enable-metrics`; of several servers behind one \
         address, name the page of one); `apply --fresh` measures again",
    ),
    check(
        "server_queue",
        Warned,
        "requests waited in the server's queue at a tenth of the readings or more, which explains a knee of the load curve",
        "a lower level, more slots or a larger KV cache; times above that level are those of the queue",
    ),
    check(
        "other_traffic",
        Warned,
        "the server had more requests than this client sent",
        "stop what else asks the server, and measure again with `apply --fresh`",
    ),
    check(
        "prefix_cache_hits",
        Warned,
        "the server found a tenth or more of the prompt tokens in its cache, so times to first token are too short",
        "`load: { cache_bust: true }`, unless the cache is what is to be measured",
    ),
    check(
        "server_tokens",
        Warned,
        "the server's counter of output tokens and the counts of its responses are more than 5 % apart",
        "look for other clients (`other_traffic`), and for tokens that responses leave out, such as reasoning",
    ),
    check(
        "energy",
        Warned,
        "energy was to be measured and is not known, or the reading is not valid",
        "what the check names: permission to read the counters, a machine that has them, readings without gaps",
    ),
];
