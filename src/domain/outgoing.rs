//! Requests to other servers: to nobody but the one that was named, brief, and reading no more than a little.

use reqwest::{Client, ClientBuilder, RequestBuilder, Response, redirect::Policy};
use serde_json::Value;
use std::{error::Error, fmt::Write, sync::LazyLock, time::Duration};
use url::Url;

/// How long a request may take, from its beginning to the end of the answer.
const DEADLINE: Duration = Duration::from_secs(10);

/// What this side calls itself.
const NAME: &str = "Vestibule";

/// How many bytes of an answer are read.
const LARGEST: usize = 1024 * 1024;

/// What sends them, made when it is needed first. Where it leads somewhere else, that is the answer. None where no
/// connection can be secured.
static CLIENT: LazyLock<Option<Client>> = LazyLock::new(|| {
    let client = Client::builder().timeout(DEADLINE).redirect(Policy::none()).user_agent(NAME).build();
    client.inspect_err(|error| tracing::error!(%error, "no requests can be sent to other servers")).ok()
});

/// What another server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The beginning of the body.
    pub body: String,
}

impl Reply {
    /// Whether it did what was asked.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What it said in JSON.
    ///
    /// # Errors
    /// That it did not do what was asked, or said something else. What it said is not told.
    pub fn json(&self) -> Result<Value, String> {
        if !self.is_success() {
            return Err(format!("The server answered with the status {}.", self.status));
        }
        serde_json::from_str(&self.body).map_err(|_| "The server did not answer with JSON of a usual size.".to_owned())
    }
}

/// Whether something can be sent there: an address of HTTP, with a host.
pub fn is_address(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Posts JSON.
///
/// # Errors
/// Why there is no answer, without the address, which may be a secret.
pub async fn post_json(url: &str, body: &Value) -> Result<Reply, String> {
    send(url, |client, url| client.post(url).json(body)).await
}

/// Gets what is there.
///
/// # Errors
/// As [`post_json`].
pub async fn get(url: &str) -> Result<Reply, String> {
    send(url, |client, url| client.get(url)).await
}

/// As [`get`], with what lets the request in, which `dress` adds.
///
/// # Errors
/// As [`post_json`].
pub async fn get_as(url: &str, dress: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Result<Reply, String> {
    send(url, |client, url| dress(client.get(url))).await
}

/// As [`get`], by a client made for one server: certificates, a socket. `dress` adds what lets the request in.
///
/// # Errors
/// As [`post_json`].
pub async fn get_by(
    client: ClientBuilder,
    url: Url,
    deadline: Duration,
    dress: impl FnOnce(RequestBuilder) -> RequestBuilder,
) -> Result<Reply, String> {
    let client = client.no_proxy().redirect(Policy::none()).timeout(deadline).user_agent(NAME).build().map_err(told)?;
    read(dress(client.get(url))).await
}

async fn send(url: &str, request: impl FnOnce(&Client, Url) -> RequestBuilder) -> Result<Reply, String> {
    let address = Url::parse(url).ok().filter(|_| is_address(url)).ok_or("this is no address of HTTP")?;
    let client = CLIENT.as_ref().ok_or("no requests can be sent")?;
    read(request(client, address)).await
}

async fn read(request: RequestBuilder) -> Result<Reply, String> {
    let response = request.send().await.map_err(told)?;
    let status = response.status().as_u16();
    Ok(Reply { status, body: beginning(response).await.map_err(told)? })
}

async fn beginning(mut response: Response) -> Result<String, reqwest::Error> {
    let mut read = vec![];
    while read.len() < LARGEST {
        let Some(chunk) = response.chunk().await? else { break };
        read.extend_from_slice(&chunk);
    }
    read.truncate(LARGEST);
    Ok(String::from_utf8_lossy(&read).into_owned())
}

/// What went wrong, down to its cause.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a text does not fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    #[tokio::test]
    async fn an_answer_is_read_in_part_and_leads_nowhere_else() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 2048];
            let _ = stream.read(&mut request).await.unwrap();
            let head = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nConnection: close\r\n\r\n";
            stream.write_all(head.as_bytes()).await.unwrap();
            let _ = stream.write_all(&vec![b'a'; 3 * LARGEST]).await;
        });
        let reply = get(&url).await.unwrap();
        assert_eq!((reply.status, reply.is_success(), reply.body.len()), (302, false, LARGEST));
    }

    #[tokio::test]
    async fn only_servers_of_http_are_asked() {
        for url in ["ftp://a.test/", "file:///etc/passwd", "a.test", "http://", ""] {
            assert!(get(url).await.is_err() && !is_address(url), "{url}");
        }
        let refused = get("http://127.0.0.1:1/?secret").await.unwrap_err();
        assert!(!refused.contains("secret"), "{refused}");
    }
}
