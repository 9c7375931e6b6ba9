/**
 * A clock that never goes back. State that requests share is asked with the time at which it is asked, not with the time
 * at which some request began: one that began earlier and ends later would move it back for everybody.
 * @param clock milliseconds; one that is moved back stands still, and goes on from there
 */
export function monotonic(clock: () => number): () => number {
  let last = Number.NEGATIVE_INFINITY;
  let ahead = 0;
  return () => {
    const now = clock() + ahead;
    if (now >= last) return (last = now);
    ahead += last - now;
    return last;
  };
}
