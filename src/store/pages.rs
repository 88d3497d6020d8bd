//! Reading one page of a list together with the number of its rows.

use super::{
    Conn, DbError, Entity,
    conn::{Pooled, count, safe},
    deadline,
    list::{List, Piece, Window, With},
    places::Place,
    row::AnyRow,
    sqlite::Limited,
};
use sqlx::postgres::PgRow;

/// How many rows there are on a page that takes no time worth mentioning, answer and all.
const FEW: usize = 250;

/// Gives up a page of many rows where making an answer of them holds up others.
fn check_size(rows: usize) -> Result<(), DbError> {
    if rows > FEW && deadline::brief().is_some() {
        deadline::spend(None);
        return Err(DbError::TooLong);
    }
    Ok(())
}

impl Conn {
    /// The number of rows of a list, and those of one page of it: two statements, and outside a transaction often fewer, as
    /// the number is remembered until the database changes. `window` says which rows make up the page, once their
    /// number is known.
    ///
    /// # Errors
    /// Those of `window`, and when a statement fails.
    pub async fn page<E: Entity, X: From<DbError>>(
        &mut self,
        list: &List<E>,
        window: impl Fn(i64) -> Result<Window, X> + Send + Sync,
    ) -> Result<(i64, Vec<E>), X> {
        match self {
            Self::Sqlite(readers) => {
                let read = |connection: &Limited| connection.at_once(|| sqlite(connection, list, &window));
                let (total, rows) = readers.with(read).await?;
                (0..if total > 0 { 2 } else { 1 }).for_each(|_| count());
                Ok((total, rows))
            }
            Self::Pg(pooled) => {
                let (total, rows) = postgres(pooled, list, window).await?;
                (0..if total > 0 { 2 } else { 1 }).for_each(|_| count());
                Ok((total, rows))
            }
            Self::SqliteTx(..) | Self::PgTx(..) => {
                let postgres = self.is_postgres();
                let (total,) = self.one(list.count(postgres, false)?).await?;
                let Window { offset, size } = window(total)?;
                if total == 0 {
                    return Ok((0, vec![]));
                }
                let piece = Piece { after: None, skip: offset, size, with: With::Nothing };
                Ok((total, self.all(list.page(postgres, &piece)?).await?))
            }
        }
    }
}

/// A page of SQLite, with everything that it takes in one state of the database.
fn sqlite<E: Entity, X: From<DbError>>(
    connection: &Limited,
    list: &List<E>,
    window: impl Fn(i64) -> Result<Window, X>,
) -> Result<(i64, Vec<E>), X> {
    let (lists, version) = (&connection.lists, connection.version()?);
    let count = list.count(false, false)?;
    let key = list.key(&count);
    let total = match lists.total(&key, &version) {
        Some(total) => total,
        None => {
            let total = connection.number(&count.0, &count.1)?;
            lists.set_total(key.clone(), version, total);
            total
        }
    };
    let window = window(total)?;
    if total == 0 {
        return Ok((0, vec![]));
    }
    check_size(window.rows(total))?;
    let next = window.next(total).filter(|_| list.has_places());
    let (place, known) = lists.place(&key, &version, list.order(), window.offset, next);
    let next = next.filter(|_| !known);
    let with = if next.is_some() { With::Place } else { With::Nothing };
    let read = |place: Option<&(i64, Place)>| -> Result<(Vec<E>, Option<Place>), DbError> {
        let (passed, after) = place.map_or((0, None), |(row, place)| (*row, Some(place)));
        let piece = Piece { after, skip: window.offset - passed, size: window.size, with };
        let (sql, values) = list.page(false, &piece)?;
        let mut rows = Vec::with_capacity(window.rows(total));
        let mut last = None;
        connection.each(&sql, &values, |row| {
            rows.push(E::read(row, 0)?);
            if next.is_some() && rows.len() == window.rows(total) {
                last = list.place(row, with);
            }
            Ok(true)
        })?;
        Ok((rows, last))
    };
    let (mut rows, mut last) = read(place.as_ref())?;
    if place.is_some() && rows.len() != window.rows(total) {
        // Rows that have nothing where the list is ordered come last, and after no place.
        (rows, last) = read(None)?;
    }
    if let (Some(next), Some(place)) = (next, last) {
        lists.set_place(&key, &version, list.order(), next, place);
    }
    Ok((total, rows))
}

/// A page of PostgreSQL. It is read as if the number of rows were still as it was when it was counted; if the rows turn
/// out to be those of another state of the database, it is counted again.
async fn postgres<E: Entity, X: From<DbError>>(
    pooled: &mut Pooled,
    list: &List<E>,
    window: impl Fn(i64) -> Result<Window, X>,
) -> Result<(i64, Vec<E>), X> {
    let lists = pooled.lists.clone();
    let count = list.count(true, true)?;
    let key = list.key(&count);
    let mut read = None;
    if let Some((state, total)) = lists.latest(&key).filter(|(_, total)| *total > 0)
        && let Ok(window) = window(total)
    {
        check_size(window.rows(total))?;
        let next = window.next(total).filter(|_| list.has_places());
        let (place, known) = lists.place(&key, &state, list.order(), window.offset, next);
        let rows = rows(pooled, list, window, place.as_ref()).await?;
        if rows.len() == window.rows(total) && state_of::<E>(pooled, &rows).as_ref() == Some(&state) {
            if let (Some(next), Some(last), false) = (next, rows.last(), known)
                && let Some(place) = list.place(AnyRow::postgres(last, pooled.keys()), With::StateAndPlace)
            {
                lists.set_place(&key, &state, list.order(), next, place);
            }
            return Ok((total, entities(pooled, &rows)?));
        }
        // What was read without a place is right, whatever has changed before.
        read = place.is_none().then_some((window, rows));
    }
    let counted = pooled.rows(safe(count.0), &count.1, 1).await?;
    let counted = counted.first().ok_or_else(|| DbError::Other("a row is missing".into()))?;
    let counted = AnyRow::postgres(counted, pooled.keys());
    let (total, state): (i64, String) = (counted.get(0)?, counted.get(1)?);
    lists.set_total(key.clone(), state.clone(), total);
    let window = window(total)?;
    if total == 0 {
        return Ok((0, vec![]));
    }
    check_size(window.rows(total))?;
    let rows = match read {
        Some((same, rows)) if same == window && rows.len() == window.rows(total) => rows,
        _ => rows(pooled, list, window, None).await?,
    };
    if let (Some(next), Some(last)) = (window.next(total).filter(|_| list.has_places()), rows.last())
        && rows.len() == window.rows(total)
        && state_of::<E>(pooled, &rows).as_ref() == Some(&state)
        && let Some(place) = list.place(AnyRow::postgres(last, pooled.keys()), With::StateAndPlace)
    {
        lists.set_place(&key, &state, list.order(), next, place);
    }
    Ok((total, entities(pooled, &rows)?))
}

/// The rows of a page, read from a place on.
async fn rows<E: Entity>(
    pooled: &mut Pooled,
    list: &List<E>,
    window: Window,
    place: Option<&(i64, Place)>,
) -> Result<Vec<PgRow>, DbError> {
    let (passed, after) = place.map_or((0, None), |(row, place)| (*row, Some(place)));
    let piece = Piece { after, skip: window.offset - passed, size: window.size, with: With::StateAndPlace };
    let (sql, values) = list.page(true, &piece)?;
    pooled.rows(safe(sql), &values, usize::MAX).await
}

/// The state of the database that rows are from.
fn state_of<E: Entity>(pooled: &Pooled, rows: &[PgRow]) -> Option<String> {
    rows.first().and_then(|row| AnyRow::postgres(row, pooled.keys()).get(E::WIDTH).ok())
}

fn entities<E: Entity>(pooled: &Pooled, rows: &[PgRow]) -> Result<Vec<E>, DbError> {
    rows.iter().map(|row| E::read(AnyRow::postgres(row, pooled.keys()), 0)).collect()
}
