//! Kinds of errors: what a server's status, code, type and words say of the next request. Pure.
//!
//! Gateways pass on the words of other APIs, so one table serves every provider; what is special to one, its own
//! [`classify`](super::provider::Provider::classify) says first.

use std::time::Duration;

use crate::response::Status;

/// What an error says beyond its HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// Nothing.
    ByHttpStatus,
    /// The server is overloaded, or asks for fewer requests.
    Overload,
    /// The key is refused, or may not do this.
    Key,
    /// The account has no credit.
    EmptyQuota,
    /// The server does not have the model.
    NoModel,
    /// Nothing is at the address.
    NoPath,
    /// The model does not fit into the server's memory.
    Memory,
    /// A parameter is refused.
    Parameter,
    /// Streams are refused.
    Stream,
    /// The prompt does not fit.
    TooLong,
    /// The prompt is against the provider's rules.
    Flagged,
}

impl ErrorKind {
    /// True if it is about this prompt and says nothing of the others.
    pub fn is_of_the_prompt(self) -> bool {
        matches!(self, Self::TooLong | Self::Flagged)
    }

    /// True if another attempt has the same outcome.
    pub fn is_permanent(self) -> bool {
        !matches!(self, Self::ByHttpStatus | Self::Overload)
    }

    /// The status that it gives a response, if it tells more than the HTTP status does.
    pub(super) fn status(self) -> Option<Status> {
        match self {
            Self::Key => Some(Status::Unauthorized),
            Self::NoModel | Self::NoPath => Some(Status::ModelMissing),
            Self::Parameter | Self::Stream | Self::TooLong | Self::Flagged => Some(Status::Rejected),
            Self::ByHttpStatus | Self::Overload | Self::EmptyQuota | Self::Memory => None,
        }
    }

    /// What to do about it, to follow the words of the server.
    pub(super) fn remedy(self) -> Option<&'static str> {
        match self {
            Self::Stream => Some("set `generation.stream: false`"),
            Self::Memory => Some("use a smaller model, quantization or `num_ctx`"),
            _ => None,
        }
    }
}

/// Words with which servers report that a prompt does not fit.
const TOO_LONG: [&str; 26] = [
    "context length",
    "context window",
    "context size",
    "context_length",
    "maximum context",
    "max context",
    "prompt is too long",
    "prompt too long",
    "input is too long",
    "input too long",
    "too many input tokens",
    "too many tokens",
    "request too large",
    "request_too_large",
    "payload too large",
    "exceed_context_size",
    "string_above_max_length",
    "maximum prompt length",
    "max_prompt_length",
    "input token count",
    "maximum number of tokens allowed",
    "maximum allowed length",
    "`inputs` must have less than",
    "`max_new_tokens` must be",
    "reduce the length of",
    "longer than the model's context",
];

/// Those of a prompt that alone is above the limit of a rate.
const TOO_LARGE: [&str; 2] = ["request too large", "request_too_large"];

/// True if a message reports that a prompt does not fit.
pub fn is_about_length(message: &str) -> bool {
    has(&message.to_lowercase(), &TOO_LONG)
}

/// Words with which servers report that a prompt is against their rules.
const FLAGGED: [&str; 25] = [
    "flagged",
    "moderation",
    "content_policy",
    "content policy",
    "content_filter",
    "content filter",
    "content management policy",
    "responsibleai",
    "safety system",
    "usage policies",
    "usage policy",
    "prohibited_content",
    "data_inspection_failed",
    "inappropriate content",
    "unsafe content",
    "sensitive content",
    "harmful content",
    "guardrail",
    "content exists risk",
    "usage guidelines",
    "safety_check",
    "content violates",
    "invalid_prompt",
    "敏感内容",
    "不安全",
];

/// Words with which servers report an account without credit.
const NO_CREDIT: [&str; 20] = [
    "insufficient_quota",
    "insufficient quota",
    "insufficient balance",
    "insufficient_balance",
    "insufficient credit",
    "insufficient_credit",
    "insufficient funds",
    "credit balance is too low",
    "out of credits",
    "no credit",
    "billing_hard_limit",
    "billing_not_active",
    "spending limit",
    "payment required",
    "payment_required",
    "arrearage",
    "balance is insufficient",
    "billing_error",
    "api usage limits",
    "account is suspended",
];

/// Words of an empty quota unless the same error says when it fills up.
const NO_QUOTA: [&str; 7] = [
    "check your plan and billing",
    "exceeded your current quota",
    "quota has been exhausted",
    "exceeded_current_quota",
    "usage_limit_reached",
    "monthly usage limit",
    "monthly limit",
];

/// Words with which servers refuse a key.
const KEY: [&str; 15] = [
    "invalid_api_key",
    "invalid api key",
    "invalid api-key",
    "incorrect api key",
    "api key not valid",
    "api_key_invalid",
    "api key not found",
    "missing api key",
    "no api key",
    "authentication_error",
    "invalid authentication",
    "unauthenticated",
    "invalid x-api-key",
    "account_deactivated",
    "unsupported_country_region_territory",
];

/// Words with which servers report a model that they do not have.
const NO_MODEL: [&str; 16] = [
    "model_not_found",
    "model not found",
    "model_not_exist",
    "model not exist",
    "no such model",
    "unknown model",
    "unknown_model",
    "invalid model",
    "invalid_model",
    "not a valid model",
    "model_decommissioned",
    "model has been decommissioned",
    "model_not_available",
    "deploymentnotfound",
    "no endpoints found",
    "try pulling it first",
];

/// Words that say of something named before that it is missing.
const MISSING: [&str; 5] = ["not found", "does not exist", "doesn't exist", "is not available", "not supported"];

/// Words with which servers report a path that they do not have.
const NO_PATH: [&str; 11] = [
    "unexpected endpoint",
    "unknown endpoint",
    "unknown request url",
    "unknown_url",
    "invalid url (",
    "no route",
    "route not found",
    "cannot post /",
    "404 page not found",
    "path not found",
    "method not allowed",
];

/// Words with which servers report a model that is too large for them.
const MEMORY: [&str; 6] = [
    "requires more system memory",
    "requires more memory",
    "model is too large",
    "unable to load model",
    "failed to load model",
    "model failed to load",
];

/// Words with which servers refuse to stream.
const STREAM: [&str; 5] =
    ["to stream this model", "support streaming", "supports streaming", "streaming is not", "streaming is disabled"];

/// Words with which servers report that they have too much to do.
const OVERLOAD: [&str; 12] = [
    "overloaded",
    "server busy",
    "server is busy",
    "at capacity",
    "over capacity",
    "too many concurrent",
    "rate limit",
    "rate_limit",
    "too many requests",
    "ratelimitexceeded",
    "resource_exhausted",
    "throttlingexception",
];

/// Words with which servers refuse a parameter.
const PARAMETER: [&str; 16] = [
    "unsupported_value",
    "unsupported_parameter",
    "unsupported value",
    "unsupported parameter",
    "unknown parameter",
    "unknown_parameter",
    "unrecognized request argument",
    "unknown name",
    "unknown field",
    "unexpected keyword",
    "extra_forbidden",
    "extra inputs are not permitted",
    "extra fields not permitted",
    "additional properties",
    "is unsupported",
    "invalid_value",
];

fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// What is known of an error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<'e> {
    /// HTTP status of the reply, or that which the error names.
    pub(super) status: Option<u16>,
    /// Its words.
    pub(super) message: &'e str,
    /// Its codes and types, in lower case.
    pub(super) marks: &'e str,
    /// The parameter that it is about.
    pub(super) parameter: Option<&'e str>,
    /// How long it asks to wait.
    pub(super) wait: Option<Duration>,
}

/// What an error says, by the words of every provider.
pub(super) fn classify(told: Told<'_>) -> ErrorKind {
    let text = format!("{} {}", told.message.to_lowercase(), told.marks);
    let status = told.status;
    let is_request = matches!(status, None | Some(400..=499));
    let may_be_of_the_prompt = matches!(status, None | Some(400 | 403 | 413 | 422 | 429 | 451 | 500));
    // Limits of a rate are about tokens as well.
    let too_long: &[&str] = if status == Some(429) { &TOO_LARGE } else { &TOO_LONG };
    if status == Some(413) || (may_be_of_the_prompt && has(&text, too_long)) {
        return ErrorKind::TooLong;
    }
    if status == Some(451) || (may_be_of_the_prompt && status != Some(429) && has(&text, &FLAGGED)) {
        return ErrorKind::Flagged;
    }
    let is_out_of_quota = told.wait.is_none() && has(&text, &NO_QUOTA);
    if status == Some(402) || (is_request && (has(&text, &NO_CREDIT) || is_out_of_quota)) {
        return ErrorKind::EmptyQuota;
    }
    if matches!(status, Some(429 | 503 | 529)) || has(&text, &OVERLOAD) {
        return ErrorKind::Overload;
    }
    let is_about_stream = told.parameter == Some("stream") || has(&text, &STREAM);
    if matches!(status, Some(400 | 403 | 422)) && is_about_stream {
        return ErrorKind::Stream;
    }
    if matches!(status, Some(401 | 403)) || (is_request && has(&text, &KEY)) {
        return ErrorKind::Key;
    }
    if is_request && has(&text, &NO_PATH) || status == Some(405) {
        return ErrorKind::NoPath;
    }
    let is_missing = text.contains("model") && has(&text, &MISSING);
    if has(&text, &NO_MODEL) && is_request || (matches!(status, Some(404 | 410)) && text.contains("model")) {
        return ErrorKind::NoModel;
    }
    if matches!(status, Some(404 | 410)) {
        return ErrorKind::NoPath;
    }
    if has(&text, &MEMORY) {
        return ErrorKind::Memory;
    }
    let is_of_parameters = matches!(status, Some(400 | 422));
    if is_of_parameters && (has(&text, &PARAMETER) || told.parameter.is_some()) {
        return ErrorKind::Parameter;
    }
    if status == Some(400) && is_missing { ErrorKind::NoModel } else { ErrorKind::ByHttpStatus }
}

#[cfg(test)]
mod tests {
    use super::super::fault::Fault;
    use super::*;

    fn kind(http_status: u16, body: &str) -> ErrorKind {
        classify(Fault::of_http(http_status, body.as_bytes(), None).as_told())
    }

    #[test]
    fn errors_of_keys_accounts_and_load_are_of_their_kind() {
        use ErrorKind::{EmptyQuota, Flagged, Key, Overload};
        for (http_status, body, expected) in [
            (401, "", Key),
            (403, r#"{"error":{"message":"Your key may not do this"}}"#, Key),
            (
                400,
                r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]"#,
                Key,
            ),
            (403, r#"{"error":{"code":403,"message":"m requires moderation and your input was flagged"}}"#, Flagged),
            (400, r#"{"error":{"code":"content_filter","message":"The response was filtered"}}"#, Flagged),
            (400, r#"{"error":{"message":"Content Exists Risk","type":"invalid_request_error"}}"#, Flagged),
            (403, r#"{"code":"no permission","error":"Content violates usage guidelines."}"#, Flagged),
            (400, r#"{"error":{"code":"1301","message":"系统检测到输入可能包含不安全或敏感内容"}}"#, Flagged),
            (
                429,
                r#"{"error":{"message":"Your account balance is insufficient","type":"exceeded_current_quota_error"}}"#,
                EmptyQuota,
            ),
            (429, r#"{"error":{"message":"monthly usage limit","type":"usage_limit_reached"}}"#, EmptyQuota),
            (400, r#"{"type":"error","error":{"type":"billing_error","message":"disabled"}}"#, EmptyQuota),
            (
                400,
                r#"{"error":{"message":"Output data may contain inappropriate content.","code":"data_inspection_failed"}}"#,
                Flagged,
            ),
            (402, r#"{"error":{"message":"Insufficient Balance","code":"invalid_request_error"}}"#, EmptyQuota),
            (429, r#"{"error":{"message":"pay first","code":"insufficient_quota"}}"#, EmptyQuota),
            (429, r#"{"error":{"message":"pay first","code":null,"type":"insufficient_quota"}}"#, EmptyQuota),
            (
                400,
                r#"{"error":{"message":"Your credit balance is too low to access the API","type":"invalid_request_error"}}"#,
                EmptyQuota,
            ),
            (429, r#"{"error":{"message":"You exceeded your current quota. Please retry in 20.6s."}}"#, Overload),
            (429, "", Overload),
            (429, r#"{"message":"Too many tokens, please wait before trying again."}"#, Overload),
            (403, r#"{"error":{"message":"Slow down","status":"RESOURCE_EXHAUSTED"}}"#, Overload),
            (503, "", Overload),
            (529, "", Overload),
            (500, r#"{"error":{"type":"overloaded_error","message":"Overloaded"}}"#, Overload),
        ] {
            assert_eq!(kind(http_status, body), expected, "{http_status} {body}");
        }
    }

    #[test]
    fn errors_of_models_paths_prompts_and_parameters_are_of_their_kind() {
        use ErrorKind::{ByHttpStatus, Memory, NoModel, NoPath, Parameter, Stream, TooLong};
        for (http_status, body, expected) in [
            (404, r#"{"error":"model 'x' not found, try pulling it first"}"#, NoModel),
            (404, r#"{"error":{"message":"The model `x` does not exist","code":"model_not_found"}}"#, NoModel),
            (400, r#"{"error":{"message":"x is not a valid model ID","code":400}}"#, NoModel),
            (400, r#"{"error":{"message":"The model `x` does not exist."}}"#, NoModel),
            (
                400,
                r#"{"error":{"message":"The model has been decommissioned","code":"model_decommissioned"}}"#,
                NoModel,
            ),
            (404, "404 page not found", NoPath),
            (404, "", NoPath),
            (405, "", NoPath),
            (400, r#"{"error":{"message":"This model's maximum context length is 4096 tokens"}}"#, TooLong),
            (413, "", TooLong),
            (
                429,
                r#"{"error":{"message":"Request too large for m on tokens per min (TPM): Limit 9, Requested 12"}}"#,
                TooLong,
            ),
            (500, "the prompt exceeds the context window", TooLong),
            (400, r#"{"error":{"message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#, TooLong),
            (500, r#"{"error":"model requires more system memory (9 GiB) than is available (5 GiB)"}"#, Memory),
            (500, "out of memory", ByHttpStatus),
            (
                400,
                r#"{"error":{"message":"Unsupported value: 'temperature'","param":"temperature","code":"unsupported_value"}}"#,
                Parameter,
            ),
            (400, r#"[{"error":{"message":"Unknown name \"seed\": Cannot find field."}}]"#, Parameter),
            (
                422,
                r#"{"detail":[{"loc":["body","seed"],"msg":"Extra inputs are not permitted","type":"extra_forbidden"}]}"#,
                Parameter,
            ),
            (400, r#"{"error":{"message":"Unsupported value","param":"stream","code":"unsupported_value"}}"#, Stream),
            (400, r#"{"error":{"message":"This model does not support streaming."}}"#, Stream),
            (403, r#"{"error":{"message":"Verify to stream this model","param":"stream"}}"#, Stream),
            (422, r#"{"error":"`inputs` tokens + `max_new_tokens` must be <= 4096"}"#, TooLong),
            (400, r#"{"error":{"message":"Unknown parameter","param":"stream_options"}}"#, Parameter),
            (400, "no such option", ByHttpStatus),
            (502, "<html>bad gateway</html>", ByHttpStatus),
        ] {
            assert_eq!(kind(http_status, body), expected, "{http_status} {body}");
        }
    }

    #[test]
    fn an_error_in_a_success_is_of_the_kind_of_the_status_that_it_names() {
        for (body, expected) in [
            (r#"{"error":{"code":402,"message":"add more"}}"#, ErrorKind::EmptyQuota),
            (r#"{"error":{"code":"429","message":"slower"}}"#, ErrorKind::Overload),
            (r#"{"error":"Unexpected endpoint or method. (POST /chat/completions)"}"#, ErrorKind::NoPath),
            (
                r#"{"error":{"code":400,"message":"request (6009 tokens) exceeds the available context size"}}"#,
                ErrorKind::TooLong,
            ),
            (r#"{"error":{"code":502,"message":"Provider disconnected"}}"#, ErrorKind::ByHttpStatus),
            (r#"{"error":"cuda is gone"}"#, ErrorKind::ByHttpStatus),
        ] {
            let json: serde_json::Value = serde_json::from_str(body).unwrap();
            let fault = Fault::told(&json["error"], &json);
            assert_eq!(classify(fault.as_told()), expected, "{body}");
        }
    }
}
