//! What a document says requests may ask for at most (`x-limits`).

use super::{Error, Result, names, spec::Spec};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

/// The most characters of texts, by the names of properties: where their schemas say nothing, and where they are not as
/// the usual ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextLimits<'a>(&'a Value);

impl<'a> TextLimits<'a> {
    /// Those of a document.
    pub(crate) fn of(spec: &'a Spec) -> Self {
        Self(&spec.doc()["x-limits"]["fields"])
    }

    /// The limit for a property of its own.
    pub(crate) fn get(self, property: &str) -> Option<u64> {
        self.0.get(property).and_then(Value::as_u64)
    }
}

/// A module of constants, where the document has limits.
///
/// # Errors
/// If one is no number.
pub(crate) fn render(spec: &Spec) -> Result<TokenStream> {
    let Some(limits) = spec.doc()["x-limits"].as_object() else { return Ok(TokenStream::new()) };
    let mut constants = TokenStream::new();
    for (name, limit) in limits.iter().filter(|(name, _)| *name != "fields") {
        let number = limit.as_u64().and_then(|number| usize::try_from(number).ok());
        let number = number.ok_or_else(|| Error::new(format!("x-limits.{name} is no number")))?;
        let (ident, number) = (names::constant(name), Literal::usize_unsuffixed(number));
        let doc = format!(" `{name}` of `x-limits`.");
        constants.extend(quote!(#[doc = #doc] pub const #ident: usize = #number;));
    }
    Ok(quote! {
        /// What a request may ask for at most.
        pub mod limits { #constants }
    })
}
