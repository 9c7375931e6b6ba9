export { BanList, type Ban, type Banned, type BanOptions, type NewBan } from '../bans/index.ts';
export { openBans } from '../bans/open.ts';
export { rateText } from './said.ts';
export { showLimits } from './show.ts';
export type { Principal, PrincipalLimit } from './left.ts';
export { AppendedFile } from '../state/appended/file.ts';
export type { EntryFormat } from '../state/appended/format.ts';
export type { ListPlace } from '../state/appended/place.ts';
export { AppendedStream } from '../state/appended/stream.ts';
