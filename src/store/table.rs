//! Tables as Rust structs, and the statements every table needs.

use super::{
    Conn, DbError, query,
    row::{AnyRow, Row},
};
use sea_query::{DeleteStatement, Expr, ExprTrait, InsertStatement, Query, SelectStatement, UpdateStatement, Value};

/// A struct that is one row of one table.
pub trait Table: Row + Clone + Sync {
    /// The table.
    const TABLE: &'static str;
    /// The primary key column.
    const KEY: &'static str;
    /// Whether the database makes the key.
    const GENERATED: bool;
    /// All columns, in the order of [`Table::values`].
    const COLUMNS: &'static [&'static str];
    /// All columns as a select lists them. Written by the compiler: writing twenty names takes longer than reading a row
    /// by its key.
    const SELECTED: &'static str;
    /// The values of all columns.
    fn values(&self) -> Vec<Value>;
    /// Takes over a key made by the database.
    fn set_generated_key(&mut self, key: i64);
    /// The primary key of this row.
    fn key_value(&self) -> Value;
}

/// Describes a table: the struct, its [`Table`] implementation and how a row is read. Columns are the fields.
macro_rules! table {
    (
        $(#[$meta:meta])*
        pub struct $name:ident in $table:literal key $key:ident $($generated:ident)? {
            $($(#[$field_meta:meta])* pub $field:ident : $type:ty),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type),*
        }

        impl $crate::store::Row for $name {
            const WIDTH: usize = <Self as $crate::store::Table>::COLUMNS.len();

            fn read(row: $crate::store::AnyRow<'_>, at: usize) -> Result<Self, $crate::store::DbError> {
                let mut columns = at..;
                let mut next = || columns.next().unwrap_or(usize::MAX);
                Ok(Self { $($field: row.get(next())?),* })
            }
        }

        impl $crate::store::Table for $name {
            const TABLE: &'static str = $table;
            const KEY: &'static str = stringify!($key);
            const GENERATED: bool = $crate::store::table::table!(@generated $($generated)?);
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];
            const SELECTED: &'static str = $crate::store::table::table!(@selected $table $($field)*);

            fn values(&self) -> Vec<sea_query::Value> {
                vec![$(self.$field.clone().into()),*]
            }

            fn set_generated_key(&mut self, _key: i64) {
                $crate::store::table::table!(@set self _key $key $($generated)?);
            }

            fn key_value(&self) -> sea_query::Value {
                self.$key.clone().into()
            }
        }
    };
    (@selected $table:literal $first:ident $($field:ident)*) => {
        concat!(
            '"', $table, "\".\"", stringify!($first), '"',
            $(", \"", $table, "\".\"", stringify!($field), '"'),*
        )
    };
    (@generated generated) => { true };
    (@generated) => { false };
    (@set $self:ident $value:ident $key:ident generated) => { $self.$key = $value };
    (@set $self:ident $value:ident $key:ident) => {};
}
pub(crate) use table;

/// Something stored in one table, or in a base table and one of its kinds.
pub trait Entity: Row + Clone + Sync {
    /// The (base) table.
    const TABLE: &'static str;
    /// The primary key column of the (base) table.
    const KEY: &'static str;
    /// Whether the database makes the key, which is an integer then.
    const GENERATED: bool;
    /// A select of all columns, without conditions and order.
    fn select() -> SelectStatement;
    /// The primary key.
    fn key_value(&self) -> Value;
    /// Stores a new row; takes over a key made by the database.
    fn insert(&mut self, conn: &mut Conn) -> impl Future<Output = Result<(), DbError>> + Send;
    /// Stores all columns of an existing row.
    fn update(&self, conn: &mut Conn) -> impl Future<Output = Result<(), DbError>> + Send;
}

impl<T: Table> Entity for T {
    const TABLE: &'static str = T::TABLE;
    const KEY: &'static str = T::KEY;
    const GENERATED: bool = T::GENERATED;

    fn select() -> SelectStatement {
        let mut select = Query::select();
        select.expr(Expr::cust(T::SELECTED)).from(T::TABLE);
        select
    }

    fn key_value(&self) -> Value {
        Table::key_value(self)
    }

    async fn insert(&mut self, conn: &mut Conn) -> Result<(), DbError> {
        let mut statement = InsertStatement::new();
        statement.into_table(T::TABLE);
        let columns = T::COLUMNS.iter().copied().zip(self.values());
        let (names, values): (Vec<_>, Vec<_>) = columns.filter(|(name, _)| !T::GENERATED || *name != T::KEY).unzip();
        statement.columns(names).values_panic(values.into_iter().map(Expr::val));
        if T::GENERATED {
            let (key,): (i64,) = conn.one(statement.returning_col(T::KEY)).await?;
            self.set_generated_key(key);
        } else {
            conn.execute(&statement).await?;
        }
        Ok(())
    }

    async fn update(&self, conn: &mut Conn) -> Result<(), DbError> {
        let mut statement = UpdateStatement::new();
        statement.table(T::TABLE);
        for (name, value) in T::COLUMNS.iter().copied().zip(self.values()) {
            if name != T::KEY {
                statement.value(name, value);
            }
        }
        if T::COLUMNS.len() > 1 {
            conn.execute(statement.and_where(Expr::col(T::KEY).eq(Table::key_value(self)))).await?;
        }
        Ok(())
    }
}

/// A row of a base table together with its row in the table of its kind, which has the base's key as its key. The base
/// may be joined itself: a proxy provider is an OAuth2 provider is a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Joined<B, K> {
    /// The columns all kinds share.
    pub base: B,
    /// The columns of this kind.
    pub kind: K,
}

impl<B: Row, K: Row> Row for Joined<B, K> {
    const WIDTH: usize = B::WIDTH + K::WIDTH;

    fn read(row: AnyRow<'_>, at: usize) -> Result<Self, DbError> {
        Ok(Self { base: B::read(row, at)?, kind: K::read(row, at + B::WIDTH)? })
    }
}

/// The table of a kind: its key is the key of a base row, taken over when that one is inserted.
pub trait Kind<B>: Table {
    /// Takes over the key of the base row.
    fn set_base(&mut self, base: &B);
}

impl<B: Entity, K: Kind<B>> Entity for Joined<B, K> {
    const TABLE: &'static str = B::TABLE;
    const KEY: &'static str = B::KEY;
    const GENERATED: bool = B::GENERATED;

    fn select() -> SelectStatement {
        let mut select = B::select();
        select
            .expr(Expr::cust(K::SELECTED))
            .inner_join(K::TABLE, Expr::col((K::TABLE, K::KEY)).equals((B::TABLE, B::KEY)));
        select
    }

    fn key_value(&self) -> Value {
        self.base.key_value()
    }

    async fn insert(&mut self, conn: &mut Conn) -> Result<(), DbError> {
        self.base.insert(conn).await?;
        self.kind.set_base(&self.base);
        self.kind.insert(conn).await
    }

    async fn update(&self, conn: &mut Conn) -> Result<(), DbError> {
        self.base.update(conn).await?;
        self.kind.update(conn).await
    }
}

/// The row whose column has this value, if there is one.
///
/// # Errors
/// When the statement fails.
pub async fn find<E: Entity>(
    conn: &mut Conn,
    column: &'static str,
    value: impl Into<Value>,
) -> Result<Option<E>, DbError> {
    conn.optional(E::select().and_where(Expr::col((E::TABLE, column)).eq(value.into()))).await
}

/// All rows whose column has one of these values, in order of their key (unless there are very many values).
///
/// # Errors
/// When the statement fails.
pub async fn find_all<E: Entity>(
    conn: &mut Conn,
    column: &'static str,
    values: impl IntoIterator<Item = impl Into<Value>>,
) -> Result<Vec<E>, DbError> {
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    let mut rows = vec![];
    for values in values.chunks(query::MAX_VALUES) {
        let mut select = E::select();
        select
            .and_where(Expr::col((E::TABLE, column)).is_in(values.iter().cloned()))
            .order_by((E::TABLE, E::KEY), sea_query::Order::Asc);
        rows.extend(conn.all(&select).await?);
    }
    Ok(rows)
}

/// Deletes a row by key and says whether it was there.
///
/// # Errors
/// [`DbError::ForeignKey`] when others need it.
pub async fn delete<E: Entity>(conn: &mut Conn, key: impl Into<Value>) -> Result<bool, DbError> {
    let mut statement = DeleteStatement::new();
    statement.from_table(E::TABLE).and_where(Expr::col(E::KEY).eq(key.into()));
    Ok(conn.execute(&statement).await? > 0)
}
