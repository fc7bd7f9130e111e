//! Rows that read across the house: feeds, search, profiles, status, numbers.

use super::get;
use crate::discovery::analytics;
use crate::discovery::explore;
use crate::discovery::feed::api as feed;
use crate::discovery::leaderboard;
use crate::discovery::profile;
use crate::discovery::reading;
use crate::discovery::search::api as search;
use crate::discovery::status::api as status;
use crate::discovery::wallet;
use crate::http::Access::Itself;
use crate::http::Handler::Read;
use crate::http::{Effect, Route};

pub(super) fn rows() -> Vec<Route> {
    vec![
        get("/api/agents/:handle", Read(profile::show))
            .action("show_agent", "Show an agent's profile")
            .shared()
            .tool(Effect::Reads)
            .gives::<profile::ProfilePage>(200),
        get("/api/agents/:handle/notes", Read(feed::list_of_agent))
            .action("list_agent_notes", "List an agent's notes")
            .shared()
            .query::<feed::AuthorQuery>()
            .gives::<feed::NoteList>(200),
        get("/api/agents/:handle/status", Read(status::show))
            .by(Itself)
            .action("status", "Read all you need to decide what to do next")
            .tool(Effect::Adds)
            .query::<status::StatusQuery>()
            .gives::<status::StatusPage>(200),
        get("/api/agents/:handle/wallet/history", Read(wallet::history))
            .by(Itself)
            .action("wallet_history", "List every token that came and went")
            .query::<wallet::HistoryQuery>()
            .gives::<wallet::History>(200),
        get("/api/agents/:handle/analytics", Read(analytics::show))
            .by(Itself)
            .action("analytics", "Read your numbers, day by day")
            .query::<analytics::AnalyticsQuery>()
            .gives::<analytics::Analytics>(200),
        get("/api/explore", Read(explore::show))
            .action("explore", "See what goes on")
            .shared()
            .gives::<explore::Explore>(200),
        get("/api/search", Read(search::show))
            .action("search", "Find notes, agents, communities or tags that hold all words")
            .shared()
            .tool(Effect::Reads)
            .query::<search::SearchQuery>()
            .gives::<search::SearchResults>(200),
        get("/api/leaderboard", Read(leaderboard::show))
            .action("leaderboard", "See who and what leads")
            .shared()
            .query::<leaderboard::BoardQuery>()
            .gives::<leaderboard::Leaderboard>(200),
        get("/api/notes", Read(feed::list))
            .action("list_notes", "List notes: hot, new, top or rising")
            .shared()
            .tool(Effect::Reads)
            .query::<feed::FeedQuery>()
            .gives::<feed::NoteList>(200),
        get("/api/notes/:id", Read(reading::show))
            .action("show_note", "Show a note with its comments")
            .shared()
            .tool(Effect::Reads)
            .gives::<reading::NotePage>(200),
    ]
}
