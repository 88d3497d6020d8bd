//! Lists: searching, ordering and paging any select, as the reference does it.

use super::filter::padded;
use crate::store::{Conn, DbError, Entity, List, Term, Window, dialect};
use sea_query::{Cond, Expr, ExprTrait, SelectStatement};
use vestibule_api::{
    ApiError, PageQuery, limits,
    models::{Page, Pagination},
};

/// A column with its table.
pub type Column = (&'static str, &'static str);

const DEFAULT_PAGE_SIZE: i64 = 100;

/// Rows of the largest page. Who asks for more gets these, and is told where the rest is: clients ask for 100,000 to get
/// everything, and go on as long as there is a next page.
const LARGEST_PAGE: i64 = limits::PAGE_SIZE as i64;

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
    search(&mut conditions, page.words(), &columns, conn.is_postgres());
    let list = List::<E>::new(conditions, order(page.ordering.as_deref(), listing));
    let (total, rows) = conn.page(&list, |total| window(page, total).map(|(_, window)| window)).await?;
    let (pagination, _) = window(page, total)?;
    Ok(Rows { rows, pagination })
}

/// The page object for a number of rows, and which of them are on the page.
fn window(page: &PageQuery, total: i64) -> Result<(Pagination, Window), ApiError> {
    let size = page.page_size.as_deref().and_then(|s| s.trim().parse::<i64>().ok()).filter(|s| *s > 0);
    let size = size.map_or(DEFAULT_PAGE_SIZE, |size| Ord::min(size, LARGEST_PAGE));
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

/// Every word of the search must occur in one of the columns. Columns of JSON are searched as the text that they are; only
/// PostgreSQL has to be told.
fn search(select: &mut SelectStatement, words: Vec<&str>, columns: &[Column], postgres: bool) {
    if words.is_empty() || columns.is_empty() {
        return;
    }
    let text = |column: &Column| if postgres { Expr::col(*column).cast_as("text") } else { Expr::col(*column) };
    let found = |word| columns.iter().fold(Cond::any(), |any, c| any.add(dialect::contains(text(c), word)));
    select.cond_where(padded(words).into_iter().map(found).fold(Cond::all(), Cond::add));
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
            DbError::TooMuch => ApiError::answer_too_large(),
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
    fn searches_of_any_length_share_a_few_texts() {
        let text = |words: usize| {
            let words: Vec<String> = (0..words).map(|n| format!("word{n}")).collect();
            let mut select = sea_query::Query::select();
            let words = words.iter().map(String::as_str).collect();
            search(&mut select, words, &[("users", "name"), ("users", "email")], false);
            select.column("id").from("users").to_owned().build(sea_query::SqliteQueryBuilder).0
        };
        let texts: std::collections::BTreeSet<String> = (1..=vestibule_api::limits::SEARCH_WORDS).map(text).collect();
        assert_eq!(texts.len(), 6, "{texts:#?}");
        assert!(!text(0).contains("WHERE"));
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

    #[test]
    fn larger_pages_than_the_largest_are_the_largest() {
        let (page, rows) = window(&asked("1", "100000"), 2_500).unwrap();
        assert_eq!((page.next, page.total_pages, page.end_index, rows.size), (2, 3, 1_000, 1_000));
        assert_eq!(window(&asked("3", "100000"), 2_500).unwrap().0.end_index, 2_500);
    }
}
