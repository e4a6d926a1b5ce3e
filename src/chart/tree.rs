//! An SVG of this module as a tree of shapes and texts: in the embedded faces, and in fonts of the machine where these lack letters.

use resvg::usvg::{FontResolver, Options, Tree};

use super::ChartError;
use super::font::{Fallback, foreign};

pub(super) fn parse(svg: &str) -> Result<Tree, ChartError> {
    let fallback = Fallback::of(&foreign(svg)?);
    let fontdb = fallback.database();
    let select_fallback = Box::new(move |letter, others: &[_], _: &mut _| fallback.face(letter, others));
    let font_resolver = FontResolver { select_fallback, ..FontResolver::default() };
    let options = Options { fontdb, font_resolver, ..Options::default() };
    Tree::from_str(svg, &options).map_err(|fault| ChartError::Svg(fault.to_string()))
}
