// The runner and its checks: small, since no test framework comes with Debian's Mono.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Aiins.Tests
{
    public static class Check
    {
        private static readonly List<string> Failed = new List<string>();
        private static int run;

        /// Runs one test and keeps whether it failed.
        public static void Test(string name, Func<Task> body)
        {
            run++;
            try
            {
                body().GetAwaiter().GetResult();
            }
            catch (Exception error)
            {
                Failed.Add(name);
                Console.WriteLine("FAILED " + name + "\n  " + error.ToString().Replace("\n", "\n  "));
            }
        }

        public static void Test(string name, Action body)
        {
            Test(name, () =>
            {
                body();
                return Task.CompletedTask;
            });
        }

        /// Reports, and answers the exit code.
        public static int Report(Stopwatch watch)
        {
            Console.WriteLine(run + " tests, " + Failed.Count + " failed, in " + watch.Elapsed.TotalSeconds.ToString("0.0") + " s");
            return Failed.Count == 0 ? 0 : 1;
        }

        public static void True(bool holds, string what)
        {
            if (!holds) throw new Exception(what);
        }

        public static void Equal(object expected, object found, string what)
        {
            True(Equals(expected, found), what + ": expected " + (expected ?? "null") + ", found " + (found ?? "null"));
        }

        public static void Same(IEnumerable<string> expected, IEnumerable<string> found, string what)
        {
            Equal(string.Join("\n", expected), string.Join("\n", found), what);
        }

        public static void Near(IEnumerable<double> expected, IEnumerable<double> found, string what)
        {
            // TimeSpan.FromSeconds of Mono and of older .NET rounds to milliseconds.
            bool near = expected.Count() == found.Count() && expected.Zip(found, (a, b) => Math.Abs(a - b)).All(away => away < 0.001);
            True(near, what + ": expected " + string.Join(" ", expected) + ", found " + string.Join(" ", found));
        }

        /// The exception of a call.
        public static async Task<T> Throws<T>(Func<Task> call) where T : Exception
        {
            try
            {
                await call();
            }
            catch (T error)
            {
                return error;
            }
            throw new Exception("no " + typeof(T).Name);
        }

        /// Waits until something holds, 10 seconds at most.
        public static async Task Comes(Func<Task<bool>> holds)
        {
            for (Stopwatch watch = Stopwatch.StartNew(); !await holds();)
            {
                True(watch.Elapsed.TotalSeconds < 10, "it did not come to hold");
                await Task.Delay(50);
            }
        }

        /// A setting that `sdk/run` makes.
        public static string Given(string name)
        {
            string value = Environment.GetEnvironmentVariable(name);
            if (string.IsNullOrEmpty(value)) throw new Exception(name + " is not set; start these tests with sdk/run");
            return value;
        }

        /// The cases of a file.
        public static IReadOnlyList<JsonValue> Cases(string name)
        {
            return JsonValue.Parse(File.ReadAllText(Path.Combine(Given("AIINS_CASES"), name + ".json"))).Items;
        }
    }
}
