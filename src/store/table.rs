//! Tables as Rust structs, and the statements every table needs.
//!
//! `#[derive(Table)]` declares a table once: columns with their types and defaults, what they refer to, many-to-many
//! fields, and the row of another table that it extends (a kind of stage is a stage). Everything that works with rows goes
//! by that: statements, filters and orders, bodies and answers.

use super::{
    Conn, DbError, Shape,
    column::{Column, Key, LinkField},
    query,
    row::Row,
    seal,
};
use sea_query::{DeleteStatement, Expr, ExprTrait, InsertStatement, Query, SelectStatement, UpdateStatement, Value};

/// Something that is stored in a table, or in a base table and that of its kind.
pub trait Entity: Row + Clone + Default + Sync + 'static {
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
    /// Puts all columns, and the tables that they are in, into a select.
    fn columns(select: &mut SelectStatement);
    /// A select of all columns, without conditions and order.
    fn select() -> SelectStatement {
        let mut select = Query::select();
        Self::columns(&mut select);
        select
    }
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
pub trait Part: Sized + Sync + 'static {
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
        let key_value = (!generated).then(|| key.into());
        let values = seal::row(conn.keys(), Self::COLUMNS, self.values());
        async move {
            let values = key_value.into_iter().chain(values?).collect();
            let statement = Shape::new("insert").of::<Self>().with(values, move |values| {
                let names = Self::COLUMNS.iter().map(|column| column.name);
                let key = (!generated).then_some(Self::KEY);
                let mut insert = InsertStatement::new();
                insert.into_table(Self::TABLE).columns(key.into_iter().chain(names));
                insert.values_panic(values.iter().cloned().map(Expr::val));
                if generated {
                    insert.returning_col(Self::KEY);
                }
                insert
            });
            if generated {
                return Ok(conn.one::<(K,)>(statement).await?.0);
            }
            conn.execute(statement).await?;
            Ok(key)
        }
    }

    /// Stores all columns of an existing one.
    fn update_part(&self, conn: &mut Conn, key: impl Key) -> impl Future<Output = Result<(), DbError>> + Send {
        let values = seal::row(conn.keys(), Self::COLUMNS, self.values());
        async move {
            if Self::COLUMNS.is_empty() {
                return Ok(());
            }
            let values = values?.into_iter().chain([key.into()]).collect();
            let statement = Shape::new("update").of::<Self>().with(values, |values| {
                let mut update = UpdateStatement::new();
                update.table(Self::TABLE);
                for (column, value) in Self::COLUMNS.iter().zip(values) {
                    update.value(column.name, value.clone());
                }
                if let Some(key) = values.last() {
                    update.and_where(Expr::col(Self::KEY).eq(key.clone()));
                }
                update
            });
            conn.execute(statement).await.map(drop)
        }
    }
}

/// Puts all columns of a row without base into a select.
pub fn start<T: Part>(select: &mut SelectStatement) {
    select.expr(Expr::cust(T::SELECTED)).from(T::TABLE);
}

/// Adds the columns of a kind to a select of its base.
pub fn extend<T: Part>(select: &mut SelectStatement, key: (&'static str, &'static str)) {
    if !T::COLUMNS.is_empty() {
        select.expr(Expr::cust(T::SELECTED));
    }
    select.inner_join(T::TABLE, Expr::col((T::TABLE, T::KEY)).equals(key));
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
    let value = value.into();
    if let (Conn::Pg(pooled), true) = (&mut *conn, column == E::KEY) {
        return pooled.find(value).await;
    }
    let statement = Shape::new("find").of::<E>().name(column).with(vec![value], |values| {
        let mut select = E::select();
        select.and_where(Expr::col((E::TABLE, column)).eq(values[0].clone()));
        select
    });
    conn.optional(statement).await
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
        let shape = Shape::new("find all").of::<E>().name(column).number(values.len());
        let statement = shape.with(values.to_vec(), |values| {
            let mut select = E::select();
            select
                .and_where(Expr::col((E::TABLE, column)).is_in(values.iter().cloned()))
                .order_by((E::TABLE, E::KEY), sea_query::Order::Asc);
            select
        });
        rows.extend(conn.all(statement).await?);
    }
    Ok(rows)
}

/// How many rows one statement stores.
const TOGETHER: usize = 16;

/// Stores new rows that have their keys, many in one statement.
///
/// # Errors
/// As [`Entity::insert`].
pub async fn insert_all<E: Entity + Part>(conn: &mut Conn, rows: &[E]) -> Result<(), DbError> {
    for rows in rows.chunks(TOGETHER) {
        let mut values = vec![];
        for row in rows {
            values.push(row.key().into());
            values.extend(seal::row(conn.keys(), E::COLUMNS, row.values())?);
        }
        let shape = Shape::new("insert all").of::<E>().number(rows.len());
        let statement = shape.with(values, |values| {
            let names = E::COLUMNS.iter().map(|column| column.name);
            let mut insert = InsertStatement::new();
            insert.into_table(<E as Part>::TABLE).columns(std::iter::once(<E as Part>::KEY).chain(names));
            for row in values.chunks(1 + E::COLUMNS.len()) {
                insert.values_panic(row.iter().cloned().map(Expr::val));
            }
            insert
        });
        conn.execute(statement).await?;
    }
    Ok(())
}

/// Deletes a row by key and says whether it was there.
///
/// # Errors
/// [`DbError::ForeignKey`] when others need it.
pub async fn delete<E: Entity>(conn: &mut Conn, key: impl Into<Value>) -> Result<bool, DbError> {
    let statement = Shape::new("delete").of::<E>().with(vec![key.into()], |values| {
        let mut delete = DeleteStatement::new();
        delete.from_table(E::TABLE).and_where(Expr::col(E::KEY).eq(values[0].clone()));
        delete
    });
    Ok(conn.execute(statement).await? > 0)
}
