export type { Attack, Try, Verdict } from './attack.ts';
export { attacks } from './attacks/index.ts';
export type { Identity } from './identity.ts';
export { evidenceOf, reportOf, type Result, type ScanReport } from './report.ts';
export { scan, type Scan, type ScanOptions } from './scan.ts';
export { scanSchema } from './schema.ts';
export { textOf } from './text.ts';
