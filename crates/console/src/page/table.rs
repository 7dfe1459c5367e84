//! Lists as pages show them: what their address says of searching, sorting and
//! paging, and the addresses that say it. What is in the rows, each room says.

use std::fmt::Write;

use serde::Deserialize;

use super::{Frame, pair};
use crate::words::Message;

/// Rows of a page to choose from, the usual number first.
const SIZES: [u32; 3] = [25, 50, 100];

/// What the address of any list says; what is none of ours says nothing.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    rows: String,
    #[serde(default)]
    cursor: String,
}

/// A way to sort: a column, with a hyphen first for the other way round.
pub(crate) struct Sort {
    /// As it stands in the address.
    pub(crate) value: &'static str,
    /// The key of its words.
    key: &'static str,
}

/// A list at its address.
pub(crate) struct Table {
    at: &'static str,
    asked: Asked,
    /// What else is asked for, by name.
    filters: Vec<(&'static str, String)>,
    sorts: &'static [Sort],
    /// Where the next page begins, if there is one.
    next: Option<String>,
    /// Rows of a page to choose from.
    pub(crate) sizes: [u32; 3],
}

impl Sort {
    pub(crate) const fn new(value: &'static str, key: &'static str) -> Self {
        Self { value, key }
    }

    /// Its words.
    pub(crate) fn name(&self, frame: &Frame) -> Message<'static> {
        frame.t(self.key)
    }

    fn is_of(&self, column: &str) -> bool {
        self.value.trim_start_matches('-') == column
    }
}

impl Table {
    /// The list at that path. Of the `sorts` the first is the usual one.
    pub(crate) fn new(
        at: &'static str,
        asked: Asked,
        filters: Vec<(&'static str, String)>,
        sorts: &'static [Sort],
    ) -> Self {
        Self {
            at,
            asked,
            filters,
            sorts,
            next: None,
            sizes: SIZES,
        }
    }

    /// With a page after this one.
    pub(crate) fn going_on(mut self, next: Option<String>) -> Self {
        self.next = next;
        self
    }

    /// What is searched for.
    pub(crate) fn wanted(&self) -> Option<&str> {
        Some(self.asked.q.trim()).filter(|text| !text.is_empty())
    }

    /// Rows of a page.
    pub(crate) fn size(&self) -> u32 {
        let chosen = self.asked.rows.parse().ok();
        let chosen = chosen.filter(|rows| SIZES.contains(rows));
        chosen.unwrap_or(SIZES[0])
    }

    /// By what it is sorted: one of its sorts.
    pub(crate) fn sort(&self) -> &'static str {
        let chosen = |sort: &&Sort| sort.value == self.asked.sort;
        let sort = self.sorts.iter().find(chosen).or(self.sorts.first());
        sort.map_or("", |sort| sort.value)
    }

    /// Where the page begins; nothing for the first.
    pub(crate) fn cursor(&self) -> Option<&str> {
        Some(self.asked.cursor.as_str()).filter(|text| !text.is_empty())
    }

    /// Whether something is searched for or left out.
    pub(crate) fn is_filtered(&self) -> bool {
        self.wanted().is_some() || self.filters.iter().any(|(_, value)| !value.is_empty())
    }

    /// For templates: what stands in the field for searching.
    pub(crate) fn q(&self) -> &str {
        &self.asked.q
    }

    /// The value of a filter.
    pub(crate) fn filter(&self, name: &str) -> &str {
        let found = self.filters.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn sorts(&self) -> &'static [Sort] {
        self.sorts
    }

    /// The list without anything asked for.
    pub(crate) fn whole(&self) -> &'static str {
        self.at
    }

    /// The first page of the same list.
    pub(crate) fn first(&self) -> String {
        self.address(self.at, self.sort(), None)
    }

    /// The next page, if there is one.
    pub(crate) fn next(&self) -> Option<String> {
        let next = self.next.as_deref()?;
        Some(self.address(self.at, self.sort(), Some(next)))
    }

    /// The whole list as a file.
    pub(crate) fn file(&self) -> String {
        self.address(&format!("{}.csv", self.at), self.sort(), None)
    }

    /// Whether it can be sorted by a column.
    pub(crate) fn can_sort(&self, column: &str) -> bool {
        self.sorts.iter().any(|sort| sort.is_of(column))
    }

    /// The same list, sorted by a column; the other way round if it is so already.
    pub(crate) fn sorted_by(&self, column: &str) -> String {
        let mut ways = self.sorts.iter().filter(|sort| sort.is_of(column));
        let other = ways.clone().find(|sort| sort.value != self.sort());
        let way = match ways.next() {
            Some(first) if first.value == self.sort() => other.unwrap_or(first),
            first => first.unwrap_or(&self.sorts[0]),
        };
        self.address(self.at, way.value, None)
    }

    /// How a column is sorted, as `aria-sort` says it; nothing if it is not.
    pub(crate) fn sorted(&self, column: &str) -> &'static str {
        match self.sort() {
            by if by == column => "ascending",
            by if by.strip_prefix('-') == Some(column) => "descending",
            _ => "",
        }
    }

    fn address(&self, path: &str, sort: &str, cursor: Option<&str>) -> String {
        let mut address = format!("{path}?rows={}", self.size());
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                let _ = write!(address, "&{}", pair(name, value));
            }
        };
        add("q", &self.asked.q);
        for (name, value) in &self.filters {
            add(name, value);
        }
        let usual = self.sorts.first().is_some_and(|first| first.value == sort);
        add("sort", if usual { "" } else { sort });
        add("cursor", cursor.unwrap_or_default());
        address
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Sort, Table};

    const SORTS: &[Sort] = &[
        Sort::new("-created", "x"),
        Sort::new("created", "x"),
        Sort::new("name", "x"),
        Sort::new("-name", "x"),
    ];

    fn table(sort: &str) -> Table {
        let asked = Asked {
            q: "a&b".into(),
            sort: sort.into(),
            rows: "50".into(),
            cursor: "c".into(),
        };
        Table::new("/x", asked, vec![("role", "admin".into())], SORTS)
    }

    #[test]
    fn links_keep_what_is_asked_for() {
        let table = table("name").going_on(Some("d".into()));
        let same = "rows=50&q=a%26b&role=admin";
        assert_eq!(table.first(), format!("/x?{same}&sort=name"));
        assert_eq!(
            table.next().unwrap(),
            format!("/x?{same}&sort=name&cursor=d")
        );
        assert_eq!(table.file(), format!("/x.csv?{same}&sort=name"));
        assert_eq!(table.sorted_by("name"), format!("/x?{same}&sort=%2Dname"));
        assert_eq!(table.sorted_by("created"), format!("/x?{same}"));
        assert_eq!(
            (table.sorted("name"), table.sorted("created")),
            ("ascending", "")
        );
    }

    #[test]
    fn what_is_none_of_ours_says_nothing() {
        let table = table("password");
        assert_eq!(table.sort(), "-created");
        assert_eq!(table.sorted("created"), "descending");
        assert!(table.sorted_by("created").ends_with("&sort=created"));
        assert!(!table.can_sort("password"));
    }
}
