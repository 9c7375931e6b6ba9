// node --import of this: what opens a PGlite gets an empty database of the PostgreSQL in POSTGRES_URL instead, so that tests
// that were written for the one run on the other.
import { registerHooks } from 'node:module';

const stand = new URL('./postgres-for-pglite.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const replaced = specifier === './pglite.ts' && context.parentURL?.endsWith('/registry/src/store/open.ts') === true;
    return replaced ? { url: stand, shortCircuit: true } : next(specifier, context);
  },
});
