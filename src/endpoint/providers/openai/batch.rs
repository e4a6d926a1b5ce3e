//! OpenAI's batch API: a file of requests is uploaded, and a batch is made of it.

use serde_json::{Value as Json, json};

use crate::endpoint::batch_api::{
    BatchApi, BatchResult, BatchState, Ending, EntryOutcome, Form, Most, Phase, count, id, malformed, whole,
    without_result,
};
use crate::endpoint::fault::Fault;

/// What OpenAI answers its requests within.
const WINDOW: &str = "24h";

/// The version of the API, which the paths of entries begin with whatever the address of the server.
const VERSION: &str = "/v1";

/// The name of the token among the metadata of a batch.
const TOKEN: &str = "smallbench";

/// No line of the file begins as the boundary does: each is an object.
const OPENING: &str = "--smallbench-batch\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n\
    --smallbench-batch\r\nContent-Disposition: form-data; name=\"file\"; filename=\"batch.jsonl\"\r\n\
    Content-Type: application/jsonl\r\n\r\n";

/// OpenAI's batch API.
#[derive(Debug)]
pub(super) struct Batches;

impl BatchApi for Batches {
    fn most(&self) -> Most {
        Most { requests: 50_000, bytes: 200_000_000 }
    }

    fn form(&self) -> Form {
        Form {
            media_type: "multipart/form-data; boundary=smallbench-batch",
            opening: OPENING,
            separator: "\n",
            closing: "\r\n--smallbench-batch--\r\n",
        }
    }

    fn entries_path(&self) -> &'static str {
        "/files"
    }

    fn entry(&self, id: &str, path: &str, body: Json) -> Json {
        json!({ "custom_id": id, "method": "POST", "url": format!("{VERSION}{path}"), "body": whole(body) })
    }

    fn create(&self, reply: &Json, path: &str, token: &str) -> Result<(&'static str, Json), Fault> {
        let file = id(&reply["id"])?;
        let body = json!({
            "input_file_id": file, "endpoint": format!("{VERSION}{path}"), "completion_window": WINDOW,
            "metadata": { TOKEN: token },
        });
        Ok(("/batches", body))
    }

    fn is_made_of_a_file(&self) -> bool {
        true
    }

    fn keeps_tokens(&self) -> bool {
        true
    }

    fn batch_path(&self, id: &str) -> String {
        format!("/batches/{id}")
    }

    fn list_path(&self, after: Option<&str>) -> String {
        let after = after.map(|id| format!("&after={id}")).unwrap_or_default();
        format!("/batches?limit=100{after}")
    }

    fn read(&self, batch: &Json) -> Result<BatchState, Fault> {
        let status = batch["status"].as_str().ok_or_else(|| malformed("a batch without `status`"))?;
        let phase = match status {
            "completed" => Phase::Ended(Ending::Complete),
            "expired" => Phase::Ended(Ending::Expired),
            "cancelled" => Phase::Ended(Ending::Cancelled),
            "failed" => Phase::Failed(errors(batch)),
            // A state that the API may add is not the end.
            _ => Phase::Open,
        };
        let counts = &batch["request_counts"];
        let files = ["output_file_id", "error_file_id"].map(|file| &batch[file]).into_iter();
        let files = files.filter(|file| !file.is_null() && *file != "").map(id).collect::<Result<Vec<_>, _>>()?;
        Ok(BatchState {
            id: id(&batch["id"])?,
            token: batch["metadata"][TOKEN].as_str().map(str::to_owned),
            created: batch["created_at"].as_i64(),
            phase,
            done: count(&counts["completed"]).saturating_add(count(&counts["failed"])),
            answered: count(&counts["completed"]),
            requests: count(&counts["total"]),
            results: files.iter().map(|file| format!("/files/{file}/content")).collect(),
        })
    }

    fn read_result(&self, line: &Json) -> Result<BatchResult, Fault> {
        let custom_id = line["custom_id"].as_str().ok_or_else(|| malformed("a result without `custom_id`"))?;
        let (response, error) = (&line["response"], &line["error"]);
        let outcome = match error["code"].as_str() {
            Some("batch_expired") => EntryOutcome::expired(),
            Some("batch_cancelled") => EntryOutcome::Cancelled,
            _ if response["body"].is_null() && !error.is_null() => EntryOutcome::Fault(Fault::told(error, line)),
            _ => {
                let body = response["body"].to_string().into_bytes();
                match response["status_code"].as_u64().and_then(|status| u16::try_from(status).ok()) {
                    Some(200..300) => EntryOutcome::Answer(body),
                    Some(status) => EntryOutcome::Fault(Fault::of_http(status, &body, None)),
                    None => EntryOutcome::Fault(without_result("a result without a status")),
                }
            }
        };
        Ok(BatchResult { id: custom_id.to_owned(), outcome })
    }
}

/// Why a batch failed, in the server's words.
fn errors(batch: &Json) -> String {
    let list = batch["errors"]["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    let said: Vec<&str> = list.iter().filter_map(|error| error["message"].as_str()).take(3).collect();
    if said.is_empty() { "the provider does not say why".to_owned() } else { said.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Status;

    #[test]
    fn a_batch_is_made_of_a_file() {
        let body = json!({ "model": "m", "stream": true, "stream_options": { "include_usage": true } });
        let entry = Batches.entry("k", "/chat/completions", body);
        let expected = r#"{"body":{"model":"m"},"custom_id":"k","method":"POST","url":"/v1/chat/completions"}"#;
        assert_eq!(entry.to_string(), expected);
        let (path, body) = Batches.create(&json!({ "id": "file-1" }), "/chat/completions", "t").unwrap();
        assert_eq!(
            (path, &body["input_file_id"], &body["metadata"][TOKEN]),
            ("/batches", &json!("file-1"), &json!("t"))
        );
        for reply in [json!({}), json!({ "id": "../models" }), json!({ "id": 7 }), json!("<html>")] {
            assert!(Batches.create(&reply, "/x", "t").is_err(), "{reply}");
        }
    }

    #[test]
    fn every_status_is_read() {
        let read = |status: &str| {
            let batch = json!({
                "id": "batch_1", "status": status, "output_file_id": "file-o", "error_file_id": null,
                "created_at": 7, "request_counts": { "total": 9, "completed": 4, "failed": 1 },
                "errors": { "data": [{ "message": "too many" }] }, "metadata": { TOKEN: "t" },
            });
            Batches.read(&batch).unwrap()
        };
        for open in ["validating", "in_progress", "finalizing", "cancelling", "of_tomorrow"] {
            assert_eq!(read(open).phase, Phase::Open);
        }
        assert_eq!(read("failed").phase, Phase::Failed("too many".into()));
        let done = read("completed");
        assert_eq!((done.done, done.requests, done.created, done.token.as_deref()), (5, 9, Some(7), Some("t")));
        assert_eq!(done.phase, Phase::Ended(Ending::Complete));
        assert_eq!(done.results, ["/files/file-o/content"]);
        assert!(!done.hides_answers());
        let batch = json!({ "id": "batch_1", "status": "completed", "request_counts": { "total": 9, "completed": 4 } });
        assert!(Batches.read(&batch).unwrap().hides_answers());
        let batch = json!({ "id": "batch_1", "status": "completed", "request_counts": { "total": 9, "failed": 9 } });
        assert!(!Batches.read(&batch).unwrap().hides_answers());
        assert_eq!(read("expired").phase, Phase::Ended(Ending::Expired));
        assert_eq!(read("cancelled").phase, Phase::Ended(Ending::Cancelled));
        assert!(Batches.read(&json!({ "id": "batch_1" })).is_err());
    }

    #[test]
    fn every_result_is_read() {
        let outcome = |line: Json| Batches.read_result(&line).unwrap().outcome;
        let answer = json!({ "custom_id": "k", "response": { "status_code": 200, "body": { "a": 1 } }, "error": null });
        assert_eq!(outcome(answer), EntryOutcome::Answer(br#"{"a":1}"#.to_vec()));
        let refused = json!({ "error": { "message": "no such model", "code": "model_not_found" } });
        let refused = json!({ "custom_id": "k", "response": { "status_code": 404, "body": refused } });
        let EntryOutcome::Fault(fault) = outcome(refused) else { panic!("a fault") };
        assert_eq!((fault.status, fault.retryable), (Status::ModelMissing, false));
        let expired =
            json!({ "custom_id": "k", "response": null, "error": { "code": "batch_expired", "message": "x" } });
        assert_eq!(outcome(expired), EntryOutcome::expired());
        let cancelled = json!({ "custom_id": "k", "response": null, "error": { "code": "batch_cancelled" } });
        assert_eq!(outcome(cancelled), EntryOutcome::Cancelled);
        assert!(matches!(outcome(json!({ "custom_id": "k" })), EntryOutcome::Fault(_)));
        assert!(Batches.read_result(&json!({})).is_err() && Batches.read_result(&json!(7)).is_err());
    }
}
