// See `documents.ts`: the work of each case grows no faster than its input.
import { testGrowth } from './growth.ts';
import { documentCases } from './documents.ts';

testGrowth(documentCases);
