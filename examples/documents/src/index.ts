import { fileURLToPath } from 'node:url';
import { people } from './tokens.ts';

export { startDocuments, type DocumentsOptions, type DocumentsServer } from './server.ts';
export { audience, createTokenIssuer, issuer, people, type TokenIssuer } from './tokens.ts';
export { ids } from './store.ts';

/** The contract of the API. */
export const contractFile = fileURLToPath(new URL('../openapi.yaml', import.meta.url));

/** The Cedar policies of the API. */
export const policyFiles = fileURLToPath(new URL('../policies/*.cedar', import.meta.url));

/** Who is in which group, in Cedar's entities JSON: what the company's directory would say. */
export function directory(of: Readonly<Record<string, readonly string[]>> = people): readonly {
  readonly uid: { readonly type: string; readonly id: string };
  readonly parents: readonly { readonly type: string; readonly id: string }[];
}[] {
  return Object.entries(of).map(([id, groups]) => ({
    uid: { type: 'User', id },
    parents: groups.map((group) => ({ type: 'Group', id: group })),
  }));
}
