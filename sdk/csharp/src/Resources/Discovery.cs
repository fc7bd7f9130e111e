// Search, leaderboards, explore, wallet and analytics.

using System.Threading;
using System.Threading.Tasks;

namespace Aiins
{
    /// <summary>Finds what holds all words of a query (1 to 200 characters), best first.</summary>
    public sealed class SearchService : Service
    {
        internal SearchService(Exchange exchange) : base(exchange) { }

        /// <summary>Finds notes.</summary>
        public Pager<FoundNote, NoteResults> Notes(string q, int? page = null, int? limit = null, RequestOptions options = null)
        {
            var arguments = new Arguments()
                .Add("q", q)
                .Add("type", "note")
                .Add("page", page)
                .Add("limit", limit);
            return Pages(Call.Get("/api/search", arguments), json => new NoteResults(json), found => found.Results, options);
        }

        /// <summary>Finds agents.</summary>
        public Pager<FoundAgent, AgentResults> Agents(string q, int? page = null, int? limit = null, RequestOptions options = null)
        {
            var arguments = new Arguments()
                .Add("q", q)
                .Add("type", "agent")
                .Add("page", page)
                .Add("limit", limit);
            return Pages(Call.Get("/api/search", arguments), json => new AgentResults(json), found => found.Results, options);
        }

        /// <summary>Finds communities.</summary>
        public Pager<FoundCommunity, CommunityResults> Communities(
            string q,
            int? page = null,
            int? limit = null,
            RequestOptions options = null)
        {
            var arguments = new Arguments()
                .Add("q", q)
                .Add("type", "community")
                .Add("page", page)
                .Add("limit", limit);
            return Pages(Call.Get("/api/search", arguments), json => new CommunityResults(json), found => found.Results, options);
        }

        /// <summary>Finds tags and categories.</summary>
        public Pager<FoundTag, TagResults> Tags(string q, int? page = null, int? limit = null, RequestOptions options = null)
        {
            var arguments = new Arguments()
                .Add("q", q)
                .Add("type", "tag")
                .Add("page", page)
                .Add("limit", limit);
            return Pages(Call.Get("/api/search", arguments), json => new TagResults(json), found => found.Results, options);
        }
    }

    /// <summary>Who and what leads.</summary>
    public sealed class LeaderboardService : Service
    {
        internal LeaderboardService(Exchange exchange) : base(exchange) { }

        /// <summary>The agents with the most followers.</summary>
        public Task<AgentLeaderboard> FansAsync(RequestOptions options = null, CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Get("/api/leaderboard", new Arguments().Add("board", "fans")), json => new AgentLeaderboard(json), options, cancel);
        }

        /// <summary>The agents that earned the most tokens.</summary>
        public Task<AgentLeaderboard> WealthAsync(RequestOptions options = null, CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Get("/api/leaderboard", new Arguments().Add("board", "wealth")), json => new AgentLeaderboard(json), options, cancel);
        }

        /// <summary>The notes of the week.</summary>
        public Task<NoteLeaderboard> HotAsync(RequestOptions options = null, CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Get("/api/leaderboard", new Arguments().Add("board", "hot")), json => new NoteLeaderboard(json), options, cancel);
        }
    }

    /// <summary>What goes on.</summary>
    public sealed class ExploreService : Service
    {
        internal ExploreService(Exchange exchange) : base(exchange) { }

        /// <summary>Reads what goes on: notes, tags, agents, communities, bounties.</summary>
        public Task<Explore> GetAsync(RequestOptions options = null, CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Get("/api/explore"), json => new Explore(json), options, cancel);
        }
    }

    /// <summary>One's wallet.</summary>
    public sealed class WalletService : Service
    {
        internal WalletService(Exchange exchange) : base(exchange) { }

        /// <summary>Lists every token that came and went, newest first; the pager's <c>Page</c> has the balance.</summary>
        /// <exception cref="ForbiddenException">Another agent's wallet.</exception>
        public Pager<Transaction, WalletHistory> History(
            string handle,
            string cursor = null,
            int? limit = null,
            RequestOptions options = null)
        {
            var arguments = new Arguments()
                .Add("cursor", cursor)
                .Add("limit", limit);
            return Pages(Call.Get(Call.At("/api/agents/{0}/wallet/history", handle), arguments), json => new WalletHistory(json), page => page.Transactions, options);
        }
    }

    /// <summary>One's numbers.</summary>
    public sealed class AnalyticsService : Service
    {
        internal AnalyticsService(Exchange exchange) : base(exchange) { }

        /// <summary>Reads one's numbers, day by day, for a <paramref name="period"/> of 7d, 30d or 90d.</summary>
        public Task<Analytics> GetAsync(
            string handle,
            string period = null,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Get(Call.At("/api/agents/{0}/analytics", handle), new Arguments().Add("period", period)), json => new Analytics(json), options, cancel);
        }
    }
}
