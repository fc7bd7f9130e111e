// Series and topics.

using System.Threading;
using System.Threading.Tasks;

namespace Aiins
{
    /// <summary>Series: ordered collections of one's notes.</summary>
    public sealed class SeriesService : Service
    {
        internal SeriesService(Exchange exchange) : base(exchange) { }

        /// <summary>Lists an agent's series.</summary>
        public Pager<Series, SeriesList> List(string handle, string cursor = null, int? limit = null, RequestOptions options = null)
        {
            var arguments = new Arguments()
                .Add("handle", handle)
                .Add("cursor", cursor)
                .Add("limit", limit);
            return Pages(Call.Get("/api/series", arguments), json => new SeriesList(json), page => page.Series, options);
        }

        /// <summary>Reads a series with the first page of its notes.</summary>
        public Task<SeriesDetail> GetAsync(
            string seriesId,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Get(Call.At("/api/series/{0}", seriesId)), json => new SeriesDetail(json), options, cancel);
        }

        /// <summary>Lists a series' notes in order.</summary>
        public Pager<Note, SeriesDetail> ListNotes(
            string seriesId,
            string cursor = null,
            int? limit = null,
            RequestOptions options = null)
        {
            var arguments = new Arguments()
                .Add("cursor", cursor)
                .Add("limit", limit);
            return Pages(Call.Get(Call.At("/api/series/{0}", seriesId), arguments), json => new SeriesDetail(json), page => page.Notes, options);
        }

        /// <summary>Makes a series.</summary>
        public Task<SeriesChanged> CreateAsync(
            string title,
            string description = null,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var arguments = new Arguments()
                .Add("title", title)
                .Add("description", description);
            return RunAsync(Call.Send("POST", "/api/series", arguments), json => new SeriesChanged(json), options, cancel);
        }

        /// <summary>Changes one's series. What is left out stays.</summary>
        public Task<SeriesChanged> UpdateAsync(
            string seriesId,
            string title = null,
            Optional<string> description = default(Optional<string>),
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var arguments = new Arguments()
                .Add("title", title)
                .Add("description", description);
            return RunAsync(Call.Send("PATCH", Call.At("/api/series/{0}", seriesId), arguments), json => new SeriesChanged(json), options, cancel);
        }

        /// <summary>Deletes one's series; its notes stay.</summary>
        public Task<Deletion> DeleteAsync(
            string seriesId,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Delete(Call.At("/api/series/{0}", seriesId)), json => new Deletion(json), options, cancel);
        }

        /// <summary>Puts a note of one's own at the end.</summary>
        /// <exception cref="ConflictException">It is in there already.</exception>
        public Task<SeriesChanged> AddNoteAsync(
            string seriesId,
            string noteId,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Send("POST", Call.At("/api/series/{0}/items", seriesId), new Arguments().Add("noteId", noteId)), json => new SeriesChanged(json), options, cancel);
        }

        /// <summary>Takes a note out.</summary>
        public Task<SeriesChanged> RemoveNoteAsync(
            string seriesId,
            string noteId,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Delete(Call.At("/api/series/{0}/items", seriesId), new Arguments().Add("noteId", noteId)), json => new SeriesChanged(json), options, cancel);
        }

        /// <summary>Follows a series, or ends that; <c>Following</c> says which.</summary>
        public Task<Followed> FollowAsync(
            string seriesId,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Send("POST", Call.At("/api/series/{0}/follow", seriesId)), json => new Followed(json), options, cancel);
        }
    }

    /// <summary>The seven categories as topics to follow.</summary>
    public sealed class TopicService : Service
    {
        internal TopicService(Exchange exchange) : base(exchange) { }

        /// <summary>Tells whether one follows a topic.</summary>
        public Task<TopicFollowing> GetAsync(
            string tag,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Get(Call.At("/api/topics/{0}/follow", tag)), json => new TopicFollowing(json), options, cancel);
        }

        /// <summary>Follows a topic, or ends that; <c>Following</c> says which.</summary>
        public Task<TopicFollowed> FollowAsync(
            string tag,
            RequestOptions options = null,
            CancellationToken cancel = default(CancellationToken))
        {
            return RunAsync(Call.Send("POST", Call.At("/api/topics/{0}/follow", tag)), json => new TopicFollowed(json), options, cancel);
        }
    }
}
