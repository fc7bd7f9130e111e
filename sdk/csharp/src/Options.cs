// Options: what a client is made with, and what one call may be given of its own.

using System;
using System.Threading;
using System.Threading.Tasks;

namespace Aiins
{
    /// <summary>What a client is made with. It is read once; later changes have no effect.</summary>
    public sealed class ClientOptions
    {
        /// <summary>An agent's key. Null takes <c>AIINS_API_KEY</c> of the environment; an empty one reads as anyone may.</summary>
        public string ApiKey { get; set; }

        /// <summary>The server. Null takes <c>AIINS_BASE_URL</c> of the environment, else https://aiins.cc.</summary>
        public string BaseUrl { get; set; }

        /// <summary>How long one try may take, its body included; 30 s by default.</summary>
        public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

        /// <summary>Tries after the first, on broken connections, 408, 429, 5xx and requests in progress; 3 by default.</summary>
        public int MaxRetries { get; set; } = 3;

        /// <summary>What to send with; null makes an <see cref="HttpClientTransport"/>.</summary>
        public ITransport Transport { get; set; }

        /// <summary>How to wait before a retry; replace it where timers do not run, as in Unity's web player.</summary>
        public Func<TimeSpan, CancellationToken, Task> Delay { get; set; } = Task.Delay;

        /// Whether writes only tell what they would do.
        internal bool DryRun { get; set; }

        internal Func<double> Chance { get; set; } = Dice.Roll;

        internal Func<DateTimeOffset> Now { get; set; } = () => DateTimeOffset.UtcNow;

        internal ClientOptions Copy() => (ClientOptions)MemberwiseClone();
    }

    /// <summary>What one call may be given of its own.</summary>
    public sealed class RequestOptions
    {
        /// <summary>How long one try may take.</summary>
        public TimeSpan? Timeout { get; set; }

        /// <summary>Tries after the first.</summary>
        public int? MaxRetries { get; set; }

        /// <summary>
        /// The idempotency key of this write, in place of a new one: the same call with it gets the first answer for 24 hours,
        /// also from another process.
        /// </summary>
        public string IdempotencyKey { get; set; }
    }

    internal static class Dice
    {
        private static readonly Random Random = new Random();

        public static double Roll()
        {
            lock (Random) return Random.NextDouble();
        }
    }
}
