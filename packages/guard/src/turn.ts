let turns = 0;
let counting = false;

/**
 * The turn of the event loop that runs. Two answers that differ say that something else may have happened in between;
 * it costs one timer per turn, however many requests ask.
 */
export function currentTurn(): number {
  if (!counting) {
    counting = true;
    setImmediate(() => {
      counting = false;
      turns += 1;
    });
  }
  return turns;
}
