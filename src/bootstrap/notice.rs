//! What is shown once and kept nowhere.

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
};

/// How somebody gets in, in a frame.
pub(crate) struct Notice<'n> {
    /// Why it is shown.
    pub(crate) heading: &'n str,
    /// Where the server listens.
    pub(crate) listen: SocketAddr,
    /// The user.
    pub(crate) username: &'n str,
    /// The password, or what there is to say of it.
    pub(crate) password: &'n str,
    /// The key of an API token, or what there is to say of it.
    pub(crate) token: &'n str,
}

impl fmt::Display for Notice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut host = self.listen;
        if host.ip().is_unspecified() {
            host.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        let lines = [
            self.heading.to_owned(),
            String::new(),
            format!("  API       http://{host}/api/v3/"),
            format!("  User      {}", self.username),
            format!("  Password  {}", self.password),
            format!("  Token     {}", self.token),
        ];
        let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        writeln!(f, "┌{}┐", "─".repeat(width + 2))?;
        for line in lines {
            writeln!(f, "│ {line:<width$} │")?;
        }
        write!(f, "└{}┘", "─".repeat(width + 2))
    }
}
