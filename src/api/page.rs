//! Lists: searching, ordering and paging any select, as the reference does it.

use crate::store::{Conn, DbError, Entity, List, Term, Window, dialect};
use sea_query::{Cond, Expr, SelectStatement};
use vestibule_api::{
    ApiError, PageQuery,
    models::{Page, Pagination},
};

/// A column with its table.
pub type Column = (&'static str, &'static str);

const DEFAULT_PAGE_SIZE: i64 = 100;

/// Rows of one page and where it lies.
pub struct Rows<R> {
    /// The rows.
    pub rows: Vec<R>,
    pagination: Pagination,
}

impl<R> Rows<R> {
    /// The page with the rows turned into answers.
    pub fn with<M>(self, results: Vec<M>) -> Page<M> {
        Page { pagination: self.pagination, results }
    }
}

/// How a list may be ordered and searched.
pub struct Listing {
    /// The columns of fields that `?ordering=` may name; `-` in front of a name turns it round.
    pub column: fn(&str) -> Option<Column>,
    /// The order when none, or none that is known, is asked for.
    pub order: &'static [&'static str],
    /// Fields that `?search=` looks into.
    pub search: &'static [&'static str],
    /// A unique column that settles ties.
    pub key: Column,
}

/// One page of the rows that fulfil some conditions: two statements, whatever its size.
///
/// # Errors
/// 404 `Invalid page.` for a page that does not exist.
pub async fn page<E: Entity>(
    conn: &mut Conn,
    mut conditions: SelectStatement,
    page: &PageQuery,
    listing: &Listing,
) -> Result<Rows<E>, ApiError> {
    let columns: Vec<Column> = listing.search.iter().copied().filter_map(listing.column).collect();
    search(&mut conditions, page.search.as_deref(), &columns)?;
    let list = List::<E>::new(conditions, order(page.ordering.as_deref(), listing));
    let (total, rows) = conn.page(&list, |total| window(page, total).map(|(_, window)| window)).await?;
    let (pagination, _) = window(page, total)?;
    Ok(Rows { rows, pagination })
}

/// The page object for a number of rows, and which of them are on the page.
fn window(page: &PageQuery, total: i64) -> Result<(Pagination, Window), ApiError> {
    let size = page.page_size.as_deref().and_then(|s| s.trim().parse::<i64>().ok()).filter(|s| *s > 0);
    let size = size.unwrap_or(DEFAULT_PAGE_SIZE);
    let pages = total.saturating_add(size - 1).div_euclid(size);
    let pages = if pages < 1 { 1 } else { pages };
    let current = match page.page.as_deref().map(str::trim) {
        None => 1,
        Some("last") => pages,
        Some(number) => number.parse().unwrap_or(0),
    };
    if current < 1 || current > pages {
        return Err(ApiError::NotFound("Invalid page.".into()));
    }
    let offset = (current - 1) * size;
    let pagination = Pagination {
        next: if current < pages { current + 1 } else { 0 },
        previous: current - 1,
        count: total,
        current,
        total_pages: pages,
        start_index: if total == 0 { 0 } else { offset + 1 },
        end_index: Ord::min(offset.saturating_add(size), total),
    };
    Ok((pagination, Window { offset, size }))
}

/// How many words a search may have; far more than people write. Each nests the condition once more, and thousands of
/// them are more than a stack or SQLite can take.
const MAX_WORDS: usize = 50;

/// Every word of the search must occur in one of the columns.
fn search(select: &mut SelectStatement, words: Option<&str>, columns: &[Column]) -> Result<(), ApiError> {
    let Some(words) = words.filter(|_| !columns.is_empty()) else { return Ok(()) };
    let words = words.replace(['\0', ','], " ");
    if words.split_whitespace().count() > MAX_WORDS {
        return Err(ApiError::field("search", format!("Ensure this search has no more than {MAX_WORDS} words.")));
    }
    for word in words.split_whitespace() {
        let any = columns.iter().fold(Cond::any(), |any, c| any.add(dialect::contains(Expr::col(*c), word)));
        select.cond_where(any);
    }
    Ok(())
}

/// The order that was asked for, where it is known. It always ends with the unique key.
fn order(asked: Option<&str>, listing: &Listing) -> Vec<Term> {
    let parse = |name: &str| {
        let (name, descending) = match name.trim().strip_prefix('-') {
            Some(name) => (name, true),
            None => (name.trim(), false),
        };
        (listing.column)(name).map(|column| Term { column, descending })
    };
    let mut terms: Vec<_> = asked.into_iter().flat_map(|a| a.split(',')).filter_map(parse).collect();
    // A key asked for decides its own direction; otherwise ascending.
    let key = Term { column: listing.key, descending: true };
    let descending = terms.contains(&key);
    if terms.is_empty() {
        terms = listing.order.iter().copied().filter_map(parse).collect();
    }
    let mut known = vec![listing.key];
    // A second time a column would order nothing, and databases take only so many terms.
    terms.retain(|term| {
        !known.contains(&term.column) && {
            known.push(term.column);
            true
        }
    });
    terms.push(Term { descending, ..key });
    terms
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unique { columns, .. } => ApiError::field(columns, "This field must be unique."),
            DbError::ForeignKey => {
                ApiError::field(vestibule_api::Errors::NON_FIELD, "A referenced object does not exist.")
            }
            DbError::NullCharacter => {
                ApiError::field(vestibule_api::Errors::NON_FIELD, "Null characters are not allowed.")
            }
            DbError::Conflict => ApiError::Conflict,
            DbError::Busy(_) | DbError::Lost(_) | DbError::TooLong => {
                tracing::warn!(%error, "the database does not answer in time");
                ApiError::Timeout
            }
            DbError::Other(text) => ApiError::Internal(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(page: &str, size: &str) -> PageQuery {
        PageQuery { page: Some(page.into()), page_size: Some(size.into()), ..PageQuery::default() }
    }

    #[test]
    fn the_page_object_counts_like_the_reference() {
        let (p, window_of_two) = window(&asked("2", "3"), 7).unwrap();
        assert_eq!((p.next, p.previous, p.current, p.total_pages), (3, 1, 2, 3));
        assert_eq!((p.start_index, p.end_index, window_of_two), (4, 6, Window { offset: 3, size: 3 }));
        let (p, ..) = window(&asked("last", "3"), 7).unwrap();
        assert_eq!((p.current, p.next, p.start_index, p.end_index), (3, 0, 7, 7));
    }

    #[test]
    fn an_empty_list_has_one_empty_page() {
        let (p, ..) = window(&PageQuery::default(), 0).unwrap();
        assert_eq!((p.total_pages, p.start_index, p.end_index, p.next), (1, 0, 0, 0));
    }

    #[test]
    fn bad_sizes_are_ignored_and_bad_pages_are_not_found() {
        for size in ["0", "-3", "many", ""] {
            assert_eq!(window(&asked("1", size), 5).unwrap().1.size, DEFAULT_PAGE_SIZE);
        }
        for page in ["", "0", "-1", "2", "x", "99999999999999999999"] {
            assert_eq!(window(&asked(page, "10"), 5).unwrap_err().status(), 404, "{page}");
        }
        assert_eq!(window(&asked("1", "9223372036854775807"), 5).unwrap().0.total_pages, 1);
    }
}
