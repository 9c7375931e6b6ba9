import type { BodyLimits } from '../compiled.ts';

const defaultBodyLimits: BodyLimits = Object.freeze({
  maxBytes: 1 << 20,
  maxDepth: 64,
  maxNodes: 25_000,
  maxString: 1 << 20,
  maxParts: 1000,
});

/** Levels that recursive readers may be trusted with, whatever was asked for. */
const deepest = 1000;

export function bodyLimits(given: Partial<BodyLimits> | undefined): BodyLimits {
  if (given === undefined) return defaultBodyLimits;
  const limits = { ...defaultBodyLimits, ...given };
  return limits.maxDepth > deepest ? { ...limits, maxDepth: deepest } : limits;
}
