/**
 * Runs something and gives the longest stretch of processor time, in milliseconds, that this thread spent without
 * giving way to the event loop. Processor time, so that a busy machine does not count.
 */
export async function longestTurn(run: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let running = true;
  let before = process.threadCpuUsage();
  const turn = (): void => {
    const { user, system } = process.threadCpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    before = process.threadCpuUsage();
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    await run();
  } finally {
    running = false;
    turn();
  }
  return longest;
}
