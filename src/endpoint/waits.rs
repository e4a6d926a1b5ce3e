//! Waiting times: how long a server asks to wait, in its headers, in the body of an error or in its words.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use regex::Regex;
use serde_json::Value as Json;

/// Longest wait that a server can ask for, so that no clock overflows.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// From this number on, a number of seconds is a time since 1970.
const EPOCH: f64 = 1e9;

/// From this number on, such a time is in milliseconds.
const EPOCH_IN_MILLISECONDS: f64 = 1e11;

/// Deepest place in a body at which a wait is looked for.
const DEPTH: usize = 6;

/// When limits of a rate are lifted, where nothing says how long to wait.
const RESETS: [&str; 12] = [
    "x-ratelimit-reset-requests",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-reset-input-tokens",
    "x-ratelimit-reset-output-tokens",
    "x-ratelimit-reset",
    "ratelimit-reset",
    "x-rate-limit-reset",
    "anthropic-ratelimit-requests-reset",
    "anthropic-ratelimit-tokens-reset",
    "anthropic-ratelimit-input-tokens-reset",
    "anthropic-ratelimit-output-tokens-reset",
    "x-ratelimit-reset-after",
];

/// Members of an error that hold a wait, in seconds or with a unit.
const MEMBERS: [&str; 6] =
    ["retrydelay", "retry_after", "retry-after", "retryafter", "retry_after_seconds", "estimated_time"];

/// The wait that a reply asks for in its headers, given by a function that finds one by its name.
pub(super) fn in_headers(header: impl Fn(&str) -> Option<String>, now: SystemTime) -> Option<Duration> {
    for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
        if let Some(milliseconds) = header(name).and_then(|text| text.trim().parse::<f64>().ok()) {
            return bounded(milliseconds / 1e3);
        }
    }
    header("retry-after").and_then(|text| moment(&text, now))
}

/// The wait until the limits of a rate are lifted that are used up. Servers tell of them in every reply.
pub(super) fn until_reset(header: impl Fn(&str) -> Option<String>, now: SystemTime) -> Option<Duration> {
    let is_used_up = |name: &&&str| {
        let remaining = header(&name.replace("reset", "remaining"));
        remaining.is_none_or(|left| left.trim().parse::<f64>().is_ok_and(|left| left < 1.0))
    };
    let used_up = RESETS.iter().filter(is_used_up).filter_map(|name| moment(&header(name)?, now)).max();
    used_up.or_else(|| RESETS.iter().filter_map(|name| moment(&header(name)?, now)).min())
}

/// The wait that the body of an error asks for in a member of its own.
pub(super) fn in_body(body: &Json) -> Option<Duration> {
    search(body, DEPTH)
}

fn search(json: &Json, depth: usize) -> Option<Duration> {
    let depth = depth.checked_sub(1)?;
    match json {
        Json::Array(items) => items.iter().filter_map(|item| search(item, depth)).max(),
        Json::Object(object) => {
            let of_member = |(name, value): (&String, &Json)| {
                let name = name.to_lowercase();
                match name.as_str() {
                    "retry_after_ms" | "retry-after-ms" => bounded(value.as_f64()? / 1e3),
                    "x-ratelimit-reset" => moment(&text_of(value)?, SystemTime::now()),
                    name if MEMBERS.contains(&name) => moment(&text_of(value)?, SystemTime::now()),
                    _ => search(value, depth),
                }
            };
            object.iter().filter_map(of_member).max()
        }
        _ => None,
    }
}

fn text_of(value: &Json) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_f64().map(|number| number.to_string()))
}

/// The wait that words ask for, such as `try again in 2.5s` or `retry after 20 seconds`.
pub(super) fn in_words(words: &str) -> Option<Duration> {
    #[expect(clippy::expect_used, reason = "the pattern is a constant that a test compiles")]
    static ASKS: LazyLock<Regex> = LazyLock::new(|| {
        let (asks, of) = ("retry|again|wait|available|resets?|back", "your request|the request|again|request");
        let pattern =
            format!(r"(?i)\b(?:{asks})\s+(?:(?:{of})\s+)?(?:(?:in|after|for)\s+)?(?:about\s+|at least\s+)?(\d.*)");
        Regex::new(&pattern).expect("a pattern")
    });
    let found = ASKS.captures(words)?;
    let (seconds, _) = with_units(found.get(1)?.as_str())?;
    bounded(seconds)
}

/// A wait as a number of seconds, with units, or as the moment at which it ends.
fn moment(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        let seconds = if number >= EPOCH_IN_MILLISECONDS { number / 1e3 } else { number };
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        return bounded(if seconds >= EPOCH { (seconds - since).max(0.0) } else { seconds });
    }
    let until = |date: SystemTime| date.duration_since(now).unwrap_or_default().min(LONGEST);
    if let Ok(date) = httpdate::parse_http_date(text) {
        return Some(until(date));
    }
    if let Ok(date) = chrono::DateTime::parse_from_rfc3339(text).or_else(|_| chrono::DateTime::parse_from_rfc2822(text))
    {
        return Some(until(date.into()));
    }
    with_units(text).filter(|(_, rest)| rest.is_empty()).and_then(|(seconds, _)| bounded(seconds))
}

/// The sum in seconds of numbers with units at the start of a text, such as `6m0s` or `1 minute 30 seconds`, and what
/// stands behind them; `None` without any.
fn with_units(text: &str) -> Option<(f64, &str)> {
    let (mut rest, mut sum) = (text.trim(), None);
    while let Some((seconds, behind)) = with_unit(rest) {
        sum = Some(sum.unwrap_or(0.0) + seconds);
        rest = behind.trim_start_matches([' ', ',']);
        rest = rest.strip_prefix("and ").unwrap_or(rest).trim_start();
    }
    sum.map(|sum| (sum, rest))
}

/// A number with its unit, in seconds, and what stands behind it.
fn with_unit(text: &str) -> Option<(f64, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let behind = text[digits..].trim_start();
    let letters = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
    let unit = match &*behind[..letters].to_lowercase() {
        "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => 1e-3,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86_400.0,
        _ => return None,
    };
    Some((number * unit, &behind[letters..]))
}

fn bounded(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().map(|wait| wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    /// Headers, and the seconds that they ask to wait.
    type Case = (&'static [(&'static str, &'static str)], Option<f64>);

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }

    fn seconds(wait: Option<Duration>) -> Option<f64> {
        wait.map(|wait| (wait.as_secs_f64() * 1e6).round() / 1e6)
    }

    #[test]
    fn headers_say_how_long_to_wait() {
        let cases: [Case; 13] = [
            (&[("retry-after-ms", "1500"), ("retry-after", "9")], Some(1.5)),
            (&[("x-ms-retry-after-ms", "250")], Some(0.25)),
            (&[("retry-after", "2")], Some(2.0)),
            (&[("retry-after", "0.25")], Some(0.25)),
            (&[("retry-after", "20s")], Some(20.0)),
            (&[("retry-after", "Fri, 15 Jan 2027 08:00:10 GMT")], Some(10.0)),
            (&[("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT")], Some(0.0)),
            (&[("retry-after", "2027-01-15T08:00:10Z")], Some(10.0)),
            (&[("retry-after", "Fri, 15 Jan 2027 09:00:10 +0100")], Some(10.0)),
            (&[("retry-after", "-3")], None),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "inf")], None),
            (&[], None),
        ];
        for (headers, expected) in cases {
            let find = |name: &str| headers.iter().find(|header| header.0 == name).map(|header| header.1.to_owned());
            assert_eq!(seconds(in_headers(find, now())), expected, "{headers:?}");
        }
    }

    #[test]
    fn limits_that_are_used_up_say_when_they_are_lifted() {
        let cases: [Case; 7] = [
            (&[("x-ratelimit-reset-requests", "6m0s"), ("x-ratelimit-remaining-requests", "0")], Some(360.0)),
            (
                &[
                    ("x-ratelimit-reset-requests", "1s"),
                    ("x-ratelimit-remaining-requests", "9"),
                    ("x-ratelimit-reset-tokens", "120ms"),
                    ("x-ratelimit-remaining-tokens", "0"),
                ],
                Some(0.12),
            ),
            (&[("x-ratelimit-reset", "1800000030")], Some(30.0)),
            (&[("x-ratelimit-reset", "1800000030500")], Some(30.5)),
            (&[("ratelimit-reset", "7")], Some(7.0)),
            (&[("anthropic-ratelimit-tokens-reset", "2027-01-15T08:01:00Z")], Some(60.0)),
            (&[], None),
        ];
        for (headers, expected) in cases {
            let find = |name: &str| headers.iter().find(|header| header.0 == name).map(|header| header.1.to_owned());
            assert_eq!(seconds(until_reset(find, now())), expected, "{headers:?}");
        }
    }

    #[test]
    fn bodies_say_how_long_to_wait() {
        for (body, expected) in [
            (r#"[{"error":{"details":[{"@type":"RetryInfo","retryDelay":"20s"}]}}]"#, Some(20.0)),
            (r#"{"error":{"details":[{"retryDelay":"1.250s"}]}}"#, Some(1.25)),
            (r#"{"retry_after":1.5}"#, Some(1.5)),
            (r#"{"error":{"retry_after_ms":250}}"#, Some(0.25)),
            (r#"{"error":"Model is loading","estimated_time":20.0}"#, Some(20.0)),
            (r#"{"error":{"retryDelay":[]}}"#, None),
            (r#"{"error":{}}"#, None),
        ] {
            assert_eq!(seconds(in_body(&serde_json::from_str(body).unwrap())), expected, "{body}");
        }
    }

    #[test]
    fn words_say_how_long_to_wait() {
        for (words, expected) in [
            ("You exceeded your current quota. Please retry in 20.6s.", Some(20.6)),
            ("Please try again in 2.5s. Visit", Some(2.5)),
            ("Please try again in 6m0s.", Some(360.0)),
            ("Please try again in 450ms.", Some(0.45)),
            ("please retry after 20 seconds", Some(20.0)),
            ("Try again in 1 minute and 30 seconds.", Some(90.0)),
            ("Please wait 3 minutes", Some(180.0)),
            ("retry your request after 5 seconds", Some(5.0)),
            ("limit resets in 2h", Some(7200.0)),
            ("Try again later", None),
            ("retry in 3 requests", None),
            ("the 20s", None),
        ] {
            assert_eq!(seconds(in_words(words)), expected, "{words}");
        }
    }
}
