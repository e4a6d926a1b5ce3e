//! Log-probabilities as servers write them. Nothing here is an error: what cannot be read is unknown.
//!
//! | server | shape |
//! | --- | --- |
//! | OpenAI chat, vLLM, llama-server | `{"content": [{"token", "logprob", "top_logprobs": [{"token", "logprob"}]}]}` |
//! | OpenAI completions, vLLM | `{"tokens": […], "token_logprobs": […], "top_logprobs": [{TOKEN: logprob}]}` |
//! | Ollama | the list of the first shape |

use serde_json::Value as Json;

use crate::alternatives::Alternative;

/// A token of an answer.
struct Token {
    text: String,
    alternatives: Vec<Alternative>,
}

/// The alternatives of the first token of an answer that says anything: white space and marks, such as `(` and `**`, do
/// not. `text` is what this piece adds to the answer; reasoning may stand before it. `None` if the server does not say.
pub(super) fn of_first_token(logprobs: &Json, text: &str, has_reasoned: bool) -> Option<Vec<Alternative>> {
    let tokens = tokens(logprobs)?;
    let joined: String = tokens.iter().map(|token| token.text.as_str()).collect();
    let start = joined.rfind(text.trim()).or((!has_reasoned).then_some(0))?;
    let mut end = 0;
    let first = tokens.into_iter().find(|token| {
        end += token.text.len();
        end > start && says_something(&token.text)
    })?;
    (!first.alternatives.is_empty()).then_some(first.alternatives)
}

/// The alternatives of the token by which a model ended that said nothing. `None` if the server does not say.
pub(super) fn of_empty_text(logprobs: &Json) -> Option<Vec<Alternative>> {
    let first = tokens(logprobs)?.into_iter().next()?;
    (!first.alternatives.is_empty()).then_some(first.alternatives)
}

/// True of a text with a letter or a digit.
pub(super) fn says_something(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

fn tokens(logprobs: &Json) -> Option<Vec<Token>> {
    let list = logprobs.as_array().or_else(|| logprobs.get("content")?.as_array());
    match list {
        Some(list) => Some(list.iter().map(of_object).collect()),
        None => columns(logprobs),
    }
}

fn of_object(token: &Json) -> Token {
    let mut alternatives: Vec<Alternative> = Vec::new();
    for top in token.get("top_logprobs").and_then(Json::as_array).into_iter().flatten() {
        alternatives.extend(alternative(top.get("token"), top.get("logprob")));
    }
    with_chosen(&mut alternatives, alternative(token.get("token"), token.get("logprob")));
    let text = token.get("token").and_then(Json::as_str).unwrap_or_default().to_owned();
    Token { text, alternatives }
}

/// Tokens as lists that stand side by side.
fn columns(logprobs: &Json) -> Option<Vec<Token>> {
    let list = |name: &str| logprobs.get(name).and_then(Json::as_array);
    let tokens = list("tokens")?.iter().enumerate().map(|(place, token)| {
        let tops = list("top_logprobs").and_then(|tops| tops.get(place)?.as_object());
        let top = |(text, value): (&String, &Json)| Some(Alternative(text.clone(), number(value)?));
        let mut alternatives: Vec<Alternative> = tops.into_iter().flatten().filter_map(top).collect();
        let chosen = list("token_logprobs").and_then(|values| values.get(place));
        with_chosen(&mut alternatives, alternative(Some(token), chosen));
        Token { text: token.as_str().unwrap_or_default().to_owned(), alternatives }
    });
    Some(tokens.collect())
}

fn alternative(token: Option<&Json>, value: Option<&Json>) -> Option<Alternative> {
    Some(Alternative(token?.as_str()?.to_owned(), number(value?)?))
}

/// Adds the token that was chosen, which need not be among the most likely ones.
fn with_chosen(alternatives: &mut Vec<Alternative>, chosen: Option<Alternative>) {
    alternatives.extend(chosen.filter(|chosen| alternatives.iter().all(|other| other.0 != chosen.0)));
    alternatives.sort_by(|a, b| b.1.total_cmp(&a.1));
}

/// A logarithm of a probability: a number that is not above 0, also if it is written as a text.
fn number(value: &Json) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    // A little above 0 is a rounded certainty.
    (number.is_finite() && number < 1e-3).then_some(number.min(0.0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(logprobs: &Json, text: &str) -> Vec<(String, f64)> {
        let alternatives = of_first_token(logprobs, text, false).unwrap_or_default();
        alternatives.into_iter().map(|Alternative(token, value)| (token, value)).collect()
    }

    fn pair(token: &str, value: f64) -> (String, f64) {
        (token.to_owned(), value)
    }

    #[test]
    fn every_shape_is_read() {
        let list = json!([{ "token": " B", "logprob": -0.1, "bytes": [32, 66], "top_logprobs": [
            { "token": " B", "logprob": -0.1 }, { "token": " A", "logprob": -2.5 }] }]);
        let columns =
            json!({ "tokens": [" B"], "token_logprobs": [-0.1], "top_logprobs": [{ " A": -2.5, " B": -0.1 }] });
        for shape in [list.clone(), json!({ "content": list, "refusal": null }), columns] {
            assert_eq!(found(&shape, " B"), [pair(" B", -0.1), pair(" A", -2.5)], "{shape}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_unknown() {
        for shape in [
            json!(null),
            json!(7),
            json!("none"),
            json!([]),
            json!([null]),
            json!({ "content": null }),
            json!({ "content": [{ "token": "B", "logprob": null, "top_logprobs": null }] }),
            json!({ "content": [{ "token": "B", "logprob": {}, "top_logprobs": [{ "token": 1, "logprob": "x" }, []] }] }),
            json!({ "tokens": "B" }),
            json!({ "tokens": ["B"], "top_logprobs": [null] }),
        ] {
            assert_eq!(of_first_token(&shape, "B", false), None, "{shape}");
        }
        let texts = json!([{ "token": "B", "logprob": "-0.5", "top_logprobs": [
            { "token": "B", "logprob": "-0.5" }, { "token": "A" }, { "token": "C", "logprob": 3.0 }] }]);
        assert_eq!(found(&texts, "B"), [pair("B", -0.5)]);
    }

    #[test]
    fn the_chosen_token_counts_also_if_it_is_not_among_the_most_likely() {
        let list = json!([{ "token": "C", "logprob": -3.0, "top_logprobs": [{ "token": "A", "logprob": -0.1 }] }]);
        assert_eq!(found(&list, "C"), [pair("A", -0.1), pair("C", -3.0)]);
    }

    #[test]
    fn white_space_marks_and_reasoning_are_not_the_first_token() {
        let token = |text: &str, value: f64| json!({ "token": text, "logprob": value });
        let list = json!([token("\n", -0.1), token("(", -0.2), token("B", -0.3), token(")", -0.4)]);
        assert_eq!(found(&list, "(B)"), [pair("B", -0.3)]);
        let thought = json!([token("A", -1.0), token("?", -1.0), token("</think>", -1.0), token("B", -0.3)]);
        assert_eq!(of_first_token(&thought, "B", true), Some(vec![Alternative("B".into(), -0.3)]));
        assert_eq!(of_first_token(&thought, "C", true), None);
    }
}
