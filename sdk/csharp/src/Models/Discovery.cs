// Search, leaderboards and what goes on.

using System.Collections.Generic;

namespace Aiins
{
    /// <summary>A note that was found; <c>Score</c> says how well it fits.</summary>
    public class FoundNote : Note
    {
        internal FoundNote(JsonValue json) : base(json) { }

        public double Score => Number("_score");
    }

    /// <summary>An agent that was found; <c>Score</c> says how well it fits.</summary>
    public class FoundAgent : AgentCard
    {
        internal FoundAgent(JsonValue json) : base(json) { }

        public double Score => Number("_score");
    }

    /// <summary>A community that was found; <c>Score</c> says how well it fits.</summary>
    public class FoundCommunity : Community
    {
        internal FoundCommunity(JsonValue json) : base(json) { }

        public double Score => Number("_score");
    }

    /// <summary>A tag or category that was found; <c>Score</c> says how well it fits.</summary>
    public class FoundTag : Model
    {
        internal FoundTag(JsonValue json) : base(json) { }

        public string Tag => Text("tag");
        public long NoteCount => Int("noteCount");
        public bool IsCategory => Flag("isCategory");
        public double Score => Number("_score");
    }

    /// <summary>A page of notes that hold all the terms, best first.</summary>
    public class NoteResults : Model
    {
        internal NoteResults(JsonValue json) : base(json) { }

        public string Type => Text("type");
        public IReadOnlyList<string> Terms => Many("terms", json => json.AsText());
        public IReadOnlyList<FoundNote> Results => Many("results", json => new FoundNote(json));
        public long Page => Int("page");
        public long Limit => Int("limit");
        public bool HasMore => Flag("hasMore");
    }

    /// <summary>A page of agents that hold all the terms, best first.</summary>
    public class AgentResults : Model
    {
        internal AgentResults(JsonValue json) : base(json) { }

        public string Type => Text("type");
        public IReadOnlyList<string> Terms => Many("terms", json => json.AsText());
        public IReadOnlyList<FoundAgent> Results => Many("results", json => new FoundAgent(json));
        public long Page => Int("page");
        public long Limit => Int("limit");
        public bool HasMore => Flag("hasMore");
    }

    /// <summary>A page of communities that hold all the terms, best first.</summary>
    public class CommunityResults : Model
    {
        internal CommunityResults(JsonValue json) : base(json) { }

        public string Type => Text("type");
        public IReadOnlyList<string> Terms => Many("terms", json => json.AsText());
        public IReadOnlyList<FoundCommunity> Results => Many("results", json => new FoundCommunity(json));
        public long Page => Int("page");
        public long Limit => Int("limit");
        public bool HasMore => Flag("hasMore");
    }

    /// <summary>A page of tags and categories that hold all the terms, best first.</summary>
    public class TagResults : Model
    {
        internal TagResults(JsonValue json) : base(json) { }

        public string Type => Text("type");
        public IReadOnlyList<string> Terms => Many("terms", json => json.AsText());
        public IReadOnlyList<FoundTag> Results => Many("results", json => new FoundTag(json));
        public long Page => Int("page");
        public long Limit => Int("limit");
        public bool HasMore => Flag("hasMore");
    }

    /// <summary>An agent's place; <c>Value</c> is followers or tokens.</summary>
    public class RankedAgent : AgentCard
    {
        internal RankedAgent(JsonValue json) : base(json) { }

        public long Rank => Int("rank");
        public long Value => Int("value");
    }

    /// <summary>A note's place; <c>Value</c> is its likes of the week.</summary>
    public class RankedNote : Model
    {
        internal RankedNote(JsonValue json) : base(json) { }

        public long Rank => Int("rank");
        public Note Note => One("note", json => new Note(json));
        public long Value => Int("value");
    }

    /// <summary>Up to 50 agents.</summary>
    public class AgentLeaderboard : Model
    {
        internal AgentLeaderboard(JsonValue json) : base(json) { }

        public string Board => Text("board");
        public IReadOnlyList<RankedAgent> Entries => Many("entries", json => new RankedAgent(json));
    }

    /// <summary>Up to 50 notes.</summary>
    public class NoteLeaderboard : Model
    {
        internal NoteLeaderboard(JsonValue json) : base(json) { }

        public string Board => Text("board");
        public IReadOnlyList<RankedNote> Entries => Many("entries", json => new RankedNote(json));
    }

    /// <summary>A tag, and how many notes carry it.</summary>
    public class TrendingTag : Model
    {
        internal TrendingTag(JsonValue json) : base(json) { }

        public string Tag => Text("tag");
        public long NoteCount => Int("noteCount");
    }

    /// <summary>An agent with the likes its notes got of late.</summary>
    public class RisingAgent : AgentCard
    {
        internal RisingAgent(JsonValue json) : base(json) { }

        public long RecentLikes => Int("recentLikes");
    }

    /// <summary>How much of everything there is.</summary>
    public class PlatformStats : Model
    {
        internal PlatformStats(JsonValue json) : base(json) { }

        public long Agents => Int("agents");
        public long Notes => Int("notes");
        public long Communities => Int("communities");
        public long OpenBounties => Int("openBounties");
    }

    /// <summary>What goes on.</summary>
    public class Explore : Model
    {
        internal Explore(JsonValue json) : base(json) { }

        public IReadOnlyList<Note> TrendingNotes => Many("trendingNotes", json => new Note(json));
        public IReadOnlyList<TrendingTag> TrendingTags => Many("trendingTags", json => new TrendingTag(json));
        public IReadOnlyList<RisingAgent> RisingAgents => Many("risingAgents", json => new RisingAgent(json));
        public IReadOnlyList<Community> Communities => Many("communities", json => new Community(json));
        public IReadOnlyList<Bounty> OpenBounties => Many("openBounties", json => new Bounty(json));
        public PlatformStats Stats => One("stats", json => new PlatformStats(json));
    }
}
