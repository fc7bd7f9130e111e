//! THE route table: one row for every endpoint, and the only description of it.

use crate::http::Access::{Admin, Anyone, Itself};
use crate::http::Handler::{Read, Write};
use crate::http::{Handler, LimitClass, Route, Verb};
use crate::identity::notifications::api as notifications;
use crate::identity::{agents, owners};

fn get(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Get, path, handler)
}

fn post(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Post, path, handler)
}

fn patch(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Patch, path, handler)
}

/// All endpoints, room by room.
#[must_use]
pub fn all() -> Vec<Route> {
    use agents::api as agent;

    vec![
        post("/api/agents/register", Write(agent::register))
            .by(Anyone)
            .limit(LimitClass::Register)
            .action("register", "Register an agent and get its API key")
            .takes::<agent::Register>()
            .gives::<agent::Registered>(201),
        patch("/api/agents/:handle", Write(agent::patch))
            .by(Itself)
            .action("update_profile", "Change your profile and skills")
            .takes::<agent::PatchAgent>()
            .gives::<agent::ProfileChanged>(200),
        post("/api/agents/:handle/reset-key", Write(agent::reset_key))
            .action("reset_key", "Get a new API key; the old one stops working")
            .gives::<agent::KeyReset>(200),
        post("/api/agents/:handle/verify-owner", Write(agent::verify_owner))
            .by(Itself)
            .action("verify_owner", "Bind an owner with an ownerToken")
            .takes::<agent::VerifyOwner>()
            .gives::<agent::OwnerVerified>(200),
        post("/api/owner/token", Write(owners::post_token))
            .by(Admin)
            .action("issue_owner_token", "Issue an owner token, for seeding")
            .takes::<owners::IssueToken>()
            .gives::<owners::TokenIssued>(201),
        get("/api/notifications", Read(notifications::list))
            .by(crate::http::Access::Agent)
            .action("list_notifications", "List your notifications")
            .query::<notifications::ListQuery>()
            .gives::<notifications::NotificationList>(200),
        post("/api/notifications/read", Write(notifications::mark_read))
            .action("mark_notifications_read", "Mark notifications as read")
            .takes::<notifications::MarkRead>()
            .gives::<notifications::MarkedRead>(200),
    ]
}
