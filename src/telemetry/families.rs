//! How each server calls what it says of itself: one table from its names to ours.

use std::collections::BTreeMap;

use super::Word::{self, KvCacheUsed, OutputTokens, PrefixHits, PrefixQueries, PromptTokens, Running, Waiting};
use super::exposition::{Series, series};

/// The servers whose names are known, as a message lists them.
pub const SERVERS: &str = "vLLM, SGLang, llama.cpp and TGI";

/// Where a word comes from at one server.
struct Source {
    word: Word,
    /// Names that add up to it, without the ending `_total` that counters have in newer formats. A page without one of them
    /// has none of it.
    names: &'static [&'static str],
    /// Another name that the page has then.
    beside: Option<&'static str>,
}

const fn of(word: Word, names: &'static [&'static str]) -> Source {
    Source { word, names, beside: None }
}

/// Of several sources of a word the first counts that a page has: the newer one.
///
/// vLLM looks up a prompt again, and counts that, each time that it finds no room for it; the tokens of a prompt it counts
/// once, when it has read it. The gauge `sglang:cache_hit_rate` is of the last batch of prompts alone. llama.cpp counts the
/// prompt tokens from its cache apart from the others, where it counts them.
const SOURCES: [Source; 31] = [
    of(Running, &["vllm:num_requests_running"]),
    of(Waiting, &["vllm:num_requests_waiting"]),
    of(KvCacheUsed, &["vllm:kv_cache_usage_perc"]),
    of(KvCacheUsed, &["vllm:gpu_cache_usage_perc"]),
    of(PrefixHits, &["vllm:prompt_tokens_cached"]),
    of(PrefixHits, &["vllm:prefix_cache_hits"]),
    of(PrefixHits, &["vllm:gpu_prefix_cache_hits"]),
    Source { word: PrefixQueries, names: &["vllm:prompt_tokens"], beside: Some("vllm:prompt_tokens_cached") },
    of(PrefixQueries, &["vllm:prefix_cache_queries"]),
    of(PrefixQueries, &["vllm:gpu_prefix_cache_queries"]),
    of(PromptTokens, &["vllm:prompt_tokens"]),
    of(OutputTokens, &["vllm:generation_tokens"]),
    of(Running, &["sglang:num_running_reqs"]),
    of(Waiting, &["sglang:num_queue_reqs"]),
    of(KvCacheUsed, &["sglang:token_usage"]),
    of(PrefixHits, &["sglang:cached_tokens"]),
    of(PrefixQueries, &["sglang:prompt_tokens"]),
    of(PromptTokens, &["sglang:prompt_tokens"]),
    of(OutputTokens, &["sglang:generation_tokens"]),
    of(Running, &["llamacpp:requests_processing"]),
    of(Waiting, &["llamacpp:requests_deferred"]),
    of(KvCacheUsed, &["llamacpp:kv_cache_usage_ratio"]),
    of(PrefixHits, &["llamacpp:prompt_tokens_cached"]),
    of(PrefixQueries, &["llamacpp:prompt_tokens", "llamacpp:prompt_tokens_cached"]),
    of(PromptTokens, &["llamacpp:prompt_tokens", "llamacpp:prompt_tokens_cached"]),
    of(PromptTokens, &["llamacpp:prompt_tokens"]),
    of(OutputTokens, &["llamacpp:tokens_predicted"]),
    of(Running, &["tgi_batch_current_size"]),
    of(Waiting, &["tgi_queue_size"]),
    of(PromptTokens, &["tgi_request_input_length_sum"]),
    of(OutputTokens, &["tgi_request_generated_tokens_sum"]),
];

/// The ending of counters in OpenMetrics and in Prometheus' own clients.
const COUNTER: &str = "_total";

/// Labels of the parts of one engine, of which each says the same.
const COPIES: [&str; 3] = ["tp_rank", "pp_rank", "moe_ep_rank"];

/// The label of requests of one priority, which a series with an empty one holds as well.
const PART: &str = "priority";

/// The largest number that can be a count: beyond it not all whole numbers have a place.
const MOST: f64 = (1_u64 << f64::MANTISSA_DIGITS) as f64;

/// What a page says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Said {
    /// In our words; none where it has none of the names.
    pub words: BTreeMap<Word, f64>,
    /// The first number that cannot be what its name says, and is left out.
    pub odd: Option<String>,
}

/// What a page says in our words.
pub fn read(page: &str) -> Said {
    let mut said = Said::default();
    let families = families(page, &mut said.odd);
    for source in SOURCES.iter().filter(|source| source.beside.is_none_or(|name| families.contains_key(name))) {
        let value = |name: &&str| families.get(name).map(|family| family.value(source.word));
        let Some(value) = source.names.iter().map(value).sum::<Option<f64>>() else { continue };
        if source.word == KvCacheUsed && value > 1.0 {
            said.odd.get_or_insert_with(|| format!("its `{}` is {value}, and a share is at most 1", source.names[0]));
            continue;
        }
        said.words.entry(source.word).or_insert(value);
    }
    said
}

/// The families of a page that have a known name.
fn families<'p>(page: &'p str, odd: &mut Option<String>) -> BTreeMap<&'static str, Family<'p>> {
    let mut families: BTreeMap<_, Family<'_>> = BTreeMap::new();
    for series in series(page, |name| known(name).is_some()) {
        let Some((name, is_total)) = known(series.name) else { continue };
        if (0.0..=MOST).contains(&series.value) {
            families.entry(name).or_default().add(&series, is_total);
        } else {
            odd.get_or_insert_with(|| format!("its `{}` is {}, which is no count", series.name, shown(series.value)));
        }
    }
    families
}

/// A number that may have some hundred digits.
fn shown(value: f64) -> String {
    if value.abs() < MOST { value.to_string() } else { format!("{value:e}") }
}

/// The known name that a page means, and whether it has the ending of counters.
fn known(name: &str) -> Option<(&'static str, bool)> {
    let base = name.strip_suffix(COUNTER);
    let mut names = SOURCES.iter().flat_map(|source| source.names.iter().chain(&source.beside));
    let found = names.find(|known| is_alike(known, base.unwrap_or(name)))?;
    Some((found, base.is_some()))
}

/// Collectors, and clients that escape names, write a colon as an underscore.
fn is_alike(known: &str, name: &str) -> bool {
    let mut bytes = known.bytes().zip(name.bytes());
    known.len() == name.len() && bytes.all(|(known, byte)| known == byte || (known == b':' && byte == b'_'))
}

/// The series of one name: several engines, models or kinds of requests.
#[derive(Default)]
struct Family<'p> {
    /// By labels; without and with the ending of counters, which are the same where a page has both.
    series: [BTreeMap<Vec<(&'p str, &'p str)>, f64>; 2],
}

impl<'p> Family<'p> {
    fn add(&mut self, series: &Series<'p>, is_total: bool) {
        let labels = series.labels().filter(|(name, value)| {
            let is_whole = *name == PART && value.is_empty();
            !COPIES.contains(name) && !is_whole
        });
        let value = self.series[usize::from(is_total)].entry(labels.collect()).or_insert(0.0);
        *value = value.max(series.value);
    }

    /// What its series come to: they add up, but for shares.
    fn value(&self, word: Word) -> f64 {
        let [plain, total] = &self.series;
        let series = if total.is_empty() { plain } else { total };
        let is_part = |labels: &[(&str, &str)]| labels.iter().any(|(name, _)| *name == PART);
        let has_whole = series.keys().any(|labels| !is_part(labels));
        let values = series.iter().filter(|(labels, _)| !has_whole || !is_part(labels)).map(|(_, value)| *value);
        if word == KvCacheUsed { values.fold(0.0, f64::max) } else { values.sum() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(page: &str) -> Vec<(Word, f64)> {
        let said = read(page);
        assert_eq!(said.odd, None);
        said.words.into_iter().collect()
    }

    #[test]
    fn numbers_that_cannot_be_counts_or_shares_are_left_out_and_named() {
        for (value, shown) in [
            ("NaN", "NaN"),
            ("+Inf", "inf"),
            ("-5", "-5"),
            ("1e308", "1e308"),
            ("9007199254740994", "9.007199254740994e15"),
        ] {
            let said = read(&format!("vllm:num_requests_running {value}\nvllm:num_requests_waiting 2\n"));
            let expected = format!("its `vllm:num_requests_running` is {shown}, which is no count");
            assert_eq!((said.words, said.odd), (BTreeMap::from([(Waiting, 2.0)]), Some(expected)));
        }
        let said = read("vllm:kv_cache_usage_perc 87.5\n");
        assert!(said.words.is_empty() && said.odd.unwrap().contains("is 87.5, and a share is at most 1"));
        assert_eq!(words("vllm:num_requests_running 9007199254740992\n"), [(Running, MOST)]);
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
    fn ranks_of_an_engine_are_one_and_engines_beside_each_other_add_up() {
        // Ranks 0 and 1 of the first engine, 2 and 3 of the second, as with attention in data parallel.
        let page = "sglang:num_running_reqs{dp_rank=\"0\",engine_type=\"unified\",tp_rank=\"0\"} 3.0\n\
                    sglang:num_running_reqs{dp_rank=\"0\",engine_type=\"unified\",tp_rank=\"1\"} 3.0\n\
                    sglang:num_running_reqs{dp_rank=\"1\",engine_type=\"unified\",tp_rank=\"2\"} 5.0\n\
                    sglang:num_running_reqs{dp_rank=\"1\",engine_type=\"unified\",tp_rank=\"3\"} 5.0\n\
                    sglang:token_usage{dp_rank=\"0\",tp_rank=\"0\"} 0.10\nsglang:token_usage{dp_rank=\"1\",tp_rank=\"2\"} 0.20\n";
        assert_eq!(words(page), [(Running, 8.0), (KvCacheUsed, 0.2)]);
        let experts = "sglang:num_queue_reqs{moe_ep_rank=\"0\",pp_rank=\"0\",tp_rank=\"0\"} 2\n\
                       sglang:num_queue_reqs{moe_ep_rank=\"1\",pp_rank=\"0\",tp_rank=\"1\"} 2\n\
                       sglang:num_queue_reqs{moe_ep_rank=\"0\",pp_rank=\"1\",tp_rank=\"0\"} 2\n";
        assert_eq!(words(experts), [(Waiting, 2.0)]);
    }

    #[test]
    fn requests_by_priority_count_once() {
        let parts = "sglang:num_running_reqs{priority=\"0\",tp_rank=\"0\"} 14.0\nsglang:num_running_reqs{priority=\"-1\",tp_rank=\"0\"} 2.0\n";
        assert_eq!(words(parts), [(Running, 16.0)]);
        let with_whole = format!("sglang:num_running_reqs{{priority=\"\",tp_rank=\"0\"}} 16.0\n{parts}");
        assert_eq!(words(&with_whole), [(Running, 16.0)]);
    }

    #[test]
    fn vllm_counts_each_prompt_once_in_its_tokens() {
        // Prompts that wait for room were looked up thirty times.
        let page = "vllm:prefix_cache_queries_total 30000\nvllm:prefix_cache_hits_total 7500\n\
                    vllm:external_prefix_cache_hits_total 9\nvllm:mm_cache_queries_total 5\nvllm:prompt_tokens_total 1000\n\
                    vllm:prompt_tokens_by_source_total{source=\"local_compute\"} 900\n\
                    vllm:prompt_tokens_by_source_total{source=\"local_cache_hit\"} 100\nvllm:prompt_tokens_cached_total 100\n";
        assert_eq!(words(page), [(PrefixHits, 100.0), (PrefixQueries, 1000.0), (PromptTokens, 1000.0)]);
    }

    #[test]
    fn llama_server_counts_cached_prompt_tokens_apart() {
        let page = "llamacpp:prompt_tokens_total 1000\nllamacpp:prompt_tokens_cached_total 3000\n";
        assert_eq!(words(page), [(PrefixHits, 3000.0), (PrefixQueries, 4000.0), (PromptTokens, 4000.0)]);
    }

    #[test]
    fn a_collector_writes_a_colon_as_an_underscore() {
        let page = "vllm_num_requests_running{engine=\"0\"} 3.0\nvllm_num_requests_waiting_by_reason 9\nvllm_generation_tokens_total 1e3\n";
        assert_eq!(words(page), [(Running, 3.0), (OutputTokens, 1000.0)]);
    }

    #[test]
    fn one_counter_in_both_spellings_counts_once_and_nonsense_not_at_all() {
        assert_eq!(words("vllm:prompt_tokens 7\nvllm:prompt_tokens_total 7\n"), [(PromptTokens, 7.0)]);
        let nonsense = read("vllm:num_requests_running -1\nvllm:num_requests_waiting NaN\nsomething_else 3\n");
        assert!(
            nonsense.words.is_empty() && nonsense.odd.unwrap().starts_with("its `vllm:num_requests_running` is -1, ")
        );
    }
}
