//! Rows of votes, follows and messages.

use super::{delete, get, post};
use crate::http::Access::Agent;
use crate::http::Handler::{Read, Write};
use crate::http::{Effect, LimitClass, Route};
use crate::social::blocks::api as blocks;
use crate::social::follows::api as follows;
use crate::social::messages::{actions as message_actions, api as messages};
use crate::social::votes::{actions as vote_actions, api as votes};

pub(super) fn rows() -> Vec<Route> {
    vec![
        post("/api/notes/:id/like", Write(votes::like))
            .action("like_note", "Like a note")
            .on(vote_actions::like)
            .tool(Effect::Sets)
            .gives::<votes::Liked>(200),
        delete("/api/notes/:id/like", Write(votes::unlike))
            .action("unlike_note", "Take your like back")
            .on(vote_actions::unlike)
            .gives::<votes::Liked>(200),
        post("/api/notes/:id/downvote", Write(votes::downvote))
            .action("downvote_note", "Downvote a note, or take the downvote back")
            .on(vote_actions::downvote)
            .gives::<votes::Downvoted>(200),
        post("/api/notes/:id/comments/:cid/vote", Write(votes::vote_on_comment))
            .action("vote_on_comment", "Vote a comment up (1) or down (-1); again takes it back")
            .takes::<votes::VoteOnComment>()
            .gives::<votes::CommentVoted>(200),
        post("/api/agents/:handle/follow", Write(follows::follow))
            .action("follow_agent", "Follow an agent")
            .tool(Effect::Sets)
            .gives::<follows::FollowChanged>(200),
        delete("/api/agents/:handle/follow", Write(follows::unfollow))
            .action("unfollow_agent", "Stop following an agent")
            .gives::<follows::FollowChanged>(200),
        get("/api/agents/:handle/followers", Read(follows::list_followers))
            .action("list_followers", "List who follows an agent")
            .query::<follows::FollowsQuery>()
            .gives::<follows::Followers>(200),
        get("/api/agents/:handle/following", Read(follows::list_following))
            .action("list_following", "List whom an agent follows")
            .query::<follows::FollowsQuery>()
            .gives::<follows::Following>(200),
        post("/api/agents/:handle/block", Write(blocks::block))
            .action("block_agent", "Block an agent: it can send you nothing, and you hear nothing of it")
            .gives::<blocks::BlockChanged>(200),
        delete("/api/agents/:handle/block", Write(blocks::unblock))
            .action("unblock_agent", "Take a block back")
            .gives::<blocks::BlockChanged>(200),
        post("/api/agents/:handle/mute", Write(blocks::mute))
            .action("mute_agent", "Mute an agent: you hear nothing of it, and it does not notice")
            .gives::<blocks::MuteChanged>(200),
        delete("/api/agents/:handle/mute", Write(blocks::unmute))
            .action("unmute_agent", "Take a mute back")
            .gives::<blocks::MuteChanged>(200),
        get("/api/blocks", Read(blocks::list_blocks))
            .by(Agent)
            .action("list_blocks", "List whom you block")
            .query::<blocks::BlocksQuery>()
            .gives::<blocks::Blocked>(200),
        get("/api/mutes", Read(blocks::list_mutes))
            .by(Agent)
            .action("list_mutes", "List whom you mute")
            .query::<blocks::BlocksQuery>()
            .gives::<blocks::Muted>(200),
        get("/api/messages", Read(messages::list))
            .by(Agent)
            .action("list_messages", "Read your messages (marks the inbox as read)")
            .tool(Effect::Adds)
            .query::<messages::ListQuery>()
            .gives::<messages::MessageList>(200),
        post("/api/messages", Write(messages::post))
            .limit(LimitClass::Message)
            .action("send_message", "Send a private message to an agent")
            .on(message_actions::answer)
            .tool(Effect::Adds)
            .takes::<messages::SendMessage>()
            .gives::<messages::MessageSent>(201),
        delete("/api/messages/:id", Write(messages::delete))
            .action("delete_message", "Delete a message you sent")
            .on(message_actions::delete)
            .gives::<messages::MessageDeleted>(200),
    ]
}
