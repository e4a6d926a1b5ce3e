//! The replies of a program: verdicts, one to a line of JSON, each answer once.

use std::io::{BufRead, BufReader, Read};

use serde::Deserialize;

use super::RULE;
use super::error::Breach;
use crate::judge::{CLASSES, Class, Verdict};

/// Most bytes of a line. What a verdict holds is shown to people.
const MOST_LINE: usize = 1 << 20;

/// Most characters of `extracted` that are kept: it is a column of every table of results, and all of them are in memory.
const MOST_EXTRACTED: usize = 1_000;

/// Most characters of `reason` that are kept.
const MOST_REASON: usize = 10_000;

/// What a program says of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The class.
    pub class: Class,
    /// From 0 to 1.
    pub score: f64,
    /// What it read in the answer.
    pub extracted: Option<String>,
    /// Why, in its own words.
    pub reason: Option<String>,
}

/// A line as a program prints it. A misspelt key is an error, because the verdict may depend on it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: usize,
    score: Option<f64>,
    class: Option<String>,
    extracted: Option<String>,
    reason: Option<String>,
}

impl Reply {
    /// The reply as a verdict.
    pub fn verdict(&self) -> Verdict {
        let extracted = self.extracted.clone();
        Verdict { extracted, score: self.score, ..Verdict::none(self.class, RULE) }
    }
}

/// Reads the verdicts on `asked` answers from an output, to its end, and puts them in the order of the answers.
///
/// # Errors
/// A line is not a verdict, an answer has none or several, or the output cannot be read.
pub fn replies(output: impl Read, asked: usize) -> Result<Vec<Reply>, Breach> {
    let mut output = BufReader::new(output);
    let mut replies: Vec<Option<Reply>> = vec![None; asked];
    let (mut bytes, mut line) = (Vec::new(), 0);
    while next_line(&mut output, &mut bytes, &mut line)? {
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let malformed = |why: String| Breach::Malformed { line, why, text: excerpt(&bytes) };
        let read: Line = serde_json::from_slice(&bytes).map_err(|error| malformed(in_a_line(&error)))?;
        let place = replies.get_mut(read.id).ok_or(Breach::Unasked { line, id: read.id, asked })?;
        if place.is_some() {
            return Err(Breach::Twice { line, id: read.id });
        }
        *place = Some(checked(read).map_err(malformed)?);
    }
    let missing = replies.iter().filter(|reply| reply.is_none()).count();
    match replies.iter().position(Option::is_none) {
        Some(first) => Err(Breach::Missing { missing, asked, first }),
        None => Ok(replies.into_iter().flatten().collect()),
    }
}

/// Reads a line; false at the end.
fn next_line(output: &mut impl BufRead, bytes: &mut Vec<u8>, line: &mut usize) -> Result<bool, Breach> {
    bytes.clear();
    *line += 1;
    let most = u64::try_from(MOST_LINE + 1).unwrap_or(u64::MAX);
    let count = output.take(most).read_until(b'\n', bytes).map_err(|error| Breach::Unreadable(error.to_string()))?;
    if count > MOST_LINE {
        return Err(Breach::TooLong { line: *line, most: MOST_LINE });
    }
    Ok(count > 0)
}

fn checked(line: Line) -> Result<Reply, String> {
    let class = line.class.as_deref().map(class_of).transpose()?;
    let score = match (line.score, class) {
        (Some(score), _) if (0.0..=1.0).contains(&score) => score,
        (Some(score), _) => return Err(format!("`score` is {score}, but goes from 0 to 1")),
        (None, Some(Class::Unjudged)) => 0.0,
        (None, _) => return Err("missing `score`".into()),
    };
    let by_score = if score >= 1.0 { Class::Correct } else { Class::Wrong };
    let extracted = line.extracted.map(|text| cut(text, MOST_EXTRACTED));
    let reason = line.reason.map(|text| cut(text, MOST_REASON));
    Ok(Reply { class: class.unwrap_or(by_score), score, extracted, reason })
}

fn class_of(word: &str) -> Result<Class, String> {
    CLASSES.into_iter().find(|class| class.word() == word).ok_or_else(|| {
        let known = CLASSES.map(|class| format!("`{}`", class.word())).join(", ");
        format!("unknown `class` `{}`; known: {known}", word.chars().take(40).collect::<String>())
    })
}

/// The text, cut after a number of characters.
fn cut(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// What is wrong, without the line number that the parser counts within the line.
fn in_a_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(what, _)| format!("{what} at column {}", error.column()))
}

/// The beginning of a line.
fn excerpt(bytes: &[u8]) -> String {
    const MOST: usize = 120;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MOST)]);
    let text = text.trim();
    let short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(output: &str, asked: usize) -> Result<Vec<Reply>, Breach> {
        replies(output.as_bytes(), asked)
    }

    fn one(line: &str) -> Reply {
        read(line, 1).unwrap().remove(0)
    }

    fn refused(output: &str, asked: usize) -> String {
        read(output, asked).unwrap_err().to_string()
    }

    #[test]
    fn the_class_follows_from_the_score_unless_it_is_given() {
        for (line, class, score) in [
            (r#"{"id":0,"score":1}"#, Class::Correct, 1.0),
            (r#"{"id":0,"score":1.0,"class":"correct"}"#, Class::Correct, 1.0),
            (r#"{"id":0,"score":0.99}"#, Class::Wrong, 0.99),
            (r#"{"id":0,"score":0.5,"class":"correct"}"#, Class::Correct, 0.5),
            (r#"{"id":0,"score":0,"class":"no_answer"}"#, Class::NoAnswer, 0.0),
            (r#"{"id":0,"class":"unjudged","reason":null}"#, Class::Unjudged, 0.0),
        ] {
            let reply = one(line);
            assert_eq!((reply.class, reply.score), (class, score), "{line}");
        }
        let reply = one(r#"{"reason":"sandbox failed","extracted":"x = 1","class":"unjudged","score":0.3,"id":0}"#);
        assert_eq!(reply.verdict().counted_score(), None);
        assert_eq!((reply.extracted.as_deref(), reply.reason.as_deref()), (Some("x = 1"), Some("sandbox failed")));
        assert_eq!(reply.verdict().rule, "command");
    }

    #[test]
    fn any_order_and_blank_lines_are_fine() {
        let output = "\n{\"id\":1,\"score\":1}\r\n  \n{\"id\":0,\"score\":0}";
        let scores: Vec<f64> = read(output, 2).unwrap().iter().map(|reply| reply.score).collect();
        assert_eq!(scores, [0.0, 1.0]);
        assert_eq!(read("", 0).unwrap(), []);
    }

    #[test]
    fn what_is_not_a_verdict_is_refused_with_its_line() {
        for (output, words) in [
            ("{\"id\":0,\"score\":1}\nall done\n", &["line 2", "all done"][..]),
            ("{\"id\":0,\"score\":1.5}", &["line 1", "`score` is 1.5, but goes from 0 to 1"]),
            ("{\"id\":0,\"score\":-1}", &["goes from 0 to 1"]),
            ("{\"id\":0,\"score\":true}", &["boolean"]),
            ("{\"id\":0,\"score\":NaN}", &["line 1"]),
            ("{\"id\":0}", &["missing `score`"]),
            ("{\"score\":1}", &["missing field `id`"]),
            ("{\"id\":0,\"scroe\":1}", &["unknown field `scroe`"]),
            ("{\"id\":0,\"score\":1,\"score\":0}", &["duplicate field `score`"]),
            ("{\"id\":0,\"score\":0,\"class\":\"rihgt\"}", &["unknown `class` `rihgt`", "`correct`"]),
            ("{\"id\":7,\"score\":1}", &["line 1", "answer 7", "0 to 1"]),
            ("{\"id\":-1,\"score\":1}", &["line 1"]),
            ("{\"id\":1,\"score\":1}\n{\"id\":1,\"score\":1}", &["line 2", "answer 1", "twice"]),
            ("{\"id\":0,\"score\":1}", &["1 of 2 answers", "first is answer 1"]),
            ("", &["2 of 2 answers", "first is answer 0"]),
            ("[0, 1]", &["line 1"]),
            ("{\"id\":0,\"score\":1} {}", &["trailing characters"]),
        ] {
            let message = refused(output, 2);
            for word in words {
                assert!(message.contains(word), "{output}: `{word}` is not in `{message}`");
            }
        }
        assert!(matches!(replies(&b"{\"id\":0,\xff"[..], 1), Err(Breach::Malformed { .. })));
    }

    #[test]
    fn an_endless_line_is_refused_before_it_is_read() {
        let message = replies(std::io::repeat(b'x'), 1).unwrap_err().to_string();
        assert!(message.contains("line 1") && message.contains("1 MB"), "{message}");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "é".repeat(20_000);
        let reply = one(&serde_json::json!({ "id": 0, "score": 1, "reason": long, "extracted": long }).to_string());
        assert_eq!(reply.reason.unwrap().chars().count(), MOST_REASON + 1);
        assert_eq!(reply.extracted.unwrap().chars().count(), MOST_EXTRACTED + 1);
    }

    proptest::proptest! {
        #[test]
        fn no_output_is_too_odd(output: Vec<u8>, asked in 0..4_usize) {
            let _ = replies(&output[..], asked);
        }
    }
}
