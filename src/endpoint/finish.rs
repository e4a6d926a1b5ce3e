//! The end of an answer: what a server's word for it means. Pure.
//!
//! Gateways pass on the words of the API behind them, so every provider understands those of all; what a word means
//! differently at one of them, its own table says first.

use std::fmt;

/// What the word for an end means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The answer is complete.
    Complete,
    /// It was cut at a limit.
    Capped,
    /// A filter ended it, or the model refused.
    Refused,
    /// The model called a tool.
    CalledTool,
    /// It failed on the way, so another attempt may help.
    Failed,
    /// Nobody knows the word; the answer counts as complete, and a check names the word.
    Unknown,
}

/// Words that stand for none at all.
const NONE: [&str; 6] = ["", "null", "none", "undefined", "unspecified", "finish_reason_unspecified"];

/// What each word means, in lower case and without `_`, `-` and spaces, and what cut the answer where the word tells it.
const WORDS: [(Finish, Option<Cut>, &[&str]); 7] = [
    (
        Finish::Complete,
        None,
        &[
            "stop",
            "stopped",
            "endturn",
            "stopsequence",
            "stopstring",
            "stopstringfound",
            "stoptoken",
            "eos",
            "eostoken",
            "eosfound",
            "endofsequence",
            "complete",
            "completed",
            "finished",
            "finish",
            "done",
            "normal",
            "word",
            "end",
            "success",
        ],
    ),
    (
        Finish::Capped,
        None,
        &[
            "length",
            "maxtokens",
            "maxoutputtokens",
            "maxlength",
            "maxlen",
            "maxcompletiontokens",
            "maxnewtokens",
            "maxpredictedtokensreached",
            "errorlimit",
            "limit",
            "incomplete",
            "tokenlimit",
        ],
    ),
    (
        Finish::Capped,
        Some(Cut::Context),
        &[
            "modellength",
            "contextlengthreached",
            "contextlength",
            "contextlengthexceeded",
            "modelcontextwindowexceeded",
            "contextwindowexceeded",
        ],
    ),
    (Finish::Capped, Some(Cut::Pause), &["pauseturn"]),
    (
        Finish::Refused,
        None,
        &[
            "contentfilter",
            "contentfiltered",
            "filtered",
            "refusal",
            "refused",
            "safety",
            "recitation",
            "blocklist",
            "prohibitedcontent",
            "spii",
            "imagesafety",
            "language",
            "guardrailintervened",
            "guardrail",
            "errortoxic",
            "sensitive",
            "moderation",
            "blocked",
            "userblocked",
        ],
    ),
    (Finish::CalledTool, None, &["toolcalls", "toolcall", "tooluse", "functioncall", "functioncalls", "calltool"]),
    (
        Finish::Failed,
        None,
        &[
            "error",
            "abort",
            "aborted",
            "cancel",
            "canceled",
            "cancelled",
            "failed",
            "failure",
            "timeout",
            "insufficientsystemresource",
            "networkerror",
            "servererror",
            "internalerror",
            "modelunloaded",
            "userstopped",
            "load",
            "unload",
            "interrupted",
            "preempted",
            "shutdown",
            "overloaded",
            "malformedfunctioncall",
            "malformedresponse",
            "unexpectedtoolcall",
            "other",
            "disconnect",
            "disconnected",
        ],
    ),
];

/// What cut an answer, where it was not the limit of output tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The context was full.
    Context,
    /// The provider paused a turn in which its own tools are at work; nobody continues it.
    Pause,
}

/// What cut an answer that ended with this word, if the word tells another limit than that of the request.
pub fn cut_by(word: &str) -> Option<Cut> {
    let plain = plain(word);
    WORDS.iter().find(|(.., words)| words.contains(&&*plain)).and_then(|(_, cut, _)| *cut)
}

fn plain(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// True if a word says that there is no end yet.
pub fn is_none(word: &str) -> bool {
    NONE.contains(&&*word.trim().to_lowercase())
}

/// What a word means at a provider with these words of its own.
pub fn meaning(own: &[(&str, Finish)], word: &str) -> Finish {
    let plain = plain(word);
    let own = own.iter().find(|(known, _)| *known == plain).map(|(_, finish)| *finish);
    let shared = || WORDS.iter().find(|(.., words)| words.contains(&&*plain)).map(|(finish, ..)| *finish);
    own.or_else(shared).or_else(|| by_part(&plain)).unwrap_or(Finish::Unknown)
}

/// Parts of words that nobody has listed, in the order in which they are looked for.
const PARTS: [(Finish, &[&str]); 4] = [
    (
        Finish::Failed,
        &[
            "error",
            "fail",
            "abort",
            "cancel",
            "shutdown",
            "exception",
            "disconnect",
            "evict",
            "preempt",
            "killed",
            "outofmemory",
            "ratelimit",
            "timeout",
            "timedout",
            "crash",
        ],
    ),
    (
        Finish::Refused,
        &["filter", "safety", "policy", "moderat", "unsafe", "block", "jailbreak", "prohibit", "refus", "sensitiv"],
    ),
    (
        Finish::Capped,
        &["maxt", "maxout", "maxlen", "maxcontext", "length", "limit", "truncat", "contextfull", "outoftokens"],
    ),
    (Finish::Complete, &["stop", "endof", "eos", "eot", "eog", "imend", "complete", "finished"]),
];

/// What a word means by what it holds: an unknown one that speaks of an error is no answer.
fn by_part(plain: &str) -> Option<Finish> {
    PARTS.iter().find(|(_, parts)| parts.iter().any(|part| plain.contains(part))).map(|(finish, _)| *finish)
}

impl fmt::Display for Finish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Complete => "complete",
            Self::Capped => "capped",
            Self::Refused => "refused",
            Self::CalledTool => "called a tool",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_one_meaning() {
        let mut words: Vec<&str> = WORDS.iter().flat_map(|(.., words)| words.iter().copied()).collect();
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
        assert!(words.iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase())));
    }

    #[test]
    fn words_of_the_field_mean_what_they_mean() {
        for (finish, words) in [
            (
                Finish::Complete,
                ["stop", "STOP", "end_turn", "eos_token", "stop_sequence", "COMPLETE", "eosFound"].as_slice(),
            ),
            (
                Finish::Capped,
                &[
                    "length",
                    "max_tokens",
                    "MAX_TOKENS",
                    "model_length",
                    "model_context_window_exceeded",
                    "ERROR_LIMIT",
                    "pause_turn",
                ],
            ),
            (
                Finish::Refused,
                &["content_filter", "SAFETY", "RECITATION", "refusal", "sensitive", "PROHIBITED_CONTENT"],
            ),
            (Finish::CalledTool, &["tool_calls", "function_call", "tool_use", "toolCalls"]),
            (
                Finish::Failed,
                &["abort", "error", "ERROR", "cancelled", "insufficient_system_resource", "load", "network_error"],
            ),
            (Finish::Unknown, &["of_tomorrow", "42"]),
        ] {
            for word in words {
                assert_eq!(meaning(&[], word), finish, "{word}");
            }
        }
        assert_eq!(meaning(&[("stop", Finish::Failed)], "STOP"), Finish::Failed);
    }

    #[test]
    fn what_cut_an_answer_is_told_by_words_that_mean_so() {
        for (finish, cut, words) in WORDS {
            assert!(cut.is_none() || finish == Finish::Capped);
            words.iter().for_each(|word| assert_eq!(cut_by(word), cut, "{word}"));
        }
        assert_eq!(cut_by("model_context_window_exceeded"), Some(Cut::Context));
        assert_eq!(["length", "stop", "max_tokens"].map(cut_by), [None; 3]);
    }

    #[test]
    fn some_words_are_none() {
        for word in ["", " ", "null", "NULL", "None", "FINISH_REASON_UNSPECIFIED"] {
            assert!(is_none(word), "{word:?}");
        }
        assert!(!is_none("stop"));
    }

    #[test]
    fn words_that_nobody_has_listed_are_known_by_their_parts() {
        for (word, expected) in [
            ("engine_error", Finish::Failed),
            ("rate_limit", Finish::Failed),
            ("server_shutdown", Finish::Failed),
            ("content_policy_violation", Finish::Refused),
            ("SAFETY_CHECK", Finish::Refused),
            ("MAX_TOKEN", Finish::Capped),
            ("length_limit", Finish::Capped),
            ("FINISH_REASON_STOP", Finish::Complete),
            ("<|im_end|>", Finish::Complete),
            ("banana", Finish::Unknown),
        ] {
            assert_eq!(meaning(&[], word), expected, "{word}");
        }
    }
}
