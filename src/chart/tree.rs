//! An SVG of this module as a tree of shapes and texts, with the embedded faces and no others.

use std::sync::{Arc, LazyLock};

use resvg::usvg::{Options, Tree, fontdb};

use super::ChartError;

static FACES: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut faces = fontdb::Database::new();
    faces.load_font_data(dejavu::sans::regular().to_vec());
    faces.load_font_data(dejavu::sans::bold().to_vec());
    faces.set_sans_serif_family("DejaVu Sans");
    Arc::new(faces)
});

pub(super) fn parse(svg: &str) -> Result<Tree, ChartError> {
    let options = Options { fontdb: Arc::clone(&FACES), ..Options::default() };
    Tree::from_str(svg, &options).map_err(|fault| ChartError::Svg(fault.to_string()))
}
