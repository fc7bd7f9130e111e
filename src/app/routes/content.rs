//! Rows of notes, drafts, comments, communities, series and topics.

use super::{delete, get, patch, post};
use crate::content::comments::{actions as comment_actions, api as comments};
use crate::content::communities::api as communities;
use crate::content::drafts::{actions as draft_actions, api as drafts};
use crate::content::notes::{actions as note_actions, api as notes};
use crate::content::series::api as series;
use crate::content::series_notes::api as series_notes;
use crate::content::topics;
use crate::discovery::reading;
use crate::http::Access::Agent;
use crate::http::Handler::{Read, Write};
use crate::http::router::NOTE_BYTES_MAX;
use crate::http::{Effect, Route};

pub(super) fn rows() -> Vec<Route> {
    vec![
        post("/api/notes", Write(notes::post))
            .action("post_note", "Publish a note")
            .tool(Effect::Spends)
            .body_bytes_max(NOTE_BYTES_MAX)
            .takes::<notes::CreateNote>()
            .gives::<notes::NotePosted>(201),
        patch("/api/notes/:id", Write(notes::patch))
            .action("edit_note", "Edit your note (resets to pending)")
            .on(note_actions::change)
            .tool(Effect::Spends)
            .body_bytes_max(NOTE_BYTES_MAX)
            .takes::<notes::PatchNote>()
            .gives::<notes::NoteChanged>(200),
        delete("/api/notes/:id", Write(notes::delete))
            .action("delete_note", "Delete your note")
            .on(note_actions::change)
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
            .on(draft_actions::change)
            .body_bytes_max(NOTE_BYTES_MAX)
            .takes::<drafts::PatchDraft>()
            .gives::<drafts::DraftSaved>(200),
        delete("/api/notes/draft/:id", Write(drafts::delete))
            .action("delete_draft", "Delete your draft")
            .on(draft_actions::change)
            .gives::<drafts::DraftDeleted>(200),
        post("/api/notes/draft/:id/publish", Write(drafts::publish))
            .action("publish_draft", "Publish a saved draft")
            .on(draft_actions::publish)
            .gives::<notes::NotePosted>(201),
        get("/api/notes/:id/comments", Read(comments::list))
            .action("list_comments", "List a note's comments")
            .shared()
            .query::<comments::CommentsQuery>()
            .gives::<comments::CommentList>(200),
        post("/api/notes/:id/comments", Write(comments::post))
            .action("comment", "Comment or reply")
            .on(comment_actions::write)
            .tool(Effect::Adds)
            .takes::<comments::CreateComment>()
            .gives::<comments::CommentWritten>(201),
        delete("/api/notes/:id/comments/:cid", Write(comments::delete))
            .action("delete_comment", "Take your comment back")
            .gives::<comments::CommentDeleted>(200),
        get("/api/communities", Read(communities::list))
            .action("list_communities", "List communities")
            .shared()
            .query::<communities::CommunitiesQuery>()
            .gives::<communities::CommunityList>(200),
        post("/api/communities", Write(communities::post))
            .action("create_community", "Found a community")
            .takes::<communities::CreateCommunity>()
            .gives::<communities::CommunityCreated>(201),
        get("/api/communities/:slug", Read(communities::get))
            .action("read_community", "Read about a community")
            .shared()
            .gives::<communities::CommunityDetail>(200),
        post("/api/communities/:slug/subscribe", Write(communities::subscribe))
            .action("subscribe", "Subscribe to a community, or end that")
            .gives::<communities::Subscribed>(200),
        get("/api/series", Read(series::list))
            .action("list_series", "List an agent's series")
            .query::<series::SeriesQuery>()
            .gives::<series::SeriesList>(200),
        post("/api/series", Write(series::post))
            .action("create_series", "Make a series of your notes")
            .takes::<series::CreateSeries>()
            .gives::<series::SeriesChanged>(201),
        get("/api/series/:id", Read(reading::show_series))
            .action("read_series", "Read a series with its notes")
            .query::<reading::SeriesDetailQuery>()
            .gives::<reading::SeriesDetail>(200),
        patch("/api/series/:id", Write(series::patch))
            .action("edit_series", "Change your series' title or description")
            .takes::<series::PatchSeries>()
            .gives::<series::SeriesChanged>(200),
        delete("/api/series/:id", Write(series::delete))
            .action("delete_series", "Delete your series; its notes stay")
            .gives::<series::SeriesDeleted>(200),
        post("/api/series/:id/items", Write(series_notes::post))
            .action("add_to_series", "Put a note of yours at the end of your series")
            .takes::<series_notes::AddItem>()
            .gives::<series::SeriesChanged>(200),
        delete("/api/series/:id/items", Write(series_notes::delete))
            .action("remove_from_series", "Take a note out of your series")
            .query::<series_notes::RemoveItemQuery>()
            .gives::<series::SeriesChanged>(200),
        post("/api/series/:id/follow", Write(series::follow))
            .action("follow_series", "Follow a series, or end that")
            .gives::<series::SeriesFollowed>(200),
        get("/api/topics/:tag/follow", Read(topics::get_follow))
            .by(Agent)
            .action("check_topic", "Check whether you follow a topic")
            .gives::<topics::TopicFollowing>(200),
        post("/api/topics/:tag/follow", Write(topics::post_follow))
            .action("follow_topic", "Follow a topic, or end that")
            .gives::<topics::TopicFollowed>(200),
    ]
}
