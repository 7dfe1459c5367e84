//! One row of an answer, read by column name.

use std::sync::Arc;

use tollgate_base::{Error, Result, codes};

use super::value::{FromValue, Value};

/// A row. Its columns are shared with the other rows of the same answer.
#[derive(Clone, Debug)]
pub struct Row {
    columns: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    pub(super) fn new(columns: Arc<[String]>, values: Vec<Value>) -> Self {
        Self { columns, values }
    }

    /// The value of the column of that name.
    ///
    /// # Errors
    /// `internal.store` naming the column if there is none, or if its value is
    /// not of the type that is asked for. The value itself is never named.
    pub fn get<T: FromValue>(&self, name: &str) -> Result<T> {
        self.columns
            .iter()
            .position(|column| column == name)
            .and_then(|place| T::from_value(self.values.get(place)?))
            .ok_or_else(|| {
                let wanted = std::any::type_name::<T>();
                Error::new(&codes::INTERNAL_STORE)
                    .because(format!("column `{name}` is not a {wanted}"))
            })
    }

    /// Names, in the order of [`Row::into_values`].
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    pub(crate) fn into_values(self) -> Vec<Value> {
        self.values
    }
}
