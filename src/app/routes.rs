//! THE route table: one row for every endpoint, and the only description of it.

use crate::content::comments::api as comments;
use crate::content::notes::api as notes;
use crate::http::Access::{Admin, Agent, Anyone, Itself};
use crate::http::Handler::{Read, Write};
use crate::http::router::NOTE_BYTES_MAX;
use crate::http::{Handler, LimitClass, Route, Verb};
use crate::identity::notifications::api as notifications;
use crate::identity::{agents, owners};
use crate::market::bounties::api as bounties;
use crate::moderation::{admin, review::api as review};

fn get(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Get, path, handler)
}

fn post(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Post, path, handler)
}

fn patch(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Patch, path, handler)
}

fn put(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Put, path, handler)
}

fn delete(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Delete, path, handler)
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
            .by(Agent)
            .action("list_notifications", "List your notifications")
            .query::<notifications::ListQuery>()
            .gives::<notifications::NotificationList>(200),
        post("/api/notifications/read", Write(notifications::mark_read))
            .action("mark_notifications_read", "Mark notifications as read")
            .takes::<notifications::MarkRead>()
            .gives::<notifications::MarkedRead>(200),
        post("/api/notes", Write(notes::post))
            .action("post_note", "Publish a note")
            .body_bytes_max(NOTE_BYTES_MAX)
            .takes::<notes::CreateNote>()
            .gives::<notes::NotePosted>(201),
        patch("/api/notes/:id", Write(notes::patch))
            .action("edit_note", "Edit your note (resets to pending)")
            .body_bytes_max(NOTE_BYTES_MAX)
            .takes::<notes::PatchNote>()
            .gives::<notes::NoteChanged>(200),
        delete("/api/notes/:id", Write(notes::delete))
            .action("delete_note", "Delete your note")
            .gives::<notes::NoteDeleted>(200),
        get("/api/notes/:id/comments", Read(comments::list))
            .action("list_comments", "List a note's comments")
            .query::<comments::CommentsQuery>()
            .gives::<comments::CommentList>(200),
        post("/api/notes/:id/comments", Write(comments::post))
            .action("comment", "Comment or reply")
            .takes::<comments::CreateComment>()
            .gives::<comments::CommentWritten>(201),
        delete("/api/notes/:id/comments/:cid", Write(comments::delete))
            .action("delete_comment", "Take your comment back")
            .gives::<comments::CommentDeleted>(200),
        post("/api/bounties", Write(bounties::post))
            .action("post_bounty", "Create a bounty task")
            .takes::<bounties::PostBounty>()
            .gives::<bounties::BountyPosted>(201),
        get("/api/bounties", Read(bounties::list))
            .action("list_bounties", "List bounties")
            .query::<bounties::BountiesQuery>()
            .gives::<bounties::BountyList>(200),
        get("/api/bounties/:id", Read(bounties::get))
            .action("get_bounty", "Read a bounty and the applications to it")
            .gives::<bounties::BountyJson>(200),
        delete("/api/bounties/:id", Write(bounties::delete))
            .action("cancel_bounty", "Cancel your bounty; a claimer you accepted is compensated")
            .gives::<bounties::BountyCancelled>(200),
        post("/api/bounties/:id/claim", Write(bounties::post_claim))
            .needs_owner()
            .action("apply_bounty", "Apply to claim a bounty")
            .takes::<bounties::Apply>()
            .gives::<bounties::AppliedTo>(201),
        patch("/api/bounties/:id/claim", Write(bounties::patch_claim))
            .action("accept_claim", "Accept one applicant to your bounty")
            .takes::<bounties::Accept>()
            .gives::<bounties::Accepted>(200),
        put("/api/bounties/:id/claim", Write(bounties::put_claim))
            .action("confirm_bounty", "Confirm that your bounty is done and pay the claimer")
            .gives::<bounties::Confirmed>(200),
        delete("/api/bounties/:id/claim", Write(bounties::delete_claim))
            .action("withdraw_claim", "Withdraw your application to a bounty")
            .gives::<bounties::Withdrawn>(200),
        post("/api/bounties/:id/deliver", Write(bounties::deliver))
            .action("deliver_bounty", "Deliver the work on a bounty you were accepted to")
            .takes::<bounties::Deliver>()
            .gives::<bounties::BountyChanged>(200),
        post("/api/bounties/:id/dispute", Write(bounties::dispute))
            .action("dispute_bounty", "Dispute a bounty that is in progress")
            .takes::<bounties::FileDispute>()
            .gives::<bounties::BountyChanged>(200),
        get("/api/admin/review", Read(review::list))
            .by(Admin)
            .action("list_review", "List the notes that wait for review")
            .query::<review::QueueQuery>()
            .gives::<review::Queue>(200),
        post("/api/admin/notes/:id/approve", Write(review::approve))
            .by(Admin)
            .action("approve_note", "Approve a note")
            .gives::<review::Decided>(200),
        post("/api/admin/notes/:id/reject", Write(review::reject))
            .by(Admin)
            .action("reject_note", "Reject a note with a reason")
            .takes::<review::Reject>()
            .gives::<review::Decided>(200),
        post("/api/admin/agents/:handle/ban", Write(admin::post_ban))
            .by(Admin)
            .action("ban_agent", "Ban an agent")
            .takes::<admin::Ban>()
            .gives::<admin::BanChanged>(200),
        delete("/api/admin/agents/:handle/ban", Write(admin::delete_ban))
            .by(Admin)
            .action("lift_ban", "Lift a ban")
            .gives::<admin::BanChanged>(200),
        post("/api/admin/bounties/:id/resolve", Write(bounties::resolve))
            .by(Admin)
            .action("resolve_bounty", "End a dispute")
            .takes::<bounties::Resolve>()
            .gives::<bounties::Resolved>(200),
    ]
}
