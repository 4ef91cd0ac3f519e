-- What wrk sends, and how it tells what it measured:
--
--     wrk -s load.lua URL               GET of the URL, over and over
--     wrk -s load.lua URL -- MIX        one of the mixes below, in turn

local PIPELINED = 16
local REQUESTS_PER_CONNECTION = 10

local function baseline()
    local target = "/baseline11?a=13&b=42"
    local chunked = wrk.format("POST", target, { ["Transfer-Encoding"] = "chunked" }) .. "2\r\n20\r\n0\r\n\r\n"
    return { wrk.format("GET", target), wrk.format("POST", target, {}, "20"), chunked }
end

local mixes = {
    baseline = baseline,

    pipelined = function()
        return { string.rep(wrk.format("GET", "/pipeline"), PIPELINED) }
    end,

    json = function()
        local requests = {}
        for i, pair in ipairs({ { 1, 3 }, { 5, 7 }, { 10, 2 }, { 15, 5 }, { 25, 4 }, { 40, 8 }, { 50, 6 } }) do
            requests[i] = wrk.format("GET", "/json/" .. pair[1] .. "?m=" .. pair[2])
        end
        return requests
    end,

    jsoncomp = function()
        local requests = {}
        for i, count in ipairs({ 25, 40, 50 }) do
            requests[i] = wrk.format("GET", "/json/" .. count .. "?m=3", { ["Accept-Encoding"] = "gzip, br" })
        end
        return requests
    end,

    upload = function()
        local requests = {}
        for i, size in ipairs({ 500000, 2000000, 10000000, 20000000 }) do
            requests[i] = wrk.format("POST", "/upload", {}, string.rep("x", size))
        end
        return requests
    end,

    static = function()
        local requests = {}
        for i, name in ipairs({ "reset.css", "layout.css", "theme.css", "components.css", "utilities.css", "analytics.js", "helpers.js", "app.js",
            "vendor.js", "router.js", "header.html", "footer.html", "regular.woff2", "bold.woff2", "logo.svg", "icons.svg", "hero.webp", "thumb1.webp",
            "thumb2.webp", "manifest.json" }) do
            requests[i] = wrk.format("GET", "/static/" .. name, { ["Accept-Encoding"] = "br;q=1, gzip;q=0.8" })
        end
        return requests
    end,

    -- wrk reconnects when an answer says that the server closes. Its script does not learn which connection a request
    -- goes to, so it is every tenth of all requests that asks for that: a connection carries ten on average.
    limited = function()
        local kinds, requests = baseline(), {}
        for i = 1, #kinds * REQUESTS_PER_CONNECTION do
            requests[i] = kinds[i % #kinds + 1]
            if i % REQUESTS_PER_CONNECTION == 0 then
                requests[i] = requests[i]:gsub("\r\n", "\r\nConnection: close\r\n", 1)
            end
        end
        return requests
    end,
}

function init(args)
    if not args[1] then return end
    local requests, turn = mixes[args[1]](), 0
    -- Without this function wrk sends one request that never changes, which costs it less.
    request = function()
        turn = turn % #requests + 1
        return requests[turn]
    end
end

function done(summary, latency, requests)
    local errors = summary.errors
    print(string.format('\n{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"errors":%d}',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
