import { documentedPaths } from '../sightings/documented.ts';
import type { Store } from '../store/open.ts';
import { byWeight, type Ghost } from './ghost.ts';
import { ghostPaths } from './ghost-paths.ts';
import { attributed } from './attributed.ts';
import { readKnown, type Known } from './known.ts';
import { orphans } from './orphans.ts';
import { shadows } from './shadows.ts';
import { unwatched } from './unwatched.ts';
import { zombies } from './zombies.ts';

/** What was found, and in how much. */
export interface FoundGhosts {
  readonly ghosts: readonly Ghost[];
  readonly checked: { readonly apis: number; readonly deployments: number; readonly sightings: number };
}

/** Compares what is documented, deployed and seen; worst first. */
export async function findGhosts(store: Store): Promise<FoundGhosts> {
  const read = await readKnown(store);
  const isOpen = read.sightings.some(({ documented }) => !documented);
  const known = ofToday(isOpen ? attributed(read, await documentedPaths(store)) : read);
  const ghosts = [ghostPaths, shadows, zombies, unwatched, orphans].flatMap((look) => look(known));
  return {
    ghosts: ghosts.sort(byWeight),
    checked: {
      apis: known.apis.length,
      deployments: known.deployments.length,
      sightings: known.sightings.length,
    },
  };
}

/** A guard that has not reported for so long, milliseconds, does not run. */
const silence = 3_600_000;

/** Without what runs no more: an old release, an environment that was switched off. */
function ofToday(known: Known): Known {
  return {
    ...known,
    deployments: known.deployments.filter(
      ({ source, lastSeen }) => source !== 'heartbeat' || known.now - lastSeen <= silence,
    ),
  };
}
