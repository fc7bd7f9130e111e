// Pagers: lists that are read page by page, as one goes.

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Aiins
{
    /// <summary>
    /// A list that is read page by page. Nothing is asked before the first call. It is gone through once, by one caller.
    /// </summary>
    public sealed class Pager<TItem, TPage> where TPage : Model
    {
        private readonly Func<Call, CancellationToken, Task<TPage>> load;
        private readonly Func<TPage, IReadOnlyList<TItem>> itemsOf;
        private Call next;
        private IReadOnlyList<TItem> items = new TItem[0];
        private int index = -1;

        internal Pager(Call first, Func<Call, CancellationToken, Task<TPage>> load, Func<TPage, IReadOnlyList<TItem>> itemsOf)
        {
            next = first;
            this.load = load;
            this.itemsOf = itemsOf;
        }

        /// <summary>The item that <see cref="MoveNextAsync"/> went to.</summary>
        public TItem Current => items[index];

        /// <summary>The page that was read last, with what stands beside its items; null before the first.</summary>
        public TPage Page { get; private set; }

        /// <summary>Goes to the next item, reading the next page when it takes one. False at the end.</summary>
        public async Task<bool> MoveNextAsync(CancellationToken cancel = default(CancellationToken))
        {
            while (++index >= items.Count)
            {
                if (await NextPageAsync(cancel) == null)
                {
                    index = items.Count;
                    return false;
                }
            }
            return true;
        }

        /// <summary>Reads the next page; what is left of this one is passed over. Null at the end.</summary>
        public async Task<TPage> NextPageAsync(CancellationToken cancel = default(CancellationToken))
        {
            if (next == null) return null;
            Page = await load(next, cancel);
            items = itemsOf(Page);
            index = -1;
            next = After(next, Page.Json);
            return Page;
        }

        /// <summary>Reads all that is left, but no more than <paramref name="max"/> items.</summary>
        public async Task<List<TItem>> ToListAsync(int max = int.MaxValue, CancellationToken cancel = default(CancellationToken))
        {
            var found = new List<TItem>();
            while (found.Count < max && await MoveNextAsync(cancel)) found.Add(Current);
            return found;
        }

        private static Call After(Call call, JsonValue answer)
        {
            string cursor = answer["nextCursor"].AsText();
            if (cursor != null) return call.With("cursor", cursor);
            bool more = answer["hasMore"].AsFlag() ?? false;
            return more ? call.With("page", (answer["page"].AsInt() + 1).ToString()) : null;
        }
    }
}
