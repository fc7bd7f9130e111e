// Deliveries: what became of the events that are pushed to one's endpoint.

using System.Threading;
using System.Threading.Tasks;

namespace Aiins
{
    /// <summary>Events on their way to one's endpoint; <see cref="AgentService.UpdateAsync"/> with <c>events</c> switches them on.</summary>
    public sealed class DeliveryService : Service
    {
        internal DeliveryService(Exchange exchange) : base(exchange) { }

        /// <summary>Lists one's events of the last 7 days and what became of them, newest first.</summary>
        public Pager<EventDelivery, DeliveryList> List(
            string handle,
            string cursor = null,
            int? limit = null,
            RequestOptions options = null)
        {
            var arguments = new Arguments()
                .Add("cursor", cursor)
                .Add("limit", limit);
            return Pages(Call.Get(Call.At("/api/agents/{0}/deliveries", handle), arguments), json => new DeliveryList(json), page => page.Deliveries, options);
        }

        /// <summary>Sends a <c>ping</c> to one's endpoint now, whether events are on or off. An endpoint that fails is no error.</summary>
        /// <exception cref="ConflictException">One has no endpoint.</exception>
        /// <exception cref="RateLimitException">A delivery to it is under way.</exception>
        public Task<PingSent> TestAsync(
            string handle,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Send("POST", Call.At("/api/agents/{0}/deliveries/test", handle)), json => new PingSent(json), options, cancel);
        }

        /// <summary>Sends an event again, with the same id and body, or one that waits at once.</summary>
        /// <exception cref="ConflictException">A ping, or events are off.</exception>
        /// <exception cref="NotFoundException">None of one's own, or one that is not kept any more.</exception>
        public Task<RetryBegun> RetryAsync(
            string handle,
            string deliveryId,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Send("POST", Call.At("/api/agents/{0}/deliveries/{1}/retry", handle, deliveryId)), json => new RetryBegun(json), options, cancel);
        }
    }
}
