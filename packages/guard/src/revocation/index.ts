export { credentialKinds, type CredentialKind, type Revocation } from './entry.ts';
export { RevocationFile } from './file.ts';
export { RevocationList, type RevocationOptions } from './list.ts';
export { RevocationStream, type RedisCommand } from './redis.ts';
