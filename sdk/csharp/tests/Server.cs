// A server on a real socket.

using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;

namespace Aiins.Tests
{
    /// Gives one answer to each connection and closes it; without answers it is silent.
    public sealed class Server : IDisposable
    {
        private readonly TcpListener listener = new TcpListener(IPAddress.Loopback, 0);

        public Server(params string[] answers)
        {
            listener.Start();
            if (answers.Length > 0) new Thread(() => Serve(answers)) { IsBackground = true }.Start();
        }

        /// The requests that came, each with its body.
        public List<string> Read { get; } = new List<string>();

        public string Address => "http://127.0.0.1:" + ((IPEndPoint)listener.LocalEndpoint).Port;

        /// An address where nobody listens.
        public static string Nowhere()
        {
            using (var server = new Server()) return server.Address;
        }

        public void Dispose() => listener.Stop();

        private void Serve(string[] answers)
        {
            foreach (string answer in answers)
            {
                using (TcpClient client = listener.AcceptTcpClient())
                {
                    Read.Add(Receive(client.GetStream()));
                    byte[] bytes = Encoding.UTF8.GetBytes(answer);
                    client.GetStream().Write(bytes, 0, bytes.Length);
                }
            }
        }

        private static string Receive(NetworkStream stream)
        {
            var data = new byte[65536];
            for (int length = 0; ;)
            {
                length += stream.Read(data, length, data.Length - length);
                // Latin 1 has a letter for each byte, so that lengths agree.
                string text = Encoding.GetEncoding("iso-8859-1").GetString(data, 0, length);
                int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
                Match declared = Regex.Match(text, "content-length: (\\d+)", RegexOptions.IgnoreCase);
                if (head >= 4 && length >= head + int.Parse("0" + declared.Groups[1].Value)) return Encoding.UTF8.GetString(data, 0, length);
            }
        }
    }
}
