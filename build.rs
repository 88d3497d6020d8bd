//! Writes what `schema.yml` says as Rust. The build script of both generated crates: `vestibule-api`, the server's side, and
//! `vestibule-client`, the models and the client over them.
//!
//! The client crate has links to this script, to the schema and to the generator, which become copies when it is packaged:
//! it builds alone.

#![allow(unexpected_cfgs, reason = "only the client crate has the feature `client`")]

#[allow(dead_code, unreachable_pub, unused_imports, reason = "each crate uses a part of the generator")]
#[path = "codegen/src/lib.rs"]
mod codegen;

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    // Beside the crate where it is packaged, at the root of the workspace otherwise.
    let near = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let root = if near.join("schema.yml").exists() { near } else { near.join("../..") };
    for input in ["schema.yml", "build.rs", "codegen/src"] {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    let spec = codegen::Spec::read(root.join("schema.yml"))?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    if env::var("CARGO_PKG_NAME")? == "vestibule-api" {
        fs::write(out.join("api.rs"), codegen::api(&spec)?)?;
        fs::write(out.join("schema.json"), spec.doc().to_string())?;
        return Ok(());
    }
    fs::write(out.join("models.rs"), codegen::models(&spec)?)?;
    #[cfg(feature = "client")]
    fs::write(out.join("client.rs"), codegen::client(&spec)?)?;
    Ok(())
}
