import type { Store } from '../store/open.ts';
import { byWeight, type Ghost } from './ghost.ts';
import { ghostPaths } from './ghost-paths.ts';
import { readKnown } from './known.ts';
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
  const known = await readKnown(store);
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
