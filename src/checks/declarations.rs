//! Every check: its name, what it asks, what to do about what it finds, and the function that looks.

use super::check::CheckStatus::{self, Failed, Passed, Warned};
use super::found::Found;
use super::ground::Ground;
use super::{
    answers, batch_api, clients, ends, judges, lengths, letters, load, positions, prompts, server, setting, sites,
    surplus, verdicts,
};

/// A check, as it is run and as the reference lists it.
pub struct Declaration {
    /// Its name.
    pub name: &'static str,
    /// The status of what it finds; a note is passed.
    pub finding: CheckStatus,
    /// What it looks for.
    pub asks: &'static str,
    /// What to do about a finding.
    pub remedy: &'static str,
    /// What it finds in what was measured.
    pub(super) find: Find,
}

type Find = fn(Ground<'_>) -> Found;

const fn check(
    name: &'static str,
    finding: CheckStatus,
    asks: &'static str,
    remedy: &'static str,
    find: Find,
) -> Declaration {
    Declaration { name, finding, asks, remedy, find }
}

/// Every check, in the order in which they run and reports show them.
pub const CHECKS: &[Declaration] = &[
    check(
        "surplus",
        Failed,
        "the server sent responses without a request, so answers may belong to other questions",
        "rerun the command, which asks the dropped questions again; connections of this server are not reused",
        |ground| surplus::surplus(ground.plan, ground.surplus),
    ),
    check(
        "unlike_sites",
        Warned,
        "a model has another digest at one site than at another, so its times compare models as well as machines",
        "pull the same model at both sites, and measure the one that changed again",
        |ground| sites::unlike_sites(ground.plan, ground.digests),
    ),
    check(
        "client",
        Failed,
        "the client sent requests late, so it was the bottleneck",
        "use a faster client machine, fewer concurrent requests, or less load beside it",
        |ground| load::client(ground.groups),
    ),
    check(
        "clients",
        Failed,
        "of a load level that several clients sent together, one is missing, began late or did not come to its end; a warning says \
         what is not known of their clocks",
        "start all clients and measure the level again (`--fresh`)",
        |ground| clients::clients(ground.plan, ground.groups),
    ),
    check(
        "clock",
        Warned,
        "the client was suspended while answers arrived, so their times are unknown",
        "keep the machine awake during a run; `apply --fresh` measures again",
        |ground| load::clock(ground.groups),
    ),
    check(
        "batch_api",
        Warned,
        "some answers came by a provider's batch API and have no times; where all of a model's did, that is a note",
        "measure times without `batch`: `apply --fresh` asks again",
        |ground| batch_api::batch_api(ground.groups),
    ),
    check(
        "outliers",
        Warned,
        "answers that took the client far longer than the server",
        "look at the network and at proxies between the two; the server's own durations are in `results.csv`",
        |ground| load::outliers(ground.groups).if_found(),
    ),
    check(
        "context",
        Failed,
        "answers that reached the context size, or prompts rejected as too long",
        "a larger context (`num_ctx`, or the server's own setting), fewer examples, or a smaller `max_tokens`",
        answers::context,
    ),
    check(
        "context_room",
        Warned,
        "prompts that leave less of the context than `max_tokens`, so that an answer may end before its limit",
        "a larger context (`num_ctx`, or the server's own setting), fewer examples, or a smaller `max_tokens`",
        |ground| answers::context_room(ground).if_found(),
    ),
    check(
        "prefix_cache",
        Warned,
        "prompts that the server may have read from its cache, so that times to first token are too short",
        "`load: { cache_bust: true }`, unless the cache is what is to be measured",
        prompts::prefix_cache,
    ),
    check(
        "input_length",
        Warned,
        "made prompts that are over 10 % longer or shorter than wanted, or whose length nobody counts",
        "leave out `tokens_per_word`, so that it is calibrated, or set it to the value that the check names",
        |ground| lengths::input_length(ground.plan, ground.groups),
    ),
    check(
        "capped",
        Warned,
        "more than 5 % of the answers were truncated at the token limit",
        "a larger `max_tokens`; the range of the score counts these answers as wrong, then as right",
        |ground| answers::capped(ground.plan, ground.groups),
    ),
    check(
        "unread",
        Warned,
        "more than 10 % of the answers state no single answer",
        "a prompt that asks for the form that the judge reads, or another judge; `explain` shows what was read",
        |ground| verdicts::unread(ground.groups),
    ),
    check(
        "unjudged",
        Warned,
        "answers that could not be judged and count in no score",
        "`explain` shows why; another judge or rubric may read them",
        |ground| verdicts::unjudged(ground.groups),
    ),
    check(
        "guessing",
        Warned,
        "a score that is not distinguishable from guessing",
        "more questions, or a model or prompt that fits the task; do not rank such models",
        |ground| verdicts::guessing(ground.groups),
    ),
    check(
        "letter_bias",
        Warned,
        "one letter is chosen more often than the key has it",
        "`judge: { choice: { rotate: true } }` or `shuffle_choices`",
        |ground| letters::bias(ground.groups).if_found(),
    ),
    check(
        "position_bias",
        Warned,
        "choices change with their place, or a place is chosen more often than it is right",
        "trust the score over rotations rather than that of one order",
        |ground| positions::bias(ground.groups),
    ),
    check(
        "same_answers",
        Warned,
        "two models are wrong in the same way beyond chance",
        "make sure that they are two models: the server may serve one under both names",
        |ground| letters::alike(ground.groups).if_found(),
    ),
    check(
        "one_draw",
        Warned,
        "the temperature is above 0 and each question is asked once",
        "`generation: { repeats: 4 }`, or `temperature: 0`",
        |ground| setting::one_draw(ground.plan),
    ),
    check(
        "recited",
        Warned,
        "answers hold questions, or wrong choices, of the dataset that they were not shown: a sign of training on it",
        "do not compare this score with those of models that have not seen the dataset",
        |ground| answers::recited(ground.groups).if_found(),
    ),
    check(
        "split",
        Warned,
        "the training or validation split of a dataset is asked",
        "ask the test split, or say so beside the score",
        |ground| setting::split(ground.plan),
    ),
    check(
        "label_errors",
        Passed,
        "errors in the key of the dataset are known",
        "differences smaller than the share of errors mean little",
        |ground| setting::label_errors(ground.plan),
    ),
    check(
        "repeated_rows",
        Warned,
        "rows of a dataset have the id of another row, or its question with another right answer",
        "correct or remove the rows; until then each is asked and counted as a question of its own",
        |ground| setting::repeated_rows(ground.datasets),
    ),
    check(
        "evidence",
        Warned,
        "more than 10 % of the verdicts rest on weak evidence",
        "a prompt that asks for a final answer in one form, or `least_evidence` in the judge",
        |ground| verdicts::evidence(ground.groups),
    ),
    check(
        "judge_family",
        Warned,
        "a model judges answers of its own family",
        "add a judge of another family",
        |ground| judges::family(ground.plan),
    ),
    check(
        "judge_agreement",
        Warned,
        "models of a judge agree too little; how far they agree is a note",
        "a rubric that leaves less open, or better judges",
        |ground| judges::agreement(ground.agreements),
    ),
    check(
        "order_decided",
        Warned,
        "the order of two answers decided too many comparisons; how many is a note",
        "a better judge; such comparisons count as ties",
        |ground| judges::order_decided(ground.comparisons),
    ),
    check(
        "calibration",
        Passed,
        "how far a judge agrees with labels of people",
        "a judge that agrees less than people do among themselves should not decide",
        |ground| judges::calibration(ground.plan, ground.groups),
    ),
    check(
        "no_text",
        Warned,
        "answers without text: only reasoning, only a call of a tool, or nothing",
        "a larger `max_tokens`, `think: false`, or another endpoint API",
        |ground| ends::no_text(ground.groups),
    ),
    check(
        "several_answers",
        Warned,
        "models are asked for several answers to each request (`extra_body: { n: 4 }`), or give them without being asked in this run; the first is read, and all are paid for",
        "`generation.repeats`, which reads each; `extra_body: { n: 1 }` for a server that gives several by itself",
        |ground| setting::several_answers(ground.plan, ground.several),
    ),
    check(
        "answer_format",
        Warned,
        "answers do not have the form that `response_format` asked for: they are not JSON, or the schema does not allow them",
        "see the column `answer_format`; the server may ignore the form: use another API of it, or a larger `max_tokens` where answers are cut",
        |ground| ends::answer_format(ground.groups),
    ),
    check(
        "finish",
        Warned,
        "answers ended with a word that is not known, and count as complete; or the provider paused them before their end",
        "read some of them with `explain`; limit the provider's own tools (`max_uses`)",
        |ground| ends::odd_ends(ground.groups),
    ),
    check(
        "faults",
        Warned,
        "requests failed; they are in no score and no latency",
        "rerun the command, which sends only them",
        |ground| answers::faults(ground.groups),
    ),
    check(
        "steady",
        Warned,
        "a load level was held for less than half of the run",
        "more requests per level, or a `duration`",
        |ground| load::steady(ground.plan, ground.groups),
    ),
    check(
        "one_run",
        Warned,
        "a load level was measured in several runs",
        "`apply --fresh` measures it in one",
        |ground| load::one_run(ground.plan, ground.groups),
    ),
    check(
        "tokens_source",
        Warned,
        "output tokens that the server did not count; pieces of the stream stand in for them",
        "do not compare such rates between servers",
        |ground| answers::tokens_source(ground.groups),
    ),
    check(
        "cycled",
        Passed,
        "samples were asked more than once, because a level has more requests than the dataset",
        "a larger dataset, if repeated prompts may be cached",
        |ground| prompts::cycled(ground.plan, ground.groups),
    ),
    check(
        "connections",
        Warned,
        "less than 90 % of the requests used a connection that was open",
        "allow keep-alive on the server or the proxy before it; else latencies contain handshakes",
        |ground| load::connections(ground.groups),
    ),
    check(
        "throttled",
        Warned,
        "requests were sent while the server made the client slow down",
        "a lower load, or a higher limit at the provider",
        |ground| load::throttled(ground.groups),
    ),
    check(
        "reload",
        Warned,
        "the server loaded the model again in the middle of a run",
        "`keep_alive`, or more memory for the server; these answers are in no latency",
        |ground| load::reload(ground.groups),
    ),
    check(
        "server_readings",
        Warned,
        "readings of the server's metrics failed, were never made, or say what cannot be, so that figures of the server have gaps",
        "look at the server's `/metrics` (llama-server needs `--metrics`, SGLang `--enable-metrics`; of several servers behind one \
         address, name the page of one); `apply --fresh` measures again",
        |ground| server::readings(ground.groups),
    ),
    check(
        "server_queue",
        Warned,
        "requests waited in the server's queue at a tenth of the readings or more, which explains a knee of the load curve",
        "a lower level, more slots or a larger KV cache; times above that level are those of the queue",
        |ground| server::queue(ground.groups),
    ),
    check(
        "other_traffic",
        Warned,
        "the server had more requests than this client sent",
        "stop what else asks the server, and measure again with `apply --fresh`",
        |ground| server::other_traffic(ground.groups),
    ),
    check(
        "prefix_cache_hits",
        Warned,
        "the server found a tenth or more of the prompt tokens in its cache, so times to first token are too short",
        "`load: { cache_bust: true }`, unless the cache is what is to be measured",
        |ground| server::prefix_hits(ground.groups),
    ),
    check(
        "server_tokens",
        Warned,
        "the server's counter of output tokens and the counts of its responses are more than 5 % apart",
        "look for other clients (`other_traffic`), and for tokens that responses leave out, such as reasoning",
        |ground| server::tokens(ground.groups),
    ),
    check(
        "energy",
        Warned,
        "energy was to be measured and is not known, or the reading is not valid",
        "what the check names: permission to read the counters, a machine that has them, readings without gaps",
        |ground| server::energy(ground.groups),
    ),
];
