//! Anthropic's message batches.

use chrono::DateTime;
use serde_json::{Value as Json, json};

use crate::endpoint::batch_api::{
    BatchApi, BatchResult, BatchState, Ending, EntryOutcome, Form, Most, Phase, count, id, malformed, whole,
    without_result,
};
use crate::endpoint::fault::Fault;

/// Where batches are.
const PATH: &str = "/v1/messages/batches";

/// Anthropic's batch API.
#[derive(Debug)]
pub(super) struct Batches;

impl BatchApi for Batches {
    fn most(&self) -> Most {
        Most { requests: 100_000, bytes: 256_000_000 }
    }

    fn form(&self) -> Form {
        Form { media_type: "application/json", opening: "{\"requests\":[", separator: ",", closing: "]}" }
    }

    fn entries_path(&self) -> &'static str {
        PATH
    }

    fn entry(&self, id: &str, _path: &str, body: Json) -> Json {
        json!({ "custom_id": id, "params": whole(body) })
    }

    fn create(&self, _reply: &Json, _path: &str, _token: &str) -> Result<(&'static str, Json), Fault> {
        Err(malformed("the entries are the batch"))
    }

    fn is_made_of_a_file(&self) -> bool {
        false
    }

    fn keeps_tokens(&self) -> bool {
        false
    }

    fn batch_path(&self, id: &str) -> String {
        format!("{PATH}/{id}")
    }

    fn list_path(&self, after: Option<&str>) -> String {
        let after = after.map(|id| format!("&after_id={id}")).unwrap_or_default();
        format!("{PATH}?limit=100{after}")
    }

    fn read(&self, batch: &Json) -> Result<BatchState, Fault> {
        let id = id(&batch["id"])?;
        let is_cancelled = !batch["cancel_initiated_at"].is_null();
        let phase = match batch["processing_status"].as_str() {
            Some("ended") if is_cancelled => Phase::Ended(Ending::Cancelled),
            Some("ended") => Phase::Ended(Ending::Complete),
            Some(_) => Phase::Open,
            None => return Err(malformed("a batch without `processing_status`")),
        };
        let counts = &batch["request_counts"];
        let ends = ["succeeded", "errored", "canceled", "expired"];
        let done = ends.iter().map(|end| count(&counts[*end])).fold(0, usize::saturating_add);
        let created = batch["created_at"].as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        Ok(BatchState {
            token: None,
            created: created.map(|time| time.timestamp()),
            phase,
            done,
            answered: count(&counts["succeeded"]),
            requests: done.saturating_add(count(&counts["processing"])),
            // The address that the batch names may be anywhere; this one is where the key belongs.
            results: vec![format!("{PATH}/{id}/results")],
            id,
        })
    }

    fn read_result(&self, line: &Json) -> Result<BatchResult, Fault> {
        let custom_id = line["custom_id"].as_str().ok_or_else(|| malformed("a result without `custom_id`"))?;
        let result = &line["result"];
        let outcome = match result["type"].as_str() {
            Some("succeeded") => EntryOutcome::Answer(result["message"].to_string().into_bytes()),
            Some("errored") => EntryOutcome::Fault(errored(&result["error"])),
            Some("canceled") => EntryOutcome::Cancelled,
            Some("expired") => EntryOutcome::expired(),
            _ => EntryOutcome::Fault(without_result("a result of an unknown type")),
        };
        Ok(BatchResult { id: custom_id.to_owned(), outcome })
    }
}

/// The fault of a request, by the HTTP status that it would have had alone.
fn errored(error: &Json) -> Fault {
    // An error as a request alone would have got it, or what is in it.
    let kind = error["error"]["type"].as_str().or(error["type"].as_str());
    let status = match kind {
        Some("invalid_request_error") => 400,
        Some("authentication_error") => 401,
        Some("billing_error") => 402,
        Some("permission_error") => 403,
        Some("not_found_error") => 404,
        Some("request_too_large") => 413,
        Some("rate_limit_error") => 429,
        Some("timeout_error") => 504,
        Some("overloaded_error") => 529,
        _ => 500,
    };
    Fault::of_http(status, error.to_string().as_bytes(), None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Status;

    #[test]
    fn a_batch_is_read() {
        let read = |status: &str, cancelled: Json| {
            let counts = json!({ "processing": 3, "succeeded": 2, "errored": 1, "canceled": 0, "expired": 1 });
            let batch = json!({
                "id": "msgbatch_1", "processing_status": status, "request_counts": counts, "cancel_initiated_at": cancelled,
                "created_at": "1970-01-01T00:01:00Z", "results_url": "https://elsewhere.example/steal",
            });
            Batches.read(&batch).unwrap()
        };
        let open = read("in_progress", json!(null));
        assert_eq!((open.phase, open.done, open.requests, open.created), (Phase::Open, 4, 7, Some(60)));
        assert_eq!(read("ended", json!(null)).results, ["/v1/messages/batches/msgbatch_1/results"]);
        assert_eq!(read("ended", json!(null)).phase, Phase::Ended(Ending::Complete));
        assert_eq!(read("canceling", json!("x")).phase, Phase::Open);
        assert_eq!(read("ended", json!("x")).phase, Phase::Ended(Ending::Cancelled));
        for wrong in [json!({}), json!({ "id": "a/b", "processing_status": "ended" }), json!({ "id": "a" })] {
            assert!(Batches.read(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_result_is_read() {
        let outcome =
            |result: Json| Batches.read_result(&json!({ "custom_id": "k", "result": result })).unwrap().outcome;
        let answer = json!({ "type": "succeeded", "message": { "type": "message" } });
        assert_eq!(outcome(answer), EntryOutcome::Answer(br#"{"type":"message"}"#.to_vec()));
        let error = |kind: &str| {
            let error = json!({ "type": "error", "error": { "type": kind, "message": "m" } });
            let EntryOutcome::Fault(fault) = outcome(json!({ "type": "errored", "error": error })) else {
                panic!("a fault")
            };
            (fault.status, fault.retryable)
        };
        assert_eq!(error("invalid_request_error"), (Status::Rejected, false));
        assert_eq!(error("overloaded_error"), (Status::ServerError, true));
        assert_eq!(error("of_tomorrow"), (Status::ServerError, true));
        assert_eq!(outcome(json!({ "type": "canceled" })), EntryOutcome::Cancelled);
        assert_eq!(outcome(json!({ "type": "expired" })), EntryOutcome::expired());
        assert!(matches!(outcome(json!(null)), EntryOutcome::Fault(_)));
        assert!(Batches.read_result(&json!({ "result": {} })).is_err());
    }
}
