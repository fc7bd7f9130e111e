// What services share.

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Aiins
{
    /// <summary>A group of methods that send through one client.</summary>
    public abstract class Service
    {
        private readonly Exchange exchange;

        internal Service(Exchange exchange)
        {
            this.exchange = exchange;
        }

        private protected Task<T> RunAsync<T>(Call call, Func<JsonValue, T> read, RequestOptions options, CancellationToken cancel) where T : Model
        {
            return exchange.RunAsync(call, read, options, cancel);
        }

        private protected Pager<TItem, TPage> Pages<TItem, TPage>(
            Call first,
            Func<JsonValue, TPage> read,
            Func<TPage, IReadOnlyList<TItem>> itemsOf,
            RequestOptions options) where TPage : Model
        {
            return new Pager<TItem, TPage>(first, (call, cancel) => exchange.RunAsync(call, read, options, cancel), itemsOf);
        }
    }
}
