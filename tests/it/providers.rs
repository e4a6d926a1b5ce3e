//! The kinds of faults in the words of each API, and what the counts of each provider cost.

use serde_json::{Value as Json, json};

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

/// An API: how its endpoint is written, an error, and an answer with this text and this many output tokens.
struct Api {
    name: &'static str,
    error: fn(&str) -> Json,
    answer: fn(&str, u64) -> Json,
}

fn of_openai(message: &str) -> Json {
    json!({ "error": { "message": message, "type": "invalid_request_error", "param": null, "code": null } })
}

const APIS: [Api; 6] = [
    Api {
        name: "ollama generate",
        error: |message| json!({ "error": message }),
        answer: |text, tokens| json!({ "response": text, "done": true, "done_reason": "stop", "prompt_eval_count": tokens, "eval_count": tokens }),
    },
    Api {
        name: "ollama chat",
        error: |message| json!({ "error": message }),
        answer: |text, tokens| json!({ "message": { "content": text }, "done": true, "done_reason": "stop", "eval_count": tokens }),
    },
    Api {
        name: "openai chat",
        error: of_openai,
        answer: |text, tokens| {
            let usage = json!({ "prompt_tokens": tokens, "completion_tokens": tokens });
            json!({ "choices": [{ "index": 0, "message": { "content": text }, "finish_reason": "stop" }], "usage": usage })
        },
    },
    Api {
        name: "openai completions",
        error: of_openai,
        answer: |text, tokens| {
            let usage = json!({ "prompt_tokens": tokens, "completion_tokens": tokens });
            json!({ "choices": [{ "index": 0, "text": text, "finish_reason": "stop" }], "usage": usage })
        },
    },
    Api {
        name: "openai responses",
        error: of_openai,
        answer: |text, tokens| {
            let content = json!([{ "type": "output_text", "text": text }]);
            let usage = json!({ "input_tokens": tokens, "output_tokens": tokens });
            json!({ "status": "completed", "output": [{ "type": "message", "content": content }], "usage": usage })
        },
    },
    Api {
        name: "anthropic",
        error: |message| json!({ "type": "error", "error": { "type": "invalid_request_error", "message": message } }),
        answer: |text, tokens| {
            let usage = json!({ "input_tokens": tokens, "output_tokens": tokens });
            let content = json!([{ "type": "text", "text": text }]);
            json!({ "type": "message", "content": content, "stop_reason": "end_turn", "usage": usage })
        },
    },
];

impl Api {
    fn named(name: &str) -> &'static Self {
        APIS.iter().find(|api| api.name == name).unwrap()
    }

    fn server(&self, models: &[&str]) -> (Server, Spec) {
        let (provider, api) = self.name.split_once(' ').unwrap_or((self.name, ""));
        let server = match provider {
            "ollama" => Server::ollama(models),
            "openai" => Server::openai(models, None),
            _ => Server::anthropic(models, None),
        };
        let endpoint = match provider {
            "ollama" => format!("{{ ollama: {{ url: \"{}\", api: {api} }} }}", server.url()),
            "openai" => format!("{{ openai: {{ url: \"{}/v1\", api: {api} }} }}", server.url()),
            _ => server.endpoint(),
        };
        let spec = Spec::at(&endpoint).with("generation", "{ stream: false }");
        (server, spec.with("load", "{ warmup: 0, attempts: 3 }"))
    }
}

fn whole(status: u16, body: &Json) -> Act {
    Act::Status(status, vec![("Content-Type", "application/json".to_owned())], body.to_string())
}

/// What is refused: status, words, the status of the rows, and how many of nine are asked.
const REFUSALS: [(u16, &str, &str, usize); 9] = [
    (401, "invalid x-api-key", "unauthorized", 1),
    (402, "Insufficient Balance", "rejected", 3),
    (400, "Your credit balance is too low to access the API", "rejected", 3),
    (429, "You exceeded your current quota, please check your plan and billing details", "rate_limited", 3),
    (404, "model 'small' not found", "model_missing", 1),
    (404, "404 page not found", "model_missing", 1),
    (500, "model requires more system memory (9 GiB) than is available (5 GiB)", "server_error", 3),
    (400, "prompt is too long: 210000 tokens > 200000 maximum", "rejected", 9),
    (403, "your input was flagged by moderation", "rejected", 9),
];

#[test]
fn what_is_refused_is_of_one_kind_in_the_words_of_every_api() {
    let names: Vec<String> = (0..REFUSALS.len()).map(|number| format!("m{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for api in &APIS {
        let (server, spec) = api.server(&names);
        let acts: Vec<Act> = REFUSALS.iter().map(|(status, words, ..)| whole(*status, &(api.error)(words))).collect();
        server.acts(move |asked| acts[number_of(&asked.body)].clone());
        let models: Vec<String> = names.iter().map(|name| format!("{{ name: {name}, endpoint: local }}")).collect();
        let bench = Bench::ready(9, &spec.with("models", &format!("[{}]", models.join(", "))));
        bench.apply().exits(3);
        let (asked, results) = (server.asked(), bench.results());
        for (number, (_, words, status, count)) in REFUSALS.into_iter().enumerate() {
            let own = asked.iter().filter(|asked| number_of(&asked.body) == number).count();
            assert_eq!(own, count, "{}: {words}", api.name);
            let row = results.column("model").iter().position(|model| *model == names[number]).unwrap();
            assert_eq!(results.field(row, "status"), status, "{}: {words}", api.name);
            assert!(results.field(row, "fault").contains(words), "{}: {}", api.name, results.field(row, "fault"));
        }
    }
}

/// The number of the model that a request names.
fn number_of(body: &Json) -> usize {
    body["model"].as_str().unwrap().trim_start_matches('m').parse().unwrap()
}

#[test]
fn what_may_pass_is_asked_again_in_every_api() {
    for api in &APIS {
        let passing = [
            whole(503, &(api.error)("server busy, please try again")),
            whole(529, &(api.error)("Overloaded")),
            whole(500, &(api.error)("an error was encountered")),
            whole(502, &json!("bad gateway")),
            whole(200, &(api.error)("the runner has terminated")),
            whole(200, &(api.answer)("", 0)),
            whole(200, &Json::Null),
            Act::Close,
        ];
        let (server, spec) = api.server(&["small"]);
        let (answer, count) = (whole(200, &(api.answer)("A", 1)), passing.len());
        server.acts(move |asked| match asked.before {
            0 => passing[row_of(&asked.prompt)].clone(),
            _ => answer.clone(),
        });
        let bench = Bench::ready(count, &spec);
        bench.apply().exits(0);
        let results = bench.results();
        assert_eq!(results.column("attempts"), vec!["2"; count], "{}", api.name);
        assert_eq!((results.column("status"), results.column("output")), (vec!["ok"; count], vec!["A"; count]));
        assert_eq!(server.count(), 2 * count, "{}", api.name);
    }
}

/// The number of the row that a prompt asks.
fn row_of(prompt: &str) -> usize {
    let (_, rest) = prompt.split_once("number ").unwrap();
    rest.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
}

/// An answer of the chat API with this usage.
fn chat(usage: &Json) -> Json {
    json!({ "choices": [{ "index": 0, "message": { "content": "A" }, "finish_reason": "stop" }], "usage": usage })
}

#[test]
fn the_counts_of_each_provider_cost_what_they_cost() {
    let prices =
        "{ currency: USD, models: { small: { input: 1.25, cached_input: 0.2, cache_write: 1.5625, output: 2.5 } } }";
    let of_openai = json!({ "prompt_tokens": 10120, "completion_tokens": 1499, "total_tokens": 11619,
        "prompt_tokens_details": { "cached_tokens": 128, "audio_tokens": 0 },
        "completion_tokens_details": { "reasoning_tokens": 1000, "accepted_prediction_tokens": 0 } });
    let of_anthropic = json!({ "type": "message", "content": [{ "type": "text", "text": "A" }], "stop_reason": "end_turn",
        "usage": { "input_tokens": 2095, "cache_creation_input_tokens": 512, "cache_read_input_tokens": 1024,
            "cache_creation": { "ephemeral_5m_input_tokens": 512, "ephemeral_1h_input_tokens": 0 },
            "output_tokens": 503, "service_tier": "standard" } });
    let of_deepseek = json!({ "prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020,
        "prompt_cache_hit_tokens": 960, "prompt_cache_miss_tokens": 40 });
    let of_groq = json!({ "choices": [{ "index": 0, "message": { "content": "A" }, "finish_reason": "stop" }],
        "x_groq": { "id": "req_1", "usage": { "queue_time": 0.01, "prompt_tokens": 20, "completion_tokens": 7, "total_tokens": 27 } } });
    let of_xai = json!({ "prompt_tokens": 20, "completion_tokens": 1, "total_tokens": 330,
        "prompt_tokens_details": { "text_tokens": 20, "cached_tokens": 4 }, "completion_tokens_details": { "reasoning_tokens": 309 } });
    let of_gemini = json!({ "prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 150 });
    let of_openrouter = json!({ "prompt_tokens": 194, "completion_tokens": 2, "total_tokens": 196, "cost": 0.95, "is_byok": false,
        "prompt_tokens_details": { "cached_tokens": 64, "cache_write_tokens": 100 } });
    let of_mistral =
        json!({ "prompt_tokens": 22, "total_tokens": 39, "completion_tokens": 17, "prompt_audio_seconds": {} });
    let of_ollama = json!({ "response": "A", "done": true, "done_reason": "stop", "prompt_eval_count": 100,
        "prompt_eval_cached_count": 90, "eval_count": 10 });
    let of_llama_server = json!({ "choices": [{ "index": 0, "message": { "content": "A" }, "finish_reason": "stop" }],
        "timings": { "cache_n": 10, "prompt_n": 10, "predicted_n": 5, "prompt_ms": 1.0, "predicted_ms": 1.0 } });
    let of_responses = json!({ "status": "completed", "output": [{ "type": "message", "content": [{ "type": "output_text", "text": "A" }] }],
        "usage": { "input_tokens": 36, "input_tokens_details": { "cached_tokens": 12 }, "output_tokens": 87,
            "output_tokens_details": { "reasoning_tokens": 64 }, "total_tokens": 123 } });
    let of_moonshot = json!({ "prompt_tokens": 100, "completion_tokens": 9, "total_tokens": 109, "cached_tokens": 64 });
    let all = [
        ("OpenAI", "openai chat", chat(&of_openai), "0.0162631"),
        ("Anthropic", "anthropic", of_anthropic, "0.00488105"),
        ("DeepSeek", "openai chat", chat(&of_deepseek), "0.000292"),
        ("Groq", "openai chat", of_groq, "0.0000425"),
        ("xAI", "openai chat", chat(&of_xai), "0.0007958"),
        ("Gemini", "openai chat", chat(&of_gemini), "0.00025"),
        ("OpenRouter", "openai chat", chat(&of_openrouter), "0.00021155"),
        ("Mistral", "openai chat", chat(&of_mistral), "0.00007"),
        ("Ollama", "ollama generate", of_ollama, "0.0000555"),
        ("llama-server", "openai chat", of_llama_server, "0.000027"),
        ("Responses", "openai responses", of_responses, "0.0002499"),
        ("Moonshot", "openai chat", chat(&of_moonshot), "0.0000803"),
    ];
    for name in ["openai chat", "anthropic", "ollama generate", "openai responses"] {
        let own: Vec<_> = all.iter().filter(|(_, api, ..)| *api == name).cloned().collect();
        let (server, spec) = Api::named(name).server(&["small"]);
        let acts: Vec<Act> = own.iter().map(|(_, _, body, _)| whole(200, body)).collect();
        server.acts(move |asked| acts[row_of(&asked.prompt)].clone());
        let bench = Bench::ready(own.len(), &spec.with("pricing", prices));
        bench.apply().exits(0);
        let results = bench.results();
        for (row, (provider, _, _, cost)) in own.iter().enumerate() {
            let found = results.field(row, "cost");
            assert_eq!(found.parse::<f64>().unwrap().to_string(), *cost, "{provider}: {found}");
        }
    }
}
