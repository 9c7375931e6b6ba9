/** How much is remembered at most. Bytes are those of each of two filters. */
export interface MemoryLimits {
  readonly callers: number;
  readonly sources: number;
  readonly credentials: number;
  readonly operations: number;
  readonly secrets: number;
  readonly pairBytes: number;
}

/** For a million principals: under 500 MB. */
export const memoryLimits: MemoryLimits = {
  callers: 1_000_000,
  sources: 200_000,
  credentials: 1_000_000,
  operations: 10_000,
  secrets: 50_000,
  pairBytes: 32 * 1024 * 1024,
};
