//! Defaults of keys in several sections.

/// The default of what is on unless the spec turns it off.
pub(super) fn default_true() -> bool {
    true
}
