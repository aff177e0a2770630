-- For wrk: sends the prepared requests of a file (see wire.h) one after the
-- other, and says in the end how many it took.
local requests = {}
local count = 0
taken = 0

function init(args)
	local file = assert(io.open(args[1], "rb"))
	for line in function() return file:read("*l") end do
		count = count + 1
		requests[count] = assert(file:read(tonumber(line)))
	end
	file:close()
	assert(count > 0, args[1] .. " holds no request")
end

function request()
	taken = taken + 1
	return requests[(taken - 1) % count + 1]
end

local threads = {}

function setup(thread)
	table.insert(threads, thread)
end

function done()
	local all = 0
	for _, thread in ipairs(threads) do all = all + thread:get("taken") end
	io.write("taken ", all, "\n")
end
