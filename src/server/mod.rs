//! HTTP: routes from the operation table, the endpoints beside the admin API, start and orderly end.

mod body;
pub mod connections;
mod dispatch;
mod docs;
mod health;
pub mod json;
mod lanes;
mod media;
mod metrics;
mod openapi;
mod options;
mod origin;
mod schema;

use crate::{
    api::context::{App, Clock, Random},
    bootstrap,
    config::Config,
    store::{Db, Keyring},
    tasks,
};
use poem::{Endpoint, EndpointExt, Response, Route, middleware::CatchPanic};
use std::{net::SocketAddr, sync::Arc, time::Instant};
use tokio::net::{TcpListener, TcpSocket};

/// Takes the address, opens the database, creates the defaults on first start, and serves until told to stop.
///
/// # Errors
/// A text for the operator that says what to do.
pub async fn serve(mut config: Config) -> Result<(), String> {
    let begun = Instant::now();
    if !config.read_replicas.is_empty() {
        tracing::warn!("read replicas are not used yet: all queries go to the primary");
    }
    // An address that is taken is a reason not to start, so it comes before anything is created or shown. Connections
    // wait in the queue of the listener until the server is ready.
    let listen = config.listen;
    let occupied = |e: std::io::Error| {
        format!(
            "Cannot listen on {listen}: {e}. Is another server running there? Choose another address with --listen."
        )
    };
    let listener = bind(listen).map_err(occupied)?;
    // With port 0 the system chose one.
    config.listen = listener.local_addr().map_err(occupied)?;
    let app = Arc::new(open(config).await?);
    if let Some(first) = bootstrap::run(&app).await.map_err(|e| e.to_string())? {
        println!("{first}");
    }
    let address = format!("http://{}", app.config.listen);
    tracing::info!(address, milliseconds = begun.elapsed().as_millis(), "ready");
    tokio::spawn(metrics::upkeep());
    let tasks = tasks::run(app.clone());
    listen_on(listener, app.clone(), stop_signal()).await;
    drop(tasks);
    app.db.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// How many connections wait until they are accepted. Beyond that, the system lets clients try again after a second, and
/// those who open many at once would take the places of all others. It allows no more than `net.core.somaxconn`.
const BACKLOG: u32 = 4096;

fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Otherwise the address of a server that has just ended would be taken for a minute.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves on a listener until `stop` is ready, and then as long as requests in flight may take.
pub async fn listen_on(listener: TcpListener, app: Arc<App>, stop: impl Future<Output = ()>) {
    let Config { shutdown_grace, max_connections, max_connections_per_address, idle_timeout, .. } = app.config;
    let limits = connections::Limits {
        total: connections::affordable(max_connections),
        per_address: max_connections_per_address,
        idle: idle_timeout,
    };
    // The address of a proxy stands for many.
    let shared = |peer| app.config.trusts(peer);
    connections::serve(listener, routes(app.clone()), limits, shared, stop, shutdown_grace).await;
}

/// What a server needs, from its settings: an open database, the system's clock and dice.
///
/// # Errors
/// Why the database cannot be used.
pub async fn open(config: Config) -> Result<App, String> {
    let keys = Keyring::new(config.secret_key.as_deref(), &config.secret_key_previous).map_err(|e| e.to_string())?;
    let db = Db::open_sealed(&config.database, config.request_timeout, keys).await.map_err(|e| e.to_string())?;
    Ok(App::new(config, db, Clock::system(), Random::system()))
}

/// Everything the server answers.
pub fn routes(app: Arc<App>) -> impl Endpoint<Output = Response> {
    let mut route = Route::new().at("/*", dispatch::Unknown(app.clone()));
    for (path, methods) in openapi::paths(&app) {
        route = route.at(path, methods);
    }
    for path in dispatch::paths(&app) {
        route = route.at(path.pattern(), path);
    }
    route.with(CatchPanic::new().with_handler(dispatch::Panicked)).map_to_response()
}

/// Waits for Ctrl-C or the signal with which service managers ask for an end.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
        }
        Err(_) => drop(interrupt.await),
    }
    tracing::info!("stopping: requests in flight are finished");
}
