export type { Ban } from './entry.ts';
export { BanList, type Banned, type BanOptions, type NewBan } from './list.ts';
