export { startGuardedDocuments, type GuardedDocumentsOptions } from './guarded.ts';
export { startDocuments, type DocumentsOptions, type DocumentsServer } from './server.ts';
export { audience, createTokenIssuer, issuer, people, type TokenIssuer } from './tokens.ts';
export { ids } from './store.ts';
export { contractFile, policyFiles } from './files.ts';
export { directory } from './tokens.ts';
