//! Mail, sent to a server by SMTP.

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp::{AsyncSmtpTransportBuilder, authentication::Credentials},
};
use std::{fmt, time::Duration};

/// A server that takes mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// User name; empty to send without.
    pub username: String,
    /// Password.
    pub password: String,
    /// Whether to encrypt by STARTTLS. A server that cannot is not used.
    pub use_tls: bool,
    /// Whether to encrypt from the beginning.
    pub use_ssl: bool,
    /// How long to wait for it.
    pub timeout: Duration,
    /// The sender: an address, or `Name <address>`.
    pub from: String,
}

/// The password stays out of logs.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// A mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The name of the person.
    pub name: String,
    /// The address.
    pub address: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Mail {
    /// A mail of a few lines.
    pub fn plain(name: &str, address: &str, subject: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            address: address.to_owned(),
            subject: subject.to_owned(),
            text: format!("{text}\n"),
            html: format!("<p>{}</p>\n", escape(text).replace('\n', "<br>")),
        }
    }
}

/// Whether mail can be sent to an address at all.
pub fn is_address(text: &str) -> bool {
    text.parse::<lettre::Address>().is_ok()
}

/// Sends a mail.
///
/// # Errors
/// Why it cannot be written, or what the server says.
pub async fn send(server: &Server, mail: Mail) -> Result<(), String> {
    let message = write(server, mail)?;
    let transport = connection(server).map_err(|error| format!("{}: {error}", server.host))?;
    let sent = transport.build::<Tokio1Executor>().send(message).await;
    sent.map(drop).map_err(|error| format!("{}:{}: {error}", server.host, server.port))
}

fn write(server: &Server, mail: Mail) -> Result<Message, String> {
    let from: Mailbox = server.from.parse().map_err(|error| format!("the sender {:?}: {error}", server.from))?;
    let address = mail.address.parse().map_err(|error| format!("the address {:?}: {error}", mail.address))?;
    let name = line(&mail.name);
    Message::builder()
        .from(from)
        .to(Mailbox::new(Some(name).filter(|name| !name.is_empty()), address))
        .subject(line(&mail.subject))
        .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))
        .map_err(|error| format!("the mail cannot be written: {error}"))
}

/// A text as one line, for a header: what controls a terminal or ends a line becomes a space.
fn line(text: &str) -> String {
    let shown = |c: char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    let spaced: String = text.chars().map(|c| if shown(c) { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn connection(server: &Server) -> Result<AsyncSmtpTransportBuilder, lettre::transport::smtp::Error> {
    type Transport = AsyncSmtpTransport<Tokio1Executor>;
    let builder = match (server.use_ssl, server.use_tls) {
        (true, _) => Transport::relay(&server.host)?,
        (false, true) => Transport::starttls_relay(&server.host)?,
        // As it was set: a server of the same machine or network.
        (false, false) => Transport::builder_dangerous(&server.host),
    };
    let builder = builder.port(server.port).timeout(Some(server.timeout));
    Ok(match server.username.as_str() {
        "" => builder,
        username => builder.credentials(Credentials::new(username.to_owned(), server.password.clone())),
    })
}

/// A mail with a link by which a user sets a new password.
pub fn recovery(name: &str, address: &str, subject: &str, link: &str, expires: &str) -> Mail {
    let shown = if name.is_empty() { address } else { name };
    let first = format!("Hello {shown},");
    let second = "someone, probably you, asked for a new password for your account. Set it here:";
    let last = format!("The link works once, until {expires}. If you did not ask for it, do nothing.");
    let html = format!(
        "<p>{}</p>\n<p>{second}</p>\n<p><a href=\"{link}\">{link}</a></p>\n<p>{}</p>\n",
        escape(&first),
        escape(&last),
        link = escape(link)
    );
    Mail {
        name: name.to_owned(),
        address: address.to_owned(),
        subject: subject.to_owned(),
        text: format!("{first}\n\n{second}\n\n{link}\n\n{last}\n"),
        html,
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// M11: the library panics on a name that ends a line.
    #[test]
    fn names_and_subjects_are_one_line() {
        let server = Server {
            host: "a.test".to_owned(),
            port: 25,
            username: String::new(),
            password: String::new(),
            use_tls: false,
            use_ssl: false,
            timeout: Duration::from_secs(1),
            from: "door@example.org".to_owned(),
        };
        for name in ["Mr\nX", "Mr\r\nBcc: x@y.z", "\u{0}\u{7f}\u{85}\u{2028}", "M\u{fc}ller\tX", "\n", "\"<>,;\\"] {
            let mail = recovery(name, "j@example.org", &format!("Hello {name}"), "https://a.test/", "tomorrow");
            let written = String::from_utf8(write(&server, mail).unwrap().formatted()).unwrap();
            let head = written.split("\r\n\r\n").next().unwrap();
            assert!(!head.to_lowercase().contains("\nbcc:"), "{head}");
            assert!(head.contains("j@example.org"), "{head}");
        }
    }

    #[test]
    fn names_are_no_html() {
        let mail = recovery("<b>\"J\"</b>", "j@example.org", "s", "https://a.test/?a=1&b=2", "tomorrow");
        assert!(mail.html.contains("Hello &lt;b&gt;&quot;J&quot;&lt;/b&gt;,") && mail.html.contains("?a=1&amp;b=2\""));
        assert!(mail.text.contains("Hello <b>") && mail.text.contains("\n\nhttps://a.test/?a=1&b=2\n\n"));
        assert!(is_address("j@example.org") && !is_address("j@example.org\r\nBcc: x@y.z") && !is_address(""));
    }
}
