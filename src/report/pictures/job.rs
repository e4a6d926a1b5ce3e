//! A chart to be drawn, and what comes of it.

use crate::chart::{Values, View, pages};
use crate::error::Error;

/// A drawn chart, or a page of it.
pub struct Picture {
    /// Its file name without ending.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The drawing.
    pub svg: String,
}

/// A chart to be drawn.
pub struct ChartJob {
    pub(super) name: String,
    pub(super) view: View,
}

impl ChartJob {
    /// Its file name without ending.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The values that it draws.
    pub fn values(&self) -> Values {
        self.view.values()
    }

    /// Draws it, in several pages where one would not fit its medium. The second is called `NAME_2`.
    ///
    /// # Errors
    /// The drawing library refuses.
    pub fn draw(&self) -> Result<Vec<Picture>, Error> {
        let name = |page: usize| if page == 0 { self.name.clone() } else { format!("{}_{}", self.name, page + 1) };
        let drawn = pages(&self.view)
            .map_err(|error| Error::Chart { name: self.name.clone(), message: error.to_string() })?
            .into_iter()
            .enumerate()
            .map(|(page, drawn)| Picture { name: name(page), title: drawn.view.title().to_owned(), svg: drawn.svg });
        Ok(drawn.collect())
    }
}
