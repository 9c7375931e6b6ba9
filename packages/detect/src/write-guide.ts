// Writes the part of docs/detection.md that the detectors say.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectors } from './detectors/index.ts';
import { withDetectors } from './guide.ts';

const file = join(import.meta.dirname, '../../../docs/detection.md');
writeFileSync(file, withDetectors(readFileSync(file, 'utf8'), detectors));
