//! A server that the one under test asks.

use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Answers what a function says, and remembers what it was asked.
#[derive(Clone)]
pub(crate) struct Other {
    /// Its address, `http://host:port`.
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Other {
    /// Starts one. The function gets the head of a request and gives the status, with a header line where it needs one
    /// (`302 Found\r\nlocation: …`), and the body.
    pub(crate) async fn start(answer: impl Fn(&str) -> (String, Value) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(vec![]));
        let other = Self { url, asked: asked.clone() };
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer.clone(), asked.clone()));
            }
        });
        other
    }

    /// The heads of the requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, answer: Arc<impl Fn(&str) -> (String, Value)>, asked: Arc<Mutex<Vec<String>>>) {
    let mut head = vec![];
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let (status, body) = answer(&head);
    asked.lock().unwrap().push(head);
    let body = body.to_string();
    let reply = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(reply.as_bytes()).await.ok();
}
