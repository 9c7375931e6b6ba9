export { addKey, importKeys, listKeys, listUsers, revokeKey, revokeUser, rotateKey, setUser } from './admin.ts';
export type { NewGrant } from './admin.ts';
export { openKeyFile, openUserFile, readUsage, storeFile, usageFileOf } from './file-store.ts';
export { isWholeKey, keyPattern, keyPrefix } from './key-format.ts';
export { rotationDays, type KeyRecord, type KeyStore, type UserRecord, type UserStore } from './store.ts';
