//! HTTP: routes from the operation table, the endpoints beside the admin API, start and orderly end.

mod body;
mod dispatch;
mod docs;
mod health;
pub mod json;
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
    store::Db,
    tasks,
};
use poem::{Endpoint, EndpointExt, Route, Server, listener::TcpListener, middleware::CatchPanic};
use std::{sync::Arc, time::Instant};

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
    let acceptor = poem::listener::Listener::into_acceptor(TcpListener::bind(listen)).await.map_err(|e| {
        format!(
            "Cannot listen on {listen}: {e}. Is another server running there? Choose another address with --listen."
        )
    })?;
    // With port 0 the system chose one.
    if let Some(actual) = poem::listener::Acceptor::local_addr(&acceptor).iter().find_map(|a| a.as_socket_addr()) {
        config.listen = *actual;
    }
    let app = Arc::new(open(config).await?);
    if let Some(first) = bootstrap::run(&app).await.map_err(|e| e.to_string())? {
        println!("{first}");
    }
    let address = format!("http://{}", app.config.listen);
    tracing::info!(address, milliseconds = begun.elapsed().as_millis(), "ready");
    tokio::spawn(metrics::upkeep());
    let tasks = tasks::run(app.clone());
    let grace = app.config.shutdown_grace;
    let served = Server::new_with_acceptor(acceptor)
        .run_with_graceful_shutdown(routes(app.clone()), stop_signal(), Some(grace))
        .await
        .map_err(|e| format!("The server stopped: {e}."));
    drop(tasks);
    app.db.close().await;
    tracing::info!("stopped");
    served
}

/// What a server needs, from its settings: an open database, the system's clock and dice.
///
/// # Errors
/// Why the database cannot be used.
pub async fn open(config: Config) -> Result<App, String> {
    let db = Db::open(&config.database).await.map_err(|e| e.to_string())?;
    Ok(App::new(config, db, Clock::system(), Random::system()))
}

/// Everything the server answers.
pub fn routes(app: Arc<App>) -> impl Endpoint {
    let mut route = Route::new().at("/*", dispatch::Unknown(app.clone()));
    for (path, methods) in openapi::paths(&app) {
        route = route.at(path, methods);
    }
    for path in dispatch::paths(&app) {
        route = route.at(path.pattern(), path);
    }
    route.with(CatchPanic::new().with_handler(dispatch::Panicked))
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
