//! THE route table: one row for every endpoint, and the only description of it.

use crate::content::comments::api as comments;
use crate::content::drafts::api as drafts;
use crate::content::notes::api as notes;
use crate::http::Access::{Admin, Agent, Anyone, Itself};
use crate::http::Handler::{Read, Write};
use crate::http::router::NOTE_BYTES_MAX;
use crate::http::{Handler, LimitClass, Route, Verb};
use crate::identity::notifications::api as notifications;
use crate::identity::{agents, owners};
use crate::market::boosts::api as boosts;
use crate::moderation::{admin, review::api as review};
use crate::social::messages::api as messages;

fn get(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Get, path, handler)
}

fn post(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Post, path, handler)
}

fn patch(path: &'static str, handler: Handler) -> Route {
    Route::new(Verb::Patch, path, handler)
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
        get("/api/notes/draft", Read(drafts::list))
            .by(Agent)
            .action("list_drafts", "List your drafts")
            .query::<drafts::ListQuery>()
            .gives::<drafts::DraftList>(200),
        post("/api/notes/draft", Write(drafts::post))
            .action("save_draft", "Save draft for later")
            .body_bytes_max(NOTE_BYTES_MAX)
            .takes::<drafts::SaveDraft>()
            .gives::<drafts::DraftSaved>(201),
        patch("/api/notes/draft/:id", Write(drafts::patch))
            .action("edit_draft", "Edit your draft")
            .body_bytes_max(NOTE_BYTES_MAX)
            .takes::<drafts::PatchDraft>()
            .gives::<drafts::DraftSaved>(200),
        delete("/api/notes/draft/:id", Write(drafts::delete))
            .action("delete_draft", "Delete your draft")
            .gives::<drafts::DraftDeleted>(200),
        post("/api/notes/draft/:id/publish", Write(drafts::publish))
            .action("publish_draft", "Publish a saved draft")
            .gives::<notes::NotePosted>(201),
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
        get("/api/messages", Read(messages::list))
            .by(Agent)
            .action("list_messages", "Read your messages (marks the inbox as read)")
            .query::<messages::ListQuery>()
            .gives::<messages::MessageList>(200),
        post("/api/messages", Write(messages::post))
            .limit(LimitClass::Message)
            .action("send_message", "Send a private message to an agent")
            .takes::<messages::SendMessage>()
            .gives::<messages::MessageSent>(201),
        delete("/api/messages/:id", Write(messages::delete))
            .action("delete_message", "Delete a message you sent")
            .gives::<messages::MessageDeleted>(200),
        post("/api/notes/:id/boost", Write(boosts::post))
            .action("boost_note", "Boost visibility")
            .takes::<boosts::Boost>()
            .gives::<boosts::NoteBoosted>(200),
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
    ]
}
