//! What resource families have in common: the standard operations, the family as a type, and the way between its models
//! and a row.
//!
//! Seven operations are standard: list, create, retrieve, update, partial update, destroy and what refers to an object.
//! Where they have the usual arguments and answers, the methods of the family's trait have default bodies, which call
//! `Standard` of the runtime; a server implements that once for all families that it can store.

use super::{
    Error, Result, docs,
    model::{Field, Kind, Model, Presence},
    names,
    operation::{Answer, Operation},
    params, schemas, spec,
    types::Type,
};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

type Models = BTreeMap<String, Model>;

/// A standard operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    List,
    Create,
    Retrieve,
    Update,
    Destroy,
    UsedBy,
}

/// A family of which objects can be read by their key.
pub(crate) struct Family<'a> {
    name: &'a str,
    key: TokenStream,
    key_name: &'a str,
    answer: &'a Model,
    /// The model that all bodies can be turned into: what PATCH takes, else the one body there is.
    patch: Option<&'a Model>,
    list: Option<&'a Operation<'a>>,
    bodies: Option<(&'a str, &'a str)>,
    models: &'a Models,
}

impl<'a> Family<'a> {
    /// Reads a family, if its objects can be read by their key.
    pub(crate) fn of(name: &'a str, operations: &[&'a Operation<'a>], models: &'a Models) -> Option<Self> {
        let find = |method, action: &str| operations.iter().copied().find(|o| o.method == method && o.action == action);
        let object = ["retrieve", "update", "partial_update", "destroy"].iter();
        let object = object.filter_map(|action| operations.iter().find(|o| o.action == *action)).copied();
        let one = object.clone().find(|o| o.path_params.len() == 1 && matches!(o.answer, Answer::Model(_)))?;
        let answer = models.get(&named(&one.answer)?).filter(|m| matches!(m.kind, Kind::Struct { .. }))?;
        let key = one.path_params.first()?;
        let (create, patch) = (find("post", "create"), find("patch", "partial_update"));
        let body = |operation: Option<&Operation<'a>>| operation?.body.filter(|b| !b.multipart).map(|b| b.schema);
        let change = body(patch).or(body(find("put", "update"))).or(body(create));
        Some(Self {
            name,
            key: params::path_type(key),
            key_name: key.name,
            answer,
            patch: change.and_then(|schema| models.get(&names::type_name(schema))),
            list: find("get", "list").filter(|o| o.path_params.is_empty() && params::struct_name(o).is_some()),
            bodies: body(create).zip(change),
            models,
        })
    }

    /// Which standard operation this is, if it has the usual arguments and the usual answer.
    fn action(&self, operation: &Operation<'_>) -> Option<Action> {
        let plain = operation.query.is_empty() && operation.path_params.len() == 1;
        let answers = named(&operation.answer).is_some_and(|name| name == self.answer.name);
        let takes = operation.body.is_some_and(|body| {
            let model = names::type_name(body.schema);
            !body.multipart && self.patch.is_some_and(|p| p.name == model || p.name == format!("Patched{model}"))
        });
        let used_by = operation.answer == Answer::Model(Type::List(Box::new(Type::Named("UsedBy".to_owned()))));
        Some(match (operation.method, operation.action) {
            ("get", "list") if self.list.is_some() && self.lists(operation) => Action::List,
            ("post", "create") if operation.path_params.is_empty() && answers && takes => Action::Create,
            ("get", "retrieve") if plain && answers => Action::Retrieve,
            ("put", "update") | ("patch", "partial_update") if plain && answers && takes => Action::Update,
            ("delete", "destroy") if plain && operation.answer == Answer::Nothing => Action::Destroy,
            ("get", "used_by_list") if plain && used_by => Action::UsedBy,
            _ => return None,
        })
    }

    /// Whether the answer is a page of the family's objects.
    fn lists(&self, operation: &Operation<'_>) -> bool {
        let page = named(&operation.answer).and_then(|name| self.models.get(&name));
        page.is_some_and(|page| matches!(&page.kind, Kind::Page(Type::Named(item)) if *item == self.answer.name))
    }

    /// The default body of a method, if it is standard.
    pub(crate) fn default_body(&self, operation: &Operation<'_>, arguments: &[Ident]) -> Option<TokenStream> {
        let module = names::ident(self.name);
        let method = match self.action(operation)? {
            Action::List => quote!(list),
            Action::Create => quote!(create),
            Action::Retrieve => quote!(retrieve),
            Action::Update => quote!(update),
            Action::Destroy => quote!(destroy),
            Action::UsedBy => quote!(used_by),
        };
        Some(quote!({ Standard::<#module::Family>::#method(self, #(#arguments),*) }))
    }

    /// Whether any of these operations has a default body.
    pub(crate) fn is_standard(&self, operations: &[&Operation<'_>]) -> bool {
        operations.iter().any(|operation| self.action(operation).is_some())
    }

    /// The family as a type, for its module.
    pub(crate) fn marker(&self) -> TokenStream {
        let name = self.name;
        let doc = docs::lines(&format!("The family `{name}` as a type."));
        let key = &self.key;
        let params = self.list.and_then(params::struct_name).map_or_else(|| quote!(Absent), |params| quote!(#params));
        let answer = names::type_ident(&self.answer.name);
        let patch = self.patch.map_or_else(
            || quote!(Absent),
            |patch| {
                let patch = names::type_ident(&patch.name);
                quote!(models::#patch)
            },
        );
        let bodies = match self.bodies.map(|(create, change)| (schemas::path(create), schemas::path(change))) {
            Some((create, change)) => quote!(Some((&#create, &#change))),
            None => quote!(None),
        };
        quote! {
            #doc
            #[derive(Debug)]
            pub enum Family {}

            impl super::Family for Family {
                type Key = #key;
                type Params = #params;
                type Patch = #patch;
                type Answer = models::#answer;

                const NAME: &'static str = #name;
                const BODIES: Option<(&'static Schema, &'static Schema)> = #bodies;
            }
        }
    }

    /// A macro that moves the values of a body into the fields of a row, and those of a row into an answer. The fields of
    /// the row are called as those of the contract, the key is called `id`. A field that the row lacks is an error where
    /// the macro is called, so that a contract that grows stops the build there.
    ///
    /// # Errors
    /// If a body holds a union.
    pub(crate) fn transfer(&self) -> Result<TokenStream> {
        let name = names::ident(self.name);
        let doc = docs::lines(&format!("Moves values between the models of `{}` and a row, see `Family`.", self.name));
        let put = match self.patch {
            Some(patch) => put(patch, self.models)?,
            None => quote!(match $patch {}),
        };
        let answer = self.answer();
        Ok(quote! {
            #doc
            #[macro_export]
            macro_rules! #name {
                (put $row:ident $patch:ident $to:ident) => { #put };
                (answer $row:ident $from:ident) => { #answer };
            }
        })
    }

    fn answer(&self) -> TokenStream {
        let Kind::Struct { fields, .. } = &self.answer.kind else { return TokenStream::new() };
        let has_pk = fields.iter().any(|field| field.name == "pk");
        let values = fields.iter().map(|field| {
            let ident = names::ident(&field.name);
            let is_key = field.name == if has_pk { "pk" } else { self.key_name };
            let is_key = is_key && matches!(field.ty, Type::Uuid | Type::Integer);
            let place = if is_key { names::ident("id") } else { ident.clone() };
            let method = names::ident(if is_enum(&field.ty, self.models) { "choice" } else { "take" });
            let value = quote!($from.#method(&mut $row.#place)?);
            let value = if field.presence == Presence::Optional { quote!(Some(#value)) } else { value };
            quote!(#ident: #value)
        });
        let model = names::type_ident(&self.answer.name);
        quote!($crate::models::#model { #(#values),* })
    }
}

fn put(patch: &Model, models: &Models) -> Result<TokenStream> {
    let Kind::Struct { fields, open: false, .. } = &patch.kind else {
        return Err(Error::new(format!("{} is no plain object", patch.name)));
    };
    let model = names::type_ident(&patch.name);
    let known = fields.iter().map(|field| {
        let ident = names::ident(&field.name);
        if is_ignored(field) { quote!(#ident: _) } else { quote!(#ident) }
    });
    let puts = fields.iter().filter(|field| !is_ignored(field)).map(|field| {
        let (name, ident) = (&field.name, names::ident(&field.name));
        let method = names::ident(if is_enum(&field.ty, models) { "choose" } else { "put" });
        let value = match field.presence {
            Presence::Optional | Presence::TriState => quote!(#ident),
            Presence::Required | Presence::Nullable | Presence::Flattened => quote!(Some(#ident)),
        };
        quote!($to.#method(#name, &mut $row.#ident, #value);)
    });
    Ok(quote! {{
        let $crate::models::#model { #(#known),* } = $patch;
        #(#puts)*
    }})
}

/// What clients may send, because it is in the answers, but nobody reads (`x-ignored`).
fn is_ignored(field: &Field) -> bool {
    spec::flag(&field.node, "x-ignored")
}

fn is_enum(ty: &Type, models: &Models) -> bool {
    matches!(ty, Type::Named(name) if models.get(name).is_some_and(|m| matches!(m.kind, Kind::Enum(_))))
}

fn named(answer: &Answer) -> Option<String> {
    if let Answer::Model(Type::Named(name)) = answer { Some(name.clone()) } else { None }
}
