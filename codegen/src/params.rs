//! Query parameters as one struct per operation, and the code that reads it.

use super::{
    Error, Result, docs, names,
    operation::{Operation, Parameter},
    spec::{self, Spec},
    types::Type,
};
use heck::ToPascalCase;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use serde_json::Value;
use std::collections::BTreeSet;

/// The parameters of every list, read together and leniently.
pub(crate) const PAGING: [&str; 4] = ["page", "page_size", "ordering", "search"];

/// Filters by an integer that identifies another object: the reference answers a text there in other words than
/// where a number is compared.
const INTEGER_RELATIONS: [&str; 3] = ["provider", "session__user", "user"];

/// How one parameter is read.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Boolean,
    Integer {
        relation: bool,
    },
    Number,
    Text,
    Uuid {
        relation: bool,
    },
    DateTime,
    Date,
    /// One of the values of a generated enum.
    Enum(String),
    /// One of these values, which no component lists.
    Choice(Vec<String>),
}

/// The Rust type of a path parameter.
pub(crate) fn path_type(parameter: &Parameter<'_>) -> TokenStream {
    match Type::of(parameter.schema, parameter.name) {
        Ok(Type::Integer) => quote!(i64),
        Ok(Type::Uuid) => quote!(uuid::Uuid),
        _ => quote!(String),
    }
}

/// The name of the parameter struct of an operation, if it has query parameters.
pub(crate) fn struct_name(operation: &Operation<'_>) -> Option<Ident> {
    (!operation.query.is_empty()).then(|| names::type_ident(&format!("{}Params", operation.id.to_pascal_case())))
}

/// The parameter struct of an operation and its reader.
///
/// # Errors
/// If a parameter has a type that a query cannot hold.
pub(crate) fn render(spec: &Spec, operation: &Operation<'_>) -> Result<TokenStream> {
    let Some(name) = struct_name(operation) else { return Ok(TokenStream::new()) };
    let fields = fields(spec, operation)?;
    let members = fields.iter().map(|Field { doc, ident, ty, .. }| quote!(#doc pub #ident: #ty));
    let reads = fields.iter().map(|Field { ident, read, .. }| quote!(let #ident = #read;));
    let required: Vec<&Field<'_>> = fields.iter().filter(|f| f.required).collect();
    let requires = required.iter().map(|Field { name, ident, .. }| quote!(the_query.require(#name, #ident.is_some());));
    let values = fields.iter().map(|Field { name, ident, required, .. }| match required {
        true => quote!(#ident: #ident.ok_or_else(|| Query::missing(#name))?),
        false => quote!(#ident),
    });
    let default = required.iter().all(|f| f.has_default).then(|| quote!(, Default));
    let doc = docs::lines(&format!("The query parameters of `{}`.", operation.id));
    let filters = fields.iter().any(|f| f.name == "page").then(|| filters(&name, &fields));
    Ok(quote! {
        #doc
        #[derive(Debug, Clone #default)]
        pub struct #name { #(#members,)* }

        impl #name {
            /// Reads them from a query.
            ///
            /// # Errors
            /// [`ApiError::Validation`] with all parameters that cannot be read.
            pub fn read(query: &[(String, String)]) -> Result<Self, ApiError> {
                let mut the_query = Query::new(query);
                #(#reads)*
                #(#requires)*
                the_query.finish()?;
                Ok(Self { #(#values,)* })
            }
        }

        #filters
    })
}

/// The parameters of a list by name, for what filters all lists alike.
fn filters(params: &Ident, fields: &[Field<'_>]) -> TokenStream {
    let filters: Vec<&Field<'_>> = fields.iter().filter(|f| f.name != "page").collect();
    let names = filters.iter().map(|f| f.name);
    let adds = filters.iter().map(|Field { name, sought, .. }| quote!(all.add(#name, &#sought);));
    let all = if filters.is_empty() { quote!(let all) } else { quote!(let mut all) };
    quote! {
        impl Filters for #params {
            const NAMES: &'static [&'static str] = &[#(#names),*];

            fn page(&self) -> &PageQuery {
                &self.page
            }

            fn sought(&self) -> Vec<(&'static str, Sought)> {
                #all = SoughtAll::default();
                #(#adds)*
                all.into()
            }
        }
    }
}

/// A field of a parameter struct.
struct Field<'a> {
    name: &'a str,
    doc: TokenStream,
    ident: Ident,
    ty: TokenStream,
    read: TokenStream,
    /// Its value as what a filter looks for.
    sought: TokenStream,
    required: bool,
    has_default: bool,
}

fn fields<'a>(spec: &Spec, operation: &Operation<'a>) -> Result<Vec<Field<'a>>> {
    let mut fields = vec![];
    if operation.query.iter().any(|p| PAGING.contains(&p.name)) {
        fields.push(Field {
            name: "page",
            doc: docs::lines("Which part of the list, in which order."),
            ident: names::ident("page"),
            ty: quote!(PageQuery),
            read: quote!(the_query.page()),
            sought: TokenStream::new(),
            required: false,
            has_default: true,
        });
    }
    for parameter in operation.query.iter().filter(|p| !PAGING.contains(&p.name)) {
        let field = field(spec, operation, parameter)?;
        if fields.iter().any(|f| f.ident == field.ident) {
            return Err(Error::new(format!("{}: two parameters become {}", operation.id, field.ident)));
        }
        fields.push(field);
    }
    Ok(fields)
}

fn field<'a>(spec: &Spec, operation: &Operation<'_>, parameter: &Parameter<'a>) -> Result<Field<'a>> {
    let name = parameter.name;
    let schema = spec.resolve(parameter.schema)?;
    let is_list = spec::text(schema, "type") == Some("array");
    let item = if is_list { schema.get("items").unwrap_or(&Value::Null) } else { parameter.schema };
    let kind = kind(spec, name, item)
        .ok_or_else(|| Error::new(format!("{}: parameter {name} has no type for a query", operation.id)))?;
    let (ty, method, options) = kind.reader();
    let required = parameter.required && !is_list;
    let (method, ty, options) = match (is_list, required) {
        (true, _) => {
            let commas = parameter.commas;
            (format!("{method}_list"), quote!(Vec<#ty>), quote!(, #commas #options))
        }
        (false, true) if kind == Kind::Text => ("text_or_empty".to_owned(), ty, options),
        (false, true) => (method.to_owned(), ty, options),
        (false, false) => (method.to_owned(), quote!(Option<#ty>), options),
    };
    let method = names::ident(&method);
    let ident = names::ident(name);
    let sought = match (&kind, is_list, required) {
        (Kind::Enum(_), true, _) => quote!(self.#ident.iter().map(|v| v.as_str().to_owned()).collect::<Vec<_>>()),
        (Kind::Enum(_), false, true) => quote!(self.#ident.as_str().to_owned()),
        (Kind::Enum(_), false, false) => quote!(self.#ident.map(|v| v.as_str().to_owned())),
        _ => quote!(self.#ident),
    };
    Ok(Field {
        name,
        doc: docs::comment(parameter.node, &format!("`{name}`.")),
        read: quote!(the_query.#method(#name #options)),
        sought,
        ident,
        ty,
        required,
        has_default: !matches!(kind, Kind::Enum(_) | Kind::DateTime),
    })
}

impl Kind {
    /// The Rust type, the method of `Query` that reads it, and the further arguments of that method.
    fn reader(&self) -> (TokenStream, &'static str, TokenStream) {
        match self {
            Self::Boolean => (quote!(bool), "boolean", quote!()),
            Self::Integer { relation } => (quote!(i64), "integer", quote!(, #relation)),
            Self::Number => (quote!(f64), "number", quote!()),
            Self::Text => (quote!(String), "text", quote!()),
            Self::Uuid { relation } => (quote!(uuid::Uuid), "uuid", quote!(, #relation)),
            Self::DateTime => (quote!(chrono::DateTime<chrono::Utc>), "date_time", quote!()),
            Self::Date => (quote!(chrono::NaiveDate), "date", quote!()),
            Self::Enum(name) => {
                let name = names::type_ident(name);
                (quote!(models::#name), "parsed", quote!())
            }
            Self::Choice(values) => (quote!(String), "choice", quote!(, &[#(#values),*])),
        }
    }
}

fn kind(spec: &Spec, name: &str, schema: &Value) -> Option<Kind> {
    if let Some(component) = spec::schema_reference(schema) {
        return spec.schema(component).ok()?.get("enum").map(|_| Kind::Enum(names::type_name(component)));
    }
    Some(match (spec::text(schema, "type")?, spec::text(schema, "format")) {
        ("boolean", _) => Kind::Boolean,
        ("integer", _) => Kind::Integer { relation: INTEGER_RELATIONS.contains(&name) },
        ("number", _) => Kind::Number,
        ("string", _) if schema.get("enum").is_some() => match component_enum(spec, name, schema) {
            Some(component) => Kind::Enum(names::type_name(component)),
            None => Kind::Choice(spec::strings(schema, "enum").into_iter().map(str::to_owned).collect()),
        },
        ("string", Some("uuid")) => Kind::Uuid { relation: !(name.contains("uuid") || name.ends_with("guid")) },
        ("string", Some("date-time")) => Kind::DateTime,
        ("string", Some("date")) => Kind::Date,
        ("string", _) => Kind::Text,
        _ => return None,
    })
}

/// The component with the same values as an inline enum; of several, the one that is called like the parameter.
pub(crate) fn component_enum<'a>(spec: &'a Spec, name: &str, schema: &Value) -> Option<&'a str> {
    let values: BTreeSet<&str> = spec::strings(schema, "enum").into_iter().collect();
    let same = spec.schemas().filter(|(_, node)| {
        let own = spec::strings(node, "enum");
        !own.is_empty() && own.into_iter().collect::<BTreeSet<_>>() == values
    });
    let called_alike = |component: &str| names::type_name(component).starts_with(&names::type_name(name));
    same.map(|(component, _)| component).min_by_key(|component| (!called_alike(component), *component))
}
