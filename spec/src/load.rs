//! Bytes of a document, from a file or the network, never more than [`limits::BYTES`].

use crate::{Error, limits};
use reqwest::{Client, Response};
use std::{error::Error as _, fs::File, io::Read, path::Path, time::Duration};

/// Reads a file. A length that the file system tells is not trusted: it may be a pipe.
pub(crate) fn file(source: &str, path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |error: std::io::Error| Error::new(source, format!("cannot be read: {error}"));
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(limits::BYTES as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > limits::BYTES { Err(too_long(source)) } else { Ok(bytes) }
}

/// Fetches a URL.
pub(crate) async fn url(source: &str) -> Result<Vec<u8>, Error> {
    let failed = |error: reqwest::Error| {
        // reqwest's own message stops at "error sending request for url"; why stands in what caused it.
        let mut reason = String::from("cannot be fetched");
        let mut cause = error.source();
        if cause.is_none() {
            reason = format!("{reason}: {error}");
        }
        while let Some(error) = cause {
            reason = format!("{reason}: {error}");
            cause = error.source();
        }
        Error::new(source, reason)
    };
    let client = Client::builder().timeout(Duration::from_secs(limits::SECONDS)).build().map_err(failed)?;
    let mut response: Response = client.get(source).send().await.map_err(failed)?;
    if !response.status().is_success() {
        return Err(Error::new(source, format!("cannot be fetched: the server answered {}", response.status())));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > limits::BYTES {
            return Err(too_long(source));
        }
    }
    Ok(bytes)
}

fn too_long(source: &str) -> Error {
    Error::new(source, format!("longer than {} MiB", limits::BYTES / 1024 / 1024))
}
