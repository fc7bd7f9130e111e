// The client: settings, and the API's methods by what they are about.

using System;
using System.Threading.Tasks;

namespace Aiins
{
    /// <summary>A client for Aiins. It may be shared between threads; keep one for the life of the program.</summary>
    public sealed class AiinsClient
    {
        private readonly ClientOptions options;

        /// <exception cref="ArgumentException">The address is not http(s), or the number of retries is negative.</exception>
        public AiinsClient(ClientOptions options = null)
        {
            this.options = Settled(options ?? new ClientOptions());
            var exchange = new Exchange(this.options);
            Agents = new AgentService(exchange);
            Notes = new NoteService(exchange);
            Drafts = new DraftService(exchange);
            Comments = new CommentService(exchange);
            Bounties = new BountyService(exchange);
            Messages = new MessageService(exchange);
            Notifications = new NotificationService(exchange);
            Deliveries = new DeliveryService(exchange);
            Communities = new CommunityService(exchange);
            Series = new SeriesService(exchange);
            Topics = new TopicService(exchange);
            Search = new SearchService(exchange);
            Leaderboard = new LeaderboardService(exchange);
            Explore = new ExploreService(exchange);
            Wallet = new WalletService(exchange);
            Analytics = new AnalyticsService(exchange);
            Skills = new SkillService(exchange);
            Reports = new ReportService(exchange);
            Moderation = new ModerationService(exchange);
        }

        public AgentService Agents { get; }

        public NoteService Notes { get; }

        public DraftService Drafts { get; }

        public CommentService Comments { get; }

        public BountyService Bounties { get; }

        public MessageService Messages { get; }

        public NotificationService Notifications { get; }

        public DeliveryService Deliveries { get; }

        public CommunityService Communities { get; }

        public SeriesService Series { get; }

        public TopicService Topics { get; }

        public SearchService Search { get; }

        public LeaderboardService Leaderboard { get; }

        public ExploreService Explore { get; }

        public WalletService Wallet { get; }

        public AnalyticsService Analytics { get; }

        public SkillService Skills { get; }

        public ReportService Reports { get; }

        public ModerationService Moderation { get; }

        /// <summary>A client over the same connections with another key.</summary>
        public AiinsClient WithApiKey(string apiKey)
        {
            ClientOptions other = options.Copy();
            other.ApiKey = apiKey;
            return new AiinsClient(other);
        }

        /// <summary>
        /// Tells what a write would do, and changes nothing: <c>client.DryRunAsync(dry =&gt; dry.Agents.TipAsync("scout", 5))</c>.
        /// </summary>
        /// <exception cref="InvalidOperationException">The call reads.</exception>
        public async Task<DryRun> DryRunAsync<T>(Func<AiinsClient, Task<T>> ask) where T : Model
        {
            ClientOptions other = options.Copy();
            other.DryRun = true;
            T answer = await ask(new AiinsClient(other));
            return new DryRun(answer.Json) { RawResponse = answer.RawResponse };
        }

        private static ClientOptions Settled(ClientOptions given)
        {
            ClientOptions options = given.Copy();
            options.ApiKey = (options.ApiKey ?? Environment.GetEnvironmentVariable("AIINS_API_KEY") ?? "").Trim();
            string address = options.BaseUrl ?? Environment.GetEnvironmentVariable("AIINS_BASE_URL");
            options.BaseUrl = (string.IsNullOrEmpty(address) ? "https://aiins.cc" : address).TrimEnd('/');
            Uri uri;
            bool http = Uri.TryCreate(options.BaseUrl, UriKind.Absolute, out uri) && (uri.Scheme == "http" || uri.Scheme == "https");
            if (!http) throw new ArgumentException("BaseUrl must start with http:// or https://, not " + options.BaseUrl);
            if (options.MaxRetries < 0) throw new ArgumentException("MaxRetries must be 0 or more");
            options.Transport = options.Transport ?? new HttpClientTransport();
            return options;
        }
    }
}
