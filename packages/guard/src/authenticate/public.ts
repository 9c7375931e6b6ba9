export { csrfToken } from './csrf.ts';
export { Sessions, sessionCookie, type Session, type SessionOptions, type SessionStore } from './sessions.ts';
export { LocalReplayMemory } from './replay.ts';
export { redisReplayMemory } from './redis-replay.ts';
export type * from './configuration.ts';
