//! The implementations that a table gets.

use super::declaration::{Column, Declaration, Link, Root};
use proc_macro2::TokenStream;
use quote::quote;

/// All of them.
pub(crate) fn write(table: &Declaration) -> TokenStream {
    let parts = [default(table), row(table), part(table), entity(table), base(table)];
    parts.into_iter().collect()
}

/// A row as it is when a request leaves out all that may be left out.
fn default(table: &Declaration) -> TokenStream {
    let name = &table.name;
    let root = match (&table.root, &table.kind) {
        (Root::Own(key, _), _) => quote!(#key: Default::default()),
        (Root::Base(_), None) => quote!(base: Default::default()),
        (Root::Base(base), Some(kind)) => quote! {
            base: {
                let mut base = <#base>::default();
                base.kind = #kind.into();
                base
            }
        },
    };
    let columns = table.columns.iter().map(|Column { ident, default, .. }| quote!(#ident: #default));
    let links = table.links.iter().map(|Link { ident, .. }| quote!(#ident: Default::default()));
    quote! {
        impl Default for #name {
            fn default() -> Self {
                Self { #root, #(#columns,)* #(#links,)* }
            }
        }
    }
}

/// How a row is read from the columns of a statement.
fn row(table: &Declaration) -> TokenStream {
    let name = &table.name;
    let (root, width) = match &table.root {
        Root::Own(key, _) => (quote!(#key: row.get(at)?), quote!(1)),
        Root::Base(base) => (quote!(base: <#base as Row>::read(row, at)?), quote!(<#base as Row>::WIDTH)),
    };
    let columns =
        table.columns.iter().enumerate().map(
            |(index, Column { ident, .. })| quote!(#ident: row.column(at + #width + #index, &Self::COLUMNS[#index])?),
        );
    let links = table.links.iter().map(|Link { ident, .. }| quote!(#ident: Default::default()));
    let count = table.columns.len();
    quote! {
        const _: () = {
            use crate::store::{AnyRow, DbError, Part, Row};

            impl Row for #name {
                const WIDTH: usize = #width + #count;

                fn read(row: AnyRow<'_>, at: usize) -> Result<Self, DbError> {
                    Ok(Self { #root, #(#columns,)* #(#links,)* })
                }
            }
        };
    }
}

/// What is in the table itself.
fn part(table: &Declaration) -> TokenStream {
    let Declaration { name, table: text, key, .. } = table;
    let columns = table.columns.iter().map(|Column { ident, ty, name, on_delete, joins, .. }| {
        let on_delete = match on_delete {
            Some(said) => quote!(Some(column::OnDelete::#said)),
            None => quote!(None),
        };
        quote!(column::Column::of::<#ty>(#text, stringify!(#ident), #name, #on_delete, #joins))
    });
    let values = table.columns.iter().map(|Column { ident, .. }| quote!(self.#ident.clone().into()));
    let key_first = matches!(table.root, Root::Own(..)).then(|| key.value());
    let selected = key_first.into_iter().chain(table.columns.iter().map(|column| column.name.value()));
    let selected: Vec<String> = selected.map(|column| format!("\"{}\".\"{column}\"", text.value())).collect();
    let selected = selected.join(",");
    let links = table.links.iter().map(|Link { ident, ty, through: [through, owner, other], reverse }| {
        quote! {
            column::LinkField {
                field: stringify!(#ident),
                link: query::Link { table: #through, owner: #owner, other: #other },
                reverse: #reverse,
                target: <#ty>::TARGET,
            }
        }
    });
    quote! {
        const _: () = {
            use crate::store::{column, query, seal, table::Part};

            const _: () = assert!(seal::is_listed(#text, <#name as Part>::COLUMNS), "a table with secrets is not listed");

            impl Part for #name {
                const TABLE: &'static str = #text;
                const KEY: &'static str = #key;
                const COLUMNS: &'static [column::Column] = &[#(#columns),*];
                const SELECTED: &'static str = #selected;
                const LINKS: &'static [column::LinkField] = &[#(#links),*];

                fn values(&self) -> Vec<sea_query::Value> {
                    vec![#(#values),*]
                }
            }
        };
    }
}

/// The row as a whole.
fn entity(table: &Declaration) -> TokenStream {
    let name = &table.name;
    let root = match &table.root {
        Root::Own(field, key) => own(table, field, key),
        Root::Base(base) => extending(table, base),
    };
    let into_base = matches!(table.root, Root::Base(_)).then(|| {
        quote! {
            Entity::load_links(conn, rows, move |row| &mut part(row).base).await?;
        }
    });
    let save_base = matches!(table.root, Root::Base(_)).then(|| quote!(self.base.save_links(conn, new).await?;));
    let loads = table.links.iter().enumerate().map(|(index, Link { ident, .. })| {
        quote!(column::Many::load(conn, &Self::LINKS[#index], rows, |row| &mut part(row).#ident).await?;)
    });
    let saves = table.links.iter().enumerate().map(
        |(index, Link { ident, .. })| quote!(self.#ident.save(conn, &Self::LINKS[#index], self.key(), new).await?;),
    );
    quote! {
        const _: () = {
            use crate::store::{Conn, DbError, Entity, column, table::{self, Part}};

            impl Entity for #name {
                #root

                fn own() -> (&'static [column::Column], &'static [column::LinkField]) {
                    (Self::COLUMNS, Self::LINKS)
                }

                async fn load_links<R: Entity<Key = Self::Key>>(
                    conn: &mut Conn,
                    rows: &mut [R],
                    part: impl Fn(&mut R) -> &mut Self + Copy + Send + Sync,
                ) -> Result<(), DbError> {
                    #into_base
                    #(#loads)*
                    Ok(())
                }

                async fn save_links(&self, conn: &mut Conn, new: bool) -> Result<(), DbError> {
                    #save_base
                    #(#saves)*
                    Ok(())
                }
            }
        };
    }
}

/// The parts of [`entity`] that a row without base has.
fn own(table: &Declaration, field: &syn::Ident, key: &syn::Type) -> TokenStream {
    let called = table.called.as_ref().unwrap_or(&table.key);
    let links = table.links.iter().map(|link| &link.ident);
    quote! {
        type Key = #key;
        const TABLE: &'static str = <Self as Part>::TABLE;
        const KEY: &'static str = <Self as Part>::KEY;
        const CALLED: &'static str = #called;
        const KIND: Option<&'static str> = None;

        fn columns(select: &mut sea_query::SelectStatement) {
            table::start::<Self>(select);
        }

        fn all_links() -> Vec<&'static column::LinkField> {
            Self::LINKS.iter().collect()
        }

        fn column(field: &str) -> Option<&'static column::Column> {
            Self::COLUMNS.iter().find(|column| column.field == field)
        }

        fn link(field: &str) -> Option<&'static column::LinkField> {
            Self::LINKS.iter().find(|link| link.field == field)
        }

        fn key(&self) -> #key {
            self.#field
        }

        fn set_key(&mut self, key: #key) {
            self.#field = key;
        }

        async fn insert(&mut self, conn: &mut Conn) -> Result<(), DbError> {
            self.#field = self.insert_part(conn, self.#field, <#key as column::Key>::GENERATED).await?;
            #(self.#links.begin();)*
            Ok(())
        }

        async fn update(&self, conn: &mut Conn) -> Result<(), DbError> {
            self.update_part(conn, self.#field).await
        }
    }
}

/// The parts of [`entity`] that a row with a base has.
fn extending(table: &Declaration, base: &syn::Type) -> TokenStream {
    let kind = table.kind.as_ref().map_or_else(|| quote!(None), |kind| quote!(Some(#kind)));
    let links = table.links.iter().map(|link| &link.ident);
    quote! {
        type Key = <#base as Entity>::Key;
        const TABLE: &'static str = <#base as Entity>::TABLE;
        const KEY: &'static str = <#base as Entity>::KEY;
        const CALLED: &'static str = <#base as Entity>::CALLED;
        const KIND: Option<&'static str> = #kind;

        fn columns(select: &mut sea_query::SelectStatement) {
            <#base as Entity>::columns(select);
            table::extend::<Self>(select, (<Self as Entity>::TABLE, <Self as Entity>::KEY));
        }

        fn all_links() -> Vec<&'static column::LinkField> {
            <#base as Entity>::all_links().into_iter().chain(Self::LINKS).collect()
        }

        fn column(field: &str) -> Option<&'static column::Column> {
            Self::COLUMNS.iter().find(|column| column.field == field).or_else(|| <#base as Entity>::column(field))
        }

        fn link(field: &str) -> Option<&'static column::LinkField> {
            Self::LINKS.iter().find(|link| link.field == field).or_else(|| <#base as Entity>::link(field))
        }

        fn key(&self) -> Self::Key {
            self.base.key()
        }

        fn set_key(&mut self, key: Self::Key) {
            self.base.set_key(key);
        }

        async fn insert(&mut self, conn: &mut Conn) -> Result<(), DbError> {
            self.base.insert(conn).await?;
            self.insert_part(conn, self.base.key(), false).await?;
            #(self.#links.begin();)*
            Ok(())
        }

        async fn update(&self, conn: &mut Conn) -> Result<(), DbError> {
            self.base.update(conn).await?;
            self.update_part(conn, self.base.key()).await
        }
    }
}

/// A row has the fields of its base, too, and is one wherever any kind will do.
fn base(table: &Declaration) -> TokenStream {
    let name = &table.name;
    let Root::Base(base) = &table.root else {
        return quote! {
            impl AsRef<Self> for #name {
                fn as_ref(&self) -> &Self {
                    self
                }
            }
        };
    };
    quote! {
        impl<T> AsRef<T> for #name
        where
            #base: AsRef<T>,
        {
            fn as_ref(&self) -> &T {
                self.base.as_ref()
            }
        }

        impl std::ops::Deref for #name {
            type Target = #base;

            fn deref(&self) -> &#base {
                &self.base
            }
        }

        impl std::ops::DerefMut for #name {
            fn deref_mut(&mut self) -> &mut #base {
                &mut self.base
            }
        }
    }
}
