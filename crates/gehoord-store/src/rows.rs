//! Many rows in one statement. A statement for each row would spend most of its time on the way to
//! the database and back.

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe};

use crate::error::StoreError;
use crate::request::Request;

/// Rows in one statement: a few sizes only, so that a connection keeps each of them prepared.
const SIZES: [usize; 6] = [32, 16, 8, 4, 2, 1];

/// A statement with its values bound.
pub(crate) type Bound<'q> = Query<'q, Any, AnyArguments>;

/// An insert of as many rows as there are.
pub(crate) struct Insert {
    /// `INSERT INTO table (columns)`.
    pub(crate) into: &'static str,
    /// One row, with `?` for each value: `(?, ?)`.
    pub(crate) row: &'static str,
    /// What comes behind the rows, such as `ON CONFLICT …`.
    pub(crate) behind: &'static str,
}

impl Insert {
    fn statement(&self, rows: usize) -> String {
        let mut statement = format!("{} VALUES ", self.into);
        let mut value = 0;
        for row in 0..rows {
            if row > 0 {
                statement.push(',');
            }
            for letter in self.row.chars() {
                if letter == '?' {
                    value += 1;
                    statement.push_str(&format!("${value}"));
                } else {
                    statement.push(letter);
                }
            }
        }
        statement.push(' ');
        statement.push_str(self.behind);
        statement
    }
}

impl Request {
    /// Inserts the rows, with what `bind` adds for each of them; gives how many were written.
    pub(crate) async fn insert_rows<R: Sync>(
        &mut self,
        insert: &Insert,
        rows: &[R],
        bind: impl for<'q> Fn(Bound<'q>, &R) -> Bound<'q> + Send + Sync,
    ) -> Result<u64, StoreError> {
        let mut written = 0;
        let mut left = rows;
        while let Some(size) = SIZES.into_iter().find(|size| *size <= left.len()) {
            let (now, rest) = left.split_at(size);
            let mut query = sqlx::query(AssertSqlSafe(insert.statement(size)));
            for row in now {
                query = bind(query, row);
            }
            written += query.execute(&mut *self.tx).await?.rows_affected();
            left = rest;
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_a_number_of_its_own() {
        let insert = Insert { into: "INSERT INTO t (a, b)", row: "(?, ?::x)", behind: "" };
        assert_eq!(insert.statement(1), "INSERT INTO t (a, b) VALUES ($1, $2::x) ");
        assert_eq!(insert.statement(2), "INSERT INTO t (a, b) VALUES ($1, $2::x),($3, $4::x) ");
    }
}
