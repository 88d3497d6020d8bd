//! `/admin/system/`: the process, its platform, and the request as it arrived.

use super::VERSION;
use crate::{
    api::{context::Context, core::brands, outposts::instances::EMBEDDED, resource::Resource},
    store::{table, tables::Outpost},
};
use std::collections::BTreeMap;
use vestibule_api::{
    AdminSystem, ApiError, core_brands,
    models::{SystemInfo, SystemInfoRuntime},
};

impl AdminSystem for Context {
    async fn admin_system_retrieve(&mut self) -> Result<SystemInfo, ApiError> {
        info(self).await
    }

    /// Nothing of it is remembered, so asking again is all there is to refreshing it.
    async fn admin_system_create(&mut self) -> Result<SystemInfo, ApiError> {
        info(self).await
    }
}

async fn info(ctx: &mut Context) -> Result<SystemInfo, ApiError> {
    let brand = brands::of_request(ctx).await?;
    let embedded: Option<Outpost> = table::find(&mut ctx.db, "managed", EMBEDDED).await?;
    let host = embedded.as_ref().and_then(|outpost| outpost.config.get("authentik_host")?.as_str());
    Ok(SystemInfo {
        brand: brand.as_ref().map(core_brands::Family::label).unwrap_or_default(),
        embedded_outpost_disabled: embedded.is_none(),
        embedded_outpost_host: host.unwrap_or_default().to_owned(),
        http_headers: headers(ctx),
        http_host: ctx.request.host.clone(),
        http_is_secure: ctx.request.scheme == "https",
        runtime: runtime(),
        server_time: ctx.now,
    })
}

/// The request in the words of the reference. What lets callers in is left out: answers are copied into reports.
fn headers(ctx: &Context) -> BTreeMap<String, String> {
    const HIDDEN: &str = "***";
    let sent = ctx.request.headers.iter().map(|(name, value)| {
        let secret = ["authorization", "cookie", "proxy-authorization"].contains(&name.as_str());
        let name = format!("HTTP_{}", name.as_str().to_uppercase().replace('-', "_"));
        (name, if secret { HIDDEN.to_owned() } else { String::from_utf8_lossy(value.as_bytes()).into_owned() })
    });
    let known = [
        ("PATH_INFO", format!("/api/v3{}", ctx.operation.path)),
        ("REMOTE_ADDR", ctx.request.client_ip.clone().unwrap_or_default()),
        ("REQUEST_METHOD", ctx.operation.method.to_string()),
    ];
    sent.chain(known.map(|(name, value)| (name.to_owned(), value))).collect()
}

fn runtime() -> SystemInfoRuntime {
    let system = rustix::system::uname();
    let text = |text: &std::ffi::CStr| text.to_string_lossy().into_owned();
    let (name, release, machine) = (text(system.sysname()), text(system.release()), text(system.machine()));
    SystemInfoRuntime {
        uname: format!("{name} {} {release} {} {machine}", text(system.nodename()), text(system.version())),
        platform: format!("{name}-{release}-{machine}"),
        architecture: machine,
        authentik_version: VERSION.to_owned(),
        environment: "custom".to_owned(),
        openssl_fips_enabled: None,
        openssl_version: "AWS-LC".to_owned(),
        python_version: concat!("Rust ", env!("CARGO_PKG_RUST_VERSION")).to_owned(),
    }
}
