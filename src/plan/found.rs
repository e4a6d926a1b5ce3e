//! What checks of a spec find: problems with the paths of their places.

use crate::spec::diagnostic::Problem;
use crate::spec::tree::PathSegment;

/// Problems, each with the path of its place.
pub(super) type Found = Vec<(Vec<PathSegment>, Problem)>;

/// The segment of a key.
pub(super) fn key(name: &str) -> PathSegment {
    PathSegment::Key(name.to_owned())
}
