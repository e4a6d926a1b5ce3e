//! What is kept of an attempt that failed and that another one followed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::status::Status;

/// Most failed attempts that are kept of a request and a run: the first ones.
pub const MOST_FAILED_ATTEMPTS: usize = 20;

/// An attempt that failed and that another one followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedAttempt {
    /// When it began, as time since the request was its own turn for the first time.
    #[serde(rename = "after_s", with = "seconds")]
    pub after: Duration,
    /// How long it took.
    #[serde(rename = "took_s", with = "seconds")]
    pub took: Duration,
    /// How it ended.
    #[serde(with = "word")]
    pub status: Status,
    /// What went wrong, in one line.
    pub fault: String,
    /// Time from its end to the next attempt.
    #[serde(rename = "waited_s", with = "seconds")]
    pub waited: Duration,
}

/// The failed attempts of a run at a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedAttempts {
    /// The run, as its response names it.
    pub run: String,
    /// Its attempts, in order.
    pub attempts: Vec<FailedAttempt>,
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(duration.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

mod word {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::response::Status;

    pub(super) fn serialize<S: Serializer>(status: &Status, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(status.word())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Status, D::Error> {
        let word = String::deserialize(deserializer)?;
        Status::from_word(&word).ok_or_else(|| serde::de::Error::custom(format!("`{word}` is not a status")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_as_it_was_written() {
        let attempt = FailedAttempt {
            after: Duration::from_millis(1500),
            took: Duration::from_millis(20),
            status: Status::RateLimited,
            fault: "HTTP 429: slow down".into(),
            waited: Duration::from_secs(7),
        };
        let text = serde_json::to_string(&attempt).unwrap();
        assert_eq!(
            text,
            r#"{"after_s":1.5,"took_s":0.02,"status":"rate_limited","fault":"HTTP 429: slow down","waited_s":7.0}"#
        );
        assert_eq!(serde_json::from_str::<FailedAttempt>(&text).unwrap(), attempt);
        assert!(serde_json::from_str::<FailedAttempt>(&text.replace("1.5", "-1")).is_err());
    }
}
