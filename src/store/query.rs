//! Small statements over any table: counts, many-to-many links, existence.

use super::{Conn, DbError, Row, Shape};
use sea_query::{
    DeleteStatement, Expr, ExprTrait, Func, InsertStatement, Order, Query, SelectStatement, UpdateStatement, Value,
};

/// How many values one statement may list: both databases limit the parameters of a statement (SQLite to 32766).
pub const MAX_VALUES: usize = 10_000;

/// A many-to-many table: its name, the column of the owning side, and the column of the other side.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// The link table.
    pub table: &'static str,
    /// The column that holds the owner's key.
    pub owner: &'static str,
    /// The column that holds the other key.
    pub other: &'static str,
}

impl Link {
    /// All pairs (owner, other) of these owners, those of one owner together and in order: one query for each
    /// [`MAX_VALUES`] owners.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn pairs<A, B>(self, conn: &mut Conn, owners: Vec<A>) -> Result<Vec<(A, B)>, DbError>
    where
        A: Into<Value>,
        (A, B): Row,
    {
        let owners: Vec<Value> = owners.into_iter().map(Into::into).collect();
        let mut pairs = vec![];
        for owners in owners.chunks(MAX_VALUES) {
            let shape = Shape::new("pairs").name(self.table).name(self.owner).number(owners.len());
            let statement = shape.with(owners.to_vec(), |owners| {
                let mut select = Query::select();
                select
                    .columns([self.owner, self.other])
                    .from(self.table)
                    .and_where(Expr::col(self.owner).is_in(owners.iter().cloned()))
                    .order_by(self.owner, Order::Asc)
                    .order_by(self.other, Order::Asc);
                select
            });
            pairs.extend(conn.all(statement).await?);
        }
        Ok(pairs)
    }

    /// Restricts a select to owners, by their key, that are linked to one of these; all when there are none.
    pub fn filter<V: Into<Value>>(
        self,
        select: &mut SelectStatement,
        key: (&'static str, &'static str),
        others: Vec<V>,
    ) {
        if !others.is_empty() {
            let owners = Query::select()
                .column(self.owner)
                .from(self.table)
                .and_where(Expr::col(self.other).is_in(others.into_iter().map(Into::into)))
                .take();
            select.and_where(Expr::col(key).in_subquery(owners));
        }
    }

    /// How many links each of these owners has; owners without any are left out.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn counts<A>(self, conn: &mut Conn, owners: Vec<A>) -> Result<Vec<(A, i64)>, DbError>
    where
        A: Into<Value>,
        (A, i64): Row,
    {
        if owners.is_empty() {
            return Ok(vec![]);
        }
        let owners: Vec<Value> = owners.into_iter().map(Into::into).collect();
        let shape = Shape::new("counts").name(self.table).name(self.owner).number(owners.len());
        let statement = shape.with(owners, |owners| {
            let mut select = Query::select();
            select
                .column(self.owner)
                .expr(Func::count(Expr::col(self.other)))
                .from(self.table)
                .and_where(Expr::col(self.owner).is_in(owners.iter().cloned()))
                .group_by_col(self.owner);
            select
        });
        conn.all(statement).await
    }

    /// Makes these the only links of the owner.
    ///
    /// # Errors
    /// [`DbError::ForeignKey`] when one of the others does not exist.
    pub async fn set(
        self,
        conn: &mut Conn,
        owner: impl Into<Value>,
        others: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Result<(), DbError> {
        let owner = owner.into();
        let mut delete = DeleteStatement::new();
        delete.from_table(self.table).and_where(Expr::col(self.owner).eq(owner.clone()));
        conn.execute(&delete).await?;
        let others: Vec<Value> = others.into_iter().map(Into::into).collect();
        for others in others.chunks(MAX_VALUES) {
            let mut insert = InsertStatement::new();
            insert
                .into_table(self.table)
                .columns([self.owner, self.other])
                .on_conflict(sea_query::OnConflict::columns([self.owner, self.other]).do_nothing().to_owned());
            for other in others {
                insert.values_panic([owner.clone().into(), other.clone().into()]);
            }
            conn.execute(&insert).await?;
        }
        Ok(())
    }

    /// Makes these the only rows that belong to the owner, where the table is that of the other side.
    ///
    /// # Errors
    /// When a statement fails.
    pub async fn own(
        self,
        conn: &mut Conn,
        owner: impl Into<Value>,
        others: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Result<(), DbError> {
        let owner = owner.into();
        let others: Vec<Value> = others.into_iter().map(Into::into).collect();
        let listed = || Expr::col(self.other).is_in(others.iter().cloned());
        let belong = Expr::col(self.owner).eq(owner.clone());
        let mut release = UpdateStatement::new();
        release.table(self.table).value(self.owner, Expr::null()).and_where(belong).and_where(listed().not());
        conn.execute(&release).await?;
        let mut take = UpdateStatement::new();
        take.table(self.table).value(self.owner, owner).and_where(listed());
        conn.execute(&take).await?;
        Ok(())
    }

    /// Adds one link; an existing one is left as it is.
    ///
    /// # Errors
    /// [`DbError::ForeignKey`] when one side does not exist.
    pub async fn add(self, conn: &mut Conn, owner: impl Into<Value>, other: impl Into<Value>) -> Result<(), DbError> {
        let mut insert = InsertStatement::new();
        insert
            .into_table(self.table)
            .columns([self.owner, self.other])
            .values_panic([owner.into().into(), other.into().into()])
            .on_conflict(sea_query::OnConflict::columns([self.owner, self.other]).do_nothing().to_owned());
        conn.execute(&insert).await?;
        Ok(())
    }

    /// Removes one link, if it is there.
    ///
    /// # Errors
    /// When the statement fails.
    pub async fn remove(
        self,
        conn: &mut Conn,
        owner: impl Into<Value>,
        other: impl Into<Value>,
    ) -> Result<(), DbError> {
        let mut delete = DeleteStatement::new();
        delete
            .from_table(self.table)
            .and_where(Expr::col(self.owner).eq(owner.into()))
            .and_where(Expr::col(self.other).eq(other.into()));
        conn.execute(&delete).await?;
        Ok(())
    }
}

/// How many rows a select would give, its order and limit aside.
///
/// # Errors
/// When the statement fails.
pub async fn count(conn: &mut Conn, select: &SelectStatement) -> Result<i64, DbError> {
    let mut inner = select.clone();
    inner.clear_selects().clear_order_by().expr(Expr::val(1));
    let mut outer = Query::select();
    outer.expr(Func::count(Expr::col(sea_query::Asterisk))).from_subquery(inner, "counted");
    conn.count(&outer).await
}

/// Which of these values the column holds; the rest do not exist.
///
/// # Errors
/// When the statement fails.
pub async fn existing<V>(
    conn: &mut Conn,
    table: &'static str,
    column: &'static str,
    values: impl IntoIterator<Item = V>,
) -> Result<Vec<V>, DbError>
where
    V: Into<Value>,
    (V,): Row,
{
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    let mut found = vec![];
    for values in values.chunks(MAX_VALUES) {
        let shape = Shape::new("existing").name(table).name(column).number(values.len());
        let statement = shape.with(values.to_vec(), |values| {
            let mut select = Query::select();
            select.column(column).from(table).and_where(Expr::col(column).is_in(values.iter().cloned()));
            select
        });
        found.extend(conn.all::<(V,)>(statement).await?.into_iter().map(|(v,)| v));
    }
    Ok(found)
}

/// Which of these keys are those of rows of a kind.
///
/// # Errors
/// When the statement fails.
pub async fn existing_of_kind<V>(
    conn: &mut Conn,
    table: &'static str,
    kind: &'static str,
    keys: impl IntoIterator<Item = V>,
) -> Result<Vec<V>, DbError>
where
    V: Into<Value>,
    (V,): Row,
{
    let keys: Vec<Value> = keys.into_iter().map(Into::into).collect();
    let mut found = vec![];
    for keys in keys.chunks(MAX_VALUES) {
        let mut select = Query::select();
        select
            .column("id")
            .from(table)
            .and_where(Expr::col("id").is_in(keys.iter().cloned()))
            .and_where(Expr::col("kind").eq(kind));
        found.extend(conn.all::<(V,)>(&select).await?.into_iter().map(|(key,)| key));
    }
    Ok(found)
}
