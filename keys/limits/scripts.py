"""What Redis does in one step: Lua, and the names of what it keeps there. Pure.

Moments are microseconds of Redis's own clock, so that hosts need not agree about the time.
Every name expires by itself. Needs Redis 5 (ZPOPMIN, scripts that write after TIME).
"""

from __future__ import annotations

from typing import NamedTuple

PREFIX = "potluck:"


class Names(NamedTuple):
    """The names of one installation; two that share a Redis need different prefixes."""

    prefix: str = PREFIX

    def minute(self, whose: str) -> str:
        """Sorted set: request id → when it was admitted. `whose` is a key's id or an address."""
        return f"{self.prefix}minute:{whose}"

    def day(self, whose: str) -> str:
        """Hash: `starts` of the day, `count` of its requests."""
        return f"{self.prefix}day:{whose}"

    def places(self, key_id: int) -> tuple[str, str, str]:
        """Sorted sets of call ids: running → when the place is lost unless it is prolonged, line →
        when it came, awake → when a waiting call counts as gone unless it asks again."""
        return (
            f"{self.prefix}running:{key_id}",
            f"{self.prefix}line:{key_id}",
            f"{self.prefix}awake:{key_id}",
        )

    @property
    def topics(self) -> str:
        """The channel of `redis_announcer`."""
        return f"{self.prefix}changed"

    def lines(self, whose: str) -> str:
        """The channel of an installation's live log. Databases do not divide channels, so it needs
        a name that no other installation has."""
        return f"{self.prefix}lines:{whose}"


_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
"""

# Places of dead processes are taken back, and free ones go to who waits longest. Whoever changes
# anything calls this, so no place is ever free while somebody waits.
_FILL = """
local function fill(running, line, awake, limit, hold)
  redis.call('ZREMRANGEBYSCORE', running, '-inf', now)
  for _, gone in ipairs(redis.call('ZRANGEBYSCORE', awake, '-inf', now)) do
    redis.call('ZREM', line, gone)
    redis.call('ZREM', awake, gone)
  end
  local free = limit - redis.call('ZCARD', running)
  while free > 0 do
    local first = redis.call('ZPOPMIN', line)
    if not first[1] then break end
    redis.call('ZREM', awake, first[1])
    redis.call('ZADD', running, now + hold, first[1])
    free = free - 1
  end
  return free
end

local function keep(running, line, awake, hold)
  for _, name in ipairs({running, line, awake}) do
    redis.call('PEXPIRE', name, math.ceil(2 * hold / 1000))
  end
end
"""

ADMIT = (
    _NOW
    + _FILL
    + """
-- KEYS: key minute, address minute, address day, running, line, awake
-- ARGV: id, window, hold, nap, key's and address's limit a minute, address's a day, concurrency,
--   waiting (-1: no limit), then the midnights around now. Returns {what, moment, now}:
--   0 admitted; 1 waiting since; 2, 3, 4 refused by KEYS[what - 1] until; 5 no place
local id, window, hold, nap = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local per_day, concurrency, waiting = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local starts, ends = 0, 0
if per_day >= 0 then
  for i = 10, #ARGV - 1 do
    starts, ends = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
    if now < ends then break end
  end
  local day = redis.call('HMGET', KEYS[3], 'starts', 'count')
  if tonumber(day[1] or -1) ~= starts then
    redis.call('DEL', KEYS[3])
  elseif tonumber(day[2]) >= per_day then
    return {4, ends, now}
  end
  if per_day == 0 then return {4, ends, now} end
end
local limits = {tonumber(ARGV[5]), tonumber(ARGV[6])}
for i = 2, 1, -1 do
  if limits[i] >= 0 then
    redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - window)
    local over = redis.call('ZCARD', KEYS[i]) - limits[i]
    if over >= 0 then
      local first = redis.call('ZRANGE', KEYS[i], over, over, 'WITHSCORES')
      return {i + 1, (tonumber(first[2]) or now) + window, now}
    end
  end
end
local what = 0
if concurrency >= 0 then
  local free = fill(KEYS[4], KEYS[5], KEYS[6], concurrency, hold)
  if free > 0 then
    redis.call('ZADD', KEYS[4], now + hold, id)
  elseif concurrency > 0 and redis.call('ZCARD', KEYS[5]) < waiting then
    redis.call('ZADD', KEYS[5], now, id)
    redis.call('ZADD', KEYS[6], now + nap, id)
    what = 1
  else
    return {5, now, now}
  end
  keep(KEYS[4], KEYS[5], KEYS[6], hold)
end
for i = 1, 2 do
  if limits[i] >= 0 then
    redis.call('ZADD', KEYS[i], now, id)
    redis.call('PEXPIRE', KEYS[i], math.ceil(window / 1000))
  end
end
if per_day >= 0 then
  redis.call('HSET', KEYS[3], 'starts', string.format('%.0f', starts))
  redis.call('HINCRBY', KEYS[3], 'count', 1)
  redis.call('PEXPIRE', KEYS[3], math.max(1000, math.ceil((ends - now) / 1000)))
end
return {what, now, now}
"""
)

PULSE = (
    _NOW
    + _FILL
    + """
-- KEYS: running, line, awake
-- ARGV: limit, hold, nap, how many left, how many run; then the ids of those who left, of those
--   who run, and of those who wait, each of these with the time since which it waits.
-- Returns those of the waiting who have a place now.
local running, line, awake = KEYS[1], KEYS[2], KEYS[3]
local limit, hold, nap = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local left, held = 5 + ARGV[4], 5 + ARGV[4] + ARGV[5]
for i = 6, left do
  redis.call('ZREM', running, ARGV[i])
  redis.call('ZREM', line, ARGV[i])
  redis.call('ZREM', awake, ARGV[i])
end
for i = left + 1, held do
  redis.call('ZADD', running, now + hold, ARGV[i])
end
for i = held + 1, #ARGV, 2 do
  if not redis.call('ZSCORE', running, ARGV[i]) then
    redis.call('ZADD', line, 'NX', ARGV[i + 1], ARGV[i])
    redis.call('ZADD', awake, now + nap, ARGV[i])
  end
end
fill(running, line, awake, limit, hold)
keep(running, line, awake, hold)
local granted = {}
for i = held + 1, #ARGV, 2 do
  if redis.call('ZSCORE', running, ARGV[i]) then table.insert(granted, ARGV[i]) end
end
return granted
"""
)
