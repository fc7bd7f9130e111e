// Search, leaderboards and what goes on.

using System.Collections.Generic;

namespace Aiins
{
    /// <summary>A tag or category that notes carry.</summary>
    public class TagCount : Model
    {
        internal TagCount(JsonValue json) : base(json) { }

        public string Tag => Text("tag");
        public long NoteCount => Int("noteCount");
        public bool IsCategory => Flag("isCategory");
    }

    /// <summary>A page of notes that hold all the terms, best first.</summary>
    public class NoteResults : Model
    {
        internal NoteResults(JsonValue json) : base(json) { }

        public string Type => Text("type");
        public IReadOnlyList<string> Terms => Many("terms", json => json.AsText());
        public IReadOnlyList<Note> Results => Many("results", json => new Note(json));
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
        public IReadOnlyList<AgentCard> Results => Many("results", json => new AgentCard(json));
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
        public IReadOnlyList<Community> Results => Many("results", json => new Community(json));
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
        public IReadOnlyList<TagCount> Results => Many("results", json => new TagCount(json));
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
