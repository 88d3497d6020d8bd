//! One trait per resource family, and the glue between a decoded request and its methods.
//!
//! The glue is generic over the context that implements the traits, so it is compiled in the server crate, again after
//! every edit there. Everything that does not depend on the context (reading arguments, writing answers) is therefore
//! an ordinary function of the generated crate.

use super::{
    Result, docs,
    family::Family,
    model, names,
    operation::{Answer, Operation},
    params, schemas,
    spec::Spec,
    types::Type,
};
use heck::ToPascalCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeMap;

/// Parameter structs, traits and routes of all families, in alphabetical order.
///
/// # Errors
/// If an operation has no counterpart in Rust.
pub(crate) fn render(spec: &Spec, operations: &[Operation<'_>]) -> Result<TokenStream> {
    let mut families: BTreeMap<&str, Vec<(usize, &Operation<'_>)>> = BTreeMap::new();
    for (index, operation) in operations.iter().enumerate() {
        if operation.answer != Answer::Special {
            families.entry(&operation.resource).or_default().push((index, operation));
        }
    }
    let mut out = TokenStream::new();
    let mut answers = Answers::default();
    let models = model::read(spec)?;
    for (name, operations) in families {
        let all: Vec<&Operation<'_>> = operations.iter().map(|(_, operation)| *operation).collect();
        for operation in &all {
            out.extend(params::render(spec, operation)?);
        }
        let standard = Family::of(name, &all, &models).filter(|family| family.is_standard(&all));
        out.extend(family(name, &operations, standard.as_ref(), &mut answers)?);
    }
    out.extend(answers.render());
    Ok(out)
}

fn family(
    name: &str,
    operations: &[(usize, &Operation<'_>)],
    standard: Option<&Family<'_>>,
    answers: &mut Answers,
) -> Result<TokenStream> {
    let module = names::ident(name);
    let trait_name = names::type_ident(&name.to_pascal_case());
    let methods = operations.iter().map(|(_, operation)| method(operation, standard));
    let marker = standard.map(Family::marker);
    let transfer = standard.map(Family::transfer).transpose()?;
    let needs = if standard.is_some() { quote!(Standard<#module::Family>) } else { quote!(Send) };
    let handlers: Vec<TokenStream> =
        operations.iter().map(|(_, operation)| handler(&trait_name, operation, answers)).collect();
    let routes = operations.iter().map(|(index, operation)| {
        let function = names::ident(operation.action);
        quote!(Route { operation: &OPERATIONS[#index], call: #function::<C> })
    });
    let trait_doc = docs::lines(&format!("The operations of `{name}`."));
    let module_doc = docs::lines(&format!("Routes of the operations of `{name}`."));
    Ok(quote! {
        #trait_doc
        pub trait #trait_name: #needs { #(#methods)* }

        #module_doc
        pub mod #module {
            use super::*;

            #marker

            /// Every operation of the family with the code that answers it.
            pub fn routes<C: #trait_name>() -> Vec<Route<C>> {
                vec![#(#routes),*]
            }

            #(#handlers)*
        }

        #transfer
    })
}

/// An argument of a trait method.
struct Argument {
    name: Ident,
    ty: TokenStream,
    read: TokenStream,
}

fn arguments(operation: &Operation<'_>) -> Vec<Argument> {
    let path = operation.path_params.iter().enumerate().map(|(index, parameter)| {
        let read = match Type::of(parameter.schema, parameter.name) {
            Ok(Type::Integer) => quote!(path_integer(&mut input, #index)?),
            Ok(Type::Uuid) => quote!(path_uuid(&mut input, #index)?),
            _ => quote!(path_text(&mut input, #index)?),
        };
        Argument { name: names::ident(parameter.name), ty: params::path_type(parameter), read }
    });
    let query = params::struct_name(operation).map(|ty| Argument {
        name: format_ident!("params"),
        read: quote!(#ty::read(&input.query)?),
        ty: quote!(#ty),
    });
    let body = operation.body.map(|body| {
        let model = names::type_ident(&names::type_name(body.schema));
        let schema = schemas::path(body.schema);
        Argument {
            name: format_ident!("body"),
            ty: quote!(Unchecked<models::#model>),
            read: quote!(Unchecked::new(input.body, &#schema)),
        }
    });
    path.chain(query).chain(body).collect()
}

fn answer_type(operation: &Operation<'_>) -> TokenStream {
    match &operation.answer {
        Answer::Model(ty) => ty.tokens(&quote!(models::)),
        Answer::Nothing | Answer::Special => quote!(()),
    }
}

fn method(operation: &Operation<'_>, standard: Option<&Family<'_>>) -> TokenStream {
    let name = names::ident(operation.id);
    let doc = docs::comment(operation.node, "");
    let http = format!(" `{} {}`", operation.method.to_uppercase(), operation.path);
    let arguments = arguments(operation);
    let idents: Vec<Ident> = arguments.iter().map(|argument| argument.name.clone()).collect();
    let body = standard.and_then(|family| family.default_body(operation, &idents)).unwrap_or(quote!(;));
    let arguments = arguments.iter().map(|Argument { name, ty, .. }| quote!(#name: #ty));
    let answer = answer_type(operation);
    quote! {
        #doc
        ///
        #[doc = #http]
        fn #name(&mut self, #(#arguments),*) -> impl Future<Output = Result<#answer, ApiError>> + Send #body
    }
}

fn handler(trait_name: &Ident, operation: &Operation<'_>, answers: &mut Answers) -> TokenStream {
    let function = names::ident(operation.action);
    let reader = format_ident!("read_{}", operation.action);
    let method = names::ident(operation.id);
    let answer = answers.function(operation);
    let arguments = arguments(operation);
    if arguments.is_empty() {
        return quote! {
            fn #function<C: #trait_name>(context: &mut C, _: Input) -> BoxFuture<'_, Result<Output, ApiError>> {
                answers::#answer(Box::pin(context.#method()))
            }
        };
    }
    let names: Vec<&Ident> = arguments.iter().map(|a| &a.name).collect();
    let reads = arguments.iter().map(|a| &a.read);
    let types = arguments.iter().map(|a| &a.ty);
    let needs_mut = (!operation.path_params.is_empty()).then(|| quote!(mut));
    quote! {
        fn #reader(#needs_mut input: Input) -> Result<(#(#types,)*), ApiError> {
            Ok((#(#reads,)*))
        }

        fn #function<C: #trait_name>(context: &mut C, input: Input) -> BoxFuture<'_, Result<Output, ApiError>> {
            match #reader(input) {
                Ok((#(#names,)*)) => answers::#answer(Box::pin(context.#method(#(#names),*))),
                Err(error) => refuse(error),
            }
        }
    }
}

/// One function per type of answer, which writes it.
#[derive(Default)]
struct Answers(BTreeMap<String, (Ident, TokenStream)>);

impl Answers {
    fn function(&mut self, operation: &Operation<'_>) -> Ident {
        let ty = answer_type(operation);
        let name = match &operation.answer {
            Answer::Model(ty) => function_name(ty),
            Answer::Nothing | Answer::Special => "nothing".to_owned(),
        };
        let ident = names::ident(&name);
        self.0.entry(name).or_insert((ident, ty)).0.clone()
    }

    fn render(&self) -> TokenStream {
        let functions = self.0.iter().map(|(name, (ident, ty))| {
            let doc = docs::lines(&format!("Writes `{ty}`."));
            let write = match name.as_str() {
                "nothing" => quote!(write_nothing(future)),
                "file" => quote!(write_file(future)),
                _ => quote!(write_json(future)),
            };
            quote! {
                #doc
                pub(crate) fn #ident(future: BoxFuture<'_, Result<#ty, ApiError>>) -> BoxFuture<'_, Result<Output, ApiError>> {
                    #write
                }
            }
        });
        quote! {
            /// Writers of the answers, one for every type.
            mod answers {
                use super::*;
                #(#functions)*
            }
        }
    }
}

fn function_name(ty: &Type) -> String {
    match ty {
        Type::Named(name) | Type::Boxed(name) => name.clone(),
        Type::List(item) => format!("{}_vec", function_name(item)),
        Type::Map(value) => format!("{}_map", function_name(value)),
        Type::File => "file".to_owned(),
        other => format!("{other:?}_value"),
    }
}
