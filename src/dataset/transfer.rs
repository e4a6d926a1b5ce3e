//! Requests to the Hub: sent until they are answered, refused in words, redirected as far as it is safe.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, ETAG, HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, Url};

const USER_AGENT: &str = concat!("smallbench/", env!("CARGO_PKG_VERSION"));
/// How often a Hub in trouble is asked.
const ATTEMPTS: u32 = 4;
/// The wait before it is asked again, which doubles.
const FIRST_WAIT: Duration = Duration::from_millis(150);
/// Most redirects within the Hub before a file is described.
const MOST_REDIRECTS: usize = 10;

/// Why a request brought nothing.
#[derive(Debug)]
pub(super) enum Refusal {
    Network(reqwest::Error),
    Status { status: u16, code: Option<String> },
    Content(String),
}

/// What the Hub says that a file is.
#[derive(Debug)]
pub(super) struct Description {
    pub commit: String,
    /// The hash of the content, if the Hub is honest.
    pub etag: String,
    /// The length in bytes; 0 where it is not told.
    pub size: u64,
}

/// A Hub that is asked over HTTP.
pub(super) struct HubConnection {
    /// Follows redirects, and takes the token along to no other host.
    content: Client,
    /// Follows none: it is the redirect to the storage that describes a file, not what the storage answers.
    descriptions: Client,
    token: Option<String>,
}

impl HubConnection {
    pub(super) fn new(token: Option<&str>) -> Result<Self, reqwest::Error> {
        let builder = || Client::builder().user_agent(USER_AGENT);
        let descriptions = builder().redirect(Policy::none()).build()?;
        Ok(Self { content: builder().build()?, descriptions, token: token.map(str::to_owned) })
    }

    /// Asks for a list or the content of a file.
    pub(super) async fn get(&self, url: &str) -> Result<Response, Refusal> {
        self.send(&self.content, Method::GET, url).await
    }

    /// Asks what a file is, without its content.
    pub(super) async fn describe(&self, url: &str) -> Result<Description, Refusal> {
        let mut url = url.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            let response = self.send(&self.descriptions, Method::HEAD, &url).await?;
            match within_the_hub(&response) {
                Some(next) => url = next.into(),
                None => return description(response.headers()),
            }
        }
        Err(Refusal::Content("it has too many redirects".into()))
    }

    async fn send(&self, client: &Client, method: Method, url: &str) -> Result<Response, Refusal> {
        let mut wait = FIRST_WAIT;
        for _ in 1..ATTEMPTS {
            match self.send_once(client, method.clone(), url).await {
                Err(Refusal::Network(error)) if !error.is_redirect() => {}
                Err(Refusal::Status { status: 408 | 429 | 500.., .. }) => {}
                settled => return settled,
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        self.send_once(client, method, url).await
    }

    async fn send_once(&self, client: &Client, method: Method, url: &str) -> Result<Response, Refusal> {
        let mut request = client.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.map_err(Refusal::Network)?;
        let status = response.status();
        if status.is_client_error() || status.is_server_error() {
            return Err(Refusal::Status { status: status.as_u16(), code: header(response.headers(), "x-error-code") });
        }
        Ok(response)
    }
}

/// Where a file of a commit is. A revision may hold slashes, which are no folders there.
pub(super) fn file_address(endpoint: &str, repo: &str, revision: &str, file: &str) -> String {
    let file: Vec<String> = file.split('/').map(encoded).collect();
    format!("{endpoint}/datasets/{repo}/resolve/{}/{}", encoded(revision), file.join("/"))
}

/// A text as one segment of an address.
pub(super) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// Where a redirect leads that names no host, as one for a repository that was renamed.
fn within_the_hub(response: &Response) -> Option<Url> {
    let location = response.headers().get(LOCATION).filter(|_| response.status().is_redirection())?.to_str().ok()?;
    let next = response.url().join(location).ok()?;
    (Url::parse(location).is_err() && next.origin() == response.url().origin()).then_some(next)
}

fn description(headers: &HeaderMap) -> Result<Description, Refusal> {
    let told = |names: [&str; 2]| names.into_iter().find_map(|name| header(headers, name));
    let missing = |what: &str| Refusal::Content(format!("it has no {what}"));
    let etag = told(["x-linked-etag", ETAG.as_str()]).ok_or_else(|| missing("ETag"))?;
    let size = told(["x-linked-size", CONTENT_LENGTH.as_str()]);
    Ok(Description {
        commit: header(headers, "x-repo-commit").ok_or_else(|| missing("commit"))?,
        etag: etag.strip_prefix("W/").unwrap_or(&etag).trim_matches('"').to_owned(),
        size: size.and_then(|size| size.parse().ok()).unwrap_or(0),
    })
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// An error with its causes, of which the last says most.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_place_in_the_address() {
        let at = |revision, file| file_address("http://hub", "o/n", revision, file);
        assert_eq!(at("a/b", "c/d e#1.csv"), "http://hub/datasets/o/n/resolve/a%2Fb/c/d%20e%231.csv");
        assert_eq!(at("a?x", "d%2Fe?"), "http://hub/datasets/o/n/resolve/a%3Fx/d%252Fe%3F");
    }

    #[test]
    fn the_linked_content_is_described_rather_than_the_redirect() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect::<HeaderMap>()
        };
        let linked = [("x-linked-etag", "\"abc\""), ("x-linked-size", "7"), ("x-repo-commit", "c")];
        let of_redirect = [("etag", "W/\"other\""), ("content-length", "1000")];
        let told = description(&headers(&[&linked[..], &of_redirect[..]].concat())).unwrap();
        assert_eq!((told.etag.as_str(), told.size, told.commit.as_str()), ("abc", 7, "c"));
        let told = description(&headers(&[of_redirect[0], linked[2]])).unwrap();
        assert_eq!((told.etag.as_str(), told.size), ("other", 0));
        for (left, said) in [(&linked[..2], "no commit"), (&linked[2..], "no ETag")] {
            let error = description(&headers(left)).unwrap_err();
            assert!(matches!(&error, Refusal::Content(reason) if reason.contains(said)), "{error:?}");
        }
    }
}
