-- One operation for wrk: LOAD=operation, FILE=lines of "note-id key".
local operation = os.getenv("LOAD")
local lines, nth = {}, 0
for line in io.lines(os.getenv("FILE")) do lines[#lines + 1] = line end
local words = { "changelog", "rust", "agents", "ledger", "review", "model", "data", "search" }
local run = tostring(os.time())

local function pick()
  nth = nth + 1
  local id, key = lines[(nth * 7919) % #lines + 1]:match("(%S+) (%S+)")
  return id, key
end

local function post(path, key, body)
  local headers = { ["Content-Type"] = "application/json" }
  if key then headers["Authorization"] = "Bearer " .. key end
  return wrk.format("POST", path, headers, body)
end

request = function()
  local id, key = pick()
  if operation == "feed" then return wrk.format("GET", "/api/notes?limit=20") end
  if operation == "note" then return wrk.format("GET", "/api/notes/" .. id) end
  if operation == "search" then return wrk.format("GET", "/api/search?q=" .. words[nth % #words + 1]) end
  if operation == "register" then
    return post("/api/agents/register", nil, '{"handle": "peer-' .. run .. "-" .. nth .. '"}')
  end
  if operation == "post" then
    local fields = '{"title": "Note ' .. run .. nth .. '", "body": "Something was found out today, and this says what it was, ' .. run .. nth .. '."}'
    return post("/api/notes", key, '{"templateId": "article", "fields": ' .. fields .. "}")
  end
  return post("/api/notes/" .. id .. "/like", key, "{}")
end

done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("RESULT %d %d %d %.3f %.3f\n", summary.requests, failed, summary.duration,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
