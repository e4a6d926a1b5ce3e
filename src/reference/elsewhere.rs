//! What other tools call the figures of the tables.

/// A column, and its names elsewhere.
pub(super) const ELSEWHERE: [(&str, &str); 26] = [
    (
        "avg_score",
        "`acc`, `exact_match` of lm-evaluation-harness; `accuracy`, `mean` of inspect; pass rate of promptfoo",
    ),
    ("score_low", "about `acc` − 1.96 · `acc_stderr` of lm-evaluation-harness, `stderr` of inspect"),
    ("pass_at_2", "pass@k of HumanEval, `pass_at_k` of inspect; so are those of 4, 8 and 16"),
    ("pass_all_2", "pass^k of τ-bench; so are those of 4, 8 and 16"),
    ("majority_score", "maj@k, self-consistency; `mode` of inspect's epochs"),
    ("ece", "expected calibration error"),
    (
        "ttft_s",
        "TTFT of AIPerf, llmperf and inference-benchmarker; vLLM also takes an empty first message, MLPerf counts from the schedule",
    ),
    ("ttfc_s", "TTFOT, TTFO: time to first output token without reasoning"),
    (
        "tpot_s",
        "TPOT of vLLM and MLPerf; inter-token latency of GuideLLM and AIPerf. GuideLLM's TPOT is latency / tokens, with the first one in it",
    ),
    ("chunk_gaps_ms", "ITL of vLLM; a chunk may hold several tokens"),
    ("latency_sec", "E2E latency, `e2el` of vLLM; `latencyMs` of promptfoo"),
    ("stream_total_s", "latency of GuideLLM and inference-benchmarker, to the end of the stream"),
    ("latency_from_schedule_s", "latency of MLPerf"),
    ("dispatch_delay_s", "scheduling delay of GuideLLM"),
    ("prompt_tokens", "input tokens, input sequence length (ISL) of AIPerf; `prompt_eval_count` of Ollama"),
    ("output_tokens", "completion tokens, output sequence length (OSL) of AIPerf; `eval_count` of Ollama"),
    ("reasoning_tokens", "`reasoning_tokens` of OpenAI's `completion_tokens_details`"),
    ("cached_prompt_tokens", "`cached_tokens` of OpenAI, `cache_read_input_tokens` of Anthropic"),
    ("decode_tokens_per_s", "decode or generation speed; output token throughput per user of AIPerf"),
    ("server_decode_tokens_per_s", "`tg` of llama-bench, eval rate of `ollama run --verbose`"),
    ("server_prefill_tokens_per_s", "`pp` of llama-bench, prompt eval rate of `ollama run --verbose`"),
    ("requests_per_s", "request throughput; vLLM divides by the whole wall time, as `requests_per_s_whole` does"),
    (
        "output_tokens_per_s",
        "output token throughput; vLLM divides by the whole wall time, as `output_tokens_per_s_whole` does",
    ),
    ("goodput_per_s", "request goodput of vLLM, GuideLLM and AIPerf"),
    ("attainment", "SLO attainment of GuideLLM"),
    ("latency_p99_adjusted_s", "`adj_` of AIPerf: failed requests as infinitely slow; so are p90 and p95"),
];
