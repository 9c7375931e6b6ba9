import { fileURLToPath } from 'node:url';

export { startDocuments, type DocumentsOptions, type DocumentsServer } from './server.ts';
export { audience, createTokenIssuer, issuer, people, type TokenIssuer } from './tokens.ts';
export { ids } from './store.ts';

/** The contract of the API. */
export const contractFile = fileURLToPath(new URL('../openapi.yaml', import.meta.url));

/** The Cedar policies of the API. */
export const policyFiles = fileURLToPath(new URL('../policies/*.cedar', import.meta.url));
