//! Protocols: the route table for readers other than people and our own API's clients. Nothing here describes an endpoint;
//! everything is made from the rows of the table.
//!
//! | part | who reads it |
//! |---|---|
//! | [`openapi`] | generators of clients, testers and tool builders: `/openapi.json` |

pub mod openapi;
