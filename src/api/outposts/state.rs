//! Whether Docker or Kubernetes answer: one request, soon given up, of whose answer only the version is looked at.

use crate::{
    api::context::Context,
    domain::{
        kubeconfig::{self, Access, Cluster},
        outgoing::{self, Reply},
    },
    store::{
        column::Ref,
        table,
        tables::{Certificate as Row, DockerConnection, KubernetesConnection},
    },
};
use reqwest::{Certificate, Client, ClientBuilder, Identity, RequestBuilder, Url};
use serde_json::{Value, json};
use std::time::Duration;
use vestibule_api::ApiError;

/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(3);
/// Where Docker listens on this machine.
const DOCKER: &str = "/var/run/docker.sock";
/// Where a pod finds its service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The version of Docker, if it answers.
///
/// # Errors
/// When the certificates cannot be read.
pub(super) async fn docker(ctx: &mut Context, connection: DockerConnection) -> Result<Option<String>, ApiError> {
    let keys = [connection.tls_verification, connection.tls_authentication];
    let rows: Vec<Row> = table::find_all(&mut ctx.db, "id", keys.into_iter().flatten()).await?;
    // Nobody waits for the database meanwhile.
    ctx.release().await?;
    let of = |key: Option<Ref<Row>>| rows.iter().find(|row| Some(Ref(row.id)) == key);
    let url = if connection.local { format!("unix://{DOCKER}") } else { connection.url.clone() };
    let Some((client, base)) = dock(&url, of(connection.tls_verification), of(connection.tls_authentication)) else {
        return Ok(None);
    };
    version(ctx, client, base, "Version", |request| request).await
}

/// A client for the address of Docker, and the address before the path. `None` for what is none, or is reached by other
/// means, such as SSH.
fn dock(url: &str, authority: Option<&Row>, own: Option<&Row>) -> Option<(ClientBuilder, Url)> {
    let client = Client::builder();
    if let Some(path) = url.strip_prefix("unix://") {
        return Some((client.unix_socket(path), "http://docker/".parse().ok()?));
    }
    let scheme = if own.is_some() || authority.is_some() { "https" } else { "http" };
    let url = url.strip_prefix("tcp://").map_or_else(|| url.to_owned(), |rest| format!("{scheme}://{rest}"));
    let mut client = client;
    if let Some(authority) = authority {
        client = client.tls_certs_only(Certificate::from_pem_bundle(authority.certificate_data.as_bytes()).ok()?);
    }
    if let Some(own) = own {
        let pem = format!("{}\n{}", own.certificate_data, &*own.key_data);
        client = client.identity(Identity::from_pem(pem.as_bytes()).ok()?);
    }
    let url: Url = url.parse().ok()?;
    matches!(url.scheme(), "http" | "https").then_some((client, url))
}

/// The version of Kubernetes, if it answers.
///
/// # Errors
/// When the connection is lost.
pub(super) async fn kubernetes(
    ctx: &mut Context,
    connection: KubernetesConnection,
) -> Result<Option<String>, ApiError> {
    ctx.release().await?;
    let config = &connection.kubeconfig.0;
    let cluster = if *config == json!({}) { own_cluster() } else { kubeconfig::read(config) };
    let Some(Cluster { server, authority, insecure, access }) = cluster else { return Ok(None) };
    let mut client = Client::builder();
    if let Some(authority) = authority {
        let Ok(certificates) = Certificate::from_pem_bundle(authority.as_bytes()) else { return Ok(None) };
        client = client.tls_certs_only(certificates);
    }
    if let Access::Certificate(pem) = &access {
        let Ok(identity) = Identity::from_pem(pem.as_bytes()) else { return Ok(None) };
        client = client.identity(identity);
    }
    let client = client.tls_danger_accept_invalid_certs(insecure || !connection.verify_ssl);
    let let_in = |request: RequestBuilder| match &access {
        Access::Token(token) => request.bearer_auth(token),
        Access::Password(name, password) => request.basic_auth(name, Some(password)),
        Access::None | Access::Certificate(_) => request,
    };
    version(ctx, client, server, "gitVersion", let_in).await
}

/// The cluster that this server runs in, as Kubernetes tells every pod.
fn own_cluster() -> Option<Cluster> {
    let variable = |name| std::env::var(name).ok();
    let (host, port) = (variable("KUBERNETES_SERVICE_HOST")?, variable("KUBERNETES_SERVICE_PORT")?);
    let file = |name: &str| std::fs::read_to_string(format!("{SERVICE_ACCOUNT}/{name}")).ok();
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    Some(Cluster {
        server: format!("https://{host}:{port}/").parse().ok()?,
        authority: Some(file("ca.crt")?),
        insecure: false,
        access: Access::Token(file("token")?.trim().to_owned()),
    })
}

/// A text in the JSON that a path has.
///
/// # Errors
/// When too much is asked of others already.
async fn version(
    ctx: &Context,
    client: ClientBuilder,
    mut base: Url,
    field: &str,
    let_in: impl FnOnce(RequestBuilder) -> RequestBuilder,
) -> Result<Option<String>, ApiError> {
    if let Ok(mut path) = base.path_segments_mut() {
        path.pop_if_empty().push("version");
    }
    let _turn = ctx.app.work.outgoing.turn(&ctx.party()).await?;
    let reply = outgoing::get_by(client, base, DEADLINE, let_in).await.ok().filter(Reply::is_success);
    let answer = reply.and_then(|reply| serde_json::from_str::<Value>(&reply.body).ok());
    Ok(answer.and_then(|answer| Some(answer.get(field)?.as_str()?.to_owned())))
}
