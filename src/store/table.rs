//! Tables as Rust structs, and the statements every table needs.
//!
//! `#[derive(Table)]` declares a table once: columns with their types and defaults, what they refer to, many-to-many
//! fields, and the row of another table that it extends (a kind of stage is a stage). Everything that works with rows goes
//! by that: statements, filters and orders, bodies and answers.

use super::{
    Conn, DbError,
    column::{Column, Key, LinkField},
    query,
    row::Row,
};
use sea_query::{DeleteStatement, Expr, ExprTrait, InsertStatement, Query, SelectStatement, UpdateStatement, Value};

/// Something that is stored in a table, or in a base table and that of its kind.
pub trait Entity: Row + Clone + Default + Sync {
    /// The primary key.
    type Key: Key;
    /// The (base) table.
    const TABLE: &'static str;
    /// The primary key column of the (base) table.
    const KEY: &'static str;
    /// What filters call the primary key.
    const CALLED: &'static str;
    /// Which kind it is, for the rows of one kind.
    const KIND: Option<&'static str>;
    /// A select of all columns, without conditions and order.
    fn select() -> SelectStatement;
    /// The column of a field; the primary key has none.
    fn column(field: &str) -> Option<&'static Column>;
    /// A many-to-many field.
    fn link(field: &str) -> Option<&'static LinkField>;
    /// The columns and the many-to-many fields of the row's own table, without those of its base.
    fn own() -> (&'static [Column], &'static [LinkField]);
    /// All many-to-many fields.
    fn all_links() -> Vec<&'static LinkField>;
    /// The primary key.
    fn key(&self) -> Self::Key;
    /// Takes over a primary key.
    fn set_key(&mut self, key: Self::Key);
    /// Stores a new row; takes over a key made by the database.
    fn insert(&mut self, conn: &mut Conn) -> impl Future<Output = Result<(), DbError>> + Send;
    /// Stores all columns of an existing row.
    fn update(&self, conn: &mut Conn) -> impl Future<Output = Result<(), DbError>> + Send;
    /// Fills the many-to-many fields of a part of some rows, by one query each.
    fn load_links<R: Entity<Key = Self::Key>>(
        conn: &mut Conn,
        rows: &mut [R],
        part: impl Fn(&mut R) -> &mut Self + Copy + Send + Sync,
    ) -> impl Future<Output = Result<(), DbError>> + Send;
    /// Writes the many-to-many fields that are known.
    fn save_links(&self, conn: &mut Conn, new: bool) -> impl Future<Output = Result<(), DbError>> + Send;
}

/// A row, or the part of one, that is in one table.
pub trait Part: Sized + Sync {
    /// The table.
    const TABLE: &'static str;
    /// Its primary key column.
    const KEY: &'static str;
    /// All other columns, in the order of [`Part::values`].
    const COLUMNS: &'static [Column];
    /// The columns as a select lists them; the key is the first, except for kinds, where the base has it. Written by the
    /// compiler: writing twenty names takes longer than reading a row by its key.
    const SELECTED: &'static str;
    /// The many-to-many fields.
    const LINKS: &'static [LinkField];
    /// The values of the columns.
    fn values(&self) -> Vec<Value>;

    /// Stores a new one; gives the key, which the database may make.
    fn insert_part<K: Key>(
        &self,
        conn: &mut Conn,
        key: K,
        generated: bool,
    ) -> impl Future<Output = Result<K, DbError>> + Send {
        let mut statement = InsertStatement::new();
        let columns = Self::COLUMNS.iter().map(|column| column.name);
        let values = self.values().into_iter().map(Expr::val);
        statement.into_table(Self::TABLE);
        if generated {
            statement.columns(columns).values_panic(values).returning_col(Self::KEY);
        } else {
            let key = std::iter::once(Expr::val(key));
            statement.columns(std::iter::once(Self::KEY).chain(columns)).values_panic(key.chain(values));
        }
        async move {
            if generated {
                return Ok(conn.one::<(K,)>(&statement).await?.0);
            }
            conn.execute(&statement).await?;
            Ok(key)
        }
    }

    /// Stores all columns of an existing one.
    fn update_part(&self, conn: &mut Conn, key: impl Key) -> impl Future<Output = Result<(), DbError>> + Send {
        let mut statement = UpdateStatement::new();
        statement.table(Self::TABLE).and_where(Expr::col(Self::KEY).eq(key));
        statement.values(Self::COLUMNS.iter().map(|c| c.name).zip(self.values().into_iter().map(Expr::val)));
        async move {
            if !Self::COLUMNS.is_empty() {
                conn.execute(&statement).await?;
            }
            Ok(())
        }
    }
}

/// A select of all columns of a row without base.
pub fn select<T: Part>() -> SelectStatement {
    let mut select = Query::select();
    select.expr(Expr::cust(T::SELECTED)).from(T::TABLE);
    select
}

/// A select of a base row with the columns of a kind.
pub fn extend<T: Part>(mut base: SelectStatement, key: (&'static str, &'static str)) -> SelectStatement {
    if !T::COLUMNS.is_empty() {
        base.expr(Expr::cust(T::SELECTED));
    }
    base.inner_join(T::TABLE, Expr::col((T::TABLE, T::KEY)).equals(key));
    base
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
