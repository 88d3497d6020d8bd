//! The shapes of request bodies as static tables.

use super::{
    Error, Result,
    limits::TextLimits,
    names,
    spec::{self, Spec},
    union,
};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

/// One static per schema that a request body refers to, directly or not.
///
/// # Errors
/// If a schema has no counterpart.
pub(crate) fn render(spec: &Spec) -> Result<TokenStream> {
    let unions = union::read(spec)?;
    let mut statics = TokenStream::new();
    for name in spec.request_schemas()? {
        let ident = names::constant(&names::type_name(name));
        let value = component(spec, &unions, name)?;
        let doc = format!(" The shape of `{name}`.");
        statics.extend(quote!(#[doc = #doc] pub static #ident: Schema = #value;));
    }
    Ok(quote! {
        /// The shapes of all request bodies.
        pub mod schemas {
            use super::schema::{Field, Format, Schema};
            #statics
        }
    })
}

/// The static of a request body, seen from the root of the crate.
pub(crate) fn path(schema: &str) -> TokenStream {
    let ident = names::constant(&names::type_name(schema));
    quote!(schemas::#ident)
}

fn component(spec: &Spec, unions: &union::Unions, name: &str) -> Result<TokenStream> {
    let node = spec.schema(name)?;
    let Some(union) = unions.get(name) else { return shape(TextLimits::of(spec), node, name) };
    let tag = &union.tag;
    let values = union.variants.iter().map(|v| &v.value);
    let shapes = union.variants.iter().map(|v| names::constant(&v.ty));
    let variants = quote!(variants: &[#((#values, &#shapes)),*]);
    Ok(match union.beside {
        Some(_) => quote!(Schema::Sibling { tag: #tag, #variants }),
        None => quote!(Schema::Tagged { tag: #tag, #variants }),
    })
}

/// A reference to the shape of a node.
fn inner(limits: TextLimits<'_>, node: &Value, place: &str) -> Result<TokenStream> {
    if let Some(name) = spec::schema_reference(node) {
        let ident = names::constant(&names::type_name(name));
        return Ok(if spec::flag(node, "nullable") { quote!(&Schema::Nullable(&#ident)) } else { quote!(&#ident) });
    }
    let shape = shape(limits, node, place)?;
    Ok(quote!(&#shape))
}

fn shape(limits: TextLimits<'_>, node: &Value, place: &str) -> Result<TokenStream> {
    let shape = plain(limits, node, place)?;
    Ok(if spec::flag(node, "nullable") { quote!(Schema::Nullable(&#shape)) } else { shape })
}

fn plain(limits: TextLimits<'_>, node: &Value, place: &str) -> Result<TokenStream> {
    if let Some(name) = spec::schema_reference(node) {
        return Err(Error::new(format!("{place} is only another name for {name}")));
    }
    let Some(kind) = spec::text(node, "type") else {
        // The model takes anything, as the contract says.
        return Ok(if spec::flag(node, "x-object") { quote!(Schema::Map(&Schema::Any)) } else { quote!(Schema::Any) });
    };
    Ok(match kind {
        "boolean" => quote!(Schema::Boolean),
        "integer" => integer(node),
        "number" => {
            let limit = |key: &str| node.get(key).and_then(Value::as_f64).map(|n| quote!(#n));
            let min = limit("minimum").unwrap_or(quote!(f64::MIN));
            let max = limit("maximum").unwrap_or(quote!(f64::MAX));
            quote!(Schema::Number { min: #min, max: #max })
        }
        "string" if node.get("x-also").is_some() => text_or(limits, node, place)?,
        "string" => string(limits, node, place)?,
        "array" => {
            let items = inner(limits, node.get("items").unwrap_or(&Value::Null), place)?;
            quote!(Schema::Array(#items))
        }
        "object" => object(limits, node, place)?,
        other => return Err(Error::new(format!("{place}: unknown type {other}"))),
    })
}

fn integer(node: &Value) -> TokenStream {
    if let Some(values) = node.get("enum").and_then(Value::as_array) {
        let values = values.iter().filter_map(Value::as_i64);
        return quote!(Schema::IntegerEnum(&[#(#values),*]));
    }
    let limit = |key: &str| node.get(key).and_then(Value::as_i64).map(|n| quote!(#n));
    let min = limit("minimum").unwrap_or(quote!(i64::MIN));
    let max = limit("maximum").unwrap_or(quote!(i64::MAX));
    quote!(Schema::Integer { min: #min, max: #max })
}

fn string(limits: TextLimits<'_>, node: &Value, place: &str) -> Result<TokenStream> {
    if node.get("enum").is_some() {
        let values = spec::strings(node, "enum");
        return Ok(quote!(Schema::Enum(&[#(#values),*])));
    }
    let format = match spec::text(node, "format") {
        Some("binary") => return Ok(quote!(Schema::File)),
        Some("uuid") => quote!(Uuid),
        Some("date-time") => quote!(DateTime),
        Some("date") => quote!(Date),
        Some("uri") => quote!(Uri),
        Some("email") => quote!(Email),
        Some("byte") => quote!(Binary),
        None | Some("password") => quote!(Text),
        Some(other) => return Err(Error::new(format!("unknown format {other}"))),
    };
    let limit = |key: &str| node.get(key).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    let (min, mut max) = (limit("minLength"), limit("maxLength"));
    let property = place.rsplit('.').next().unwrap_or_default();
    if let Some(own) = limits.get(property).filter(|_| max == 0 && format.to_string() == "Text") {
        max = u32::try_from(own).map_err(|_| Error::new(format!("{place}: its limit is too large")))?;
    }
    let pattern = match spec::text(node, "pattern") {
        Some(pattern) => quote!(Some(#pattern)),
        None => quote!(None),
    };
    Ok(quote!(Schema::String { min: #min, max: #max, pattern: #pattern, format: Format::#format }))
}

/// Text, or what `x-also` says. The text must be free, so that it can hold the JSON of the other value.
fn text_or(limits: TextLimits<'_>, node: &Value, place: &str) -> Result<TokenStream> {
    const LIMITS: [&str; 5] = ["minLength", "maxLength", "pattern", "format", "enum"];
    if LIMITS.iter().any(|limit| node.get(limit).is_some()) {
        return Err(Error::new(format!("{place}: x-also needs text without limits")));
    }
    let other = inner(limits, node.get("x-also").unwrap_or(&Value::Null), place)?;
    Ok(quote!(Schema::TextOr(#other)))
}

/// An object. Further keys beside the known ones are kept by a map of anything.
fn object(limits: TextLimits<'_>, node: &Value, place: &str) -> Result<TokenStream> {
    let further = node.get("additionalProperties").filter(|v| **v != Value::Bool(false));
    if node.get("properties").is_none() || further.is_some() {
        let values = match further.filter(|v| v.is_object() && node.get("properties").is_none()) {
            Some(values) => inner(limits, values, place)?,
            None => quote!(&Schema::Any),
        };
        return Ok(quote!(Schema::Map(#values)));
    }
    let required = spec::strings(node, "required");
    let fields = spec::properties(node)
        .filter(|(_, schema)| !spec::flag(schema, "readOnly"))
        .map(|(name, node)| {
            let required = required.contains(&name);
            let schema = inner(limits, node, &format!("{place}.{name}"))?;
            Ok(field(name, node, required, &schema))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(quote!(Schema::Object(&[#(#fields),*])))
}

fn field(name: &str, node: &Value, required: bool, schema: &TokenStream) -> TokenStream {
    let help = spec::text(node, "description").unwrap_or_default();
    quote!(Field { name: #name, help: #help, required: #required, schema: #schema })
}

/// What an answer holds that no request sets. Of nested objects only the name is told.
///
/// # Errors
/// If a property has no counterpart.
pub(crate) fn read_only(spec: &Spec, answer: &str) -> Result<Vec<TokenStream>> {
    spec::properties(spec.schema(answer)?)
        .filter(|(_, node)| spec::flag(node, "readOnly"))
        .map(|(name, node)| {
            let scalar = !matches!(spec::text(node, "type"), None | Some("array" | "object"));
            let schema = if scalar {
                shape(TextLimits::of(spec), node, &format!("{answer}.{name}"))?
            } else {
                quote!(Schema::Any)
            };
            Ok(field(name, node, false, &quote!(&#schema)))
        })
        .collect()
}
