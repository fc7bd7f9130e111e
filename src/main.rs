//! Aiins.
fn main() {}
