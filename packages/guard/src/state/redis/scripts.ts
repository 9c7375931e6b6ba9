// What runs inside Redis or Valkey: whole in itself, by the clock of the store, so that the clocks of instances do not
// matter. Times are microseconds, written with two decimals, because Lua writes numbers with 14 digits by itself.
import { createHash } from 'node:crypto';

/** One script: its text, and the digest by which the store knows it. */
export interface Script {
  readonly text: string;
  readonly digest: string;
}

const script = (text: string): Script => ({ text, digest: createHash('sha1').update(text).digest('hex') });

/**
 * The generic cell rate algorithm. KEYS: the caller's counter. ARGV: microseconds per unit, most that a caller may be
 * ahead, units that must fit, units that are welcome. Gives { units given, units left, microseconds until the units
 * that must fit do }.
 */
export const takeUnits: Script = script(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
local least, most = tonumber(ARGV[3]), tonumber(ARGV[4])
local arrival = tonumber(redis.call('GET', KEYS[1]) or now)
if arrival < now then arrival = now end
if arrival > now + tolerance then arrival = now + tolerance end
local room = math.floor((tolerance - (arrival - now)) / interval + 0.0000001)
if room < least then
  return { 0, math.max(0, room), string.format('%.0f', math.max(0, arrival + interval * least - now - tolerance)), string.format('%.0f', arrival - now) }
end
local given = math.min(room, most)
arrival = arrival + interval * given
redis.call('SET', KEYS[1], string.format('%.2f', arrival), 'PX', math.ceil((arrival - now) / 1000) + 1)
return { given, room - given, '0', string.format('%.0f', arrival - now) }`);

/** Gives back units that were taken and not used, or (negative) charges what was spent ahead. ARGV: microseconds. */
export const giveBack: Script = script(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local arrival = tonumber(redis.call('GET', KEYS[1]) or now)
if arrival < now then arrival = now end
arrival = arrival - tonumber(ARGV[1])
if arrival <= now then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], string.format('%.2f', arrival), 'PX', math.ceil((arrival - now) / 1000) + 1)
end
return 1`);

/** Says that an instance is there and counts those that are. ARGV: its id, milliseconds after which one is gone. */
export const beat: Script = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)
return redis.call('ZCARD', KEYS[1])`);

/**
 * Counts what happened, or that it did not after all. ARGV: 1 or -1, milliseconds after which it is forgotten. Gives how often
 * it happened.
 */
export const count: Script = script(`
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if count <= 0 then
  redis.call('DEL', KEYS[1])
  return 0
end
if ARGV[1] == '1' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return count`);

/** How often something happened, and for how many milliseconds that is still known. */
export const counted: Script = script(`
local count = redis.call('GET', KEYS[1])
if not count then return { 0, 0 } end
return { tonumber(count), redis.call('PTTL', KEYS[1]) }`);

/** Takes a place. ARGV: id of the lease, places in all, milliseconds after which it is given back by itself. Gives 1 or 0. */
export const takePlace: Script = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`);

/** Keeps a place. ARGV: id of the lease, milliseconds after which it is given back by itself. */
export const keepPlace: Script = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`);

/** Gives a place back. ARGV: id of the lease. */
export const givePlace: Script = script(`
redis.call('ZREM', KEYS[1], ARGV[1])
return 1`);

/**
 * Counts different things over the last whole time, in one HyperLogLog per part of it. ARGV: milliseconds of a part, parts, how many
 * fit, the things. What does not fit is not counted. Gives { 1 where they fit, how many more do, seconds until a part is over }.
 */
export const countDistinct: Script = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local length, parts, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local part = math.floor(now / length)
local keys = {}
for i = 0, parts - 1 do keys[i + 1] = KEYS[1] .. ':' .. (part - i) end
local before = redis.call('PFCOUNT', unpack(keys))
if #ARGV == 3 then return { 1, math.max(0, most - before), 0 } end
local old = redis.call('GET', keys[1])
redis.call('PFADD', keys[1], unpack(ARGV, 4))
local after = redis.call('PFCOUNT', unpack(keys))
if after > most and after > before then
  if old then redis.call('SET', keys[1], old) else redis.call('DEL', keys[1]) end
end
redis.call('PEXPIRE', keys[1], length * (parts + 1))
if after > most and after > before then
  return { 0, math.max(0, most - before), math.ceil(((part + 1) * length - now) / 1000) }
end
return { 1, math.max(0, most - after), 0 }`);
