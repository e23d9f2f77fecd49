//! The doors for people and machines: HTTP API, live streams, sessions and rights.
