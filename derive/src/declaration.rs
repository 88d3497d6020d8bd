//! What a struct says of its table.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprLit, Field, Fields, Ident, Lit, LitStr, Result, Token, Type,
    ext::IdentExt, parse::ParseStream, punctuated::Punctuated, spanned::Spanned,
};

/// A declared table.
pub(crate) struct Declaration {
    /// The struct.
    pub name: Ident,
    /// The table.
    pub table: LitStr,
    /// The column of the primary key.
    pub key: LitStr,
    /// What filters call the key, if not as its column.
    pub called: Option<LitStr>,
    /// What the base row holds in its field `kind`.
    pub kind: Option<LitStr>,
    /// The base row, or the type of the key.
    pub root: Root,
    /// The columns beside the key.
    pub columns: Vec<Column>,
    /// The many-to-many fields.
    pub links: Vec<Link>,
}

/// Where the key comes from.
pub(crate) enum Root {
    /// The field `id`, or the one with `#[key]`, of this type.
    Own(Ident, Type),
    /// The row in the field `base`.
    Base(Type),
}

/// A column.
pub(crate) struct Column {
    /// The field.
    pub ident: Ident,
    /// Its type.
    pub ty: Type,
    /// The name of the column.
    pub name: LitStr,
    /// What a new row has there.
    pub default: TokenStream,
    /// What becomes of the row when what it refers to is deleted, where that is said.
    pub on_delete: Option<Ident>,
    /// Whether it puts users into the group that it names.
    pub joins: bool,
}

/// A many-to-many field.
pub(crate) struct Link {
    /// The field.
    pub ident: Ident,
    /// `Many<…>`.
    pub ty: Type,
    /// Its table, the column of this side and that of the other.
    pub through: [LitStr; 3],
    /// Whether it is the table of the other side, of which each row belongs to one of this side at most.
    pub reverse: bool,
}

impl Declaration {
    /// Reads a struct.
    pub(crate) fn read(input: &DeriveInput) -> Result<Self> {
        let Data::Struct(data) = &input.data else { return Err(Error::new(input.span(), "a table is a struct")) };
        let Fields::Named(fields) = &data.fields else { return Err(Error::new(input.span(), "columns need names")) };
        let Header { table, key, called, kind } = attribute(&input.attrs, "table")
            .ok_or_else(|| Error::new(input.span(), "#[table(\"name\")] is missing"))?
            .parse_args_with(header)?;
        let key = key.unwrap_or_else(|| LitStr::new("id", table.span()));
        let (mut root, mut columns, mut links) = (None, vec![], vec![]);
        for field in &fields.named {
            let Some(ident) = field.ident.clone() else { continue };
            if attribute(&field.attrs, "base").is_some() {
                root = Some(Root::Base(field.ty.clone()));
            } else if root.is_none() && (ident == "id" || attribute(&field.attrs, "key").is_some()) {
                root = Some(Root::Own(ident, field.ty.clone()));
            } else if let Some(link) = attribute(&field.attrs, "through") {
                let through = link.parse_args_with(through)?;
                links.push(Link { ident, ty: field.ty.clone(), through, reverse: false });
            } else if let Some(link) = attribute(&field.attrs, "reverse") {
                let through = link.parse_args_with(through)?;
                links.push(Link { ident, ty: field.ty.clone(), through, reverse: true });
            } else {
                columns.push(Column::read(ident, field)?);
            }
        }
        let root = root.ok_or_else(|| Error::new(input.span(), "the first field is `id`, or has #[key] or #[base]"))?;
        Ok(Self { name: input.ident.clone(), table, key, called, kind, root, columns, links })
    }
}

impl Column {
    fn read(ident: Ident, field: &Field) -> Result<Self> {
        let plain = ident.unraw().to_string();
        let name = match attribute(&field.attrs, "column") {
            Some(attribute) => attribute.parse_args()?,
            None if refers(&field.ty) => LitStr::new(&format!("{plain}_id"), ident.span()),
            None => LitStr::new(&plain, ident.span()),
        };
        let default = match attribute(&field.attrs, "initial").map(Attribute::parse_args::<Expr>).transpose()? {
            Some(text @ Expr::Lit(ExprLit { lit: Lit::Str(_), .. })) => quote!(#text.into()),
            Some(value) => quote!(#value),
            None => quote!(Default::default()),
        };
        let on_delete = attribute(&field.attrs, "on_delete").map(Attribute::parse_args).transpose()?;
        let joins = attribute(&field.attrs, "joins").is_some();
        Ok(Self { ident, ty: field.ty.clone(), name, default, on_delete, joins })
    }
}

fn attribute<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| attribute.path().is_ident(name))
}

/// `"name", key = "column", called = "name", kind = "name"`.
struct Header {
    table: LitStr,
    key: Option<LitStr>,
    called: Option<LitStr>,
    kind: Option<LitStr>,
}

fn header(input: ParseStream<'_>) -> Result<Header> {
    let mut header = Header { table: input.parse()?, key: None, called: None, kind: None };
    while input.parse::<Option<Token![,]>>()?.is_some() {
        let name: Ident = input.parse()?;
        input.parse::<Token![=]>()?;
        let value = Some(input.parse()?);
        match name.to_string().as_str() {
            "key" => header.key = value,
            "called" => header.called = value,
            "kind" => header.kind = value,
            _ => return Err(Error::new(name.span(), "`key`, `called` or `kind`")),
        }
    }
    Ok(header)
}

/// `"table", "own_column", "other_column"`.
fn through(input: ParseStream<'_>) -> Result<[LitStr; 3]> {
    let span = input.span();
    let names: Vec<LitStr> = Punctuated::<LitStr, Token![,]>::parse_terminated(input)?.into_iter().collect();
    names.try_into().map_err(|_| Error::new(span, "the table, the column of this side, that of the other"))
}

/// Whether a type is `Ref<…>` or `Option<Ref<…>>`.
fn refers(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let inner = || match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => matches!(
            arguments.args.first(),
            Some(syn::GenericArgument::Type(inner)) if refers(inner)
        ),
        _ => false,
    };
    last.ident == "Ref" || (last.ident == "Option" && inner())
}
