//! The operation table.

use super::{
    Result, docs,
    operation::{Operation, Permission},
    schemas,
    spec::{self, Spec},
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// One static with all operations, sorted by path and method.
///
/// # Errors
/// If an answer has no counterpart.
pub(crate) fn render(spec: &Spec, operations: &[Operation<'_>]) -> Result<TokenStream> {
    let count = operations.len();
    let rows = operations.iter().map(|operation| row(spec, operation)).collect::<Result<Vec<_>>>()?;
    let doc = docs::lines(&format!("All {count} operations, sorted by path and method."));
    Ok(quote! {
        #doc
        pub static OPERATIONS: [Operation; #count] = [#(#rows),*];
    })
}

fn row(spec: &Spec, operation: &Operation<'_>) -> Result<TokenStream> {
    let Operation { id, path, tag, resource, action, success, .. } = operation;
    let method = format_ident!("{}", operation.method.to_uppercase());
    let summary = spec::text(operation.node, "summary").unwrap_or_default();
    let permission = match &operation.permission {
        Permission::Anonymous => quote!(Anonymous),
        Permission::Authenticated => quote!(Authenticated),
        Permission::Superuser => quote!(Superuser),
        Permission::Model(names) => quote!(Model(&[#(#names),*])),
    };
    let body = match operation.body {
        None => quote!(None),
        Some(body) => {
            let schema = schemas::path(body.schema);
            let kind = if body.multipart { quote!(Multipart) } else { quote!(Json) };
            quote!(#kind(&#schema))
        }
    };
    let answer = operation.answer_schema.filter(|_| operation.body.is_some());
    let read_only = answer.map(|name| schemas::read_only(spec, name)).transpose()?.unwrap_or_default();
    Ok(quote! {
        Operation {
            id: #id,
            method: http::Method::#method,
            path: #path,
            tag: #tag,
            resource: #resource,
            action: #action,
            summary: #summary,
            permission: Permission::#permission,
            success: #success,
            body: BodyKind::#body,
            read_only: &[#(#read_only),*],
        }
    })
}
