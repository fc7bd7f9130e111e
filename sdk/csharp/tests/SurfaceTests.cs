// The methods and models against the server's own description, so that they cannot drift.

using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace Aiins.Tests
{
    public static class SurfaceTests
    {
        private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;

        public static void Run()
        {
            Check.Test("every endpoint has a method, every method an endpoint, and both take the same", Methods);
            Check.Test("models are what the server answers", Models);
        }

        private static Dictionary<string, JsonValue> Server()
        {
            JsonValue operations = JsonValue.Parse(File.ReadAllText(Check.Given("AIINS_SURFACE")));
            return operations.Items.ToDictionary(operation => operation["method"].AsText() + " " + operation["path"].AsText());
        }

        private static void Methods()
        {
            Dictionary<string, JsonValue> server = Server();
            var queries = new Dictionary<string, HashSet<string>>();
            foreach (Made made in All())
            {
                Check.True(server.ContainsKey(made.Place), made.Name + " has no endpoint " + made.Place);
                if (!queries.ContainsKey(made.Place)) queries.Add(made.Place, new HashSet<string>());
                queries[made.Place].UnionWith(made.Query);
                JsonValue body = server[made.Place]["body"];
                if (body.IsArray) Check.Same(body.Items.Select(name => name.AsText()), made.Body, made.Name);
            }
            Check.Same(server.Keys.OrderBy(place => place), queries.Keys.OrderBy(place => place), "endpoints");
            foreach (KeyValuePair<string, JsonValue> operation in server)
            {
                Check.Same(operation.Value["query"].Items.Select(name => name.AsText()), queries[operation.Key].OrderBy(name => name, StringComparer.Ordinal), operation.Key);
            }
        }

        private static void Models()
        {
            Dictionary<string, JsonValue> server = Server();
            var found = new List<string>();
            foreach (Made made in All()) found.AddRange(Differences(made.Answer, server[made.Place]["answer"], made.Name));
            Check.Same(new string[0], found, "differences");
        }

        /// A method that was called: where it led, what it sent, and the type of its answer.
        private sealed class Made
        {
            public string Name, Place;
            public IEnumerable<string> Query, Body;
            public Type Answer;
        }

        private static IEnumerable<Made> All()
        {
            foreach (PropertyInfo service in typeof(AiinsClient).GetProperties(Declared))
            {
                foreach (MethodInfo method in service.PropertyType.GetMethods(Declared)) yield return Call(service, method);
            }
        }

        private static Made Call(PropertyInfo service, MethodInfo method)
        {
            var rig = new Rig(new[] { Rig.Good(new Dictionary<string, object>()) });
            object made = method.Invoke(service.GetValue(rig.Client), method.GetParameters().Select(Sample).ToArray());
            Type answer = made.GetType().GetGenericArguments().Last();
            if (!(made is Task)) made = made.GetType().GetMethod("NextPageAsync").Invoke(made, new object[] { CancellationToken.None });
            else answer = method.ReturnType.GetGenericArguments().Single();
            ((Task)made).GetAwaiter().GetResult();
            TransportRequest request = rig.Requests.Single();
            JsonValue body = request.Body == null ? JsonValue.Null : JsonValue.Parse(Encoding.UTF8.GetString(request.Body));
            return new Made
            {
                Name = service.Name + "." + method.Name,
                Place = request.Method + " " + Regex.Replace(request.Uri.AbsolutePath, "/x(?=/|$)", "/{}"),
                Query = request.Uri.Query.TrimStart('?').Split(new[] { '&' }, StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=')[0]),
                Body = body.Members.Keys.OrderBy(name => name, StringComparer.Ordinal),
                Answer = answer,
            };
        }

        /// A value for a parameter.
        private static object Sample(ParameterInfo parameter)
        {
            Type type = parameter.ParameterType;
            if (type == typeof(RequestOptions)) return null;
            if (type == typeof(CancellationToken)) return CancellationToken.None;
            if (type == typeof(string)) return "x";
            if (type == typeof(Optional<string>)) return new Optional<string>("x");
            if (type == typeof(Optional<DateTimeOffset?>)) return new Optional<DateTimeOffset?>(Rig.Now);
            if (type == typeof(IEnumerable<string>)) return new[] { "x" };
            if (type == typeof(IEnumerable<SkillInput>)) return new[] { new SkillInput("x") };
            if (type == typeof(IDictionary<string, object>)) return new Dictionary<string, object> { { "x", "x" } };
            if (type == typeof(JsonValue)) return JsonValue.From("x");
            if (type == typeof(DateTimeOffset?)) return Rig.Now;
            return Convert.ChangeType(1, Nullable.GetUnderlyingType(type) ?? type);
        }

        /// Where a model says otherwise than a schema.
        private static IEnumerable<string> Differences(Type type, JsonValue schema, string where)
        {
            if (type == typeof(JsonValue) || !schema.IsObject || !schema["recursive"].IsNull) return new string[0];
            List<JsonValue> choices = schema["anyOf"].Items.Concat(schema["oneOf"].Items).Where(choice => choice["type"].AsText() != "null").ToList();
            if (choices.Count > 0) return choices.Select(choice => Differences(type, choice, where).ToList()).OrderBy(found => found.Count).First();
            if (typeof(Model).IsAssignableFrom(type)) return ObjectDifferences(type, schema, where);
            if (type == typeof(IReadOnlyDictionary<string, long>)) return Differences(typeof(long), schema["additionalProperties"], where + "{}");
            if (type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type)) return Differences(type.GetGenericArguments()[0], schema["items"], where + "[]");
            return PlainDifferences(type, schema, where);
        }

        private static IEnumerable<string> PlainDifferences(Type type, JsonValue schema, string where)
        {
            var kinds = new Dictionary<Type, string>
            {
                { typeof(string), "string" }, { typeof(DateTimeOffset), "string" }, { typeof(long), "integer" }, { typeof(double), "number" }, { typeof(bool), "boolean" },
            };
            string kind = kinds[Nullable.GetUnderlyingType(type) ?? type];
            bool fits = Kinds(schema).Contains(kind) || schema["enum"].IsArray || !schema["const"].IsNull;
            if (!fits) yield return where + " is " + schema["type"] + ", not " + type.Name;
            bool timed = schema["format"].AsText() == "date-time";
            if (timed != (type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?))) yield return where + (timed ? " is a time" : " is no time");
        }

        private static IEnumerable<string> Kinds(JsonValue schema)
        {
            return schema["type"].IsArray ? schema["type"].Items.Select(kind => kind.AsText()) : new[] { schema["type"].AsText() };
        }

        private static IEnumerable<string> ObjectDifferences(Type type, JsonValue schema, string where)
        {
            var ours = type.GetProperties().Where(property => property.DeclaringType != typeof(Model))
                .ToDictionary(property => char.ToLowerInvariant(property.Name[0]) + property.Name.Substring(1));
            // The server's _score is Score here.
            Dictionary<string, JsonValue> theirs = schema["properties"].Members.ToDictionary(field => field.Key.TrimStart('_'), field => field.Value);
            var required = new HashSet<string>(schema["required"].Items.Select(name => name.AsText().TrimStart('_')));
            foreach (string name in theirs.Keys.Where(name => !ours.ContainsKey(name))) yield return where + "." + name + " is missing here";
            foreach (KeyValuePair<string, PropertyInfo> field in ours)
            {
                string place = where + "." + field.Key;
                if (!theirs.ContainsKey(field.Key))
                {
                    yield return place + " is not the server's";
                    continue;
                }
                Type kind = field.Value.PropertyType;
                JsonValue own = theirs[field.Key];
                bool nullable = !required.Contains(field.Key) || Kinds(own).Contains("null") || own["anyOf"].Items.Any(choice => choice["type"].AsText() == "null");
                if (kind.IsValueType && nullable != (Nullable.GetUnderlyingType(kind) != null)) yield return place + (nullable ? " may be null" : " is never null");
                foreach (string found in Differences(kind, own, place)) yield return found;
            }
        }
    }
}
