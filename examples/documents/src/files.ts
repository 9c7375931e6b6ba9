import { fileURLToPath } from 'node:url';

/** The contract of the API. */
export const contractFile = fileURLToPath(new URL('../openapi.yaml', import.meta.url));

/** The Cedar policies of the API. */
export const policyFiles = fileURLToPath(new URL('../policies/*.cedar', import.meta.url));
