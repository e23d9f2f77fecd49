//! How it was said.
