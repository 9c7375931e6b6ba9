import type { Exchange } from '../exchange.ts';
import type { Leave, Outcome } from '../limits/overload/places.ts';

/** Gives a place back when the exchange ends, also where it ended before the place was there. */
export function giveBackAtEnd(exchange: Exchange): (leave: Leave) => undefined {
  let ended = false;
  let place: Leave | undefined;
  const previous = exchange.finish;
  exchange.finish = () => {
    ended = true;
    place?.(outcomeOf(exchange));
    previous?.();
  };
  return (leave) => {
    if (ended) leave('refused');
    else place = leave;
  };
}

function outcomeOf({ verdict, status }: Exchange): Outcome {
  if (verdict !== undefined && verdict.stage !== 'handler' && verdict.stage !== 'release') return 'refused';
  return verdict !== undefined || status === 0 ? 'cut' : 'served';
}
