//! How each server calls what it says of itself: one table from its names to ours.

use std::collections::BTreeMap;

use super::Word::{self, KvCacheUsed, OutputTokens, PrefixHits, PrefixQueries, PromptTokens, Running, Waiting};
use super::exposition::{Series, series};

/// The servers whose names are known, as a message lists them.
pub const SERVERS: &str = "vLLM, SGLang, llama.cpp and TGI";

/// A name of a server for one of our words, without the ending `_total` that counters have in newer formats. Of several
/// names for a word the first counts that a page has: the newer one.
const FAMILIES: [(&str, Word); 26] = [
    ("vllm:num_requests_running", Running),
    ("vllm:num_requests_waiting", Waiting),
    ("vllm:kv_cache_usage_perc", KvCacheUsed),
    ("vllm:gpu_cache_usage_perc", KvCacheUsed),
    ("vllm:prefix_cache_hits", PrefixHits),
    ("vllm:gpu_prefix_cache_hits", PrefixHits),
    ("vllm:prefix_cache_queries", PrefixQueries),
    ("vllm:gpu_prefix_cache_queries", PrefixQueries),
    ("vllm:prompt_tokens", PromptTokens),
    ("vllm:generation_tokens", OutputTokens),
    ("sglang:num_running_reqs", Running),
    ("sglang:num_queue_reqs", Waiting),
    ("sglang:token_usage", KvCacheUsed),
    // The gauge `sglang:cache_hit_rate` is of the last batch of prompts alone.
    ("sglang:cached_tokens", PrefixHits),
    ("sglang:prompt_tokens", PrefixQueries),
    ("sglang:prompt_tokens", PromptTokens),
    ("sglang:generation_tokens", OutputTokens),
    ("llamacpp:requests_processing", Running),
    ("llamacpp:requests_deferred", Waiting),
    ("llamacpp:kv_cache_usage_ratio", KvCacheUsed),
    ("llamacpp:prompt_tokens", PromptTokens),
    ("llamacpp:tokens_predicted", OutputTokens),
    ("tgi_batch_current_size", Running),
    ("tgi_queue_size", Waiting),
    ("tgi_request_input_length_sum", PromptTokens),
    ("tgi_request_generated_tokens_sum", OutputTokens),
];

/// The ending of counters in OpenMetrics and in Prometheus' own clients.
const COUNTER: &str = "_total";

/// Labels of the parts of one engine, of which each says the same.
const COPIES: [&str; 2] = ["tp_rank", "pp_rank"];

/// What a page says in our words; nothing where it has none of the names.
pub fn read(page: &str) -> BTreeMap<Word, f64> {
    // Without and with the ending, which are two families where a page has both.
    let mut found = [[None::<f64>; 2]; FAMILIES.len()];
    let is_known = |name: &str| FAMILIES.iter().any(|(known, _)| *known == base(name).0);
    for series in series(page, is_known).filter(|series| series.value >= 0.0 && !is_copy(series)) {
        let (name, is_total) = base(series.name);
        for (place, (_, word)) in FAMILIES.iter().enumerate().filter(|(_, (known, _))| *known == name) {
            let value = &mut found[place][usize::from(is_total)];
            *value = Some(value.map_or(series.value, |known| together(*word, known, series.value)));
        }
    }
    let mut words = BTreeMap::new();
    for ((_, word), [plain, total]) in FAMILIES.iter().zip(found) {
        if let Some(value) = total.or(plain) {
            words.entry(*word).or_insert(value);
        }
    }
    words
}

/// A name without the ending of counters, and whether it has it.
fn base(name: &str) -> (&str, bool) {
    name.strip_suffix(COUNTER).map_or((name, false), |base| (base, true))
}

/// Several series of one family are several engines, models or kinds of requests: they add up, but for shares.
fn together(word: Word, one: f64, other: f64) -> f64 {
    if word == KvCacheUsed { one.max(other) } else { one + other }
}

fn is_copy(series: &Series<'_>) -> bool {
    COPIES.iter().any(|label| series.label(label).is_some_and(|rank| rank != "0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(page: &str) -> Vec<(Word, f64)> {
        read(page).into_iter().collect()
    }

    #[test]
    fn vllm_speaks_in_old_and_new_names() {
        let new = "vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 3.0\n\
                   vllm:num_requests_running{engine=\"1\",model_name=\"m\"} 2.0\n\
                   vllm:num_requests_waiting{engine=\"0\",model_name=\"m\"} 7.0\n\
                   vllm:kv_cache_usage_perc{engine=\"0\",model_name=\"m\"} 0.25\n\
                   vllm:kv_cache_usage_perc{engine=\"1\",model_name=\"m\"} 0.5\n\
                   vllm:prefix_cache_queries_total{engine=\"0\"} 100.0\nvllm:prefix_cache_queries_created 1.7e9\n\
                   vllm:prefix_cache_hits_total{engine=\"0\"} 40.0\n\
                   vllm:prompt_tokens_total 100.0\nvllm:prompt_tokens_created 1.7e9\nvllm:generation_tokens_total 50.0\n\
                   vllm:time_to_first_token_seconds_bucket{le=\"+Inf\"} 9\n";
        let expected = [
            (Running, 5.0),
            (Waiting, 7.0),
            (KvCacheUsed, 0.5),
            (PrefixHits, 40.0),
            (PrefixQueries, 100.0),
            (PromptTokens, 100.0),
            (OutputTokens, 50.0),
        ];
        assert_eq!(words(new), expected);
        let old = "vllm:gpu_cache_usage_perc 0.125\nvllm:gpu_prefix_cache_hits 4\nvllm:gpu_prefix_cache_queries 8\n";
        assert_eq!(words(old), [(KvCacheUsed, 0.125), (PrefixHits, 4.0), (PrefixQueries, 8.0)]);
    }

    #[test]
    fn sglang_has_copies_and_kinds_of_requests() {
        let page = "sglang:num_running_reqs{tp_rank=\"0\",pp_rank=\"0\"} 4.0\nsglang:num_running_reqs{tp_rank=\"1\",pp_rank=\"0\"} 4.0\n\
                    sglang:num_queue_reqs{tp_rank=\"0\"} 1.0\nsglang:token_usage{tp_rank=\"0\"} 0.3\nsglang:cache_hit_rate 0.9\n\
                    sglang:cached_tokens_total{cache_source=\"device\"} 30\nsglang:cached_tokens_total{cache_source=\"host\"} 10\n\
                    sglang:prompt_tokens_total{is_streaming=\"true\"} 80\nsglang:prompt_tokens_total{is_streaming=\"false\"} 20\n\
                    sglang:generation_tokens_total 50\n";
        let expected = [
            (Running, 4.0),
            (Waiting, 1.0),
            (KvCacheUsed, 0.3),
            (PrefixHits, 40.0),
            (PrefixQueries, 100.0),
            (PromptTokens, 100.0),
            (OutputTokens, 50.0),
        ];
        assert_eq!(words(page), expected);
    }

    #[test]
    fn llama_server_and_tgi_say_less() {
        let page = "llamacpp:requests_processing 1\nllamacpp:requests_deferred 2\nllamacpp:kv_cache_usage_ratio 0.5\n\
                    llamacpp:prompt_tokens_total 10\nllamacpp:prompt_tokens_seconds 99\nllamacpp:tokens_predicted_total 20\n";
        let expected = [(Running, 1.0), (Waiting, 2.0), (KvCacheUsed, 0.5), (PromptTokens, 10.0), (OutputTokens, 20.0)];
        assert_eq!(words(page), expected);
        let page = "tgi_batch_current_size 3\ntgi_queue_size 4\ntgi_request_input_length_sum 5\n\
                    tgi_request_input_length_count 1\ntgi_request_generated_tokens_sum 6\n";
        assert_eq!(words(page), [(Running, 3.0), (Waiting, 4.0), (PromptTokens, 5.0), (OutputTokens, 6.0)]);
    }

    #[test]
    fn one_counter_in_both_spellings_counts_once_and_nonsense_not_at_all() {
        assert_eq!(words("vllm:prompt_tokens 7\nvllm:prompt_tokens_total 7\n"), [(PromptTokens, 7.0)]);
        assert_eq!(words("vllm:num_requests_running -1\nvllm:num_requests_waiting NaN\nsomething_else 3\n"), []);
    }
}
